"""Athena is waited for no longer than agreed, and its reasons are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.warehouse.athena_queries import AthenaFailed, AthenaQueries
from tests.fakes.objects import InMemoryObjectStore

QUEUES, AGENTS = "SELECT queues", "SELECT agents"
BOTH = {"daily-queues": QUEUES, "daily-agents": AGENTS}


class Scripted:
    """Athena, whose queries go through these states, one at each look."""

    def __init__(
        self, states: Mapping[str, Sequence[str]], *, reason: str = "", bucket: str = "acme"
    ) -> None:
        self._states = {query: list(some) for query, some in states.items()}
        self._reason = reason
        self._bucket = bucket
        self.asked: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def start_query_execution(self, **asked: Any) -> dict[str, str]:
        if asked["QueryString"] not in self._states:
            error = {"Code": "InvalidRequestException", "Message": "mismatched input"}
            raise ClientError({"Error": error}, "StartQueryExecution")  # type: ignore[typeddict-item]
        self.asked.append(asked)
        return {"QueryExecutionId": asked["QueryString"]}

    def get_query_execution(self, *, QueryExecutionId: str) -> dict[str, Any]:
        states = self._states[QueryExecutionId]
        status = {"State": states.pop(0) if len(states) > 1 else states[0]}
        if self._reason:
            status["StateChangeReason"] = self._reason
        name = QueryExecutionId.removeprefix("SELECT ")
        result = {"OutputLocation": f"s3://{self._bucket}/answers/{name}.csv"}
        return {"QueryExecution": {"Status": status, "ResultConfiguration": result}}

    def stop_query_execution(self, *, QueryExecutionId: str) -> None:
        self.stopped.append(QueryExecutionId)


class Clock:
    """Seconds that pass while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def answered(*keys: str) -> InMemoryObjectStore:
    """A bucket in which these answers lie, each beside what describes it."""
    objects = InMemoryObjectStore()
    for key in keys:
        objects.put(key, b"", content_type="text/csv")
        objects.put(f"{key}.metadata", b"", content_type="text/plain")
    return objects


def queries(athena: Scripted, objects: InMemoryObjectStore, clock: Clock) -> AthenaQueries:
    return AthenaQueries(
        athena,
        objects,
        workgroup="trunkline-reports",
        database="trunkline_lake",
        clock=clock.now,
        sleep=clock.sleep,
        patience_seconds=60,
    )


def test_statements_run_side_by_side_in_their_workgroup() -> None:
    """The second begins before the first has ended; the limits are the workgroup's."""
    athena = Scripted({QUEUES: ["QUEUED", "RUNNING", "SUCCEEDED"], AGENTS: ["SUCCEEDED"]})
    clock = Clock()
    objects = answered("answers/queues.csv", "answers/agents.csv")

    found = queries(athena, objects, clock).answers(BOTH)

    assert {
        "daily-queues": "answers/queues.csv",
        "daily-agents": "answers/agents.csv",
    } == found
    assert [QUEUES, AGENTS] == [asked["QueryString"] for asked in athena.asked]
    assert {"trunkline-reports"} == {asked["WorkGroup"] for asked in athena.asked}
    assert [{"Database": "trunkline_lake"}] * 2 == [
        asked["QueryExecutionContext"] for asked in athena.asked
    ]
    assert (2.0, []) == (clock.seconds, athena.stopped)


def test_an_answer_in_a_folder_of_its_name_is_found() -> None:
    """There the emulator puts it."""
    athena = Scripted({QUEUES: ["SUCCEEDED"]})
    objects = answered("answers/queues.csv/queues.csv")

    found = queries(athena, objects, Clock()).answers({"daily-queues": QUEUES})

    assert {"daily-queues": "answers/queues.csv/queues.csv"} == found


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_athenas_reason_is_told_and_the_others_are_stopped(state: str) -> None:
    """Whoever mends it reads which report, which query, and why; nobody pays for the rest."""
    athena = Scripted(
        {QUEUES: ["RUNNING"], AGENTS: ["RUNNING", state]}, reason="Bytes scanned limit was exceeded"
    )

    with pytest.raises(AthenaFailed) as failed:
        queries(athena, answered(), Clock()).answers(BOTH)

    assert f"report daily-agents: query {AGENTS} {state}: Bytes scanned limit" in str(failed.value)
    assert QUEUES in athena.stopped


def test_a_query_that_does_not_end_is_given_up() -> None:
    """The function has five minutes: the queue brings the report again."""
    athena = Scripted({QUEUES: ["RUNNING"], AGENTS: ["SUCCEEDED"]})
    clock = Clock()

    with pytest.raises(AthenaFailed, match="reports daily-queues: no answer after 60 s"):
        queries(athena, answered("answers/agents.csv"), clock).answers(BOTH)

    assert 60.0 == clock.seconds
    assert [QUEUES] == athena.stopped


def test_a_statement_that_athena_does_not_take_is_told() -> None:
    """What was begun before it is stopped."""
    athena = Scripted({QUEUES: ["RUNNING"]})

    with pytest.raises(AthenaFailed, match="report daily-agents: .*mismatched input"):
        queries(athena, answered(), Clock()).answers(BOTH)

    assert [QUEUES] == athena.stopped


def test_an_answer_elsewhere_or_nowhere_is_no_empty_report() -> None:
    """A workgroup that was changed by hand is noticed."""
    one = {"daily-queues": QUEUES}

    with pytest.raises(AthenaFailed, match="not under 's3://acme/'"):
        queries(Scripted({QUEUES: ["SUCCEEDED"]}, bucket="other"), answered(), Clock()).answers(one)
    with pytest.raises(AthenaFailed, match="0 answers at 's3://acme/answers/queues.csv'"):
        queries(Scripted({QUEUES: ["SUCCEEDED"]}), answered(), Clock()).answers(one)
