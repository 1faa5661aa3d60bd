"""What paying rewards needs of the world."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from chalicelib.core.payout import Payout


class Payouts(Protocol):
    """What was paid, a file for each month; by the month's first day."""

    def of(self, day: date) -> Payout | None: ...

    def keep(self, payout: Payout) -> None:
        """Conflict when the month was paid already: what was paid never changes."""
        ...

    def link(self, day: date) -> str:
        """A link to the month's file that anybody may follow for a while."""
        ...
