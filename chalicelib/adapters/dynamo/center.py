"""The configuration in DynamoDB, kept in memory for some seconds; flow versions for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.tables import (
    AccessKeyRow,
    BotRow,
    CenterRow,
    FlowVersionRow,
    UserRow,
)
from chalicelib.adapters.dynamo.users import rows_of
from chalicelib.core.authority import Authority
from chalicelib.core.center import (
    AgentStatus,
    CaseTemplate,
    Center,
    Disposition,
    Menu,
    PracticeNumber,
    PredefinedAttribute,
    Queue,
    RoutingProfile,
    StoredPrompt,
    TaskTemplate,
    User,
)
from chalicelib.core.errors import NotFound
from chalicelib.core.flow import FlowType, PublishedFlow, parse
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.hierarchy import HierarchyGroup, HierarchyLevel
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ids import AgentId, FlowId, QueueId
from chalicelib.core.quick_connect import QuickConnect
from chalicelib.core.sla import SlaPolicy
from chalicelib.core.tariff import Tariff

_KEPT = timedelta(seconds=3)  # how old a configuration may be; a change is obeyed after that
_PARTS: dict[str, tuple[str, type]] = {
    "queue": ("queues", Queue),
    "profile": ("profiles", RoutingProfile),
    "hours": ("hours", HoursOfOperation),
    "disposition": ("dispositions", Disposition),
    "menu": ("menus", Menu),
    "case-template": ("case_templates", CaseTemplate),
    "task-template": ("task_templates", TaskTemplate),
    "sla-policy": ("sla_policies", SlaPolicy),
    "authority": ("authorities", Authority),
    "flow": ("flows", FlowEntry),
    "prompt": ("prompts", StoredPrompt),
    "quick-connect": ("quick_connects", QuickConnect),
    "practice": ("practice_numbers", PracticeNumber),
    "status": ("statuses", AgentStatus),
    "hierarchy-level": ("hierarchy_levels", HierarchyLevel),
    "hierarchy-group": ("hierarchy_groups", HierarchyGroup),
    "attribute": ("attributes", PredefinedAttribute),
    "tariff": ("tariffs", Tariff),
}
_APART = ("flow", "prompt")  # they have writers of their own


class DynamoCenterStore:
    """The CenterStore on the table `center`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._center: tuple[datetime, Center] | None = None
        self._users: dict[str, tuple[datetime, User]] = {}
        self._flows: dict[tuple[FlowId, int], PublishedFlow] = {}

    def center(self) -> Center:
        at = self._now()
        if self._center is None or at - self._center[0] > _KEPT:
            self._center = (at, _read_center())
        return self._center[1]

    def latest(self) -> Center:
        """As it stands now, whatever is remembered."""
        self.forget()
        return self.center()

    def forget(self) -> None:
        """What is remembered of the configuration does not count any more."""
        self._center = None

    def forget_user(self, user: User) -> None:
        """What is remembered of this one does not count any more."""
        for key in (f"user#{user.username}", f"agent#{user.agent_id}"):
            self._users.pop(key, None)

    def user(self, username: str) -> User | None:
        return self._user(f"user#{username}")

    def agent(self, agent_id: AgentId) -> User | None:
        return self._user(f"agent#{agent_id}")

    def has_bot(self, name: str) -> bool:
        return any(BotRow.query("bots", BotRow.sk == name))

    def flow(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        key = (flow_id, version)
        if key not in self._flows:
            try:
                row = FlowVersionRow.get(
                    f"flow#{flow_id}", f"version#{version:08d}", consistent_read=True
                )
            except FlowVersionRow.DoesNotExist:
                return None
            self._flows[key] = PublishedFlow(
                flow_id=flow_id,
                version=version,
                name=row.name,
                type=FlowType(row.type),
                flow=parse(row.content, strict=False, settings=row.settings or ""),
            )
        return self._flows[key]

    def menu(self, menu_id: str) -> Menu:
        """As it stands now: a changed row counts for the very next key."""
        try:
            row = CenterRow.get("center", f"menu#{menu_id}", consistent_read=True)
        except CenterRow.DoesNotExist:
            raise NotFound(f"no menu {menu_id!r}", field="menuId", value=menu_id) from None
        return codec.load(row.document, Menu)

    # --- what admins and the deployment write ---

    def save_menu(self, menu: Menu) -> None:
        self.save_part("menu", menu.menu_id, menu)

    def save_part(self, kind: str, identifier: str, part: object) -> None:
        """One object of the configuration, of a kind that `_PARTS` names; new or changed."""
        CenterRow("center", f"{kind}#{identifier}", document=codec.dump(part)).save()
        self.forget()

    def delete_part(self, kind: str, identifier: str) -> None:
        CenterRow("center", f"{kind}#{identifier}").delete()
        self.forget()

    def save_settings(self, center: Center) -> None:
        """The whole configuration but users and flows; parts that are not named stay."""
        CenterRow("center", "settings", document=codec.dump(_settings(center))).save()
        for kind, (name, _) in _PARTS.items():
            for part in () if kind in _APART else getattr(center, name):
                CenterRow("center", f"{kind}#{_identifier(part)}", document=codec.dump(part)).save()
        self.forget()

    def save_practice_numbers(self, numbers: Sequence[PracticeNumber]) -> None:
        for each in numbers:
            CenterRow("center", f"practice#{each.number}", document=codec.dump(each)).save()
        self.forget()

    def save_user(self, user: User) -> None:
        """Whatever is stored of this user; services that change one ask the UserStore."""
        for row in rows_of(user):
            row.save()
        self.forget_user(user)

    # --- prompts and queues ---

    def save_prompt(self, prompt: StoredPrompt) -> None:
        self.save_part("prompt", prompt.prompt_id, prompt)

    def delete_prompt(self, prompt_id: str) -> None:
        self.delete_part("prompt", prompt_id)

    def delete_queue(self, queue_id: QueueId) -> None:
        self.delete_part("queue", queue_id)

    def _user(self, key: str) -> User | None:
        at = self._now()
        known = self._users.get(key)
        if known is not None and at - known[0] <= _KEPT:
            return known[1]
        try:
            user = codec.load(UserRow.get(key, "user").document, User)
        except UserRow.DoesNotExist:
            return None  # not remembered: a newcomer need not wait
        self._users[key] = (at, user)
        return user


class DynamoAccessKeys:
    """Keys that machine callers sign with."""

    def get(self, access_key_id: str) -> tuple[str, frozenset[str]] | None:
        """The secret and the groups of the key."""
        try:
            row = AccessKeyRow.get(f"key#{access_key_id}", "key")
        except AccessKeyRow.DoesNotExist:
            return None
        return row.secret, frozenset(codec.load(row.document, list[str]))

    def save(self, access_key_id: str, secret: str, groups: frozenset[str]) -> None:
        AccessKeyRow(
            f"key#{access_key_id}", "key", secret=secret, document=codec.dump(sorted(groups))
        ).save()


def _settings(center: Center) -> Center:
    return codec.replaced(center, {name: () for name, _ in _PARTS.values()})


def _identifier(part: object) -> str:
    names = (
        "authority_id",
        "kind",  # before the hours that a policy is measured by
        "quick_connect_id",  # before the queue that one may lead to
        "queue_id",
        "profile_id",
        "hours_id",
        "disposition_id",
        "menu_id",
        "case_template_id",
        "task_template_id",
        "status_id",
        "level_id",
        "group_id",
        "number",
        "name",
        "version",
    )
    return next(str(getattr(part, name)) for name in names if hasattr(part, name))


def _read_center() -> Center:
    settings: Center | None = None
    parts: dict[str, list[object]] = {name: [] for name, _ in _PARTS.values()}
    for row in CenterRow.query("center", consistent_read=True):
        kind, _, identifier = row.sk.partition("#")
        if kind == "settings":
            settings = codec.load(row.document, Center)
        else:
            name, shape = _PARTS[kind]
            parts[name].append(_identified(codec.load(row.document, shape), identifier))
    if settings is None:
        raise NotFound("the center has not been set up")
    given = {name: tuple(found) for name, found in parts.items() if found}
    return codec.replaced(settings, given)


def _identified(part: object, identifier: str) -> object:
    """A status from before they had ids is told apart by what its row is called."""
    is_nameless = isinstance(part, AgentStatus) and not part.status_id
    return codec.replaced(part, {"status_id": identifier}) if is_nameless else part
