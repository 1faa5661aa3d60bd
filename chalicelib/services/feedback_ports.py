"""What feedback needs of the world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from chalicelib.core.feedback import Invitation
from chalicelib.core.ids import CustomerId


class FeedbackStore(Protocol):
    """Invitations with their answers, and when each customer was asked; reads are consistent."""

    def invite(self, invitation: Invitation, *, quiet_since: datetime) -> bool:
        """Keeps it, and that its customer was asked; False, and nothing is kept, when there is
        one of this id, or the customer was asked after `quiet_since`."""
        ...

    def withdraw(self, invitation: Invitation) -> None:
        """It never went out: as if it had never been made. Twice is once."""
        ...

    def find(self, invitation_id: str) -> Invitation | None: ...

    def save(self, before: Invitation, after: Invitation) -> None:
        """The next version; LostRace when `before` is not current."""
        ...

    def last_asked(self, customer_ids: Sequence[CustomerId]) -> datetime | None:
        """When any of them was asked last. One request."""
        ...

    def of_customer(self, customer_id: CustomerId) -> Sequence[Invitation]:
        """All that this customer ever got."""
        ...

    def of_days(self, days: Iterable[date]) -> Iterator[Invitation]:
        """Those of tickets that were closed on these days. A request for each day."""
        ...


class FeedbackRows(Protocol):
    """Where answers lie for reports."""

    def keep(self, invitation: Invitation) -> None:
        """Every answer to it, in place of what was kept of it before; without words."""
        ...


__all__ = ["FeedbackRows", "FeedbackStore"]
