"""A worker that is killed at any write of a report leaves nothing that lies, and the next one makes
the report whole: built, delivered, told of once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamo.shared import Row
from chalicelib.core.civil_day import civil_day
from chalicelib.services.report_ports import Table
from tests.core.records import record
from tests.services.killing import FAY, KNOWN, REPORT, WRITES, Killed, Workshop, lend
from tests.services.reporting import SUNDAY, Office


@pytest.fixture(scope="module")
def tables() -> Iterator[Sequence[Table]]:
    """Counted once by the real warehouse."""
    office = Office()
    office.keep(record("c-1", agent="a-mia"), record("c-2", waited=90))
    day = civil_day(SUNDAY, "America/New_York")
    with office.warehouse.tables([KNOWN[REPORT]], day) as counted:
        yield counted


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setattr(Row, "_clients", [])
    return Workshop(lend)


def dies(workshop: Workshop, tables: Sequence[Table], at: int, *, is_after: bool) -> None:
    workshop.axe.at, workshop.axe.is_after = at, is_after
    with pytest.raises(Killed):
        workshop.works(tables)
    workshop.axe.at = None
    assert len(workshop.axe.done) == at + is_after


def nothing_lies(workshop: Workshop) -> None:
    """What has a manifest has every file that it names, as it names them; and what finance is shown
    as published has one."""
    bodies = workshop.objects.bodies
    for key in [key for key in bodies if key.endswith("manifest.json")]:
        folder = key.removesuffix("manifest.json")
        for file in json.loads(bodies[key])["files"]:
            assert hashlib.sha256(bodies[folder + file["name"]]).hexdigest() == file["sha256"]
    for view in workshop.catalog().of("2026-03-08"):
        sealed = workshop.exports.manifest(view.report, SUNDAY, view.revision or 0)
        assert view.state != "published" or sealed is not None
        assert view.files == () or sealed is not None


def test_a_report_that_nobody_disturbs_writes_these_and_no_more(
    workshop: Workshop, tables: Sequence[Table]
) -> None:
    """A write that is added stands in the list, or nobody tries to die there."""
    workshop.works(tables)

    assert tuple(workshop.axe.done) == WRITES


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(len(WRITES)), ids=WRITES)
def test_whoever_is_killed_leaves_no_lie_and_the_next_run_repairs(
    workshop: Workshop, tables: Sequence[Table], at: int, is_after: bool
) -> None:
    """Once the dead worker's claims have run out all is there as if nothing had happened, and the
    e-mail has come once; twice only where nobody could know that it was out."""
    dies(workshop, tables, at, is_after=is_after)
    nothing_lies(workshop)
    workshop.at += timedelta(minutes=7)

    workshop.works(tables)

    nothing_lies(workshop)
    assert {key.split("/", 1)[0] for key in workshop.objects.bodies} == {"exports", "deliveries"}
    assert len(workshop.objects.bodies) == 8
    (view,) = [v for v in workshop.catalog().of("2026-03-08") if v.report == REPORT]
    assert (view.state, view.revision) == ("published", 1)
    assert [(told.consumer, told.state) for told in view.deliveries] == [("finance", "delivered")]
    unsure = {WRITES.index(f"send {FAY}") + n for n in (0, 1)}
    was_out = at == min(unsure) and is_after or at == max(unsure) and not is_after
    assert len(workshop.post.emails) == (2 if was_out else 1)


def test_a_worker_that_comes_too_early_changes_nothing(
    workshop: Workshop, tables: Sequence[Table]
) -> None:
    """The dead one may still be writing, for all that anybody knows."""
    dies(workshop, tables, 3, is_after=False)
    before = dict(workshop.objects.bodies)

    with pytest.raises(Exception, match="is not free"):
        workshop.works(tables)

    assert workshop.objects.bodies == before


def test_workers_that_die_one_after_the_other_get_there(
    workshop: Workshop, tables: Sequence[Table]
) -> None:
    """Each begins where it finds things, and lives a little longer than the one before."""
    for lives in range(0, 2 * len(WRITES), 3):
        workshop.axe.at, workshop.axe.is_after = len(workshop.axe.done) + lives, True
        try:
            workshop.works(tables)
        except Killed:
            nothing_lies(workshop)
            workshop.at += timedelta(minutes=7)
        else:
            break

    (view,) = [v for v in workshop.catalog().of("2026-03-08") if v.report == REPORT]
    assert [(told.consumer, told.state) for told in view.deliveries] == [("finance", "delivered")]
