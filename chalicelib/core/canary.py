"""A version of a flow on trial: who gets it, what counts against it, and when it is taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.errors import Rejected
from chalicelib.core.events import BlockExecuted
from chalicelib.core.ids import ContactId, FlowId

BUCKET_SECONDS = 60
_UNEXPECTED = ("NoMatchingError", "action_limit", "no_branch")
_ON_PURPOSE = ("end", "return", "flow_deleted")


class Outcome(StrEnum):
    """How a trial ended."""

    FAILED = "FAILED"  # by itself: too many errors
    PROMOTED = "PROMOTED"
    REMOVED = "REMOVED"
    SUPERSEDED = "SUPERSEDED"  # somebody made another version live


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Contacts that began a version, and those of them that ran into an error, each once."""

    contacts: int = 0
    errors: int = 0

    @property
    def rate(self) -> float:
        return self.errors / self.contacts if self.contacts else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The audit line of a trial that is over. `by`: who ended it; nobody when it failed."""

    outcome: Outcome
    at: datetime
    why: str
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """`percent` of the new contacts are to get `version`.

    It fails when, within `window_seconds`, at least `minimum_contacts` began it and more than
    `error_rate` of them ran into an error.
    """

    version: int
    percent: int
    error_rate: float = 0.02
    window_seconds: int = 300
    minimum_contacts: int = 20

    def check(self) -> None:
        """Rejected when a number is out of bounds."""
        for name, value, low, high in (
            ("percent", self.percent, 1, 99),
            ("errorRate", self.error_rate, 0, 1),
            ("windowSeconds", self.window_seconds, BUCKET_SECONDS, 3_600),
            ("minimumContacts", self.minimum_contacts, 1, 100_000),
        ):
            if not low <= value <= high:
                raise Rejected(f"{name} is from {low} to {high}", field=name, value=value)


@dataclass(frozen=True, kw_only=True)
class Canary(Terms):
    """A trial on these terms; the other contacts get `against`, the live one. `end` None: it is
    running."""

    against: int
    started_at: datetime
    started_by: str = ""
    end: End | None = None

    @classmethod
    def on(cls, terms: Terms, *, against: int, at: datetime, by: str) -> Canary:
        return cls(
            version=terms.version,
            percent=terms.percent,
            error_rate=terms.error_rate,
            window_seconds=terms.window_seconds,
            minimum_contacts=terms.minimum_contacts,
            against=against,
            started_at=at,
            started_by=by,
        )

    @property
    def is_running(self) -> bool:
        return self.end is None

    def takes(self, flow_id: FlowId, contact_id: ContactId) -> bool:
        """The same for one contact whenever it is asked; a higher percentage loses nobody."""
        drawn = sha256(f"{flow_id}:{contact_id}".encode()).digest()[:8]
        return self.is_running and int.from_bytes(drawn) < self.percent / 100 * 2**64

    def ended(self, end: End) -> Canary:
        return replace(self, end=end)


def bucket(at: datetime) -> datetime:
    """The minute that a moment is counted in."""
    return at.replace(second=0, microsecond=0)


def window(canary: Canary, at: datetime) -> datetime:
    """The first minute that still counts at this moment."""
    return max(bucket(at - timedelta(seconds=canary.window_seconds)), bucket(canary.started_at))


def verdict(canary: Canary, tally: Tally, at: datetime) -> End | None:
    """The end of a trial whose window shows too many errors; None lets it go on."""
    if tally.contacts < canary.minimum_contacts or tally.rate <= canary.error_rate:
        return None
    why = (
        f"{tally.errors} of {tally.contacts} contacts of version {canary.version} ran into an "
        f"error within {canary.window_seconds} s: {tally.rate:.1%}, more than "
        f"{canary.error_rate:.1%}"
    )
    return End(outcome=Outcome.FAILED, at=at, why=why)


def is_error(block: BlockExecuted) -> bool:
    """Something that the flow's author did not foresee, or left no way out for.

    What customers do (no key, a wrong one) and a full queue have branches of their own.
    """
    has_no_way = block.next_block_id is None and block.branch not in _ON_PURPOSE
    return block.branch in _UNEXPECTED or has_no_way
