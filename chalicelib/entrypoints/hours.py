"""REST: Amazon Connect's API for hours of operation."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center
from chalicelib.core.hours import Config, HoursOfOperation, Override, OverrideType
from chalicelib.core.search import Found, read_date
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    dated,
    listed,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.hours_shapes import Period, config_of, config_shown, slice_shown
from chalicelib.services.hours import EffectiveDay, HoursChange, NewHours

bp = Blueprint(__name__)

_ALL = "/hours-of-operations/{instance_id}"
_ONE = "/hours-of-operations/{instance_id}/{hours_id}"


class Parent(Shape):
    hours_of_operation_id: str | None = None


class CreateHoursOfOperation(Shape):
    name: str
    time_zone: str
    config: list[Period]
    description: str = ""
    tags: dict[str, str] = {}
    parent_hours_of_operation_configs: list[Parent] = []


class UpdateHoursOfOperation(Shape):
    name: str | None = None
    description: str | None = None
    time_zone: str | None = None
    config: list[Period] | None = None


@endpoint(bp, "PUT", _ALL, who=ADMINS, body=CreateHoursOfOperation, style=CONNECT)
def create_hours_of_operation(call: Call, instance_id: str) -> object:
    body: CreateHoursOfOperation = call.body
    center = center_of(instance_id)
    new = NewHours(
        name=body.name,
        time_zone=body.time_zone,
        config=config_of(body.config),
        description=body.description,
        tags=body.tags,
        parents=[each.hours_of_operation_id for each in body.parent_hours_of_operation_configs],
    )
    return _named(center, bootstrap.hours().create(center, new))


@endpoint(bp, "GET", _ONE, who=ADMINS, style=CONNECT)
def describe_hours_of_operation(call: Call, instance_id: str, hours_id: str) -> object:
    center = center_of(instance_id)
    return {"HoursOfOperation": _shown(center, bootstrap.hours().find(center, hours_id))}


@endpoint(bp, "POST", _ONE, who=ADMINS, body=UpdateHoursOfOperation, style=CONNECT)
def update_hours_of_operation(call: Call, instance_id: str, hours_id: str) -> object:
    body: UpdateHoursOfOperation = call.body
    change = HoursChange(
        name=body.name,
        time_zone=body.time_zone,
        config=None if body.config is None else config_of(body.config),
        description=body.description,
    )
    bootstrap.hours().change(center_of(instance_id), hours_id, change, by=call.caller.username)
    return {}


@endpoint(bp, "DELETE", _ONE, who=ADMINS, style=CONNECT)
def delete_hours_of_operation(call: Call, instance_id: str, hours_id: str) -> object:
    bootstrap.hours().delete(center_of(instance_id), hours_id)
    return {}


@endpoint(bp, "GET", "/hours-of-operations-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_hours_of_operations(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "HoursOfOperationSummaryList",
        bootstrap.hours().listed(center),
        lambda hours: hours.name,
        lambda hours: {
            "Id": hours.hours_id,
            "Arn": center.hours_arn(hours.hours_id),
            "Name": hours.name,
            **dated(center, hours.changed_at),
        },
    )


@endpoint(bp, "POST", "/search-hours-of-operations", who=ADMINS, body=Search, style=CONNECT)
def search_hours_of_operations(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "HoursOfOperations",
        bootstrap.hours().listed(center),
        lambda hours: hours.name,
        _searched,
        lambda hours: _shown(center, hours),
    )


@endpoint(
    bp,
    "GET",
    "/effective-hours-of-operations/{instance_id}/{hours_id}",
    who=ADMINS,
    style=CONNECT,
)
def get_effective_hours_of_operations(call: Call, instance_id: str, hours_id: str) -> object:
    center, service = center_of(instance_id), bootstrap.hours()
    since, until = (
        read_date(call.query.get(name[0].lower() + name[1:], ""), name)
        for name in ("FromDate", "ToDate")
    )
    days = service.effective(center, hours_id, since, until)
    return {
        "EffectiveHoursOfOperationList": [_day_shown(day) for day in days],
        "EffectiveOverrideHoursList": [_overrides_shown(day) for day in days if day.overrides],
        "TimeZone": service.find(center, hours_id).time_zone,
    }


def _named(center: Center, hours: HoursOfOperation) -> dict[str, object]:
    arn = center.hours_arn(hours.hours_id)
    return {"HoursOfOperationId": hours.hours_id, "HoursOfOperationArn": arn}


def _shown(center: Center, hours: HoursOfOperation) -> dict[str, object]:
    return without_nothing(
        {
            **_named(center, hours),
            "Name": hours.name,
            "Description": hours.description or None,
            "TimeZone": hours.time_zone,
            "Config": config_shown(hours.config),
            "Tags": dict(hours.tags),
            **dated(center, hours.changed_at),
        }
    )


def _searched(hours: HoursOfOperation) -> Found:
    texts = {
        "name": hours.name,
        "description": hours.description,
        "resourceid": hours.hours_id,
    }
    return Found(texts=texts, tags=hours.tags)


def _day_shown(day: EffectiveDay) -> dict[str, object]:
    hours = [{"Start": slice_shown(p.start), "End": slice_shown(p.end)} for p in day.periods]
    return {"Date": day.day.isoformat(), "OperationalHours": hours}


def _overrides_shown(day: EffectiveDay) -> dict[str, object]:
    hours = [_override_hour(override, period) for override, period in day.overrides]
    return {"Date": day.day.isoformat(), "OverrideHours": hours}


def _override_hour(override: Override, period: Config) -> dict[str, object]:
    is_closed = override.type is OverrideType.CLOSED or not override.config
    return {
        "Start": slice_shown(period.start),
        "End": slice_shown(period.end),
        "OverrideName": override.name,
        "OperationalStatus": "CLOSED" if is_closed else "OPEN",
    }
