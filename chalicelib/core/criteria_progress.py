"""How far a contact has come in its routing criteria, step by step, in Amazon Connect's words."""

from __future__ import annotations

import json
from datetime import datetime

from chalicelib.core.contact import Contact
from chalicelib.core.criteria import Criteria
from chalicelib.core.criteria import read as read_criteria


def steps_of(contact: Contact) -> list[dict[str, object]]:
    """The criteria's steps with what became of each; none when anybody in the queue will do.

    A step that brought the contact to an agent is JOINED; those behind it were never needed.
    """
    stay = contact.queue
    criteria = read_criteria(stay.criteria) if stay is not None else None
    if stay is None or criteria is None:
        return []
    found = contact.agent is not None and not contact.is_in_queue
    return [
        {
            "Status": _status(index, stay.step, is_found=found),
            "Expression": json.loads(step.text),
            "Expiry": _expiry(criteria, index, stay.step, stay.step_ends_at),
        }
        for index, step in enumerate(criteria.steps)
    ]


def _status(index: int, current: int, *, is_found: bool) -> str:
    if index < current:
        return "EXPIRED"
    if index > current:
        return "INACTIVE"
    return "JOINED" if is_found else "ACTIVE"


def _expiry(
    criteria: Criteria, index: int, current: int, ends_at: datetime | None
) -> dict[str, object] | None:
    seconds = criteria.steps[index].seconds
    if seconds is None:
        return None
    known: dict[str, object] = {"DurationInSeconds": seconds}
    return {**known, "ExpiryTimestamp": ends_at} if index == current and ends_at else known
