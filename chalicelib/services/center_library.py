"""What flows look up, answered from the center's configuration."""

from __future__ import annotations

from chalicelib.core.center import Center
from chalicelib.core.flow import Hours, PublishedFlow, QueueView
from chalicelib.core.ids import FlowId, HoursId
from chalicelib.services.ports import CenterStore


class CenterLibrary:
    """The flow engine's Library on one snapshot of the configuration."""

    def __init__(self, center: Center, store: CenterStore) -> None:
        self._center = center
        self._store = store

    def flow(self, reference: str) -> PublishedFlow | None:
        found = self._center.flow(reference)
        if found is None:
            return None
        entry, qualifier = found
        version = entry.version_of(qualifier)
        return self._store.flow(entry.flow_id, version) if version else None

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        return self._store.flow(flow_id, version)

    def queue(self, reference: str) -> QueueView | None:
        queue = self._center.queue(reference)
        if queue is None:
            return None
        return QueueView(
            queue_id=queue.queue_id,
            name=queue.name,
            arn=self._center.queue_arn(queue.queue_id),
            hours_id=HoursId(queue.hours_id),
        )

    def hours(self, reference: str) -> Hours | None:
        return self._center.hours_of(reference)
