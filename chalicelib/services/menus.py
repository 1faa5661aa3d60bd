"""Menus whose keys admins map: read by flows at every key, changed row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.core.center import Center, Menu
from chalicelib.core.errors import Rejected

KEYS = frozenset("0123456789*#")


class MenuStore(Protocol):
    def center(self) -> Center: ...

    def latest(self) -> Center:
        """As it stands now: a target made a moment ago is there."""
        ...

    def menu(self, menu_id: str) -> Menu:
        """NotFound when there is none; never an old one."""
        ...

    def save_menu(self, menu: Menu) -> None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """Where a key leads. `kind` is queue, flow, or none for a key that leads nowhere."""

    kind: str
    target: str


class MenuService:
    def __init__(self, store: MenuStore) -> None:
        self._store = store

    def list(self) -> Sequence[Menu]:
        return self._store.center().menus

    def target(self, menu_id: str, key: str) -> Target:
        reference = self._store.menu(menu_id).entries.get(key, "")
        kind = reference.partition(":")[0]
        return Target(kind, reference) if reference else Target("none", "")

    def change(self, menu_id: str, key: str, target: str | None) -> Menu:
        """Maps a key; None takes it out of the menu. A target that is not there is refused."""
        if key not in KEYS:
            raise Rejected(f"key {key!r} is not one of 0 to 9, * and #", field="key", value=key)
        menu = self._store.menu(menu_id)
        entries = {k: v for k, v in menu.entries.items() if k != key}
        if target is not None:
            self._check(target)
            entries[key] = target
        changed = replace(menu, entries=dict(sorted(entries.items())))
        self._store.save_menu(changed)
        return changed

    def _check(self, target: str) -> None:
        center = self._store.latest()
        kind, _, name = target.partition(":")
        found = {"queue": center.queue, "flow": center.flow}.get(kind)
        if found is None:
            raise Rejected(
                f"target {target!r} is neither queue:<name> nor flow:<name>",
                field="target",
                value=target,
            )
        if found(target) is None:
            raise Rejected(f"there is no {kind} named {name!r}", field="target", value=target)
