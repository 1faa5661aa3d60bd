"""How long it takes: a contact's place in line, the wait that is to be expected, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.center import RoutingProfile, agent_named
from chalicelib.core.contact import Contact
from chalicelib.core.events import Channel, PlaceAnnounced
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.routing import Agent, Place

USUAL_HANDLE_SECONDS = 240.0  # with after contact work; counts until something was measured
GOOD_FOR = timedelta(seconds=15)  # what was counted of agents and lines
STRETCH_SECONDS = 300  # over which contacts are added up
STRETCHES = 24  # the latest ones that are looked at: two hours of work
_HALVED_AFTER_SECONDS = 1_800.0
_USUAL_COUNTS = 1.0  # as many contacts as the usual handle time stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One contact that has left its queue. `handle_seconds`: from the answer to the end of after
    contact work; None: it left without an agent."""

    waited_seconds: float
    handle_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The sums of all contacts of a few minutes."""

    began_at: datetime
    handled: int = 0
    handle_seconds: float = 0.0
    gave_up: int = 0
    waited_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a line moves. `handled`: how many contacts the mean stands for, by weight."""

    handled: float = 0.0
    handle_seconds: float = USUAL_HANDLE_SECONDS  # mean
    gives_up: float = 0.0  # of those who wait, per second


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What estimates for one queue and channel were made from, at that moment.

    `agents`: how many contacts of this line can be handled at once, those of agents who serve
    other lines too by part. `free`: how many more of them could be taken right now.
    """

    counted_at: datetime
    agents: float
    free: int
    pace: Pace

    def is_good(self, at: datetime) -> bool:
        return timedelta(0) <= at - self.counted_at < GOOD_FOR


def stretch_of(at: datetime) -> datetime:
    """When the stretch began that this moment lies in."""
    return at - timedelta(seconds=at.timestamp() % STRETCH_SECONDS)


def pace_of(stretches: Iterable[Stretch]) -> Pace:
    """Means that halve the weight of what is half an hour older, counted from the newest contact:
    a quiet night forgets nothing. Without any contact, what is usual."""
    known = list(stretches)
    if not known:
        return Pace()
    newest = max(each.began_at for each in known)
    weights = [
        0.5 ** ((newest - s.began_at).total_seconds() / _HALVED_AFTER_SECONDS) for s in known
    ]

    def weighed(values: Iterable[float]) -> float:
        return math.fsum(w * value for w, value in zip(weights, values, strict=True))

    handled = weighed(s.handled for s in known)
    seconds = weighed(s.handle_seconds for s in known)
    waited = weighed(s.waited_seconds for s in known)
    usual = _USUAL_COUNTS * USUAL_HANDLE_SECONDS
    return Pace(
        handled=handled,
        handle_seconds=(seconds + usual) / (handled + _USUAL_COUNTS),
        gives_up=weighed(s.gave_up for s in known) / waited if waited > 0 else 0.0,
    )


def estimate(basis: Basis, ahead: int) -> float | None:
    """Seconds until a contact with so many before it is answered. None: nobody can tell, because
    nobody is there to answer.

    Without anybody giving up it is (ahead + 1) × mean handle time ÷ agents. Those before it who
    give up make it shorter: while k of them are left, one goes, to an agent or for good, every
    1 ÷ (agents ÷ handle time + k × rate of giving up) seconds. Whoever finds a free agent waits 0.
    """
    if basis.agents <= 0:
        return None
    rate = basis.agents / max(basis.pace.handle_seconds, 1.0)
    before = ahead - basis.free
    return math.fsum(1.0 / (rate + k * basis.pace.gives_up) for k in range(before + 1))


def explained(basis: Basis, ahead: int) -> str:
    """What the estimate was made from, in words."""
    pace = basis.pace
    measured = f"mean of {pace.handled:.0f}" if pace.handled else "nothing measured yet"
    return (
        f"{ahead} ahead; {pace.handle_seconds:.0f} s each ({measured}); "
        f"{basis.agents:.3g} agents, {basis.free} free; "
        f"{pace.gives_up * 60:.2%} give up per minute; counted {basis.counted_at:%H:%M:%S} UTC"
    )


# --- agents of a line -----------------------------------------------------------------------------


def agents_of(
    agents: Iterable[tuple[Agent, RoutingProfile]],
    queue_id: QueueId,
    channel: Channel,
    waiting: Mapping[QueueId, int],
) -> float:
    """How many contacts of this line they can handle at once, one after the other: of agents who
    go on working, and by the part that this line has of all who wait for the agent and do not come
    after it in the routing profile. `waiting`: by queue, on this channel."""
    total = 0.0
    for agent, profile in agents:
        if agent.is_routable():
            share = _share(profile, queue_id, channel, waiting)
            total += profile.concurrency.get(channel, 0) * share
    return total


def free_among(agents: Iterable[tuple[Agent, RoutingProfile]], channel: Channel) -> int:
    """How many contacts more they could take right now."""
    return sum(
        profile.concurrency.get(channel, 0) - sum(s.channel is channel for s in agent.slots)
        for agent, profile in agents
        if agent.can_take(channel, profile)
    )


def _share(
    profile: RoutingProfile,
    queue_id: QueueId,
    channel: Channel,
    waiting: Mapping[QueueId, int],
) -> float:
    if agent_named(queue_id) is not None:
        return 1.0  # the agent's own line goes before all others
    served = {q.queue_id: q.priority for q in profile.queues if q.channel is channel}
    own = served.get(queue_id)
    if own is None:
        return 0.0
    mine = max(1, waiting.get(queue_id, 0))  # whoever asks waits, or is about to
    others = sum(
        max(0, waiting.get(other, 0))
        for other, priority in served.items()
        if other != queue_id and priority <= own
    )
    return mine / (mine + others)


# --- places ---------------------------------------------------------------------------------------


def ahead_of(line: Sequence[Place], contact: Contact) -> list[Place] | None:
    """Who stands before the contact in this line, where it may be about to take its place; None:
    it does not wait."""
    stay = contact.queue
    if stay is None or not contact.is_in_queue:
        return None
    own = (stay.priority, stay.counts_since, contact.contact_id)
    return [each for each in line if (each.priority, each.entered_at, each.contact_id) < own]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Somebody who stands before a contact and did not when its place was told last."""

    contact_id: ContactId
    why: str


def may_have_come(other: Contact, told: PlaceAnnounced, told_at: datetime) -> Came | None:
    """None: it stood before the contact already, so it explains nothing."""
    stay = other.queue
    if stay is None or (stay.entered_at <= told_at and stay.ranked_at is None):
        return None
    if stay.priority < told.priority:
        why = f"has priority {stay.priority}"
    else:
        why = f"counts as waiting since {stay.counts_since:%H:%M:%S} UTC"
    return Came(contact_id=other.contact_id, why=why)


def place_told(
    actual: int, told: PlaceAnnounced | None, contact: Contact, came: Sequence[Came]
) -> tuple[int, str]:
    """The place to tell, and why it is higher than the one told last, if it is. It never rises by
    more than there are contacts that `came`, unless the contact itself was moved back."""
    stay = contact.queue
    if told is None or stay is None or told.queue_id != stay.queue_id or actual <= told.place:
        return actual, ""
    if (stay.priority, stay.counts_since) > (told.priority, told.counts_since):
        return actual, "the contact itself was moved back in its line"
    place = min(actual, told.place + len(came))
    names = "; ".join(f"{each.contact_id} {each.why}" for each in came[: place - told.place])
    return place, names


__all__ = [
    "GOOD_FOR",
    "STRETCHES",
    "STRETCH_SECONDS",
    "USUAL_HANDLE_SECONDS",
    "Basis",
    "Came",
    "Pace",
    "Sample",
    "Stretch",
    "agents_of",
    "ahead_of",
    "estimate",
    "explained",
    "free_among",
    "may_have_come",
    "pace_of",
    "place_told",
    "stretch_of",
]
