"""Flows as the console edits them: drafts, publishing after a look, differences, the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core.canary import Canary
from chalicelib.core.center import Center
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.flow import (
    Finding,
    FlowType,
    InvalidFlow,
    PublishedFlow,
    Severity,
    in_todays_language,
    lint,
    parse,
)
from chalicelib.core.flow_entry import Draft, FlowEntry, FlowState
from chalicelib.core.flow_tools.diff import Change, diff
from chalicelib.core.ids import FlowId, InstanceId
from chalicelib.services.flow_library import checked_description
from chalicelib.services.flow_ports import FlowContent, FlowStore, VersionNote
from chalicelib.services.flow_publishing import Publication, Publisher, check_draft
from chalicelib.services.ports import CenterStore
from chalicelib.services.races import insist

DRAFT = "draft"


@dataclass(frozen=True, kw_only=True)
class FlowOverview:
    """`live_version` 0: never published."""

    flow_id: FlowId
    arn: str
    name: str
    type: str
    description: str
    state: FlowState
    tags: Mapping[str, str]
    live_version: int
    newest_version: int
    changed_at: datetime | None
    draft: Draft | None
    canary: Canary | None


@dataclass(frozen=True, kw_only=True)
class Flows:
    instance_id: InstanceId
    flows: Sequence[FlowOverview]


@dataclass(frozen=True, kw_only=True)
class ListedVersion(VersionNote):
    is_live: bool


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One content of a flow, and what lint finds in it. `of`: `draft`, or a version's number."""

    flow_id: FlowId
    of: str
    content: str
    findings: Sequence[Finding]


@dataclass(frozen=True, kw_only=True)
class Difference:
    from_: str
    to: str
    changes: Sequence[Change]

    @property
    def text(self) -> str:
        return "\n".join(str(change) for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class SavedDraft:
    draft: Draft
    findings: Sequence[Finding]


@dataclass(frozen=True, kw_only=True)
class PublishedVersion:
    flow: FlowOverview
    version: int
    findings: Sequence[Finding]


class NotPublishable(Rejected):
    """Somebody would be lost, stuck or sent the wrong way."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("the flow cannot be published", field="content")
        self.findings = findings


class PublishedSince(Conflict):
    """Somebody published another version since the editor was opened."""

    def __init__(self, current: VersionNote, changes: Sequence[Change]) -> None:
        super().__init__(
            f"version {current.version} was published since",
            field="basedOn",
            current=current,
        )
        self.changes = changes


class FlowEditing:
    """Flows and modules alike, by their id."""

    def __init__(
        self, store: FlowStore, center: CenterStore, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._center = center
        self._publisher = Publisher(store, center, now)
        self._now = now

    # --- looking ---

    def flows(self) -> Flows:
        """By name."""
        center = self._center.latest()
        entries = sorted(center.flows, key=lambda entry: entry.name)
        flows = [_overview(center, entry) for entry in entries]
        return Flows(instance_id=center.instance_id, flows=flows)

    def flow(self, flow_id: FlowId) -> FlowOverview:
        return _overview(self._center.center(), self._store.entry(flow_id))

    def opened(self, flow_id: FlowId, of: str | None) -> Opened:
        """The draft or a version; without a wish the draft, else what is live."""
        entry = self._store.entry(flow_id)
        wanted = of or (DRAFT if entry.draft else str(entry.version))
        content = self._content(entry, wanted)
        return Opened(
            flow_id=flow_id,
            of=wanted,
            content=content.content,
            findings=self._findings(self._center.latest(), entry, content),
        )

    def versions(self, flow_id: FlowId) -> list[ListedVersion]:
        """Newest first."""
        entry = self._store.entry(flow_id)
        notes = self._store.notes(flow_id)
        known = [notes.get(number, VersionNote(version=number)) for number in entry.versions]
        return [
            ListedVersion(
                version=note.version,
                note=note.note,
                sha256=note.sha256,
                published_at=note.published_at,
                published_by=note.published_by,
                is_live=note.version == entry.version,
            )
            for note in known
        ]

    def difference(self, flow_id: FlowId, from_: str, to: str) -> Difference:
        """What the one does differently from the other; where blocks lie is nothing."""
        entry = self._store.entry(flow_id)
        changes = diff(self._readable(entry, from_), self._readable(entry, to))
        return Difference(from_=from_, to=to, changes=changes)

    def imported(self, content: str) -> str:
        """An export of any age, as it can be edited."""
        return in_todays_language(content)

    # --- changing ---

    def save_draft(self, flow_id: FlowId, content: str, *, based_on: int, by: str) -> SavedDraft:
        """Unfinished content too. Conflict with the draft that somebody saved since."""
        return insist(lambda: self._save_draft(flow_id, content, based_on, by))

    def drop_draft(self, flow_id: FlowId) -> None:
        """What is live stays; a flow that was never published has nothing but its draft."""
        entry = self._store.entry(flow_id)
        if entry.draft and not entry.version:
            raise Conflict("the flow has no version yet; delete the flow", field="flowId")
        if entry.draft:
            self._store.save_flow(entry, replace(entry, draft=None))

    def publish(
        self,
        flow_id: FlowId,
        *,
        based_on: int,
        content: str | None,
        note: str = "",
        by: str = "",
        is_live: bool = True,
    ) -> PublishedVersion:
        """Live at once, or there for a trial only; no content: the draft. Refused when lint finds a
        problem, or somebody published since the editor saw version `based_on` live."""
        checked_description(note)

        def attempt() -> PublishedVersion:
            entry = self._store.entry(flow_id)
            self._must_be_live(entry, based_on)
            wanted = self._wanted(entry, content)
            new = Publication(content=wanted, note=note, by=by, is_live=is_live)
            return self._publish(entry, new)

        return insist(attempt)

    def roll_back(self, flow_id: FlowId, version: int) -> FlowOverview:
        """New contacts get this version; the newer ones stay to be published again."""
        entry = insist(lambda: self._roll_back(flow_id, version))
        return _overview(self._center.center(), entry)

    # --- parts ---

    def _save_draft(self, flow_id: FlowId, content: str, based_on: int, by: str) -> SavedDraft:
        entry = self._store.entry(flow_id)
        if based_on != _revision(entry):
            raise Conflict(
                "somebody saved a draft since", field="basedOn", value=based_on, current=entry.draft
            )
        new = FlowContent(content=content, settings=self._settings(entry))
        check_draft(entry, new)
        draft = Draft(revision=entry.drafts + 1, saved_at=self._now(), saved_by=by)
        after = replace(entry, draft=draft, drafts=draft.revision)
        self._store.save_flow(entry, after, draft=new)
        findings = self._findings(self._center.latest(), entry, new)
        return SavedDraft(draft=draft, findings=findings)

    def _publish(self, entry: FlowEntry, new: Publication) -> PublishedVersion:
        center = self._center.latest()
        findings = self._findings(center, entry, new.content)
        if any(finding.severity is Severity.PROBLEM for finding in findings):
            raise NotPublishable(findings)
        is_drafts = entry.draft is not None and self._store.draft(entry.flow_id) == new.content
        after = replace(entry, draft=None) if is_drafts else entry
        saved, version = self._publisher.publish(center, entry, after, new)
        flow = _overview(center, saved)
        return PublishedVersion(flow=flow, version=version, findings=findings)

    def _roll_back(self, flow_id: FlowId, version: int) -> FlowEntry:
        entry = self._store.entry(flow_id)
        if version not in entry.versions:
            message = f"{entry.name!r} has no version {version}"
            raise NotFound(message, field="version", value=version)
        if version == entry.version:
            return entry
        return self._store.save_flow(entry, entry.made_live(version, self._now()))

    def _must_be_live(self, entry: FlowEntry, version: int) -> None:
        if version == entry.version:
            return
        notes = self._store.notes(entry.flow_id)
        current = notes.get(entry.version, VersionNote(version=entry.version))
        changes: Sequence[Change] = ()
        if version in entry.versions and entry.version:
            changes = self.difference(entry.flow_id, str(version), str(entry.version)).changes
        raise PublishedSince(current, changes)

    def _wanted(self, entry: FlowEntry, content: str | None) -> FlowContent:
        if content is not None:
            return FlowContent(content=content, settings=self._settings(entry))
        draft = self._store.draft(entry.flow_id) if entry.draft else None
        if draft is None:
            raise Rejected("there is neither content nor a draft to publish", field="content")
        return draft

    def _settings(self, entry: FlowEntry) -> str:
        draft = self._store.draft(entry.flow_id) if entry.draft else None
        known = draft or self._store.content(entry.flow_id, entry.version)
        return known.settings if known else ""

    def _content(self, entry: FlowEntry, of: str) -> FlowContent:
        found = None
        if of == DRAFT:
            found = self._store.draft(entry.flow_id) if entry.draft else None
        elif of in {str(number) for number in entry.versions}:
            found = self._store.content(entry.flow_id, int(of))
        if found is None:
            raise NotFound(f"{entry.name!r} has no {_called(of)}", field="of", value=of)
        return found

    def _readable(self, entry: FlowEntry, of: str) -> PublishedFlow:
        flow = parse(self._content(entry, of).content, strict=False)
        number = 0 if of == DRAFT else int(of)
        return PublishedFlow(entry.flow_id, number, entry.name, FlowType(entry.type), flow)

    def _findings(self, center: Center, entry: FlowEntry, content: FlowContent) -> list[Finding]:
        try:
            library = self._publisher.library(center, entry, content)
        except InvalidFlow:  # then lint says why
            return lint(content.content, flow_type=FlowType(entry.type))
        return lint(content.content, library, flow_type=FlowType(entry.type))


def _overview(center: Center, entry: FlowEntry) -> FlowOverview:
    return FlowOverview(
        flow_id=entry.flow_id,
        arn=center.flow_arn(entry),
        name=entry.name,
        type=entry.type,
        description=entry.description,
        state=entry.state,
        tags=entry.tags,
        live_version=entry.version,
        newest_version=max(entry.newest, entry.version),
        changed_at=entry.changed_at,
        draft=entry.draft,
        canary=entry.canary,
    )


def _revision(entry: FlowEntry) -> int:
    return entry.draft.revision if entry.draft else 0


def _called(of: str) -> str:
    return "draft" if of == DRAFT else f"version {of!r}"
