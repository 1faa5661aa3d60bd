"""Reports of periods that outgrew the function: Athena counts them, and nothing is different."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.adapters.warehouse.athena_sql import DATASETS
from chalicelib.core.civil_day import Grain, name_of, read_day
from tests.journeys.center import Center, from_reports_queue

pytestmark = pytest.mark.journey

ON_ATHENA = {name for name, each in definitions().items() if each.dataset in DATASETS}


def test_no_report_says_another_thing_when_athena_counts_it(center: Center) -> None:
    """What says the same makes no revision: were a byte of a CSV file another, there would be one.
    The function asks with its own rights, of tables that its own template made."""
    reports = Reports(center)
    for grain in Grain:
        reports.build(grain)
    before, asked = reports.revisions(), set(reports.queries())

    with reports.everything_is_large():
        for grain in Grain:
            reports.build(grain)

    new = [each for each in reports.queries() if each not in asked]
    assert ON_ATHENA <= set(before)
    assert before == reports.revisions()
    assert len(ON_ATHENA) == len(new)
    assert {"SUCCEEDED"} == {reports.state(each) for each in new}


class Reports:
    """The report function, of the oldest day on which contacts ended: nothing happens there."""

    def __init__(self, center: Center) -> None:
        self._center = center
        self._function = center.facts["functions"]["report"]
        self._lambda, self._athena = center.aws("lambda"), center.aws("athena")
        found = center.aws("s3").list_objects_v2(
            Bucket=center.facts["buckets"]["lake"], Prefix="records/", Delimiter="/"
        )
        oldest = min(each["Prefix"] for each in found["CommonPrefixes"])
        self.day = read_day(oldest.removeprefix("records/dt=").removesuffix("/"))

    def build(self, grain: Grain) -> None:
        """As a message of its queue asks for it."""
        message = {"day": self.day.isoformat(), "grain": grain.value}
        answer = self._lambda.invoke(
            FunctionName=self._function, Payload=from_reports_queue(message)
        )
        assert {"batchItemFailures": []} == json.loads(answer["Payload"].read())

    @contextmanager
    def everything_is_large(self) -> Iterator[None]:
        """From the first byte on it is Athena who counts; afterwards as it was deployed."""
        before = self._variables()
        self._configure({**before, "ATHENA_ABOVE_MB": "0"})
        try:
            yield
        finally:
            self._configure(before)

    def revisions(self) -> dict[str, int]:
        """The newest of each report."""
        found: dict[str, int] = {}
        for grain in Grain:
            period = name_of(grain, self.day)
            for run in self._center.get(f"/v1/reports/{period}", role="finance")["runs"]:
                name, revision = run["report"], run["revision"] or 0
                found[name] = max(found.get(name, 0), revision)
        return found

    def queries(self) -> list[str]:
        group = self._variables()["ATHENA_WORKGROUP"]
        found: list[str] = self._athena.list_query_executions(WorkGroup=group)["QueryExecutionIds"]
        return found

    def state(self, query_id: str) -> str:
        execution = self._athena.get_query_execution(QueryExecutionId=query_id)
        told: str = execution["QueryExecution"]["Status"]["State"]
        return told

    def _variables(self) -> dict[str, Any]:
        told = self._lambda.get_function_configuration(FunctionName=self._function)
        variables: dict[str, Any] = told["Environment"]["Variables"]
        return variables

    def _configure(self, variables: dict[str, Any]) -> None:
        self._lambda.update_function_configuration(
            FunctionName=self._function, Environment={"Variables": variables}
        )
