"""Agents at work, their openings, and the lines of contacts, in DynamoDB.

Everything that decides is read from a base table, strongly consistent. Places and openings are
rows sorted as the match wants them, so the best one is the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import CONDITION_FAILED, code_of
from chalicelib.adapters.dynamo.tables import (
    AgentRow,
    DepthRow,
    DeskEventRow,
    LineRow,
    OpeningRow,
    PresenceRow,
    WaitingRow,
)
from chalicelib.core.center import Proficiency, Queue
from chalicelib.core.contact import Contact, QueueStay
from chalicelib.core.criteria import read_expression
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, QueueId, RoutingProfileId
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
from chalicelib.services.ports import DeskMessage, Presence

_DESK_EVENTS_KEPT = timedelta(days=1)
_NOTED_AGAIN_AFTER = timedelta(hours=1)
_EVERYBODY = "online#0"
_FIRST_OPENINGS = 32  # of free agents; more than the match looks at first (25, and one more)


class DynamoRoutingStore:
    """The RoutingStore on the table `routing`."""

    def agent(self, agent_id: AgentId) -> Agent | None:
        try:
            row = AgentRow.get(f"agent#{agent_id}", "state", consistent_read=True)
        except AgentRow.DoesNotExist:
            return None
        return codec.load(row.document, Agent)

    def agents_among(self, agent_ids: Sequence[AgentId]) -> Sequence[Agent]:
        keys = [(f"agent#{agent_id}", "state") for agent_id in agent_ids]
        rows = AgentRow.batch_get(keys, consistent_read=True)
        return [codec.load(row.document, Agent) for row in rows]

    def openings(self, profile_id: RoutingProfileId, channel: Channel) -> Iterator[Opening]:
        key = f"open#{profile_id}#{channel}"
        rows = OpeningRow.query(key, limit=_FIRST_OPENINGS, consistent_read=True)
        yield from (_opening(row, profile_id, channel) for row in rows)
        if (last := rows.last_evaluated_key) is not None:
            rows = OpeningRow.query(key, last_evaluated_key=last, consistent_read=True)
            yield from (_opening(row, profile_id, channel) for row in rows)

    def depths(self, queues: Sequence[tuple[Queue, Channel]]) -> Sequence[Depth]:
        keys = {key: None for queue, channel in queues for key in _depth_keys(queue, channel)}
        rows = DepthRow.batch_get(list(keys), consistent_read=True) if keys else ()
        found = {(row.pk, row.sk): row for row in rows}
        return [
            _depth(found[key] for key in _depth_keys(queue, channel) if key in found)
            for queue, channel in queues
        ]

    def particular_lines(self, queue_id: QueueId, channel: Channel) -> Sequence[ParticularLine]:
        rows = LineRow.query(f"lines#{queue_id}#{channel}", consistent_read=True)
        return [
            ParticularLine(
                row.sk,
                read_expression(row.expression),
                datetime.fromtimestamp(int(row.expires_at), UTC),
            )
            for row in rows
        ]

    def keep_line(
        self, queue_id: QueueId, channel: Channel, line: ParticularLine, *, at: datetime
    ) -> None:
        row = LineRow(f"lines#{queue_id}#{channel}", line.line)
        with _unless_newer():
            row.update([LineRow.expires_at.set(_kept_until(at))], LineRow.expression.exists())

    def head(
        self, queue_id: QueueId, channel: Channel, line: str, *, ripe_at: datetime | None = None
    ) -> Place | None:
        after = "0"
        while True:
            rows = WaitingRow.query(
                f"waiting#{queue_id}#{channel}#{line}",
                WaitingRow.sk > after,
                limit=1,
                consistent_read=True,
            )
            row = next(iter(rows), None)
            if row is None:
                return None
            place = _place(row, queue_id, channel)
            if ripe_at is None or place.entered_at <= ripe_at:
                return place
            # Whoever stands behind it with the same priority has waited for less.
            after = f"{place.priority:010d}#~"

    def line(
        self, queue: Queue, channel: Channel, *, before: Place | None = None
    ) -> Sequence[Place]:
        keys = [*_line_keys(queue, channel), _ringing_key(queue.queue_id, channel)]
        ahead = WaitingRow.sk < _waiting_key(before)[1] if before else None
        return sorted(
            _place(row, queue.queue_id, channel)
            for key in keys
            for row in WaitingRow.query(key, ahead, consistent_read=True)
        )

    def heads(self, queue: Queue, channel: Channel) -> Sequence[Place]:
        ringing = WaitingRow.query(_ringing_key(queue.queue_id, channel), consistent_read=True)
        found = [row for key in _line_keys(queue, channel) for row in _first_ones(key)]
        return sorted(_place(row, queue.queue_id, channel) for row in [*found, *ringing])

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
        with _unless_newer():
            PresenceRow(_EVERYBODY, agent_id).update(
                actions=[PresenceRow.connection_id.remove()],
                condition=PresenceRow.connection_id == connection_id,
            )

    def forget(self, presence: Presence) -> None:
        with _unless_newer():
            PresenceRow(_EVERYBODY, presence.agent_id).delete(
                PresenceRow.heartbeat_at == codec.stamp(presence.heartbeat_at)
            )

    def presence(self, agent_id: AgentId) -> Presence | None:
        try:
            return _presence(PresenceRow.get(_EVERYBODY, agent_id, consistent_read=True))
        except PresenceRow.DoesNotExist:
            return None

    def presences(self, agent_ids: Sequence[AgentId]) -> Sequence[Presence]:
        keys = [(_EVERYBODY, agent_id) for agent_id in dict.fromkeys(agent_ids)]
        return [_presence(row) for row in PresenceRow.batch_get(keys, consistent_read=True)]

    def online(self) -> Sequence[Presence]:
        return [_presence(row) for row in PresenceRow.query(_EVERYBODY, consistent_read=True)]


def _line_keys(queue: Queue, channel: Channel) -> list[str]:
    base = f"{queue.queue_id}#{channel}"
    particular = [row.sk for row in LineRow.query(f"lines#{base}", consistent_read=True)]
    return [f"waiting#{base}#{line}" for line in (*map(str, range(queue.shards)), *particular)]


def _ringing_key(queue_id: QueueId, channel: Channel) -> str:
    return f"ringing#{queue_id}#{channel}"


def _first_ones(line: str) -> Iterator[WaitingRow]:
    """Of each priority the one that waits longest."""
    after = "0"
    while True:
        rows = WaitingRow.query(line, WaitingRow.sk > after, limit=1, consistent_read=True)
        row = next(iter(rows), None)
        if row is None:
            return
        yield row
        after = f"{row.sk.split('#', 1)[0]}#~"


# --- rows that a commit writes ------------------------------------------------------------------


def write_agent(transaction: TransactWrite, change: AgentChange) -> None:
    """The agent's state, the openings that follow from it, and the event for the desk."""
    before, after = change.before, change.settled
    key = f"agent#{after.agent_id}"
    condition = AgentRow.version == before.version if before else AgentRow.pk.does_not_exist()
    transaction.save(
        AgentRow(key, "state", version=after.version, document=codec.dump(after)),
        condition=condition,
    )
    _renew(transaction, before.openings if before else (), after.openings)
    message = DeskMessage.of(change)
    transaction.save(
        DeskEventRow(
            key,
            f"event#{message.seq:012d}",
            document=codec.dump(message),
            expires_at=int((change.at + _DESK_EVENTS_KEPT).timestamp()),
        )
    )


def _renew(transaction: TransactWrite, old: Iterable[Opening], new: Iterable[Opening]) -> None:
    """A transaction may touch a row once, so what keeps its key is written over, not deleted."""
    were, are = ({_opening_key(each): each for each in openings} for openings in (old, new))
    for key in were.keys() - are.keys():
        transaction.delete(OpeningRow(*key))
    for key, opening in are.items():
        if key not in were or were[key].proficiencies != opening.proficiencies:
            transaction.save(_opening_row(opening))


class Lines:
    """Says of each line of contacts that ask for certain agents what they ask, before the first of
    them stands in it: whoever looks afterwards must find the line."""

    def __init__(self) -> None:
        self._noted: dict[tuple[str, str], datetime] = {}

    def note(self, before: Contact | None, after: Contact, at: datetime) -> None:
        stay = after.queue
        wanted = stay.wanted if after.is_in_queue and stay else None
        place = place_of(after)
        if stay is None or wanted is None or place is None or place == place_of(before):
            return
        key = (f"lines#{stay.queue_id}#{after.channel}", wanted.line)
        known = self._noted.get(key)
        if known is None or at - known > _NOTED_AGAIN_AFTER:
            LineRow(*key, expression=wanted.text, expires_at=_kept_until(at)).save()
            self._noted[key] = at


def _kept_until(at: datetime) -> int:
    return int((at + LINES_KEPT).timestamp())


def move_place(transaction: TransactWrite, before: Contact | None, after: Contact) -> None:
    """The row in the line, there exactly while the contact waits, or among those that ring. What
    keeps its key is written over, as with openings: all that ring stand in one line."""
    old, new = place_of(before), place_of(after)
    if old == new and (old is None or new is None or old.is_ringing == new.is_ringing):
        return
    if old is not None and (new is None or _waiting_key(old) != _waiting_key(new)):
        transaction.delete(WaitingRow(*_waiting_key(old)))
    if new is not None:
        transaction.save(_waiting_row(new))


def count_depth(
    transaction: TransactWrite, before: Contact | None, after: Contact, capacity: int | None
) -> None:
    """Counts the contact in and out of its queue; refuses it at capacity, where there is one."""
    old, new = _counted(before), _counted(after)
    if old == new:
        return
    if old is not None and new is not None and old[0] == new[0]:
        _count(transaction, old[0], waiting=0, particular=new[1] - old[1])
        return
    if old is not None:
        _count(transaction, old[0], waiting=-1, particular=-old[1])
    if new is not None:
        room = None  # without a capacity the contact is counted, and never refused
        if capacity is not None and new[2]:
            room = DepthRow.waiting.does_not_exist() | (DepthRow.waiting < capacity)
        _count(transaction, new[0], waiting=1, particular=new[1], condition=room)


def _count(
    transaction: TransactWrite,
    key: tuple[str, str],
    *,
    waiting: int,
    particular: int,
    condition: object = None,
) -> None:
    actions = [DepthRow.waiting.add(waiting)] if waiting else []
    actions += [DepthRow.particular.add(particular)] if particular else []
    transaction.update(DepthRow(*key), actions=actions, condition=condition)


def _counted(contact: Contact | None) -> tuple[tuple[str, str], int, bool] | None:
    """Under which key the contact counts, whether it asks for certain agents, whether there is a
    limit. One row counts a queue with a limit, or in one shard: a limit that is set later counts
    whoever waits already. One each counts the shards of any other."""
    if contact is None or not contact.is_in_queue or contact.queue is None:
        return None
    stay: QueueStay = contact.queue
    sort_key = f"{contact.channel}" if stay.is_limited else f"{contact.channel}#{stay.shard}"
    is_particular = int(stay.wanted is not None)
    return (f"depth#{stay.queue_id}", sort_key), is_particular, stay.is_limited


def _depth_keys(queue: Queue, channel: Channel) -> Iterator[tuple[str, str]]:
    """With and without a limit: one may have been set or lifted while contacts waited."""
    key = f"depth#{queue.queue_id}"
    yield key, str(channel)
    yield from ((key, f"{channel}#{shard}") for shard in range(queue.shards))


def _depth(rows: Iterable[DepthRow]) -> Depth:
    counted = list(rows)
    return Depth(
        waiting=sum(int(row.waiting) for row in counted),
        particular=sum(int(row.particular) for row in counted),
    )


def _waiting_key(place: Place) -> tuple[str, str]:
    base = f"{place.queue_id}#{place.channel}"
    return (
        f"ringing#{base}" if place.is_ringing else f"waiting#{base}#{place.line}",
        f"{place.priority:010d}#{codec.stamp(place.entered_at)}#{place.contact_id}",
    )


def _waiting_row(place: Place) -> WaitingRow:
    return WaitingRow(*_waiting_key(place), contact_id=place.contact_id, line=place.line)


def _place(row: WaitingRow, queue_id: QueueId, channel: Channel) -> Place:
    priority, entered_at, contact_id = row.sk.split("#", 2)
    return Place(
        priority=int(priority),
        entered_at=codec.moment(entered_at),
        contact_id=ContactId(contact_id),
        queue_id=queue_id,
        channel=channel,
        line=row.line or "0",
        is_ringing=row.pk.startswith("ringing#"),
    )


def _opening_key(opening: Opening) -> tuple[str, str]:
    return (
        f"open#{opening.profile_id}#{opening.channel}",
        f"{opening.held:02d}#{codec.stamp(opening.idle_since)}#{opening.agent_id}",
    )


def _opening_row(opening: Opening) -> OpeningRow:
    known = codec.dump(opening.proficiencies) if opening.proficiencies else None
    return OpeningRow(*_opening_key(opening), agent_id=opening.agent_id, proficiencies=known)


def _opening(row: OpeningRow, profile_id: RoutingProfileId, channel: Channel) -> Opening:
    held, idle_since, agent_id = row.sk.split("#", 2)
    known = codec.load(row.proficiencies, tuple[Proficiency, ...]) if row.proficiencies else ()
    return Opening(
        int(held), codec.moment(idle_since), AgentId(agent_id), profile_id, channel, known
    )


@contextmanager
def _unless_newer() -> Iterator[None]:
    """Does nothing when the row says something newer by now, or is gone."""
    try:
        yield
    except (DeleteError, UpdateError) as error:
        if code_of(error) not in CONDITION_FAILED:
            raise


def _presence(row: PresenceRow) -> Presence:
    connection_id = ConnectionId(row.connection_id) if row.connection_id else None
    return Presence(AgentId(row.sk), connection_id, codec.moment(row.heartbeat_at))
