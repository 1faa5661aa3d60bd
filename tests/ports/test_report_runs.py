"""What every ReportRuns promises: one writer per revision, and a published one never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
from chalicelib.adapters.dynamo.tables import ReportRunRow
from chalicelib.core.civil_day import civil_day
from chalicelib.core.errors import Conflict
from chalicelib.core.revision import (
    ChangeKind,
    ExportFile,
    Manifest,
    ReportRun,
    RowChange,
    RunState,
)
from chalicelib.services.report_ports import ReportRuns
from tests.fakes.reporting import InMemoryReportRuns

NOW = datetime(2026, 3, 9, 6, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
DAY = date(2026, 3, 8)


@pytest.fixture(params=["fake", "dynamo"])
def runs(request: pytest.FixtureRequest) -> ReportRuns:
    if request.param == "fake":
        return InMemoryReportRuns()
    request.getfixturevalue("bind_tables")(reports=[ReportRunRow])
    return DynamoReportRuns()


def a_run(number: int = 1, *, day: date = DAY, by: str = "one", **fields: object) -> ReportRun:
    run = ReportRun(
        report="daily-queues",
        day=day,
        revision=number,
        state=RunState.WRITING,
        claimant=by,
        claimed_until=NOW + timedelta(minutes=6),
    )
    return replace(run, **fields)  # type: ignore[arg-type]  # names are checked by replace


def published(run: ReportRun) -> ReportRun:
    manifest = Manifest(
        report=run.report,
        period=civil_day(run.day, "America/New_York"),
        revision=run.revision,
        schema_version=1,
        is_provisional=False,
        files=(ExportFile(name="a.csv", format="csv", rows=2, sha256="0" * 64),),
    )
    return replace(run, state=RunState.PUBLISHED, published_at=NOW, manifest=manifest)


def test_a_revision_has_one_writer(runs: ReportRuns) -> None:
    """Of two triggers at once, one writes."""
    runs.claim(a_run(by="one"), now=NOW)

    with pytest.raises(Conflict):
        runs.claim(a_run(by="two"), now=NOW)
    with pytest.raises(Conflict):
        runs.publish(published(a_run(by="two")))


def test_the_claim_of_a_dead_writer_runs_out(runs: ReportRuns) -> None:
    """The next takes over; should the dead one rise, it finds its claim lost."""
    runs.claim(a_run(by="one"), now=NOW)
    runs.claim(a_run(by="two", claimed_until=LATER), now=NOW + timedelta(minutes=7))

    with pytest.raises(Conflict):
        runs.publish(published(a_run(by="one")))
    runs.publish(published(a_run(by="two")))


def test_a_published_revision_is_never_written_again(runs: ReportRuns) -> None:
    """Not by a claim, not by its own writer, and however late."""
    runs.claim(a_run(), now=NOW)
    runs.publish(published(a_run()))

    with pytest.raises(Conflict):
        runs.claim(a_run(by="two"), now=NOW + timedelta(days=30))
    with pytest.raises(Conflict):
        runs.publish(published(a_run()))


def test_nothing_is_published_without_a_claim(runs: ReportRuns) -> None:
    """A writer that skips the claim could overwrite another's."""
    with pytest.raises(Conflict):
        runs.publish(published(a_run()))


def test_a_revision_that_failed_is_free_at_once_and_says_why(runs: ReportRuns) -> None:
    """The next writer need not wait until the claim runs out; the failed one has lost it."""
    failed = a_run(by="one", state=RunState.FAILED, reason="the bucket denies")
    runs.claim(a_run(by="one"), now=NOW)
    runs.fail(failed)

    assert list(runs.of_day("daily-queues", DAY)) == [failed]
    with pytest.raises(Conflict):
        runs.publish(published(a_run(by="one")))
    runs.claim(a_run(by="two"), now=NOW)
    with pytest.raises(Conflict):
        runs.fail(failed)
    runs.publish(published(a_run(by="two")))


def test_a_run_comes_back_as_it_was_but_for_the_list_of_changes(runs: ReportRuns) -> None:
    """The list may be longer than a row can hold; the manifest in the bucket has it."""
    change = RowChange(kind=ChangeKind.CHANGED, key={"day": "x"}, columns={"a": ("1", "2")})
    done = published(a_run())
    assert done.manifest is not None
    runs.claim(a_run(), now=NOW)
    runs.publish(replace(done, manifest=replace(done.manifest, changed_rows=(change,))))

    assert list(runs.of_day("daily-queues", DAY)) == [done]


def test_runs_are_listed_in_order(runs: ReportRuns) -> None:
    """Of a day oldest first; of a report newest first, and no more than asked for."""
    for number in (1, 2, 10):
        runs.claim(a_run(number), now=NOW)
    runs.claim(a_run(1, day=date(2026, 3, 9)), now=NOW)
    runs.claim(a_run(1, report="daily-agents"), now=NOW)

    of_day = [run.revision for run in runs.of_day("daily-queues", DAY)]
    latest = [(run.day.day, run.revision) for run in runs.latest("daily-queues", limit=3)]

    assert of_day == [1, 2, 10]
    assert latest == [(9, 1), (8, 10), (8, 2)]
