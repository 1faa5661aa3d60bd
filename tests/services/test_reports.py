"""Exactly one revision per state of the data, sealed by its manifest, never changed after."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.revision import ChangeKind, ReportRun, RunState
from tests.core.records import NOON, record
from tests.services.reporting import MONDAY_MORNING, SUNDAY, Dies, Office

MIDNIGHT = datetime.fromisoformat("2026-03-09T04:00:00+00:00")  # in New York
FOLDER = "exports/daily-queues/dt=2026-03-08/"


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_day_becomes_csv_parquet_and_manifest(office: Office) -> None:
    """The manifest names each file with its rows and its SHA-256, and they are true."""
    office.keep(record("c-1", agent="a-mia", waited=10), record("c-2", waited=90))

    run = office.build()

    assert run.manifest is not None
    assert [file.format for file in run.manifest.files] == ["csv", "parquet", "xlsx"]
    for file in run.manifest.files:
        body = office.objects.bodies[f"{FOLDER}r1/{file.name}"]
        assert (file.rows, file.sha256) == (1, hashlib.sha256(body).hexdigest())
    assert office.exports.manifest("daily-queues", SUNDAY, 1) == run.manifest


def test_finance_opens_the_file_and_finds_the_day(office: Office) -> None:
    """Offered, handled, abandoned, speed of answer, service level of the queue."""
    office.keep(record("c-1", agent="a-mia", waited=10), record("c-2", waited=90))

    (row,) = office.csv(office.build())

    assert (row["offered"], row["handled"], row["abandoned"]) == ("2", "1", "1")
    assert (row["average_speed_of_answer"], row["service_level_of_offered"]) == ("10.00", "50.00")


def test_all_reports_of_a_day_are_built_together(office: Office) -> None:
    """Records are read once."""
    office.keep(record("c-1", agent="a-mia"))

    runs = office.reports.build(SUNDAY)

    daily = [name for name, each in definitions().items() if each.grain is Grain.DAY]
    assert [run.report for run in runs] == daily
    assert {"daily-queues", "interval-agents", "daily-time-cards"} <= set(daily)


def test_three_triggers_make_one_revision(office: Office) -> None:
    """The same rows are the same revision, however often they are asked for."""
    office.keep(record("c-1", agent="a-mia"))

    runs = [office.build() for _ in range(3)]

    assert {run.revision for run in runs} == {1}
    assert [r.revision for r in office.runs.of_day("daily-queues", SUNDAY)] == [1]


def test_a_second_writer_is_refused_while_the_first_writes(office: Office) -> None:
    """Two triggers at once: one writes, the other's message comes again and finds it done."""
    office.keep(record("c-1", agent="a-mia"))
    office.another_claims()

    with pytest.raises(Conflict):
        office.build()

    assert office.objects.bodies == {}


def test_a_writer_that_read_too_early_cannot_follow_one_that_knew_more(office: Office) -> None:
    """A newer revision is never followed by one made of older records."""
    office.keep(record("c-1", agent="a-mia"))
    office.build()
    office.keep(record("c-2", waited=90))
    _overtake(office)

    with pytest.raises(Conflict):
        office.build()

    revisions = office.runs.of_day("daily-queues", SUNDAY)
    assert [office.csv(run)[0]["offered"] for run in revisions] == ["1", "3"]


def test_a_late_record_makes_revision_2_that_lists_what_changed(office: Office) -> None:
    """Revision 1 stays as it was, to the byte."""
    office.keep(record("c-1", agent="a-mia"))
    office.build()
    first = {key: body for key, body in office.objects.bodies.items() if "/r1/" in key}
    office.at += timedelta(hours=7)
    office.keep(record("c-2", waited=90))

    second = office.build()

    sealed = office.exports.manifest("daily-queues", SUNDAY, 2)
    assert (second.revision, office.csv(second)[0]["offered"]) == (2, "2")
    assert sealed is not None
    assert sealed.changed_rows is not None
    (change,) = sealed.changed_rows
    assert change.kind is ChangeKind.CHANGED
    assert (change.key["queue_id"], change.columns["offered"]) == ("q-Support", ("1", "2"))
    assert {key: office.objects.bodies[key] for key in first} == first


def test_what_comes_between_midnight_and_two_waits_for_the_report(office: Office) -> None:
    """Else a center that never closes had a revision for everybody whose call ends at midnight."""
    office.at = MIDNIGHT + timedelta(minutes=3)
    office.keep(record("c-1", agent="a-mia"))

    assert [] == office.reports.renew(SUNDAY, grain=Grain.DAY)
    assert {} == office.objects.bodies


def test_what_comes_after_a_report_was_due_renews_it(office: Office) -> None:
    """Also one that was due and is not there."""
    office.build()
    office.keep(record("c-1", agent="a-mia"))

    runs = office.reports.renew(SUNDAY, grain=Grain.DAY)

    assert {"daily-queues": 2, "daily-agents": 1}.items() <= {
        run.report: run.revision for run in runs
    }.items()


def test_what_was_made_by_hand_before_it_was_due_is_renewed_if_it_is_final(office: Office) -> None:
    """The clock makes no final one of it a second time."""
    office.at = MIDNIGHT - timedelta(hours=1)
    office.build("daily-agents")
    office.at = MIDNIGHT + timedelta(minutes=1)
    office.build("daily-queues")
    office.keep(record("c-1", agent="a-mia"))

    (run,) = office.reports.renew(SUNDAY, grain=Grain.DAY)

    assert ("daily-queues", 2) == (run.report, run.revision)


def test_a_late_recording_makes_no_revision(office: Office) -> None:
    """The record is newer, the numbers are not."""
    contact = record("c-1", agent="a-mia")
    office.keep(contact)
    office.build()

    office.keep(replace(contact, last_fact=20))

    assert office.build().revision == 1


def test_a_day_without_contacts_has_files_with_headers_and_a_manifest(office: Office) -> None:
    """Not silence: finance sees that nothing happened, and that it was counted."""
    run = office.build()

    assert run.manifest is not None
    assert [file.rows for file in run.manifest.files] == [0, 0, 0]
    body = office.objects.bodies[f"{FOLDER}r1/daily-queues-2026-03-08-r1.csv"]
    assert body.startswith(b"day,queue_id,channel,")
    assert body.count(b"\r\n") == 1


@pytest.mark.parametrize("broken", [".csv", ".parquet", ".xlsx", "manifest.json"])
def test_a_writer_that_dies_half_way_leaves_nothing_that_counts(
    office: Office, broken: str
) -> None:
    """Without manifest it is not there; the next run, once the claim has run out, repairs it."""
    office.keep(record("c-1", agent="a-mia"))
    office.objects.dies_at = lambda key: key.endswith(broken)
    with pytest.raises(Dies):
        office.build()
    office.objects.dies_at = lambda key: False

    assert office.exports.manifest("daily-queues", SUNDAY, 1) is None
    with pytest.raises(Conflict):
        office.build()
    office.at += timedelta(minutes=7)

    run = office.build()
    assert (run.revision, run.state) == (1, RunState.PUBLISHED)


def test_what_was_sealed_counts_even_when_its_writer_died_before_saying_so(office: Office) -> None:
    """Finance may have read it: it stays revision 1, and later data become revision 2."""
    office.keep(record("c-1", agent="a-mia"))
    publish, office.runs.publish = office.runs.publish, _dies  # type: ignore[method-assign]
    with pytest.raises(Dies):
        office.build()
    office.runs.publish = publish  # type: ignore[method-assign]
    sealed = office.exports.manifest("daily-queues", SUNDAY, 1)
    office.keep(record("c-2", waited=90))
    office.at += timedelta(minutes=7)

    run = office.build()

    assert run.revision == 2
    assert office.exports.manifest("daily-queues", SUNDAY, 1) == sealed
    states = [r.state for r in office.runs.of_day("daily-queues", SUNDAY)]
    assert states == [RunState.PUBLISHED, RunState.PUBLISHED]


def test_a_day_that_still_runs_is_provisional_until_it_is_over(office: Office) -> None:
    """Same rows, but now they are final: that is news, and changes no row."""
    office.keep(record("c-1", agent="a-mia"))
    office.at = NOON + timedelta(hours=1)
    early = office.build()
    office.at = MONDAY_MORNING

    final = office.build()

    assert early.manifest is not None
    assert early.manifest.is_provisional
    sealed = office.exports.manifest("daily-queues", SUNDAY, 2)
    assert final.revision == 2
    assert sealed is not None
    assert (sealed.is_provisional, sealed.changed_rows) == (False, ())


def test_a_day_that_ends_while_it_is_built_stays_provisional(office: Office) -> None:
    """Its last contacts may have ended after the records were read."""
    office.at = MIDNIGHT - timedelta(seconds=1)
    listing = office.lake.listing

    def at_midnight(utc_day: date) -> Mapping[str, str]:
        office.at = MIDNIGHT
        return listing(utc_day)

    office.lake.listing = at_midnight  # type: ignore[method-assign]

    run = office.build()

    assert run.manifest is not None
    assert run.manifest.is_provisional


def test_the_civil_day_decides_and_not_the_utc_day(office: Office) -> None:
    """The 8th of March in New York is 05:00Z to 04:00Z: 23 hours."""
    before = ended("c-0", "2026-03-08T04:59:59+00:00")
    first = ended("c-1", "2026-03-08T05:00:00+00:00")
    last = ended("c-2", "2026-03-09T03:59:59+00:00")
    after = ended("c-3", "2026-03-09T04:00:00+00:00")
    office.keep(before, first, last, after)

    found = [row["contact_id"] for row in office.csv(office.build("daily-contacts"))]

    assert found == ["c-1", "c-2"]


def test_what_a_spreadsheet_would_run_is_neutralised_in_the_file(office: Office) -> None:
    """A disposition that is a formula is text in finance's file."""
    office.keep(record("c-1", agent="a-mia", disposition='=HYPERLINK("http://x")'))

    (row,) = office.csv(office.build("daily-contacts"))

    assert row["disposition"] == '\'=HYPERLINK("http://x")'


def test_a_day_to_come_and_an_unknown_report_are_refused_by_name(office: Office) -> None:
    """Nothing is written for what cannot be."""
    with pytest.raises(Rejected, match="has not begun"):
        office.reports.build(date(2026, 3, 10))
    with pytest.raises(NotFound, match="daily-queues"):
        office.reports.build(SUNDAY, report="daily-wonders")

    assert office.objects.bodies == {}


def ended(name: str, text: str) -> ContactRecord:
    return record(name, at=datetime.fromisoformat(text))


def _overtake(office: Office) -> None:
    """Once records are listed, and before they are counted, more come in and another builds."""
    listing = office.lake.listing

    def and_then(utc_day: date) -> Mapping[str, str]:
        found = listing(utc_day)
        if utc_day == SUNDAY + timedelta(days=1):  # the last of the two
            office.lake.listing = listing  # type: ignore[method-assign]
            office.keep(record("c-3", waited=30))
            office.build()
        return found

    office.lake.listing = and_then  # type: ignore[method-assign]


def _dies(run: ReportRun) -> None:
    raise Dies
