"""Who works in the center, and how: users, routing profiles, statuses, the hierarchy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.authoring import flow_usage
from chalicelib.bootstrap.contacts import desk
from chalicelib.bootstrap.stores import center_store, user_store
from chalicelib.bootstrap.world import Late, client, new_id, now, settings

if TYPE_CHECKING:
    from chalicelib.adapters.sign_ins import CognitoSignIns
    from chalicelib.services.agent_statuses import AgentStatusesService
    from chalicelib.services.hierarchy import HierarchyService
    from chalicelib.services.predefined_attributes import PredefinedAttributesService
    from chalicelib.services.proficiencies import ProficienciesService
    from chalicelib.services.routing_profiles import RoutingProfilesService
    from chalicelib.services.users import UsersService


@cache
def users() -> UsersService:
    from chalicelib.services.users import AtWork, UsersService

    at_work = AtWork(reconfigure=desk().reconfigure, sign_off=desk().sign_off)
    return UsersService(user_store(), _sign_ins(), at_work, flow_usage(), now=now, new_id=new_id)


@cache
def proficiencies() -> ProficienciesService:
    from chalicelib.services.proficiencies import ProficienciesService

    return ProficienciesService(user_store(), desk().reconfigure, now=now)


@cache
def predefined_attributes() -> PredefinedAttributesService:
    from chalicelib.services.predefined_attributes import PredefinedAttributesService

    return PredefinedAttributesService(center_store(), user_store(), now=now)


@cache
def routing_profiles() -> RoutingProfilesService:
    from chalicelib.services.routing_profiles import RoutingProfilesService

    return RoutingProfilesService(center_store(), user_store(), now=now, new_id=new_id)


@cache
def agent_statuses() -> AgentStatusesService:
    from chalicelib.services.agent_statuses import AgentStatusesService

    return AgentStatusesService(center_store(), now=now, new_id=new_id)


@cache
def hierarchy() -> HierarchyService:
    from chalicelib.services.hierarchy import HierarchyService

    return HierarchyService(center_store(), user_store(), now=now, new_id=new_id)


@cache
def _sign_ins() -> CognitoSignIns:
    from chalicelib.adapters.sign_ins import CognitoSignIns

    return CognitoSignIns(Late(lambda: client("cognito-idp")), settings().user_pool_id)
