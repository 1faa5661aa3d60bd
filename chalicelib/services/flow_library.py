"""The center's published flows: checked before they are stored, versions never changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from chalicelib.core.center import Center
from chalicelib.core.errors import Duplicate, NotFound, Rejected
from chalicelib.core.flow import FlowType, InvalidFlow, Problem, PublishedFlow, parse, unresolved
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import FlowId
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ports import CenterStore

NAME_LIMIT = 127


class FlowStore(CenterStore, Protocol):
    def publish(self, entry: FlowEntry, content: str) -> None:
        """Stores the version and points new contacts at it; Conflict when it is there already."""
        ...


class InvalidContactFlow(Rejected):
    """The content is no flow that could run; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the flow cannot be published", field="Content")
        self.problems = [{"message": str(problem)} for problem in problems[:50]]


class FlowLibrary:
    """Publishes flows of one center."""

    def __init__(self, store: FlowStore, new_id: Callable[[], str]) -> None:
        self._store = store
        self._new_id = new_id

    def list(self, instance_id: str) -> Sequence[FlowEntry]:
        return sorted(self._center(instance_id).flows, key=lambda entry: entry.name)

    def arn(self, entry: FlowEntry) -> str:
        return f"{self._store.center().arn}/contact-flow/{entry.flow_id}"

    def create(self, instance_id: str, name: str, type_: str, content: str) -> FlowEntry:
        center = self._center(instance_id)
        if not 1 <= len(name) <= NAME_LIMIT:
            raise Rejected(f"Name has 1 to {NAME_LIMIT} characters", field="Name", value=name)
        if type_ not in FlowType.__members__:
            known = ", ".join(FlowType)
            raise Rejected(f"Type {type_!r} is not one of {known}", field="Type", value=type_)
        if any(entry.name == name for entry in center.flows):
            raise Duplicate(f"a flow named {name!r} exists", field="Name", value=name)
        entry = FlowEntry(flow_id=FlowId(self._new_id()), name=name, type=type_, version=1)
        return self._publish(center, entry, content)

    def update(self, instance_id: str, flow_id: FlowId, content: str) -> FlowEntry:
        """A new version; the same content again is none."""
        center = self._center(instance_id)
        entry = next((e for e in center.flows if e.flow_id == flow_id), None)
        if entry is None:
            raise NotFound(f"no flow {flow_id!r}", field="ContactFlowId", value=flow_id)
        if entry.sha256 == _digest(content):
            return entry
        return self._publish(center, replace(entry, version=entry.version + 1), content)

    def _publish(self, center: Center, entry: FlowEntry, content: str) -> FlowEntry:
        try:
            flow = parse(content)
        except InvalidFlow as error:
            raise InvalidContactFlow(error.problems) from error
        published = PublishedFlow(
            flow_id=entry.flow_id,
            version=entry.version,
            name=entry.name,
            type=FlowType(entry.type),
            flow=flow,
        )
        dangling = unresolved(flow, _LibraryWith(published, entry, center, self._store))
        if dangling:
            raise InvalidContactFlow(dangling)
        entry = replace(entry, sha256=_digest(content))
        self._store.publish(entry, content)
        return entry

    def _center(self, instance_id: str) -> Center:
        center = self._store.center()
        if center.instance_id != instance_id:
            raise NotFound(f"no instance {instance_id!r}", field="InstanceId", value=instance_id)
        return center


class _LibraryWith(CenterLibrary):
    """The library as it will be: a flow may go back to itself."""

    def __init__(
        self, published: PublishedFlow, entry: FlowEntry, center: Center, store: CenterStore
    ) -> None:
        super().__init__(center, store)
        self._published = published
        self._alone = replace(center, flows=(entry,))

    def flow(self, reference: str) -> PublishedFlow | None:
        return self._published if self._alone.flow(reference) else super().flow(reference)


def _digest(content: str) -> str:
    return sha256(content.encode()).hexdigest()
