"""What agents did when, from the events that were told of them: stretches of one status, seconds by
interval, and a time card for each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from chalicelib.core.agent_events import EventType
from chalicelib.core.center import Status, StatusType
from chalicelib.core.civil_day import civil_day, day_of
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.intervals import Grid, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """From this moment on: another status, or here (True) or gone (False). `username`: what the
    agent was called when that was told; empty: it was not."""

    agent_id: AgentId
    at: datetime
    status: Status | None = None
    is_here: bool | None = None
    username: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Signed in, in one status; whole seconds. Those of an agent follow each other, never overlap.

    `is_open`: nothing is known of its end, it goes on beyond what was asked for.
    """

    agent_id: AgentId
    status: Status
    from_at: datetime
    to_at: datetime
    is_open: bool = False

    @property
    def seconds(self) -> int:
        return int((self.to_at - self.from_at).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCard:
    """One agent's civil day. Who works over midnight signs out of one card and into the next there.

    `spans`: each time from sign-in to sign-out. `signed_out_at` None: at work still. `by_status`:
    seconds, which add up to `paid_seconds` + `unpaid_seconds`, and to the spans.
    """

    agent_id: AgentId
    day: date
    signed_in_at: datetime
    signed_out_at: datetime | None
    spans: tuple[tuple[datetime, datetime], ...]
    by_status: Mapping[str, int]
    paid_seconds: int
    unpaid_seconds: int


def read_event(document: Mapping[str, object]) -> list[Told]:
    """What an agent event in Amazon Connect's shape tells; a heartbeat repeats what is known.

    A snapshot says since when its status is, so what an event that was lost had told is told again
    by the next one. Rejected names what is missing or none.
    """
    agent_id = AgentId(_text(document, "AgentARN").rpartition("/agent/")[2])
    told = []
    kind = _text(document, "EventType")
    if kind in (EventType.LOGIN, EventType.LOGOUT):
        at, is_here = _moment(document, "EventTimestamp"), kind == EventType.LOGIN
        told.append(Told(agent_id=agent_id, at=at, is_here=is_here))
    for name in ("PreviousAgentSnapshot", "CurrentAgentSnapshot"):
        snapshot = document.get(name)
        if snapshot is not None:
            here = _object(snapshot, name)
            status = _object(here.get("AgentStatus"), "AgentStatus")
            at = _moment(status, "StartTimestamp")
            told.append(
                Told(agent_id=agent_id, at=at, status=_status(status), username=_username(here))
            )
    return told


def is_of_time(document: Mapping[str, object]) -> bool:
    """An agent event tells of another status, or of a sign-in or sign-out; whatever else changed
    for the agent has no effect on where time goes. Rejected names what is missing or none."""
    statuses = {(told.status, told.at) for told in read_event(document) if told.status is not None}
    return document.get("PreviousAgentSnapshot") is None or len(statuses) > 1


def usernames(told: Iterable[Told]) -> dict[AgentId, str]:
    """What each agent was called last, whatever the order in which it was told."""
    named = sorted((each.at, each.username, each.agent_id) for each in told if each.username)
    return {agent_id: username for _, username, agent_id in named}


def stretches(told: Iterable[Told], *, until: datetime) -> list[Stretch]:
    """When who was signed in, and in which status, up to then; by agent, then in order.

    The same whatever is told twice, and in whatever order. Before the first word on an agent
    nothing is known, so nothing counts.
    """
    by_agent: dict[AgentId, set[Told]] = {}
    for each in told:
        if each.at < until:
            by_agent.setdefault(each.agent_id, set()).add(each)
    found = (
        _of_one(sorted(by_agent[agent_id], key=_order), until) for agent_id in sorted(by_agent)
    )
    return [stretch for of_one in found for stretch in of_one]


def status_seconds(
    found: Iterable[Stretch], grid: Grid
) -> Mapping[tuple[AgentId, Interval, str], int]:
    """The seconds of each agent in each interval in each status, by its name."""
    seconds: Counter[tuple[AgentId, Interval, str]] = Counter()
    for stretch in found:
        for interval, length in grid.pieces(stretch.from_at, stretch.to_at).items():
            seconds[stretch.agent_id, interval, stretch.status.name] += length
    return seconds


def time_cards(
    found: Iterable[Stretch], *, zone: str, unpaid: Collection[str] = ()
) -> list[TimeCard]:
    """A card for each agent and civil day of the zone with time at work, by agent and day.

    `unpaid` names the statuses whose time is not paid; any other's is.
    """
    cards: dict[tuple[AgentId, date], list[Stretch]] = {}
    for stretch in found:
        for day, part in _by_day(stretch, zone):
            cards.setdefault((stretch.agent_id, day), []).append(part)
    return [_card(parts, day, unpaid) for (_, day), parts in sorted(cards.items(), key=_by_key)]


def _card(parts: Sequence[Stretch], day: date, unpaid: Collection[str]) -> TimeCard:
    ordered = sorted(parts, key=lambda part: part.from_at)
    by_status: Counter[str] = Counter()
    spans: list[tuple[datetime, datetime]] = []
    for part in ordered:
        by_status[part.status.name] += part.seconds
        if spans and spans[-1][1] == part.from_at:
            spans[-1] = (spans[-1][0], part.to_at)
        else:
            spans.append((part.from_at, part.to_at))
    not_paid = sum(seconds for name, seconds in by_status.items() if name in unpaid)
    return TimeCard(
        agent_id=ordered[0].agent_id,
        day=day,
        signed_in_at=spans[0][0],
        signed_out_at=None if ordered[-1].is_open else spans[-1][1],
        spans=tuple(spans),
        by_status=dict(sorted(by_status.items())),
        paid_seconds=by_status.total() - not_paid,
        unpaid_seconds=not_paid,
    )


def _of_one(told: Sequence[Told], until: datetime) -> Iterator[Stretch]:
    """Two that follow each other in one status are one stretch."""
    open_one: Stretch | None = None
    for agent_id, status, since, to_at in _phases(told, until):
        if open_one and open_one.to_at == since and open_one.status == status:
            open_one = replace(open_one, to_at=to_at)
            continue
        if open_one:
            yield open_one
        open_one = Stretch(agent_id=agent_id, status=status, from_at=since, to_at=to_at)
    if open_one:
        yield replace(open_one, is_open=open_one.to_at == _whole(until))


def _phases(
    told: Sequence[Told], until: datetime
) -> Iterator[tuple[AgentId, Status, datetime, datetime]]:
    """Between each word and the next: the status, while the agent is here."""
    status: Status | None = None
    is_gone = False
    ends = [*(each.at for each in told[1:]), until]
    for each, to_at in zip(told, ends, strict=True):
        status = each.status or status
        is_gone = is_gone if each.is_here is None else not each.is_here
        since, to_at = _whole(each.at), _whole(to_at)
        is_in = status is not None and status.type is not StatusType.OFFLINE and not is_gone
        if status is not None and is_in and since < to_at:
            yield each.agent_id, status, since, to_at


def _by_day(stretch: Stretch, zone: str) -> Iterator[tuple[date, Stretch]]:
    since = stretch.from_at
    while since < stretch.to_at:
        period = civil_day(day_of(since, zone), zone)
        to_at = min(stretch.to_at, period.to_at)
        is_last = to_at == stretch.to_at
        part = replace(stretch, from_at=since, to_at=to_at, is_open=stretch.is_open and is_last)
        yield period.day, part
        since = to_at


def _by_key(item: tuple[tuple[AgentId, date], list[Stretch]]) -> tuple[AgentId, date]:
    return item[0]


def _order(told: Told) -> tuple[datetime, bool, str]:
    """Of one moment: who leaves and comes is here, and the order never depends on chance."""
    return told.at, bool(told.is_here), told.status.name if told.status else ""


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


# --- events as other systems have them ------------------------------------------------------------


def _status(status: Mapping[str, object]) -> Status:
    kind = _text(status, "Type")
    if kind not in list(StatusType):
        message = f"Type {kind!r} is none of {', '.join(StatusType)}"
        raise Rejected(message, field="Type", value=kind)
    return Status(_text(status, "Name"), StatusType(kind))


def _username(snapshot: Mapping[str, object]) -> str:
    """Other systems need not tell it."""
    configuration = snapshot.get("Configuration")
    return str(configuration.get("Username") or "") if isinstance(configuration, Mapping) else ""


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Rejected(f"{name} {value!r} is no object", field=name, value=value)
    return value


def _text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected(f"{name} {value!r} is no text", field=name, value=value)
    return value


def _moment(document: Mapping[str, object], name: str) -> datetime:
    text = _text(document, name)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Rejected(f"{name} {text!r} is no moment with a zone", field=name, value=text)
    return at.astimezone(UTC)
