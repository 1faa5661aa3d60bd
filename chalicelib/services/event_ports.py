"""Where events go that other systems listen to, as Protocols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from chalicelib.core.agent_activity import Told
from chalicelib.core.contact_events import ContactEvent


class AgentEvents(Protocol):
    """The stream of agent events."""

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        """In this order for each agent; Unavailable when not all of them were taken."""
        ...


class AgentDays(Protocol):
    """What agents did, by the UTC day on which it was told."""

    def keep(self, events: Sequence[Mapping[str, object]]) -> None:
        """Agent events of one moment and agent, at least one; the same ones twice are kept once."""
        ...

    def told(self, utc_days: Iterable[date]) -> Iterator[Told]:
        """All that the events of these days tell, in any order."""
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
