"""Scenario 12: the queue is full."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.contact import ContactState
from chalicelib.core.events import Channel, DisconnectReason, Endpoint
from chalicelib.core.flow import InputReceived, PlayPrompt, spoken_text
from chalicelib.core.ids import ContactId
from chalicelib.services.callback_list import CallbackState
from tests.acme import SUPPORT, Acme
from tests.caller import FLOWS
from tests.house import action, document

CALLERS = 20


@pytest.fixture
def acme() -> Acme:
    """Support takes five calls; whoever is more than that is offered a call back by our flow."""
    acme = Acme()
    acme.publish("Callback offer", (FLOWS / "callback-offer.json").read_text())
    full = action("Offer", "TransferToFlow", "End", ContactFlowId="flow:Callback offer")
    enter = action("Enter", "TransferContactToQueue", "End")
    enter["Transitions"]["Errors"][1]["NextAction"] = "Offer"  # type: ignore[index]
    acme.publish(
        "Support",
        document(
            action("Choose", "UpdateContactTargetQueue", "Enter", QueueId="queue:Support"),
            enter,
            full,
        ),
    )
    return acme


def calls(acme: Acme, number: int) -> ContactId:
    return acme.enters(SUPPORT, customer_endpoint=Endpoint(f"+120255501{number:02}"))


def states(acme: Acme, callers: list[ContactId]) -> list[ContactState]:
    return [acme.contact(each).state for each in callers]


def presses(acme: Acme, caller: ContactId, key: str) -> None:
    wait = acme.contact(caller).session.wait
    assert wait is not None
    acme.flows.reply(caller, wait.number, InputReceived(key))


def heard(acme: Acme, caller: ContactId) -> str:
    turn = acme.contact(caller).turn
    return " ".join(spoken_text(each.prompt) for each in turn if isinstance(each, PlayPrompt))


def test_of_twenty_in_the_same_instant_five_wait_and_fifteen_are_offered_a_call_back(
    acme: Acme,
) -> None:
    """Nobody hears a busy tone: everybody is in a line or listens to a flow."""
    callers = [calls(acme, number) for number in range(CALLERS)]

    assert [ContactState.QUEUED] * 5 + [ContactState.IN_FLOW] * 15 == states(acme, callers)
    assert all(acme.contact(each).session.wait is not None for each in callers[5:])
    support = acme.center.center().queues[1]
    (depth,) = acme.routing_store.depths([(support, Channel.VOICE)])
    assert 5 == depth.waiting


def test_those_who_take_it_are_in_line_and_the_others_hear_a_goodbye(acme: Acme) -> None:
    """Behind the five who wait, in the order in which they asked."""
    callers = [calls(acme, number) for number in range(CALLERS)]
    acme.comes_to(1)
    for caller in callers[5:8]:
        presses(acme, caller, "1")
        assert "we call you back" in heard(acme, caller)
    presses(acme, callers[8], "9")
    assert "nobody is free" in heard(acme, callers[8])
    acme.comes_to(31)

    promised = acme.callback_list.all()
    assert [CallbackState.WAITING] * 3 == [each.state for each in promised]
    assert [6, 7, 8] == sorted(each.place or 0 for each in promised)


def test_a_chat_does_not_use_up_a_place_for_calls(acme: Acme) -> None:
    chat = acme.chats("Support").contact_id
    callers = [calls(acme, number) for number in range(5)]

    assert [ContactState.QUEUED] * 6 == states(acme, [chat, *callers])


def test_a_limit_that_is_lowered_throws_nobody_out(acme: Acme) -> None:
    """And lets nobody in until there is room under the new one."""
    callers = [calls(acme, number) for number in range(5)]
    center = acme.center.center()
    lowered = tuple(
        replace(queue, max_contacts=3) if queue.queue_id == SUPPORT else queue
        for queue in center.queues
    )
    acme.center.configuration = replace(center, queues=lowered)
    assert [ContactState.QUEUED] * 5 == states(acme, callers)
    for caller in callers[:2]:
        acme.desk.end(caller, DisconnectReason.CUSTOMER_DISCONNECT)
    refused = calls(acme, 10)
    acme.desk.end(callers[2], DisconnectReason.CUSTOMER_DISCONNECT)

    assert ContactState.IN_FLOW is acme.contact(refused).state
    assert ContactState.QUEUED is acme.contact(calls(acme, 11)).state
