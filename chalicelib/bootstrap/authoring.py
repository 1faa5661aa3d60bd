"""Where flows, and all that they refer to, are written, published and tried."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.files import ticket_clocks
from chalicelib.bootstrap.stores import (
    bind_tables,
    bot_store,
    center_store,
    flow_store,
    objects,
    user_store,
)
from chalicelib.bootstrap.world import new_id, now, settings

if TYPE_CHECKING:
    from chalicelib.services.bots import BotService
    from chalicelib.services.canary import CanaryService
    from chalicelib.services.data_tables import DataTablesService
    from chalicelib.services.flow_editing import FlowEditing
    from chalicelib.services.flow_library import FlowLibrary
    from chalicelib.services.flow_usage import FlowUsage
    from chalicelib.services.flow_versions import FlowVersions
    from chalicelib.services.hours import HoursService
    from chalicelib.services.menus import MenuService
    from chalicelib.services.promises import PromisesService
    from chalicelib.services.prompts import PromptsService
    from chalicelib.services.queues import QueuesService
    from chalicelib.services.quick_connects import QuickConnectsService
    from chalicelib.services.tags import TagsService
    from chalicelib.services.views import ViewsService
    from chalicelib.services.wrap_ups import WrapUpsService


@cache
def views() -> ViewsService:
    from chalicelib.adapters.dynamo.views import DynamoViewStore
    from chalicelib.services.views import ViewsService

    bind_tables()
    return ViewsService(DynamoViewStore(), now=now, new_id=new_id)


@cache
def data_tables() -> DataTablesService:
    from chalicelib.adapters.dynamo.data_tables import DynamoDataTableStore
    from chalicelib.services.data_tables import DataTablesService

    bind_tables()
    return DataTablesService(DynamoDataTableStore(), now=now, new_id=new_id)


@cache
def canaries() -> CanaryService:
    from chalicelib.adapters.dynamo.canary import DynamoCanaryCounts
    from chalicelib.services.canary import CanaryService

    return CanaryService(flow_store(), DynamoCanaryCounts(), center_store(), now)


@cache
def bots() -> BotService:
    from chalicelib.services.bots import BotService

    return BotService(bot_store(), now)


@cache
def flow_library() -> FlowLibrary:
    return _library(is_module=False)


@cache
def module_library() -> FlowLibrary:
    return _library(is_module=True)


def _library(*, is_module: bool) -> FlowLibrary:
    from chalicelib.services.flow_library import FlowLibrary

    return FlowLibrary(flow_store(), center_store(), now=now, new_id=new_id, is_module=is_module)


@cache
def flow_versions() -> FlowVersions:
    return _versions(flow_library())


@cache
def module_versions() -> FlowVersions:
    return _versions(module_library())


def _versions(library: FlowLibrary) -> FlowVersions:
    from chalicelib.services.flow_versions import FlowVersions

    return FlowVersions(library, flow_store(), flow_usage(), now=now, new_id=new_id)


@cache
def flow_editing() -> FlowEditing:
    from chalicelib.services.flow_editing import FlowEditing  # lint and diff: only where used

    return FlowEditing(flow_store(), center_store(), now=now)


@cache
def flow_usage() -> FlowUsage:
    from chalicelib.services.flow_usage import FlowUsage

    return FlowUsage(flow_store(), center_store())


@cache
def prompts() -> PromptsService:
    from chalicelib.services.prompts import PromptsService

    store, audio = center_store(), objects(settings().prompts_bucket)
    return PromptsService(store, audio, flow_usage(), now=now, new_id=new_id)


@cache
def tags() -> TagsService:
    from chalicelib.services.tags import TagsService

    return TagsService(flow_store(), center_store(), user_store())


@cache
def queues() -> QueuesService:
    from chalicelib.services.queues import QueuesService

    return QueuesService(center_store(), flow_usage(), now=now, new_id=new_id)


@cache
def quick_connects() -> QuickConnectsService:
    from chalicelib.services.quick_connects import QuickConnectsService

    return QuickConnectsService(center_store(), flow_usage(), now=now, new_id=new_id)


@cache
def hours() -> HoursService:
    from chalicelib.services.hours import HoursService

    return HoursService(center_store(), flow_usage(), ticket_clocks(), now=now, new_id=new_id)


@cache
def promises() -> PromisesService:
    from chalicelib.services.promises import PromisesService

    return PromisesService(center_store())


@cache
def wrap_ups() -> WrapUpsService:
    from chalicelib.services.wrap_ups import WrapUpsService

    return WrapUpsService(center_store(), now=now)


@cache
def menus() -> MenuService:
    from chalicelib.services.menus import MenuService

    return MenuService(center_store())
