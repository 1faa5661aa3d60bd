"""Contacts, the agents they are routed to, and what is known of both, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.alert import Alert
from chalicelib.core.canary import Tally, bucket
from chalicelib.core.center import Queue
from chalicelib.core.contact import Contact
from chalicelib.core.erasure import erased_fact
from chalicelib.core.errors import (
    LostRace,
    NotFound,
    QueueFull,
)
from chalicelib.core.events import Channel, Fact
from chalicelib.core.ids import (
    AgentId,
    ConnectionId,
    ContactId,
    FlowId,
    QueueId,
    RoutingProfileId,
)
from chalicelib.core.routing import (
    LINES_KEPT,
    Agent,
    AgentChange,
    Depth,
    Opening,
    ParticularLine,
    Place,
    place_of,
)
from chalicelib.core.waiting import STRETCHES, Basis, Sample, Stretch, stretch_of
from chalicelib.services.callback_ports import StandingCallback
from chalicelib.services.canary import Trial
from chalicelib.services.ports import (
    ChatItem,
    Commit,
    DeskMessage,
    Presence,
    erased_item,
)


class InMemoryCanaryCounts:
    """CanaryCounts in dicts."""

    def __init__(self) -> None:
        self.began: dict[tuple[Trial, ContactId], tuple[int, datetime]] = {}
        self.failed: dict[tuple[Trial, ContactId], datetime] = {}

    def begin(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        self.began.setdefault((trial, contact_id), (version, bucket(at)))

    def fail(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        if self.began.get((trial, contact_id), (0, at))[0] == version:
            self.failed.setdefault((trial, contact_id), bucket(at))

    def tallies(self, trial: Trial, *, since: datetime) -> Mapping[int, Tally]:
        began: Counter[int] = Counter()
        failed: Counter[int] = Counter()
        for (each, contact_id), (version, at) in self.began.items():
            failed_at = self.failed.get((each, contact_id))
            began[version] += each == trial and at >= bucket(since)
            failed[version] += (
                failed_at is not None and each == trial and failed_at >= bucket(since)
            )
        return {
            version: Tally(contacts=contacts, errors=failed[version])
            for version, contacts in began.items()
            if contacts or failed[version]
        }


class InMemoryContactIndex:
    """A ContactIndex in a dict."""

    def __init__(self) -> None:
        self.noted: dict[tuple[FlowId, ContactId], datetime] = {}

    def note(self, flow_id: FlowId, contact_id: ContactId, *, at: datetime) -> None:
        self.noted[flow_id, contact_id] = at

    def latest(self, flow_id: FlowId, *, limit: int) -> Sequence[ContactId]:
        found = [(at, contact) for (flow, contact), at in self.noted.items() if flow == flow_id]
        return [contact for _, contact in sorted(found, reverse=True)[:limit]]


class InMemoryCallbackStore:
    """A CallbackStore in a dict."""

    def __init__(self) -> None:
        self.standing: dict[str, StandingCallback] = {}

    def stand(self, callback: StandingCallback) -> StandingCallback:
        return self.standing.setdefault(callback.number, callback)

    def follow(self, before: ContactId, callback: StandingCallback) -> bool:
        standing = self.find(callback.number)
        if standing is None or standing.contact_id not in (before, callback.contact_id):
            return False
        self.standing[callback.number] = callback
        return True

    def find(self, number: str) -> StandingCallback | None:
        return self.standing.get(number)

    def release(self, number: str, contact_id: ContactId) -> bool:
        standing = self.find(number)
        if standing is None or standing.contact_id != contact_id:
            return False
        del self.standing[number]
        return True

    def all(self) -> Sequence[StandingCallback]:
        return sorted(self.standing.values(), key=lambda each: (each.asked_at, each.number))


class InMemoryPaceStore:
    """A PaceStore in dicts."""

    def __init__(self) -> None:
        self.lines: dict[tuple[QueueId, Channel], dict[datetime, Stretch]] = {}
        self.noted: set[tuple[datetime, ContactId]] = set()
        self.kept: dict[tuple[QueueId, Channel], Basis] = {}

    def note(
        self,
        queue_id: QueueId,
        channel: Channel,
        contact_id: ContactId,
        sample: Sample,
        *,
        at: datetime,
    ) -> None:
        began_at = stretch_of(at)
        if (began_at, contact_id) in self.noted:
            return
        self.noted.add((began_at, contact_id))
        line = self.lines.setdefault((queue_id, channel), {})
        known = line.get(began_at) or Stretch(began_at=began_at)
        is_handled = sample.handle_seconds is not None
        line[began_at] = Stretch(
            began_at=began_at,
            handled=known.handled + is_handled,
            handle_seconds=known.handle_seconds + (sample.handle_seconds or 0),
            gave_up=known.gave_up + (not is_handled),
            waited_seconds=known.waited_seconds + sample.waited_seconds,
        )

    def stretches(self, queue_id: QueueId, channel: Channel) -> Sequence[Stretch]:
        line = self.lines.get((queue_id, channel), {})
        return [line[began_at] for began_at in sorted(line, reverse=True)][:STRETCHES]

    def basis(self, queue_id: QueueId, channel: Channel) -> Basis | None:
        return self.kept.get((queue_id, channel))

    def keep(self, queue_id: QueueId, channel: Channel, basis: Basis) -> None:
        self.kept[queue_id, channel] = basis


class InMemoryRoutingStore:
    """A RoutingStore in dicts; its rows are written by the commits of InMemoryContactStore."""

    def __init__(self) -> None:
        self.agents: dict[AgentId, Agent] = {}
        self.waiting: set[Place] = set()
        self.ringing: set[Place] = set()
        self.open: set[Opening] = set()
        self.depth: Counter[tuple[QueueId, Channel]] = Counter()
        self.particular: Counter[tuple[QueueId, Channel]] = Counter()
        self.lines: dict[tuple[QueueId, Channel, str], ParticularLine] = {}
        self.events: dict[AgentId, list[DeskMessage]] = {}
        self.signed_in: dict[AgentId, Presence] = {}

    def agent(self, agent_id: AgentId) -> Agent | None:
        return self.agents.get(agent_id)

    def agents_among(self, agent_ids: Sequence[AgentId]) -> Sequence[Agent]:
        return [self.agents[each] for each in agent_ids if each in self.agents]

    def openings(self, profile_id: RoutingProfileId, channel: Channel) -> Sequence[Opening]:
        found = [o for o in self.open if (o.profile_id, o.channel) == (profile_id, channel)]
        return sorted(found)

    def depths(self, queues: Sequence[tuple[Queue, Channel]]) -> Sequence[Depth]:
        keys = [(queue.queue_id, channel) for queue, channel in queues]
        return [Depth(self.depth[key], self.particular[key]) for key in keys]

    def particular_lines(self, queue_id: QueueId, channel: Channel) -> Sequence[ParticularLine]:
        return [line for key, line in self.lines.items() if key[:2] == (queue_id, channel)]

    def keep_line(
        self, queue_id: QueueId, channel: Channel, line: ParticularLine, *, at: datetime
    ) -> None:
        key = queue_id, channel, line.line
        self.lines[key] = replace(self.lines[key], known_until=at + LINES_KEPT)

    def head(
        self, queue_id: QueueId, channel: Channel, line: str, *, ripe_at: datetime | None = None
    ) -> Place | None:
        ripe = [
            place
            for place in self.waiting
            if (place.queue_id, place.channel, place.line) == (queue_id, channel, line)
            and (ripe_at is None or place.entered_at <= ripe_at)
        ]
        return min(ripe, default=None)

    def line(
        self, queue: Queue, channel: Channel, *, before: Place | None = None
    ) -> Sequence[Place]:
        places = self.waiting | self.ringing
        here = [p for p in places if (p.queue_id, p.channel) == (queue.queue_id, channel)]
        return sorted(p for p in here if before is None or p < before)

    def heads(self, queue: Queue, channel: Channel) -> Sequence[Place]:
        first: dict[tuple[str, int], Place] = {}
        here = queue.queue_id, channel
        for place in sorted(p for p in self.waiting if (p.queue_id, p.channel) == here):
            first.setdefault((place.line, place.priority), place)
        ringing = (p for p in self.ringing if (p.queue_id, p.channel) == here)
        return sorted([*first.values(), *ringing])

    def desk_events(self, agent_id: AgentId, *, after: int) -> Sequence[DeskMessage]:
        return [message for message in self.events.get(agent_id, ()) if message.seq > after]

    def seen(self, agent_id: AgentId, connection_id: ConnectionId, *, at: datetime) -> None:
        self.signed_in[agent_id] = Presence(agent_id, connection_id, at)

    def gone(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        here = self.signed_in.get(agent_id)
        if here is not None and here.connection_id == connection_id:
            self.signed_in[agent_id] = replace(here, connection_id=None)

    def forget(self, presence: Presence) -> None:
        here = self.signed_in.get(presence.agent_id)
        if here is not None and here.heartbeat_at == presence.heartbeat_at:
            del self.signed_in[presence.agent_id]

    def presence(self, agent_id: AgentId) -> Presence | None:
        return self.signed_in.get(agent_id)

    def presences(self, agent_ids: Sequence[AgentId]) -> Sequence[Presence]:
        known = dict.fromkeys(agent_ids)
        return [self.signed_in[each] for each in known if each in self.signed_in]

    def online(self) -> Sequence[Presence]:
        return [presence for _, presence in sorted(self.signed_in.items())]

    def apply(self, change: AgentChange) -> None:
        """The agent's new state with all rows that follow from it."""
        before, after = change.before, change.settled
        self.agents[after.agent_id] = after
        self.open -= set(before.openings if before else ())
        self.open |= set(after.openings)
        self.events.setdefault(after.agent_id, []).append(DeskMessage.of(change))

    def move(self, before: Contact | None, after: Contact) -> None:
        """The contact's place, and what counts it."""
        old, new = place_of(before), place_of(after)
        if old is not None:
            (self.ringing if old.is_ringing else self.waiting).discard(old)
            self._count(old, -1)
        if new is not None:
            (self.ringing if new.is_ringing else self.waiting).add(new)
            self._count(new, 1)
            stay = after.queue
            wanted = stay.wanted if stay else None
            if stay is not None and wanted is not None:
                until = stay.entered_at + LINES_KEPT
                line = ParticularLine(wanted.line, wanted.expression, until)
                self.lines[new.queue_id, new.channel, new.line] = line

    def _count(self, place: Place, by: int) -> None:
        key = place.queue_id, place.channel
        self.depth[key] += by
        self.particular[key] += by * place.line.startswith("c")


class InMemoryAlertStore:
    """An AlertStore in a dict."""

    def __init__(self) -> None:
        self.alerts: dict[str, Alert] = {}

    def add(self, alert: Alert) -> None:
        self.alerts[alert.alert_id] = alert

    def since(self, at: datetime, *, limit: int) -> Sequence[Alert]:
        found = [alert for alert in self.alerts.values() if alert.at >= at]
        return sorted(found, key=lambda a: (a.at, a.alert_id), reverse=True)[:limit]

    def remove(self, alert: Alert) -> None:
        self.alerts.pop(alert.alert_id, None)


class InMemoryContactStore:
    """A ContactStore in dicts, on the same state as a routing store.

    `meanwhile`: what somebody else does between a service's read and its commit, once each.
    `commits`: everything committed, in order.
    """

    def __init__(self, routing: InMemoryRoutingStore | None = None) -> None:
        self.routing = routing or InMemoryRoutingStore()
        self.contacts: dict[ContactId, Contact] = {}
        self.written: dict[ContactId, list[Fact]] = {}
        self.transcripts: dict[ContactId, dict[str, ChatItem]] = {}
        self.meanwhile: list[Callable[[], None]] = []
        self.commits: list[Commit] = []

    def get(self, contact_id: ContactId) -> Contact:
        if contact_id not in self.contacts:
            raise NotFound(f"no contact {contact_id!r}", field="contactId", value=contact_id)
        return self.contacts[contact_id]

    def among(self, contact_ids: Sequence[ContactId]) -> Sequence[Contact]:
        known = dict.fromkeys(contact_ids)
        return [self.contacts[each] for each in known if each in self.contacts]

    def commit(self, commit: Commit) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        if commit.capacity == 0:
            raise QueueFull("the queue takes no contacts")
        self._check_versions(commit)
        self._check_capacity(commit)
        self.commits.append(commit)
        for agent in commit.agents:
            self.routing.apply(agent)
        for item in commit.items:
            self._put(item)
        for change in commit.changes:
            before, after = change.before, change.after
            self.contacts[after.contact_id] = change.settled.after
            self.written.setdefault(after.contact_id, []).extend(change.facts)
            self.routing.move(before, after)

    def facts(self, contact_id: ContactId) -> Sequence[Fact]:
        return list(self.written.get(contact_id, ()))

    def ended(self, from_at: datetime, to_at: datetime) -> Iterator[ContactId]:
        for contact in self.contacts.values():
            if contact.disconnected_at and from_at <= contact.disconnected_at < to_at:
                yield contact.contact_id

    def add_item(self, item: ChatItem) -> None:
        if item.item_id not in self.transcripts.get(item.contact_id, {}):
            self._put(item)

    def items(self, contact_id: ContactId) -> Sequence[ChatItem]:
        found = self.transcripts.get(contact_id, {}).values()
        return sorted(found, key=lambda item: (item.at, item.item_id))

    def erase_words(self, contact_id: ContactId) -> None:
        facts = self.written.get(contact_id, [])
        self.written[contact_id] = [erased_fact(fact) for fact in facts]
        for item in self.items(contact_id):
            self._put(erased_item(item))

    def _put(self, item: ChatItem) -> None:
        self.transcripts.setdefault(item.contact_id, {})[item.item_id] = item

    def _check_versions(self, commit: Commit) -> None:
        for contact in commit.changes:
            known = self.contacts.get(contact.after.contact_id)
            before = contact.before
            if (known.version if known else None) != (before.version if before else None):
                raise LostRace("the contact or the agent changed meanwhile")
        for change in commit.agents:
            agent = self.routing.agents.get(change.after.agent_id)
            expected = change.before.version if change.before else None
            if (agent.version if agent else None) != expected:
                raise LostRace("the contact or the agent changed meanwhile")

    def _check_capacity(self, commit: Commit) -> None:
        if commit.capacity is None:
            return
        for change in commit.changes:
            old, new = _limited(change.before), _limited(change.after)
            if new is not None and old != new and self.routing.depth[new] >= commit.capacity:
                raise QueueFull("the queue is full")


def _limited(contact: Contact | None) -> tuple[QueueId, Channel] | None:
    """The line in which the contact counts, if that has a limit."""
    if contact is None or not contact.is_in_queue or contact.queue is None:
        return None
    return (contact.queue.queue_id, contact.channel) if contact.queue.is_limited else None
