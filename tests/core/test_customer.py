"""Who a customer is: one per number, found by any word of a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.contact import StoredSegment
from chalicelib.core.customer import (
    NAME_LIMIT,
    CustomerBrief,
    check_name,
    customer_id_for,
    first_seen,
    fold,
    history_line,
    identity_among,
    search_keys,
)
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import ContactId, CustomerId
from tests.given import ANAS_NUMBER, MONDAY, a_contact, later

ANA = CustomerBrief(CustomerId("C-ana"), "Ana")
BOB = CustomerBrief(CustomerId("C-bob"), "Bob")
CALL = ContactId("c-1")


def test_a_number_always_leads_to_the_same_customer_id() -> None:
    """Two events of one unknown caller cannot make two customers."""
    assert customer_id_for(ANAS_NUMBER) == customer_id_for(ANAS_NUMBER)
    assert customer_id_for(ANAS_NUMBER) != customer_id_for("+12025550124")


def test_the_id_of_a_customer_does_not_show_the_number() -> None:
    """Ids are logged; numbers are not."""
    assert "2025550123" not in customer_id_for(ANAS_NUMBER)


def test_a_newcomer_remembers_the_contact_that_brought_them() -> None:
    """The history of a customer can say where the customer came from."""
    newcomer = first_seen(ANAS_NUMBER, CALL, created_by="inbound call", at=MONDAY, name="  Ana ")

    assert (
        newcomer.name,
        newcomer.phones,
        newcomer.first_contact_id,
        newcomer.created_by,
    ) == ("Ana", (ANAS_NUMBER,), CALL, "inbound call")


def test_nobody_known_leaves_the_identity_open() -> None:
    """An empty answer means: make one."""
    assert identity_among([], CALL) is None


def test_the_one_who_has_the_number_is_the_caller() -> None:
    """One match is an identification."""
    identity = identity_among([ANA], CALL)

    assert identity is not None
    assert (identity.customer_id, identity.is_new) == (ANA.customer_id, False)


def test_the_contact_that_brought_a_customer_finds_them_new_every_time() -> None:
    """A repeated delivery tells the same story as the first."""
    identity = identity_among([replace(ANA, first_contact_id=CALL)], CALL)

    assert identity is not None
    assert identity.is_new


def test_of_two_who_share_a_number_none_is_chosen() -> None:
    """The agent sees both and asks."""
    identity = identity_among([BOB, ANA], CALL)

    assert identity is not None
    assert identity.customer_id is None
    assert identity.candidates == (ANA.customer_id, BOB.customer_id)


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Ana  SÍLVA", "ana silva"), ("Straße", "strasse"), ("Nguyễn", "nguyen"), (" ", "")],
)
def test_names_compare_without_case_accents_and_blanks(name: str, folded: str) -> None:
    """An agent types what is on the keyboard."""
    assert folded == fold(name)


def test_a_name_is_found_from_any_of_its_words_on() -> None:
    """`silva` finds Ana Silva, and so does `ana s`."""
    assert search_keys("Ana Silva") == ["ana silva", "silva ana"]


def test_a_long_name_stays_within_what_one_transaction_holds() -> None:
    """A name of a hundred words does not make a hundred rows."""
    assert len(search_keys(" ".join(f"w{n}" for n in range(100)))) == 6


def test_a_customer_without_name_has_no_search_keys() -> None:
    """A customer known by number only is found by number only."""
    assert search_keys("") == []


def test_a_name_over_the_limit_is_refused_naming_the_field() -> None:
    """The message says which field and how long it was."""
    with pytest.raises(Rejected) as refused:
        check_name("x" * (NAME_LIMIT + 1))

    assert refused.value.field == "name"


def test_the_history_line_of_a_running_contact_has_no_length_yet() -> None:
    """What is not over has no duration."""
    line = history_line(a_contact())

    assert (line.queue_name, line.agent_name, line.duration_seconds) == ("Sales", "Ben Ode", None)


def test_the_history_line_of_an_ended_contact_tells_how_it_went() -> None:
    """Length, disposition and recordings are what the next agent looks for."""
    segment = StoredSegment(
        segment="s1", bucket="b", key="k", seconds=41.5, channels=2, sha256="0", started_at=MONDAY
    )
    contact = a_contact(
        disconnected_at=later(seconds=90), disposition="sale", recordings=(segment,)
    )

    line = history_line(contact)

    assert (line.duration_seconds, line.disposition, line.agent_name) == (90, "sale", "Ben Ode")
    assert [(r.segment, r.seconds) for r in line.recordings] == [("s1", 41.5)]
