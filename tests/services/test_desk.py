"""An agent's desk: signing in, answering, hanging up, wrapping up, and two of each at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.center import OFFLINE, own_queue_id
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Conflict, Denied, NotFound, Rejected
from chalicelib.core.events import (
    AfterContactWorkEnded,
    ContactDisconnected,
    DisconnectReason,
    OfferEnded,
    OfferOutcome,
)
from chalicelib.core.feedback import Way
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, OfferId, RoutingProfileId
from chalicelib.core.lifecycle import WrapUp
from chalicelib.core.phone import PhoneConfig
from chalicelib.core.routing import SlotState
from chalicelib.services.ports import DeskMessage
from tests.house import BEN, BREAK, CLEO, DONE, USERS, House, action, document

TAB, OTHER_TAB = ConnectionId("ws-ben"), ConnectionId("ws-other")


@pytest.fixture
def house() -> House:
    house = House()
    house.signs_in("ben")
    return house


@pytest.fixture
def ringing(house: House) -> ContactId:
    return house.rings()


@pytest.fixture
def talking(house: House, ringing: ContactId) -> ContactId:
    house.answers(BEN, ringing)
    return ringing


@pytest.fixture
def wrapping_up(house: House, talking: ContactId) -> ContactId:
    house.later(30)
    house.desk.hang_up(BEN, talking)
    return talking


# --- opening a desk -------------------------------------------------------------------------------


def test_a_first_sign_in_is_offline() -> None:
    """Nobody rings who did not say that they are there."""
    house = House()

    welcome = house.desk.hello("ben", TAB, after=0)

    assert (welcome.agent.status.name, welcome.is_snapshot) == ("Offline", True)
    assert welcome.agent.version == 1


def test_a_desk_that_missed_nothing_is_told_nothing(house: House) -> None:
    now = house.agent(BEN).version

    welcome = house.desk.hello("ben", TAB, after=now)

    assert (list(welcome.missed), welcome.is_snapshot) == ([], False)


def test_a_desk_that_asks_while_more_happens_gets_that_too(house: House) -> None:
    """The whole state would be right, but what happened would never have been told."""
    agent = house.signs_in("ben")
    read, before = house.routing_store.desk_events, agent.version

    def busy(agent_id: AgentId, *, after: int) -> Sequence[DeskMessage]:
        house.desk.set_status(BEN, "Break")
        return read(agent_id, after=after)

    house.routing_store.desk_events = busy  # type: ignore[method-assign]  # while it is read
    welcome = house.desk.hello("ben", TAB, after=before)

    assert not welcome.is_snapshot
    assert ["StatusChanged"] == [str(m.kind) for m in welcome.missed]


def test_a_desk_that_comes_back_gets_the_events_it_missed_in_order(house: House) -> None:
    """Without a gap, each with the state after it."""
    seen = house.agent(BEN).version
    contact_id = house.rings()
    house.answers(BEN, contact_id)

    welcome = house.desk.hello("ben", OTHER_TAB, after=seen)

    assert [m.seq for m in welcome.missed] == [seen + 1, seen + 2]
    assert [str(m.kind) for m in welcome.missed] == ["ContactOffered", "ContactConnected"]
    assert not welcome.is_snapshot


@pytest.mark.parametrize("after", [-1, 0, 999])
def test_a_desk_that_cannot_know_where_it_was_gets_the_whole_state(
    house: House, after: int
) -> None:
    """Fresh, or from another life of this center."""
    assert house.desk.hello("ben", TAB, after=after).is_snapshot


def test_a_gap_in_what_was_kept_is_answered_with_the_whole_state(house: House) -> None:
    """Events are kept for a day; half of them would be worse than none."""
    for status in ("Break", "Available", "Break"):
        house.desk.set_status(BEN, status)
    del house.routing_store.events[BEN][2]

    assert house.desk.hello("ben", TAB, after=1).is_snapshot
    assert not house.desk.hello("ben", TAB, after=3).is_snapshot


def test_a_second_desk_sends_the_first_one_away(house: House) -> None:
    """It is told, then closed; the new one is where the agent is."""
    house.desk.hello("ben", OTHER_TAB, after=0)

    (told,) = house.sockets.to(TAB, "trunkline/desk")
    assert isinstance(told, dict)
    assert told["kind"] == "SignedInElsewhere"
    assert house.sockets.closed == [TAB]
    presence = house.routing_store.presence(BEN)
    assert presence is not None
    assert presence.connection_id == OTHER_TAB


def test_a_first_desk_that_is_gone_already_is_not_closed(house: House) -> None:
    house.sockets.gone.add(TAB)

    house.desk.hello("ben", OTHER_TAB, after=0)

    assert house.sockets.closed == []


def test_the_same_desk_may_say_hello_twice(house: House) -> None:
    house.desk.hello("ben", TAB, after=0)

    assert house.sockets.closed == []


def test_the_heartbeat_of_a_replaced_desk_does_not_count(house: House) -> None:
    """Its socket may live a moment longer: it must not take the agent back."""
    house.desk.hello("ben", OTHER_TAB, after=0)
    house.later(60)

    house.desk.heartbeat(BEN, TAB)

    presence = house.routing_store.presence(BEN)
    assert presence is not None
    assert presence.connection_id == OTHER_TAB
    assert presence.heartbeat_at < house.at


def test_a_desk_that_closes_leaves_the_status_as_it_was(house: House) -> None:
    """A reload must not cost the place in line; without a heartbeat nothing is offered."""
    house.desk.leave(BEN, TAB)

    assert house.agent(BEN).status.name == "Available"
    assert house.rings_at(house.rings()) is None


def test_only_people_of_this_center_who_take_contacts_have_a_desk() -> None:
    house = House()
    for stranger in ("nobody", "sue"):
        with pytest.raises(NotFound):
            house.desk.hello(stranger, TAB, after=0)


def test_an_unknown_status_is_refused_with_those_there_are(house: House) -> None:
    with pytest.raises(Rejected, match="Available, Offline, Break") as refused:
        house.desk.set_status(BEN, "Lunch")

    assert (refused.value.field, refused.value.value) == ("name", "Lunch")


def test_a_status_that_meets_another_change_is_set_all_the_same(house: House) -> None:
    """A contact began to ring between the look and the commit: it becomes the next status."""
    house.contacts.meanwhile = [lambda: None if house.rings() else None]

    house.desk.set_status(BEN, "Break")

    agent = house.agent(BEN)
    assert (agent.status.name, agent.next_status) == ("Available", BREAK)


# --- answering ------------------------------------------------------------------------------------


def test_an_answer_connects_and_tells_both_sides(house: House, ringing: ContactId) -> None:
    house.answers(BEN, ringing)

    contact = house.contact(ringing)
    assert contact.state is ContactState.CONNECTED
    assert contact.session.wait is None
    assert house.announcer.turns[-1] == contact
    assert house.announcer.kinds(BEN)[-1] == "ContactConnected"


def test_answering_twice_is_answering_once(house: House, ringing: ContactId) -> None:
    offer_id = house.offer_of(ringing)
    house.desk.accept(BEN, ringing, offer_id)

    house.desk.accept(BEN, ringing, offer_id)

    assert house.facts(ringing).count("ContactConnected") == 1


def test_of_two_agents_who_answer_one_gets_the_contact(house: House, ringing: ContactId) -> None:
    """The offer expired at Ben's, rings at Cleo's, and Ben clicks after all."""
    house.signs_in("cleo")
    bens = house.offer_of(ringing)
    house.routing.expire_offer(ringing, bens)
    house.answers(CLEO, ringing)

    with pytest.raises(Conflict):
        house.desk.accept(BEN, ringing, bens)

    agent = house.contact(ringing).agent
    assert agent is not None
    assert agent.agent_id == CLEO


def test_another_agents_offer_cannot_be_taken(house: House, ringing: ContactId) -> None:
    house.signs_in("cleo")
    with pytest.raises(Conflict):
        house.desk.accept(CLEO, ringing, house.offer_of(ringing))
    with pytest.raises(Denied):
        house.desk.reject(CLEO, ringing, house.offer_of(ringing))

    assert house.rings_at(ringing) == BEN


def test_an_answer_after_the_expiry_comes_too_late(house: House, ringing: ContactId) -> None:
    """The agent is told, and keeps the missed contact on the desk."""
    offer_id = house.offer_of(ringing)
    house.routing.expire_offer(ringing, offer_id)

    with pytest.raises(Conflict, match="is over") as late:
        house.desk.accept(BEN, ringing, offer_id)

    assert late.value.field == "offerId"
    assert [slot.state for slot in house.agent(BEN).slots] == [SlotState.MISSED]


def test_an_expiry_in_the_middle_of_an_answer_wins_or_loses_whole(
    house: House, ringing: ContactId
) -> None:
    """The timer committed first: the answer looks again and is told."""
    offer_id = house.offer_of(ringing)
    house.contacts.meanwhile = [lambda: house.routing.expire_offer(ringing, offer_id)]

    with pytest.raises(Conflict):
        house.desk.accept(BEN, ringing, offer_id)

    contact = house.contact(ringing)
    assert (contact.state, contact.agent) == (ContactState.QUEUED, None)


def test_an_answer_in_the_middle_of_an_expiry_wins(house: House, ringing: ContactId) -> None:
    offer_id = house.offer_of(ringing)
    house.contacts.meanwhile = [lambda: house.desk.accept(BEN, ringing, offer_id)]

    house.routing.expire_offer(ringing, offer_id)

    assert house.contact(ringing).state is ContactState.CONNECTED
    assert house.events(ringing, OfferEnded) == []


def test_an_answer_is_not_lost_to_another_chat_that_rings(house: House) -> None:
    """A second offer changed the agent between look and commit: the answer is tried again."""
    first = house.chats().contact_id
    house.contacts.meanwhile = [lambda: None if house.chats() else None]

    house.answers(BEN, first)

    assert house.contact(first).state is ContactState.CONNECTED
    assert [slot.state for slot in house.agent(BEN).slots] == [
        SlotState.CONNECTED,
        SlotState.CONNECTING,
    ]


def test_the_customer_hangs_up_while_it_rings(house: House, ringing: ContactId) -> None:
    """The agent is free again at once, without a miss, and the answer comes too late."""
    offer_id = house.offer_of(ringing)
    house.desk.end(ringing, DisconnectReason.CUSTOMER_DISCONNECT)

    with pytest.raises(Conflict):
        house.desk.accept(BEN, ringing, offer_id)

    assert house.agent(BEN).slots == ()
    assert house.agent(BEN).is_routable()
    assert [e.outcome for e in house.events(ringing, OfferEnded)] == [OfferOutcome.WITHDRAWN]


def test_the_customer_hangs_up_in_the_middle_of_an_answer(house: House, ringing: ContactId) -> None:
    """Either way round there is one end, and the agent has nothing in hand."""
    offer_id = house.offer_of(ringing)
    house.contacts.meanwhile = [
        lambda: house.desk.end(ringing, DisconnectReason.CUSTOMER_DISCONNECT)
    ]

    with pytest.raises(Conflict):
        house.desk.accept(BEN, ringing, offer_id)

    assert house.contact(ringing).state is ContactState.COMPLETED
    assert house.agent(BEN).slots == ()


def test_an_unknown_contact_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.desk.accept(BEN, ContactId("c-x"), OfferId("o-x"))
    with pytest.raises(NotFound):
        house.desk.hang_up(BEN, ContactId("c-x"))


# --- hanging up -----------------------------------------------------------------------------------


def test_hanging_up_begins_after_contact_work(house: House, wrapping_up: ContactId) -> None:
    (slot,) = house.agent(BEN).slots

    assert house.contact(wrapping_up).state is ContactState.ENDED
    assert slot.state is SlotState.ENDED
    assert slot.wrap_up_ends_at == house.contact(wrapping_up).wrap_up_ends_at
    assert house.announcer.kinds(BEN)[-1] == "ContactDisconnected"


def test_after_contact_work_ends_with_the_smaller_limit(house: House) -> None:
    """Sales allows a minute, this agent takes no more than twenty seconds."""
    ben = USERS[0]
    house.center.save_user(replace(ben, phone=PhoneConfig(after_contact_work_seconds=20)))
    house.desk.reconfigure(BEN)
    contact_id = house.rings()
    house.answers(BEN, contact_id)

    house.desk.hang_up(BEN, contact_id)

    ends_at = house.contact(contact_id).wrap_up_ends_at
    assert ends_at == house.now() + timedelta(seconds=20)


def test_an_agent_hangs_up_twice(house: House, wrapping_up: ContactId) -> None:
    facts = house.facts(wrapping_up)

    house.desk.hang_up(BEN, wrapping_up)

    assert house.facts(wrapping_up) == facts


def test_both_hang_up_at_once(house: House, talking: ContactId) -> None:
    """One reason, that of whoever was first."""
    house.contacts.meanwhile = [
        lambda: house.desk.end(talking, DisconnectReason.CUSTOMER_DISCONNECT)
    ]

    house.desk.hang_up(BEN, talking)

    reasons = [e.reason for e in house.events(talking, ContactDisconnected)]
    assert reasons == [DisconnectReason.CUSTOMER_DISCONNECT]


def test_only_the_agent_who_has_the_contact_can_end_it(house: House, talking: ContactId) -> None:
    house.signs_in("cleo")

    with pytest.raises(Denied):
        house.desk.hang_up(CLEO, talking)
    with pytest.raises(Denied):
        house.desk.hang_up(BEN, house.rings())  # nobody has answered it


# --- wrapping up ----------------------------------------------------------------------------------


def test_a_wrap_up_completes_the_contact_and_frees_the_agent(
    house: House, wrapping_up: ContactId
) -> None:
    house.later(10)
    house.desk.complete(BEN, wrapping_up, DONE)

    agent = house.agent(BEN)
    assert house.contact(wrapping_up).state is ContactState.COMPLETED
    assert (agent.slots, agent.idle_since) == ((), house.at)
    assert house.announcer.kinds(BEN)[-1] == "ContactCompleted"


def test_a_wrap_up_handed_in_twice_is_one(house: House, wrapping_up: ContactId) -> None:
    house.desk.complete(BEN, wrapping_up, DONE)
    house.desk.complete(BEN, wrapping_up, replace(DONE, note="again"))

    (ended,) = house.events(wrapping_up, AfterContactWorkEnded)
    assert ended.note == ""


@pytest.mark.parametrize("disposition", [None, "", "bug", "Sale", "x"])
def test_a_wrap_up_needs_a_disposition_of_the_contacts_queue(
    house: House, wrapping_up: ContactId, disposition: str | None
) -> None:
    """`bug` is one of Support's; this contact came through Sales."""
    with pytest.raises(Rejected, match="is not one of sale, solved") as refused:
        house.desk.complete(BEN, wrapping_up, replace(DONE, disposition=disposition))

    assert (refused.value.field, refused.value.value) == ("disposition", disposition)
    assert house.contact(wrapping_up).state is ContactState.ENDED


@pytest.mark.parametrize("status", [None, "", "done", "OPEN"])
def test_a_wrap_up_needs_a_known_ticket_status(
    house: House, wrapping_up: ContactId, status: str | None
) -> None:
    with pytest.raises(Rejected) as refused:
        house.desk.complete(BEN, wrapping_up, replace(DONE, ticket_status=status))

    assert (refused.value.field, refused.value.value) == ("ticket.status", status)


def test_only_a_wrap_up_that_closes_the_ticket_has_the_customer_asked(
    house: House, wrapping_up: ContactId
) -> None:
    with pytest.raises(Rejected) as refused:
        house.desk.complete(
            BEN, wrapping_up, replace(DONE, ticket_status="resolved", feedback=Way.CALL)
        )
    assert (refused.value.field, refused.value.value) == ("ticket.feedback", Way.CALL)

    house.desk.complete(BEN, wrapping_up, replace(DONE, ticket_status="closed", feedback=Way.CALL))

    (ended,) = house.events(wrapping_up, AfterContactWorkEnded)
    assert ended.feedback == "call"


def test_a_talk_that_goes_on_cannot_be_wrapped_up(house: House, talking: ContactId) -> None:
    with pytest.raises(Conflict):
        house.desk.complete(BEN, talking, DONE)

    assert house.contact(talking).state is ContactState.CONNECTED


def test_nobody_elses_contact_can_be_wrapped_up(house: House, wrapping_up: ContactId) -> None:
    house.signs_in("cleo")

    with pytest.raises(Denied):
        house.desk.complete(CLEO, wrapping_up, DONE)


def test_a_wrap_up_is_not_lost_to_another_change_of_the_agent(house: House) -> None:
    """Another chat began to ring in the middle of it."""
    first = house.chats().contact_id
    house.answers(BEN, first)
    house.desk.hang_up(BEN, first)
    house.contacts.meanwhile = [lambda: None if house.chats() else None]

    house.desk.complete(BEN, first, DONE)

    assert house.contact(first).state is ContactState.COMPLETED


def test_the_server_ends_the_work_when_the_time_is_over(
    house: House, wrapping_up: ContactId
) -> None:
    """Not a second earlier; what the agent did not say is to be done."""
    house.streams()
    house.later(59)
    house.desk.end_wrap_up(wrapping_up)
    before = house.contact(wrapping_up).state
    house.later(1)
    house.rings_what_is_due()

    (ended,) = house.events(wrapping_up, AfterContactWorkEnded)
    assert before is ContactState.ENDED
    assert (ended.is_by_server, ended.disposition) == (True, None)
    assert house.agent(BEN).slots == ()


def test_a_wrap_up_that_comes_after_the_servers_end_changes_nothing(
    house: House, wrapping_up: ContactId
) -> None:
    house.later(60)
    house.desk.end_wrap_up(wrapping_up)

    house.desk.complete(BEN, wrapping_up, DONE)

    assert house.contact(wrapping_up).disposition is None


def test_the_next_status_takes_effect_with_the_wrap_up(
    house: House, wrapping_up: ContactId
) -> None:
    house.desk.set_status(BEN, "Break")
    waiting = house.rings()

    house.desk.complete(BEN, wrapping_up, DONE)

    agent = house.agent(BEN)
    assert (agent.status.name, agent.next_status) == ("Break", None)
    assert house.rings_at(waiting) is None


# --- missed contacts ------------------------------------------------------------------------------


def test_only_a_missed_contact_can_be_cleared(house: House, talking: ContactId) -> None:
    """A talk is not thrown away by a click; what is not there is cleared already."""
    with pytest.raises(Rejected):
        house.desk.clear(BEN, talking)

    house.desk.clear(BEN, ContactId("c-x"))
    assert house.contact(talking).state is ContactState.CONNECTED


def test_clearing_a_missed_contact_leaves_the_contact_alone(
    house: House, ringing: ContactId
) -> None:
    """Somebody else may talk with that customer meanwhile."""
    house.signs_in("cleo")
    house.routing.expire_offer(ringing, house.offer_of(ringing))
    house.answers(CLEO, ringing)

    house.desk.clear(BEN, ringing)

    assert house.agent(BEN).slots == ()
    assert house.contact(ringing).state is ContactState.CONNECTED


# --- configuration that changes under work --------------------------------------------------------


def test_an_agent_whose_profile_changed_goes_on_under_the_old_one(
    house: House, ringing: ContactId
) -> None:
    """Openings stand under the profile of the sign-in: they must go with it, or they would stay
    for ever."""
    changed = replace(house.center.users["ben"], profile_id=RoutingProfileId("rp-2"))
    house.center.save_user(changed)

    house.answers(BEN, ringing)

    leg = house.contact(ringing).agent
    assert leg is not None
    assert leg.routing_profile_id == "rp-1"
    assert house.routing_store.open == set()


def test_who_never_signed_in_has_no_status(house: House) -> None:
    with pytest.raises(NotFound):
        house.desk.set_status(CLEO, "Break")
    with pytest.raises(NotFound):
        house.desk.set_status(AgentId("a-x"), "Break")


def test_a_wrap_up_carries_note_and_ticket(house: House, wrapping_up: ContactId) -> None:
    """As the agent wrote them, into the fact that everything hangs on."""
    wrap_up = WrapUp(
        disposition="sale", note="Ring back\n🙂", ticket_status="follow-up", ticket_subject="Lamp"
    )

    house.desk.complete(BEN, wrapping_up, wrap_up)

    (ended,) = house.events(wrapping_up, AfterContactWorkEnded)
    assert (ended.note, ended.ticket_status, ended.ticket_subject) == (
        "Ring back\n🙂",
        "follow-up",
        "Lamp",
    )
    assert ended.ticket_id == house.contact(wrapping_up).ticket_id


# --- leaving for good -----------------------------------------------------------------------------


def test_whoever_leaves_for_good_gets_no_contacts(house: House) -> None:
    """Said twice it is said once; of somebody who never worked it says nothing."""
    house.desk.set_status(BEN, "Available")

    house.desk.sign_off(BEN)
    house.desk.sign_off(BEN)
    house.desk.sign_off(AgentId("a-x"))

    assert house.agent(BEN).status == OFFLINE
    assert house.rings_at(house.rings()) is None


def test_nobody_leaves_with_contacts_in_hand(house: House, talking: ContactId) -> None:
    with pytest.raises(Conflict, match="ben"):
        house.desk.sign_off(BEN)

    assert house.contact(talking).state is ContactState.CONNECTED


def test_nobody_leaves_for_whom_alone_somebody_waits(house: House) -> None:
    """There is no other line for them."""
    house.desk.set_status(BEN, "Break")
    own = action("Choose", "UpdateContactTargetQueue", "Enter", QueueId=own_queue_id(BEN))
    house.publish("For Ben", document(own, action("Enter", "TransferContactToQueue", "End")))
    house.rings("For Ben")

    with pytest.raises(Conflict):
        house.desk.sign_off(BEN)
