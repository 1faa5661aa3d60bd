"""Agents who call colleagues and numbers: in hand at once, and outside of customers' queues."""

from __future__ import annotations

import pytest

from chalicelib.adapters.announcer import agent_document, turn_frame
from chalicelib.core.alert import AlertKind
from chalicelib.core.center import StatusType
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import Channel, ContactCompleted, ContactInitiated, DisconnectReason
from chalicelib.core.ids import ContactId, FlowId
from chalicelib.services.ports import Commit, TimerKind, Unavailable
from tests.fakes.world import SilentVoice
from tests.house import BEN, CLEO, SALES, House
from tests.services.test_transfers import FLOWS, FRIEND, NOBODY, MovingHouse, calls_only


@pytest.fixture
def house() -> MovingHouse:
    house = MovingHouse()
    content = (FLOWS / "default-outbound.json").read_text()
    house.publish("Default outbound", content, type_="OUTBOUND_WHISPER")
    house.signs_in("ben")
    house.signs_in("cleo")
    return house


def rings(house: House) -> ContactId:
    """Ben calls Cleo."""
    started = house.agent_calls.colleague(BEN, "cleo")
    house.opens_a_socket(started.contact_id, "ws-bens-line")
    return started.contact_id


def told(house: House, contact_id: ContactId) -> list[str]:
    """What the caller's desk does on the customer's end of the call."""
    commands = turn_frame(house.contact(contact_id), SilentVoice())["commands"]
    return [f"{c['do']} {c.get('state', '')}".strip() for c in commands]


def tasks(house: House) -> list[str]:
    """What is to be done for Cleo, by name."""
    known = house.contacts.contacts.values()
    return [str(c.session.details["Name"]) for c in known if c.channel is Channel.TASK]


# --- a colleague ----------------------------------------------------------------------------------


def test_a_colleague_is_rung_and_both_have_it_in_hand(house: MovingHouse) -> None:
    """The caller hears it ring; the other one answers like any contact, without any whisper."""
    contact_id = rings(house)
    assert CLEO == house.rings_at(contact_id)
    assert ["line ringing"] == told(house, contact_id)
    assert 1 == house.contact(contact_id).turn_number

    house.answers(CLEO, contact_id)

    assert ["connect"] == told(house, contact_id)
    slots = [house.agent(each).slot(contact_id) for each in (BEN, CLEO)]
    assert [True, True] == [bool(slot and slot.is_joined) for slot in slots]
    assert [True, False] == [
        contact["isCaller"]
        for each in (BEN, CLEO)
        for contact in agent_document(house.agent(each))["contacts"]
    ]


def test_whoever_calls_or_is_called_gets_no_customer_meanwhile(house: MovingHouse) -> None:
    """From the first ring on, and after it both are free at once: no after contact work."""
    contact_id = rings(house)
    customer = house.rings("To Sales")
    assert house.rings_at(customer) is None
    house.answers(CLEO, contact_id)
    assert house.rings_at(customer) is None

    house.desk.hang_up(CLEO, contact_id)

    assert ContactState.COMPLETED is house.contact(contact_id).state
    assert 1 == len(house.events(contact_id, ContactCompleted))
    assert house.rings_at(customer) in (BEN, CLEO)


@pytest.mark.parametrize("how", ["at the desk", "on the line", "by leaving"])
def test_the_caller_ends_it_too(house: MovingHouse, how: str) -> None:
    contact_id = rings(house)
    house.answers(CLEO, contact_id)

    if how == "at the desk":
        house.desk.hang_up(BEN, contact_id)
    elif how == "on the line":
        house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    else:
        house.later(91)
        house.desk.heartbeat(CLEO, house.routing_store.signed_in[CLEO].connection_id)  # type: ignore[arg-type]  # it is open
        house.sweep.run()

    assert ContactState.COMPLETED is house.contact(contact_id).state
    assert ((), ()) == (house.agent(BEN).slots, house.agent(CLEO).slots)


@pytest.mark.parametrize("why", ["on a call", "on a break", "gone", "herself calling"])
def test_whoever_is_busy_is_not_rung_and_is_left_a_task(house: MovingHouse, why: str) -> None:
    """Once, however often somebody tries."""
    if why == "on a call":
        house.desk.set_status(BEN, "Break")
        house.answers(CLEO, house.rings("To Sales"))
    elif why == "on a break":
        house.desk.set_status(CLEO, "Break")
    elif why == "gone":
        house.later(91)
        house.signs_in("ben")
    else:
        house.agent_calls.number(CLEO, FRIEND)

    for _ in range(2):
        with pytest.raises(Conflict, match="Cleo Park is busy; a task says that you called"):
            rings(house)

    assert ["Ben Ode called you"] == tasks(house)
    assert () == house.agent(BEN).slots


def test_of_a_colleague_who_takes_no_tasks_supervisors_are_told_instead(
    house: MovingHouse,
) -> None:
    """Nobody is promised a task that would never be offered."""
    calls_only(house, "cleo")
    house.signs_in("cleo", "Break")

    for _ in range(2):
        with pytest.raises(Conflict, match="Cleo Park is busy$"):
            rings(house)

    (alert,) = house.alerts.recent(house.at)
    assert (AlertKind.COLLEAGUE_CALLED, CLEO) == (alert.kind, alert.agent_id)
    assert alert.text.startswith("Ben Ode called Cleo Park")
    assert [] == tasks(house)


def test_the_task_rings_when_the_colleague_is_free_again(house: MovingHouse) -> None:
    house.desk.set_status(CLEO, "Break")
    with pytest.raises(Conflict):
        rings(house)
    house.streams()
    house.rings_what_is_due()

    house.desk.set_status(CLEO, "Available")

    [slot] = house.agent(CLEO).slots
    assert (Channel.TASK, "Ben Ode called you") == (slot.channel, slot.customer_name)


@pytest.mark.parametrize("is_rejected", [False, True])
def test_a_call_that_is_not_taken_is_over_and_leaves_a_task(
    house: MovingHouse, is_rejected: bool
) -> None:
    contact_id = rings(house)
    if is_rejected:
        house.desk.reject(CLEO, contact_id, house.offer_of(contact_id))
        house.streams()
    else:
        house.streams()
        house.later(20)
        house.rings_what_is_due()

    assert ["end"] == told(house, contact_id)
    assert () == house.agent(BEN).slots
    assert ["Ben Ode called you"] == tasks(house)


def test_whoever_dies_before_word_is_left_leaves_it_to_the_next(house: MovingHouse) -> None:
    """The call stands until the task does, and then is over."""
    contact_id = rings(house)
    keep = house.contacts.commit

    def dies(commit: Commit) -> None:
        if any(change.after.channel is Channel.TASK for change in commit.changes):
            raise Unavailable("the worker is gone")
        keep(commit)

    house.contacts.commit = dies  # type: ignore[method-assign]  # the worker
    house.desk.reject(CLEO, contact_id, house.offer_of(contact_id))
    with pytest.raises(Unavailable):
        house.streams()
    house.contacts.commit = keep  # type: ignore[method-assign]
    house.later(60)
    house.reactions.react(contact_id, house.contacts.facts(contact_id))

    assert ["Ben Ode called you"] == tasks(house)
    assert ["end"] == told(house, contact_id)


def test_nobody_calls_themselves_or_whoever_has_no_desk(house: MovingHouse) -> None:
    with pytest.raises(Rejected, match="yourself"):
        house.agent_calls.colleague(BEN, "ben")
    with pytest.raises(NotFound, match="no agent 'sue'"):
        house.agent_calls.colleague(BEN, "sue")


def test_one_call_at_a_time(house: MovingHouse) -> None:
    """Neither a colleague nor a number while a customer, or somebody else, is on the line."""
    house.desk.set_status(CLEO, "Break")
    house.answers(BEN, house.rings("To Sales"))
    house.desk.set_status(CLEO, "Available")

    with pytest.raises(Conflict, match="on a call already"):
        rings(house)
    with pytest.raises(Conflict, match="on a call already"):
        house.agent_calls.number(BEN, FRIEND)

    assert () == house.agent(CLEO).slots


def test_a_colleague_whose_offer_was_lost_to_a_customer_is_busy(house: MovingHouse) -> None:
    """Between looking and ringing somebody else was faster."""
    house.contacts.meanwhile.append(lambda: house.desk.set_status(CLEO, "Break"))

    with pytest.raises(Conflict, match="Cleo Park is busy"):
        house.agent_calls.colleague(BEN, "cleo")

    assert () == house.agent(BEN).slots


def test_colleagues_are_not_customers(house: MovingHouse) -> None:
    """No customer is made, nobody is transferred, and the call says what it is."""
    contact_id = rings(house)
    house.answers(CLEO, contact_id)
    house.streams()

    assert house.events(contact_id, ContactInitiated)[0].is_internal
    assert not house.customers.customers
    with pytest.raises(Conflict, match="no customer to transfer"):
        house.transfers.by_agent(CLEO, contact_id, house.destinations.queue(SALES))
    details = house.contact(contact_id).session.details
    assert {"SegmentAttributes": {"trunkline:Internal": "true"}} == details


def test_a_caller_whose_page_never_opens_the_line_does_not_ring_for_ever(
    house: MovingHouse,
) -> None:
    started = house.agent_calls.colleague(BEN, "cleo")
    house.answers(CLEO, started.contact_id)
    house.streams()
    house.later(60)
    house.rings_what_is_due()

    assert house.timers.of(TimerKind.CUSTOMER) == []
    reason = house.contact(started.contact_id).disconnect_reason
    assert DisconnectReason.CUSTOMER_NEVER_ARRIVED is reason


def test_colleagues_are_those_at_work_and_it_shows_whether_they_are_free(
    house: MovingHouse,
) -> None:
    """Without oneself, and without who went home."""
    assert [("Cleo Park", "Available", True)] == known(house, "ben")
    house.agent_calls.number(CLEO, FRIEND)
    assert [("Cleo Park", "Available", False)] == known(house, "ben")
    house.desk.set_status(BEN, "Offline")
    assert [] == known(house, "cleo")


def known(house: House, username: str) -> list[tuple[str, str, bool]]:
    return [
        (each.name, each.status, each.is_free) for each in house.agent_calls.colleagues(username)
    ]


# --- a number -------------------------------------------------------------------------------------


def test_a_number_is_called_and_both_talk_when_it_is_answered(house: MovingHouse) -> None:
    contact_id = house.agent_calls.number(BEN, "(202) 555-0900")

    assert ContactState.CONNECTED is house.contact(contact_id).state
    assert not house.contact(contact_id).is_joined
    house.streams()
    house.later(3)
    house.rings_what_is_due()
    assert house.contact(contact_id).is_joined
    assert house.contact(contact_id).customer_id is not None
    house.desk.hang_up(BEN, contact_id)
    assert house.contact(contact_id).is_wrapping_up


def test_a_call_that_fails_from_break_leaves_the_status_break(house: MovingHouse) -> None:
    """Whoever called from there is there again."""
    house.desk.set_status(BEN, "Break")

    contact_id = house.agent_calls.number(BEN, NOBODY)
    house.streams()
    for _ in range(3):
        house.later(30)
        house.rings_what_is_due()

    reason = house.contact(contact_id).disconnect_reason
    assert DisconnectReason.OUTBOUND_ATTEMPT_FAILED is reason
    assert ("Break", StatusType.CUSTOM) == (
        house.agent(BEN).status.name,
        house.agent(BEN).status.type,
    )


def test_a_number_that_there_is_not_ends_the_call_at_once(house: MovingHouse) -> None:
    contact_id = house.agent_calls.number(BEN, "+12025550999")
    house.streams()

    reason = house.contact(contact_id).disconnect_reason
    assert DisconnectReason.OUTBOUND_ATTEMPT_FAILED is reason


def test_without_a_flow_that_dials_nobody_is_called(house: MovingHouse) -> None:
    """Else an agent would talk to nobody."""
    gone = house.center.entry(FlowId("default outbound"))
    house.center.delete_flow(gone)

    with pytest.raises(NotFound, match="no flow that calls customers"):
        house.agent_calls.number(BEN, FRIEND)

    assert () == house.agent(BEN).slots


def test_what_is_no_number_is_not_called(house: MovingHouse) -> None:
    with pytest.raises(Rejected, match="no telephone number"):
        house.agent_calls.number(BEN, "+999")
