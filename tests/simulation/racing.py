"""The same workload, raced for real: handlers in threads, the tables in MiniStack behind HTTP.

The seed gives people their characters and no more: who meets whom is the machine's doing. What the
simulation cannot show may show here: a client that is shared, answers as an emulator gives them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from heapq import heappop
from pathlib import Path
from random import Random
from threading import Condition, Lock, RLock, local
from time import monotonic
from typing import Any

import boto3
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.cloud import ACCOUNT, REGION, SECRET
from infra.local.laptop import Laptop
from tests.simulation.cloud import Cloud
from tests.simulation.dynamo import Dynamo, Kwargs, Row, Write
from tests.simulation.faults import Call, Kind, Mishap
from tests.simulation.scheduler import Crash, Scheduler, Task
from tests.simulation.simulation import HANDLERS, Plan, Result, Run, completed
from tests.simulation.wiring import TABLES

THREADS = 16
_ROOT = Path(__file__).resolve().parents[2]
# Virtual seconds in a real one. Handlers take 0.05 to 0.2 s on two cores, which is then nearly as
# long as people hesitate, so that their acts meet; offers still last 5 s, five times the slowest.
_SPEED = 4.0
_SPREAD = 0.8  # virtual seconds between customers
_READS = frozenset({"GetItem", "BatchGetItem", "Query"})
_WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}


def race(endpoint: str, *, customers: int, agents: int, seed: int = 1) -> Result:
    """On the emulator at this address. Counts what the simulation does, and `races lost`,
    `handlers at once`: how often somebody else had been faster, how many were under way."""
    plan = Plan(
        seed=seed,
        steps=sys.maxsize,
        agents=agents,
        customers=customers,
        wildness=1,
        off=frozenset({*Kind, Mishap.STALE}),  # nothing but the race goes wrong at a call
    )
    with tables_in(endpoint) as client:
        run = _Race(plan, client)
        result = completed(run)
    counts = result.counts.copy()
    counts["races lost"], counts["handlers at once"] = run.tables.races_lost, run.threads.most
    return replace(result, counts=counts)


@contextmanager
def emulator() -> Iterator[str]:
    """The address of one that nobody else uses."""
    laptop = Laptop(_ROOT / ".local" / "race")
    try:
        yield laptop.up_emulator()
    finally:
        laptop.down()


# --- threads --------------------------------------------------------------------------------------


class Threads(Scheduler):
    """The scheduler's door, with handlers in threads behind it, on a clock that runs by itself.

    The thread that calls `run` does what is nobody's worker's, and whatever does so holds `hub`. A
    write to the tables holds `writing`; who needs both takes that one first.
    """

    def __init__(self, random: Random, *, skew_seconds: float) -> None:
        self.hub, self.writing = RLock(), Lock()
        self.most = 0  # handlers under way at once
        self._here = local()
        self._news = Condition(self.hub)
        self._under_way = 0
        self._failed: list[BaseException] = []  # of our own making, not a handler's
        self._is_closed = False
        super().__init__(random, skew_seconds=skew_seconds, step_seconds=0.0)
        self._pool = ThreadPoolExecutor(THREADS, "handler")

    @property
    def current(self) -> Task | None:
        """What this very thread runs."""
        return getattr(self._here, "task", None)

    @current.setter
    def current(self, task: Task | None) -> None:
        self._here.task = task

    @property
    def clock(self) -> float:
        return (monotonic() - self._zero) * _SPEED

    @clock.setter
    def clock(self, seconds: float) -> None:
        self._zero = monotonic() - seconds / _SPEED

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        with self.hub:
            super().after(seconds, act)
            self._news.notify()

    def start(
        self,
        function: str,
        label: str,
        act: Callable[[], Any],
        then: Callable[[Task], None] = lambda task: None,
        *,
        seconds: float = 60.0,
    ) -> Task:
        with self.hub:
            return super().start(function, label, act, then, seconds=seconds)

    def _begin(self, task: Task) -> None:
        if not self._is_closed:
            self._pool.submit(self._handle, task).add_done_callback(self._noticed)

    def _handle(self, task: Task) -> None:
        with self.hub:
            self.step += 1
            late = self.clock - task.started_at  # it has waited for a thread
            task.started_at, task.deadline = task.started_at + late, task.deadline + late
            task.started_step = task.looked_step = self.step
            task.looked_at = self.true_time + task.worker.skew
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        self.current = task
        self._run(task)
        self.current = None
        # What is judged now must not be a write behind what the handler may have read.
        with self.writing, self.hub:
            self._under_way -= 1
            self._finish(task)
            self._news.notify()

    def _noticed(self, future: Future[None]) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            with self.hub:
                self._failed.append(error)
                self._news.notify()

    def pause(self) -> None:
        task = self.current
        if task is None:
            return
        with self.hub:
            self.step += 1
        if task.is_doomed:
            raise Crash
        if self.clock > task.deadline:
            self.die("its time is over")

    def run(self, *, until: Callable[[], bool]) -> None:
        """While nobody has anything to do the clock jumps: nobody could tell."""
        with self.hub:
            while not until():
                if self._failed:
                    raise self._failed[0]
                seconds = self._heap[0][0] - self.clock if self._heap else None
                if seconds is not None and seconds <= 0:
                    heappop(self._heap)[2]()
                elif not self.is_quiet:
                    self._news.wait(None if seconds is None else seconds / _SPEED)
                elif seconds is not None:
                    self.clock = self._heap[0][0]
                else:
                    return

    def close(self) -> None:
        with self.hub:
            self._is_closed = True
            self._heap.clear()
            for pool in self._workers.values():
                for worker in pool:
                    if worker.task is not None:
                        worker.task.is_doomed = True
        self._pool.shutdown(cancel_futures=True)


class _Cloud(Cloud):
    """What it does is hub's work, whichever thread asks for it; the tables alone are raced for."""

    def __init__(self, *parts: Any, threads: Threads, handlers: Mapping[str, Any]) -> None:
        super().__init__(*parts, handlers=handlers)
        self._hub = threads.hub

    def ask(self, call: Call, act: Callable[[], Any]) -> Any:
        with self._hub:
            return super().ask(call, act)

    def bring_back_the_dead(self) -> None:
        with self._hub:
            super().bring_back_the_dead()


# --- tables ---------------------------------------------------------------------------------------


class Disagreement(Exception):
    """The emulator did something else than the simulation's tables would have."""


class MiniStack(Dynamo):
    """Tables in the emulator. Those in this process are their mirror, for whoever watches; what
    they would have done is compared, so that the simulation can be believed.

    One write at a time, and what it wrote is read before the next, so that watchers hear of all of
    them whole and in order. No interleaving is lost by that: the emulator does one request after
    another anyhow, to its end, on the one thread of its event loop. Reads go in between at will.
    """

    def __init__(self, client: Any, threads: Threads) -> None:
        super().__init__(TABLES)
        self.races_lost = 0
        self._client, self._threads = client, threads

    def call(self, operation: str, kwargs: Kwargs) -> dict[str, Any]:
        if operation in _READS:
            return self._asked(operation, kwargs)
        with self._threads.writing:
            foreseen = [self._planned(verb, part) for verb, part in _parts(operation, kwargs)]
            try:
                answer = self._asked(operation, kwargs)
            except ClientError as error:
                self._refused(error, foreseen)
                raise
            self._done([write for write, _ in foreseen if write.old is not write.new])
            if not all(holds for _, holds in foreseen):
                raise Disagreement(f"conditions of {_said(foreseen)} held, and should not have")
        return answer

    def _done(self, foreseen: list[Write]) -> None:
        images = self._images([write.row for write in foreseen])
        writes = [write._replace(new=images.get(write.row)) for write in foreseen]
        with self._threads.hub:
            self._threads.step += 1
            self._apply(writes)
        if writes != foreseen:
            raise Disagreement(f"{foreseen} was to be written, and there is {writes}")

    def _refused(self, error: ClientError, foreseen: list[tuple[Write, bool]]) -> None:
        """A contact or a desk of another version: somebody else had been faster."""
        reasons = error.response.get("CancellationReasons", ())
        codes = [reason["Code"] for reason in reasons] or [error.response["Error"]["Code"]]
        refused = [code.startswith("ConditionalCheckFailed") for code in codes]
        if refused != [not holds for _, holds in foreseen]:
            raise Disagreement(f"{error} for {_said(foreseen)}") from error
        self.races_lost += any(not holds and write.row[2] == "state" for write, holds in foreseen)

    def _images(self, rows: list[Row]) -> dict[Row, Any]:
        wanted: dict[str, Any] = {}
        for table, pk, sk in rows:
            keys = wanted.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"]
            keys.append({"pk": {"S": pk}, "sk": {"S": sk}})
        answer = self._asked("BatchGetItem", {"RequestItems": wanted}) if wanted else {}
        if answer.get("UnprocessedKeys"):
            raise Disagreement("the emulator has left keys unread, and the mirror would be wrong")
        return {
            (table, item["pk"]["S"], item["sk"]["S"]): item
            for table, items in answer.get("Responses", {}).items()
            for item in items
        }

    def _asked(self, operation: str, kwargs: Kwargs) -> dict[str, Any]:
        answer: dict[str, Any] = self._client._make_api_call(operation, kwargs)
        return answer


def _parts(operation: str, kwargs: Kwargs) -> list[tuple[str, Kwargs]]:
    """What it asks of each row."""
    if operation in _WRITES:
        return [(_WRITES[operation], kwargs)]
    return [part for each in kwargs["TransactItems"] for part in each.items()]


def _said(foreseen: list[tuple[Write, bool]]) -> str:
    return ", ".join(f"{write.row} {'right' if holds else 'refused'}" for write, holds in foreseen)


@contextmanager
def tables_in(endpoint: str) -> Iterator[Any]:
    """A client of the emulator, where our tables are there and empty."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key=SECRET,
        # One try: a write that the client tried again would be two, of which the mirror hears once.
        config=Config(
            max_pool_connections=THREADS + 1,
            read_timeout=60,
            retries={"total_max_attempts": 1},
        ),
    )
    _drop(client)  # those of a race that was killed
    for name, definition in _definitions().items():
        client.create_table(TableName=name, **definition)
    try:
        yield client
    finally:
        _drop(client)
        client.close()


def _drop(client: Any) -> None:
    for name in set(TABLES) & set(client.list_tables()["TableNames"]):
        client.delete_table(TableName=name)


class _Loader(yaml.SafeLoader):
    """Leaves CloudFormation's functions undone."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: node.value)


def _definitions() -> dict[str, dict[str, Any]]:
    """The product's own, under the names that the wiring gives; their streams are ours."""
    template = yaml.load((_ROOT / "infra" / "resources.yaml").read_text(), _Loader)
    tables = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource.get("Type") == "AWS::DynamoDB::Table"
    ]
    found = {
        table["TableName"].removeprefix("${AWS::StackName}-").replace("-", "_"): {
            name: table[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema")
        }
        for table in tables
    }
    return {name: found[name] for name in TABLES}


# --- the race -------------------------------------------------------------------------------------


class _Race(Run):
    def __init__(self, plan: Plan, client: Any) -> None:
        self._client = client
        super().__init__(plan)
        self._spread = _SPREAD

    def _new_scheduler(self, step_seconds: float) -> Scheduler:
        self.threads = Threads(Random(f"{self.plan.seed}:scheduler"), skew_seconds=2.0)
        return self.threads

    def _new_tables(self, page_rows: int) -> Dynamo:
        self.tables = MiniStack(self._client, self.threads)
        return self.tables

    def _new_cloud(self, dice: Random) -> Cloud:
        parts = self.dynamo, self.scheduler, self.faults, dice
        return _Cloud(*parts, threads=self.threads, handlers=HANDLERS)


__all__ = ["THREADS", "emulator", "race"]
