"""The center's flows and modules as Amazon Connect's API speaks of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from chalicelib.core.center import Center
from chalicelib.core.errors import Duplicate, InUse, NotFound, NotPublished, Rejected
from chalicelib.core.flow import FlowType
from chalicelib.core.flow_entry import (
    LATEST,
    MODULE,
    SAVED,
    Draft,
    FlowEntry,
    FlowState,
    split_qualifier,
)
from chalicelib.core.ids import FlowId
from chalicelib.core.tags import checked_tags
from chalicelib.services.flow_ports import FlowContent, FlowStore, VersionNote
from chalicelib.services.flow_publishing import Publication, Publisher, check_draft
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.ports import CenterStore

NAME_LIMIT = 127
DESCRIPTION_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class NewFlow:
    """`token`: the same twice is one flow. `is_draft`: kept, and entered by nobody yet."""

    name: str
    type: str
    content: FlowContent
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    is_draft: bool = False
    is_external: bool = False
    token: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A flow with one content of it: of a version, or (`about` None) of its draft."""

    entry: FlowEntry
    content: FlowContent
    about: VersionNote | None


class FlowLibrary:
    """The flows of one center; or its modules, which are flows that only flows can enter."""

    def __init__(
        self,
        store: FlowStore,
        center: CenterStore,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        is_module: bool = False,
    ) -> None:
        self._store = store
        self._center = center
        self._publisher = Publisher(store, center, now)
        self._usage = FlowUsage(store, center)
        self._now = now
        self._new_id = new_id
        self._is_module = is_module

    # --- looking ---

    def listed(
        self, center: Center, types: Collection[str] | None = None, *, state: str | None = None
    ) -> list[FlowEntry]:
        """By name; those of these types, and in this state."""
        for type_ in types or ():
            self._checked_type(type_)
        if state is not None and state not in list(FlowState):
            raise Rejected(f"state {state!r} is unknown", field="state", value=state)
        wanted = [
            entry
            for entry in center.flows
            if entry.is_module is self._is_module
            and (not types or entry.type in types)
            and state in (None, entry.state)
        ]
        return sorted(wanted, key=lambda entry: entry.name)

    def find(self, center: Center, reference: str) -> tuple[FlowEntry, str]:
        """The entry, and the qualifier behind its id or ARN."""
        identifier, qualifier = split_qualifier(reference)
        for entry in center.flows:
            if entry.flow_id == identifier and entry.is_module is self._is_module:
                return entry, qualifier
        raise NotFound(f"no {self._noun} {reference!r}", field="ContactFlowId", value=reference)

    def describe(self, center: Center, reference: str) -> Described:
        """The live content; with a qualifier the draft's, or another version's."""
        entry, qualifier = self.find(center, reference)
        if qualifier == SAVED and entry.draft:
            draft = self._store.draft(entry.flow_id)
            if draft is not None:
                return Described(entry=entry, content=draft, about=None)
        wanted = "" if qualifier == SAVED else qualifier
        number = entry.version_of(wanted)
        if number is None and wanted in ("", LATEST):
            raise NotPublished(f"{self._noun} {entry.name!r} has not been published")
        content = self._store.content(entry.flow_id, number) if number else None
        if number is None or content is None:
            message = f"{self._noun} {entry.name!r} has no version {qualifier!r}"
            raise NotFound(message, field="ContactFlowId", value=reference)
        about = self._store.notes(entry.flow_id).get(number, VersionNote(version=number))
        return Described(entry=entry, content=content, about=about)

    # --- changing ---

    def create(self, center: Center, new: NewFlow) -> FlowEntry:
        entry = FlowEntry(
            flow_id=self._id_of(new),
            name=checked_name(new.name),
            type=self._checked_type(new.type),
            version=0,
            description=checked_description(new.description),
            tags=checked_tags(new.tags),
            is_external=new.is_external,
            changed_at=self._now(),
        )
        known = next((e for e in center.flows if e.flow_id == entry.flow_id), None)
        if known is not None and self._has(known, new):
            return known
        self._must_be_free(center, new.name)
        if new.is_draft:
            check_draft(entry, new.content)
            draft = Draft(revision=1, saved_at=self._now(), saved_by=new.by)
            entry = replace(entry, draft=draft, drafts=1)
            return self._store.save_flow(None, entry, draft=new.content)
        publication = Publication(content=new.content, by=new.by)
        return self._publisher.publish(center, None, entry, publication)[0]

    def update(
        self,
        center: Center,
        reference: str,
        *,
        content: str | None,
        settings: str | None = None,
        by: str = "",
    ) -> FlowEntry:
        """A new version, which is live; behind `$SAVED` a draft. What is not given stays."""
        entry, qualifier = self.find(center, reference)
        new = self._merged(entry, content, settings)
        if qualifier == SAVED:
            return self._save_draft(entry, new, by)
        if qualifier not in ("", LATEST):
            message = "a version never changes; name the flow alone, or its draft"
            raise Rejected(message, field="ContactFlowId", value=reference)
        is_done = entry.draft is not None and self._store.draft(entry.flow_id) == new
        after = replace(entry, draft=None) if is_done else entry
        publication = Publication(content=new, by=by)
        return self._publisher.publish(center, entry, after, publication)[0]

    def change(
        self,
        center: Center,
        reference: str,
        *,
        name: str | None = None,
        description: str | None = None,
        state: FlowState | None = None,
    ) -> FlowEntry:
        """Name, description and state; what is not given stays."""
        entry, _ = self.find(center, reference)
        after = entry
        if name is not None and name != entry.name:
            self._must_be_free(center, checked_name(name))
            after = replace(after, name=name)
        if description is not None:
            after = replace(after, description=checked_description(description))
        if state is not None:
            after = replace(after, state=state)
        if after == entry:
            return entry
        return self._store.save_flow(entry, replace(after, changed_at=self._now()))

    def delete(self, center: Center, reference: str) -> None:
        """Refused while anything leads there. Contacts that run in it run on."""
        entry, qualifier = self.find(center, reference)
        if qualifier:
            message = "this names one version; deleting takes all of them"
            raise Rejected(message, field="ContactFlowId", value=reference)
        users = self._usage.of_flow(center, entry)
        if users:
            raise InUse(f"{self._noun} {entry.name!r}", users, value=center.flow_arn(entry))
        self._store.delete_flow(entry)

    # --- parts ---

    @property
    def _noun(self) -> str:
        return "module" if self._is_module else "flow"

    def _checked_type(self, type_: str) -> str:
        known = [MODULE] if self._is_module else [each for each in FlowType if each != MODULE]
        if type_ not in known:
            message = f"Type {type_!r} is not one of {', '.join(known)}"
            raise Rejected(message, field="Type", value=type_)
        return type_

    def _id_of(self, new: NewFlow) -> FlowId:
        if not new.token:
            return FlowId(self._new_id())
        return FlowId(str(UUID(bytes=sha256(new.token.encode()).digest()[:16])))

    def _has(self, entry: FlowEntry, new: NewFlow) -> bool:
        """Whether this is what the same request made before."""
        is_same = entry.name == new.name and entry.version == 1
        return is_same and self._store.content(entry.flow_id, 1) == new.content

    def _must_be_free(self, center: Center, name: str) -> None:
        if any(entry.name == name for entry in center.flows):
            message = f"a flow or module named {name!r} exists"
            raise Duplicate(message, field="Name", value=name)

    def _merged(self, entry: FlowEntry, content: str | None, settings: str | None) -> FlowContent:
        known = self._store.content(entry.flow_id, entry.version) if entry.version else None
        known = known or self._store.draft(entry.flow_id) or FlowContent(content="")
        return FlowContent(
            content=known.content if content is None else content,
            settings=known.settings if settings is None else settings,
        )

    def _save_draft(self, entry: FlowEntry, new: FlowContent, by: str) -> FlowEntry:
        check_draft(entry, new)
        draft = Draft(revision=entry.drafts + 1, saved_at=self._now(), saved_by=by)
        after = replace(entry, draft=draft, drafts=draft.revision)
        return self._store.save_flow(entry, after, draft=new)


def checked_name(name: str, field: str = "Name", limit: int = NAME_LIMIT) -> str:
    if not 1 <= len(name) <= limit or not name.strip():
        raise Rejected(f"{field} has 1 to {limit} characters", field=field, value=name)
    return name


def checked_description(text: str, limit: int = DESCRIPTION_LIMIT) -> str:
    if len(text) > limit:
        raise Rejected(f"Description has at most {limit} characters", field="Description")
    return text
