"""A flow that turns in circles: whoever is in it gets out of it, and the story says how."""

from __future__ import annotations

from chalicelib.core.contact import ContactState
from chalicelib.core.events import BlockExecuted, ContactQueued
from tests.house import House, action, document


def test_a_loop_without_input_ends_after_a_thousand_actions_in_support() -> None:
    """By the error branch of the block where it was stopped; the contact waits like any other."""
    house = House()
    set_and_again = action("Set", "UpdateContactAttributes", "Set", Attributes={"a": "1"})
    set_and_again["Transitions"] = {
        "NextAction": "Set",
        "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "Choose"}],
    }
    choose = action("Choose", "UpdateContactTargetQueue", "Enter", QueueId="queue:Support")
    enter = action("Enter", "TransferContactToQueue", "End")
    house.publish("Circle", document(set_and_again, choose, enter))

    contact_id = house.chats("Circle").contact_id

    story = [(b.block_id, b.branch) for b in house.events(contact_id, BlockExecuted)]
    assert [("Set", "next")] * 1_000 == story[:1_000]
    assert [("Set", "action_limit"), ("Choose", "next"), ("Enter", "end")] == story[1_000:1_003]
    assert ContactState.QUEUED is house.contact(contact_id).state
    assert ["Support"] == [q.queue_name for q in house.events(contact_id, ContactQueued)]
