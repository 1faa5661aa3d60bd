"""What a contact is told of its place and its wait, through the block that asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.center import own_queue_id
from chalicelib.core.contact import Change
from chalicelib.core.events import Channel, DisconnectReason, Endpoint, PlaceAnnounced
from chalicelib.core.flow import Port, Routing
from chalicelib.core.ids import ContactId
from chalicelib.core.lifecycle import rank_anew
from chalicelib.core.waiting import Stretch
from chalicelib.services.ports import Commit
from tests.house import BEN, DONE, SALES, House, action, document, to_queue
from tests.services.inquiries import inquiry, refusal_of, value_of


@pytest.fixture
def house() -> House:
    return House()


def told(house: House, contact_id: ContactId, **request: Any) -> tuple[object, object]:
    """Place and seconds, as the flow keeps them: with the fact."""
    asked = inquiry(
        house,
        house.contact(contact_id),
        Port.METRICS,
        "get",
        {"QueueId": "queue:Sales", **request},
    )
    reply = house.respondents[Port.METRICS]().ask(asked)
    change = Change.of(house.contact(contact_id))
    for event in getattr(reply, "facts", ()):
        change = change.then(event, house.at)
    house.contacts.commit(Commit(contact=change))
    contact = value_of(reply)["Contact"]
    assert isinstance(contact, dict)
    return contact["PositionInQueue"], contact["EstimatedWaitTime"]


def check(house: House, contact_id: ContactId, metric: str) -> Any:
    asked = inquiry(
        house,
        house.contact(contact_id),
        Port.METRICS,
        "check",
        {"QueueId": "queue:Sales", "MetricType": metric},
    )
    return house.respondents[Port.METRICS]().ask(asked)


def announced(house: House, contact_id: ContactId) -> list[PlaceAnnounced]:
    return house.events(contact_id, PlaceAnnounced)


def is_busy(house: House) -> None:
    """Ben is at work, with a call in hand."""
    house.signs_in("ben")
    house.answers(BEN, house.rings("To Sales"))


def wishes(house: House, contact_id: ContactId, routing: Routing) -> None:
    contact = house.contact(contact_id)
    session = replace(contact.session, routing=routing)
    change = Change.of(contact).update(session=session)
    house.contacts.commit(Commit(contact=rank_anew(change, at=house.at)))


def test_a_caller_is_told_place_and_wait(house: House) -> None:
    """One agent, nothing measured: the usual four minutes for each."""
    is_busy(house)
    callers = []
    for _ in range(3):
        callers.append(house.rings("To Sales"))
        house.later(1)

    assert [(1, 240), (2, 480), (3, 720)] == [told(house, each) for each in callers]


def test_whoever_enters_is_told_the_place_that_is_being_taken(house: House) -> None:
    """The flow for those who wait begins before the place is written."""
    house.publish(
        "Customer queue",
        document(
            action("Ask", "GetMetricData", "Hold"),
            action("Hold", "Wait", "End", TimeLimitSeconds="60"),
        ),
        type_="CUSTOMER_QUEUE",
    )
    hooks = {"CustomerQueue": "flow:Customer queue"}
    house.publish(
        "To the line",
        to_queue("Sales", action("Hook", "UpdateContactEventHooks", "Choose", EventHooks=hooks)),
    )
    is_busy(house)
    house.rings("To Sales")
    house.later(1)

    caller = house.rings("To the line")

    assert [(2, 480)] == [(f.place, f.wait_seconds) for f in announced(house, caller)]


def test_with_nobody_staffed_nobody_can_tell(house: House) -> None:
    caller = house.rings("To Sales")

    assert (1, None) == told(house, caller)
    assert announced(house, caller)[0].wait_seconds is None
    house.signs_in("cleo", "Break")
    house.later(15)
    assert (1, None) == told(house, caller)


def test_the_estimate_explains_itself(house: House) -> None:
    is_busy(house)
    told(house, house.rings("To Sales"))
    caller = house.rings("To Sales")
    told(house, caller)

    (fact,) = announced(house, caller)
    assert "1 ahead; 240 s each (nothing measured yet); 1 agents, 0 free" in fact.why
    assert "counted 14:00:00" in fact.why


def test_what_was_measured_counts_and_is_counted_anew_every_15_s(house: House) -> None:
    is_busy(house)
    caller = house.rings("To Sales")
    assert (1, 240) == told(house, caller)
    house.pace.lines[SALES, Channel.VOICE] = {
        house.at: Stretch(began_at=house.at, handled=59, handle_seconds=59 * 100.0)
    }
    house.later(14.9)
    assert (1, 240) == told(house, caller)
    house.later(0.1)

    assert (1, 102) == told(house, caller)


def test_an_agent_who_comes_makes_it_shorter(house: House) -> None:
    is_busy(house)
    house.rings("To Sales")
    caller = house.rings("To Sales")
    assert (2, 480) == told(house, caller)
    house.signs_in("cleo")
    house.later(15)

    assert (2, 240) == told(house, caller)


def test_told_the_same_twice_it_is_one_fact(house: House) -> None:
    is_busy(house)
    caller = house.rings("To Sales")
    for _ in range(3):
        told(house, caller)

    assert 1 == len(announced(house, caller))


def test_whoever_rings_still_counts_as_ahead(house: House) -> None:
    """An offer that nobody takes moves nobody back: the place did not fall before."""
    first = house.rings("To Sales")
    caller = house.rings("To Sales")
    house.signs_in("ben")
    assert BEN == house.rings_at(first)
    assert 2 == told(house, caller)[0]
    house.desk.reject(BEN, first, house.offer_of(first))

    assert 2 == told(house, caller)[0]
    assert announced(house, caller)[-1].moved_by == ""


def test_a_place_rises_for_somebody_of_a_higher_priority_who_is_named(house: House) -> None:
    first = house.rings("To Sales")
    caller = house.rings("To Sales")
    assert 2 == told(house, caller)[0]
    house.later(30)
    important = house.rings("To Sales", customer_endpoint=Endpoint("+12025550150"))
    wishes(house, important, Routing(priority=1))

    assert 3 == told(house, caller)[0]
    assert f"{important} has priority 1" == announced(house, caller)[-1].moved_by
    house.desk.end(first, DisconnectReason.CUSTOMER_DISCONNECT)
    assert 2 == told(house, caller)[0]
    assert "" == announced(house, caller)[-1].moved_by


def test_a_place_rises_for_somebody_who_counts_since_longer(house: House) -> None:
    """A callback that kept its place, or a caller whom a flow moved ahead."""
    caller = house.rings("To Sales")
    assert 1 == told(house, caller)[0]
    house.later(30)
    other = house.rings("To Sales", customer_endpoint=Endpoint("+12025550150"))
    wishes(house, other, Routing(age_seconds=600))

    assert 2 == told(house, caller)[0]
    assert f"{other} counts as waiting since 13:50:30 UTC" == announced(house, caller)[-1].moved_by


def test_a_flow_that_moves_the_caller_back_is_the_reason(house: House) -> None:
    caller = house.rings("To Sales")
    house.later(1)
    house.rings("To Sales")
    assert 1 == told(house, caller)[0]
    wishes(house, caller, Routing(priority=9))

    assert 2 == told(house, caller)[0]
    assert "the contact itself was moved back in its line" == announced(house, caller)[-1].moved_by


def test_a_line_that_was_read_while_somebody_moved_in_it_moves_nobody_back(house: House) -> None:
    """The one ahead was between two rows for a moment, and is there again."""
    first = house.rings("To Sales")
    house.later(1)
    caller = house.rings("To Sales")
    queue = house.center.center().queues[0]
    whole = house.routing_store.line(queue, Channel.VOICE)
    center, contact = house.center.center(), house.contact(caller)
    without = [place for place in whole if place.contact_id != first]
    missed = house.waiting.of_contact(contact, queue, without, center, house.at)
    assert missed is not None
    assert missed.news is not None
    change = Change.of(contact).then(missed.news, house.at)

    seen = house.waiting.of_contact(change.after, queue, whole, center, house.at)

    assert seen is not None
    assert (1, 1) == (missed.place, seen.place)


def test_the_wait_of_a_queue_is_that_of_somebody_who_came_now(house: House) -> None:
    """Of one channel, as in Amazon Connect; of all together it would mean nothing."""
    is_busy(house)
    for _ in range(2):
        house.rings("To Sales")
    asking = house.contact(house.rings("Menu"))

    def of_queue(**request: str) -> object:
        wanted = {"QueueId": "queue:Sales", **request}
        asked = inquiry(house, asking, Port.METRICS, "get", wanted)
        queue = value_of(house.respondents[Port.METRICS]().ask(asked))["Queue"]
        assert isinstance(queue, dict)
        return queue["EstimatedWaitTime"]

    assert 720 == of_queue(QueueChannel="Voice")
    assert of_queue() is None


def test_conditions_can_be_made_of_both_and_what_nobody_knows_is_the_error_branch(
    house: House,
) -> None:
    caller = house.rings("To Sales")
    assert "NoMatchingError" == refusal_of(check(house, caller, "EstimatedWaitTimeSeconds"))
    reply = check(house, caller, "PositionInQueue")
    assert "1" == reply.answer.result
    assert "NoMatchingError" == refusal_of(check(house, house.rings("Menu"), "PositionInQueue"))
    house.signs_in("ben")
    house.answers(BEN, caller)
    house.later(15)

    second = house.rings("To Sales", customer_endpoint=Endpoint("+12025550150"))
    assert "240" == check(house, second, "EstimatedWaitTimeSeconds").answer.result


def test_handle_times_are_measured_once_each(house: House) -> None:
    """From the answer to the end of after contact work; the stream may bring it twice."""
    house.signs_in("ben")
    contact_id = house.rings("To Sales")
    house.later(8)
    house.answers(BEN, contact_id)
    house.later(100)
    house.desk.hang_up(BEN, contact_id)
    house.later(20)
    house.desk.complete(BEN, contact_id, DONE)
    house.streams()
    house.reactions.react(contact_id, house.contacts.facts(contact_id))

    (stretch,) = house.pace.stretches(SALES, Channel.VOICE)
    assert (1, 120.0, 0, 8.0) == (
        stretch.handled,
        stretch.handle_seconds,
        stretch.gave_up,
        stretch.waited_seconds,
    )


def test_whoever_gives_up_is_measured_too_and_who_never_waited_is_not(house: House) -> None:
    contact_id = house.rings("To Sales")
    menu = house.rings("Menu")
    house.later(50)
    for each in (contact_id, menu):
        house.desk.end(each, DisconnectReason.CUSTOMER_DISCONNECT)
    house.streams()

    (stretch,) = house.pace.stretches(SALES, Channel.VOICE)
    assert (0, 1, 50.0) == (stretch.handled, stretch.gave_up, stretch.waited_seconds)


def test_in_an_agents_own_line_it_is_that_agent_who_counts(house: House) -> None:
    house.signs_in("cleo")
    is_busy(house)
    caller = house.rings("To Sales")
    contact = house.contact(caller)
    queue = replace(house.center.center().queues[0], queue_id=own_queue_id(BEN))

    seconds = house.waiting.of_queue(queue, contact.channel, 1, house.center.center(), house.at)

    assert 480 == seconds
