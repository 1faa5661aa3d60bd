"""What reports leave behind, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from chalicelib.core.civil_day import Grain
from chalicelib.core.delivery import Delivery, DeliveryNote, Notice
from chalicelib.core.errors import (
    Conflict,
    NotFound,
)
from chalicelib.core.revision import ReportRun, RunState


class InMemoryReportRuns:
    """ReportRuns in a dict."""

    def __init__(self) -> None:
        self.runs: dict[tuple[str, date, int], ReportRun] = {}

    def of_day(self, report: str, day: date) -> Sequence[ReportRun]:
        return [run for key, run in sorted(self.runs.items()) if key[:2] == (report, day)]

    def latest(self, report: str, *, limit: int) -> Sequence[ReportRun]:
        found = [run for key, run in sorted(self.runs.items()) if key[0] == report]
        return found[::-1][:limit]

    def claim(self, run: ReportRun, *, now: datetime) -> None:
        there = self.runs.get(_run_key(run))
        is_free = there is None or there.state is RunState.FAILED
        is_left = there and there.state is RunState.WRITING and there.claimed_until < now
        if not (is_free or is_left):
            raise Conflict(f"revision {run.revision} is not free")
        self.runs[_run_key(run)] = run

    def publish(self, run: ReportRun) -> None:
        self._settle(run)

    def fail(self, run: ReportRun) -> None:
        self._settle(run)

    def _settle(self, run: ReportRun) -> None:
        there = self.runs.get(_run_key(run))
        if there is None or there.state is not RunState.WRITING or there.claimant != run.claimant:
            raise Conflict(f"revision {run.revision} went to another")
        manifest = run.manifest and replace(run.manifest, changed_rows=None)
        self.runs[_run_key(run)] = replace(run, manifest=manifest)


def _run_key(run: ReportRun) -> tuple[str, date, int]:
    return (run.report, run.day, run.revision)


class InMemoryReportRequests:
    """ReportRequests that are only written down."""

    def __init__(self) -> None:
        self.asked: list[tuple[Grain, date]] = []
        self.renewed: list[tuple[Grain, date]] = []
        self.deliveries: list[tuple[str, date]] = []
        self.reconciliations: list[date] = []

    def request(self, day: date, *, grain: Grain) -> None:
        self.asked.append((grain, day))

    def renew(self, day: date, *, grain: Grain) -> None:
        self.renewed.append((grain, day))

    def request_delivery(self, report: str, day: date) -> None:
        self.deliveries.append((report, day))

    def request_reconciliation(self, day: date) -> None:
        self.reconciliations.append(day)


class InMemoryDeliveryBook:
    """A DeliveryBook in a dict."""

    def __init__(self) -> None:
        self.deliveries: dict[str, Delivery] = {}

    def all(self) -> Sequence[Delivery]:
        return [each for _, each in sorted(self.deliveries.items())]

    def get(self, name: str) -> Delivery:
        if name not in self.deliveries:
            raise NotFound(f"nothing is delivered to {name!r}", field="name", value=name)
        return self.deliveries[name]

    def keep(self, delivery: Delivery) -> None:
        self.deliveries[delivery.name] = delivery

    def remove(self, name: str) -> None:
        self.get(name)
        del self.deliveries[name]


class InMemoryDeliveryLedger:
    """A DeliveryLedger in dicts; a notice that was sent has no end."""

    def __init__(self) -> None:
        self.notes: dict[tuple[str, str, date, int], DeliveryNote] = {}
        self.notices: dict[Notice, datetime | None] = {}

    def note(self, note: DeliveryNote) -> None:
        self.notes[note.consumer, note.report, note.day, note.revision] = note

    def latest(self, consumer: str, report: str, *, limit: int) -> Sequence[DeliveryNote]:
        found = [n for key, n in sorted(self.notes.items()) if key[:2] == (consumer, report)]
        return found[::-1][:limit]

    def of_day(self, consumer: str, report: str, day: date) -> Sequence[DeliveryNote]:
        return [n for key, n in sorted(self.notes.items()) if key[:3] == (consumer, report, day)]

    def claim(self, notice: Notice, *, now: datetime, until: datetime) -> bool:
        if notice in self.notices:
            claimed_until = self.notices[notice]
            if claimed_until is None:
                return False
            if claimed_until >= now:
                raise Conflict(f"the e-mail to {notice.address} is being sent")
        self.notices[notice] = until
        return True

    def release(self, notice: Notice) -> None:
        self.notices.pop(notice, None)

    def sent(self, notice: Notice) -> None:
        self.notices[notice] = None


class RecordedGauges:
    """Gauges that keep what was told last."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}

    def tell(self, name: str, value: int) -> None:
        self.values[name] = value
