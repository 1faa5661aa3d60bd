"""REST: Amazon Connect's API for what users are good at."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Proficiency
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Shape,
    center_of,
    dated,
    listed,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.proficiencies import Mastered, proficiency_key

bp = Blueprint(__name__)

_USER = "/users/{instance_id}/{user_id}"
_LIMIT = 100  # in one page, Amazon Connect's


class Mastery(Shape):
    attribute_name: str
    attribute_value: str

    def mastered(self) -> Mastered:
        return self.attribute_name, self.attribute_value


class Leveled(Mastery):
    level: float

    def proficiency(self) -> Proficiency:
        return Proficiency(self.attribute_name, self.attribute_value, self.level)


class Proficiencies(Shape):
    user_proficiencies: list[Leveled]

    def all(self) -> list[Proficiency]:
        return [each.proficiency() for each in self.user_proficiencies]


class Masteries(Shape):
    user_proficiencies: list[Mastery]


@endpoint(
    bp, "POST", f"{_USER}/associate-proficiencies", who=ADMINS, body=Proficiencies, style=CONNECT
)
def associate_user_proficiencies(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    bootstrap.proficiencies().add(user_id, call.body.all())
    return {}


@endpoint(
    bp, "POST", f"{_USER}/disassociate-proficiencies", who=ADMINS, body=Masteries, style=CONNECT
)
def disassociate_user_proficiencies(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    gone = [each.mastered() for each in call.body.user_proficiencies]
    bootstrap.proficiencies().remove(user_id, gone)
    return {}


@endpoint(bp, "POST", f"{_USER}/proficiencies", who=ADMINS, body=Proficiencies, style=CONNECT)
def update_user_proficiencies(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    bootstrap.proficiencies().set_levels(user_id, call.body.all())
    return {}


@endpoint(bp, "GET", f"{_USER}/proficiencies", who=ADMINS, style=CONNECT)
def list_user_proficiencies(call: Call, instance_id: str, user_id: str) -> object:
    center, proficiencies = center_of(instance_id), bootstrap.proficiencies()
    found = listed(
        call,
        "UserProficiencyList",
        proficiencies.listed(user_id),
        proficiency_key,
        lambda each: {
            "AttributeName": each.name,
            "AttributeValue": each.value,
            "Level": each.level,
        },
        limit=_LIMIT,
    )
    return {**found, **dated(center, proficiencies.find(user_id).changed_at)}
