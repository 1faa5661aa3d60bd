"""REST: Amazon Connect's API for views."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center
from chalicelib.core.errors import Rejected
from chalicelib.core.search import Found
from chalicelib.core.view import View, ViewContent, ViewType, ViewVersion
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    listed,
    stamp,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.views import NewView

bp = Blueprint(__name__)

VIEWS = "/views/{instance_id}"
VIEW = f"{VIEWS}/{{view_id}}"


class Content(Shape):
    template: str
    actions: list[str] = []


class CreateView(Shape):
    name: str
    status: str
    content: Content
    description: str = ""
    tags: dict[str, str] = {}


class UpdateContent(Shape):
    status: str
    content: Content


class UpdateMetadata(Shape):
    name: str | None = None
    description: str | None = None


class NewVersion(Shape):
    version_description: str = ""
    digest: str | None = msgspec.field(default=None, name="ViewContentSha256")


@endpoint(bp, "PUT", VIEWS, who=ADMINS, body=CreateView, style=CONNECT)
def create_view(call: Call, instance_id: str) -> object:
    center, body = center_of(instance_id), call.body
    view = bootstrap.views().create(
        NewView(
            name=body.name,
            template=body.content.template,
            actions=body.content.actions,
            status=body.status,
            description=body.description,
            tags=body.tags,
        )
    )
    return _described(center, view, view.saved)


@endpoint(bp, "GET", VIEWS, who=ADMINS, style=CONNECT)
def list_views(call: Call, instance_id: str) -> object:
    center, kind = center_of(instance_id), call.query.get("type")
    if kind is not None and kind not in ViewType.__members__:
        raise Rejected(f"no type {kind!r} of views", field="Type", value=kind)
    views = [view for view in bootstrap.views().views() if kind in (None, view.type)]
    return listed(
        call,
        "ViewsSummaryList",
        sorted(views, key=lambda view: view.name),
        lambda view: view.name,
        lambda view: _summary(center, view),
    )


@endpoint(bp, "POST", "/search-views", who=ADMINS, body=Search, style=CONNECT)
def search_views(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "Views",
        sorted(bootstrap.views().views(), key=lambda view: view.name),
        lambda view: view.name,
        _searched,
        lambda view: _document(center, view, view.latest or view.saved),
    )


@endpoint(bp, "GET", VIEW, who=ADMINS, style=CONNECT)
def describe_view(call: Call, instance_id: str, view_id: str) -> object:
    view, content, number = bootstrap.views().found(view_id)
    return _described(center_of(instance_id), view, content, number)


@endpoint(bp, "POST", VIEW, who=ADMINS, body=UpdateContent, style=CONNECT)
def update_view_content(call: Call, instance_id: str, view_id: str) -> object:
    center, body = center_of(instance_id), call.body
    view = bootstrap.views().update(
        view_id, body.content.template, body.content.actions, body.status
    )
    return _described(center, view, view.saved)


@endpoint(bp, "POST", f"{VIEW}/metadata", who=ADMINS, body=UpdateMetadata, style=CONNECT)
def update_view_metadata(call: Call, instance_id: str, view_id: str) -> object:
    center_of(instance_id)
    bootstrap.views().rename(view_id, call.body.name, call.body.description)
    return {}


@endpoint(bp, "DELETE", VIEW, who=ADMINS, style=CONNECT)
def delete_view(call: Call, instance_id: str, view_id: str) -> object:
    center_of(instance_id)
    bootstrap.views().delete(view_id)
    return {}


@endpoint(bp, "PUT", f"{VIEW}/versions", who=ADMINS, body=NewVersion, style=CONNECT)
def create_view_version(call: Call, instance_id: str, view_id: str) -> object:
    center, body = center_of(instance_id), call.body
    view, version = bootstrap.views().publish_version(
        view_id, body.version_description, body.digest
    )
    return _described(center, view, version.content, version.number, version.description)


@endpoint(bp, "GET", f"{VIEW}/versions", who=ADMINS, style=CONNECT)
def list_view_versions(call: Call, instance_id: str, view_id: str) -> object:
    center = center_of(instance_id)
    view, versions = bootstrap.views().versions(view_id)
    return listed(
        call,
        "ViewVersionSummaryList",
        versions,
        lambda version: version.number,
        lambda version: _version(center, view, version),
    )


@endpoint(bp, "DELETE", f"{VIEW}/versions/{{view_version}}", who=ADMINS, style=CONNECT)
def delete_view_version(call: Call, instance_id: str, view_id: str, view_version: str) -> object:
    center_of(instance_id)
    is_number = view_version.isascii() and view_version.isdecimal()
    if not is_number or len(view_version) > 8:
        raise Rejected(f"no version {view_version!r}", field="ViewVersion", value=view_version)
    bootstrap.views().delete(view_id, int(view_version))
    return {}


# --- shapes -------------------------------------------------------------------------------------


def _summary(center: Center, view: View) -> dict[str, object]:
    return without_nothing(
        {
            "Id": view.view_id,
            "Arn": f"{center.arn}/view/{view.view_id}",
            "Name": view.name,
            "Type": view.type,
            "Status": view.status,
            "Description": view.description or None,
        }
    )


def _version(center: Center, view: View, version: ViewVersion) -> dict[str, object]:
    named = {name: known for name, known in _summary(center, view).items() if name != "Status"}
    more = {"Version": version.number, "VersionDescription": version.description or None}
    return {**named, **without_nothing(more)}


def _searched(view: View) -> Found:
    texts = {"name": view.name, "description": view.description, "status": view.status}
    return Found(texts={**texts, "type": view.type}, tags=view.tags)


def _described(
    center: Center, view: View, content: ViewContent, number: int = 0, note: str = ""
) -> dict[str, object]:
    return {"View": _document(center, view, content, number, note)}


def _document(
    center: Center, view: View, content: ViewContent, number: int = 0, note: str = ""
) -> dict[str, object]:
    document = {
        **_summary(center, view),
        "Version": number or view.version or None,
        "VersionDescription": note or None,
        "Content": {
            "InputSchema": content.input_schema,
            "Template": content.template,
            "Actions": list(content.actions),
        },
        "Tags": dict(view.tags),
        "CreatedTime": stamp(view.created_at),
        "LastModifiedTime": stamp(view.modified_at),
        "ViewContentSha256": content.digest,
    }
    return without_nothing(document)
