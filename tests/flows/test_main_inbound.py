"""Our flows: every conversation that lies beside them, and what no conversation can say."""

from __future__ import annotations

import pytest

from chalicelib.core.flow import FlowType, LambdaReturned, PublishedFlow, parse, unresolved
from chalicelib.core.flow_tools.conversation import run
from chalicelib.core.flow_tools.script import Conversation
from chalicelib.core.ids import FlowId
from flows.files import CENTER, CONVERSATIONS, read_center, read_flows, read_script
from tests.caller import ANA, FLOWS, Caller, acme, our_flows

SCRIPTS = [read_script(path) for path in sorted(FLOWS.glob(f"*{CONVERSATIONS}"))]
HELD = [conversation for script, _ in SCRIPTS for conversation in script.conversations]
PRACTICE = read_center(FLOWS / CENTER).publish(read_flows(sorted(FLOWS.glob("*.json"))))


@pytest.mark.parametrize("conversation", HELD, ids=lambda conversation: conversation.name)
def test_conversation(conversation: Conversation) -> None:
    """Each goes as its file says; see there for what it promises."""
    assert run(conversation, PRACTICE).failure is None


def test_the_conversations_are_understood_to_the_last_line() -> None:
    """A line that is not read is a promise that nobody keeps."""
    assert [] == [mistake for _, mistakes in SCRIPTS for mistake in mistakes]
    assert len(HELD) >= 49


def test_our_flows_refer_to_nothing_that_is_missing() -> None:
    """Every queue and flow they name is part of the center that ships with them."""
    library = acme()

    assert [] == [problem for flow in our_flows() for problem in unresolved(flow.flow, library)]


def test_a_call_is_recorded_and_spoken_to_in_the_language_that_was_chosen() -> None:
    """What no ear can tell: who is recorded, and which voice is used from there on."""
    english = Caller().rings().presses("1").presses("2")
    vietnamese = Caller().rings().presses("2")

    assert ("Agent", "Customer") == english.session.recorded_participants
    assert "vi-VN" == vietnamese.session.language_code


def test_the_look_up_may_take_8_seconds() -> None:
    """Longer than the usual 3, because a caller who is known is worth the wait."""
    caller = Caller()
    caller.functions["function:look_up_caller"] = ANA

    caller.rings(number="+12025550123").presses("1").hears("Hello, Ana Silva")

    assert 8 == caller.calls[0].limit_seconds


def test_a_look_up_that_lies_does_not_stop_the_call() -> None:
    """A nested reply of 33 KB is no reply."""
    caller = Caller()
    caller.functions["function:look_up_caller"] = LambdaReturned({"a": {"b": 1}}, 33 * 1024)

    assert caller.rings().presses("1").presses("2").is_queued("Support")


def test_a_full_queue_is_asked_three_times() -> None:
    """Not more: the caller's time is worth something, too."""
    caller = Caller()
    caller.full_queues = {"Support"}

    caller.rings().presses("1").presses("2")

    assert 3 == caller.path.count("Queue")


def test_a_changed_row_of_the_menu_counts_for_the_very_next_caller() -> None:
    """Mapping keys in the database publishes nothing."""
    caller = Caller()
    caller.menu["1"] = "queue:Billing"

    assert caller.rings().presses("1").presses("1").is_queued("Billing")


def test_a_flow_deleted_in_the_middle_of_a_call_does_not_drop_the_caller() -> None:
    """Publishing goes on while people call; a call under way is not their problem."""
    caller = Caller()
    caller.full_queues = {"Support"}
    caller.chats("support")  # pauses before the next try, with Support as the working queue
    caller.full_queues.clear()

    caller.library.delete("Main inbound")
    caller.waits()

    assert caller.is_queued("Support")
    assert caller.is_connected


def test_a_new_version_does_not_change_calls_that_are_under_way() -> None:
    """The version is pinned when the contact begins."""
    caller = Caller().rings().presses("1")
    newer = parse(
        '{"Version":"2019-10-30","StartAction":"End","Actions":'
        '[{"Identifier":"End","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}'
    )

    caller.library.publish(
        PublishedFlow(FlowId("main-inbound"), 2, "Main inbound", FlowType.CONTACT_FLOW, newer)
    )

    assert caller.presses("2").is_queued("Support")
    assert not Caller(caller.library).rings().is_connected
