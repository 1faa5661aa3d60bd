"""REST: Amazon Connect's API for versions and aliases, of contact flows and of modules.

Both have the same doors under two names, so one function opens them for either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center
from chalicelib.core.flow_entry import FlowAlias, FlowEntry
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Shape,
    center_of,
    dated,
    listed,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.flow_ports import VersionNote
from chalicelib.services.flow_versions import AliasChange, FlowVersions

bp = Blueprint(__name__)


class CreateVersion(Shape):
    description: str | None = None
    flow_content_sha256: str | None = None
    flow_module_content_sha256: str | None = None


class CreateAlias(Shape):
    alias_name: str
    description: str = ""
    contact_flow_version: int | None = None
    contact_flow_module_version: int | None = None


class UpdateAlias(Shape):
    name: str | None = None
    description: str | None = None
    contact_flow_version: int | None = None
    contact_flow_module_version: int | None = None


@dataclass(frozen=True)
class Kind:
    """`noun` as field names begin with it; `is_dated`: whether its lists tell when and where."""

    path: str
    noun: str
    versions: Callable[[], FlowVersions]
    is_dated: bool


FLOWS = Kind("/contact-flows", "ContactFlow", lambda: bootstrap.flow_versions(), True)
MODULES = Kind(
    "/contact-flow-modules", "ContactFlowModule", lambda: bootstrap.module_versions(), False
)


def open_versions(kind: Kind) -> None:
    flow = kind.path + "/{instance_id}/{flow_id}"

    @endpoint(bp, "PUT", f"{flow}/version", who=ADMINS, body=CreateVersion, style=CONNECT)
    def create_version(call: Call, instance_id: str, flow_id: str) -> object:
        body: CreateVersion = call.body
        center = center_of(instance_id)
        entry, version = kind.versions().create(
            center,
            flow_id,
            description=body.description,
            sha256=body.flow_content_sha256 or body.flow_module_content_sha256,
        )
        return {f"{kind.noun}Arn": f"{center.flow_arn(entry)}:{version}", "Version": version}

    @endpoint(bp, "GET", f"{flow}/versions", who=ADMINS, style=CONNECT)
    def list_versions(call: Call, instance_id: str, flow_id: str) -> object:
        center = center_of(instance_id)
        entry, notes = kind.versions().listed(center, flow_id)

        def shown(note: VersionNote) -> dict[str, object]:
            return _listed_version(kind, center, entry, note)

        name = f"{kind.noun}VersionSummaryList"
        return listed(call, name, notes, lambda note: -note.version, shown)

    @endpoint(bp, "DELETE", flow + "/version/{version}", who=ADMINS, style=CONNECT)
    def delete_version(call: Call, instance_id: str, flow_id: str, version: str) -> object:
        kind.versions().delete(center_of(instance_id), flow_id, version)
        return {}


def open_aliases(kind: Kind) -> None:
    flow = kind.path + "/{instance_id}/{flow_id}"
    alias = flow + "/alias/{alias_id}"

    @endpoint(bp, "PUT", f"{flow}/alias", who=ADMINS, body=CreateAlias, style=CONNECT)
    def create_alias(call: Call, instance_id: str, flow_id: str) -> object:
        body: CreateAlias = call.body
        center = center_of(instance_id)
        entry, made = kind.versions().create_alias(
            center,
            flow_id,
            name=body.alias_name,
            version=body.contact_flow_version or body.contact_flow_module_version or 0,
            description=body.description,
        )
        return {f"{kind.noun}Arn": f"{center.flow_arn(entry)}:{made.name}", "Id": made.alias_id}

    @endpoint(bp, "GET", alias, who=ADMINS, style=CONNECT)
    def describe_alias(call: Call, instance_id: str, flow_id: str, alias_id: str) -> object:
        center = center_of(instance_id)
        entry, found = kind.versions().alias(center, flow_id, alias_id)
        own = {f"{kind.noun}Id": entry.flow_id, f"{kind.noun}Arn": center.flow_arn(entry)}
        return {f"{kind.noun}Alias": {**own, **_alias(center, found)}}

    @endpoint(bp, "POST", alias, who=ADMINS, body=UpdateAlias, style=CONNECT)
    def update_alias(call: Call, instance_id: str, flow_id: str, alias_id: str) -> object:
        body: UpdateAlias = call.body
        change = AliasChange(
            name=body.name,
            description=body.description,
            version=body.contact_flow_version or body.contact_flow_module_version,
        )
        kind.versions().change_alias(center_of(instance_id), flow_id, alias_id, change)
        return {}

    @endpoint(bp, "DELETE", alias, who=ADMINS, style=CONNECT)
    def delete_alias(call: Call, instance_id: str, flow_id: str, alias_id: str) -> object:
        kind.versions().delete_alias(center_of(instance_id), flow_id, alias_id)
        return {}

    @endpoint(bp, "GET", f"{flow}/aliases", who=ADMINS, style=CONNECT)
    def list_aliases(call: Call, instance_id: str, flow_id: str) -> object:
        center = center_of(instance_id)
        entry, aliases = kind.versions().aliases(center, flow_id)

        def shown(each: FlowAlias) -> dict[str, object]:
            return _listed_alias(kind, center, entry, each)

        name = f"{kind.noun}AliasSummaryList"
        return listed(call, name, aliases, lambda each: each.name, shown)


def _alias(center: Center, alias: FlowAlias) -> dict[str, object]:
    return without_nothing(
        {
            "AliasId": alias.alias_id,
            "Version": alias.version,
            "Name": alias.name,
            "Description": alias.description or None,
            **dated(center, alias.changed_at),
        }
    )


def _listed_alias(
    kind: Kind, center: Center, entry: FlowEntry, alias: FlowAlias
) -> dict[str, object]:
    return without_nothing(
        {
            "Arn": f"{center.flow_arn(entry)}:{alias.name}",
            "AliasId": alias.alias_id,
            "Version": alias.version,
            "AliasName": alias.name,
            "AliasDescription": alias.description or None,
            **(dated(center, alias.changed_at) if kind.is_dated else {}),
        }
    )


def _listed_version(
    kind: Kind, center: Center, entry: FlowEntry, note: VersionNote
) -> dict[str, object]:
    return without_nothing(
        {
            "Arn": f"{center.flow_arn(entry)}:{note.version}",
            "Version": note.version,
            "VersionDescription": note.note or None,
            **(dated(center, note.published_at) if kind.is_dated else {}),
        }
    )


for _kind in (FLOWS, MODULES):
    open_versions(_kind)
    open_aliases(_kind)
