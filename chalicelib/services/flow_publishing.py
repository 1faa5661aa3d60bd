"""How a flow becomes a version: checked whole against the center, numbered, and made live."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.errors import Rejected
from chalicelib.core.flow import FlowType, InvalidFlow, Problem, PublishedFlow, parse, unresolved
from chalicelib.core.flow_entry import LATEST, FlowEntry
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.flow_ports import FlowContent, FlowStore, NewVersion, VersionNote
from chalicelib.services.ports import CenterStore

CONTENT_LIMIT = 256_000  # characters, as Amazon Connect's
BYTES_LIMIT = 350_000  # what a row can hold beside its keys
PROBLEMS_TOLD = 50


class InvalidContactFlow(Rejected):
    """The content is no flow that could run; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the flow cannot be published", field="content")
        self.problems = [str(problem) for problem in problems[:PROBLEMS_TOLD]]


class InvalidContactFlowModule(InvalidContactFlow):
    """The same of a module."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What is to be published, and what is to be known of it. Not live: it waits for a trial."""

    content: FlowContent
    note: str = ""
    by: str = ""
    is_live: bool = True


class Publisher:
    """Makes versions. The content that a flow has already makes none."""

    def __init__(self, store: FlowStore, center: CenterStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._center = center
        self._now = now

    def publish(
        self, center: Center, before: FlowEntry | None, entry: FlowEntry, new: Publication
    ) -> tuple[FlowEntry, int]:
        """The entry as it now stands, and the number of the version that holds the content.

        `entry` is `before` with whatever else is to be changed along.
        """
        number = self._number_of(new.content, entry)
        if number is None or number != entry.version:
            self.check(center, entry, new.content)
        made = None
        if number is None:
            number = max(entry.newest, entry.version) + 1
            about = VersionNote(
                version=number,
                note=new.note,
                sha256=new.content.sha256,
                published_at=self._now(),
                published_by=new.by,
            )
            made = NewVersion(about=about, content=new.content)
        live = number if new.is_live else entry.version
        after = replace(entry.made_live(live, self._now()), newest=max(entry.newest, number))
        if made is None and after == before:
            return after, number
        after = replace(after, changed_at=self._now())
        return self._store.save_flow(before, after, made=made), number

    def check(self, center: Center, entry: FlowEntry, content: FlowContent) -> None:
        """Refuses what could not run, or refers to what is not there; names all of it."""
        refuse = _refusal(entry)
        _check_form(content)
        try:
            flow = parse(content.content, flow_type=FlowType(entry.type), settings=content.settings)
        except InvalidFlow as error:
            raise refuse(error.problems) from error
        dangling = unresolved(flow, self.library(center, entry, content))
        if dangling:
            raise refuse(dangling)

    def library(self, center: Center, entry: FlowEntry, content: FlowContent) -> CenterLibrary:
        """What this content may refer to: the center, and the flow itself as it will be."""
        flow = parse(content.content, strict=False, settings=content.settings)
        published = PublishedFlow(entry.flow_id, 0, entry.name, FlowType(entry.type), flow)
        return _LibraryWith(published, entry, center, self._center)

    def _number_of(self, content: FlowContent, entry: FlowEntry) -> int | None:
        """The version that has this content already, if it is live or the newest."""
        for number in (entry.version, entry.newest):
            is_there = number > 0 and number not in entry.removed
            if is_there and self._store.content(entry.flow_id, number) == content:
                return number
        return None


def _check_form(content: FlowContent) -> None:
    """Refuses what no store could keep, and settings that nobody could read."""
    for name, text in (("content", content.content), ("settings", content.settings)):
        if len(text) > CONTENT_LIMIT:
            message = f"{name} has {len(text)} characters, at most {CONTENT_LIMIT} are possible"
            raise Rejected(message, field=name)
    written = f"{content.content}{content.settings}".encode(errors="replace")
    if len(written) > BYTES_LIMIT:
        message = f"content has {len(written)} bytes, at most {BYTES_LIMIT} are possible"
        raise Rejected(message, field="content")
    try:
        settings = json.loads(content.settings or "{}")
    except (ValueError, RecursionError) as error:
        raise Rejected("settings are not JSON", field="settings") from error
    if not isinstance(settings, dict):
        raise Rejected("settings are not a JSON object", field="settings")


def check_draft(entry: FlowEntry, content: FlowContent) -> None:
    """Refuses what could not even be read as an unfinished flow."""
    _check_form(content)
    try:
        parse(content.content, strict=False)
    except InvalidFlow as error:
        raise _refusal(entry)(error.problems) from error


def _refusal(entry: FlowEntry) -> type[InvalidContactFlow]:
    return InvalidContactFlowModule if entry.is_module else InvalidContactFlow


class _LibraryWith(CenterLibrary):
    """The library as it will be: a flow may go back to itself."""

    def __init__(
        self, published: PublishedFlow, entry: FlowEntry, center: Center, store: CenterStore
    ) -> None:
        super().__init__(center, store)
        self._published = published
        self._alone = replace(center, flows=(entry,))

    def flow(self, reference: str) -> PublishedFlow | None:
        found = self._alone.flow(reference)
        is_itself = found is not None and found[1] in ("", LATEST)
        return self._published if is_itself else super().flow(reference)
