"""Our flows: every conversation that lies beside them, and what no conversation can say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.flow import Action, Flow, unresolved
from chalicelib.core.flow_tools.center import Reply
from chalicelib.core.flow_tools.conversation import run
from chalicelib.core.flow_tools.script import Conversation
from flows.files import CENTER, CONVERSATIONS, read_center, read_script
from tests.caller import FLOWS, MONDAY_MORNING, Caller, acme, our_flows

SCRIPTS = [read_script(path) for path in sorted(FLOWS.glob(f"*{CONVERSATIONS}"))]
HELD = [conversation for script, _ in SCRIPTS for conversation in script.conversations]
ANA = Reply(
    {"isKnown": "true", "hasName": "true", "customerName": "Ana Silva", "customerId": "C-ana"}
)
PRACTICE = read_center(FLOWS / CENTER).publish(our_flows())


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
    caller.center.functions["look_up_caller"] = ANA

    caller.rings(number="+12025550123").presses("1")

    assert 8 == caller.calls[0].limit_seconds
    assert "Hello, Ana Silva" in " ".join(caller.heard)


@pytest.mark.parametrize(
    "reply",
    [
        replace(ANA, seconds=8.1),
        Reply(failure="it raised an exception"),
        Reply({"customerName": "A" * 33 * 1024}),
        Reply(failure="a reply that is not JSON"),
        Reply({"customerName": {"first": "Ana"}}),
    ],
)
def test_a_data_source_that_is_slow_or_lies_takes_the_error_branch_in_time(reply: Reply) -> None:
    """After 8.1 s, an exception, 33 KB, no JSON: the caller goes on without a name."""
    caller = Caller()
    caller.center.functions["look_up_caller"] = reply

    caller.rings().presses("1")

    assert ("Look up caller", "NoMatchingError") in branches(caller)
    assert (caller.at - MONDAY_MORNING).total_seconds() <= 8.2
    assert "queued in Support" == caller.presses("2").state


def test_a_full_queue_is_asked_three_times() -> None:
    """Not more: the caller's time is worth something, too. With our own flow for it, the caller is
    offered a call back at once."""
    center = acme()
    center.delete("Callback offer")
    caller = Caller(center)
    center.full.add("Support")

    caller.rings().presses("1").presses("2")

    assert 3 == [block for block, _ in branches(caller)].count("Queue")


def test_a_changed_row_of_the_menu_counts_for_the_very_next_caller() -> None:
    """Mapping keys in the database publishes nothing."""
    caller = Caller()
    caller.center.functions["map_menu_key"] = Reply({"kind": "queue", "target": "queue:Billing"})

    assert "queued in Billing" == caller.rings().presses("1").presses("1").state


def test_a_flow_deleted_in_the_middle_of_a_call_does_not_drop_the_caller() -> None:
    """Publishing goes on while people call; a call under way is not their problem."""
    center = acme()
    caller = Caller(center)
    center.full.add("Support")
    # Pauses before the next try, with Support as the working queue.
    caller.rings(channel="CHAT", attributes={"topic": "support"})
    center.full.clear()

    center.delete("Main inbound")
    caller.is_silent()

    assert "queued in Support" == caller.state


def test_a_new_version_does_not_change_calls_that_are_under_way() -> None:
    """The version is pinned when the contact begins."""
    center = acme()
    caller = Caller(center).rings().presses("1")
    only = Flow("End", {"End": Action("End", "DisconnectParticipant", {})})
    before = center.flows["Main inbound"]

    center.publish([replace(before, version=before.version + 1, flow=only)])

    assert "queued in Support" == caller.presses("2").state
    assert "disconnected" == Caller(center).rings().state


def branches(caller: Caller) -> list[tuple[str, str]]:
    return [(block.block_id, block.branch) for block in caller.trace]
