"""Amazon Connect's GetMetricDataV2: stock botocore at our doors, in process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.historical_metrics import METRIC_IDS, WITHIN
from chalicelib.services.metric_history import CountedHistory
from tests.core.records import NOON, record
from tests.entrypoints.test_connect_api import Machines, Stock
from tests.house import House
from tests.services.counting import FormulaTotals

SINCE, UNTIL = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
RECORDS = (
    record("c-1", waited=10, agent="a-mia", talked=100, wrapped=20),
    record("c-2", waited=30, agent="a-ben", talked=50, missed_by=["a-mia"]),
    record("c-3", waited=4, at=NOON + timedelta(minutes=20)),
    record("c-4", queue="Sales", waited=15, agent="a-mia"),
    record("c-5", queue=None),
)


@pytest.fixture(scope="module")
def stock() -> Stock:
    """One for all tests: making a client takes half a second."""
    return Stock()


@pytest.fixture
def connect(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> Stock:
    serve(monkeypatch, RECORDS)
    return stock


def serve(monkeypatch: pytest.MonkeyPatch, records: Sequence[ContactRecord]) -> None:
    """The API of a center of which these records are known; it is two hours past noon."""
    house = House()
    built = {
        "center_store": house.center,
        "metric_history": CountedHistory(FormulaTotals(records)),
        "machines": Machines(),
        "now": UNTIL,
    }
    for name, service in built.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)


def asked(**change: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "ResourceArn": "arn:aws:connect:us-east-1:000000000000:instance/i-1",
        "StartTime": SINCE,
        "EndTime": UNTIL,
        "Filters": [{"FilterKey": "QUEUE", "FilterValues": ["q-Support", "q-Sales"]}],
        "Metrics": [{"Name": "CONTACTS_QUEUED"}],
    }
    return known | change


def values(result: Any) -> dict[str, float | None]:
    return {each["Metric"]["Name"]: each.get("Value") for each in result["Collections"]}


def within(name: str, comparison: str, seconds: float) -> dict[str, Any]:
    return {
        "Name": name,
        "Threshold": [{"Comparison": comparison, "ThresholdValue": seconds}],
    }


def test_without_groupings_there_is_one_summary(connect: Stock) -> None:
    """Four came to a line; the fifth never did, and is in no queue's numbers."""
    (result,) = connect.get_metric_data_v2(**asked())["MetricResults"]

    assert {} == result["Dimensions"]
    assert "TOTAL" == result["MetricInterval"]["Interval"]
    assert (SINCE, UNTIL) == tuple(result["MetricInterval"][n] for n in ("StartTime", "EndTime"))
    assert {"CONTACTS_QUEUED": 4.0} == values(result)


def test_groups_have_their_ids_and_metrics_their_words(connect: Stock) -> None:
    """By queue and channel; what was asked of a metric is told with its number."""
    metric = within("SERVICE_LEVEL", "LTE", 10) | {
        "MetricFilters": [
            {
                "MetricFilterKey": "INITIATION_METHOD",
                "MetricFilterValues": ["INBOUND"],
                "Negate": False,
            }
        ]
    }

    found = connect.get_metric_data_v2(
        **asked(Groupings=["QUEUE", "CHANNEL"], Metrics=[metric, {"Name": "AVG_ABANDON_TIME"}])
    )["MetricResults"]

    told = {each["Dimensions"]["QUEUE"]: values(each) for each in found}
    assert {
        "q-Sales": {"SERVICE_LEVEL": 0.0, "AVG_ABANDON_TIME": None},
        "q-Support": {"SERVICE_LEVEL": 66.67, "AVG_ABANDON_TIME": 4.0},
    } == told
    assert {"VOICE"} == {each["Dimensions"]["CHANNEL"] for each in found}
    assert metric == found[0]["Collections"][0]["Metric"]
    assert "Value" not in found[0]["Collections"][1]


def test_less_than_is_not_less_than_or_equal(connect: Stock) -> None:
    """Who waited exactly ten seconds counts for LTE 10 and not for LT 10."""
    metrics = [within("SUM_CONTACTS_ANSWERED_IN_X", how, 10) for how in ("LTE", "LT")]

    (result,) = connect.get_metric_data_v2(**asked(Metrics=metrics))["MetricResults"]

    assert [1.0, 0.0] == [each["Value"] for each in result["Collections"]]


def test_an_offer_counts_for_the_agent_who_missed_it(connect: Stock) -> None:
    """Mia missed one, and answered two; whoever never answered has no agent."""
    metrics = [{"Name": n} for n in ("AGENT_NON_RESPONSE", "CONTACTS_HANDLED", "AGENT_ANSWER_RATE")]

    found = connect.get_metric_data_v2(**asked(Groupings=["AGENT"], Metrics=metrics))

    told = {each["Dimensions"].get("AGENT"): values(each) for each in found["MetricResults"]}
    assert {
        None: {"AGENT_NON_RESPONSE": 0, "CONTACTS_HANDLED": 0, "AGENT_ANSWER_RATE": None},
        "a-ben": {"AGENT_NON_RESPONSE": 0, "CONTACTS_HANDLED": 1, "AGENT_ANSWER_RATE": 100.0},
        "a-mia": {"AGENT_NON_RESPONSE": 1, "CONTACTS_HANDLED": 2, "AGENT_ANSWER_RATE": 66.67},
    } == told


def test_queues_and_agents_go_by_arn_too(connect: Stock) -> None:
    arn = "arn:aws:connect:us-east-1:000000000000:instance/i-1"
    filters = [
        {"FilterKey": "QUEUE", "FilterValues": [f"{arn}/queue/q-Support"]},
        {"FilterKey": "AGENT", "FilterValues": [f"{arn}/agent/a-mia"]},
        {"FilterKey": "CHANNEL", "FilterValues": ["VOICE"]},
        {"FilterKey": "ROUTING_PROFILE", "FilterValues": ["p-1"]},
    ]

    (result,) = connect.get_metric_data_v2(**asked(Filters=filters))["MetricResults"]

    assert {"CONTACTS_QUEUED": 1.0} == values(result)


def test_intervals_come_in_order_and_in_pages(connect: Stock) -> None:
    """Two hours are eight quarters, each with its number, three to a page."""
    wanted = asked(Interval={"IntervalPeriod": "FIFTEEN_MIN", "TimeZone": "America/New_York"})
    results: list[Any] = []
    more: dict[str, Any] = {}

    while not results or more:
        answer = connect.get_metric_data_v2(**wanted, **more, MaxResults=3)
        results += answer["MetricResults"]
        more = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}

    begins = [each["MetricInterval"]["StartTime"] for each in results]
    assert [SINCE + timedelta(minutes=15 * n) for n in range(8)] == begins
    counts = [values(each)["CONTACTS_QUEUED"] for each in results]
    assert [0, 0, 0, 0, 3, 1, 0, 0] == counts


def test_every_metric_is_served(connect: Stock) -> None:
    """All at once; each has a number, but those with nothing to divide by."""
    metrics = [within(n, "LT", 20) if n in WITHIN else {"Name": n} for n in METRIC_IDS]

    (result,) = connect.get_metric_data_v2(**asked(Metrics=metrics))["MetricResults"]

    nothing = [name for name, value in values(result).items() if value is None]
    assert ["AVG_HOLD_TIME"] == nothing  # nobody was put on hold


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Metrics": [{"Name": "LUCK"}]}, "LUCK"),
        ({"Metrics": [{"Name": "AGENT_OCCUPANCY"}]}, "AGENT_OCCUPANCY"),
        ({"Metrics": [{"Name": "SERVICE_LEVEL"}]}, "Threshold"),
        ({"Metrics": [within("SERVICE_LEVEL", "GT", 20)]}, "'GT' is none of LT, LTE"),
        ({"Metrics": [within("SERVICE_LEVEL", "LT", 1.5)]}, "1.5"),
        ({"Metrics": [within("SERVICE_LEVEL", "LT", 0)]}, "ThresholdValue"),
        ({"Metrics": [{"MetricId": "m-1"}]}, "by Name"),
        ({"Metrics": [{"Name": "CONTACTS_QUEUED", "MetricFilters": [{}]}]}, "MetricFilterKey"),
        (
            {
                "Metrics": [
                    {
                        "Name": "CONTACTS_QUEUED",
                        "MetricFilters": [{"MetricFilterKey": "INITIATION_METHOD"}],
                    }
                ]
            },
            "MetricFilterValues",
        ),
        ({"Filters": [{"FilterKey": "FEATURE", "FilterValues": ["x"]}]}, "'FEATURE' is none of"),
        ({"Filters": []}, "at least"),
        ({"Filters": asked()["Filters"] * 2}, "twice"),
        (
            {"Filters": [{"FilterKey": "QUEUE", "StringCondition": {"Comparison": "NOT_EXISTS"}}]},
            "StringCondition",
        ),
        ({"Groupings": ["FEATURE"]}, "'FEATURE' is none of"),
        ({"Groupings": ["QUEUE"] * 5}, "Groupings"),
        ({"Interval": {"IntervalPeriod": "MONTH"}}, "'MONTH' is none of"),
        ({"Interval": {"TimeZone": "Mars/Olympus"}}, "Mars/Olympus"),
        ({"StartTime": UNTIL}, "StartTime"),
        ({"EndTime": datetime(2099, 1, 1, tzinfo=UTC)}, "EndTime"),
        ({"NextToken": "x"}, "NextToken"),
        ({"NextToken": "WyJNZXRyaWNSZXN1bHRzIiwgLTVd"}, "NextToken"),
        ({"MaxResults": 101}, "MaxResults"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    connect: Stock, change: dict[str, Any], said: str
) -> None:
    """With the name and value of what is wrong, in the error that boto3 knows."""
    refused = connect.error("get_metric_data_v2", **asked(**change))

    assert "InvalidParameterException" == refused["Code"]
    assert said in refused["Message"]


def test_another_instance_is_not_found(connect: Stock) -> None:
    refused = connect.error("get_metric_data_v2", **asked(ResourceArn="arn:x/elsewhere"))

    assert {
        "Code": "ResourceNotFoundException",
        "Message": "no instance 'arn:x/elsewhere'",
    } == refused
