"""Who belongs to somebody's team: everybody in the same group of the hierarchy, and below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.core.center import User
from chalicelib.core.identity import Caller
from chalicelib.services.ports import CenterStore
from chalicelib.services.user_ports import UserStore


@dataclass(frozen=True, slots=True)
class Member:
    username: str
    name: str


class Teams:
    def __init__(self, center: CenterStore, users: UserStore) -> None:
        self._center = center
        self._users = users

    def team_of(self, username: str) -> Sequence[Member]:
        """Those of the team who can have tickets, by name, whoever asks among them.

        Somebody who stands in no group is a team alone; a center without groups is one team.
        """
        center, users = self._center.center(), self._users.users()
        own = next((u.hierarchy_group_id for u in users if u.username == username), None)
        is_one = not center.hierarchy_groups

        def belongs(user: User) -> bool:
            if user.username == username:
                return True
            path = center.hierarchy_path(user.hierarchy_group_id)
            return user.can_have_tickets and (is_one or own in [group.group_id for group in path])

        members = [Member(user.username, user.name) for user in users if belongs(user)]
        return sorted(members, key=lambda each: (each.name.casefold(), each.username))

    def owners_for(self, caller: Caller) -> frozenset[str] | None:
        """Whose tickets the caller may read and change, beside nobody's; None: everybody's, which
        is so for supervisors, and where the center is one team."""
        if caller.is_in("supervisor") or not self._center.center().hierarchy_groups:
            return None
        return frozenset(member.username for member in self.team_of(caller.username))

    def owners_of(self, username: str) -> frozenset[str] | None:
        """`owners_for`, of somebody who is at work here."""
        user = self._center.user(username)
        groups = frozenset(user.groups if user else ())
        return self.owners_for(Caller(kind="person", username=username, groups=groups))
