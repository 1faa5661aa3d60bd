"""Scenario 36: numbers that mean one thing, on the screen, in the API and in the download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.adapters.warehouse import DuckDbWarehouse
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.historical_metrics import Dimension
from chalicelib.core.ids import AgentId
from chalicelib.core.interval_figures import Counted, contacts, newest, talk_seconds
from chalicelib.core.intervals import Grid
from chalicelib.core.metrics import CONTACTS
from chalicelib.services.metric_history import CountedHistory
from tests.core.records import NOON, record
from tests.core.test_metrics import a_day_of_100_queued
from tests.entrypoints.test_connect_api import Machines, Stock
from tests.house import House
from tests.services.counting import VALUES, random_history, told_again
from tests.services.reporting import MONDAY_MORNING, SUNDAY, Office

ZONE = "America/New_York"
MIDNIGHT = datetime.fromisoformat("2026-03-08T00:00-05:00")
NEXT_MIDNIGHT = datetime.fromisoformat("2026-03-09T00:00-04:00")
CALL = record(  # from 05:23 to 06:15
    "c-long", at=datetime.fromisoformat("2026-03-08T06:15-04:00"), agent="a-mia", talked=52 * 60
)
FIGURES = {  # of the daily report, by Connect's names
    "offered": "CONTACTS_QUEUED",
    "service_level_connect": "SERVICE_LEVEL",
    "abandoned": "CONTACTS_ABANDONED",
    "abandonment_rate": "ABANDONMENT_RATE",
    "average_speed_of_answer": "AVG_QUEUE_ANSWER_TIME",
    "average_handle_time": "AVG_HANDLE_TIME",
}


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Stock()


class Center:
    """Finance's office, and the same lake behind Amazon Connect's API for stock boto3."""

    def __init__(self, connect: Stock) -> None:
        self.office = Office(ZONE)
        self._connect = connect

    def keeps(self, records: Sequence[ContactRecord]) -> None:
        self.office.keep(*records)

    def asks(self, *metrics: str, **change: Any) -> list[Any]:
        """Everything of the Sunday, with a threshold of 20 s."""
        threshold = [{"Comparison": "LTE", "ThresholdValue": 20}]
        known = {
            "ResourceArn": "arn:aws:connect:us-east-1:000000000000:instance/i-1",
            "StartTime": MIDNIGHT,
            "EndTime": NEXT_MIDNIGHT,
            "Filters": [{"FilterKey": "QUEUE", "FilterValues": list(VALUES[Dimension.QUEUE])}],
            "Metrics": [
                {"Name": name, **({"Threshold": threshold} if name == "SERVICE_LEVEL" else {})}
                for name in metrics
            ],
        }
        found: list[Any] = self._connect.get_metric_data_v2(**(known | change))["MetricResults"]
        return found

    def download(self, report: str = "daily-queues") -> list[dict[str, str]]:
        return self.office.csv(self.office.build(report, SUNDAY))


@pytest.fixture
def center(stock: Stock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Center:
    found = Center(stock)
    duck = DuckDbWarehouse(found.office.lake, found.office.ledger, scratch=str(tmp_path), threads=1)
    built = {
        "center_store": House().center,
        "metric_history": CountedHistory(duck),
        "machines": Machines(),
        "now": MONDAY_MORNING,
    }
    for name, service in built.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)
    return found


def values(result: Any) -> list[float | None]:
    return [each.get("Value") for each in result["Collections"]]


def the_day() -> list[ContactRecord]:
    """100 queued on one day, each a contact of its own."""
    return [
        replace(each, contact_id=type(each.contact_id)(f"c-{n}"))
        for n, each in enumerate(a_day_of_100_queued())
    ]


def test_four_service_levels_stand_under_their_own_ids(center: Center) -> None:
    """78.00, 80.41, 82.00 and 86.67 % of one day; Connect's name has Connect's formula."""
    day = the_day()
    center.keeps(day)

    (result,) = center.asks("SERVICE_LEVEL", "CONTACTS_QUEUED")

    assert [82.0, 100.0] == values(result)
    shown = {
        name: str(CONTACTS.evaluate(name, day)) for name in CONTACTS.metrics if "service_" in name
    }
    assert {
        "service_level_of_offered": "78.00",
        "service_level_without_short_abandons": "80.41",
        "service_level_connect": "82.00",
        "service_level_of_handled": "86.67",
    } == shown
    (row,) = center.download()
    assert shown == {name: row[name] for name in shown}


def test_the_call_counts_once_and_its_time_where_it_passed(center: Center) -> None:
    """7 minutes in 05:00, 30 in 05:30, 15 in 06:00; the contact in 06:00, in which it ended."""
    center.keeps([CALL])
    half_hours = {"IntervalPeriod": "THIRTY_MIN", "TimeZone": ZONE}

    results = center.asks(
        "CONTACTS_HANDLED", Interval=half_hours, EndTime=MIDNIGHT + timedelta(hours=9)
    )

    begins = [e["MetricInterval"]["StartTime"] for e in results if values(e) == [1.0]]
    assert [datetime.fromisoformat("2026-03-08T06:00-04:00")] == begins
    grid = Grid(30, ZONE)
    minutes = {
        grid.label(each)[11:16]: seconds // 60
        for (agent, each), seconds in talk_seconds([CALL], grid).items()
        if agent == AgentId("a-mia")
    }
    assert {"05:00": 7, "05:30": 30, "06:00": 15} == minutes
    for counted, label in ((Counted.WHERE_IT_BEGAN, "05:00"), (Counted.WHERE_IT_ENDED, "06:00")):
        (interval,) = contacts([CALL], grid, counted)
        assert label == grid.label(interval)[11:16]


@pytest.mark.parametrize("seed", range(3))
def test_the_screen_is_the_download_to_the_last_digit(center: Center, seed: int) -> None:
    """Records told twice, out of order and after their own news; a figure of the API is the cell
    of the report."""
    chance = Random(seed)
    center.keeps(told_again(chance, random_history(chance, 120)))

    results = center.asks(*FIGURES.values(), Groupings=["QUEUE", "CHANNEL"])

    shown = {(e["Dimensions"]["QUEUE"], e["Dimensions"]["CHANNEL"]): values(e) for e in results}
    downloaded = {
        (row["queue_id"], row["channel"]): [
            float(row[name]) if row[name] else None for name in FIGURES
        ]
        for row in center.download()
        if row["queue_id"]
    }
    assert downloaded == shown


def test_every_contact_goes_one_way(center: Center) -> None:
    """Inbound, outbound, callback and internal add up to all of them."""
    history = random_history(Random(8), 150)
    center.keeps(told_again(Random(9), history))
    ended = [each for each in newest(history) if MIDNIGHT <= each.disconnected_at < NEXT_MIDNIGHT]

    rows = center.download()

    ways = ("inbound", "outbound", "callback", "internal")
    assert len(ended) == sum(int(row["contacts"]) for row in rows)
    assert len(ended) == sum(int(row[way]) for row in rows for way in ways)


def test_nothing_to_divide_by_is_empty_and_not_zero(center: Center) -> None:
    """A day on which nobody came has no service level, in the API and in the file."""
    center.keeps([record("c-menu", queue=None, at=NOON)])

    (result,) = center.asks("SERVICE_LEVEL", "CONTACTS_QUEUED", "AVG_HANDLE_TIME")

    assert [None, 0.0, None] == values(result)
    (row,) = center.download()
    assert ["0", "", ""] == [row[n] for n in ("offered", "abandonment_rate", "average_handle_time")]
