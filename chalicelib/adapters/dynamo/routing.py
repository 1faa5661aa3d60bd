"""Agents at work, their openings, and the lines of waiting contacts, in DynamoDB.

Everything that decides is read from a base table, strongly consistent. Places and openings are
rows sorted as the match wants them, so the best one is the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pynamodb.exceptions import DeleteError
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.tables import (
    AgentRow,
    DepthRow,
    DeskEventRow,
    OpeningRow,
    PresenceRow,
    WaitingRow,
)
from chalicelib.core.center import Queue, agent_named, own_queue_id
from chalicelib.core.contact import Contact, QueueStay
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, QueueId, RoutingProfileId
from chalicelib.core.routing import Agent, AgentChange, Opening, Place, openings_of, place_of
from chalicelib.services.ports import DeskMessage, Presence

_HEADS = 5  # rows read from the head of a line of contacts: enough to step over lost races
_DESK_EVENTS_KEPT = timedelta(days=1)
_EVERYBODY = "online#0"


class DynamoRoutingStore:
    """The RoutingStore on the table `routing`."""

    def agent(self, agent_id: AgentId) -> Agent | None:
        try:
            row = AgentRow.get(f"agent#{agent_id}", "state", consistent_read=True)
        except AgentRow.DoesNotExist:
            return None
        return codec.load(row.document, Agent)

    def openings(self, profile_id: RoutingProfileId, channel: Channel) -> Sequence[Opening]:
        rows = OpeningRow.query(f"open#{profile_id}#{channel}", consistent_read=True)
        return [_opening(row, profile_id, channel) for row in rows]

    def places(self, queue: Queue, channel: Channel) -> Sequence[Place]:
        return sorted(
            _place(row, queue.queue_id, channel, shard)
            for shard in range(queue.shards)
            for row in WaitingRow.query(
                f"waiting#{queue.queue_id}#{channel}#{shard}", limit=_HEADS, consistent_read=True
            )
        )

    def agents_among(self, agent_ids: Sequence[AgentId]) -> Sequence[Agent]:
        keys = [(f"agent#{agent_id}", "state") for agent_id in agent_ids]
        rows = AgentRow.batch_get(keys, consistent_read=True)
        return [codec.load(row.document, Agent) for row in rows]

    def line(self, queue: Queue, channel: Channel) -> Sequence[Place]:
        owner = agent_named(queue.queue_id)
        if owner is not None:
            return [p for p in self.own_places(AgentId(owner)) if p.channel is channel]
        return [
            _place(row, queue.queue_id, channel, shard)
            for shard in range(queue.shards)
            for row in WaitingRow.query(
                f"waiting#{queue.queue_id}#{channel}#{shard}", consistent_read=True
            )
        ]

    def own_places(self, agent_id: AgentId) -> Sequence[Place]:
        queue_id = own_queue_id(agent_id)
        rows = WaitingRow.query(f"waiting#{queue_id}", consistent_read=True)
        return [_place(row, queue_id, Channel(row.channel), 0) for row in rows]

    def desk_events(self, agent_id: AgentId, *, after: int) -> Sequence[DeskMessage]:
        rows = DeskEventRow.query(
            f"agent#{agent_id}",
            DeskEventRow.sk.between(f"event#{after + 1:012d}", "event#~"),
            consistent_read=True,
        )
        return [codec.load(row.document, DeskMessage) for row in rows]

    def seen(self, agent_id: AgentId, connection_id: ConnectionId, *, at: datetime) -> None:
        PresenceRow(
            _EVERYBODY, agent_id, connection_id=connection_id, heartbeat_at=codec.stamp(at)
        ).save()

    def gone(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        try:
            PresenceRow(_EVERYBODY, agent_id).delete(PresenceRow.connection_id == connection_id)
        except DeleteError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise  # that code says: the agent has a newer connection already

    def presence(self, agent_id: AgentId) -> Presence | None:
        try:
            return _presence(PresenceRow.get(_EVERYBODY, agent_id, consistent_read=True))
        except PresenceRow.DoesNotExist:
            return None

    def online(self) -> Sequence[Presence]:
        return [_presence(row) for row in PresenceRow.query(_EVERYBODY, consistent_read=True)]


# --- rows that a commit writes ------------------------------------------------------------------


def write_agent(transaction: TransactWrite, change: AgentChange) -> None:
    """The agent's state, the openings that follow from it, and the event for the desk."""
    before = change.before
    version = before.version if before else 0
    after = replace(change.after, version=version + 1)
    key = f"agent#{after.agent_id}"
    condition = AgentRow.version == version if before else AgentRow.pk.does_not_exist()
    transaction.save(
        AgentRow(key, "state", version=after.version, document=codec.dump(after)),
        condition=condition,
    )
    old, new = openings_of(before, change.profile), openings_of(after, change.profile)
    for opening in _only_in(old, new):
        transaction.delete(_opening_row(opening))
    for opening in _only_in(new, old):
        transaction.save(_opening_row(opening))
    message = DeskMessage.of(change)
    transaction.save(
        DeskEventRow(
            key,
            f"event#{message.seq:012d}",
            document=codec.dump(message),
            expires_at=int((change.at + _DESK_EVENTS_KEPT).timestamp()),
        )
    )


def move_place(transaction: TransactWrite, before: Contact | None, after: Contact) -> None:
    """The row in the line: there exactly while the contact waits and does not ring."""
    old, new = place_of(before), place_of(after)
    if old == new:
        return
    if old is not None:
        transaction.delete(_waiting_row(old))
    if new is not None:
        transaction.save(_waiting_row(new))


def count_depth(
    transaction: TransactWrite, before: Contact | None, after: Contact, capacity: int | None
) -> None:
    """Counts the contact in and out of a queue that has a limit; refuses it at capacity."""
    old, new = _limited_stay(before), _limited_stay(after)
    if (old and old.queue_id) == (new and new.queue_id):
        return
    if old is not None:
        row = DepthRow(f"depth#{old.queue_id}", after.channel)
        transaction.update(row, actions=[DepthRow.waiting.add(-1)])
    if new is not None:
        row = DepthRow(f"depth#{new.queue_id}", after.channel)
        room = None  # without a capacity the contact is counted, and never refused
        if capacity is not None:
            room = DepthRow.waiting.does_not_exist() | (DepthRow.waiting < capacity)
        transaction.update(row, actions=[DepthRow.waiting.add(1)], condition=room)


def _limited_stay(contact: Contact | None) -> QueueStay | None:
    if contact is None or not contact.is_in_queue or contact.queue is None:
        return None
    return contact.queue if contact.queue.is_limited else None


def _only_in(these: Iterable[Opening], those: Iterable[Opening]) -> list[Opening]:
    others = set(those)
    return [opening for opening in these if opening not in others]


def _waiting_row(place: Place) -> WaitingRow:
    is_own = agent_named(place.queue_id) is not None
    line = f"waiting#{place.queue_id}"
    return WaitingRow(
        line if is_own else f"{line}#{place.channel}#{place.shard}",
        f"{place.priority:010d}#{codec.stamp(place.entered_at)}#{place.contact_id}",
        contact_id=place.contact_id,
        channel=place.channel,
    )


def _place(row: WaitingRow, queue_id: QueueId, channel: Channel, shard: int) -> Place:
    priority, entered_at, contact_id = row.sk.split("#", 2)
    return Place(
        priority=int(priority),
        entered_at=codec.moment(entered_at),
        contact_id=ContactId(contact_id),
        queue_id=queue_id,
        channel=channel,
        shard=shard,
    )


def _opening_row(opening: Opening) -> OpeningRow:
    return OpeningRow(
        f"open#{opening.profile_id}#{opening.channel}",
        f"{opening.held:02d}#{codec.stamp(opening.idle_since)}#{opening.agent_id}",
        agent_id=opening.agent_id,
    )


def _opening(row: OpeningRow, profile_id: RoutingProfileId, channel: Channel) -> Opening:
    held, idle_since, agent_id = row.sk.split("#", 2)
    return Opening(int(held), codec.moment(idle_since), AgentId(agent_id), profile_id, channel)


def _presence(row: PresenceRow) -> Presence:
    return Presence(
        AgentId(row.sk), ConnectionId(row.connection_id), codec.moment(row.heartbeat_at)
    )
