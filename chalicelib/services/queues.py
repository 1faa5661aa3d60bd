"""Queues as Amazon Connect's API speaks of them: made, changed part by part, taken away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.core.center import Center, OutboundCaller, Queue, QueueStatus
from chalicelib.core.errors import InUse, Rejected, TooMany
from chalicelib.core.flow import FlowType
from chalicelib.core.ids import QueueId, QuickConnectId
from chalicelib.core.quick_connect import QuickConnect, is_e164
from chalicelib.core.tags import checked_tags
from chalicelib.services.center_ports import PartStore
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.parts import description, found, free_name
from chalicelib.services.quick_connects import flow_of_type

QUICK_CONNECTS_LIMIT = 50  # of a queue
CALLER_NAME_LIMIT = 255
_TYPES = ("STANDARD", "AGENT")


@dataclass(frozen=True, kw_only=True)
class NewQueue:
    """Ids may be ARNs. `max_contacts` None: as many as come."""

    name: str
    hours_id: str
    description: str = ""
    max_contacts: int | None = None
    outbound_caller: OutboundCaller = OutboundCaller()
    quick_connect_ids: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


class QueuesService:
    """The queues of one center that many agents serve; those of single agents are not changed."""

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

    def listed(self, center: Center, types: Collection[str] = ()) -> list[Queue]:
        """By name; those of these types. Of agents' own (AGENT) nothing is kept."""
        for each in types:
            if each not in _TYPES:
                message = f"type {each!r} is not one of {', '.join(_TYPES)}"
                raise Rejected(message, field="QueueTypes", value=each)
        wanted = center.queues if not types or "STANDARD" in types else ()
        return sorted(wanted, key=lambda queue: queue.name)

    def find(self, center: Center, reference: str) -> Queue:
        return found(center.queues, reference, lambda q: q.queue_id, noun="queue", field="QueueId")

    def create(self, center: Center, new: NewQueue) -> Queue:
        queue = Queue(
            queue_id=QueueId(self._new_id()),
            name=_free(center, new.name),
            hours_id=_hours(center, new.hours_id),
            description=description(new.description),
            max_contacts=_capacity(new.max_contacts),
            outbound_caller=_caller(center, new.outbound_caller),
            quick_connect_ids=_attached((), _quick_connects(center, new.quick_connect_ids)),
            tags=checked_tags(new.tags),
        )
        return self._save(queue)

    def rename(self, center: Center, reference: str, *, name: str | None, text: str | None) -> None:
        """What is None stays."""
        queue = self.find(center, reference)
        if name is not None and name != queue.name:
            queue = replace(queue, name=_free(center, name))
        if text is not None:
            queue = replace(queue, description=description(text))
        self._save(queue)

    def set_status(self, center: Center, reference: str, status: str) -> None:
        """A disabled one takes no new contacts; those in it stay and are served."""
        if status not in QueueStatus.__members__:
            message = f"status {status!r} is neither ENABLED nor DISABLED"
            raise Rejected(message, field="Status", value=status)
        self._save(replace(self.find(center, reference), status=QueueStatus(status)))

    def limit(self, center: Center, reference: str, max_contacts: int | None) -> None:
        """How many may wait on a channel; who waits already stays, however few they may be."""
        queue = self.find(center, reference)
        self._save(replace(queue, max_contacts=_capacity(max_contacts)))

    def set_hours(self, center: Center, reference: str, hours_id: str) -> None:
        queue = self.find(center, reference)
        self._save(replace(queue, hours_id=_hours(center, hours_id)))

    def set_outbound_caller(self, center: Center, reference: str, caller: OutboundCaller) -> None:
        """All of it anew: what is not given is as for the center's other calls."""
        queue = self.find(center, reference)
        self._save(replace(queue, outbound_caller=_caller(center, caller)))

    # --- quick connects ---

    def quick_connects(self, center: Center, reference: str) -> list[QuickConnect]:
        """Those of the queue, by name."""
        queue = self.find(center, reference)
        attached = center.quick_connects_of(queue.queue_id)
        return sorted(attached, key=lambda each: each.name)

    def attach(self, center: Center, reference: str, identifiers: Sequence[str]) -> None:
        """One that is attached already is no error."""
        queue = self.find(center, reference)
        more = _quick_connects(center, identifiers)
        self._save(replace(queue, quick_connect_ids=_attached(queue.quick_connect_ids, more)))

    def detach(self, center: Center, reference: str, identifiers: Sequence[str]) -> None:
        """One that is not attached is no error."""
        queue = self.find(center, reference)
        gone = {identifier.rsplit("/", 1)[-1] for identifier in identifiers}
        left = tuple(each for each in queue.quick_connect_ids if each not in gone)
        self._save(replace(queue, quick_connect_ids=left))

    def delete(self, center: Center, reference: str) -> None:
        """Refused while flows, routing profiles, quick connects, menus or outcomes name it."""
        queue = self.find(center, reference)
        users = self._usage.of_queue(center, queue)
        if users:
            arn = center.queue_arn(queue.queue_id)
            raise InUse(f"queue {queue.name!r}", users, value=arn)
        self._store.delete_part("queue", queue.queue_id)

    def _save(self, queue: Queue) -> Queue:
        queue = replace(queue, changed_at=self._now())
        self._store.save_part("queue", queue.queue_id, queue)
        return queue


def _free(center: Center, name: str) -> str:
    return free_name(name, [queue.name for queue in center.queues], noun="queue")


def _hours(center: Center, reference: str) -> str:
    field = "HoursOfOperationId"
    return found(
        center.hours, reference, lambda h: h.hours_id, noun="hours of operation", field=field
    ).hours_id


def _capacity(max_contacts: int | None) -> int | None:
    if max_contacts is not None and max_contacts < 0:
        message = f"MaxContacts is 0 or more, not {max_contacts}"
        raise Rejected(message, field="MaxContacts", value=max_contacts)
    return max_contacts


def _caller(center: Center, caller: OutboundCaller) -> OutboundCaller:
    where = "OutboundCallerConfig"
    if len(caller.name) > CALLER_NAME_LIMIT:
        message = f"a caller's name has at most {CALLER_NAME_LIMIT} characters"
        raise Rejected(message, field=f"{where}.OutboundCallerIdName", value=caller.name)
    if caller.number and not is_e164(caller.number):
        message = f"{caller.number!r} is no number in E.164"
        raise Rejected(message, field=f"{where}.OutboundCallerIdNumberId", value=caller.number)
    if caller.flow_id is None:
        return caller
    wanted, field = (FlowType.OUTBOUND_WHISPER,), f"{where}.OutboundFlowId"
    return replace(caller, flow_id=flow_of_type(center, caller.flow_id, wanted, field=field))


def _quick_connects(center: Center, identifiers: Sequence[str]) -> list[QuickConnectId]:
    known, field = center.quick_connects, "QuickConnectIds"
    if len(identifiers) > QUICK_CONNECTS_LIMIT:
        message = f"at most {QUICK_CONNECTS_LIMIT} quick connects at once"
        raise Rejected(message, field=field, value=len(identifiers))
    return [
        found(
            known, each, lambda q: q.quick_connect_id, noun="quick connect", field=field
        ).quick_connect_id
        for each in identifiers
    ]


def _attached(
    before: Sequence[QuickConnectId], more: Sequence[QuickConnectId]
) -> tuple[QuickConnectId, ...]:
    attached = tuple(dict.fromkeys((*before, *more)))
    if len(attached) > QUICK_CONNECTS_LIMIT:
        message = f"a queue has at most {QUICK_CONNECTS_LIMIT} quick connects"
        raise TooMany(message, field="QuickConnectIds", value=len(attached))
    return attached
