"""What records and reports need of the world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:  # the Lambda that writes records must not load what only reports need
    from chalicelib.core.civil_day import Grain, Period
    from chalicelib.core.contact_record import ContactRecord
    from chalicelib.core.ids import ContactId
    from chalicelib.core.ledger import LedgerLine
    from chalicelib.core.metrics import Thresholds
    from chalicelib.core.report import Definition, Format, Row
    from chalicelib.core.revision import Manifest, ReportRun


class RecordWriter(Protocol):
    """Keeps contact records, one each, in the lake."""

    def lacks(self, record: ContactRecord) -> bool:
        """Whether it holds neither this record nor a newer one of the same contact."""
        ...

    def store(self, record: ContactRecord) -> None:
        """In place of what it holds of the same contact."""
        ...


class RecordLake(Protocol):
    """Contact records, one object each, by the UTC day on which the contact ended."""

    def listing(self, utc_day: date) -> Mapping[str, str]:
        """A tag of each record's content, by contact id."""
        ...

    def records(self, utc_day: date, contact_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """These records of the day, each as JSON in one line; NotFound when one is not there."""
        ...

    def pack(self, utc_day: date) -> BinaryIO | None:
        """What `keep_pack` was last given for the day; whoever asked closes it."""
        ...

    def keep_pack(self, utc_day: date, file: BinaryIO) -> None: ...


class Ledger(Protocol):
    """What contacts cost, by the civil day of the center on which they did."""

    def of_contact(self, contact_id: ContactId, day: date) -> Sequence[LedgerLine]:
        """Its lines of that day, oldest first."""
        ...

    def keep(self, contact_id: ContactId, day: date, lines: Sequence[LedgerLine]) -> None:
        """All lines of that contact and day: those there were, then new ones."""
        ...

    def lines(self, days: Iterable[date]) -> Iterator[LedgerLine]:
        """Every line of these days, for whoever reports; by day, then by contact."""
        ...


class Exports(Protocol):
    """The files of every revision of every report; a revision without manifest does not count.
    Unavailable when the place where they lie takes none.

    A period goes by its first day: a report has periods of one grain only.
    """

    def write(
        self, report: str, day: date, revision: int, *, name: str, body: BinaryIO, media_type: str
    ) -> None: ...

    def read(self, report: str, day: date, revision: int, *, name: str) -> BinaryIO:
        """The file, which whoever asked closes; NotFound when there is no such one."""
        ...

    def seal(self, manifest: Manifest) -> None:
        """Writes the manifest: from here on the revision counts and never changes."""
        ...

    def manifest(self, report: str, day: date, revision: int) -> Manifest | None: ...

    def link(self, report: str, day: date, revision: int, *, name: str) -> str:
        """A link to the file that anybody may follow for a while."""
        ...

    def deliver(self, manifest: Manifest, *, prefix: str) -> None:
        """Copies the revision below the prefix, its manifest last; again changes nothing."""
        ...


class Source(Protocol):
    """The rows of a dataset that lie in a period."""

    def __call__(self, period: Period) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMark:
    """What a customer thought last of the agent who helped, 1 to 5."""

    username: str
    queue_id: str
    day: date  # on which the ticket was closed
    mark: int


class Marks(Protocol):
    """What customers answered."""

    def given(self, days: Iterable[date]) -> Iterator[GivenMark]:
        """About tickets that were closed on these days of the center."""
        ...


class ReportFile(Protocol):
    """One format of a report, `sha256` in hex."""

    @property
    def sha256(self) -> str: ...

    def open(self) -> BinaryIO: ...


class Table(Protocol):
    """A report's rows, sorted by their keys as a CSV shows them, as files of all its formats."""

    @property
    def definition(self) -> Definition: ...

    @property
    def count(self) -> int: ...

    @property
    def files(self) -> Mapping[Format, ReportFile]: ...

    def rows(self) -> Iterator[Row]: ...


class Warehouse(Protocol):
    def tables(
        self, definitions: Sequence[Definition], period: Period, *, limits: Thresholds | None = None
    ) -> AbstractContextManager[Sequence[Table]]:
        """The reports over the contacts that ended within the period, counted by these limits, or
        its own; they are there as long as the context."""
        ...


class ReportRuns(Protocol):
    """Which revisions there are, and who is writing one."""

    def of_day(self, report: str, day: date) -> Sequence[ReportRun]:
        """Oldest revision first, as they are at this moment."""
        ...

    def latest(self, report: str, *, limit: int) -> Sequence[ReportRun]:
        """Newest day first, within it the newest revision."""
        ...

    def claim(self, run: ReportRun, *, now: datetime) -> None:
        """The revision is this claimant's to write; Conflict while it is somebody else's, or when
        it is published."""
        ...

    def publish(self, run: ReportRun) -> None:
        """Conflict when the claim was lost meanwhile."""
        ...

    def fail(self, run: ReportRun) -> None:
        """Anybody may claim the revision again; Conflict when the claim was lost meanwhile."""
        ...


class ReportRequests(Protocol):
    def request(self, day: date, *, grain: Grain) -> None:
        """All reports of the period of that grain in which the day lies are to be built soon;
        asking twice does no harm."""
        ...

    def renew(self, day: date, *, grain: Grain) -> None:
        """More has become known of that period: those of its reports that were due or are final
        already are to be built anew, in two minutes: ask first, then write what has become known.
        Asking twice does no harm."""
        ...

    def request_delivery(self, report: str, day: date) -> None:
        """What is published of the report's period that begins then is to be delivered soon."""
        ...

    def request_reconciliation(self, day: date) -> None:
        """The day's records and recordings are to be looked for soon."""
        ...
