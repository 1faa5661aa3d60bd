"""The flows of later moments: which one runs when the contact is held, whispered to, left alone."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.flow.model import FlowType, Library, PublishedFlow, Session

# The flow of a center for moments that no flow has chosen one for.
DEFAULT_FLOWS: Mapping[str, str] = {
    "CustomerQueue": "Default customer queue",
    "CustomerHold": "Default customer hold",
    "AgentHold": "Default agent hold",
    "CustomerWhisper": "Default customer whisper",
    "AgentWhisper": "Default agent whisper",
}
# What may run then: the end of any other type would end the contact.
TYPES: Mapping[str, FlowType] = {
    "CustomerQueue": FlowType.CUSTOMER_QUEUE,
    "CustomerHold": FlowType.CUSTOMER_HOLD,
    "AgentHold": FlowType.AGENT_HOLD,
    "CustomerWhisper": FlowType.CUSTOMER_WHISPER,
    "AgentWhisper": FlowType.AGENT_WHISPER,
}


def hook(session: Session, name: str) -> str | None:
    """The reference that flows chose for this moment; None when they chose none or nothing."""
    return None if name in session.disabled_hooks else session.event_hooks.get(name)


def hook_flow(session: Session, name: str, library: Library) -> PublishedFlow | None:
    """The flow to enter at this moment: the one chosen, else the center's own; None for silence.

    `FlowEntered` with it starts it on the same session: attributes, queue and hooks stay.
    """
    if name in session.disabled_hooks:
        return None
    for reference in (hook(session, name), DEFAULT_FLOWS.get(name)):
        flow = library.flow(reference) if reference else None
        if flow is not None and flow.type is TYPES.get(name, FlowType.CONTACT_FLOW):
            return flow
    return None
