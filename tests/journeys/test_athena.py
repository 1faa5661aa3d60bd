"""Reports of a period that outgrew its function: Athena counts them, and nothing is different."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.adapters.warehouse.athena_sql import DATASETS
from chalicelib.core.civil_day import Grain
from tests.journeys.center import Center

pytestmark = pytest.mark.journey

ON_ATHENA = {name for name, each in definitions().items() if each.dataset in DATASETS}


@pytest.fixture
def everything_is_large(center: Center) -> Iterator[None]:
    """From the first byte on Athena counts; afterwards as it was deployed."""
    functions, name = center.aws("lambda"), center.facts["functions"]["report"]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]
    variables = {**before["Variables"], "ATHENA_ABOVE_MB": "0"}
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables}
    )
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment=before)


def test_no_report_of_any_grain_says_another_thing_when_athena_counts_it(
    center: Center, request: pytest.FixtureRequest
) -> None:
    """A report that says the same makes no revision: if Athena differed in a byte of a CSV file,
    there would be one."""
    day = datetime.now(UTC).date().isoformat()
    for grain in Grain:
        build(center, day, grain)
    before = revisions(center, day)
    athena = center.aws("athena")
    asked = {*queries(athena)}
    request.getfixturevalue("everything_is_large")

    for grain in Grain:
        build(center, day, grain)

    new = [each for each in queries(athena) if each not in asked]
    assert before == revisions(center, day)
    assert ON_ATHENA <= set(before)
    assert len(ON_ATHENA) == len(new)
    assert {"SUCCEEDED"} == {state(athena, each) for each in new}


def build(center: Center, day: str, grain: Grain) -> None:
    """By the deployed function, as a message of its queue asks it; while the demo center lives a
    report of today changes at most between two seconds, so it is built until it is quiet."""
    body = json.dumps({"day": day, "grain": grain.value})
    record = {
        "messageId": f"athena-{grain}",
        "receiptHandle": "r",
        "body": body,
        "attributes": {},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:reports",
        "awsRegion": "us-east-1",
    }
    reply = center.aws("lambda").invoke(
        FunctionName=center.facts["functions"]["report"],
        Payload=json.dumps({"Records": [record]}).encode(),
    )
    told = json.loads(reply["Payload"].read())
    assert "FunctionError" not in reply, told
    assert told == {"batchItemFailures": []}


def revisions(center: Center, day: str) -> dict[str, int]:
    """The newest revision of each report of the periods in which the day lies."""
    year, month = day[:4], day[:7]
    quarter = f"{year}-Q{(int(day[5:7]) + 2) // 3}"
    found: dict[str, int] = {}
    for period in (day, month, quarter, year):
        for run in center.get(f"/v1/reports/{period}", role="finance")["runs"]:
            found[run["report"]] = max(found.get(run["report"], 0), run["revision"] or 0)
    return found


def queries(athena: Any) -> list[str]:
    found: list[str] = athena.list_query_executions(MaxResults=50)["QueryExecutionIds"]
    return found


def state(athena: Any, query_id: str) -> str:
    execution = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
    told: str = execution["Status"]["State"]
    return told
