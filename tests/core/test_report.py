"""Reports by pure rules: what is a row, what is in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import civil_day
from chalicelib.core.csv_file import neutral
from chalicelib.core.report import (
    KINDS,
    Definition,
    Role,
    Row,
    rows,
)
from tests.core.records import random_records, record

DAY = civil_day(date(2026, 3, 8), "America/New_York")
REPORTS = {
    name: each for name, each in definitions().items() if KINDS[each.dataset].of_records is not None
}
DAILY_AGENTS, DAILY_CONTACTS, DAILY_QUEUES = (
    REPORTS[name] for name in ("daily-agents", "daily-contacts", "daily-queues")
)


def named(definition: Definition, row: Row) -> dict[str, object]:
    return dict(zip(definition.header, row, strict=True))


def test_a_queue_has_one_row_per_channel_with_its_numbers() -> None:
    """Offered, handled, abandoned, missed, speed of answer, handle time, service level."""
    contacts = [
        record("c-1", waited=10, agent="a-mia", talked=100, wrapped=20, missed_by=["a-ben"]),
        record("c-2", waited=31, agent="a-ben", talked=50, wrapped=10),
        record("c-3", waited=90),
    ]

    (row,) = rows(DAILY_QUEUES, DAY, contacts)

    found = named(DAILY_QUEUES, row)
    assert (found["day"], found["queue_name"], found["channel"]) == (
        "2026-03-08",
        "Support",
        "VOICE",
    )
    numbers = [found[name] for name in ("offered", "handled", "abandoned", "missed")]
    assert numbers == [3, 2, 1, 1]
    assert found["average_speed_of_answer"] == Decimal("20.50")
    assert found["average_handle_time"] == Decimal("90.00")
    assert found["service_level_of_offered"] == Decimal("33.33")


def test_an_agent_has_one_row_with_what_rang_and_what_was_taken() -> None:
    """Also an agent who only missed, by name: the offer tells it."""
    contacts = [record("c-1", agent="a-mia", talked=100, wrapped=20, missed_by=["a-ben"])]

    ben, mia = (named(DAILY_AGENTS, row) for row in rows(DAILY_AGENTS, DAY, contacts))

    assert (ben["agent_id"], ben["username"], ben["missed"]) == ("a-ben", "ben", 1)
    assert (mia["username"], mia["handled"], mia["handle_seconds"]) == ("mia", 1, 120)
    assert (ben["answer_rate"], mia["answer_rate"]) == (Decimal("0.00"), Decimal("100.00"))


def test_a_contact_counts_in_the_day_in_which_it_ended() -> None:
    """Begun on Saturday, ended on Sunday: Sunday's; the next midnight is Monday's."""
    first, last = DAY.from_at, DAY.to_at - timedelta(seconds=1)
    contacts = [
        record("before", at=first - timedelta(seconds=1)),
        record("first", at=first, waited=3600),
        record("last", at=last),
        record("after", at=DAY.to_at),
    ]

    found = [
        named(DAILY_CONTACTS, row)["contact_id"] for row in rows(DAILY_CONTACTS, DAY, contacts)
    ]

    assert found == ["first", "last"]


def test_all_contacts_are_in_the_queues_report_even_without_a_queue() -> None:
    """Rows add up to all contacts, so that no call is missing from the bill."""
    contacts = random_records(Random(7), 300)
    ended = [c for c in contacts if DAY.holds(c.disconnected_at)]

    found = [named(DAILY_QUEUES, row)["contacts"] for row in rows(DAILY_QUEUES, DAY, contacts)]

    assert sum(n for n in found if isinstance(n, int)) == len(ended)


def test_missed_means_the_same_in_every_report() -> None:
    """What the queues missed is what their agents missed, and it says how."""
    contacts = random_records(Random(11), 300)
    queues = [named(DAILY_QUEUES, row) for row in rows(DAILY_QUEUES, DAY, contacts)]
    agents = [named(DAILY_AGENTS, row) for row in rows(DAILY_AGENTS, DAY, contacts)]

    def total(table: list[dict[str, object]], *names: str) -> int:
        return sum(int(str(row[name])) for row in table for name in names)

    assert total(queues, "missed") == total(agents, "missed") > 0
    assert total(agents, "missed") == total(agents, "timed_out", "rejected", "withdrawn")
    assert total(queues, "handled") == total(agents, "handled")
    assert total(queues, "handle_seconds") == total(agents, "handle_seconds")


def test_the_order_of_records_changes_nothing() -> None:
    """Records are listed in any order; the file is the same to the byte."""
    contacts = random_records(Random(8), 200)
    shuffled = Random(9).sample(contacts, len(contacts))

    for definition in REPORTS.values():
        assert rows(definition, DAY, contacts) == rows(definition, DAY, shuffled)


def test_rows_stand_in_the_order_of_their_keys() -> None:
    """So that two revisions can be laid side by side."""
    contacts = random_records(Random(10), 200)

    for definition in REPORTS.values():
        found = rows(definition, DAY, contacts)
        keys = [[neutral(str(row[n])) for n in definition.keys] for row in found]
        assert keys == sorted(keys)
        assert len(found) == len({tuple(key) for key in keys})


def test_every_column_of_a_report_has_a_source() -> None:
    """A metric that is not defined is found here and not in the night."""
    for definition in REPORTS.values():
        catalogue = KINDS[definition.dataset].metrics
        metrics = [c.source for c in definition.columns if c.role is Role.METRIC]
        assert set(metrics) <= set(catalogue.metrics)
        assert len(set(definition.header)) == len(definition.columns)


def test_a_day_without_contacts_has_no_rows() -> None:
    """Nothing happened, and nothing is made up."""
    empty = civil_day(datetime(2026, 1, 1, tzinfo=UTC).date(), "UTC")

    assert [rows(definition, empty, [record()]) for definition in REPORTS.values()] == [
        [] for _ in REPORTS
    ]
