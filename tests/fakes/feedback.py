"""In-memory classes for the ports of feedback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from chalicelib.core.errors import LostRace
from chalicelib.core.feedback import Invitation
from chalicelib.core.ids import CustomerId


class InMemoryFeedbackStore:
    """A FeedbackStore in dicts."""

    def __init__(self) -> None:
        self.invitations: dict[str, Invitation] = {}
        self.asked: dict[CustomerId, tuple[datetime, str]] = {}

    def invite(self, invitation: Invitation, *, quiet_since: datetime) -> bool:
        last = self.asked.get(invitation.customer_id)
        is_quiet = last is not None and last[0] > quiet_since
        if invitation.invitation_id in self.invitations or is_quiet:
            return False
        self.invitations[invitation.invitation_id] = invitation
        self.asked[invitation.customer_id] = (invitation.invited_at, invitation.invitation_id)
        return True

    def withdraw(self, invitation: Invitation) -> None:
        self.invitations.pop(invitation.invitation_id, None)
        if self.asked.get(invitation.customer_id, (None, ""))[1] == invitation.invitation_id:
            del self.asked[invitation.customer_id]

    def find(self, invitation_id: str) -> Invitation | None:
        return self.invitations.get(invitation_id)

    def save(self, before: Invitation, after: Invitation) -> None:
        if self.invitations[before.invitation_id].version != before.version:
            raise LostRace(f"invitation {before.invitation_id!r} has changed")
        self.invitations[before.invitation_id] = after

    def last_asked(self, customer_ids: Sequence[CustomerId]) -> datetime | None:
        known = [self.asked[each][0] for each in customer_ids if each in self.asked]
        return max(known, default=None)

    def of_customer(self, customer_id: CustomerId) -> Sequence[Invitation]:
        return [i for i in self.invitations.values() if i.customer_id == customer_id]

    def of_days(self, days: Iterable[date]) -> Iterator[Invitation]:
        for day in days:
            yield from (i for i in self.invitations.values() if i.day == day)
