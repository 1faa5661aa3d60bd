"""Legal hold: what a court may ask for is not erased until an admin says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.errors import Rejected

REASON_LIMIT = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldChange:
    """A hold was set, or lifted where `is_held` is False; by whom, when and why."""

    is_held: bool
    by: str
    at: datetime
    reason: str

    def says_the_same(self, before: HoldChange | None) -> bool:
        """Nothing would be new: held for that reason already, or not held anyway."""
        if before is None or not before.is_held:
            return not self.is_held
        return self.is_held and self.reason == before.reason


def check_reason(reason: str) -> str:
    """A reason without blanks around it; Rejected when there is none, or it is too long."""
    stripped = reason.strip()
    if not 1 <= len(stripped) <= REASON_LIMIT:
        raise Rejected(
            f"reason has {len(stripped)} characters, it needs 1 to {REASON_LIMIT}",
            field="reason",
            value=stripped[:40],
        )
    return stripped
