"""Hours of operation as Amazon Connect's API speaks of them, with their overrides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.core.center import Center
from chalicelib.core.errors import Duplicate, InUse, Rejected, TooMany
from chalicelib.core.hours import (
    MAX_OVERRIDES,
    Config,
    HoursOfOperation,
    Override,
    OverrideType,
    check_override,
    joined,
)
from chalicelib.core.ids import HoursId
from chalicelib.core.recurrence import Recurrence
from chalicelib.core.tags import checked_tags
from chalicelib.services.center_ports import PartStore
from chalicelib.services.flow_library import checked_name
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.parts import description, found, free_name

MOST_DAYS = 366  # that are told of at once


@dataclass(frozen=True, kw_only=True)
class NewHours:
    """`parents`: hours whose overrides are to count too; there are none such here."""

    name: str
    time_zone: str
    config: tuple[Config, ...]
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    parents: Sequence[str | None] = ()


@dataclass(frozen=True, kw_only=True)
class HoursChange:
    """What is None stays."""

    name: str | None = None
    time_zone: str | None = None
    config: tuple[Config, ...] | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewOverride:
    """`effective_from` and `effective_till` are dates of the calendar's zone, both included."""

    name: str
    effective_from: date
    effective_till: date
    config: tuple[Config, ...]
    type: OverrideType = OverrideType.STANDARD
    description: str = ""
    recurrence: Recurrence | None = None


@dataclass(frozen=True, kw_only=True)
class OverrideChange:
    """What is None stays."""

    name: str | None = None
    effective_from: date | None = None
    effective_till: date | None = None
    config: tuple[Config, ...] | None = None
    type: OverrideType | None = None
    description: str | None = None
    recurrence: Recurrence | None = None


@dataclass(frozen=True, kw_only=True)
class EffectiveDay:
    """What a date is like, and the overrides that make it so, with their hours."""

    day: date
    periods: Sequence[Config]
    overrides: Sequence[tuple[Override, Config]]


class Promises(Protocol):
    """What is due by hours of operation."""

    def recompute(self, hours: HoursOfOperation, *, by: str, why: str) -> None:
        """They are like this now; `by` changed them."""
        ...


class HoursService:
    """The hours of operation of one center. `by` is the username of whoever changes them: tickets
    that are due at another moment because of it name them."""

    def __init__(
        self,
        store: PartStore,
        usage: FlowUsage,
        promises: Promises,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._usage = usage
        self._promises = promises
        self._now = now
        self._new_id = new_id

    def listed(self, center: Center) -> list[HoursOfOperation]:
        """By name."""
        return sorted(center.hours, key=lambda hours: hours.name)

    def find(self, center: Center, reference: str) -> HoursOfOperation:
        noun, field = "hours of operation", "HoursOfOperationId"
        return found(center.hours, reference, lambda h: h.hours_id, noun=noun, field=field)

    def create(self, center: Center, new: NewHours) -> HoursOfOperation:
        if new.parents:
            message = "hours of operation have no parents here: write the overrides themselves"
            field = "ParentHoursOfOperationConfigs"
            raise Rejected(message, field=field, value=len(new.parents))
        return self._save(
            HoursOfOperation(
                hours_id=HoursId(self._new_id()),
                name=_free(center, new.name),
                time_zone=new.time_zone,
                config=new.config,
                description=description(new.description),
                tags=checked_tags(new.tags),
            )
        )

    def change(self, center: Center, reference: str, change: HoursChange, *, by: str) -> None:
        known = self.find(center, reference)
        name = _given(change.name, known.name)
        after = replace(
            known,
            name=name if name == known.name else _free(center, name),
            time_zone=_given(change.time_zone, known.time_zone),
            config=_given(change.config, known.config),
            description=description(_given(change.description, known.description)),
        )
        self._change(after, by=by, why=f"hours of operation {after.name!r} changed")

    def delete(self, center: Center, reference: str) -> None:
        """Refused while queues or flows look at them."""
        hours = self.find(center, reference)
        users = self._usage.of_hours(center, hours)
        if users:
            arn = center.hours_arn(hours.hours_id)
            raise InUse(f"hours of operation {hours.name!r}", users, value=arn)
        self._store.delete_part("hours", hours.hours_id)

    def effective(
        self, center: Center, reference: str, since: date, until: date
    ) -> list[EffectiveDay]:
        """Every date from `since` to `until`, MOST_DAYS at most."""
        hours = self.find(center, reference)
        days = (until - since).days + 1
        if not 1 <= days <= MOST_DAYS:
            message = f"ToDate is FromDate or one of the {MOST_DAYS - 1} dates after it"
            raise Rejected(message, field="ToDate", value=until.isoformat())
        return [_effective(hours, since + timedelta(days=n)) for n in range(days)]

    # --- overrides ---

    def overrides(self, center: Center) -> list[tuple[HoursOfOperation, Override]]:
        """Those of all hours, by id."""
        every = [(hours, override) for hours in center.hours for override in hours.overrides]
        return sorted(every, key=lambda found: found[1].override_id)

    def override(self, hours: HoursOfOperation, override_id: str) -> Override:
        noun, field = "override", "HoursOfOperationOverrideId"
        known = hours.overrides
        return found(known, override_id, lambda o: o.override_id, noun=noun, field=field)

    def add_override(
        self, center: Center, reference: str, new: NewOverride, *, by: str
    ) -> Override:
        hours = self.find(center, reference)
        if len(hours.overrides) >= MAX_OVERRIDES:
            message = f"hours of operation have at most {MAX_OVERRIDES} overrides"
            raise TooMany(message, field="HoursOfOperationId", value=hours.hours_id)
        override = Override(
            override_id=self._new_id(),
            name=_free_override(hours, new.name),
            effective_from=new.effective_from,
            effective_till=new.effective_till,
            config=new.config,
            type=new.type,
            description=description(new.description),
            recurrence=new.recurrence,
        )
        check_override(override)
        after = replace(hours, overrides=(*hours.overrides, override))
        self._change(after, by=by, why=f"override {override.name!r} added to {hours.name!r}")
        return override

    def change_override(
        self, center: Center, reference: str, override_id: str, change: OverrideChange, *, by: str
    ) -> None:
        hours = self.find(center, reference)
        known = self.override(hours, override_id)
        name = _given(change.name, known.name)
        after = replace(
            known,
            name=name if name == known.name else _free_override(hours, name),
            effective_from=_given(change.effective_from, known.effective_from),
            effective_till=_given(change.effective_till, known.effective_till),
            config=_given(change.config, known.config),
            type=_given(change.type, known.type),
            description=description(_given(change.description, known.description)),
            recurrence=_given(change.recurrence, known.recurrence),
        )
        check_override(after)
        overrides = tuple(after if each is known else each for each in hours.overrides)
        why = f"override {after.name!r} of {hours.name!r} changed"
        self._change(replace(hours, overrides=overrides), by=by, why=why)

    def drop_override(self, center: Center, reference: str, override_id: str, *, by: str) -> None:
        hours = self.find(center, reference)
        known = self.override(hours, override_id)
        left = tuple(each for each in hours.overrides if each is not known)
        why = f"override {known.name!r} removed from {hours.name!r}"
        self._change(replace(hours, overrides=left), by=by, why=why)

    def _change(self, hours: HoursOfOperation, *, by: str, why: str) -> None:
        self._promises.recompute(self._save(hours), by=by, why=why)

    def _save(self, hours: HoursOfOperation) -> HoursOfOperation:
        hours = replace(hours, changed_at=self._now())
        self._store.save_part("hours", hours.hours_id, hours)
        return hours


def _free(center: Center, name: str) -> str:
    return free_name(name, [hours.name for hours in center.hours], noun="calendar")


def _free_override(hours: HoursOfOperation, name: str) -> str:
    if any(override.name == name for override in hours.overrides):
        message = f"an override named {name!r} exists in {hours.name!r}"
        raise Duplicate(message, field="Name", value=name)
    return checked_name(name)


def _given[T](value: T | None, known: T) -> T:
    return known if value is None else value


def _effective(hours: HoursOfOperation, day: date) -> EffectiveDay:
    return EffectiveDay(
        day=day,
        periods=joined(hours.periods(day)),
        overrides=[
            (override, period)
            for override in hours.deciding(day)
            for period in override.hours_on(day)
        ],
    )
