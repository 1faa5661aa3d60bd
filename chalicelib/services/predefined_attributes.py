"""Attributes that admins declare, for consoles to offer; proficiencies need no declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.center import Center, PredefinedAttribute
from chalicelib.core.errors import Duplicate, InUse, NotFound, Rejected, TooMany
from chalicelib.services.center_ports import PartStore
from chalicelib.services.flow_library import checked_name
from chalicelib.services.user_ports import UserStore

ATTRIBUTES_LIMIT = 150
VALUES_LIMIT = 500  # of an attribute
PURPOSES_LIMIT = 10
_TEXT_LIMIT = 100  # characters of a name, a value or a purpose


class PredefinedAttributesService:
    """The declared attributes of one center."""

    def __init__(self, store: PartStore, users: UserStore, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._users = users
        self._now = now

    def listed(self, center: Center) -> list[PredefinedAttribute]:
        """By name."""
        return sorted(center.attributes, key=lambda attribute: attribute.name)

    def find(self, center: Center, name: str) -> PredefinedAttribute:
        known = next((each for each in center.attributes if each.name == name), None)
        if known is None:
            raise NotFound(f"no predefined attribute {name!r}", field="Name", value=name)
        return known

    def create(
        self, center: Center, name: str, values: Sequence[str], purposes: Sequence[str] = ()
    ) -> None:
        if any(each.name == name for each in center.attributes):
            message = f"a predefined attribute named {name!r} exists"
            raise Duplicate(message, field="Name", value=name)
        if len(center.attributes) >= ATTRIBUTES_LIMIT:
            message = f"there are at most {ATTRIBUTES_LIMIT} predefined attributes"
            raise TooMany(message, field="Name", value=name)
        new = PredefinedAttribute(name=checked_name(name, limit=_TEXT_LIMIT))
        self._save(new, values, purposes)

    def change(
        self,
        center: Center,
        name: str,
        values: Sequence[str] | None,
        purposes: Sequence[str] | None,
    ) -> None:
        """Each set anew as a whole; what is None stays."""
        known = self.find(center, name)
        self._save(
            known,
            known.values if values is None else values,
            known.purposes if purposes is None else purposes,
        )

    def delete(self, center: Center, name: str) -> None:
        """Refused while users have proficiencies of it."""
        known = self.find(center, name)
        users = [
            f"user {user.username!r}"
            for user in self._users.users()
            if any(each.name == known.name for each in user.proficiencies)
        ]
        if users:
            raise InUse(f"predefined attribute {known.name!r}", users, value=known.name)
        self._store.delete_part("attribute", known.name)

    def _save(
        self, attribute: PredefinedAttribute, values: Sequence[str], purposes: Sequence[str]
    ) -> None:
        attribute = replace(
            attribute,
            values=_checked(values, "Values.StringList", VALUES_LIMIT),
            purposes=_checked(purposes, "Purposes", PURPOSES_LIMIT),
            changed_at=self._now(),
        )
        self._store.save_part("attribute", attribute.name, attribute)


def _checked(texts: Sequence[str], field: str, limit: int) -> tuple[str, ...]:
    if len(texts) > limit:
        raise Rejected(f"{field} has at most {limit}", field=field, value=len(texts))
    return tuple(dict.fromkeys(checked_name(text, field, _TEXT_LIMIT) for text in texts))
