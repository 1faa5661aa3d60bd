"""What services that change users need of the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from chalicelib.core.center import User
from chalicelib.core.ids import AgentId

type Reconfigure = Callable[[AgentId], None]
"""What was set up of somebody takes effect for them at work; nothing happens to anybody else."""

type SignOff = Callable[[AgentId], None]
"""Takes somebody from work; Conflict while they have contacts, or contacts wait for them alone."""


class UserStore(Protocol):
    """Everybody who signs in; strongly consistent."""

    def users(self) -> Sequence[User]:
        """All of them, by user name."""
        ...

    def find(self, agent_id: AgentId) -> User | None: ...

    def add(self, user: User) -> User:
        """As it is stored; Duplicate when the user name is taken."""
        ...

    def save(self, before: User, after: User) -> User:
        """As it is stored; LostRace when `before` is not what is stored."""
        ...

    def delete(self, user: User) -> None:
        """One that is not there is no error."""
        ...


class SignIns(Protocol):
    """Where people prove who they are."""

    def create(self, user: User, password: str) -> None:
        """In the user's groups. Duplicate, or Rejected when the password is too weak."""
        ...

    def rename(self, user: User) -> None:
        """The name and the address that it shows."""
        ...

    def set_groups(self, username: str, groups: Collection[str]) -> None:
        """These and no others."""
        ...

    def delete(self, username: str) -> None:
        """One that is not there is no error."""
        ...
