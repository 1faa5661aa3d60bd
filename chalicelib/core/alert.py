"""Alerts: what supervisors are told at once because somebody should look after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.ids import AgentId, QueueId


class AlertKind(StrEnum):
    AGENT_NOT_REACHABLE = "AGENT_NOT_REACHABLE"  # too many contacts missed in a row
    DESK_SILENT = "DESK_SILENT"  # not heard of, although signed in


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`at`: when it happened, not when it was found out; so whoever finds it again, and says so,
    raises the same alert."""

    kind: AlertKind
    at: datetime
    text: str
    agent_id: AgentId | None = None
    queue_id: QueueId | None = None

    @property
    def alert_id(self) -> str:
        about = (self.kind, self.at.isoformat(), self.agent_id or "", self.queue_id or "")
        return sha256("#".join(about).encode()).hexdigest()[:32]
