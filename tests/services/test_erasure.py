"""Customers forgotten, whatever dies meanwhile, and what is under legal hold kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core import events as e
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.customers import CustomersService
from chalicelib.services.erasure import LOOKS_EVERY_SECONDS
from tests.given import ANAS_NUMBER, a_customer, a_ticket
from tests.services.forgetting import ANA, ANNA, WORDS, Forgetting


@pytest.fixture
def house() -> Forgetting:
    return Forgetting()


def words_in(house: Forgetting) -> set[str]:
    everything = house.everything()
    return {word for word in WORDS if word in everything}


def test_nothing_that_is_kept_names_the_customer_any_more(house: Forgetting) -> None:
    """Neither tables nor objects nor the records that reports are made of."""
    assert words_in(house) == set(WORDS)

    house.erasure.request(ANA, by="root")
    house.works_off()

    assert words_in(house) == set()
    assert [key for key in house.objects.bodies if key.startswith(("parts/", "recordings/"))] == []
    assert [key for key in house.objects.bodies if key.startswith("transcripts/")] == []


def test_counts_and_lengths_stay(house: Forgetting) -> None:
    """As many contacts, facts, lines, messages and tickets as before, at the same moments."""

    def counts() -> object:
        written = house.contacts.written
        return (
            {key: [f.at for f in facts if kept(f)] for key, facts in written.items()},
            {key: len(items) for key, items in house.contacts.transcripts.items()},
            {key: line.duration_seconds for key, (_, line) in house.customers.lines.items()},
            {key: (t.status, t.customer_id) for key, t in house.tickets.tickets.items()},
            sorted(house.lake.bodies),
        )

    def kept(fact: e.Fact) -> bool:
        return not isinstance(fact.event, e.ContactErased)

    before = counts()
    house.erasure.request(ANA, by="root")
    house.works_off()

    assert counts() == before


def test_the_state_tells_who_asked_and_that_nothing_is_left(house: Forgetting) -> None:
    asked = house.erasure.request(ANNA, by="root")
    house.works_off()

    state = house.erasure.state(ANA)
    assert (asked.customer_id, asked.erased_at) == (ANA, None)
    assert (asked.contacts_left, asked.tickets_left) == (3, len(house.tickets.tickets))
    assert (state.erased_by, state.erased_at, state.done_at) == ("root", house.at, house.at)
    assert (state.contacts_left, state.tickets_left) == (0, 0)


def test_forgotten_twice_is_forgotten_once(house: Forgetting) -> None:
    house.erasure.request(ANA, by="root")
    house.works_off()
    before = house.everything()

    house.later(60)
    house.erasure.request(ANA, by="somebody else")
    house.works_off()

    assert house.everything() == before


def all_writes() -> int:
    house = Forgetting()
    house.erasure.request(ANA, by="root")
    house.works_off()
    return house.writes


@pytest.mark.parametrize("first", [2, 3, 4])
def test_killed_at_any_write_it_ends_as_if_nobody_had_died(first: int) -> None:
    """The queue brings the job again, and what is done already is not done otherwise. Killed
    before a write or right after it, in turns."""
    quiet = Forgetting()
    quiet.erasure.request(ANA, by="root")
    quiet.works_off()

    writes = all_writes()
    assert writes > 20
    for number in range(first, writes + 1, 3):  # the first is the order of the job itself
        house = Forgetting(dies_at=number, is_written=number % 2 == 0)
        house.erasure.request(ANA, by="root")
        house.works_off()
        assert house.everything() == quiet.everything(), number


def test_a_job_of_many_contacts_goes_on_in_parts(
    house: Forgetting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No run takes longer than a function may."""
    monkeypatch.setattr("chalicelib.services.erasure._PART", 1)

    house.erasure.request(ANA, by="root")
    job, _ = house.erasures.ordered[0]
    house.erasure.run(job)

    assert house.erasure.state(ANA).contacts_left == 2
    assert house.erasure.state(ANA).done_at is None
    house.works_off()
    assert words_in(house) == set()


def test_a_contact_that_was_going_on_is_forgotten_after_its_end(house: Forgetting) -> None:
    """The job looks again until half a day is over."""
    house.erasure.request(ANA, by="root")
    job, _ = house.erasures.ordered.pop()
    running = house.starts(attributes={"pet": "elephant"}).contact_id
    house.erasure.run(job)
    again, delay = house.erasures.ordered.pop()
    house.contact_control.stop(running)
    house.streams()

    house.later(delay)
    house.erasure.run(again)
    house.streams()

    assert (again, delay) == (job, LOOKS_EVERY_SECONDS)
    assert house.contact(running).is_erased
    assert words_in(house) == set()


def test_a_recording_that_was_on_its_way_is_erased_when_it_arrives(house: Forgetting) -> None:
    house.erasure.request(ANA, by="root")
    job, _ = house.erasures.ordered[0]
    house.works_off()
    house.is_recorded(house.call, "s2")

    house.erasure.run(job)

    assert house.contact(house.call).is_erased
    assert "trumpet" not in house.everything()


def test_it_stops_looking_after_half_a_day(house: Forgetting) -> None:
    house.erasure.request(ANA, by="root")
    job, _ = house.erasures.ordered.pop()

    house.later(12 * 3600)
    house.erasure.run(job)

    assert house.erasures.ordered == []


def test_who_calls_again_is_somebody_new(house: Forgetting) -> None:
    """The number leads nowhere any more, also where it had once made the customer."""
    customers = CustomersService(house.customers, to_e164)
    first = customers.identify(ContactId("c-8"), e.Endpoint("+12025550166"), house.at)
    assert first.customer_id is not None
    house.erasure.request(first.customer_id, by="root")
    house.works_off()

    again = customers.identify(ContactId("c-9"), e.Endpoint("+12025550166"), house.at)

    assert again.is_new
    assert again.customer_id not in (None, first.customer_id)


def test_others_are_left_alone(house: Forgetting) -> None:
    """Not even a contact that stands in the history and is somebody else's."""
    rui = CustomerId("C-rui")
    house.customers.create(a_customer("C-rui", name="Rui", phones=("+12025550144",)))
    contact = house.contact(house.older)
    house.contacts.contacts[house.older] = replace(contact, customer_id=rui)
    house.tickets.create(a_ticket("T-rui", subject="Rui's lamp", customer_id=rui))

    house.erasure.request(ANA, by="root")
    house.works_off()

    assert not house.contact(house.older).is_erased
    assert house.tickets.get(TicketId("T-rui")).subject == "Rui's lamp"
    assert house.customers.customers[rui].name == "Rui"


def test_one_who_is_forgotten_is_not_merged_or_taken_apart(house: Forgetting) -> None:
    house.customers.create(a_customer("C-rui", name="Rui", phones=()))
    house.erasure.request(ANA, by="root")
    house.works_off()
    merging = CustomerMerging(house.customers, house.now)

    with pytest.raises(Conflict, match="'C-ana' was erased"):
        merging.merge(
            CustomerId("C-rui"), ANA, version=house.customers.customers[ANA].version, by=""
        )
    with pytest.raises(Conflict, match="'C-ana' was erased"):
        merging.undo(ANNA)


# --- legal hold -----------------------------------------------------------------------------------


def test_a_customer_under_legal_hold_is_not_forgotten_until_it_is_lifted(
    house: Forgetting,
) -> None:
    """Nor where the hold came between the request and the work."""
    house.erasure.request(ANA, by="root")
    house.erasure.hold_customer(ANA, is_held=True, reason="Case 12/34", by="root")
    before = house.everything()
    house.works_off()

    with pytest.raises(Conflict, match="'C-ana' is under legal hold by root"):
        house.erasure.request(ANNA, by="root")
    assert house.everything() == before

    house.erasure.hold_customer(ANA, is_held=False, reason="settled", by="root")
    house.erasure.request(ANA, by="root")
    house.works_off()
    assert words_in(house) == set()


def test_a_contact_under_legal_hold_stays_whole_and_is_listed(house: Forgetting) -> None:
    """With its recordings and the tickets that are about it; all else goes."""
    house.erasure.hold_contact(house.call, is_held=True, reason="Case 12/34", by="root")
    about = [t for t, each in house.tickets.tickets.items() if house.call in each.contact_ids]

    house.erasure.request(ANA, by="root")
    house.works_off()

    state = house.erasure.state(ANA)
    assert [(each.contact_id, each.hold.reason) for each in state.held_contacts] == [
        (house.call, "Case 12/34")
    ]
    assert (list(state.held_tickets), state.contacts_left, state.tickets_left) == (about, 0, 0)
    assert house.contact(house.call).attributes == {"pet": "elephant"}
    assert len([key for key in house.objects.bodies if house.call in key]) == 2
    assert house.contact(house.chatted).is_erased
    assert house.customers.customers[ANA].name == ""


def test_a_hold_that_is_lifted_lets_the_rest_go(house: Forgetting) -> None:
    house.erasure.hold_contact(house.call, is_held=True, reason="Case 12/34", by="root")
    house.erasure.request(ANA, by="root")
    house.works_off()

    house.erasure.hold_contact(house.call, is_held=False, reason="settled", by="root")
    house.erasure.request(ANA, by="root")
    house.works_off()

    assert words_in(house) == set()
    assert not re.search("12/34", house.everything())


def test_every_hold_is_kept_with_who_and_why_and_once(house: Forgetting) -> None:
    """The same again is no news."""
    for is_held, reason in ((True, "A"), (True, "A"), (True, "B"), (False, "C"), (False, "D")):
        house.erasure.hold_customer(ANA, is_held=is_held, reason=reason, by="root")
        house.erasure.hold_contact(house.call, is_held=is_held, reason=reason, by="root")

    holds = house.customers.customers[ANA].holds
    facts = house.events(house.call, e.LegalHoldChanged)
    expected = [(True, "A", "root"), (True, "B", "root"), (False, "C", "root")]
    assert [(each.is_held, each.reason, each.by) for each in holds] == expected
    assert [(each.is_held, each.reason, each.by) for each in facts] == expected


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_hold_without_a_reason_is_refused(house: Forgetting, reason: str) -> None:
    with pytest.raises(Rejected) as refused:
        house.erasure.hold_customer(ANA, is_held=True, reason=reason, by="root")

    assert refused.value.field == "reason"


def test_whoever_is_not_there_is_not_found(house: Forgetting) -> None:
    for ask in (house.erasure.state, lambda each: house.erasure.request(each, by="root")):
        with pytest.raises(NotFound):
            ask(CustomerId("C-x"))
    assert ANAS_NUMBER in house.everything()
