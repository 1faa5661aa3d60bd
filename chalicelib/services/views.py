"""Views of a center: drafts, what is shown, versions that never change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.core.errors import Conflict, Denied, Duplicate, NotFound, Rejected
from chalicelib.core.view import (
    View,
    ViewContent,
    ViewStatus,
    ViewType,
    ViewVersion,
    checked_content,
    reference,
)
from chalicelib.services.races import insist

NAME_LIMIT = 255
DESCRIPTION_LIMIT = 4_096


class ViewStore(Protocol):
    """Views and their versions."""

    def views(self) -> Sequence[View]:
        """All of them, in one request."""
        ...

    def view(self, view_id: str) -> View | None: ...

    def save(self, view: View, version: ViewVersion | None = None) -> None:
        """Stores the next revision, and with it a new version; LostRace when `view` is not of
        the current revision (0: new)."""
        ...

    def versions(self, view_id: str) -> Sequence[ViewVersion]:
        """In ascending order."""
        ...

    def version(self, view_id: str, number: int) -> ViewVersion | None: ...

    def delete(self, view_id: str, number: int | None = None) -> None:
        """One version, or the view with all of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewView:
    name: str
    template: str
    actions: Sequence[str]
    status: str
    description: str = ""
    tags: Mapping[str, str]


class ViewsService:
    """Views by id, name or ARN, with a qualifier if one is meant; managed ones stay as they are."""

    def __init__(
        self, store: ViewStore, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id

    def views(self) -> Sequence[View]:
        return self._store.views()

    def found(self, written: str) -> tuple[View, ViewContent, int]:
        """The view, the content that the qualifier means, and its version; NotFound."""
        identifier, qualifier = reference(written)
        view = self._store.view(identifier) or self._named(identifier)
        content, number = (view.latest, view.version) if view else (None, 0)
        if view is None or view.type is ViewType.AWS_MANAGED:
            pass  # there is but one content of those
        elif qualifier.upper() in ("SAVED", "$SAVED"):
            content = view.saved
        elif qualifier:
            version = self._store.version(view.view_id, _number(qualifier))
            content, number = (version.content, version.number) if version else (None, 0)
        if view is None or content is None:
            raise NotFound(f"no view {written!r}", field="ViewId", value=written)
        return view, content, number

    def create(self, new: NewView) -> View:
        at, publish = self._now(), _is_published(new.status)
        name = self._free_name(new.name, "")
        content = checked_content(new.template, new.actions, publish=publish)
        view = View(
            view_id=self._new_id(),
            name=name,
            description=_checked_description(new.description),
            tags=dict(new.tags),
            saved=content,
            latest=content if publish else None,
            created_at=at,
            modified_at=at,
        )
        self._store.save(view)
        return view

    def update(self, view_id: str, template: str, actions: Sequence[str], status: str) -> View:
        publish = _is_published(status)
        content = checked_content(template, actions, publish=publish)
        return self._change(view_id, lambda v: v.edited(content, publish=publish, at=self._now()))

    def rename(self, view_id: str, name: str | None, description: str | None) -> None:
        def change(view: View) -> View:
            return replace(
                view,
                name=view.name if name is None else self._free_name(name, view.view_id),
                description=view.description
                if description is None
                else _checked_description(description),
            )

        self._change(view_id, change)

    def publish_version(
        self, view_id: str, description: str, digest: str | None
    ) -> tuple[View, ViewVersion]:
        """What is shown, as a version of its own; the same content again is no new one."""

        def attempt() -> tuple[View, ViewVersion]:
            view = self._own(view_id)
            if view.latest is None:
                raise Rejected("the view was never published", field="ViewId", value=view_id)
            if digest not in (None, view.latest.digest):
                raise Conflict(
                    "the view was published meanwhile", field="ViewContentSha256", value=digest
                )
            known = self._store.version(view.view_id, view.version) if view.version else None
            if known is not None and known.content == view.latest:
                return view, known
            view = replace(view, version=view.version + 1)
            version = ViewVersion(
                view_id=view.view_id,
                number=view.version,
                content=view.latest or view.saved,
                description=description,
            )
            self._store.save(view, version)
            return view, version

        return insist(attempt)

    def versions(self, view_id: str) -> tuple[View, Sequence[ViewVersion]]:
        view, _, _ = self.found(view_id)
        return view, self._store.versions(view.view_id)

    def delete(self, view_id: str, number: int | None = None) -> None:
        view = self._own(view_id)
        if number is not None and self._store.version(view.view_id, number) is None:
            raise NotFound(f"no version {number}", field="ViewVersion", value=number)
        self._store.delete(view.view_id, number)

    def provide(self, view_id: str, content: ViewContent, description: str) -> None:
        """A managed view as the deployment brings it; the same again changes nothing."""
        known = self._store.view(view_id)
        if known is not None and known.latest == content and known.description == description:
            return
        at = self._now()
        view = View(
            view_id=view_id,
            name=view_id,
            type=ViewType.AWS_MANAGED,
            description=description,
            saved=content,
            latest=content,
            version=1,
            revision=known.revision if known else 0,
            created_at=known.created_at if known else at,
            modified_at=at,
        )
        self._store.save(view)

    def _change(self, view_id: str, change: Callable[[View], View]) -> View:
        def attempt() -> View:
            view = change(self._own(view_id))
            self._store.save(view)
            return view

        return insist(attempt)

    def _own(self, written: str) -> View:
        """A view that admins may change."""
        identifier, _ = reference(written)
        view = self._store.view(identifier) or self._named(identifier)
        if view is None:
            raise NotFound(f"no view {written!r}", field="ViewId", value=written)
        if view.type is ViewType.AWS_MANAGED:
            raise Denied(f"view {view.name!r} is managed", field="ViewId", value=written)
        return view

    def _named(self, name: str) -> View | None:
        return next((view for view in self._store.views() if view.name == name), None)

    def _free_name(self, name: str, own_id: str) -> str:
        name = name.strip()
        if not 1 <= len(name) <= NAME_LIMIT or not all(c.isalnum() or c in _MARKS for c in name):
            raise Rejected(
                f"Name has 1 to {NAME_LIMIT} letters, digits, blanks or {_MARKS}",
                field="Name",
                value=name,
            )
        known = self._store.view(name) or self._named(name)
        if known is not None and known.view_id != own_id:
            raise Duplicate(f"a view named {name!r} exists", field="Name", value=name)
        return name


_MARKS = " _.:/=+-@()'"


def _is_published(status: str) -> bool:
    if status not in ViewStatus.__members__:
        known = ", ".join(ViewStatus)
        raise Rejected(f"Status {status!r} is not one of {known}", field="Status", value=status)
    return status == ViewStatus.PUBLISHED


def _checked_description(text: str) -> str:
    if len(text) > DESCRIPTION_LIMIT:
        raise Rejected(f"at most {DESCRIPTION_LIMIT} characters", field="Description")
    return text


def _number(qualifier: str) -> int:
    is_number = qualifier.isascii() and qualifier.isdecimal() and len(qualifier) < 9
    return int(qualifier) if is_number else 0
