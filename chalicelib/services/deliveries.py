"""Brings published reports to those who asked for them, and tells them by e-mail, once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

from chalicelib.core import delivery as rules
from chalicelib.core.alert import AlertKind
from chalicelib.core.delivery import Delivery, DeliveryNote, DeliveryState, Notice
from chalicelib.core.errors import Rejected
from chalicelib.core.revision import Manifest, ReportRun, RunState
from chalicelib.services.alerts import Alerts
from chalicelib.services.export_ports import DeliveryBook, DeliveryLedger
from chalicelib.services.messaging import Email, Messenger, Undeliverable
from chalicelib.services.ports import Unavailable
from chalicelib.services.report_ports import Exports, ReportRuns

_LISTED = 31  # revisions of each report that are looked back for


class DeliveriesService:
    """`reports`: the names of all there are. `sender`: who e-mails are from, "" where nobody may
    send any. `page`: where the console lists reports, "" where that is not known.

    `lease_seconds`: after which an e-mail that was begun counts as not sent. Whoever died between
    the mail's way out and the note of it makes one come twice; nobody's death makes one stay away.
    """

    def __init__(
        self,
        book: DeliveryBook,
        ledger: DeliveryLedger,
        runs: ReportRuns,
        exports: Exports,
        messenger: Messenger,
        alerts: Alerts,
        *,
        reports: Collection[str],
        sender: str,
        page: str,
        now: Callable[[], datetime],
        lease_seconds: int = 360,
    ) -> None:
        self._book = book
        self._ledger = ledger
        self._runs = runs
        self._exports = exports
        self._messenger = messenger
        self._alerts = alerts
        self._reports = reports
        self._sender = sender
        self._page = page
        self._now = now
        self._lease = timedelta(seconds=lease_seconds)

    # --- who has what ---

    def list(self) -> Sequence[Delivery]:
        return self._book.all()

    def get(self, name: str) -> Delivery:
        """NotFound when there is none of this name."""
        return self._book.get(name)

    def keep(
        self, name: str, *, reports: Sequence[str], emails: Sequence[str], by: str
    ) -> Delivery:
        """From now on these reports are brought there; Rejected by field and value."""
        before = next((each for each in self._book.all() if each.name == name), None)
        wanted = rules.delivery(
            name,
            reports=reports,
            emails=emails,
            known=self._reports,
            before=before,
            at=self._now(),
            by=by,
        )
        if wanted.emails and not self._sender:
            raise Rejected(
                "this center has no address to send e-mails from (MailSender)",
                field="emails",
                value=wanted.emails[0],
            )
        self._book.keep(wanted)
        return wanted

    def withdraw(self, name: str) -> None:
        """Nothing more is brought there; what was, stays. NotFound when there is none."""
        self._book.remove(name)

    def notes(self) -> Sequence[DeliveryNote]:
        """What became of the newest revisions of every report that is delivered."""
        return [
            note
            for each in self._book.all()
            for report in each.reports
            for note in self._ledger.latest(each.name, report, limit=_LISTED)
        ]

    # --- bringing it ---

    def deliver(self, report: str, day: date) -> None:
        """Brings every revision of the period that begins then to whoever waits for it. What could
        not be brought is noted with its reason, alerts supervisors, and is outstanding. Conflict
        while somebody else tells of it."""
        for each in self._book.all():
            if report in each.reports:
                settled = _settled(self._ledger.of_day(each.name, report, day))
                for run in self._runs.of_day(report, day):
                    if _is_due(run, each) and (run.day, run.revision) not in settled:
                        self._bring(each, run)

    def outstanding(self) -> Sequence[tuple[str, date]]:
        """Reports and first days of periods of which a revision was not brought to somebody."""
        found: dict[tuple[str, date], None] = {}
        for each in self._book.all():
            for report in each.reports:
                settled = _settled(self._ledger.latest(each.name, report, limit=_LISTED))
                for run in self._runs.latest(report, limit=_LISTED):
                    if _is_due(run, each) and (run.day, run.revision) not in settled:
                        found[report, run.day] = None
        return list(found)

    def _bring(self, delivery: Delivery, run: ReportRun) -> None:
        manifest, published_at = _of(run)
        about = f"{delivery.name} {run.report} {manifest.period.name} r{run.revision}"
        try:
            self._exports.deliver(manifest, prefix=delivery.prefix)
            refused = [each for each in delivery.emails if not self._tell(delivery, run, each)]
        except Unavailable as failure:
            self._note(delivery, run, DeliveryState.FAILED, reason=str(failure))
            text = f"Report {run.report} of {manifest.period.name} did not get to {delivery.name}"
            self._alerts.raise_(
                AlertKind.DELIVERY_FAILED,
                at=published_at,
                text=f"{text}: {failure}",
                about=about,
            )
            return
        reason = f"took no e-mail: {', '.join(refused)}" if refused else ""
        self._note(delivery, run, DeliveryState.DELIVERED, reason=reason)
        self._alerts.clear(AlertKind.DELIVERY_FAILED, at=published_at, about=about)

    def _tell(self, delivery: Delivery, run: ReportRun, address: str) -> bool:
        """False when the address takes no e-mail, and never will."""
        notice = Notice(
            consumer=delivery.name,
            report=run.report,
            day=run.day,
            revision=run.revision,
            address=address,
        )
        now = self._now()
        if not self._ledger.claim(notice, now=now, until=now + self._lease):
            return True
        try:
            self._messenger.send_email(self._email(delivery, run, address))
        except Unavailable:
            self._ledger.release(notice)
            raise
        except Undeliverable:
            return False
        self._ledger.sent(notice)
        return True

    def _email(self, delivery: Delivery, run: ReportRun, address: str) -> Email:
        """A link to the console, where who opens it signs in: never one to the data."""
        manifest, _ = _of(run)
        name = f"{run.report} {manifest.period.name}, revision {run.revision}"
        lines = [
            f"{name} is there{', provisional' if manifest.is_provisional else ''}.",
            *(f"{file.name}: {file.rows} rows, SHA-256 {file.sha256}" for file in manifest.files),
            f"It was brought to {delivery.prefix}",
            *([f"Reports: {self._page}"] if self._page else []),
        ]
        return Email(
            sender=self._sender, to=address, subject=f"Report {name}", text="\n".join(lines)
        )

    def _note(
        self, delivery: Delivery, run: ReportRun, state: DeliveryState, *, reason: str
    ) -> None:
        self._ledger.note(
            DeliveryNote(
                consumer=delivery.name,
                report=run.report,
                day=run.day,
                revision=run.revision,
                state=state,
                at=self._now(),
                reason=reason,
            )
        )


def _settled(notes: Sequence[DeliveryNote]) -> set[tuple[date, int]]:
    return {(n.day, n.revision) for n in notes if n.state is DeliveryState.DELIVERED}


def _is_due(run: ReportRun, delivery: Delivery) -> bool:
    """Published since they asked for it."""
    return (
        run.state is RunState.PUBLISHED
        and run.published_at is not None
        and run.published_at >= delivery.since[run.report]
    )


def _of(run: ReportRun) -> tuple[Manifest, datetime]:
    """What every published run has."""
    if run.manifest is None or run.published_at is None:
        raise ValueError(f"{run.report} {run.day} r{run.revision} was published unsealed")
    return run.manifest, run.published_at
