"""What users are good at, so that contacts that need it find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.center import Proficiency, User
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.ids import AgentId
from chalicelib.services.flow_library import checked_name
from chalicelib.services.races import insist
from chalicelib.services.user_ports import Reconfigure, UserStore

PROFICIENCIES_LIMIT = 10  # of a user
LEAST, MOST = 1.0, 5.0
_NAME_LIMIT, _VALUE_LIMIT = 100, 100
_FIELD = "UserProficiencies"

type Mastered = tuple[str, str]
"""An attribute and its value: Language, Vietnamese."""


class ProficienciesService:
    """The proficiencies of each user; an attribute need not be declared to be one of them."""

    def __init__(
        self, users: UserStore, reconfigure: Reconfigure, *, now: Callable[[], datetime]
    ) -> None:
        self._users = users
        self._reconfigure = reconfigure
        self._now = now

    def listed(self, reference: str) -> list[Proficiency]:
        """By attribute and value."""
        return sorted(self.find(reference).proficiencies, key=proficiency_key)

    def find(self, reference: str) -> User:
        user = self._users.find(AgentId(reference.rsplit("/", 1)[-1]))
        if user is None:
            raise NotFound(f"no user {reference!r}", field="UserId", value=reference)
        return user

    def add(self, reference: str, more: Sequence[Proficiency]) -> None:
        """One that is there already gets the new level."""
        checked = _checked(more)
        self._change(reference, lambda known: {**known, **checked})

    def set_levels(self, reference: str, changed: Sequence[Proficiency]) -> None:
        """New levels of what is there; NotFound for others."""
        checked = _checked(changed)

        def leveled(known: dict[Mastered, Proficiency]) -> dict[Mastered, Proficiency]:
            for name, value in checked.keys() - known.keys():
                message = f"the user has no proficiency {name!r} {value!r}"
                raise NotFound(message, field=_FIELD, value=value)
            return {**known, **checked}

        self._change(reference, leveled)

    def remove(self, reference: str, gone: Sequence[Mastered]) -> None:
        """One that is not there is no error."""
        self._change(reference, lambda known: {k: p for k, p in known.items() if k not in gone})

    def _change(
        self,
        reference: str,
        changed: Callable[[dict[Mastered, Proficiency]], dict[Mastered, Proficiency]],
    ) -> None:
        def attempt() -> User:
            user = self.find(reference)
            after = tuple(changed(_by_value(user.proficiencies)).values())
            if len(after) > PROFICIENCIES_LIMIT:
                message = f"a user has at most {PROFICIENCIES_LIMIT} proficiencies"
                raise Rejected(message, field=_FIELD, value=len(after))
            return self._users.save(
                user, replace(user, proficiencies=after, changed_at=self._now())
            )

        self._reconfigure(insist(attempt).agent_id)


def proficiency_key(proficiency: Proficiency) -> str:
    return f"{proficiency.name}\n{proficiency.value}"


def _by_value(proficiencies: Sequence[Proficiency]) -> dict[Mastered, Proficiency]:
    return {(each.name, each.value): each for each in proficiencies}


def _checked(proficiencies: Sequence[Proficiency]) -> dict[Mastered, Proficiency]:
    for each in proficiencies:
        checked_name(each.name, f"{_FIELD}.AttributeName", _NAME_LIMIT)
        checked_name(each.value, f"{_FIELD}.AttributeValue", _VALUE_LIMIT)
        if not LEAST <= each.level <= MOST:
            message = f"Level is from {LEAST} to {MOST}, not {each.level}"
            raise Rejected(message, field=f"{_FIELD}.Level", value=each.level)
    return _by_value(proficiencies)
