"""Scenario 36, in reports: time lies where it passed, whatever comes twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import pytest

from tests.core.records import random_records, record
from tests.core.shifts import PAID, a_day
from tests.services.reporting import Office

TEN = datetime.fromisoformat("2026-03-08T10:00-04:00")


@pytest.fixture
def office() -> Office:
    return Office()


def shown(office: Office, report: str) -> list[dict[str, str]]:
    return office.csv(office.build(report))


def test_a_call_from_05_23_to_06_15_is_7_30_and_15_minutes_and_one_contact(
    office: Office,
) -> None:
    """It counts where it ended, and the column says so; its seconds lie where they passed."""
    ended_at = datetime.fromisoformat("2026-03-08T06:15-04:00")
    office.keep(record(at=ended_at, agent="a-mia", talked=52 * 60))

    agents = shown(office, "interval-agents")

    assert [(row["interval"][11:16], row["contact_seconds"], row["handled"]) for row in agents] == [
        ("09:00", str(7 * 60), "0"),  # 05:00 in New York
        ("09:30", str(30 * 60), "0"),
        ("10:00", str(15 * 60), "1"),
    ]
    assert [row["contacts"] for row in shown(office, "interval-queues")] == ["1"]


def test_told_twice_and_out_of_order_the_numbers_are_the_same(office: Office) -> None:
    """Contacts and shifts alike."""
    chance, records = Random(36), random_records(Random(36), 100)
    shift = a_day((-2_880, PAID), (-2_400, None))  # on Sunday from 09:00 to 17:00
    twice = Office()
    office.keep(*records)
    twice.keep(*chance.choices(records, k=50), *chance.sample(records, 100))
    for event in shift:
        office.days.keep([event])
    for event in [*reversed(shift), *shift]:
        twice.days.keep([event])

    for report in ("daily-queues", "interval-queues", "interval-agents", "daily-time-cards"):
        assert shown(office, report) == shown(twice, report) != []


def test_no_average_is_one_of_averages(office: Office) -> None:
    """9 contacts of 10 s and one of 110 s are 20 s in the month, though two days say 10 and 110."""
    office.keep(*(record(f"c-{n}", agent="a-mia", talked=10, at=TEN) for n in range(9)))
    office.keep(record("c-9", agent="a-mia", talked=110, at=TEN + timedelta(days=1)))

    (month,) = office.csv(office.build("monthly-queues", date(2026, 3, 1)))

    assert month["average_handle_time"] == "20.00"


def test_every_contact_went_one_way(office: Office) -> None:
    """Inbound, outbound, callback and internal are all contacts, half hour by half hour."""
    office.keep(*random_records(Random(36), 300))

    for report in ("daily-queues", "interval-queues"):
        for row in shown(office, report):
            ways = ("inbound", "outbound", "callback", "internal")
            assert sum(int(row[way]) for way in ways) == int(row["contacts"])


def test_nothing_to_divide_by_is_an_empty_cell(office: Office) -> None:
    """A queue in which everybody gave up has no speed of answer, and not one of 0 s."""
    office.keep(record(waited=30))

    (queue,) = shown(office, "daily-queues")

    assert (queue["average_speed_of_answer"], queue["service_level_of_handled"]) == ("", "")
    assert queue["service_level_of_offered"] == "0.00"
