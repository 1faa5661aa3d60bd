"""A center whose users, routing profiles, statuses and hierarchy are set up by their services."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from chalicelib.core.center import Center, User
from chalicelib.core.errors import Conflict
from chalicelib.core.ids import AgentId
from chalicelib.services.agent_statuses import AgentStatusesService
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.hierarchy import HierarchyService
from chalicelib.services.predefined_attributes import PredefinedAttributesService
from chalicelib.services.proficiencies import ProficienciesService
from chalicelib.services.routing_profiles import RoutingProfilesService
from chalicelib.services.users import AtWork, NewUser, UsersService
from tests.fakes.center import InMemoryCenterStore, InMemorySignIns, InMemoryUserStore
from tests.given import MONDAY
from tests.house import PROFILE, USERS, a_center

PASSWORD = "Correct-horse-7"


class Staff:
    """Acme with Ben, Cleo and Sue; who is told to look at their setup anew is written down."""

    def __init__(self) -> None:
        self.store = InMemoryCenterStore(a_center(), USERS)
        self.user_store = InMemoryUserStore(self.store)
        self.sign_ins = InMemorySignIns()
        self.reconfigured: list[AgentId] = []
        self.signed_off: list[AgentId] = []
        self.busy: set[AgentId] = set()
        self.at = MONDAY
        for user in USERS:
            self.sign_ins.create(user, PASSWORD)
        ids = count(1)

        def new_id() -> str:
            return f"id-{next(ids)}"

        store, users, usage = self.store, self.user_store, FlowUsage(self.store, self.store)
        at_work = AtWork(reconfigure=self.reconfigured.append, sign_off=self._sign_off)
        self.users = UsersService(
            users, self.sign_ins, at_work, usage, now=lambda: self.at, new_id=new_id
        )
        self.proficiencies = ProficienciesService(
            users, self.reconfigured.append, now=lambda: self.at
        )
        self.attributes = PredefinedAttributesService(store, users, now=lambda: self.at)
        self.profiles = RoutingProfilesService(store, users, now=lambda: self.at, new_id=new_id)
        self.statuses = AgentStatusesService(store, now=lambda: self.at, new_id=new_id)
        self.hierarchy = HierarchyService(store, users, now=lambda: self.at, new_id=new_id)

    @property
    def center(self) -> Center:
        return self.store.latest()

    def hires(self, username: str = "dan", groups: Sequence[str] = ("agent",)) -> User:
        new = NewUser(
            username=username,
            password=PASSWORD,
            profile_id=PROFILE.profile_id,
            groups=groups,
        )
        return self.users.create(self.center, new)

    def company(self) -> list[str]:
        """Two levels with a group on each; their ids, highest first."""
        self.hierarchy.set_structure(self.center, ["Site", "Team", None, None, None])
        top = self.hierarchy.create(self.center, name="Berlin", parent=None, tags={})
        team = self.hierarchy.create(self.center, name="Days", parent=top.group_id, tags={})
        return [top.group_id, team.group_id]

    def _sign_off(self, agent_id: AgentId) -> None:
        if agent_id in self.busy:
            raise Conflict("has contacts", field="UserId", value=agent_id)
        self.signed_off.append(agent_id)
