"""What promises to call back need of the world, and the values that pass through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.core.ids import ContactId, QueueId


class CallbackOutcome(StrEnum):
    """What came of the attempt before."""

    NOT_REACHED = "NOT_REACHED"  # busy, not answered, or a number that does not exist
    NOT_DIALLED = "NOT_DIALLED"  # we could not: it does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingCallback:
    """A promise that is not kept yet: one per number (E.164). `contact_id` is the attempt that
    waits, rings or talks; `attempts_left` counts those after it."""

    number: str
    contact_id: ContactId
    queue_id: QueueId
    asked_at: datetime
    since: datetime  # when its place in the queue began to count
    attempts_left: int = 0
    customer_name: str | None = None
    last_outcome: CallbackOutcome | None = None


class CallbackStore(Protocol):
    """The promises that stand, at most one per number; every read is strongly consistent."""

    def stand(self, callback: StandingCallback) -> StandingCallback:
        """It stands, unless another one of the number does: answers the one that stands."""
        ...

    def follow(self, before: ContactId, callback: StandingCallback) -> bool:
        """It stands in the place of the attempt `before`; False when that does not stand any more.
        Told twice is told once."""
        ...

    def find(self, number: str) -> StandingCallback | None: ...

    def release(self, number: str, contact_id: ContactId) -> bool:
        """It stands no more; False when it did not, or another attempt does."""
        ...

    def all(self) -> Sequence[StandingCallback]:
        """Whoever asked first comes first; then by number."""
        ...


__all__ = ["CallbackOutcome", "CallbackStore", "StandingCallback"]
