"""The user pool: half a sign-in is none, and refusals are told in our words."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.sign_ins import CognitoSignIns
from chalicelib.core.center import User
from chalicelib.core.errors import Duplicate, NotFound, Refusal, Rejected
from chalicelib.core.ids import AgentId

DAN = User(
    username="dan",
    agent_id=AgentId("a-dan"),
    name="Dan Dyk",
    email="dan@acme.example",
    groups=("agent", "supervisor"),
)
PASSWORD = "Correct-horse-7"


class Pool:
    """A user pool as its API tells it; `fails` names operations and what each is refused with."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.fails: dict[str, str] = {}
        self.asked: list[str] = []
        self.written_by: list[str] = []

    def admin_create_user(self, **asked: Any) -> None:
        self._check("admin_create_user", asked)
        if asked["Username"] in self.people:
            raise refused("UsernameExistsException")
        if asked.get("MessageAction") != "SUPPRESS":
            self.written_by += asked["DesiredDeliveryMediums"]
        known = {each["Name"]: each["Value"] for each in asked["UserAttributes"]}
        self.people[asked["Username"]] = {"groups": set(), "password": None, **known}

    def admin_set_user_password(self, **asked: Any) -> None:
        self._check("admin_set_user_password", asked)
        self._person(asked)["password"] = (asked["Password"], asked["Permanent"])

    def admin_update_user_attributes(self, **asked: Any) -> None:
        self._check("admin_update_user_attributes", asked)
        known = {each["Name"]: each["Value"] for each in asked["UserAttributes"]}
        self._person(asked).update(known)

    def admin_list_groups_for_user(self, **asked: Any) -> dict[str, Any]:
        self._check("admin_list_groups_for_user", asked)
        return {"Groups": [{"GroupName": name} for name in self._person(asked)["groups"]]}

    def admin_add_user_to_group(self, **asked: Any) -> None:
        self._check("admin_add_user_to_group", asked)
        self._person(asked)["groups"].add(asked["GroupName"])

    def admin_remove_user_from_group(self, **asked: Any) -> None:
        self._check("admin_remove_user_from_group", asked)
        self._person(asked)["groups"].discard(asked["GroupName"])

    def admin_delete_user(self, **asked: Any) -> None:
        self._check("admin_delete_user", asked)
        self._person(asked)
        del self.people[asked["Username"]]

    def _check(self, operation: str, asked: dict[str, Any]) -> None:
        assert asked["UserPoolId"] == "pool-1"
        self.asked.append(operation)
        if operation in self.fails:
            raise refused(self.fails[operation])

    def _person(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["Username"] not in self.people:
            raise refused("UserNotFoundException")
        return self.people[asked["Username"]]


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "x")


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def sign_ins(pool: Pool) -> CognitoSignIns:
    return CognitoSignIns(pool, "pool-1")


def test_a_sign_in_has_a_name_an_address_groups_and_a_password(
    pool: Pool, sign_ins: CognitoSignIns
) -> None:
    """The password is the one that was given, and is not asked to be changed."""
    sign_ins.create(DAN, PASSWORD)

    assert {
        "groups": {"agent", "supervisor"},
        "password": (PASSWORD, True),
        "name": "Dan Dyk",
        "email": "dan@acme.example",
        "email_verified": "true",
    } == pool.people["dan"]


@pytest.mark.parametrize(
    ("operation", "code", "error", "field"),
    [
        ("admin_set_user_password", "InvalidPasswordException", Rejected, "Password"),
        ("admin_add_user_to_group", "ResourceNotFoundException", ClientError, ""),
        ("admin_create_user", "InvalidParameterException", Rejected, "IdentityInfo"),
    ],
)
def test_half_a_sign_in_is_none(
    pool: Pool,
    sign_ins: CognitoSignIns,
    operation: str,
    code: str,
    error: type[Exception],
    field: str,
) -> None:
    """Whatever of it fails; the password stands in no message."""
    pool.fails[operation] = code

    with pytest.raises(error) as told:
        sign_ins.create(DAN, PASSWORD)

    assert {} == pool.people
    assert PASSWORD not in str(told.value)
    if isinstance(told.value, Refusal):
        assert (field, None) == (told.value.field, told.value.value)


def test_whoever_is_invited_is_written_to_once_and_chooses_a_password(
    pool: Pool, sign_ins: CognitoSignIns
) -> None:
    """Nobody else has ever known it; and an invitation that was cut short is made whole."""
    sign_ins.invite(DAN)
    pool.people["dan"]["groups"].clear()
    sign_ins.invite(DAN)

    dan = pool.people["dan"]
    assert (["EMAIL"], None) == (pool.written_by, dan["password"])
    assert ("dan@acme.example", {"agent", "supervisor"}) == (dan["email"], dan["groups"])


def test_somebody_elses_sign_in_is_left_alone(pool: Pool, sign_ins: CognitoSignIns) -> None:
    pool.people["dan"] = {"password": "theirs"}

    with pytest.raises(Duplicate) as told:
        sign_ins.create(DAN, PASSWORD)

    assert ("Username", "dan") == (told.value.field, told.value.value)
    assert {"password": "theirs"} == pool.people["dan"]


def test_groups_are_these_and_no_others_of_ours(pool: Pool, sign_ins: CognitoSignIns) -> None:
    """What is taken away goes first. A group that is none of ours is not ours to take."""
    sign_ins.create(DAN, PASSWORD)
    pool.people["dan"]["groups"].add("choir")
    pool.asked.clear()

    sign_ins.set_groups("dan", ["finance", "agent"])

    assert {"agent", "finance", "choir"} == pool.people["dan"]["groups"]
    assert [
        "admin_list_groups_for_user",
        "admin_remove_user_from_group",
        "admin_add_user_to_group",
    ] == pool.asked


def test_a_sign_in_is_renamed_and_goes(pool: Pool, sign_ins: CognitoSignIns) -> None:
    """Gone twice is gone once."""
    sign_ins.create(DAN, PASSWORD)
    renamed = User(username="dan", agent_id=DAN.agent_id, name="Dan van Dyk")

    sign_ins.rename(renamed)
    assert ("Dan van Dyk", "dan@acme.example") == (
        pool.people["dan"]["name"],
        pool.people["dan"]["email"],
    )
    sign_ins.delete("dan")
    sign_ins.delete("dan")

    assert {} == pool.people
    with pytest.raises(NotFound):
        sign_ins.rename(renamed)


def test_what_the_pool_does_not_expect_to_refuse_rises(
    pool: Pool, sign_ins: CognitoSignIns
) -> None:
    pool.fails["admin_delete_user"] = "TooManyRequestsException"

    with pytest.raises(ClientError):
        sign_ins.delete("dan")
