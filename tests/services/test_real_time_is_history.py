"""What supervisors saw at any moment is what the records say afterwards of that moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from random import Random

import pytest

from chalicelib.core.agent_activity import Stretch, read_event, stretches
from chalicelib.core.center import StatusType
from chalicelib.core.contact_record import ContactRecord, QueueStay, fold
from chalicelib.core.errors import Refusal
from chalicelib.core.events import Channel, DisconnectReason
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, QueueId
from chalicelib.core.live import Snapshot, tally
from tests.house import BEN, CLEO, DONE, SALES, SUPPORT, House

type Line = tuple[QueueId, Channel]
NAMES = {BEN: "ben", CLEO: "cleo"}


@dataclass(frozen=True)
class Counts:
    """The center at one moment, in numbers that both ways of counting have."""

    in_line: Counter[Line]
    oldest_at: dict[Line, datetime]
    on_contact: int
    after_contact_work: int
    statuses: Counter[str]


def as_seen(snapshot: Snapshot) -> Counts:
    """By the counters that are kept with the facts, and the agents' rows."""
    seen = tally(snapshot.agents, tuple(Channel))
    there = {(line.queue.queue_id, line.channel): line for line in snapshot.lines}
    statuses = {StatusType.ROUTABLE: seen.staffed, StatusType.CUSTOM: seen.non_productive}
    return Counts(
        in_line=+Counter({key: line.waiting + line.ringing for key, line in there.items()}),
        oldest_at={key: line.oldest_at for key, line in there.items() if line.oldest_at},
        on_contact=seen.on_contact,
        after_contact_work=seen.after_contact_work,
        statuses=+Counter({kind.value: count for kind, count in statuses.items()}),
    )


def as_told(records: Sequence[ContactRecord], work: Sequence[Stretch], at: datetime) -> Counts:
    """By contact records and agent events, when all is over."""
    waited = [
        ((stay.queue_id, record.channel), stay)
        for record in records
        for stay in stays(record)
        if stay.enqueued_at <= at < stay.dequeued_at
    ]
    oldest: dict[Line, datetime] = {}
    for line, stay in waited:
        oldest[line] = min(oldest.get(line, stay.enqueued_at), stay.enqueued_at)
    agents = [record.agent for record in records if record.agent]
    return Counts(
        in_line=Counter(line for line, _ in waited),
        oldest_at=oldest,
        on_contact=len({a.agent_id for a in agents if a.connected_at <= at < a.disconnected_at}),
        after_contact_work=sum(
            a.wrap_up_started_at <= at < a.wrap_up_ended_at
            for a in agents
            if a.wrap_up_started_at and a.wrap_up_ended_at
        ),
        statuses=Counter(w.status.type.value for w in work if w.from_at <= at < w.to_at),
    )


def stays(record: ContactRecord) -> list[QueueStay]:
    return [*record.earlier_queues, *([record.queue] if record.queue else [])]


class Day:
    """Customers and agents at random, and what supervisors saw meanwhile."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.house = House()
        self.known: list[ContactId] = []
        self.seen: list[tuple[datetime, Counts]] = []
        self.signed_in: set[AgentId] = set()
        self.moves: list[Callable[[], None]] = [
            *[self.comes] * 4,
            *[self.is_answered] * 5,
            *[self.hangs_up] * 2,
            self.gives_up,
            self.is_rejected,
            *[self.wraps_up] * 2,
            *[self.changes_status] * 2,
            self.is_moved,
        ]

    def lives(self, steps: int) -> None:
        self.comes()
        for _ in range(steps):
            with suppress(Refusal):
                self.chance.choice(self.moves)()
            self.passes(self.chance.choice((0, 2, 10, 24)))
            self.looks()

    def looks(self) -> None:
        """Between the seconds in which something happens: records know whole seconds."""
        self.house.later(0.5)
        self.seen.append((self.house.at, as_seen(self.house.live.snapshot())))
        self.house.later(0.5)

    def passes(self, seconds: int) -> None:
        """Timers ring at their second."""
        self.house.rings_what_is_due()
        for _ in range(seconds):
            self.house.later(1)
            if any(timer.due_at <= self.house.at for timer in self.house.timers.timers):
                self.house.rings_what_is_due()
        for agent_id in self.signed_in:
            self.house.desk.heartbeat(agent_id, ConnectionId(f"ws-{NAMES[agent_id]}"))
        self.house.streams()

    def comes(self) -> None:
        if self.chance.random() < 0.3:
            self.known.append(self.house.chats("To Sales").contact_id)
        else:
            flow = self.chance.choice(("To Sales", "To Support", "Menu"))
            self.known.append(self.house.rings(flow))

    def is_answered(self) -> None:
        agent_id, contact_id = self.somebody_ringing()
        self.house.answers(agent_id, contact_id)

    def is_rejected(self) -> None:
        agent_id, contact_id = self.somebody_ringing()
        self.house.desk.reject(agent_id, contact_id, self.house.offer_of(contact_id))

    def hangs_up(self) -> None:
        for agent_id in NAMES:
            for slot in self.slots(agent_id)[:1]:
                self.house.desk.hang_up(agent_id, slot)

    def gives_up(self) -> None:
        self.house.desk.end(self.chance.choice(self.known), DisconnectReason.CUSTOMER_DISCONNECT)

    def wraps_up(self) -> None:
        agent_id = self.chance.choice((BEN, CLEO))
        for slot in self.slots(agent_id):
            with suppress(Refusal):
                self.house.desk.complete(agent_id, slot, DONE)

    def changes_status(self) -> None:
        """Who comes chooses a status later: of two in one instant nobody knows which is which."""
        agent_id = self.chance.choice((BEN, CLEO))
        if agent_id not in self.signed_in:
            self.signed_in.add(agent_id)
            self.house.desk.hello(NAMES[agent_id], ConnectionId(f"ws-{NAMES[agent_id]}"), after=0)
        else:
            status = self.chance.choice(("Available", "Available", "Break", "Offline"))
            self.house.desk.set_status(agent_id, status)

    def is_moved(self) -> None:
        queue = self.chance.choice((SALES, SUPPORT))
        contact_id = self.chance.choice(self.known)
        self.house.supervision.move(contact_id, queue=queue, agent=None, by="sue")

    def somebody_ringing(self) -> tuple[AgentId, ContactId]:
        ringing = [(at, c) for c in self.known if (at := self.house.rings_at(c)) is not None]
        if not ringing:
            raise Refusal("nobody rings")
        return self.chance.choice(ringing)

    def slots(self, agent_id: AgentId) -> list[ContactId]:
        agent = self.house.routing_store.agents.get(agent_id)
        return [slot.contact_id for slot in agent.slots] if agent else []

    def ends(self) -> tuple[list[ContactRecord], list[Stretch]]:
        """Everybody goes home: the records of all contacts, and when who was at work."""
        for contact_id in self.known:
            with suppress(Refusal):
                self.house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        self.passes(1)
        for agent_id in NAMES:
            for slot in self.slots(agent_id):
                with suppress(Refusal):
                    self.house.desk.complete(agent_id, slot, DONE)
        self.passes(1)
        arn = self.house.center.center().arn
        records = [fold(self.house.contacts.facts(c), instance_arn=arn) for c in self.known]
        told = [each for event in self.house.agent_stream.events for each in read_event(event)]
        self.chance.shuffle(told)
        complete = [record for record in records if record is not None]
        assert len(complete) == len(self.known)
        return complete, stretches([*told, *told[::2]], until=self.house.at)


@pytest.mark.parametrize("seed", range(12))
def test_what_was_seen_is_what_records_tell(seed: int) -> None:
    """Lines with their oldest, agents on contacts, after contact work, at work and on a break: the
    counters of every moment, counted again from records and agent events, told twice and mixed."""
    day = Day(seed)
    day.lives(60)

    records, work = day.ends()

    for at, seen in day.seen:
        assert seen == as_told(records, work, at), at
