"""What of a report's file is shown on a screen."""

from __future__ import annotations

import pytest

from chalicelib.core.dataset import ColumnType
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.report import Role
from chalicelib.services.report_preview import SHOWN_AT_MOST, PreviewColumn
from tests.core.records import record
from tests.services.reporting import SUNDAY, Office

DAY = SUNDAY.isoformat()


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_preview_has_the_cells_of_the_file(office: Office) -> None:
    """To the last digit: what is on the screen is what finance downloads."""
    office.keep(record("c-1"), record("c-2"))
    run = office.build()

    found = office.previews.preview("daily-queues", DAY)

    names = [column.name for column in found.columns]
    assert office.csv(run) == [dict(zip(names, row, strict=True)) for row in found.rows]
    assert (found.title, found.row_count, found.revision) == ("Queues, by day", 1, 1)


def test_columns_say_what_they_are(office: Office) -> None:
    """So that a chart knows what to draw over what."""
    office.build()

    columns = {each.name: each for each in office.previews.preview("daily-queues", DAY).columns}

    assert columns["queue_id"] == PreviewColumn("queue_id", ColumnType.TEXT, Role.KEY)
    assert columns["queue_name"].role is Role.DETAIL
    assert columns["abandonment_rate"] == PreviewColumn(
        "abandonment_rate", ColumnType.DECIMAL, Role.METRIC
    )


def test_an_empty_day_has_its_columns_and_no_rows(office: Office) -> None:
    """Not silence."""
    office.build()

    found = office.previews.preview("daily-queues", DAY)

    assert (len(found.columns) > 3, list(found.rows), found.row_count) == (True, [], 0)


def test_a_long_file_is_shown_as_far_as_a_screen_goes(office: Office) -> None:
    """And how many rows it really has."""
    office.keep(*(record(f"c-{n}") for n in range(SHOWN_AT_MOST + 20)))
    office.build("daily-contacts")

    found = office.previews.preview("daily-contacts", DAY)

    assert (len(found.rows), found.row_count) == (SHOWN_AT_MOST, SHOWN_AT_MOST + 20)


def test_the_newest_revision_is_shown_with_what_changed_and_older_ones_by_number(
    office: Office,
) -> None:
    """Revision 1 stays what it was."""
    office.keep(record("c-1"))
    office.build()
    office.keep(record("c-2"))
    office.build()

    newest = office.previews.preview("daily-queues", DAY)
    first = office.previews.preview("daily-queues", DAY, "1")

    assert (newest.revision, newest.changed_count) == (2, 1)
    assert newest.changed_rows[0].columns["contacts"] == ("1", "2")
    assert (first.revision, first.changed_count, list(first.changed_rows)) == (1, None, [])


@pytest.mark.parametrize(
    ("report", "period", "revision", "field"),
    [
        ("daily-nonsense", DAY, None, "report"),
        ("daily-queues", "2026-03-07", None, "period"),
        ("daily-queues", DAY, "7", "revision"),
    ],
)
def test_what_is_not_published_is_not_found_by_field(
    office: Office, report: str, period: str, revision: str | None, field: str
) -> None:
    """Field and value say what there is none of."""
    office.build()

    with pytest.raises(NotFound) as refused:
        office.previews.preview(report, period, revision)

    assert field == refused.value.field


@pytest.mark.parametrize(
    ("period", "revision", "field"),
    [
        ("yesterday", None, "period"),
        ("2026-03", None, "period"),  # the report is made for days
        (DAY, "two", "revision"),
        (DAY, "-1", "revision"),
        (DAY, "²", "revision"),
        (DAY, "1234567", "revision"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    office: Office, period: str, revision: str | None, field: str
) -> None:
    """And nothing is read."""
    with pytest.raises(Rejected) as refused:
        office.previews.preview("daily-queues", period, revision)

    assert field == refused.value.field
