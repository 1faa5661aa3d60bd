"""A contact center's floor in this process: many agents, several queues, and real services.

Rows stand either in memory, kept sorted as DynamoDB keeps them, or in a DynamoDB in this process,
behind the real adapters.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.contacts import DynamoContactStore
from chalicelib.adapters.dynamo.routing import DynamoRoutingStore
from chalicelib.adapters.dynamo.tables import DepthRow, WaitingRow
from chalicelib.core import lifecycle
from chalicelib.core.center import Center, ProfileQueue, Queue, RoutingProfile, User
from chalicelib.core.contact import Contact, ContactState, Customer
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.ids import (
    AgentId,
    ConnectionId,
    ContactId,
    InstanceId,
    OfferId,
    ParticipantId,
    QueueId,
    RoutingProfileId,
)
from chalicelib.core.routing import Agent, AgentChange, Opening, Place, place_of
from chalicelib.services.ports import Commit
from tests.fakes.contacts import InMemoryContactStore, InMemoryRoutingStore
from tests.house import BREAK, DONE, House, a_center, to_queue

_NUMBER = Endpoint("+12025550123")


class SortedRoutingStore(InMemoryRoutingStore):
    """The same rows, in the order in which the match wants them: the best one is the first."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[tuple[QueueId, Channel, str], list[Place]] = defaultdict(list)
        self._open: dict[tuple[RoutingProfileId, Channel], list[Opening]] = defaultdict(list)

    def openings(self, profile_id: RoutingProfileId, channel: Channel) -> Sequence[Opening]:
        return list(self._open[profile_id, channel])

    def head(
        self, queue_id: QueueId, channel: Channel, line: str, *, ripe_at: datetime | None = None
    ) -> Place | None:
        places, at = self._lines[queue_id, channel, line], 0
        while at < len(places):
            place = places[at]
            if ripe_at is None or place.entered_at <= ripe_at:
                return place
            at = bisect_left(places, place.priority + 1, key=lambda each: each.priority)
        return None

    def apply(self, change: AgentChange) -> None:
        before = change.before.openings if change.before else ()
        for opening in before:
            _take_out(self._open[opening.profile_id, opening.channel], opening)
        for opening in change.settled.openings:
            insort(self._open[opening.profile_id, opening.channel], opening)
        self.agents[change.after.agent_id] = change.settled

    def move(self, before: Contact | None, after: Contact) -> None:
        old, new = place_of(before), place_of(after)
        if old is not None:
            self._count(old, -1)
            if not old.is_ringing:
                _take_out(self._lines[old.queue_id, old.channel, old.line], old)
        if new is not None:
            self._count(new, 1)
            if not new.is_ringing:
                insort(self._lines[new.queue_id, new.channel, new.line], new)


def _take_out[T: (Place, Opening)](rows: list[T], row: T) -> None:
    del rows[bisect_left(rows, row)]


class ForgetfulContactStore(InMemoryContactStore):
    """It keeps contacts until they are over, and nothing else: a day of them fits into memory."""

    def commit(self, commit: Commit) -> None:
        self._check_versions(commit)
        for agent in commit.agents:
            self.routing.apply(agent)
        for change in commit.changes:
            self.contacts[change.after.contact_id] = change.settled.after
            self.routing.move(change.before, change.after)
            if change.after.state is ContactState.COMPLETED:
                del self.contacts[change.after.contact_id]


class WatchedContactStore(DynamoContactStore):
    """It also tells what was committed, as the tables' streams do."""

    def __init__(self) -> None:
        super().__init__()
        self.commits: list[Commit] = []

    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        self.commits.append(commit)


class Keeps(StrEnum):
    """Where rows stand."""

    IN_MEMORY = "in memory"
    UNTIL_OVER = "in memory, until a contact is over"
    IN_DYNAMO = "in a DynamoDB"


class Floor(House):
    """Everybody is signed in, and on a break."""

    def __init__(
        self, queues: Sequence[str], users: Sequence[User], center: Center, keeps: Keeps
    ) -> None:
        self._keeps = keeps
        super().__init__(center)
        self.center.users = {user.username: user for user in users}
        for name in queues:
            self.publish(f"To {name}", to_queue(name))
        for user in users:
            self.desk.hello(user.username, ConnectionId(f"ws-{user.username}"), after=0)
            self.desk.set_status(user.agent_id, BREAK.name)
        self.forget_stream()

    def _wire(self) -> None:
        if self._keeps is Keeps.IN_DYNAMO:
            self.routing_store = DynamoRoutingStore()  # type: ignore[assignment]  # same port
            self.contacts = WatchedContactStore()  # type: ignore[assignment]  # same port
        else:
            self.routing_store = SortedRoutingStore()
            is_forgetful = self._keeps is Keeps.UNTIL_OVER
            store = ForgetfulContactStore if is_forgetful else InMemoryContactStore
            self.contacts = store(self.routing_store)
        super()._wire()

    def forget_stream(self) -> None:
        """What was committed so far is nobody's news."""
        self._streamed = len(self.contacts.commits)

    def sees_everybody(self) -> None:
        """Every desk was heard of just now."""
        for user in self.center.users.values():
            connection_id = ConnectionId(f"ws-{user.username}")
            self.routing_store.seen(user.agent_id, connection_id, at=self.at)

    def enqueues(self, number: int, queue: Queue) -> ContactId:
        """A call stands in the queue, without a flow and unheard of by anybody."""
        contact = a_call(number, self.at)
        change = lifecycle.enqueue(lifecycle.initiate(contact, at=self.at), queue, at=self.at)
        self.contacts.commit(Commit(contact=change))
        return contact.contact_id

    def fills_up(self, waiting: int) -> None:
        """So many more stand in the first queue's line, and are counted; they are nothing else."""
        for n in range(waiting):
            self.later(0.01)
            key = f"{lifecycle.USUAL_PRIORITY:010d}#{codec.stamp(self.at)}#filler-{n}"
            WaitingRow("waiting#q-0#VOICE#0", key, contact_id=f"filler-{n}", line="0").save()
        if waiting:
            DepthRow("depth#q-0", "VOICE#0").update([DepthRow.waiting.add(waiting)])

    def talks(self, user: User) -> None:
        """Answers what rings, and hangs up."""
        slot = self._agent(user).slots[0]
        self.desk.accept(user.agent_id, slot.contact_id, OfferId(slot.offer_id or ""))
        self.streams()
        self.later(1)
        self.desk.hang_up(user.agent_id, slot.contact_id)
        self.streams()

    def wraps_up(self, user: User) -> None:
        self.desk.complete(user.agent_id, self._agent(user).slots[0].contact_id, DONE)
        self.streams()

    def _agent(self, user: User) -> Agent:
        agent = self.routing_store.agent(user.agent_id)
        assert agent is not None
        return agent


def a_call(number: int, at: datetime) -> Contact:
    return Contact(
        contact_id=ContactId(f"c-{number:07d}"),
        instance_id=InstanceId("i-1"),
        channel=Channel.VOICE,
        initiation_method=InitiationMethod.INBOUND,
        initiated_at=at,
        customer=Customer(participant_id=ParticipantId(f"p-{number}")),
        customer_endpoint=_NUMBER,
    )


def floor(*, agents: int, queues: int, keeps: Keeps = Keeps.IN_MEMORY, served: int = 3) -> Floor:
    """Each queue has a routing profile that prefers it, and takes the next ones after it: `served`
    in all. Agents are dealt out to the profiles."""
    groups = [agents // queues + (n < agents % queues) for n in range(queues)]
    return floor_of(groups, keeps=keeps, served=served)


def floor_of(groups: Sequence[int], *, keeps: Keeps, served: int) -> Floor:
    """So many agents for each queue's profile."""
    names = [f"Queue {n}" for n in range(len(groups))]
    made = [
        Queue(queue_id=QueueId(f"q-{n}"), name=name, hours_id="h-1") for n, name in enumerate(names)
    ]
    profiles = [_profile(n, len(groups), served) for n in range(len(groups))]
    center = a_center(queues=tuple(made), profiles=tuple(profiles))
    users = [
        User(
            username=f"agent{group}-{n:04d}",
            agent_id=AgentId(f"a-{group}-{n:04d}"),
            name=f"Agent {n}",
            profile_id=profiles[group].profile_id,
        )
        for group, size in enumerate(groups)
        for n in range(size)
    ]
    return Floor(names, users, center, keeps)


def _profile(n: int, queues: int, served: int) -> RoutingProfile:
    ranked = [((n + k) % queues, 1 if k == 0 else 2) for k in range(min(served, queues))]
    return RoutingProfile(
        profile_id=RoutingProfileId(f"rp-{n}"),
        name=f"Profile {n}",
        queues=tuple(
            ProfileQueue(queue_id=QueueId(f"q-{q}"), channel=Channel.VOICE, priority=rank)
            for q, rank in ranked
        ),
        concurrency={Channel.VOICE: 1},
    )
