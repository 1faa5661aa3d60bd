"""Users as Amazon Connect's API speaks of them: those who sign in, and how they take contacts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.core.center import Center, User
from chalicelib.core.errors import Duplicate, InUse, NotFound, Refusal, Rejected
from chalicelib.core.identity import GROUPS
from chalicelib.core.ids import AgentId, HierarchyGroupId
from chalicelib.core.phone import PhoneConfig, PhoneType
from chalicelib.core.quick_connect import is_e164
from chalicelib.core.tags import checked_tags
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.hierarchy import find_group
from chalicelib.services.races import insist
from chalicelib.services.routing_profiles import find_profile
from chalicelib.services.user_ports import Reconfigure, SignIns, SignOff, UserStore
from chalicelib.services.wrap_ups import LONGEST_SECONDS

FIRST_NAME_LIMIT, LAST_NAME_LIMIT = 255, 300
_USERNAME = re.compile(r"[A-Za-z0-9_.@-]{1,100}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_IDENTITY = "IdentityInfo"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who somebody is; what is None stays as it is."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    secondary_email: str | None = None
    mobile: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """Ids may be ARNs."""

    username: str
    password: str
    profile_id: str
    groups: Sequence[str]
    identity: Identity = Identity()
    phone: PhoneConfig = PhoneConfig()
    hierarchy_group_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AtWork:
    """How changes reach the desks of those who are at work."""

    reconfigure: Reconfigure
    sign_off: SignOff


class UsersService:
    """The users of one center; who is one can sign in."""

    def __init__(
        self,
        users: UserStore,
        sign_ins: SignIns,
        at_work: AtWork,
        usage: FlowUsage,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._users = users
        self._sign_ins = sign_ins
        self._at_work = at_work
        self._usage = usage
        self._now = now
        self._new_id = new_id

    def listed(self) -> list[User]:
        """By user name."""
        return sorted(self._users.users(), key=lambda user: user.username)

    def find(self, reference: str) -> User:
        """By id or ARN."""
        user = self._users.find(AgentId(reference.rsplit("/", 1)[-1]))
        if user is None:
            raise NotFound(f"no user {reference!r}", field="UserId", value=reference)
        return user

    def create(self, center: Center, new: NewUser) -> User:
        """The user, and the sign-in with this password. Whoever cannot sign in is no user."""
        user = User(
            username=self._free(new.username),
            agent_id=AgentId(self._new_id()),
            name=new.username,
            profile_id=find_profile(center, new.profile_id).profile_id,
            hierarchy_group_id=_group(center, new.hierarchy_group_id),
            groups=_groups(new.groups),
            phone=_phone(new.phone),
            tags=checked_tags(new.tags),
            changed_at=self._now(),
        )
        user = self._users.add(_identified(user, new.identity))
        try:
            self._sign_ins.create(user, new.password)
        except Refusal:
            self._users.delete(user)
            raise
        return user

    def identify(self, reference: str, identity: Identity) -> None:
        user = self._change(reference, lambda user: _identified(user, identity))
        self._sign_ins.rename(user)

    def set_profile(self, center: Center, reference: str, profile_id: str) -> None:
        profile = find_profile(center, profile_id)
        self._change(reference, lambda user: replace(user, profile_id=profile.profile_id))

    def set_hierarchy(self, center: Center, reference: str, group_id: str | None) -> None:
        """None: somebody who stands nowhere."""
        group = _group(center, group_id)
        self._change(reference, lambda user: replace(user, hierarchy_group_id=group))

    def set_phone(self, reference: str, phone: PhoneConfig) -> None:
        checked = _phone(phone)
        self._change(reference, lambda user: replace(user, phone=checked))

    def set_groups(self, reference: str, groups: Sequence[str]) -> None:
        """What the user may from the next sign-in on; a token that is out counts its hour."""
        wanted = _groups(groups)
        self._sign_ins.set_groups(self.find(reference).username, wanted)
        self._change(reference, lambda user: replace(user, groups=wanted))

    def delete(self, center: Center, reference: str) -> None:
        """Refused while quick connects lead there, and while contacts wait for the user or are
        in their hands."""
        user = self.find(reference)
        leading = self._usage.of_user(center, user.agent_id)
        if leading:
            arn = center.user_arn(user.agent_id)
            raise InUse(f"user {user.username!r}", leading, value=arn)
        self._at_work.sign_off(user.agent_id)
        self._sign_ins.delete(user.username)
        self._users.delete(user)

    def _change(self, reference: str, changed: Callable[[User], User]) -> User:
        def attempt() -> User:
            user = self.find(reference)
            return self._users.save(user, replace(changed(user), changed_at=self._now()))

        user = insist(attempt)
        self._at_work.reconfigure(user.agent_id)
        return user

    def _free(self, username: str) -> str:
        """Nobody is told apart by small and big letters alone."""
        if not _USERNAME.fullmatch(username):
            message = "Username has 1 to 100 letters, digits, or signs among _ . @ -"
            raise Rejected(message, field="Username", value=username)
        if any(user.username.casefold() == username.casefold() for user in self._users.users()):
            message = f"a user named {username!r} exists"
            raise Duplicate(message, field="Username", value=username)
        return username


def _identified(user: User, identity: Identity) -> User:
    first, last = user.first_and_last_name if user.first_name or user.last_name else ("", "")
    first = _limited(identity.first_name, "FirstName", FIRST_NAME_LIMIT, first)
    last = _limited(identity.last_name, "LastName", LAST_NAME_LIMIT, last)
    return replace(
        user,
        first_name=first,
        last_name=last,
        name=" ".join(part for part in (first, last) if part) or user.name,
        email=_address(identity.email, "Email", user.email),
        secondary_email=_address(identity.secondary_email, "SecondaryEmail", user.secondary_email),
        mobile=_number(identity.mobile, f"{_IDENTITY}.Mobile", user.mobile),
    )


def _limited(text: str | None, name: str, limit: int, known: str) -> str:
    if text is None:
        return known
    if len(text) > limit:
        message = f"{name} has at most {limit} characters"
        raise Rejected(message, field=f"{_IDENTITY}.{name}", value=text)
    return text.strip()


def _address(text: str | None, name: str, known: str) -> str:
    if text is None:
        return known
    if text and not _ADDRESS.fullmatch(text):
        raise Rejected(f"{name} is no address", field=f"{_IDENTITY}.{name}", value=text)
    return text


def _number(text: str | None, field: str, known: str = "") -> str:
    if text is None:
        return known
    if text and not is_e164(text):
        raise Rejected(f"{text!r} is no number in E.164", field=field, value=text)
    return text


def _phone(phone: PhoneConfig) -> PhoneConfig:
    seconds, field = phone.after_contact_work_seconds, "PhoneConfig.AfterContactWorkTimeLimit"
    if not 0 <= seconds <= LONGEST_SECONDS:
        message = f"{field} is from 0 to {LONGEST_SECONDS}, not {seconds}"
        raise Rejected(message, field=field, value=seconds)
    where = "PhoneConfig.DeskPhoneNumber"
    _number(phone.desk_phone_number, where)
    if phone.type is PhoneType.DESK_PHONE and not phone.desk_phone_number:
        raise Rejected("a DESK_PHONE has a DeskPhoneNumber", field=where)
    return phone


def _group(center: Center, reference: str | None) -> HierarchyGroupId | None:
    return find_group(center, reference).group_id if reference else None


def _groups(references: Sequence[str]) -> tuple[str, ...]:
    """Security profiles of ours are the groups, each known by its name."""
    names = {reference.rsplit("/", 1)[-1] for reference in references}
    unknown = sorted(names - GROUPS)
    if unknown:
        message = f"security profile {unknown[0]!r} is not one of {', '.join(sorted(GROUPS))}"
        raise NotFound(message, field="SecurityProfileIds", value=unknown[0])
    if not names:
        raise Rejected("SecurityProfileIds names none", field="SecurityProfileIds")
    return tuple(sorted(names))
