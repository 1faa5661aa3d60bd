"""Blocks that change the contact: its queue, attributes, hooks, language and recording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from chalicelib.core.flow import spec, values
from chalicelib.core.flow.model import EnterQueue, Problem, QueueRefused, QueueView, WaitKind
from chalicelib.core.flow.spec import Block, Parameter, bad_value, required
from chalicelib.core.flow.turn import Failed, Outcome, Turn, Waits, failed

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
PARTICIPANTS = ("Agent", "Customer")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?-[A-Z]{2}")


def update_contact_target_queue(turn: Turn) -> Outcome:
    """Set the working queue; agents have no queues of their own yet."""
    reference = turn.whole(turn.parameter("QueueId"))
    queue = turn.library.queue(reference) if reference else None
    if queue is None:
        return failed(QueueId=values.shown(reference))
    return Outcome(
        session=replace(turn.session, target_queue_id=queue.queue_id),
        given={"QueueId": values.shown(reference)},
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
        session=replace(turn.session, target_queue_id=queue.queue_id),
    )


def update_contact_attributes(turn: Turn) -> Outcome:
    """Set attributes, all of them or none."""
    wanted = turn.parameter("Attributes")
    if not isinstance(wanted, Mapping) or turn.parameter("TargetContact") == "Related":
        return failed()  # no contact here has a related one yet
    named = {turn.text(key): turn.text(value) for key, value in wanted.items()}
    attributes = {**turn.session.attributes, **named}
    is_too_big = values.size_bytes(attributes) > values.ATTRIBUTES_BYTES
    if is_too_big or not all(_is_attribute_name(key) for key in named):
        return failed(Attributes=values.shown(named))
    return Outcome(
        session=replace(turn.session, attributes=attributes),
        changed={f"$.Attributes.{key}": values.shown(value) for key, value in named.items()},
    )


def update_contact_data(turn: Turn) -> Outcome:
    """Set the language that prompts are spoken in."""
    language = turn.whole(turn.parameter("LanguageCode"))
    if language is None or not _LANGUAGE.fullmatch(language):
        return failed(LanguageCode=values.shown(language))
    return Outcome(
        session=replace(turn.session, language_code=language),
        changed={"$.LanguageCode": language},
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
    if not found or len(found) < len(resolved):
        return Outcome(Failed(), given=given)
    return Outcome(
        session=replace(turn.session, event_hooks={**turn.session.event_hooks, **found}),
        given=given,
    )


def update_contact_recording_behavior(turn: Turn) -> Outcome:
    """Say who is recorded from here on; nobody switches recording off."""
    behavior = turn.parameter("RecordingBehavior")
    named = behavior.get("RecordedParticipants") if isinstance(behavior, Mapping) else None
    recorded = tuple(p for p in PARTICIPANTS if isinstance(named, list) and p in named)
    return Outcome(
        session=replace(turn.session, recorded_participants=recorded),
        given={"RecordedParticipants": ", ".join(recorded)},
    )


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


def _recording_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    behavior = parameters.get("RecordingBehavior")
    if not isinstance(behavior, Mapping):
        return
    recorded = behavior.get("RecordedParticipants")
    if "RecordedParticipants" not in behavior:
        yield Problem(spec.MISSING_PROPERTY, "RecordingBehavior.RecordedParticipants")
    elif not isinstance(recorded, list) or not all(p in PARTICIPANTS for p in recorded):
        yield bad_value(recorded, "RecordingBehavior.RecordedParticipants")


BLOCKS: Mapping[str, Block] = {
    "UpdateContactTargetQueue": Block(
        run=update_contact_target_queue,
        parameters=(Parameter("QueueId", spec.reference), Parameter("AgentId", spec.reference)),
        exactly_one=("QueueId", "AgentId"),
    ),
    "TransferContactToQueue": Block(
        run=transfer_contact_to_queue,
        parameters=(Parameter("QueueId", spec.reference),),
        waits_for_silence=True,
        goes_on=False,
    ),
    "UpdateContactAttributes": Block(
        run=update_contact_attributes,
        parameters=(
            required("Attributes", spec.mapping),
            Parameter("TargetContact", spec.one_of("Current", "Related")),
        ),
        check=_attribute_problems,
    ),
    "UpdateContactData": Block(
        run=update_contact_data,
        parameters=(
            required("LanguageCode", spec.reference),
            Parameter("TargetContact", spec.one_of("Current")),
        ),
    ),
    "UpdateContactEventHooks": Block(
        run=update_contact_event_hooks,
        parameters=(
            required("EventHooks", spec.mapping),
            Parameter("EventHooksConfiguration", spec.mapping),
        ),
        check=_hook_problems,
    ),
    "UpdateContactRecordingBehavior": Block(
        run=update_contact_recording_behavior,
        parameters=(
            required("RecordingBehavior", spec.mapping),
            Parameter("AnalyticsBehavior", spec.mapping),
        ),
        check=_recording_problems,
    ),
}
