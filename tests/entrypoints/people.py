"""Who signs in, in tests of doors."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.core.identity import Caller


@dataclass(frozen=True)
class People:
    """Takes the token for the caller's group."""

    username: str

    def verify(self, token: str) -> Caller:
        return Caller(kind="person", username=self.username, groups=frozenset({token}))
