"""A definition is read whole, or refused by field and value."""

from __future__ import annotations

from datetime import time

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain
from chalicelib.core.dataset import ColumnType
from chalicelib.core.errors import Rejected
from chalicelib.core.report import Dataset, Format, Role
from chalicelib.core.report_definition import read

PLAIN = {
    "dataset": "contacts",
    "keys": [{"day": "period"}, "queue_id"],
    "columns": ["queue_name", {"offered": "contacts_queued"}, "abandonment_rate"],
}


def test_keys_fields_and_metrics_are_told_apart() -> None:
    """And have the types of what they are."""
    found = read("daily", PLAIN)

    assert [(c.name, c.source, c.role, c.type) for c in found.columns] == [
        ("day", "period", Role.KEY, ColumnType.DAY),
        ("queue_id", "queue_id", Role.KEY, ColumnType.TEXT),
        ("queue_name", "queue_name", Role.DETAIL, ColumnType.TEXT),
        ("offered", "contacts_queued", Role.METRIC, ColumnType.WHOLE),
        ("abandonment_rate", "abandonment_rate", Role.METRIC, ColumnType.DECIMAL),
    ]


def test_what_is_not_said_has_a_meaning() -> None:
    """A day, due at two in the center's zone, as CSV and Parquet, of all rows."""
    found = read("daily", PLAIN)

    assert (found.grain, found.due, found.zone) == (Grain.DAY, time(2), None)
    assert found.formats == (Format.CSV, Format.PARQUET)
    assert (found.where.counted_by, found.where.fields) == ((), {})
    assert (found.title, found.schema_version) == ("daily", 1)


def test_a_month_is_called_by_text() -> None:
    """`2026-03` is no date."""
    found = read("monthly", {**PLAIN, "period": "month"})

    assert found.columns[0].type is ColumnType.TEXT


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"dataset": "calls"}, "dataset", "calls"),
        ({"dataset": None}, "dataset", None),
        ({"period": "fortnight"}, "period", "fortnight"),
        ({"zone": "Mars/Olympus"}, "zone", "Mars/Olympus"),
        ({"due": "25:00"}, "due", "25:00"),
        ({"interval_minutes": 7}, "interval_minutes", 7),
        ({"formats": ["csv", "docx"]}, "formats", "docx"),
        ({"formats": "csv"}, "formats", "csv"),
        ({"formats": ["parquet"]}, "formats", ["parquet"]),
        ({"keys": []}, "keys", []),
        ({"keys": ["contacts"]}, "column contacts", "contacts"),
        ({"columns": ["customer_name"]}, "column customer_name", "customer_name"),
        ({"columns": [{"n": "contacts"}, {"n": "contacts_queued"}]}, "columns", "n"),
        ({"columns": [{'n" FROM x': "contacts"}]}, "columns", 'n" FROM x'),
        ({"where": {"customer_name": ["Ana"]}}, "where", "customer_name"),
        ({"where": {"counted_by": ["abandonment_rate"]}}, "where.counted_by", "abandonment_rate"),
        ({"where": ["contacts"]}, "where", ["contacts"]),
        ({"settles_days": 32}, "settles_days", 32),
        ({"settles_days": True}, "settles_days", True),
        ({"schema_version": 0}, "schema_version", 0),
        ({"schema_version": True}, "schema_version", True),
        ({"colums": []}, "field", "colums"),
    ],
)
def test_what_cannot_be_counted_is_refused_by_field_and_value(
    change: dict[str, object], field: str, value: object
) -> None:
    """When it is read, and not in the night in which it is due."""
    with pytest.raises(Rejected) as refused:
        read("daily", {**PLAIN, **change})

    assert (refused.value.field, refused.value.value) == (field, value)
    assert "report daily" in str(refused.value)


@pytest.mark.parametrize("document", [None, [], "daily"])
def test_a_file_that_is_no_mapping_is_refused(document: object) -> None:
    """An empty file, for one."""
    with pytest.raises(Rejected, match="is no mapping"):
        read("daily", document)


def test_the_built_in_reports_are_read() -> None:
    """By day, half hour, month, quarter and year."""
    found = definitions()

    assert {each.grain for each in found.values()} == set(Grain)
    assert {each.dataset for each in found.values()} == set(Dataset)
    assert all(each.title != each.name for each in found.values())
