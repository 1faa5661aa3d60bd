"""Scenario 35: a daily export of contacts at 02:00 in New York, which finance can sign."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.alert import AlertKind
from chalicelib.core.civil_day import Grain, civil_day, period
from chalicelib.core.revision import ChangeKind, ReportRun
from chalicelib.services.ports import Unavailable
from tests.core.records import record
from tests.services.reporting import SUNDAY, Office

CONTACTS = "daily-contacts"
NEW_YORK = "America/New_York"
QUARTER = timedelta(minutes=15)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # on which the clocks change


def an_office(due: time = time(2)) -> Office:
    """Where only this one export is made."""
    return Office(known={CONTACTS: replace(definitions()[CONTACTS], due=due)})


@pytest.fixture
def office() -> Office:
    return an_office()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def passes(office: Office, since: str, until: str) -> list[tuple[datetime, ReportRun]]:
    """The clock strikes every quarter of an hour, thrice by mistake, and what it asks for is built;
    what was published, and when."""
    office.at = at(since)
    while office.at <= at(until):
        for _ in range(3):
            office.clock.tick()
        asked, office.requests.asked = office.requests.asked, []
        for grain, day in asked:
            office.work.build(day, grain=grain, report=None)
        office.at += QUARTER
    return [(run.published_at, run) for run in office.runs.runs.values() if run.published_at]


@pytest.mark.parametrize(
    ("day", "since", "until", "hours"),
    [
        (SPRING, "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23),
        (AUTUMN, "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25),
    ],
)
def test_days_on_which_the_clocks_change_are_23_and_25_hours(
    office: Office, day: date, since: str, until: str, hours: int
) -> None:
    """The manifest says from when to when; a contact of the first and one of the last second are
    in, their neighbours are not."""
    office.at = civil_day(day, NEW_YORK).to_at + timedelta(hours=3)
    begins, ends = datetime.fromisoformat(since), datetime.fromisoformat(until)
    second = timedelta(seconds=1)
    moments = {"c-0": begins - second, "c-1": begins, "c-2": ends - second, "c-3": ends}
    office.keep(*(record(name, at=moment) for name, moment in moments.items()))

    run = office.build(CONTACTS, day)

    folder = f"exports/{CONTACTS}/dt={day.isoformat()}/r1/"
    manifest = json.loads(office.objects.bodies[f"{folder}manifest.json"])
    assert (manifest["from"], manifest["to"], ends - begins) == (
        since,
        until,
        timedelta(hours=hours),
    )
    assert [row["contact_id"] for row in office.csv(run)] == ["c-1", "c-2"]


def test_march_is_30_days_and_23_hours() -> None:
    march = period(Grain.MONTH, SPRING, NEW_YORK)

    assert march.to_at - march.from_at == timedelta(days=30, hours=23)


def test_csv_parquet_and_manifest_agree(office: Office) -> None:
    """Rows, SHA-256, schema version and revision are what the files are."""
    office.keep(record("c-1", agent="a-mia"), record("c-2"))
    office.build(CONTACTS)

    folder = f"exports/{CONTACTS}/dt=2026-03-08/r1/"
    manifest = json.loads(office.objects.bodies[f"{folder}manifest.json"])

    assert (manifest["revision"], manifest["provisional"]) == (1, False)
    assert manifest["schemaVersion"] == definitions()[CONTACTS].schema_version
    assert {"csv", "parquet"} <= {file["format"] for file in manifest["files"]}
    for file in manifest["files"]:
        body = office.objects.bodies[folder + file["name"]]
        assert (file["rows"], file["sha256"]) == (2, hashlib.sha256(body).hexdigest())


def test_the_two_o_clock_that_does_not_exist_comes_once_at_three(office: Office) -> None:
    """On 8 March 02:00 is skipped: 03:00 in New York is 07:00Z. The 6th was due before."""
    published = passes(office, "2026-03-08T05:00", "2026-03-08T12:00")

    assert [(when, run.day, run.revision) for when, run in published] == [
        (at("2026-03-08T05:00"), date(2026, 3, 6), 1),
        (at("2026-03-08T07:00"), date(2026, 3, 7), 1),
    ]


def test_the_half_past_one_that_comes_twice_is_taken_once() -> None:
    """On 1 November 01:30 is 05:30Z and again 06:30Z."""
    published = passes(an_office(time(1, 30)), "2026-11-01T04:00", "2026-11-01T12:00")

    assert [(when, run.day, run.revision) for when, run in published] == [
        (at("2026-11-01T04:00"), date(2026, 10, 30), 1),
        (at("2026-11-01T05:30"), date(2026, 10, 31), 1),
    ]


def test_three_triggers_make_revision_1_and_a_record_at_nine_revision_2(office: Office) -> None:
    """With the rows that changed; and revision 1 stays as it was, to the byte."""
    office.keep(record("c-1", agent="a-mia"))
    office.subscribes("fay@acme.example", reports=[CONTACTS])
    for _ in range(3):
        office.works()
    first = dict(office.objects.bodies)
    assert {key.split("/r")[1][0] for key in first if "manifest" in key} == {"1"}
    office.at = at("2026-03-09T13:00")  # nine in New York
    office.keep(record("c-2", waited=90))

    office.works()

    sealed = office.exports.manifest(CONTACTS, SUNDAY, 2)
    assert sealed is not None
    assert sealed.changed_rows is not None
    assert [(c.kind, c.key["contact_id"]) for c in sealed.changed_rows] == [
        (ChangeKind.ADDED, "c-2")
    ]
    assert {key: office.objects.bodies[key] for key in first} == first
    assert len(office.post.emails) == 2


def test_a_writer_that_dies_half_way_leaves_nothing_and_the_next_run_repairs(
    office: Office,
) -> None:
    """Every write of a build is tried in tests/services/test_report_kills.py; here is one."""
    office.keep(record("c-1"))
    office.objects.dies_at = lambda key: key.endswith(".parquet")
    with pytest.raises(Exception, match="parquet"):
        office.works()
    office.objects.dies_at = lambda key: False
    half = [view.state for view in office.catalog.of("2026-03-08")]
    office.at += timedelta(minutes=7)

    office.works()

    assert "published" not in half
    assert [(v.state, v.revision) for v in office.catalog.of("2026-03-08")] == [("published", 1)]


def test_a_bucket_that_denies_alerts_within_15_minutes_and_is_late(office: Office) -> None:
    """Due at 02:00, told at 02:15, with the reason; and over when the bucket takes it."""
    office.build(CONTACTS, SUNDAY - timedelta(days=1))
    office.objects.denied.add("exports/")
    office.at = at("2026-03-09T06:00")
    with pytest.raises(Unavailable):
        office.works()

    office.at += QUARTER
    office.clock.tick()

    states = {view.state: view.reason for view in office.catalog.newest() if view.day == SUNDAY}
    (alert,) = office.alerts.recent(office.at)
    assert set(states) == {"late", "failed"}
    assert all("AccessDenied" in (reason or "") for reason in states.values())
    assert (alert.kind, alert.at) == (AlertKind.REPORT_LATE, at("2026-03-09T06:15"))
    office.objects.denied.clear()
    office.works()
    assert office.alerts.recent(office.at) == []


def test_a_formula_in_a_name_is_neutralised(office: Office) -> None:
    """A spreadsheet that opens the file runs nothing."""
    office.keep(record("c-1", agent="a-mia", disposition='=HYPERLINK("http://x","Pay")'))

    (row,) = office.csv(office.build(CONTACTS))

    assert row["disposition"] == '\'=HYPERLINK("http://x","Pay")'


TEXTS = (
    "a,b;c\td",
    'she said "no"',
    "line one\nline two\r\nline three",
    "Tiếng Việt: đã giải quyết",
    "العربية: تم الحل",
    "中文：已解决",
    "émoji 🎧 and a\u2028separator",
)


@pytest.fixture
def texts(office: Office) -> dict[str, str]:
    """Dispositions that somebody wrote in any language, by contact."""
    told = {f"c-{n}": text for n, text in enumerate(TEXTS)}
    office.keep(*(record(name, agent="a-mia", disposition=t) for name, t in told.items()))
    return told


def test_every_language_survives_the_round_trip(
    office: Office, texts: dict[str, str], tmp_path: Path
) -> None:
    """Comma, quote, newline, Vietnamese, Arabic, Chinese: in the CSV and in Parquet."""
    run = office.build(CONTACTS)
    assert run.manifest is not None
    name = run.manifest.file("parquet").name
    (tmp_path / "a.parquet").write_bytes(
        office.objects.bodies[f"exports/{CONTACTS}/dt=2026-03-08/r1/{name}"]
    )

    rows = duckdb.sql(f"SELECT contact_id, disposition FROM '{tmp_path / 'a.parquet'}'").fetchall()

    assert {row["contact_id"]: row["disposition"] for row in office.csv(run)} == texts
    assert dict(rows) == texts


def test_a_day_without_contacts_has_a_header_and_a_manifest(office: Office) -> None:
    """Not silence."""
    office.works()

    run = office.runs.of_day(CONTACTS, SUNDAY)[0]
    assert run.manifest is not None
    assert {file.rows for file in run.manifest.files} == {0}
    name = run.manifest.file("csv").name
    body = office.objects.bodies[f"exports/{CONTACTS}/dt=2026-03-08/r1/{name}"]
    assert body.startswith(b"day,contact_id") or body.startswith(b"contact_id")
    assert body.endswith(b"\r\n")
    assert body.count(b"\r\n") == 1


def test_a_schedule_is_deleted_in_one_step(office: Office) -> None:
    """The delivery by one call; the report itself with its one file, and nothing is late then."""
    office.subscribes("fay@acme.example", reports=[CONTACTS])
    office.deliveries.withdraw("finance")
    office.keep(record("c-1"))
    office.works()
    without = Office(known={})
    without.runs.runs = office.runs.runs
    without.at = office.at + timedelta(days=2)

    without.clock.tick()

    assert (office.delivered(), office.post.emails) == ([], [])
    assert (without.requests.asked, without.catalog.newest()) == ([], [])
