"""Blocks that say where the contact goes: its queue, its agent, its flows for later moments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.core.flow import spec, values
from chalicelib.core.flow.blocks.asking import Question, asks
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import EnterQueue, Port, QueueRefused
from chalicelib.core.flow.model import (
    Problem,
    QueueView,
    WaitKind,
)
from chalicelib.core.flow.spec import Block, Parameter, bad_value, required
from chalicelib.core.flow.turn import NO_MATCHING_ERROR, Failed, Outcome, Turn, Waits, failed

QUEUE_REPLY_SECONDS = 10  # then the place is asked for again: whoever was to answer is gone
HOOKS = (
    "AgentHold",
    "AgentWhisper",
    "CustomerHold",
    "CustomerQueue",
    "CustomerRemaining",
    "CustomerWhisper",
    "DefaultAgentUI",
    "DisconnectAgentUI",
    "PauseContact",
    "ResumeContact",
)


def update_contact_target_queue(turn: Turn) -> Outcome:
    """Set the working queue, which may be an agent's own."""
    name, reference = _named(turn)
    queue = turn.library.queue(reference) if reference else None
    if queue is None:
        return failed(**{name: values.shown(reference)})
    return Outcome(
        session=changed(turn.session, target_queue_id=queue.queue_id),
        given={name: values.shown(reference)},
        changed={"$.Queue.Name": queue.name},
    )


def transfer_contact_to_queue(turn: Turn) -> Outcome:
    """Ask for a place in the working queue. Granted, this flow is over and the queue's begins."""
    queue = _queue_named_or_working(turn)
    if isinstance(turn.reply, QueueRefused):
        named = {"Queue": queue.name} if queue else {}
        return Outcome(Failed(turn.reply.error_type), given=named)
    if queue is None:
        return failed(Queue="")
    return Outcome(
        Waits(WaitKind.QUEUE, QUEUE_REPLY_SECONDS, EnterQueue(queue.queue_id)),
        session=changed(turn.session, target_queue_id=queue.queue_id),
    )


def dequeue_contact_and_transfer_to_queue(turn: Turn) -> Outcome:
    """Give up the place in one queue for one in another; the other queue's flow begins."""
    name, reference = _named(turn)
    queue = turn.library.queue(reference) if reference else None
    given = {name: values.shown(reference)}
    if isinstance(turn.reply, QueueRefused):
        return Outcome(Failed(turn.reply.error_type), given=given)
    if queue is None:
        return failed(**given)
    return Outcome(
        Waits(WaitKind.QUEUE, QUEUE_REPLY_SECONDS, EnterQueue(queue.queue_id, is_transfer=True)),
        session=changed(turn.session, target_queue_id=queue.queue_id),
    )


def update_contact_attributes(turn: Turn) -> Outcome:
    """Set attributes, all of them or none, of this contact or of the one it belongs to."""
    if turn.parameter("TargetContact") == "Related":
        return _update_related(turn)
    wanted = turn.parameter("Attributes")
    if not isinstance(wanted, Mapping):
        return failed()
    named = {turn.text(key): turn.text(value) for key, value in wanted.items()}
    attributes = {**turn.session.attributes, **named}
    is_too_big = values.size_bytes(attributes) > values.ATTRIBUTES_BYTES
    if is_too_big or not all(_is_attribute_name(key) for key in named):
        return failed(Attributes=values.shown(named))
    return Outcome(
        session=changed(turn.session, attributes=attributes),
        changed={f"$.Attributes.{key}": values.shown(value) for key, value in named.items()},
    )


def update_contact_event_hooks(turn: Turn) -> Outcome:
    """Choose the flow for a later moment, such as waiting in the queue."""
    hooks = turn.parameter("EventHooks")
    resolved = {
        hook: turn.whole(reference)
        for hook, reference in (hooks.items() if isinstance(hooks, Mapping) else ())
    }
    given = {hook: values.shown(reference) for hook, reference in resolved.items()}
    found = {h: r for h, r in resolved.items() if r and turn.library.flow(r) is not None}
    disabled = _disabled_hooks(turn)
    if (not found and not disabled) or len(found.keys() | disabled) < len(resolved):
        return Outcome(Failed(), given=given)
    others = tuple(h for h in turn.session.disabled_hooks if h not in resolved)
    return Outcome(
        session=changed(
            turn.session,
            event_hooks={**turn.session.event_hooks, **found},
            disabled_hooks=(*others, *sorted(disabled)),
        ),
        given=given,
    )


transfer_contact_to_agent = asks(Question(port=Port.AGENT, verb="transfer", ends=lambda turn: True))
_update_related = asks(Question(port=Port.CONTACT, verb="update_related"))


def _named(turn: Turn) -> tuple[str, str | None]:
    """The parameter that names a queue, and the reference; an agent's own is `agent:` and who."""
    if "AgentId" in turn.action.parameters:
        agent = turn.whole(turn.parameter("AgentId"))
        return "AgentId", agent and f"agent:{agent}"
    return "QueueId", turn.whole(turn.parameter("QueueId"))


def _disabled_hooks(turn: Turn) -> set[str]:
    """Hooks that are not to run at all, such as a whisper that nobody should hear."""
    configured = turn.parameter("EventHooksConfiguration")
    return {
        str(hook)
        for hook, entry in (configured.items() if isinstance(configured, Mapping) else ())
        if isinstance(entry, Mapping) and values.is_true(entry.get("DisableExecution"))
    }


def _queue_named_or_working(turn: Turn) -> QueueView | None:
    """Older exports name the queue in the transfer itself."""
    reference = turn.whole(turn.parameter("QueueId"))
    return turn.library.queue(reference) if reference else turn.target_queue


def _is_attribute_name(key: str) -> bool:
    return bool(key) and "$" not in key and "." not in key


# --- what a document may say ------------------------------------------------------------


def _attribute_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    attributes = parameters.get("Attributes")
    for key in attributes if isinstance(attributes, Mapping) else ():
        if not values.has_reference(key) and not _is_attribute_name(key):
            yield bad_value(key, "Attributes")


def _hook_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    hooks = parameters.get("EventHooks")
    if not isinstance(hooks, Mapping):
        return
    if len(hooks) != 1:
        yield Problem(f"{spec.BAD_VALUE}: exactly one hook", "EventHooks")
    for hook, reference in hooks.items():
        if hook not in HOOKS:
            yield Problem(f"{spec.BAD_NAME}: {spec.brief(hook)}", f"EventHooks.{hook[:60]}")
        elif not isinstance(reference, str) or not reference:
            yield bad_value(reference, f"EventHooks.{hook}")


BLOCKS: Mapping[str, Block] = {
    "UpdateContactTargetQueue": Block(
        run=update_contact_target_queue,
        parameters=(Parameter("QueueId", spec.reference), Parameter("AgentId", spec.reference)),
        exactly_one=("QueueId", "AgentId"),
        flow_types=spec.INBOUND | spec.TRANSFERS,
    ),
    "TransferContactToQueue": Block(
        run=transfer_contact_to_queue,
        parameters=(Parameter("QueueId", spec.reference),),
        errors=spec.needs("QueueAtCapacity", NO_MATCHING_ERROR),
        flow_types=spec.INBOUND | spec.TRANSFERS,
        waits_for_silence=True,
        goes_on=False,
    ),
    "DequeueContactAndTransferToQueue": Block(
        run=dequeue_contact_and_transfer_to_queue,
        parameters=(Parameter("QueueId", spec.reference), Parameter("AgentId", spec.reference)),
        exactly_one=("QueueId", "AgentId"),
        errors=spec.needs("QueueAtCapacity", NO_MATCHING_ERROR),
        flow_types=spec.QUEUED,
        waits_for_silence=True,
        goes_on=False,
    ),
    "TransferContactToAgent": Block(
        run=transfer_contact_to_agent,
        errors=spec.only(),
        channels=spec.VOICE,
        flow_types=spec.TRANSFERS,
        is_terminal=True,
        waits_for_silence=True,
    ),
    "RouteContactToAgent": Block(
        run=asks(Question(port=Port.AGENT, verb="offer")),
        is_open=True,
        flow_types=spec.QUEUED,
    ),
    "UpdateContactAttributes": Block(
        run=update_contact_attributes,
        parameters=(
            required("Attributes", spec.mapping),
            Parameter("TargetContact", spec.one_of("Current", "Related")),
        ),
        check=_attribute_problems,
    ),
    "UpdateContactEventHooks": Block(
        run=update_contact_event_hooks,
        parameters=(
            required("EventHooks", spec.mapping),
            Parameter("EventHooksConfiguration", spec.mapping),
        ),
        check=_hook_problems,
    ),
}
