"""A diff shows what runs differently, and nothing that only looks different."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.flow import Action, Condition, Flow, PublishedFlow
from chalicelib.core.flow_tools.diff import diff
from tests.core.flow.build import block, flow

MENU = block(
    "Menu",
    "GetParticipantInput",
    {"Text": "Press a key", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
    "End",
    when={"1": "Sales", "2": "Support", "3": "Billing"},
    fails="End",
)
QUEUES = tuple(
    block(name, "UpdateContactTargetQueue", {"QueueId": f"queue:{name}"}, "Queue", fails="End")
    for name in ("Sales", "Support", "Billing")
)
HELLO = block("Hello", "MessageParticipant", {"Text": "Welcome"}, "Menu")
QUEUE = block("Queue", "TransferContactToQueue", {}, fails="End")
OLD = flow(HELLO, MENU, *QUEUES, QUEUE)


def with_blocks(*changed: Action) -> PublishedFlow:
    actions = {**OLD.flow.actions, **{action.identifier: action for action in changed}}
    return replace(OLD, flow=Flow(OLD.flow.start, actions))


def renamed(published: PublishedFlow) -> PublishedFlow:
    """The same flow as another tool would export it: new identifiers, other order."""
    names = {
        name: f"{n:08x}-0000-4000-8000-000000000000"
        for n, name in enumerate(published.flow.actions)
    }
    actions = {
        names[name]: replace(
            action,
            identifier=names[name],
            next_action=names.get(action.next_action or ""),
            conditions=tuple(
                Condition(c.operator, c.operands, names[c.target]) for c in action.conditions
            ),
            errors=tuple((error, names[target]) for error, target in action.errors),
        )
        for name, action in reversed(list(published.flow.actions.items()))
    }
    return replace(published, flow=Flow(names[published.flow.start], actions))


SWAPPED = replace(
    MENU,
    conditions=tuple(
        replace(c, target={"Support": "Billing", "Billing": "Support"}.get(c.target, c.target))
        for c in MENU.conditions
    ),
)


def test_a_changed_prompt_and_two_swapped_keys_are_two_changes() -> None:
    """What an admin did is what an admin reads."""
    new = with_blocks(replace(HELLO, parameters={"Text": "Welcome to Acme"}), SWAPPED)

    assert [
        "text: Hello: Text: “Welcome” → “Welcome to Acme”",
        "rewired: Menu: Equals 2 leads to Billing, not Support; "
        "Equals 3 leads to Support, not Billing",
    ] == [str(change) for change in diff(OLD, new)]


def test_new_identifiers_and_another_order_are_no_change() -> None:
    """Blocks are matched by what they do and where they stand."""
    assert [] == diff(OLD, renamed(OLD))


def test_changes_are_found_among_new_identifiers_too() -> None:
    """The same two changes, whatever the blocks are called."""
    new = renamed(with_blocks(replace(HELLO, parameters={"Text": "Good day"}), SWAPPED))

    assert ["rewired", "text"] == sorted(change.kind for change in diff(OLD, new))


def test_numbers_and_booleans_as_strings_are_no_change() -> None:
    """The console writes "5" and "False", people write 5 and false."""
    plain = {"Text": "Press a key", "StoreInput": False, "InputTimeLimitSeconds": 5}

    assert [] == diff(OLD, with_blocks(replace(MENU, parameters=plain)))


def test_queues_and_timeouts_have_their_own_names() -> None:
    new = with_blocks(
        replace(MENU, parameters={**MENU.parameters, "InputTimeLimitSeconds": "9"}),
        replace(QUEUES[0], parameters={"QueueId": "queue:Vietnamese"}),
    )

    assert [("timeout", "Menu"), ("queue", "Sales")] == [(c.kind, c.block) for c in diff(OLD, new)]


def test_added_and_removed_blocks_are_named() -> None:
    """A block put in between: one is new, one leads elsewhere."""
    between = block("Music", "MessageParticipant", {"Text": "La la"}, "Menu")
    new = with_blocks(replace(HELLO, next_action="Music"), between)

    assert {("rewired", "Hello"), ("added", "Music")} == {(c.kind, c.block) for c in diff(OLD, new)}
    assert {("rewired", "Hello"), ("removed", "Music")} == {
        (c.kind, c.block) for c in diff(new, OLD)
    }


def test_another_start_is_a_change() -> None:
    new = replace(OLD, flow=Flow("Menu", OLD.flow.actions))

    assert ["start: Menu: was Hello"] == [str(change) for change in diff(OLD, new)]
