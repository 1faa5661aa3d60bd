"""Where events go that other systems listen to, as Protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.core.contact_events import ContactEvent


class AgentEvents(Protocol):
    """The stream of agent events."""

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        """In this order for each agent; Unavailable when not all of them were taken."""
        ...


class ContactEvents(Protocol):
    """The bus of contact events."""

    def publish(self, events: Sequence[ContactEvent]) -> None:
        """All of them; Unavailable when not all were taken."""
        ...


class HeartBeats(Protocol):
    """Up to when the heartbeats of agents have been published."""

    def last(self) -> datetime | None: ...

    def note(self, at: datetime) -> None: ...
