"""Views: pages of a guide, as templates that are filled with what a flow gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.errors import Rejected
from chalicelib.core.flow import fill_in, is_too_deep, names_in

TEMPLATE_BYTES = 64 * 1024
DATA_BYTES = 16 * 1024
MOST_ACTIONS = 50


class ViewType(StrEnum):
    CUSTOMER_MANAGED = "CUSTOMER_MANAGED"
    AWS_MANAGED = "AWS_MANAGED"  # those that every center has


class ViewStatus(StrEnum):
    PUBLISHED = "PUBLISHED"
    SAVED = "SAVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewContent:
    """`template` and `input_schema` are JSON; an action is what a person may answer."""

    template: str
    actions: tuple[str, ...]
    input_schema: str = "{}"

    @property
    def digest(self) -> str:
        """Of what decides how it looks; Amazon Connect takes 64 letters and digits."""
        whole = json.dumps([self.template, list(self.actions)])
        return sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`saved` is the draft, `latest` what is shown unless a version is asked for; `version` counts
    the versions, which never change; `revision` counts what was stored."""

    view_id: str
    name: str
    type: ViewType = ViewType.CUSTOMER_MANAGED
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    saved: ViewContent
    latest: ViewContent | None = None
    version: int = 0
    revision: int = 0
    created_at: datetime
    modified_at: datetime

    @property
    def status(self) -> ViewStatus:
        return ViewStatus.SAVED if self.latest is None else ViewStatus.PUBLISHED

    def edited(self, content: ViewContent, *, publish: bool, at: datetime) -> View:
        """The draft always changes; what is shown only when it is published."""
        latest = content if publish else self.latest
        return replace(self, saved=content, latest=latest, modified_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewVersion:
    """One version, for ever the same."""

    view_id: str
    number: int
    content: ViewContent
    description: str = ""


def reference(written: str) -> tuple[str, str]:
    """Id or name, and qualifier ($LATEST, $SAVED, a number, nothing), of an id, name or ARN."""
    if written.startswith("arn:"):
        written = written.rsplit("/", 1)[-1]
    identifier, _, qualifier = written.removeprefix("view:").partition(":")
    return identifier, "" if qualifier.upper() in ("LATEST", "$LATEST") else qualifier


# --- what a view may be ---------------------------------------------------------------------------


def checked_content(template: str, actions: Sequence[str], *, publish: bool) -> ViewContent:
    """The content, its input schema told from the references in the template.

    A draft only has to be JSON. Rejected names the first place that cannot be shown.
    """
    if len(template.encode(errors="surrogatepass")) > TEMPLATE_BYTES:
        raise Rejected(f"a template has at most {TEMPLATE_BYTES} bytes", field="Content.Template")
    try:
        document = json.loads(template)
    except (ValueError, RecursionError):
        raise Rejected("the template is not JSON", field="Content.Template") from None
    if is_too_deep(document):
        raise Rejected("the template nests too deep", field="Content.Template")
    if publish:
        _check_template(document)
        _check_actions(actions)
    names = sorted(names_in(document))
    schema = {"type": "object", "properties": {name: {} for name in names}}
    return ViewContent(template=template, actions=tuple(actions), input_schema=json.dumps(schema))


def size_of(data: Mapping[str, object]) -> int:
    """Bytes of the data as a page gets them."""
    return len(json.dumps(data, ensure_ascii=False, default=str).encode(errors="surrogatepass"))


def _check_template(document: object) -> None:
    body = document.get("Body") if isinstance(document, Mapping) else None
    if not isinstance(body, list) or not body:
        raise Rejected("the template needs a Body with components", field="Content.Template.Body")
    for number, component in enumerate(body):
        _check_component(component, f"Content.Template.Body[{number}]")


def _check_component(component: object, path: str) -> None:
    if isinstance(component, str):
        return
    if not isinstance(component, Mapping) or not isinstance(component.get("Type"), str):
        raise Rejected(f"{path} is no component: it needs a Type", field=path)
    if not isinstance(component.get("Props", {}), Mapping):
        raise Rejected(f"{path}.Props is no object", field=f"{path}.Props")
    content = component.get("Content", [])
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise Rejected(f"{path}.Content is no list", field=f"{path}.Content")
    for number, inner in enumerate(content):
        _check_component(inner, f"{path}.Content[{number}]")


def _check_actions(actions: Sequence[str]) -> None:
    if not 1 <= len(actions) <= MOST_ACTIONS:
        raise Rejected(f"a view has 1 to {MOST_ACTIONS} actions", field="Content.Actions")
    for action in actions:
        if not 1 <= len(action) <= 255 or actions.count(action) > 1:
            raise Rejected(
                f"action {action[:80]!r} is empty, too long or there twice",
                field="Content.Actions",
                value=action[:80],
            )


# --- what is shown --------------------------------------------------------------------------------


def filled(content: ViewContent, data: Mapping[str, object]) -> Mapping[str, object]:
    """The template with the data in place; what was not given is absent.

    Rejected names what the view needs and did not get. What stands in the data is never looked at
    for references: customers write some of it.
    """
    size = size_of(data)
    if size > DATA_BYTES:
        raise Rejected(f"ViewData has {size} bytes, the limit is {DATA_BYTES}", field="ViewData")
    for problem in problems(json.loads(content.input_schema), data, "ViewData"):
        raise Rejected(problem, field="ViewData")
    shown = fill_in(json.loads(content.template), data)
    return shown if isinstance(shown, Mapping) else {}


# --- data against a schema ------------------------------------------------------------------------

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": Mapping,
    "array": list,
    "string": str,
    "number": (int, float, str),  # flows write numbers and booleans as text
    "integer": (int, str),
    "boolean": (bool, str),
}


def problems(schema: Mapping[str, object], value: object, path: str) -> Iterator[str]:
    """What is wrong with the value, each with its place; of JSON Schema what views use: type,
    properties, required, additionalProperties, items, enum, minItems and maxItems."""
    kind = schema.get("type")
    if isinstance(kind, str) and not isinstance(value, _TYPES.get(kind, object)):
        yield f"{path} is no {kind}"
        return
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        yield f"{path} is not one of {', '.join(map(str, choices))}"
    if isinstance(value, Mapping):
        yield from _object_problems(schema, value, path)
    if isinstance(value, list):
        yield from _list_problems(schema, value, path)


def _object_problems(
    schema: Mapping[str, object], value: Mapping[str, object], path: str
) -> Iterator[str]:
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        if value.get(name) in (None, ""):
            yield f"{path}.{name} is missing"
    known = schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    for name, inner in value.items():
        if name in known:
            yield from problems(known[name], inner, f"{path}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{path}.{name} is unknown"


def _list_problems(schema: Mapping[str, object], value: list[object], path: str) -> Iterator[str]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if isinstance(least, int) and isinstance(most, int) and not least <= len(value) <= most:
        yield f"{path} has {len(value)} items, {least} to {most} are allowed"
    items = schema.get("items")
    for number, inner in enumerate(value):
        if isinstance(items, Mapping):
            yield from problems(items, inner, f"{path}[{number}]")
