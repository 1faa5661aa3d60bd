"""What services that change the configuration need of its store."""

from __future__ import annotations

from typing import Protocol

from chalicelib.services.ports import CenterStore


class PartStore(CenterStore, Protocol):
    """The configuration, written part by part; each part alone, new or changed.

    Kinds: `queue`, `hours`, `quick-connect`, `profile`, `status`, `prompt` and more.
    """

    def save_part(self, kind: str, identifier: str, part: object) -> None: ...

    def delete_part(self, kind: str, identifier: str) -> None:
        """One that is not there is no error."""
        ...
