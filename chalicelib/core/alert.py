"""Alerts: what supervisors are told at once because somebody should look after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.center import NOT_REACHABLE
from chalicelib.core.ids import AgentId, QueueId, TicketId
from chalicelib.core.routing import MOST_MISSED, Agent


class AlertKind(StrEnum):
    AGENT_NOT_REACHABLE = "AGENT_NOT_REACHABLE"  # too many contacts missed in a row
    DESK_SILENT = "DESK_SILENT"  # not heard of, although signed in
    COLLEAGUE_CALLED = "COLLEAGUE_CALLED"  # in vain, and takes no tasks that could say so
    TICKET_DUE = "TICKET_DUE"  # its owner is to be told and cannot be
    TICKET_OVERDUE = "TICKET_OVERDUE"  # what was promised has not happened
    FOLLOW_UP_FORGOTTEN = "FOLLOW_UP_FORGOTTEN"  # due for half an hour
    TICKET_ESCALATED = "TICKET_ESCALATED"  # something is for another role to decide
    REPORT_LATE = "REPORT_LATE"  # due, and not there
    DELIVERY_FAILED = "DELIVERY_FAILED"  # a report did not get to who has it delivered
    RECORDS_MISSING = "RECORDS_MISSING"  # a day's records or recordings are not complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`at`: when it happened, not when it was found out; so whoever finds it again, and says so,
    raises the same alert. `about`: what it is about, where that is no agent, queue or ticket."""

    kind: AlertKind
    at: datetime
    text: str
    agent_id: AgentId | None = None
    queue_id: QueueId | None = None
    ticket_id: TicketId | None = None
    about: str = ""

    @property
    def alert_id(self) -> str:
        about = [self.kind, self.at.isoformat(), self.agent_id or "", self.queue_id or ""]
        if self.ticket_id is not None:
            about.append(self.ticket_id)
        if self.about:
            about.append(self.about)
        return sha256("#".join(about).encode()).hexdigest()[:32]


def alerts_of(before: Agent | None, after: Agent) -> list[Alert]:
    """What a change of an agent gives supervisors to look after. Read again, it is the same."""
    at, found = after.changed_at or after.status_since, []
    if after.status == NOT_REACHABLE and (before is None or before.status != NOT_REACHABLE):
        missed = f"{after.name} has missed {MOST_MISSED} contacts in a row, and gets no more until"
        text = f"{missed} a status is chosen again."
        found.append((AlertKind.AGENT_NOT_REACHABLE, text))
    if after.is_away and not (before is not None and before.is_away):
        text = f"The desk of {after.name} has fallen silent: {after.status.name}, but not there."
        found.append((AlertKind.DESK_SILENT, text))
    return [Alert(kind=kind, at=at, text=text, agent_id=after.agent_id) for kind, text in found]
