"""Where events go that other systems listen to, as Protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class AgentEvents(Protocol):
    """The stream of agent events."""

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        """In this order for each agent; Unavailable when not all of them were taken."""
        ...
