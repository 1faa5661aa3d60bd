"""What deliveries, reconciliation and the watch over reports need of the world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from chalicelib.core.delivery import Delivery, DeliveryNote, Notice
from chalicelib.core.ids import ContactId
from chalicelib.core.reconciliation import Reconciliation


class DeliveryBook(Protocol):
    """Who has what delivered."""

    def all(self) -> Sequence[Delivery]:
        """By name."""
        ...

    def get(self, name: str) -> Delivery:
        """NotFound when there is none of this name."""
        ...

    def keep(self, delivery: Delivery) -> None:
        """Puts it in, or instead of the one of its name."""
        ...

    def remove(self, name: str) -> None:
        """NotFound when there is none of this name."""
        ...


class DeliveryLedger(Protocol):
    """What became of every revision on its way to a consumer, and which e-mails were sent."""

    def note(self, note: DeliveryNote) -> None:
        """Instead of what was noted of this revision."""
        ...

    def latest(self, consumer: str, report: str, *, limit: int) -> Sequence[DeliveryNote]:
        """Newest day first, within it the newest revision."""
        ...

    def of_day(self, consumer: str, report: str, day: date) -> Sequence[DeliveryNote]:
        """Oldest revision first, as they are at this moment."""
        ...

    def claim(self, notice: Notice, *, now: datetime, until: datetime) -> bool:
        """This e-mail is ours to send; False when it was sent. Conflict while another sends it: a
        claim that nobody followed up runs out."""
        ...

    def release(self, notice: Notice) -> None:
        """It could not be sent: whoever comes next need not wait."""
        ...

    def sent(self, notice: Notice) -> None: ...


class EndedContacts(Protocol):
    """Every contact by the moment at which its customer's side was over, for some weeks."""

    def ended(self, from_at: datetime, to_at: datetime) -> Iterator[ContactId]:
        """Those that ended at `from_at` or later and before `to_at`, in no order."""
        ...


class Reconciliations(Protocol):
    """What was found, by day; the newest look at a day counts."""

    def keep(self, reconciliation: Reconciliation) -> None: ...

    def find(self, day: date) -> Reconciliation | None: ...


class Gauges(Protocol):
    """Numbers on which alarms of the operator's stand."""

    def tell(self, name: str, value: int) -> None: ...
