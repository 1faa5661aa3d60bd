"""Statements that Athena runs, and where in their bucket the answers lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.services.ports import ObjectStore

_OVER = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})


class AthenaFailed(Exception):
    """Athena refused a statement, gave it up, or took too long; the message has its reason."""


class AthenaQueries:
    """Runs statements side by side in one workgroup, which also says where answers go.

    `clock` in seconds from anywhere, `sleep` waits so many of them; `patience_seconds`, together
    with what comes after the answers, must fit into the function's time.
    """

    def __init__(
        self,
        client: Any,
        objects: ObjectStore,
        *,
        workgroup: str,
        database: str,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        patience_seconds: float = 180,
        pause_seconds: float = 1,
    ) -> None:
        self._client = client
        self._objects = objects
        self._workgroup = workgroup
        self._database = database
        self._clock = clock
        self._sleep = sleep
        self._patience = patience_seconds
        self._pause = pause_seconds

    def answers(self, statements: Mapping[str, str]) -> Mapping[str, str]:
        """The key of each statement's answer in the bucket, a CSV file, by the statement's name.

        AthenaFailed when one of them has none; the others are stopped then, for they cost money.
        """
        found: dict[str, str] = {}
        running: dict[str, str] = {}
        deadline = self._clock() + self._patience
        try:
            for name, statement in statements.items():
                running[name] = self._start(name, statement)
            while running:
                for name, query_id in list(running.items()):
                    place = self._place(name, query_id)
                    if place is not None:
                        found[name] = self._key(place)
                        del running[name]
                if running:
                    self._wait(running, deadline)
        finally:
            for query_id in running.values():
                self._client.stop_query_execution(QueryExecutionId=query_id)
        return found

    def _start(self, name: str, statement: str) -> str:
        try:
            started = self._client.start_query_execution(
                QueryString=statement,
                QueryExecutionContext={"Database": self._database},
                WorkGroup=self._workgroup,
            )
        except ClientError as error:
            raise AthenaFailed(f"report {name}: Athena did not begin: {error}") from error
        query_id: str = started["QueryExecutionId"]
        return query_id

    def _place(self, name: str, query_id: str) -> str | None:
        """Where Athena says the answer is; None while there is none."""
        execution = self._client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        status = execution["Status"]
        if status["State"] not in _OVER:
            return None
        if status["State"] != "SUCCEEDED":
            reason = status.get("StateChangeReason", "no reason given")
            raise AthenaFailed(f"report {name}: query {query_id} {status['State']}: {reason}")
        place: str = execution["ResultConfiguration"]["OutputLocation"]
        return place

    def _wait(self, running: Mapping[str, str], deadline: float) -> None:
        if self._clock() >= deadline:
            raise AthenaFailed(
                f"reports {', '.join(running)}: no answer after {self._patience:g} s"
                f" (queries {', '.join(running.values())})"
            )
        self._sleep(self._pause)

    def _key(self, place: str) -> str:
        """The emulator puts the file into a folder of the name that Athena gives the file."""
        ours = f"s3://{self._objects.bucket}/"
        if not place.startswith(ours):
            raise AthenaFailed(f"the answer is at {place!r} and not under {ours!r}")
        there = self._objects.list(place.removeprefix(ours))
        answers = [info.key for info in there if info.key.endswith(".csv")]
        if len(answers) != 1:
            raise AthenaFailed(f"{len(answers)} answers at {place!r}")
        return answers[0]
