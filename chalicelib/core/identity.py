"""Who is calling, and who may."""

from __future__ import annotations

from dataclasses import dataclass, field

GROUPS = frozenset({"agent", "supervisor", "trainee", "admin", "finance"})


class Unidentified(Exception):
    """The caller did not prove who they are: no token, or not one of ours, or not any more."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at a door. `kind` is person, machine, customer or anybody."""

    kind: str
    username: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)

    def is_in(self, *groups: str) -> bool:
        return bool(self.groups & set(groups))


@dataclass(frozen=True, slots=True)
class Who:
    """Who may pass a door: people and machines by group; customers by their contact's token."""

    name: str
    groups: frozenset[str] = field(default_factory=frozenset)

    def admits(self, caller: Caller) -> bool:
        if not self.groups:
            return caller.kind == self.name
        return caller.kind in ("person", "machine") and bool(caller.groups & self.groups)


ANYBODY = Who("anybody")
CUSTOMER = Who("customer")


def groups(*names: str) -> Who:
    """People and machines of any of these groups."""
    unknown = set(names) - GROUPS
    if unknown:
        raise ValueError(f"unknown groups: {sorted(unknown)}")
    return Who("people", frozenset(names))


EVERYONE = groups(*GROUPS)
