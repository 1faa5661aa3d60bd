"""What a kind of ticket is promised, in business hours, and the clocks that measure it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.core.civil_day import minute
from chalicelib.core.errors import Rejected
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ids import HoursId

LOOKS_AHEAD = timedelta(days=366)  # a promise that cannot be kept within a year is none
LONGEST_LIMIT_SECONDS = 2_000 * 3600  # a year of forty hours a week
NOTHING = timedelta()


def business_time(hours: HoursOfOperation, since: datetime, until: datetime) -> timedelta:
    """How long the center serves between two moments; nothing when the second one is earlier."""
    return sum((ends - begins for begins, ends in hours.openings(since, until)), NOTHING)


def after_business_time(hours: HoursOfOperation, since: datetime, length: timedelta) -> datetime:
    """The moment at which the center has served for so long since then, in UTC.

    Rejected when it does not serve that long within a year.
    """
    left, moment = length, since
    if left <= NOTHING:
        return since
    for begins, ends in hours.openings(since, since + LOOKS_AHEAD):
        moment = begins + left
        if moment <= ends:
            return moment
        left -= ends - begins
    raise Rejected(
        f"{hours.name!r} is not open for {length.total_seconds() / 3600:g} hours in the year after "
        f"{minute(since)}",
        field="hoursId",
        value=hours.hours_id,
    )


class Limit(StrEnum):
    """What is promised: that somebody answers, that news come, that the matter is settled."""

    FIRST_RESPONSE = "first-response"
    UPDATE = "update"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaPolicy:
    """`limits`: seconds of business time, each a clock of its own. One that could not be obeyed
    cannot be built.

    `warn_seconds` of business time before a limit its owner is told; a limit that is no longer
    than that is not warned of.
    """

    kind: str  # of tickets: "complaint"
    hours_id: HoursId
    limits: Mapping[Limit, int]
    warn_seconds: int = 3600

    def __post_init__(self) -> None:
        if not self.kind.strip():
            raise Rejected("kind is empty", field="kind", value=self.kind)
        if not self.limits:
            raise Rejected(f"{self.kind!r} is promised nothing", field="limits", value=0)
        for limit, seconds in self.limits.items():
            if not 0 < seconds <= LONGEST_LIMIT_SECONDS:
                raise Rejected(
                    f"{limit} of {self.kind!r} is {seconds} seconds: it is more than 0 and at most "
                    f"{LONGEST_LIMIT_SECONDS}",
                    field=f"limits.{limit}",
                    value=seconds,
                )
        if self.warn_seconds < 0:
            raise Rejected(
                f"warn_seconds {self.warn_seconds} is less than 0",
                field="warnSeconds",
                value=self.warn_seconds,
            )


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised of which kind of ticket, and the calendars that it is measured by."""

    policies: tuple[SlaPolicy, ...] = ()
    hours: tuple[HoursOfOperation, ...] = ()

    def policy(self, kind: str) -> SlaPolicy:
        """Rejected, listing the kinds, when there is none such."""
        found = next((policy for policy in self.policies if policy.kind == kind), None)
        if found is None:
            known = ", ".join(policy.kind for policy in self.policies) or "nothing"
            raise Rejected(f"kind {kind!r} is not one of {known}", field="kind", value=kind)
        return found

    def calendar(self, hours_id: HoursId) -> HoursOfOperation:
        """Rejected when it is not there any more."""
        found = next((hours for hours in self.hours if hours.hours_id == hours_id), None)
        if found is None:
            message = f"there are no hours of operation {hours_id!r} to measure by"
            raise Rejected(message, field="hoursId", value=hours_id)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Time that does not count, because it is the customer's turn or all is settled."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One limit on its way. `since` None: it has not begun. `due_at` None: it stands still, or has
    not begun.

    `warned_at`, `breached_at`: when somebody was told that it is, or was, due.
    """

    limit: Limit
    seconds: int
    since: datetime | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    met_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """It has begun, and what it measures has not happened."""
        return self.since is not None and self.met_at is None

    @property
    def notices(self) -> list[datetime]:
        """The moments of which nobody was told yet; a warning comes too late for what is over."""
        if not self.is_running or self.breached_at is not None:
            return []
        due = [self.due_at] if self.due_at is not None else []
        return [self.warn_at, *due] if self.warn_at and self.warned_at is None else due

    @property
    def is_late(self) -> bool:
        """What it measures happened after it was due."""
        return self.met_at is not None and self.due_at is not None and self.met_at > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """The clocks of one ticket, with the promise as it was when they began.

    Everything but `reckoned` notes what happened; `reckoned` says what is due when because of it.
    The clock of updates begins with the first response, so it can never be due before that.
    `quiet_until`: nobody is told of anything before, because the center was closed.
    """

    hours_id: HoursId
    warn_seconds: int
    clocks: tuple[Clock, ...]
    pauses: tuple[Pause, ...] = ()
    quiet_until: datetime | None = None

    @classmethod
    def begun(cls, policy: SlaPolicy, hours: HoursOfOperation, at: datetime) -> Sla:
        """Rejected when the calendar does not open long enough within a year to keep it."""
        after_business_time(hours, at, timedelta(seconds=max(policy.limits.values())))
        is_response_due = Limit.FIRST_RESPONSE in policy.limits
        sla = cls(
            hours_id=policy.hours_id,
            warn_seconds=policy.warn_seconds,
            clocks=tuple(
                Clock(
                    limit=limit,
                    seconds=policy.limits[limit],
                    since=None if limit is Limit.UPDATE and is_response_due else at,
                )
                for limit in Limit
                if limit in policy.limits
            ),
        )
        return sla.reckoned(hours, at)

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def next_notice_at(self) -> datetime | None:
        """When the next one has to be told that something is due, or was."""
        moments = [moment for clock in self.clocks for moment in clock.notices]
        first = min(moments, default=None)
        return first and max(first, self.quiet_until or first)

    def clock(self, limit: Limit) -> Clock | None:
        return next((clock for clock in self.clocks if clock.limit is limit), None)

    # --- what happens -------------------------------------------------------------------------

    def paused(self, at: datetime) -> Sla:
        return self if self.is_paused else replace(self, pauses=(*self.pauses, Pause(since=at)))

    def resumed(self, at: datetime) -> Sla:
        if not self.is_paused:
            return self
        return replace(self, pauses=(*self.pauses[:-1], replace(self.pauses[-1], until=at)))

    def responded(self, at: datetime) -> Sla:
        """The customer was answered: the first response is given, and the next news count anew."""
        return self._each(lambda clock: _answered(clock, at))

    def finished(self, at: datetime) -> Sla:
        """All is settled: no clock runs any more, and nobody waits for the customer."""
        return self.resumed(at)._each(lambda clock: _met(clock, at))

    def reopened(self, at: datetime) -> Sla:
        """It was not settled: the resolution goes on where it stopped, news count anew. What was
        between does not count."""
        settled_at = max((clock.met_at for clock in self.clocks if clock.met_at), default=at)
        again = replace(self, pauses=(*self.pauses, Pause(since=settled_at, until=at)))
        return again._each(lambda clock: _again(clock, at))

    # --- what is due --------------------------------------------------------------------------

    def reckoned(self, hours: HoursOfOperation, at: datetime) -> Sla:
        """With the moments of every clock that runs, as the calendar stands now. Somebody who was
        told too early, because the moment has moved, will be told again.

        Nothing is due any more where the calendar does not open long enough within a year.
        """
        is_quiet = self.quiet_until is not None and self.quiet_until > at
        awake = replace(self, quiet_until=None) if is_quiet else self
        return awake._each(lambda clock: self._reckoned(clock, hours, at))

    def _reckoned(self, clock: Clock, hours: HoursOfOperation, at: datetime) -> Clock:
        if clock.since is None or clock.met_at is not None:
            return clock
        early = clock.seconds - self.warn_seconds
        due_at = self._moment(hours, clock.since, clock.seconds)
        warn_at = self._moment(hours, clock.since, early) if early > 0 else None
        return replace(
            clock,
            due_at=due_at,
            warn_at=warn_at,
            warned_at=clock.warned_at if warn_at and warn_at <= at else None,
            breached_at=clock.breached_at if due_at and due_at <= at else None,
        )

    def _moment(self, hours: HoursOfOperation, since: datetime, seconds: int) -> datetime | None:
        """When so much business time has passed that counts; None: not before the pause ends, or
        not within a year."""
        left = timedelta(seconds=seconds)
        for pause in self.pauses:
            if pause.since > since:
                passed = business_time(hours, since, pause.since)
                if passed >= left:
                    break
                left -= passed
            if pause.until is None:
                return None
            since = max(since, pause.until)
        try:
            return after_business_time(hours, since, left)
        except Rejected:
            return None

    def _each(self, change: _Change) -> Sla:
        return replace(self, clocks=tuple(change(clock) for clock in self.clocks))


type _Change = Callable[[Clock], Clock]


def told(before: Sla | None, after: Sla) -> list[str]:
    """What changed between the two, a line for each clock that has something to say."""
    lines = []
    for clock in after.clocks:
        earlier = before.clock(clock.limit) if before is not None else None
        was_met = earlier is not None and earlier.met_at is not None
        if clock.met_at is not None and not was_met and clock.limit is not Limit.UPDATE:
            lines.append(f"{clock.limit} {'late' if clock.is_late else 'in time'}")
        elif clock.is_running and clock.due_at != (earlier.due_at if earlier else None):
            lines += [] if after.is_paused else [f"{clock.limit} due {minute(clock.due_at)}"]
    return lines


def _met(clock: Clock, at: datetime) -> Clock:
    return replace(clock, met_at=at) if clock.is_running else clock


def _answered(clock: Clock, at: datetime) -> Clock:
    if clock.limit is Limit.FIRST_RESPONSE:
        return _met(clock, at)
    is_due_anew = clock.limit is Limit.UPDATE and clock.met_at is None
    return replace(clock, since=at) if is_due_anew else clock


def _again(clock: Clock, at: datetime) -> Clock:
    if clock.limit is Limit.UPDATE:
        return replace(clock, since=at, met_at=None)
    return replace(clock, met_at=None) if clock.limit is Limit.RESOLUTION else clock
