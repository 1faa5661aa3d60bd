"""What the flows' library needs of the world, and the values that pass through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import FlowId


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowContent:
    """A document as it was handed in. `settings`: a module's inputs, outputs and branches."""

    content: str
    settings: str = ""

    @property
    def sha256(self) -> str:
        """Equal for what would be the same version."""
        whole = f"{self.content}\n{self.settings}" if self.settings else self.content
        return sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class VersionNote:
    """What is known of a version besides its content."""

    version: int
    note: str = ""
    sha256: str = ""
    published_at: datetime | None = None
    published_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    about: VersionNote
    content: FlowContent


class FlowStore(Protocol):
    """Flows and modules: entries that change, versions that never do, and at most one draft.

    Every read is strongly consistent.
    """

    def entry(self, flow_id: FlowId) -> FlowEntry:
        """NotFound when there is none."""
        ...

    def save_flow(
        self,
        before: FlowEntry | None,
        after: FlowEntry,
        *,
        draft: FlowContent | None = None,
        made: NewVersion | None = None,
    ) -> FlowEntry:
        """The entry with its next revision, and the draft and the version, all or nothing.

        LostRace when `before` is not what stands there, or name or version are taken. The content
        of a draft goes away with `after.draft`.
        """
        ...

    def delete_flow(self, entry: FlowEntry) -> None:
        """Takes entry, name and draft away; LostRace as above. Its versions stay for contacts."""
        ...

    def content(self, flow_id: FlowId, version: int) -> FlowContent | None: ...

    def draft(self, flow_id: FlowId) -> FlowContent | None: ...

    def notes(self, flow_id: FlowId) -> Mapping[int, VersionNote]:
        """By version; those of which nothing is known are not there."""
        ...

    def annotate(self, flow_id: FlowId, note: VersionNote) -> None: ...
