"""What happened, in plain words, as far as it concerns what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tests.simulation.dynamo import Write
from tests.simulation.faults import Faults
from tests.simulation.invariants import Violation
from tests.simulation.scheduler import Scheduler, Task


@dataclass(frozen=True)
class Line:
    seconds: float
    text: str
    about: frozenset[str]
    task: str


class Story:
    """Keeps what was written and which workers died; `is_told` False: keeps nothing."""

    def __init__(self, scheduler: Scheduler, faults: Faults, *, is_told: bool) -> None:
        self._scheduler, self._faults = scheduler, faults
        self._is_told = is_told
        self._lines: list[Line] = []

    def written(self, writes: list[Write]) -> None:
        if not self._is_told:
            return
        for write in writes:
            table, pk, sk = write.row
            if write.new is None or "document" not in write.new:
                continue
            if table == "contacts" and sk.startswith("facts#"):
                for fact in msgspec.json.decode(write.new["document"]["S"]):
                    said, about = _fact(fact["event"])
                    if said:
                        self._add(f"{_called(pk)} {said}", pk, *about)
            elif table == "routing" and sk == "state" and pk.startswith("agent#"):
                self._agent(write)

    def _agent(self, write: Write) -> None:
        agent = msgspec.json.decode(write.new["document"]["S"])  # type: ignore[index]  # not None
        held = ", ".join(f"{_called(s['contact_id'])} {s['state'].lower()}" for s in agent["slots"])
        status = agent["status"]["name"]
        then = f", then {agent['next_status']['name']}" if agent["next_status"] else ""
        away = ", away" if agent["is_away"] else ""
        said = f"{agent['agent_id']} (version {agent['version']}) is {status}{then}{away}"
        self._add(f"{said}; has {held or 'nothing'}", agent["agent_id"])

    def died(self, task: Task, why: str) -> None:
        if self._is_told:
            self._add(f"the worker dies: {why}")

    def _add(self, text: str, *about: str) -> None:
        task = self._scheduler.current
        who = f"{task.worker.name} ({task.label})" if task else "outside"
        self._lines.append(Line(self._scheduler.clock, text, frozenset(about), who))

    def told(self, violations: Sequence[Violation]) -> list[str]:
        """The lines about what the first violation is about, and the faults of whoever acted."""
        if not self._is_told or not violations:
            return []
        first = violations[0]
        about = set(first.about)
        lines = [line for line in self._lines if not about or line.about & about]
        tasks = {line.task for line in lines}
        deaths = [line for line in self._lines if not line.about and line.task in tasks]
        faults = [
            Line(f.seconds, f"{f.call or 'it'} {f.kind}", frozenset(), f.task)
            for f in self._faults.happened
            if any(f.task and f"({f.task})" in task for task in tasks)
        ]
        ordered = sorted([*lines, *deaths, *faults], key=lambda line: line.seconds)
        told = [f"{line.seconds:8.2f} s  {line.task}: {line.text}" for line in ordered]
        return [*told[-80:], f"{first.seconds:8.2f} s  {first}"]


def _called(contact_id: str) -> str:
    return f"contact {contact_id}"


def _fact(event: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The fact as a predicate, and whom else it is about."""
    match event["type"]:
        case "ContactInitiated":
            return f"begins ({event['channel']})", ()
        case "ContactQueued":
            return f"waits in {event['queue_name']}, priority {event['priority']}", ()
        case "ContactOffered":
            return f"is offered to {event['agent_id']} as {event['offer_id']}", (event["agent_id"],)
        case "OfferEnded":
            return f"stops ringing at {event['agent_id']}: {event['outcome']}", (event["agent_id"],)
        case "ContactConnected":
            return f"is answered by {event['agent_id']}", (event["agent_id"],)
        case "ContactDisconnected":
            return f"is over: {event['reason']}", ()
        case "ContactCompleted":
            return "is complete", ()
        case "ContactRanked":
            return f"has priority {event['priority']} since {event['ranked_at']}", ()
        case "AfterContactWorkEnded":
            return "is wrapped up", (event["agent_id"],)
    return "", ()
