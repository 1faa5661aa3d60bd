"""The flows of later moments: which one runs when the contact is held, whispered to, left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.core.flow.model import FlowType, Library, PublishedFlow, Session

# The flow of a center for moments that no flow has chosen one for.
DEFAULT_FLOWS: Mapping[str, str] = {
    "CustomerQueue": "Default customer queue",
    "CustomerHold": "Default customer hold",
    "AgentHold": "Default agent hold",
    "CustomerWhisper": "Default customer whisper",
    "AgentWhisper": "Default agent whisper",
    "OutboundWhisper": "Default outbound",
}
# What may run then: the end of any other type would end the contact.
TYPES: Mapping[str, FlowType] = {
    "CustomerQueue": FlowType.CUSTOMER_QUEUE,
    "CustomerHold": FlowType.CUSTOMER_HOLD,
    "AgentHold": FlowType.AGENT_HOLD,
    "CustomerWhisper": FlowType.CUSTOMER_WHISPER,
    "AgentWhisper": FlowType.AGENT_WHISPER,
    "OutboundWhisper": FlowType.OUTBOUND_WHISPER,
}
# Where a session stands in its flow. All else it knows of the contact, whichever leg it runs on.
_PLACE = (
    "flow_id",
    "flow_version",
    "flow_type",
    "action_id",
    "wait",
    "waits",
    "actions_run",
    "unplayed",
    "loops",
    "elements",
    "invocations",
    "flow_attributes",
)


def standing(known: Session, place: Session) -> Session:
    """All that the one knows of the contact, at the place in a flow where the other stands."""
    return replace(known, **{name: getattr(place, name) for name in _PLACE})


def stopped(session: Session) -> Session:
    """The same with no flow running; its waits are counted on, so no late answer fits a new one."""
    return replace(session, action_id=None, wait=None, unplayed=False, invocations=())


def hook(session: Session, name: str) -> str | None:
    """The reference that flows chose for this moment; None when they chose none or nothing."""
    return None if name in session.disabled_hooks else session.event_hooks.get(name)


def hook_flow(session: Session, name: str, library: Library) -> PublishedFlow | None:
    """The flow to enter at this moment: the one chosen, else the queue's or the center's own; None
    for silence.

    `FlowEntered` with it starts it on the same session: attributes, queue and hooks stay.
    """
    if name in session.disabled_hooks:
        return None
    queues = _of_queue(session, library) if name == "OutboundWhisper" else None
    for reference in (hook(session, name), queues, DEFAULT_FLOWS.get(name)):
        flow = library.flow(reference) if reference else None
        if flow is not None and flow.type is TYPES.get(name, FlowType.CONTACT_FLOW):
            return flow
    return None


def _of_queue(session: Session, library: Library) -> str | None:
    """What the queue that calls lets people hear first."""
    queue = library.queue(session.target_queue_id) if session.target_queue_id else None
    return queue.outbound_flow if queue else None
