"""What flows look up, answered from the center's configuration."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.center import Center, Queue, agent_named, agent_queue
from chalicelib.core.errors import NotFound
from chalicelib.core.flow import DEFAULT_FLOWS, OWN_BOT, Hours, PublishedFlow, QueueView
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import AgentId, ContactId, FlowId, HoursId
from chalicelib.services.ports import CenterStore


class CenterLibrary:
    """The flow engine's Library on one snapshot of the configuration.

    `contact_id`: for whom; some contacts get a version on trial. `begun`: the versions of flows
    that it has begun and keeps, whatever is published, rolled back or on trial since.
    """

    def __init__(
        self,
        center: Center,
        store: CenterStore,
        contact_id: ContactId | None = None,
        begun: Mapping[FlowId, int] | None = None,
    ) -> None:
        self._center = center
        self._store = store
        self._contact_id = contact_id
        self._begun = begun or {}

    def flow(self, reference: str) -> PublishedFlow | None:
        """One made a moment ago is younger than the snapshot, and counts: a menu's key may lead to
        it already. Only a center's own flows for moments, mostly not there, are not asked for."""
        known = self._flow_in(self._center, reference)
        if known is None and reference not in DEFAULT_FLOWS.values():
            known = self._flow_in(self._store.latest(), reference)
        return known

    def _flow_in(self, center: Center, reference: str) -> PublishedFlow | None:
        found = center.flow(reference)
        if found is None:
            return None
        entry, qualifier = found
        version = entry.version_of(qualifier) if qualifier else self._version(entry)
        return self._store.flow(entry.flow_id, version) if version else None

    def _version(self, entry: FlowEntry) -> int:
        begun = self._begun.get(entry.flow_id)
        if begun is not None:
            return begun
        return entry.version_for(self._contact_id) if self._contact_id else entry.version

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        return self._store.flow(flow_id, version)

    def queue_itself(self, reference: str) -> Queue | None:
        """One of the center's queues, or an agent's own."""
        who = agent_named(reference)
        if who is None:
            return self._center.queue(reference)
        user = self._store.agent(AgentId(who)) or self._store.user(who)
        return agent_queue(user) if user is not None and user.profile_id else None

    def queue(self, reference: str) -> QueueView | None:
        queue = self.queue_itself(reference)
        if queue is None:
            return None
        return QueueView(
            queue_id=queue.queue_id,
            name=queue.name,
            arn=self._center.queue_arn(queue.queue_id),
            hours_id=HoursId(queue.hours_id),
            caller_number=queue.outbound_caller.number or self._center.main_number,
            outbound_flow=queue.outbound_caller.flow_id or "",
        )

    def hours(self, reference: str) -> Hours | None:
        return self._center.hours_of(reference)

    def prompt(self, reference: str) -> str | None:
        """One made a moment ago counts, as with flows."""
        found = self._center.prompt(reference) or self._store.latest().prompt(reference)
        return found.prompt_id if found else None

    def bot(self, reference: str) -> str | None:
        name = reference.removeprefix(OWN_BOT)
        return name if self._store.has_bot(name) else None


def this_instance(store: CenterStore, instance_id: str) -> Center:
    """The configuration as it stands; NotFound for any other instance, by id or ARN."""
    center = store.latest()
    if instance_id.rsplit("/", 1)[-1] != center.instance_id:
        raise NotFound(f"no instance {instance_id!r}", field="InstanceId", value=instance_id)
    return center
