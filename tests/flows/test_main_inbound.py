"""Conversations with our flows; together they take every branch that can be taken."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.core.flow import (
    FlowType,
    LambdaFailed,
    LambdaReturned,
    PublishedFlow,
    parse,
    unresolved,
)
from chalicelib.core.ids import FlowId
from tests.caller import ANA, SUNDAY_NOON, Caller, acme, our_flows

type Conversation = Callable[[], Caller]

CONVERSATIONS: list[Conversation] = []


def conversation(promise: Conversation) -> Conversation:
    """A test that also counts for the coverage of branches."""
    CONVERSATIONS.append(promise)
    return promise


@conversation
def english_support() -> Caller:
    """The shortest way: two keys and in the queue, with hold messages in the ear."""
    caller = Caller().rings().hears("Welcome to Acme", "press 1", "phím 2")
    caller.presses("1").hears("For Sales, press 1", "For Support, press 2")
    assert caller.presses("2").is_queued("Support")
    caller.hears("Thank you for waiting")
    assert caller.session.recorded_participants == ("Agent", "Customer")
    assert caller.session.attributes["language"] == "en-US"
    return caller


@conversation
def english_sales() -> Caller:
    """Key 1."""
    caller = Caller().rings().presses("1").presses("1")
    assert caller.is_queued("Sales")
    return caller


@conversation
def english_billing() -> Caller:
    """Key 3."""
    caller = Caller().rings().presses("1").presses("3")
    assert caller.is_queued("Billing")
    return caller


@conversation
def only_the_first_key_counts() -> Caller:
    """`12#` typed fast in a menu of single keys means 1."""
    caller = Caller().rings().presses("1").presses("12#")
    assert caller.is_queued("Sales")
    return caller


@conversation
def vietnamese() -> Caller:
    """Key 2 in the language menu: from there on everything is Vietnamese."""
    caller = Caller().rings().presses("2")
    assert caller.is_queued("Vietnamese")
    caller.hears("Cảm ơn quý khách đã chờ")
    assert caller.session.language_code == "vi-VN"
    assert caller.session.attributes["language"] == "vi-VN"
    return caller


@conversation
def silent_at_the_language_menu() -> Caller:
    """Who says nothing is spoken to in English."""
    caller = Caller().rings().is_silent().hears("For Sales")
    assert caller.presses("2").is_queued("Support")
    return caller


@conversation
def wrong_key_at_the_language_menu() -> Caller:
    """So is who presses something else."""
    caller = Caller().rings().presses("7").hears("For Sales")
    assert caller.is_connected
    return caller


@conversation
def known_language_skips_the_menu() -> Caller:
    """Whoever transfers a caller here may have asked already."""
    caller = Caller().rings(attributes={"language": "en-US"}).hears("For Sales, press 1")
    assert not caller.heard("phím 2")
    return caller


@conversation
def known_vietnamese_skips_the_menu() -> Caller:
    """In either language."""
    caller = Caller().rings(attributes={"language": "vi-VN"})
    assert caller.is_queued("Vietnamese")
    return caller


@conversation
def unknown_language_is_asked() -> Caller:
    """A language we do not speak is not a choice."""
    return Caller().rings(attributes={"language": "xx"}).hears("Welcome to Acme")


@conversation
def no_key_three_times() -> Caller:
    """Nobody is hung up on for not pressing a key: an operator takes them."""
    caller = Caller().rings().presses("1")
    caller.is_silent().hears("did not get that", "For Sales").is_silent().hears("For Sales")
    assert not caller.is_queued()
    assert caller.is_silent().hears("A colleague will help you").is_queued("Sales")
    return caller


@conversation
def wrong_key_three_times() -> Caller:
    """Key 9 three times: the same."""
    caller = Caller().rings().presses("1").presses("9").presses("9").presses("9")
    assert caller.is_queued("Sales")
    return caller


@conversation
def known_caller() -> Caller:
    """Somebody we know is greeted by name, and the agent learns who it is."""
    caller = Caller()
    caller.functions["function:look_up_caller"] = ANA
    caller.rings(number="+12025550123").presses("1").hears("Hello, Ana Silva. For Sales")
    assert caller.session.attributes["customerId"] == "C-ana"
    assert caller.session.attributes["customerName"] == "Ana Silva"
    assert caller.calls[0].limit_seconds == 8
    return caller


@conversation
def look_up_fails() -> Caller:
    """The call goes on without a name."""
    caller = Caller()
    caller.functions["function:look_up_caller"] = LambdaFailed("no answer in 8 s")
    caller.rings().presses("1").hears("For Sales")
    assert ("Look up caller", "NoMatchingError") in caller.branches
    return caller


@conversation
def look_up_lies() -> Caller:
    """A nested reply of 33 KB is no reply."""
    caller = Caller()
    caller.functions["function:look_up_caller"] = LambdaReturned({"a": {"b": 1}}, 33 * 1024)
    assert caller.rings().presses("1").presses("2").is_queued("Support")
    return caller


@conversation
def closed_in_english() -> Caller:
    """Outside hours nobody waits in a queue that no agent serves; the hours are named."""
    caller = Caller().rings(at=SUNDAY_NOON).presses("1").presses("2")
    caller.hears("We are closed", "Monday to Friday, 9 AM to 5 PM, New York time")
    assert not caller.is_queued()
    assert not caller.is_connected
    return caller


@conversation
def closed_in_vietnamese() -> Caller:
    """And named in the caller's language."""
    caller = Caller().rings(at=SUNDAY_NOON).presses("2").hears("đã đóng cửa")
    assert not caller.is_connected
    return caller


@conversation
def closed_flow_is_missing() -> Caller:
    """Then at least a word of regret."""
    caller = Caller()
    caller.library.delete("Closed")
    caller.rings(at=SUNDAY_NOON).presses("1").presses("2").hears("something went wrong")
    assert not caller.is_connected
    return caller


@conversation
def hours_are_missing() -> Caller:
    """A queue without hours is open: better a wait than a hang-up."""
    caller = Caller()
    caller.library.calendars.clear()
    assert caller.rings().presses("1").presses("2").is_queued("Support")
    return caller


@conversation
def full_queue() -> Caller:
    """Told so, tried again twice, then a goodbye: never a busy tone."""
    caller = Caller()
    caller.full_queues = {"Support"}
    caller.rings().presses("1").presses("2").hears("are busy", "nobody is free")
    assert caller.path.count("Queue") == 3
    assert not caller.is_connected
    return caller


@conversation
def full_queue_in_vietnamese() -> Caller:
    """The same in Vietnamese."""
    caller = Caller()
    caller.full_queues = {"Vietnamese"}
    caller.rings().presses("2").hears("đang bận", "Rất tiếc")
    assert not caller.is_connected
    return caller


@conversation
def full_queue_on_a_chat() -> Caller:
    """A chat waits between the tries, and is let in when there is room."""
    caller = Caller()
    caller.full_queues = {"Support"}
    caller.chats("support").hears("are busy")
    caller.full_queues.clear()
    assert caller.waits().is_queued("Support")
    return caller


@conversation
def menu_row_changes() -> Caller:
    """The admin maps key 1 to Billing: the very next key obeys, and nothing is published."""
    caller = Caller().rings().presses("1")
    caller.menu["1"] = "queue:Billing"
    assert caller.presses("1").is_queued("Billing")
    return caller


@conversation
def menu_leads_to_recorded_hours() -> Caller:
    """5 says the hours and leads back to the menu."""
    caller = Caller().rings().presses("1").presses("5")
    caller.hears("Billing is open Monday to Friday", "For Sales, press 1")
    assert caller.presses("2").is_queued("Support")
    return caller


@conversation
def recorded_hours_without_a_menu_to_go_back_to() -> Caller:
    """The main flow was deleted meanwhile: the caller has heard the hours, and that is all."""
    caller = Caller()
    caller.menu["9"] = "flow:Opening hours"
    main = caller.library.flows["Main inbound"]
    caller.rings().presses("1")
    caller.library.old_versions[main.flow_id, main.version] = main
    del caller.library.flows["Main inbound"]
    caller.presses("9").hears("Billing is open")
    assert not caller.is_connected
    return caller


@conversation
def menu_row_names_what_is_gone() -> Caller:
    """A queue or a flow deleted after it was mapped: Sales takes the call."""
    for target in ("queue:Gone", "flow:Gone"):
        caller = Caller()
        caller.menu["1"] = target
        assert caller.rings().presses("1").presses("1").is_queued("Sales")
        _remember(caller)
    return caller


@conversation
def mapping_is_out_of_reach() -> Caller:
    """The table cannot be asked: the flow knows the three queues by heart."""
    for key, queue in (("1", "Sales"), ("2", "Support"), ("3", "Billing")):
        caller = Caller()
        caller.functions["function:map_menu_key"] = LambdaFailed("throttled")
        assert caller.rings().presses("1").presses(key).is_queued(queue)
        _remember(caller)
    caller = Caller()
    caller.functions["function:map_menu_key"] = LambdaFailed("throttled")
    return caller.rings().presses("1").presses("8").hears("did not get that")


@conversation
def queue_is_gone() -> Caller:
    """The department was deleted: Sales takes its calls."""
    for name, key in (("Support", "2"), ("Billing", "3")):
        caller, chatter = Caller(), Caller()
        for customer in (caller, chatter):
            del customer.library.queues[name]
            _remember(customer)
        assert caller.rings().presses("1").presses(key).is_queued("Sales")
        assert chatter.chats(name.lower()).is_queued("Sales")
    caller = Caller()
    del caller.library.queues["Vietnamese"]
    assert caller.rings().presses("2").is_queued("Sales")
    return caller


@conversation
def no_queue_at_all() -> Caller:
    """Nothing is left to try: the caller is told."""
    caller = Caller()
    caller.library.queues.clear()
    caller.rings().presses("1").presses("1").hears("something went wrong")
    assert not caller.is_connected
    return caller


@conversation
def queue_vanishes_at_the_door() -> Caller:
    """Sales is deleted between being chosen and being entered."""
    caller = Caller()
    caller.full_queues = {"Sales"}
    caller.chats("sales")
    del caller.library.queues["Sales"]
    caller.waits().hears("something went wrong")
    assert not caller.is_connected
    return caller


@conversation
def waiting_flow_is_missing() -> Caller:
    """The default one plays instead."""
    caller = Caller()
    caller.library.delete("Customer queue")
    assert caller.rings().presses("1").presses("2").is_queued("Support")
    caller.hears("Thank you for waiting")
    return caller


@conversation
def waiting_flow_is_missing_on_a_chat() -> Caller:
    """The default one says its sentence once and leaves the chat in the queue."""
    caller = Caller()
    caller.library.delete("Customer queue")
    assert caller.chats("support").is_queued("Support")
    assert caller.is_connected
    assert caller.session.flow_id is None
    return caller


@conversation
def chat_about_sales() -> Caller:
    """A chat says what it is about before it begins."""
    caller = Caller().chats("sales").hears("welcome to Acme", "will join you here shortly")
    assert caller.is_queued("Sales")
    return caller


@conversation
def chat_about_support() -> Caller:
    """Straight to the right people."""
    caller = Caller().chats("support")
    assert caller.is_queued("Support")
    return caller


@conversation
def chat_about_billing() -> Caller:
    """As before, with a reminder every three minutes."""
    caller = Caller().chats("billing")
    assert caller.is_queued("Billing")
    assert caller.waits().hears("for your patience").is_queued("Billing")
    assert caller.waits().hears("for your patience").is_queued("Billing")
    return caller


@conversation
def chat_in_vietnamese() -> Caller:
    """In Vietnamese, reminders included."""
    caller = Caller().chats("vietnamese").hears("trong giây lát")
    assert caller.is_queued("Vietnamese")
    return caller.waits().hears("đã kiên nhẫn")


@conversation
def chat_about_nothing() -> Caller:
    """No topic, or one we do not know: Sales."""
    caller = Caller().chats("gardening")
    assert caller.is_queued("Sales")
    assert Caller().chats().is_queued("Sales")
    return caller


@conversation
def chat_when_closed() -> Caller:
    """The same hours for everybody."""
    caller = Caller().chats("support", at=SUNDAY_NOON).hears("We are closed")
    assert not caller.is_connected
    return caller


@conversation
def a_task_finds_no_menu() -> Caller:
    """What cannot press keys goes to the operator's queue."""
    caller = Caller().rings(channel="TASK")
    assert caller.is_queued("Sales")
    return caller


@conversation
def no_room_for_attributes() -> Caller:
    """A contact that arrives with 32 KB of attributes is served like any other."""
    for already in (32_700, 32_760):
        caller = Caller()
        caller.functions["function:look_up_caller"] = {**ANA, "customerName": "A" * 100}
        caller.rings(attributes={"a": "x" * already}).presses("2")
        assert caller.is_queued("Vietnamese")
        _remember(caller)
    return Caller().rings(attributes={"a": "x" * 32_760}).presses("1").hears("For Sales")


@conversation
def a_task_in_vietnamese() -> Caller:
    """No hold messages for what cannot listen, in no language."""
    caller = Caller().rings(channel="TASK", attributes={"language": "vi-VN"})
    assert caller.is_queued("Vietnamese")
    return caller


@pytest.mark.parametrize("promise", CONVERSATIONS, ids=lambda promise: promise.__name__)
def test_conversation(promise: Conversation) -> None:
    """Each conversation keeps its promise; see its own docstring."""
    promise()


# Branches that the service asks for at publish and that cannot be taken with these parameters.
UNREACHABLE = {
    ("Main inbound", "Speak Vietnamese", "NoMatchingError"),  # a static, valid language
    ("Main inbound", "Greet by name", "NoMatchingError"),  # a name never fills 32 KB
    ("Customer queue", "Patience", "NoMatchingError"),  # chats only, and a chat can wait
}


def test_every_branch_of_our_flows_is_taken() -> None:
    """A branch without a conversation is a branch nobody has tried. Prints the untaken ones."""
    _EXTRA.clear()
    callers = [promise() for promise in CONVERSATIONS] + _EXTRA

    names = {flow.flow_id: flow.name for flow in our_flows()}
    taken = {
        (names[block.flow_id], block.block_id, block.branch)
        for caller in callers
        for block in caller.trace
    }
    untaken = sorted(exit for exit in _exits() - taken if exit not in UNREACHABLE)

    print(f"{len(_exits())} branches, untaken: {untaken}")
    assert untaken == []
    assert _exits() - taken >= UNREACHABLE


def test_our_flows_refer_to_nothing_that_is_missing() -> None:
    """Every queue and flow they name is part of the center that ships with them."""
    library = acme()

    assert [problem for flow in our_flows() for problem in unresolved(flow.flow, library)] == []


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


_EXTRA: list[Caller] = []


def _remember(caller: Caller) -> None:
    """For conversations with more than one caller."""
    _EXTRA.append(caller)


def _exits() -> set[tuple[str, str, str]]:
    """Every way out that the documents write down."""
    found = set()
    for flow in our_flows():
        for action in flow.flow.actions.values():
            branches = [f"{c.operator} {c.operands[0]}" for c in action.conditions]
            branches += [error_type for error_type, _ in action.errors]
            if action.next_action and not action.conditions:
                branches.append("next")
            if action.type == "TransferContactToQueue":
                branches.remove("next")  # asked for by the service, never followed
            found |= {(flow.name, action.identifier, branch) for branch in branches}
    return found
