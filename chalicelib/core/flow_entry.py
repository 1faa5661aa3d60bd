"""A flow or a module by its name: which version new contacts get, and what else is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.core.canary import Canary, End, Outcome
from chalicelib.core.ids import ContactId, FlowId

MODULE = "MODULE"  # the type of an entry that other flows invoke and no contact enters
LATEST = "$LATEST"
SAVED = "$SAVED"


class FlowState(StrEnum):
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAlias:
    """A name for a version, which may be moved to another one."""

    alias_id: str
    name: str
    version: int
    description: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """That there is unpublished content, and since when; of two who edit, the second is told."""

    revision: int
    saved_at: datetime
    saved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEntry:
    """`version` is the live one, 0 before the first was published; `newest` the last one made.

    `drafts` counts those ever saved, so that no two have the same revision; `revision` counts the
    changes of the entry itself, for the store.
    """

    flow_id: FlowId
    name: str
    type: str
    version: int
    newest: int = 0
    removed: tuple[int, ...] = ()  # cannot be named any more; contacts may run in them
    draft: Draft | None = None
    drafts: int = 0
    aliases: tuple[FlowAlias, ...] = ()
    canary: Canary | None = None
    description: str = ""
    state: FlowState = FlowState.ACTIVE
    tags: Mapping[str, str] = field(default_factory=dict)
    is_external: bool = False  # a module that others than flows may invoke
    changed_at: datetime | None = None
    revision: int = 0

    @property
    def is_module(self) -> bool:
        return self.type == MODULE

    @property
    def status(self) -> str:
        return "PUBLISHED" if self.version else "SAVED"

    @property
    def versions(self) -> list[int]:
        """The numbers that can be named, newest first."""
        newest = max(self.newest, self.version)
        return [number for number in range(newest, 0, -1) if number not in self.removed]

    @property
    def trial(self) -> Canary | None:
        """The canary that runs: it is one against the version that is live."""
        canary = self.canary
        runs = canary is not None and canary.is_running and canary.against == self.version
        return canary if runs else None

    def version_for(self, contact_id: ContactId) -> int:
        """What a contact gets that has not begun this flow: live, or on trial."""
        trial = self.trial
        is_taken = trial is not None and trial.takes(self.flow_id, contact_id)
        return trial.version if trial is not None and is_taken else self.version

    def made_live(self, version: int, at: datetime) -> FlowEntry:
        """The same with this version live; the trial of one against another is over."""
        if version == self.version:
            return self
        canary = self.canary
        if self.trial is not None:
            why = f"version {version} became live"
            canary = self.trial.ended(End(outcome=Outcome.SUPERSEDED, at=at, why=why))
        return replace(self, version=version, canary=canary, changed_at=at)

    def alias(self, name: str) -> FlowAlias | None:
        """By its name or its id."""
        return next((a for a in self.aliases if name in (a.name, a.alias_id)), None)

    def version_of(self, qualifier: str) -> int | None:
        """What stands behind `flow:Main:<qualifier>`: nothing, a number or an alias."""
        if qualifier in ("", LATEST):
            return self.version or None
        alias = self.alias(qualifier)
        if alias is not None:
            return alias.version
        return next((number for number in self.versions if str(number) == qualifier), None)


def split_qualifier(reference: str) -> tuple[str, str]:
    """The id in `<id>`, `<id>:<qualifier>` or an ARN that ends in either, and the qualifier."""
    identifier, _, qualifier = reference.rsplit("/", 1)[-1].partition(":")
    return identifier, qualifier
