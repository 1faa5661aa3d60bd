"""Tells supervisors what somebody should look after; kept for a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.core.alert import Alert, AlertKind, alerts_of
from chalicelib.core.ids import AgentId, QueueId, TicketId
from chalicelib.core.routing import Agent

KEPT = timedelta(days=1)
SHOWN_FOR = timedelta(hours=1)
MOST_SHOWN = 20


class AlertStore(Protocol):
    """Alerts of the last day."""

    def add(self, alert: Alert) -> None:
        """The same alert twice is one."""
        ...

    def remove(self, alert: Alert) -> None:
        """There is nothing to look after any more; whether it was ever raised or not."""
        ...

    def since(self, at: datetime, *, limit: int) -> Sequence[Alert]:
        """Of what happened then or later, newest first. One request."""
        ...


class Alerts:
    def __init__(self, store: AlertStore) -> None:
        self._store = store

    def raise_(
        self,
        kind: AlertKind,
        *,
        at: datetime,
        text: str,
        agent_id: AgentId | None = None,
        queue_id: QueueId | None = None,
        ticket_id: TicketId | None = None,
        about: str = "",
    ) -> None:
        """`at`: when it happened; raised again for that moment it is the same alert."""
        self._store.add(
            Alert(
                kind=kind,
                at=at,
                text=text,
                agent_id=agent_id,
                queue_id=queue_id,
                ticket_id=ticket_id,
                about=about,
            )
        )

    def clear(self, kind: AlertKind, *, at: datetime, about: str) -> None:
        """Takes back what was raised with these words, if it was."""
        self._store.remove(Alert(kind=kind, at=at, text="", about=about))

    def note(self, before: Agent | None, after: Agent) -> None:
        """After a commit took an agent from one state to the other; told twice is told once."""
        for alert in alerts_of(before, after):
            self._store.add(alert)

    def recent(self, at: datetime) -> Sequence[Alert]:
        """Those of the hour before, newest first, at most MOST_SHOWN."""
        return self._store.since(at - SHOWN_FOR, limit=MOST_SHOWN)
