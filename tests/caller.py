"""Acme for tests of the engine: what its flows find there, and a customer who calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Self

from chalicelib.core.flow import PublishedFlow, QueueView
from chalicelib.core.flow_tools.center import ARN, Center
from chalicelib.core.flow_tools.rehearsal import Rehearsal
from chalicelib.core.hours import Config, Day, HoursOfOperation
from chalicelib.core.ids import FlowId, HoursId, QueueId
from flows.files import CENTER, read_center, read_flows

FLOWS = Path(__file__).parents[1] / "flows"
MONDAY_MORNING = datetime(2026, 3, 2, 14, tzinfo=UTC)  # 09:00 in New York
SUNDAY_NOON = datetime(2026, 3, 1, 17, tzinfo=UTC)
OFFICE = HoursOfOperation(
    hours_id=HoursId("office"),
    name="Office",
    time_zone="America/New_York",
    config=tuple(Config(day, time(9), time(17)) for day in list(Day)[:5]),
)


@dataclass
class Acme(Center):
    """A practice center whose flows get new versions and are deleted while people call."""

    versions: dict[tuple[FlowId, int], PublishedFlow] = field(default_factory=dict)

    def publish(self, flows: Iterable[PublishedFlow]) -> Self:
        """The newest version counts; contacts under way keep theirs."""
        for flow in flows:
            self.flows[flow.name] = self.versions[flow.flow_id, flow.version] = flow
        return self

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        return self.versions.get((flow_id, version))

    def delete(self, name: str) -> None:
        """Gone, with every version."""
        gone = self.flows.pop(name)
        self.versions = {k: v for k, v in self.versions.items() if k[0] != gone.flow_id}


def acme() -> Acme:
    """Our flows, four queues, office hours, and what functions usually answer."""
    center = Acme(
        invents=False,
        calendars={"Office": OFFICE, "office": OFFICE},
        functions=dict(_practice().functions),
        bots=_practice().bots,
        prompts={"Hello"},
    )
    for name in _practice().queues:
        queue_id = QueueId(f"q-{name.lower()}")
        center.queues[name] = QueueView(queue_id, name, f"{ARN}/queue/{queue_id}", OFFICE.hours_id)
    return center.publish(our_flows())


@cache
def our_flows() -> tuple[PublishedFlow, ...]:
    return tuple(read_flows(sorted(FLOWS.glob("*.json"))))


@cache
def _practice() -> Center:
    return read_center(FLOWS / CENTER)


class Caller(Rehearsal):
    """One customer of Acme."""

    def __init__(self, center: Center | None = None) -> None:
        super().__init__(center or acme(), at=MONDAY_MORNING)

    def rings(
        self,
        flow: str = "Main inbound",
        *,
        number: str = "+12025550199",
        channel: str = "VOICE",
        attributes: Mapping[str, str] | None = None,
    ) -> Self:
        entered = self.center.flow(flow)
        assert entered is not None, f"there is no flow {flow!r}"
        self.begins(entered, number=number, channel=channel, attributes=attributes)
        return self

    def presses(self, keys: str) -> Self:
        assert self.enters(keys), f"nobody asks for keys: {self.state}"
        return self
