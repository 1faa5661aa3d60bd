"""Where answers of customers lie in the lake, and in which bytes."""

from __future__ import annotations

from datetime import date

import msgspec

from chalicelib.core.feedback import Invitation
from chalicelib.core.moments import iso
from chalicelib.services.ports import ObjectStore


class S3FeedbackRows:
    """The FeedbackRows port: `feedback/dt=<civil day>/<invitation id>.jsonl`, a line per answer.

    The day is that on which the ticket was closed. Comments are in none of them: they can be
    forgotten where they are, in one place.
    """

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def keep(self, invitation: Invitation) -> None:
        body = b"".join(
            msgspec.json.encode(_line(invitation, n)) + b"\n"
            for n in range(len(invitation.answers))
        )
        key = f"{folder(invitation.day)}{invitation.invitation_id}.jsonl"
        self._objects.put(key, body, content_type="application/x-ndjson")


def _line(invitation: Invitation, n: int) -> dict[str, object]:
    answers = invitation.answers[n]
    return {
        "answer_id": answers.answer_id,
        "invitation_id": invitation.invitation_id,
        "ticket_id": invitation.ticket_id,
        "day": invitation.day.isoformat(),
        "agent": invitation.agent,
        "agent_name": invitation.agent_name,
        "queue_id": invitation.queue_id,
        "queue_name": invitation.queue_name,
        "reason": invitation.reason,
        "way": answers.way,
        "answered_at": iso(answers.at),
        "service": answers.service,
        "solution": answers.solution,
        "is_partial": answers.is_partial,
        "is_newest": n == len(invitation.answers) - 1,
    }


def folder(day: date) -> str:
    return f"feedback/dt={day.isoformat()}/"
