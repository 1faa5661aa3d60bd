"""REST: Amazon Connect's API for overrides of hours of operation."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center
from chalicelib.core.hours import HoursOfOperation, Override, OverrideType
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
from chalicelib.entrypoints.hours_shapes import (
    OverridePeriod,
    RecurrenceConfig,
    config_of,
    config_shown,
    recurrence_shown,
)
from chalicelib.services.hours import NewOverride, OverrideChange

bp = Blueprint(__name__)

_ALL = "/hours-of-operations/{instance_id}/{hours_id}/overrides"
_ONE = "/hours-of-operations/{instance_id}/{hours_id}/overrides/{override_id}"
_LIST_LIMIT = 100


class CreateOverride(Shape):
    name: str
    config: list[OverridePeriod]
    effective_from: str
    effective_till: str
    description: str = ""
    override_type: OverrideType = OverrideType.STANDARD
    recurrence_config: RecurrenceConfig | None = None


class UpdateOverride(Shape):
    name: str | None = None
    config: list[OverridePeriod] | None = None
    effective_from: str | None = None
    effective_till: str | None = None
    description: str | None = None
    override_type: OverrideType | None = None
    recurrence_config: RecurrenceConfig | None = None


@endpoint(bp, "PUT", _ALL, who=ADMINS, body=CreateOverride, style=CONNECT)
def create_hours_of_operation_override(call: Call, instance_id: str, hours_id: str) -> object:
    body: CreateOverride = call.body
    new = NewOverride(
        name=body.name,
        effective_from=read_date(body.effective_from, "EffectiveFrom"),
        effective_till=read_date(body.effective_till, "EffectiveTill"),
        config=config_of(body.config),
        type=body.override_type,
        description=body.description,
        recurrence=body.recurrence_config.recurrence() if body.recurrence_config else None,
    )
    override = bootstrap.hours().add_override(
        center_of(instance_id), hours_id, new, by=call.caller.username
    )
    return {"HoursOfOperationOverrideId": override.override_id}


@endpoint(bp, "GET", _ONE, who=ADMINS, style=CONNECT)
def describe_hours_of_operation_override(
    call: Call, instance_id: str, hours_id: str, override_id: str
) -> object:
    center, service = center_of(instance_id), bootstrap.hours()
    hours = service.find(center, hours_id)
    override = service.override(hours, override_id)
    return {"HoursOfOperationOverride": _shown(center, hours, override)}


@endpoint(bp, "POST", _ONE, who=ADMINS, body=UpdateOverride, style=CONNECT)
def update_hours_of_operation_override(
    call: Call, instance_id: str, hours_id: str, override_id: str
) -> object:
    body: UpdateOverride = call.body
    since, until = body.effective_from, body.effective_till
    change = OverrideChange(
        name=body.name,
        effective_from=None if since is None else read_date(since, "EffectiveFrom"),
        effective_till=None if until is None else read_date(until, "EffectiveTill"),
        config=None if body.config is None else config_of(body.config),
        type=body.override_type,
        description=body.description,
        recurrence=body.recurrence_config.recurrence() if body.recurrence_config else None,
    )
    bootstrap.hours().change_override(
        center_of(instance_id), hours_id, override_id, change, by=call.caller.username
    )
    return {}


@endpoint(bp, "DELETE", _ONE, who=ADMINS, style=CONNECT)
def delete_hours_of_operation_override(
    call: Call, instance_id: str, hours_id: str, override_id: str
) -> object:
    bootstrap.hours().drop_override(
        center_of(instance_id), hours_id, override_id, by=call.caller.username
    )
    return {}


@endpoint(bp, "GET", _ALL, who=ADMINS, style=CONNECT)
def list_hours_of_operation_overrides(call: Call, instance_id: str, hours_id: str) -> object:
    center = center_of(instance_id)
    hours = bootstrap.hours().find(center, hours_id)
    page = listed(
        call,
        "HoursOfOperationOverrideList",
        sorted(hours.overrides, key=lambda override: override.name),
        lambda override: override.name,
        lambda override: _shown(center, hours, override),
        limit=_LIST_LIMIT,
    )
    return {**page, **dated(center, hours.changed_at)}


@endpoint(
    bp, "POST", "/search-hours-of-operation-overrides", who=ADMINS, body=Search, style=CONNECT
)
def search_hours_of_operation_overrides(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "HoursOfOperationOverrides",
        bootstrap.hours().overrides(center),
        lambda found: found[1].override_id,
        _searched,
        lambda found: _shown(center, *found),
    )


def _shown(center: Center, hours: HoursOfOperation, override: Override) -> dict[str, object]:
    return without_nothing(
        {
            "HoursOfOperationOverrideId": override.override_id,
            "HoursOfOperationId": hours.hours_id,
            "HoursOfOperationArn": center.hours_arn(hours.hours_id),
            "Name": override.name,
            "Description": override.description or None,
            "Config": config_shown(override.config),
            "EffectiveFrom": override.effective_from.isoformat(),
            "EffectiveTill": override.effective_till.isoformat(),
            "OverrideType": override.type,
            "RecurrenceConfig": recurrence_shown(override.recurrence),
        }
    )


def _searched(found: tuple[HoursOfOperation, Override]) -> Found:
    """By its own words and dates; its tags are those of its hours."""
    hours, override = found
    return Found(
        texts={
            "name": override.name,
            "description": override.description,
            "resourceid": override.override_id,
            "effectivefrom": override.effective_from.isoformat(),
            "effectivetill": override.effective_till.isoformat(),
        },
        tags=hours.tags,
    )
