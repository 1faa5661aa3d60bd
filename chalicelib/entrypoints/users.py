"""REST: Amazon Connect's API for users. A security profile is a group of ours, named so."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center, User
from chalicelib.core.errors import Rejected
from chalicelib.core.identity import GROUPS
from chalicelib.core.phone import PhoneConfig, PhoneType
from chalicelib.core.search import Found
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    dated,
    listed,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.users import Identity, NewUser

bp = Blueprint(__name__)

_USERS = "/users/{instance_id}"
_USER = "/users/{instance_id}/{user_id}"
_SEARCH_LIMIT = 500
_NAMES = (
    "username",
    "firstname",
    "lastname",
    "resourceid",
    "routingprofileid",
    "securityprofileid",
)


class IdentityInfo(Shape):
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    secondary_email: str | None = None
    mobile: str | None = None

    def identity(self) -> Identity:
        return Identity(**msgspec.structs.asdict(self))


class Phone(Shape):
    phone_type: PhoneType = PhoneType.SOFT_PHONE
    auto_accept: bool = False
    after_contact_work_time_limit: int = 0
    desk_phone_number: str = ""

    def config(self) -> PhoneConfig:
        return PhoneConfig(
            type=self.phone_type,
            auto_accept=self.auto_accept,
            after_contact_work_seconds=self.after_contact_work_time_limit,
            desk_phone_number=self.desk_phone_number,
        )


class CreateUser(Shape):
    username: str
    routing_profile_id: str
    security_profile_ids: list[str]
    password: str | None = None
    identity_info: IdentityInfo | None = None
    phone_config: Phone | None = None
    hierarchy_group_id: str | None = None
    tags: dict[str, str] = {}
    auto_accept_configs: list[object] = []
    after_contact_work_configs: list[object] = []
    phone_number_configs: list[object] = []

    def user(self) -> NewUser:
        if not self.password:
            raise Rejected("Password is missing", field="Password")
        if self.auto_accept_configs or self.after_contact_work_configs or self.phone_number_configs:
            message = "phones are set up for all channels at once, by PhoneConfig"
            raise Rejected(message, field="PhoneConfig")
        return NewUser(
            username=self.username,
            password=self.password,
            profile_id=self.routing_profile_id,
            groups=self.security_profile_ids,
            identity=self.identity_info.identity() if self.identity_info else Identity(),
            phone=self.phone_config.config() if self.phone_config else PhoneConfig(),
            hierarchy_group_id=self.hierarchy_group_id,
            tags=self.tags,
        )


class UpdateIdentity(Shape):
    identity_info: IdentityInfo


class UpdatePhone(Shape):
    phone_config: Phone


class UpdateProfile(Shape):
    routing_profile_id: str


class UpdateHierarchy(Shape):
    hierarchy_group_id: str | None = None


class UpdateSecurityProfiles(Shape):
    security_profile_ids: list[str]


@endpoint(bp, "PUT", _USERS, who=ADMINS, body=CreateUser, style=CONNECT)
def create_user(call: Call, instance_id: str) -> object:
    center, new = center_of(instance_id), call.body.user()
    user = bootstrap.users().create(center, new)
    return {"UserId": user.agent_id, "UserArn": center.user_arn(user.agent_id)}


@endpoint(bp, "GET", _USER, who=ADMINS, style=CONNECT)
def describe_user(call: Call, instance_id: str, user_id: str) -> object:
    center, user = center_of(instance_id), bootstrap.users().find(user_id)
    return {"User": {**_shown(center, user), **dated(center, user.changed_at)}}


@endpoint(bp, "POST", f"{_USER}/identity-info", who=ADMINS, body=UpdateIdentity, style=CONNECT)
def update_user_identity_info(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    bootstrap.users().identify(user_id, call.body.identity_info.identity())
    return {}


@endpoint(bp, "POST", f"{_USER}/routing-profile", who=ADMINS, body=UpdateProfile, style=CONNECT)
def update_user_routing_profile(call: Call, instance_id: str, user_id: str) -> object:
    profile_id = call.body.routing_profile_id
    bootstrap.users().set_profile(center_of(instance_id), user_id, profile_id)
    return {}


@endpoint(bp, "POST", f"{_USER}/hierarchy", who=ADMINS, body=UpdateHierarchy, style=CONNECT)
def update_user_hierarchy(call: Call, instance_id: str, user_id: str) -> object:
    group_id = call.body.hierarchy_group_id
    bootstrap.users().set_hierarchy(center_of(instance_id), user_id, group_id)
    return {}


@endpoint(bp, "POST", f"{_USER}/phone-config", who=ADMINS, body=UpdatePhone, style=CONNECT)
def update_user_phone_config(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    bootstrap.users().set_phone(user_id, call.body.phone_config.config())
    return {}


@endpoint(
    bp,
    "POST",
    f"{_USER}/security-profiles",
    who=ADMINS,
    body=UpdateSecurityProfiles,
    style=CONNECT,
)
def update_user_security_profiles(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    bootstrap.users().set_groups(user_id, call.body.security_profile_ids)
    return {}


@endpoint(bp, "DELETE", _USER, who=ADMINS, style=CONNECT)
def delete_user(call: Call, instance_id: str, user_id: str) -> object:
    bootstrap.users().delete(center_of(instance_id), user_id)
    return {}


@endpoint(bp, "GET", "/users-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_users(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "UserSummaryList",
        bootstrap.users().listed(),
        lambda user: user.username,
        lambda user: {
            "Id": user.agent_id,
            "Arn": center.user_arn(user.agent_id),
            "Username": user.username,
            **dated(center, user.changed_at),
        },
    )


@endpoint(bp, "POST", "/search-users", who=ADMINS, body=Search, style=CONNECT)
def search_users(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "Users",
        bootstrap.users().listed(),
        lambda user: user.username,
        lambda user: _searched(center, user),
        lambda user: _shown(center, user, is_full=False),
        limit=_SEARCH_LIMIT,
        names=_NAMES,
    )


@endpoint(bp, "GET", "/security-profiles-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_security_profiles(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "SecurityProfileSummaryList",
        sorted(GROUPS),
        lambda name: name,
        lambda name: {
            "Id": name,
            "Arn": f"{center.arn}/security-profile/{name}",
            "Name": name,
        },
    )


# --- shapes -------------------------------------------------------------------------------------


def _shown(center: Center, user: User, *, is_full: bool = True) -> dict[str, object]:
    """Searches do not tell addresses."""
    first, last = user.first_and_last_name
    names = {"FirstName": first, "LastName": last}
    addresses = {
        "Email": user.email or None,
        "SecondaryEmail": user.secondary_email or None,
        "Mobile": user.mobile or None,
    }
    return without_nothing(
        {
            "Id": user.agent_id,
            "Arn": center.user_arn(user.agent_id),
            "Username": user.username,
            "IdentityInfo": {**names, **without_nothing(addresses if is_full else {})},
            "PhoneConfig": _phone(user.phone),
            "SecurityProfileIds": list(user.groups) or None,
            "RoutingProfileId": user.profile_id,
            "HierarchyGroupId": user.hierarchy_group_id,
            "Tags": dict(user.tags),
        }
    )


def _phone(phone: PhoneConfig) -> dict[str, object]:
    return without_nothing(
        {
            "PhoneType": phone.type,
            "AutoAccept": phone.auto_accept,
            "AfterContactWorkTimeLimit": phone.after_contact_work_seconds,
            "DeskPhoneNumber": phone.desk_phone_number or None,
        }
    )


def _searched(center: Center, user: User) -> Found:
    first, last = user.first_and_last_name
    path = center.hierarchy_path(user.hierarchy_group_id)
    return Found(
        texts={
            "username": user.username,
            "firstname": first,
            "lastname": last,
            "resourceid": user.agent_id,
            "routingprofileid": user.profile_id or "",
            "hierarchygroupid": user.hierarchy_group_id or "",
        },
        tags=user.tags,
        lists={
            "securityprofileid": user.groups,
            "hierarchypath": [group.group_id for group in path],
        },
    )
