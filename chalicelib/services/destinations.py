"""Where contacts can be handed over to: queues, agents who are there, numbers, quick connects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.center import StatusType, User, agent_queue
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import Channel, TransferKind
from chalicelib.core.ids import AgentId, QueueId
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
from chalicelib.core.transfers import MOST_WAITING_FOR_AGENT, Transfer
from chalicelib.services.customers import ToE164
from chalicelib.services.ports import CenterStore, RoutingStore
from chalicelib.services.staff import is_here

TO_NUMBER = "Default transfer to number"  # the flow that dials, and comes back if nobody answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A quick connect as agents see it; `is_there`: the agent it leads to can be reached."""

    quick_connect_id: str
    name: str
    type: QuickConnectType
    description: str = ""
    is_there: bool = True


class Destinations:
    """Reads only. What cannot be reached is refused before anybody is moved."""

    def __init__(
        self,
        *,
        center: CenterStore,
        routing: RoutingStore,
        to_e164: ToE164,
        now: Callable[[], datetime],
    ) -> None:
        self._center = center
        self._routing = routing
        self._to_e164 = to_e164
        self._now = now

    def queue(self, reference: str, *, flow: str | None = None, by: str = "") -> Transfer:
        """By id, name or ARN; NotFound when there is none. Conflict when it takes nobody new."""
        queue = self._center.center().queue(reference)
        if queue is None:
            raise NotFound(f"no queue {reference!r}", field="queueId", value=reference)
        if not queue.is_enabled:
            message = f"queue {queue.name!r} is disabled and takes no new contacts"
            raise Conflict(message, field="queueId", value=queue.queue_id)
        kind, queue_id = TransferKind.QUEUE, queue.queue_id
        return Transfer(kind=kind, target=queue_id, queue_id=queue_id, flow=flow, by=by)

    def agent(self, reference: str, *, flow: str | None = None, by: str = "") -> Transfer:
        """By id or user name. Conflict when that agent is not there to take anything."""
        user = self._center.agent(AgentId(reference)) or self._center.user(reference)
        if user is None or user.profile_id is None:
            raise NotFound(f"no agent {reference!r}", field="agentId", value=reference)
        missing = self._missing(user)
        if missing is not None:
            raise Conflict(missing, field="agentId", value=user.agent_id)
        kind, queue_id = TransferKind.USER, agent_queue(user).queue_id
        return Transfer(kind=kind, target=user.agent_id, queue_id=queue_id, flow=flow, by=by)

    def number(self, raw: str, *, by: str = "") -> Transfer:
        """In any spelling; Rejected when that is no number."""
        number = self._to_e164(raw)
        if number is None:
            raise Rejected(f"{raw!r} is no telephone number", field="phoneNumber", value=raw)
        return Transfer(kind=TransferKind.PHONE_NUMBER, target=number, flow=TO_NUMBER, by=by)

    def chosen(
        self, queue_id: str | None, agent_id: str | None, number: str | None, *, by: str = ""
    ) -> Transfer:
        """The one that is named; Rejected when it is none or several."""
        match (queue_id, agent_id, number):
            case (str(), None, None):
                return self.queue(queue_id, by=by)
            case (None, str(), None):
                return self.agent(agent_id, by=by)
            case (None, None, str()):
                return self.number(number, by=by)
        raise Rejected("one of queueId, agentId and phoneNumber says where to", field="queueId")

    def quick_connect(self, known: QuickConnect) -> Transfer:
        """Where it leads, through its flow if it has one."""
        match known.type:
            case QuickConnectType.QUEUE:
                return self.queue(known.queue_id or "", flow=known.flow_id)
            case QuickConnectType.USER:
                return self.agent(known.agent_id or "", flow=known.flow_id)
            case QuickConnectType.PHONE_NUMBER:
                return self.number(known.phone_number)
            case QuickConnectType.FLOW:
                flow = known.flow_id or ""
                return Transfer(kind=TransferKind.FLOW, target=flow, flow=flow)

    def offered(self, queue_id: QueueId | None) -> Sequence[Offered]:
        """The quick connects of a queue, in its order."""
        return [
            Offered(
                quick_connect_id=each.quick_connect_id,
                name=each.name,
                type=each.type,
                description=each.description,
                is_there=each.agent_id is None or self._is_there(each.agent_id),
            )
            for each in self._center.center().quick_connects_of(queue_id)
        ]

    def _is_there(self, agent_id: AgentId) -> bool:
        user = self._center.agent(agent_id)
        return user is not None and self._missing(user) is None

    def _missing(self, user: User) -> str | None:
        """Why this agent takes nothing; None when the way is free."""
        agent = self._routing.agent(user.agent_id)
        is_there = is_here(self._routing, user.agent_id, at=self._now())
        if agent is None or not is_there or agent.status.type is StatusType.OFFLINE:
            return f"{user.name} is not signed in"
        lines = [(agent_queue(user), channel) for channel in Channel]
        if sum(each.waiting for each in self._routing.depths(lines)) >= MOST_WAITING_FOR_AGENT:
            return f"{MOST_WAITING_FOR_AGENT} contacts wait for {user.name}"
        return None
