"""Who runs when: handlers as greenlets, switched at every call to the cloud, on one virtual clock.

A handler runs alone until its next call; then the seed decides who goes on. Each handler runs in a
worker, which has caches and a clock of its own and dies with what it holds in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

from tests.given import MONDAY

_MOST_WORKERS = 5  # of one function; then those that are idle are used again
_IDLE_IS_USED = 0.85


class Crash(BaseException):
    """The worker has died: nothing of its handler runs any more, and whatever still tries to, such
    as a `finally`, reaches nobody."""


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"  # an exception left the handler
    DIED = "died"


@dataclass(eq=False)
class Worker:
    """A process that runs one handler at a time and remembers what it has read."""

    name: str
    skew: timedelta
    caches: dict[Any, Any] = field(default_factory=dict)
    task: Task | None = None


@dataclass(eq=False)
class Task:
    """One invocation of a handler."""

    label: str
    worker: Worker
    act: Callable[[], Any]
    then: Callable[[Task], None]
    started_at: float
    started_step: int
    deadline: float
    priority: float
    greenlet: Any = None
    outcome: Outcome | None = None
    result: Any = None
    error: Exception | None = None
    is_doomed: bool = False
    faults: int = 0  # that it met
    looked_step: int = 0  # when it last looked at the counters of queues
    looked_at: datetime = MONDAY  # by its own clock
    is_sweep: bool = False  # it has asked who is there
    races_lost: int = 0  # transactions of its that were cancelled


class Scheduler:
    """`step_seconds`: what a call takes, on average, however many are under way."""

    def __init__(self, random: Random, *, skew_seconds: float, step_seconds: float) -> None:
        self._random = random
        self._skew_seconds = skew_seconds
        self.step_seconds = step_seconds
        self._by_priority = random.random() < 0.3  # else everybody has the same chance
        self._hub = getcurrent()
        self._ready: list[Task] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._workers: dict[str, list[Worker]] = {}
        self._made = 0
        self.outside = Worker("outside", timedelta())
        self.current: Task | None = None
        self.step = 0
        self.clock = 0.0  # seconds since the beginning
        self.latency: Callable[[], float] = lambda: 0.0
        self.on_death: Callable[[Task, str], None] = lambda task, why: None
        self.on_end: Callable[[Task], None] = lambda task: None

    # --- time ---

    @property
    def true_time(self) -> datetime:
        return MONDAY + timedelta(seconds=self.clock)

    def now(self) -> datetime:
        """By the clock of the worker that asks."""
        return self.true_time + self.worker.skew

    @property
    def worker(self) -> Worker:
        return self.current.worker if self.current is not None else self.outside

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """`act` is done by nobody's worker, and makes no calls; it may start handlers."""
        self._count += 1
        heappush(self._heap, (self.clock + max(0.0, seconds), self._count, act))

    # --- handlers ---

    def start(
        self,
        function: str,
        label: str,
        act: Callable[[], Any],
        then: Callable[[Task], None] = lambda task: None,
        *,
        seconds: float = 60.0,
    ) -> Task:
        """An invocation of a Lambda function, which is killed after so many seconds."""
        worker = self._worker_of(function)
        task = Task(
            label=label,
            worker=worker,
            act=act,
            then=then,
            started_at=self.clock,
            started_step=self.step,
            deadline=self.clock + seconds,
            priority=self._random.random(),
        )
        task.looked_step, task.looked_at = self.step, self.true_time + worker.skew
        worker.task = task
        self._begin(task)
        return task

    def _begin(self, task: Task) -> None:
        task.greenlet = greenlet(lambda: self._run(task), self._hub)
        self._ready.append(task)

    def _worker_of(self, function: str) -> Worker:
        pool = self._workers.setdefault(function, [])
        idle = [worker for worker in pool if worker.task is None]
        is_full = len(pool) >= _MOST_WORKERS
        if idle and (is_full or self._random.random() < _IDLE_IS_USED):
            return self._random.choice(idle)
        self._made += 1
        skew = timedelta(seconds=self._random.uniform(-1, 1) * self._skew_seconds)
        worker = Worker(f"{function} {self._made}", skew)
        pool.append(worker)
        return worker

    def _run(self, task: Task) -> None:
        try:
            task.result = task.act()
        except Crash:
            task.is_doomed = True
        except Exception as error:  # noqa: BLE001  # as Lambda does: any handler may fail
            task.error = error
        if task.is_doomed:
            task.outcome = Outcome.DIED
        else:
            task.outcome = Outcome.FAILED if task.error is not None else Outcome.DONE

    def _finish(self, task: Task) -> None:
        worker = task.worker
        worker.task = None
        if task.outcome is Outcome.DIED:
            for pool in self._workers.values():
                if worker in pool:
                    pool.remove(worker)
        self.on_end(task)
        task.then(task)

    # --- calls ---

    def pause(self) -> None:
        """At a call: others may go on before it is made. Crash when the worker dies instead."""
        task = self.current
        if task is None:
            return
        if task.is_doomed:
            raise Crash
        wait = self.latency()
        if wait > 0:
            self.after(wait, lambda: self._ready.append(task))
        else:
            self._ready.append(task)
        self._hub.switch()
        if self.clock > task.deadline:
            self.die("its time is over")

    def die(self, why: str) -> None:
        """The worker that runs now dies."""
        task = self.current
        if task is not None:
            task.is_doomed = True
            self.on_death(task, why)
        raise Crash

    # --- the loop ---

    def run(self, *, until: Callable[[], bool]) -> None:
        """Goes on until then, or until nothing is left to do. Every step is one handler's run from
        one call to the next."""
        while not until():
            while self._heap and self._heap[0][0] <= self.clock:
                heappop(self._heap)[2]()
            if self._ready:
                self._step()
            elif self._heap:
                self.clock = max(self.clock, self._heap[0][0])
            else:
                return

    def _step(self) -> None:
        self.step += 1
        spread = self.step_seconds * (0.2 + 1.6 * self._random.random())
        self.clock += spread / len(self._ready)  # others' calls are under way at the same time
        task = self._picked()
        self.current = task
        task.greenlet.switch()
        self.current = None
        if task.outcome is not None:
            self._finish(task)

    def _picked(self) -> Task:
        ready = self._ready
        if self._by_priority:
            if self._random.random() < 0.02:
                self._random.choice(ready).priority = self._random.random()
            index = max(range(len(ready)), key=lambda i: ready[i].priority)
        else:
            index = int(self._random.random() * len(ready))
        ready[index], ready[-1] = ready[-1], ready[index]
        return ready.pop()

    @property
    def is_quiet(self) -> bool:
        """No handler is in the middle of anything."""
        return not any(worker.task for pool in self._workers.values() for worker in pool)

    def close(self) -> None:
        """Ends what is still under way, so that nothing of it is left in memory."""
        for pool in self._workers.values():
            for worker in pool:
                if worker.task is not None:
                    self.current, worker.task.is_doomed = worker.task, True
                    with suppress(Crash):  # of one that has not even begun
                        worker.task.greenlet.throw(Crash)
        self.current = None
        self._ready.clear()
        self._heap.clear()
