"""Two records of one person: made one, and taken apart again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.customer import Customer, index_keys, name_keys
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.ids import CustomerId
from chalicelib.core.merging import (
    ABSORBED_AT_MOST,
    KEYS_AT_MOST,
    Change,
    merge,
    survivors,
    take_apart,
)
from tests.given import ANAS_NUMBER, MONDAY, a_customer

ANA = a_customer("C-a")
ANNA = a_customer(
    "C-b",
    name="Anna Sylva",
    phones=("+12025550188", ANAS_NUMBER),
    emails=("ANA@example.com", "anna@example.com"),
    language="en-US",
    details={"Gender": "F", "AccountNumber": "A-7"},
    attributes={"tier": "gold"},
)


def merged(kept: Customer, other: Customer) -> tuple[Customer, Customer]:
    (_, after), (_, gone) = merge(kept, other, at=MONDAY, by="sue")
    return after, gone


def apart(kept: Customer, other: Customer, *rest: Customer) -> dict[str, Customer]:
    changes: list[Change] = take_apart(kept, other, rest)
    return {after.customer_id: after for _, after in changes}


def test_who_is_merged_into_keeps_the_id_and_gains_what_was_not_known() -> None:
    """A number and an address that both had are not there twice."""
    after, _ = merged(ANA, ANNA)

    assert after.customer_id == "C-a"
    assert (after.name, after.language) == ("Ana Silva", "pt-BR")
    assert after.phones == (ANAS_NUMBER, "+12025550188")
    assert after.emails == ("ana@example.com", "anna@example.com")
    assert after.details == {"Gender": "F", "AccountNumber": "A-7"}
    assert after.attributes == {"tier": "gold"}
    assert after.absorbed == ("C-b",)


def test_the_other_stays_as_it_is_with_a_mark_and_is_found_by_nothing() -> None:
    """Old ids lead on; numbers and names lead to the one."""
    after, gone = merged(ANA, ANNA)

    assert gone.merged is not None
    assert (gone.merged.into, gone.merged.by, gone.merged.at) == ("C-a", "sue", MONDAY)
    assert replace(gone, merged=None) == ANNA
    assert (index_keys(gone), name_keys(gone)) == ([], [])
    assert set(index_keys(ANNA)) <= set(index_keys(after))
    assert set(name_keys(ANNA)) <= set(name_keys(after))


def test_an_account_of_its_own_is_kept_beside_the_others() -> None:
    """The customer is found by both numbers."""
    after, _ = merged(replace(ANA, details={"AccountNumber": "A-1"}), ANNA)

    assert after.details["AccountNumber"] == "A-1"
    assert {("account", "A-1"), ("account", "A-7")} <= set(index_keys(after))


def test_a_customer_without_a_name_takes_the_others() -> None:
    """Who was known by number only is somebody now."""
    after, _ = merged(replace(ANA, name="", language=None), ANNA)

    assert (after.name, after.language, after.former_names) == ("Anna Sylva", "en-US", ())


def test_the_parts_of_a_name_or_an_address_are_not_mixed() -> None:
    """A street in one town and a postal code in another are nowhere."""
    kept = replace(ANA, details={"City": "Lisbon"})
    other = replace(ANNA, details={"FirstName": "Anna", "PostalCode": "20001", "BillingCity": "X"})

    after, _ = merged(kept, other)

    assert after.details == {"City": "Lisbon", "BillingCity": "X"}


def test_an_argentine_number_that_is_known_without_its_9_is_not_gained() -> None:
    """It is the same line."""
    after, _ = merged(
        replace(ANA, phones=("+541123456789",)), replace(ANNA, phones=("+5491123456789",))
    )

    assert after.phones == ("+541123456789",)


def test_undone_both_are_what_they_were() -> None:
    after, gone = merged(ANA, ANNA)

    assert apart(after, gone) == {"C-a": ANA, "C-b": ANNA}


def test_what_was_added_meanwhile_stays_with_the_first() -> None:
    """And what was gained and then changed is the first one's own."""
    after, gone = merged(ANA, ANNA)
    edited = replace(
        after,
        phones=("+12025550166", *after.phones),
        attributes={"tier": "silver", "since": "2026"},
        name="Ana Souza",
    )

    both = apart(edited, gone)

    assert both["C-b"] == ANNA
    assert both["C-a"] == replace(
        ANA,
        name="Ana Souza",
        phones=("+12025550166", ANAS_NUMBER),
        attributes={"tier": "silver", "since": "2026"},
    )


def test_a_number_that_a_third_one_has_too_stays() -> None:
    """The third is still the same person; undone as well, it takes the number along."""
    third = a_customer("C-c", name="A. Silva", phones=("+12025550188",), emails=())
    first, anna = merged(ANA, ANNA)
    both, carl = merged(first, third)

    without_anna = apart(both, anna, carl)
    alone = apart(without_anna["C-a"], without_anna["C-c"])

    assert without_anna["C-a"].phones == (ANAS_NUMBER, "+12025550188")
    assert without_anna["C-b"] == ANNA
    assert alone == {"C-a": ANA, "C-c": third}


def test_a_chain_is_taken_apart_from_its_end() -> None:
    """Whoever was merged into one who was merged goes along, and comes back along."""
    first, anna = merged(ANA, ANNA)
    boss = a_customer("C-z", name="Zoe", phones=("+12025550100",), emails=())
    all_three, ana = merged(boss, first)

    with pytest.raises(Conflict, match="'C-a' is merged into 'C-z': undo that first"):
        take_apart(ana, anna, ())

    assert all_three.absorbed == ("C-a", "C-b")
    assert apart(all_three, ana) == {"C-z": boss, "C-a": first}


def test_old_ids_lead_to_the_last_of_a_chain_and_each_comes_once() -> None:
    first, anna = merged(ANA, ANNA)
    all_three, ana = merged(a_customer("C-z", name="Zoe"), first)
    stored = {each.customer_id: each for each in (all_three, ana, anna)}

    found = survivors(
        [CustomerId(each) for each in ("C-b", "C-x", "C-a", "C-z")],
        lambda ids: [stored[each] for each in ids if each in stored],
    )

    assert found == [all_three]


@pytest.mark.parametrize(
    ("kept", "other", "words"),
    [
        (ANA, ANA, "not merged into itself"),
        (merged(ANA, ANNA)[1], ANA, "'C-b' is merged into 'C-a'"),
        (a_customer("C-c"), merged(ANA, ANNA)[1], "'C-b' is merged into 'C-a'"),
    ],
)
def test_one_who_is_merged_or_the_same_is_not_merged(
    kept: Customer, other: Customer, words: str
) -> None:
    with pytest.raises((Rejected, Conflict), match=words) as refused:
        merge(kept, other, at=MONDAY, by="sue")

    assert refused.value.field == "customerId"


def test_too_many_for_one_are_refused_with_the_limit() -> None:
    """A pop reads each of them, and a merge is one write."""
    crowd = replace(ANA, absorbed=tuple(CustomerId(f"C-{n}") for n in range(ABSORBED_AT_MOST)))
    many = replace(ANNA, phones=tuple(f"+1202555{n:04d}" for n in range(KEYS_AT_MOST)))

    with pytest.raises(Rejected, match=f"the limit is {ABSORBED_AT_MOST}"):
        merge(crowd, ANNA, at=MONDAY, by="sue")
    with pytest.raises(Rejected, match=f"the limit is {KEYS_AT_MOST}"):
        merge(ANA, many, at=MONDAY, by="sue")


# --- any two customers ----------------------------------------------------------------------------

words = st.sampled_from(["", "Ana", "Ana Silva", "ANA silva", "Rui"])
few = st.lists(st.sampled_from(["1", "2", "3"]), max_size=3, unique=True)


@st.composite
def customers(draw: st.DrawFn, customer_id: str) -> Customer:
    fields = {
        "name": draw(words),
        "language": draw(st.sampled_from([None, "en-US", "pt-BR"])),
        "phones": tuple(f"+1202555010{n}" for n in draw(few)),
        "emails": tuple(f"ana{n}@example.com" for n in draw(few)),
        "details": {f"{n}": draw(words) or "x" for n in draw(st.sets(_FIELDS, max_size=3))},
        "attributes": {f"a{n}": n for n in draw(few)},
    }
    return a_customer(customer_id, **fields)


_FIELDS = st.sampled_from(["FirstName", "AccountNumber", "City", "PostalCode", "Gender"])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(kept=customers("C-a"), other=customers("C-b"))
def test_any_merge_loses_no_number_and_undone_leaves_no_trace(
    kept: Customer, other: Customer
) -> None:
    after, gone = merged(kept, other)

    assert set(index_keys(kept)) | set(index_keys(other)) <= set(index_keys(after))
    assert set(name_keys(kept)) | set(name_keys(other)) <= set(name_keys(after))
    assert apart(after, gone) == {"C-a": kept, "C-b": other}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    kept=customers("C-a"),
    others=st.tuples(customers("C-b"), customers("C-c")),
    first=st.sampled_from([0, 1]),
)
def test_merges_are_undone_in_any_order(
    kept: Customer, others: tuple[Customer, Customer], first: int
) -> None:
    """What is left after each is found by all that those have who are still in it."""
    one, b = merged(kept, others[0])
    all_three, c = merged(one, others[1])
    pair = [b, c]

    step = apart(all_three, pair[first], pair[1 - first])
    left = step.get(pair[1 - first].customer_id, pair[1 - first])
    end = apart(step["C-a"], left)

    assert set(index_keys(replace(left, merged=None))) <= set(index_keys(step["C-a"]))
    assert end[left.customer_id] == others[1 - first]
    assert sorted(end["C-a"].phones) == sorted(kept.phones)
    assert (end["C-a"].name, end["C-a"].details) == (kept.name, kept.details)
