"""Who was helped at once: counted from contacts, never from averages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import events as e
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.first_contact_resolution import (
    WINDOW,
    Inquiry,
    Tally,
    inquiries,
    overall,
    tallies,
)
from chalicelib.core.ids import AgentId, ContactId, CustomerId
from tests.core.records import record

MARCH = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)  # midnight in New York
APRIL = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)
ANA = CustomerId("cu-ana")
RESOLVING = ("resolved", "sale")
LONG_AFTER = APRIL + timedelta(days=90)


def came(
    contact_id: str,
    days: float,
    *,
    subject: str = "invoice",
    customer: CustomerId | None = ANA,
    agent: str | None = "A01",
    disposition: str | None = "resolved",
) -> ContactRecord:
    """So many days into March, for a minute."""
    at = MARCH + timedelta(seconds=int(days * 86_400))
    known = record(contact_id, at=at, agent=agent, disposition=disposition)
    return replace(known, customer_id=customer, attributes={"subject": subject})


def tally(*records: ContactRecord, as_of: datetime = LONG_AFTER) -> Tally:
    found = inquiries(records, resolving=RESOLVING)
    return overall(tallies(found, from_at=MARCH, to_at=APRIL, as_of=as_of))


def test_a_customer_who_was_helped_and_did_not_come_back() -> None:
    assert tally(came("c-1", 2)) == Tally(handled=1, at_once=1)


def test_who_comes_back_within_seven_days_was_not_helped_at_once() -> None:
    """The second time was enough; 1 of 2 are 50 %."""
    found = tally(came("c-1", 2), came("c-2", 8.9))

    assert found == Tally(handled=2, at_once=1)
    assert found.rate == Decimal("50.00")


def test_after_seven_days_or_for_something_else_it_is_a_new_matter() -> None:
    """Just as another customer is."""
    first = came("c-1", 2)
    others = [
        came("c-2", 9.1),
        came("c-3", 3, subject="delivery"),
        came("c-4", 3, customer=CustomerId("cu-ben")),
    ]

    for other in others:
        assert tally(first, other) == Tally(handled=2, at_once=2)


def test_the_seventh_day_counts_to_its_last_second() -> None:
    first = came("c-1", 2)
    at = first.disconnected_at + WINDOW + timedelta(seconds=60)  # each lasts a minute
    second = replace(
        came("c-2", 9), initiated_at=first.disconnected_at + WINDOW, disconnected_at=at
    )

    assert tally(first, second) == Tally(handled=2, at_once=1)
    late = replace(second, initiated_at=second.initiated_at + timedelta(seconds=1))
    assert tally(first, late) == Tally(handled=2, at_once=2)


def test_how_a_subject_is_spelled_does_not_matter_and_without_one_the_queue_is_it() -> None:
    spelled = came("c-2", 3, subject=" Invoice ")
    bare = [replace(came(f"c-{n}", n), attributes={}) for n in (4, 5)]

    assert tally(came("c-1", 2), spelled) == Tally(handled=2, at_once=1)
    assert tally(*bare) == Tally(handled=2, at_once=1)


def test_who_gave_up_waiting_came_back_all_the_same() -> None:
    """The customer had to call again; nobody handled that one."""
    gave_up = came("c-2", 3, agent=None, disposition=None)

    assert tally(came("c-1", 2), gave_up) == Tally(handled=1)


def test_a_call_of_ours_is_not_the_customer_coming_back() -> None:
    """Nor is it counted: it was not the customer who asked."""
    ours = replace(came("c-2", 3), initiation_method=e.InitiationMethod.OUTBOUND)

    assert tally(came("c-1", 2), ours) == Tally(handled=1, at_once=1)


def test_a_transfer_is_not_a_new_matter_and_counts_for_the_last_agent() -> None:
    """Whoever had it in the end said that it is done."""
    first = came("c-1", 2, disposition=None)
    second = replace(
        came("c-2", 2.01, agent="A02"),
        initiation_method=e.InitiationMethod.TRANSFER,
        initial_contact_id=ContactId("c-1"),
        begun_by=e.InitiationMethod.INBOUND,
    )

    found = inquiries([second, first], resolving=RESOLVING)

    by_agent = tallies(found, from_at=MARCH, to_at=APRIL, as_of=LONG_AFTER)
    assert by_agent == {AgentId("A02"): Tally(handled=1, at_once=1)}


def test_what_was_not_resolved_and_whose_customer_nobody_knows() -> None:
    """The first was handled, the second counts for neither side."""
    assert tally(came("c-1", 2, disposition="follow-up")) == Tally(handled=1)
    assert tally(came("c-1", 2, customer=None), came("c-2", 3, customer=None)) == Tally(unknown=2)


def test_until_seven_days_are_over_it_is_pending() -> None:
    """And somebody who came back has decided it before."""
    helped, again = came("c-1", 2), came("c-2", 3)

    soon, after = (helped.disconnected_at + timedelta(days=days) for days in (6, 7))

    assert tally(helped, as_of=soon) == Tally(pending=1)
    assert tally(helped, as_of=after) == Tally(handled=1, at_once=1)
    assert tally(helped, again, as_of=soon) == Tally(handled=1, pending=1)
    assert tally(helped, again, as_of=helped.disconnected_at) == Tally(pending=1)


def test_a_contact_counts_in_the_period_in_which_it_ended() -> None:
    """From the first moment, inclusive, to the next period's."""
    at_midnight = replace(came("c-1", 31), disconnected_at=APRIL)

    assert tally(at_midnight) == Tally()
    assert tally(replace(at_midnight, disconnected_at=APRIL - timedelta(seconds=1))).handled == 1


def test_nothing_handled_has_no_rate() -> None:
    """And not 0 %."""
    assert tally().rate is None


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_quarter_is_the_sum_of_its_months_however_records_come(seed: int) -> None:
    """Told twice and shuffled they say the same, and no inquiry counts twice."""
    chance = Random(seed)
    records = _quarter(chance)
    again = [*records, *chance.sample(records, len(records) // 2)]
    chance.shuffle(again)
    edges = [MARCH + timedelta(days=30 * n) for n in range(4)]
    found = inquiries(again, resolving=RESOLVING)

    quarter = tallies(found, from_at=edges[0], to_at=edges[-1], as_of=LONG_AFTER)
    months = [
        tallies(found, from_at=since, to_at=until, as_of=LONG_AFTER)
        for since, until in zip(edges, edges[1:], strict=False)
    ]

    assert found == inquiries(records, resolving=RESOLVING)
    assert overall(quarter) == sum((overall(month) for month in months), Tally())
    handled = [each for each in found if each.agent_id and each.is_by_customer]
    counted = overall(quarter)
    assert counted.handled + counted.pending + counted.unknown == len(handled)
    assert counted.at_once == sum(1 for each in handled if _is_at_once(each, found))


def _is_at_once(one: Inquiry, found: list[Inquiry]) -> bool:
    """As the definition has it, compared with everybody."""
    others = (
        other
        for other in found
        if other.is_by_customer
        and (other.customer_id, other.subject) == (one.customer_id, one.subject)
        and (other.began_at, other.inquiry_id) > (one.began_at, one.inquiry_id)
        and other.began_at <= one.ended_at + WINDOW
    )
    return one.is_resolved and one.customer_id is not None and not any(others)


def _quarter(chance: Random) -> list[ContactRecord]:
    """Two customers and one whom nobody knows, with two subjects, some of it at the same time."""
    return [
        came(
            f"c-{n}",
            chance.randrange(1, 89) + chance.random(),
            subject=chance.choice(["invoice", "delivery"]),
            customer=chance.choice([ANA, CustomerId("cu-ben"), None]),
            agent=chance.choice(["A01", "A02", None]),
            disposition=chance.choice(["resolved", "sale", "follow-up", None]),
        )
        for n in range(25)
    ]
