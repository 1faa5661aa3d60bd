"""Versions and aliases of flows and modules, as Amazon Connect's API speaks of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.errors import Duplicate, InUse, NotFound, NotPublished, Rejected
from chalicelib.core.flow_entry import FlowAlias, FlowEntry
from chalicelib.services.flow_library import FlowLibrary, checked_description, checked_name
from chalicelib.services.flow_ports import FlowStore, VersionNote
from chalicelib.services.flow_usage import FlowUsage

_ALIAS_LIMIT = 100
_ALIAS_NAME = re.compile(r"([0-9a-zA-Z][_-]?)+")  # no `$`: those names are the service's own


@dataclass(frozen=True, kw_only=True)
class AliasChange:
    """What is not given stays."""

    name: str | None = None
    description: str | None = None
    version: int | None = None


class FlowVersions:
    """Versions are made by publishing; here they are named, listed and taken off the list."""

    def __init__(
        self,
        library: FlowLibrary,
        store: FlowStore,
        usage: FlowUsage,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._library = library
        self._store = store
        self._usage = usage
        self._now = now
        self._new_id = new_id

    # --- versions ---

    def listed(self, center: Center, reference: str) -> tuple[FlowEntry, list[VersionNote]]:
        """Newest first."""
        entry = self._find(center, reference)
        notes = self._store.notes(entry.flow_id)
        return entry, [notes.get(n, VersionNote(version=n)) for n in entry.versions]

    def create(
        self, center: Center, reference: str, *, description: str | None, sha256: str | None
    ) -> tuple[FlowEntry, int]:
        """Every publication made a version already: this is the live one, by its number."""
        entry = self._find(center, reference)
        content = self._store.content(entry.flow_id, entry.version) if entry.version else None
        if content is None:
            raise NotPublished(f"{entry.name!r} has not been published")
        if sha256 is not None and sha256 != content.sha256:
            message = "the published content is another one than FlowContentSha256 says"
            raise Rejected(message, field="FlowContentSha256", value=sha256)
        if description is not None:
            known = self._store.notes(entry.flow_id).get(entry.version)
            note = replace(
                known or VersionNote(version=entry.version), note=checked_description(description)
            )
            self._store.annotate(entry.flow_id, note)
        return entry, entry.version

    def delete(self, center: Center, reference: str, version: str) -> None:
        """It cannot be named any more; contacts that run in it run on."""
        entry, _ = self._library.find(center, reference)
        number = _checked_version(entry, version)
        users = [f"alias {alias.name!r}" for alias in entry.aliases if alias.version == number]
        if number == entry.version:
            users.append("every new contact, for it is live")
        if entry.trial is not None and entry.trial.version == number:
            users.append("some new contacts, for it is on trial")
        users += self._usage.of_flow(center, entry, lambda name: name == str(number))
        if users:
            raise InUse(f"version {number} of {entry.name!r}", users, value=center.flow_arn(entry))
        self._save(entry, replace(entry, removed=(*entry.removed, number)))

    # --- aliases ---

    def aliases(self, center: Center, reference: str) -> tuple[FlowEntry, list[FlowAlias]]:
        """By name."""
        entry = self._find(center, reference)
        return entry, sorted(entry.aliases, key=lambda alias: alias.name)

    def alias(self, center: Center, reference: str, alias_id: str) -> tuple[FlowEntry, FlowAlias]:
        entry = self._find(center, reference)
        return entry, _alias(entry, alias_id)

    def create_alias(
        self, center: Center, reference: str, *, name: str, version: int, description: str = ""
    ) -> tuple[FlowEntry, FlowAlias]:
        entry = self._find(center, reference)
        alias = FlowAlias(
            alias_id=self._new_id(),
            name=_checked_alias(entry, name),
            version=_checked_version(entry, str(version)),
            description=checked_description(description),
            changed_at=self._now(),
        )
        return self._save(entry, replace(entry, aliases=(*entry.aliases, alias))), alias

    def change_alias(
        self, center: Center, reference: str, alias_id: str, change: AliasChange
    ) -> None:
        entry = self._find(center, reference)
        alias = after = _alias(entry, alias_id)
        if change.name is not None and change.name != alias.name:
            after = replace(after, name=_checked_alias(entry, change.name))
        if change.description is not None:
            after = replace(after, description=checked_description(change.description))
        if change.version is not None:
            after = replace(after, version=_checked_version(entry, str(change.version)))
        if after != alias:
            changed = replace(after, changed_at=self._now())
            aliases = tuple(changed if each == alias else each for each in entry.aliases)
            self._save(entry, replace(entry, aliases=aliases))

    def delete_alias(self, center: Center, reference: str, alias_id: str) -> None:
        """Refused while anything leads to the flow under this name."""
        entry, _ = self._library.find(center, reference)
        alias = _alias(entry, alias_id)
        users = self._usage.of_flow(
            center, entry, lambda name: name in (alias.name, alias.alias_id)
        )
        if users:
            arn = center.flow_arn(entry)
            raise InUse(f"alias {alias.name!r} of {entry.name!r}", users, value=arn)
        left = tuple(each for each in entry.aliases if each != alias)
        self._save(entry, replace(entry, aliases=left))

    # --- parts ---

    def _find(self, center: Center, reference: str) -> FlowEntry:
        return self._library.find(center, reference)[0]

    def _save(self, before: FlowEntry, after: FlowEntry) -> FlowEntry:
        return self._store.save_flow(before, replace(after, changed_at=self._now()))


def _alias(entry: FlowEntry, alias_id: str) -> FlowAlias:
    alias = next((each for each in entry.aliases if each.alias_id == alias_id), None)
    if alias is None:
        raise NotFound(f"{entry.name!r} has no alias {alias_id!r}", field="AliasId", value=alias_id)
    return alias


def _checked_version(entry: FlowEntry, version: str) -> int:
    number = next((each for each in entry.versions if str(each) == version), None)
    if number is None:
        message = f"{entry.name!r} has no version {version!r}"
        raise NotFound(message, field="ContactFlowVersion", value=version)
    return number


def _checked_alias(entry: FlowEntry, name: str) -> str:
    """A name that is no number and none of the service's own, and not given yet."""
    checked_name(name, "AliasName", _ALIAS_LIMIT)
    if name.isdecimal() or not _ALIAS_NAME.fullmatch(name):
        message = f"AliasName {name!r} is not made of letters, digits, single - and _"
        raise Rejected(message, field="AliasName", value=name)
    if entry.alias(name) is not None:
        raise Duplicate(f"{entry.name!r} has an alias {name!r}", field="AliasName", value=name)
    return name
