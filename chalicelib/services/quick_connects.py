"""Quick connects as Amazon Connect's API speaks of them; each leads somewhere that there is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.errors import InUse, NotFound, Rejected
from chalicelib.core.flow import FlowType
from chalicelib.core.flow_entry import split_qualifier
from chalicelib.core.ids import AgentId, FlowId, QueueId, QuickConnectId
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType, is_e164
from chalicelib.core.tags import checked_tags
from chalicelib.services.center_ports import PartStore
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.parts import description, found, free_name

_FLOW_TYPES: Mapping[QuickConnectType, tuple[FlowType, ...]] = {
    QuickConnectType.USER: (FlowType.AGENT_TRANSFER,),
    QuickConnectType.QUEUE: (FlowType.QUEUE_TRANSFER,),
    QuickConnectType.FLOW: (
        FlowType.CONTACT_FLOW,
        FlowType.AGENT_TRANSFER,
        FlowType.QUEUE_TRANSFER,
    ),
}
_CONFIGS: Mapping[QuickConnectType, str] = {
    QuickConnectType.USER: "UserConfig",
    QuickConnectType.QUEUE: "QueueConfig",
    QuickConnectType.PHONE_NUMBER: "PhoneConfig",
    QuickConnectType.FLOW: "FlowConfig",
}
_WHERE = "QuickConnectConfig"


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where one is to lead, as an admin says it; ids may be ARNs."""

    type: str
    flow_id: str | None = None
    user_id: str | None = None
    queue_id: str | None = None
    phone_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewQuickConnect:
    name: str
    destination: Destination
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


class QuickConnectsService:
    """The quick connects of one center."""

    def __init__(
        self,
        store: PartStore,
        usage: FlowUsage,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._usage = usage
        self._now = now
        self._new_id = new_id

    def listed(self, center: Center, types: Collection[str] = ()) -> list[QuickConnect]:
        """By name; those of these types."""
        for each in types:
            _type(each, "QuickConnectTypes")
        wanted = [each for each in center.quick_connects if not types or each.type in types]
        return sorted(wanted, key=lambda each: each.name)

    def find(self, center: Center, reference: str) -> QuickConnect:
        known, noun, field = center.quick_connects, "quick connect", "QuickConnectId"
        return found(known, reference, lambda q: q.quick_connect_id, noun=noun, field=field)

    def create(self, center: Center, new: NewQuickConnect) -> QuickConnect:
        quick_connect = QuickConnect(
            quick_connect_id=QuickConnectId(self._new_id()),
            name=_free(center, new.name),
            type=QuickConnectType.FLOW,
            description=description(new.description),
            tags=checked_tags(new.tags),
        )
        return self._save(self._led(center, quick_connect, new.destination))

    def rename(self, center: Center, reference: str, *, name: str | None, text: str | None) -> None:
        """What is None stays."""
        known = self.find(center, reference)
        if name is not None and name != known.name:
            known = replace(known, name=_free(center, name))
        if text is not None:
            known = replace(known, description=description(text))
        self._save(known)

    def lead(self, center: Center, reference: str, destination: Destination) -> None:
        """It leads somewhere else from now on."""
        self._save(self._led(center, self.find(center, reference), destination))

    def delete(self, center: Center, reference: str) -> None:
        """Refused while a queue offers it to agents."""
        known = self.find(center, reference)
        users = self._usage.of_quick_connect(center, known.quick_connect_id)
        if users:
            arn = center.quick_connect_arn(known.quick_connect_id)
            raise InUse(f"quick connect {known.name!r}", users, value=arn)
        self._store.delete_part("quick-connect", known.quick_connect_id)

    def _led(self, center: Center, known: QuickConnect, to: Destination) -> QuickConnect:
        kind = _type(to.type, f"{_WHERE}.QuickConnectType")
        where = f"{_WHERE}.{_CONFIGS[kind]}"
        bare = replace(
            known, type=kind, flow_id=None, agent_id=None, queue_id=None, phone_number=""
        )
        if kind is QuickConnectType.PHONE_NUMBER:
            return replace(bare, phone_number=_number(to.phone_number, where))
        bare = replace(bare, flow_id=_flow(center, kind, to.flow_id, where))
        if kind is QuickConnectType.USER:
            return replace(bare, agent_id=self._agent(to.user_id, where))
        if kind is QuickConnectType.QUEUE:
            return replace(bare, queue_id=_queue(center, to.queue_id, where))
        return bare

    def _agent(self, user_id: str | None, where: str) -> AgentId:
        reference = _given(user_id, f"{where}.UserId")
        user = self._store.agent(AgentId(reference.rsplit("/", 1)[-1]))
        if user is None:
            raise NotFound(f"no user {reference!r}", field=f"{where}.UserId", value=reference)
        return user.agent_id

    def _save(self, quick_connect: QuickConnect) -> QuickConnect:
        quick_connect = replace(quick_connect, changed_at=self._now())
        self._store.save_part("quick-connect", quick_connect.quick_connect_id, quick_connect)
        return quick_connect


def flow_of_type(
    center: Center, reference: str, types: Collection[FlowType], *, field: str
) -> FlowId:
    """The flow's id. NotFound when there is none, Rejected when it is of no such type."""
    identifier, _ = split_qualifier(reference)
    known = [entry for entry in center.flows if not entry.is_module]
    entry = found(known, identifier, lambda each: each.flow_id, noun="flow", field=field)
    if entry.type not in types:
        message = f"flow {entry.name!r} is a {entry.type}, not one of {', '.join(types)}"
        raise Rejected(message, field=field, value=reference)
    return entry.flow_id


def _free(center: Center, name: str) -> str:
    taken = [each.name for each in center.quick_connects]
    return free_name(name, taken, noun="quick connect")


def _type(name: str, field: str) -> QuickConnectType:
    if name not in QuickConnectType.__members__:
        message = f"type {name!r} is not one of {', '.join(QuickConnectType)}"
        raise Rejected(message, field=field, value=name)
    return QuickConnectType(name)


def _given(value: str | None, field: str) -> str:
    if not value:
        raise Rejected(f"{field} is missing", field=field, value=value)
    return value


def _flow(center: Center, kind: QuickConnectType, flow_id: str | None, where: str) -> FlowId:
    field = f"{where}.ContactFlowId"
    return flow_of_type(center, _given(flow_id, field), _FLOW_TYPES[kind], field=field)


def _queue(center: Center, queue_id: str | None, where: str) -> QueueId:
    field = f"{where}.QueueId"
    reference = _given(queue_id, field)
    known = center.queues
    return found(known, reference, lambda q: q.queue_id, noun="queue", field=field).queue_id


def _number(number: str | None, where: str) -> str:
    field = f"{where}.PhoneNumber"
    given = _given(number, field)
    if not is_e164(given):
        raise Rejected(f"{given!r} is no number in E.164", field=field, value=given)
    return given
