"""Queues as Amazon Connect's API speaks of them: which there are, and taking one away."""

from __future__ import annotations

from typing import Protocol

from chalicelib.core.center import Center, Queue
from chalicelib.core.errors import InUse, NotFound
from chalicelib.core.ids import QueueId
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.ports import CenterStore


class QueueStore(CenterStore, Protocol):
    def delete_queue(self, queue_id: QueueId) -> None: ...


class QueuesService:
    def __init__(self, store: QueueStore, usage: FlowUsage) -> None:
        self._store = store
        self._usage = usage

    def listed(self, center: Center) -> list[Queue]:
        """By name."""
        return sorted(center.queues, key=lambda queue: queue.name)

    def delete(self, center: Center, reference: str) -> None:
        """Refused while flows, routing profiles or menus name it."""
        identifier = reference.rsplit("/", 1)[-1]
        queue = next((each for each in center.queues if each.queue_id == identifier), None)
        if queue is None:
            raise NotFound(f"no queue {reference!r}", field="QueueId", value=reference)
        users = self._usage.of_queue(center, queue)
        if users:
            arn = center.queue_arn(queue.queue_id)
            raise InUse(f"queue {queue.name!r}", users, value=arn)
        self._store.delete_queue(queue.queue_id)
