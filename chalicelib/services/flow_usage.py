"""Who refers to a part of the configuration, so that nothing is taken from under anybody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from chalicelib.core.center import Center, Queue, StoredPrompt
from chalicelib.core.flow import DEFAULT_FLOWS, InvalidFlow, Reference, parse, references_of
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ids import AgentId, FlowId, QuickConnectId
from chalicelib.core.quick_connect import QuickConnect
from chalicelib.services.flow_ports import FlowStore
from chalicelib.services.ports import CenterStore


@dataclass(frozen=True, slots=True)
class _Mention:
    where: str
    entry: FlowEntry
    reference: Reference


class FlowUsage:
    """Looks at every version that a contact can be sent to, and at every draft."""

    def __init__(self, store: FlowStore, center: CenterStore) -> None:
        self._store = store
        self._center = center

    def of_flow(
        self, center: Center, entry: FlowEntry, names: Callable[[str], bool] = lambda _: True
    ) -> list[str]:
        """What else leads to the flow; with `names` only under these qualifiers."""

        def is_it(reference: str) -> bool:
            found = center.flow(_flow_name(reference))
            return found is not None and found[0].flow_id == entry.flow_id and names(found[1])

        return [
            *self._flows_with(center, ("flow", "module"), is_it, but=entry),
            *(name for name, reference in _entries(center) if is_it(reference)),
            *_menus_with(center, is_it),
            *(_parts_with(center, entry.flow_id) if names("") else ()),
        ]

    def of_queue(self, center: Center, queue: Queue) -> list[str]:
        """Flows, routing profiles, menus, quick connects and outcomes."""

        def is_it(reference: str) -> bool:
            found = center.queue(reference)
            return found is not None and found.queue_id == queue.queue_id

        return [
            *self._flows_with(center, ("queue",), is_it),
            *(
                f"routing profile {profile.name!r}"
                for profile in center.profiles
                if profile.default_outbound_queue_id == queue.queue_id
                or any(served.queue_id == queue.queue_id for served in profile.queues)
            ),
            *_menus_with(center, is_it),
            *_quick_connects(center, lambda each: each.queue_id == queue.queue_id),
            *(
                f"outcome {disposition.label!r}"
                for disposition in center.dispositions
                if queue.queue_id in disposition.queue_ids
            ),
        ]

    def of_hours(self, center: Center, hours: HoursOfOperation) -> list[str]:
        """Flows that look at them, queues, and what is promised by them."""

        def is_it(reference: str) -> bool:
            found = center.hours_of(reference)
            return found is not None and found.hours_id == hours.hours_id

        return [
            *self._flows_with(center, ("hours",), is_it),
            *_queues(center, lambda queue: is_it(queue.hours_id)),
            *(f"tickets of kind {p.kind}" for p in center.sla_policies if is_it(p.hours_id)),
        ]

    def of_quick_connect(self, center: Center, quick_connect_id: QuickConnectId) -> list[str]:
        """Queues whose agents have it."""
        return _queues(center, lambda queue: quick_connect_id in queue.quick_connect_ids)

    def of_user(self, center: Center, agent_id: AgentId) -> list[str]:
        """Quick connects that lead to an agent."""
        return _quick_connects(center, lambda each: each.agent_id == agent_id)

    def of_prompt(self, center: Center, prompt: StoredPrompt) -> list[str]:
        """Flows that play it."""

        def is_it(reference: str) -> bool:
            found = center.prompt(reference)
            return found is not None and found.prompt_id == prompt.prompt_id

        return self._flows_with(center, ("prompt",), is_it)

    def _flows_with(
        self,
        center: Center,
        kinds: Collection[str],
        is_it: Callable[[str], bool],
        *,
        but: FlowEntry | None = None,
    ) -> list[str]:
        return list(
            dict.fromkeys(
                mention.where
                for mention in self._mentions(center)
                if mention.entry != but
                and mention.reference.kind in kinds
                and is_it(mention.reference.name)
            )
        )

    def _mentions(self, center: Center) -> Iterator[_Mention]:
        for entry in center.flows:
            noun = "module" if entry.is_module else "flow"
            for version in _reachable(entry):
                known = self._center.flow(entry.flow_id, version)
                for reference in references_of(known.flow) if known else ():
                    yield _Mention(f"{noun} {entry.name!r}", entry, reference)
            for reference in self._of_draft(entry):
                yield _Mention(f"the draft of {noun} {entry.name!r}", entry, reference)

    def _of_draft(self, entry: FlowEntry) -> list[Reference]:
        draft = self._store.draft(entry.flow_id) if entry.draft else None
        if draft is None:
            return []
        try:
            return references_of(parse(draft.content, strict=False))
        except InvalidFlow:
            return []


def _entries(center: Center) -> Iterator[tuple[str, str]]:
    """What leads to flows without any flow that says so."""
    yield "the center's voice entry", center.voice_flow
    yield "the center's chat entry", center.chat_flow
    for moment, name in DEFAULT_FLOWS.items():
        yield f"the center's default for {moment}", name
    for template in center.task_templates:
        yield f"task template {template.name!r}", template.flow


def _parts_with(center: Center, flow_id: FlowId) -> list[str]:
    """What names a flow by its id, and means whatever is live."""
    return [
        *_quick_connects(center, lambda each: each.flow_id == flow_id),
        *_queues(center, lambda queue: queue.outbound_caller.flow_id == flow_id),
    ]


def _queues(center: Center, is_one: Callable[[Queue], bool]) -> list[str]:
    return [f"queue {queue.name!r}" for queue in center.queues if is_one(queue)]


def _quick_connects(center: Center, is_one: Callable[[QuickConnect], bool]) -> list[str]:
    return [f"quick connect {each.name!r}" for each in center.quick_connects if is_one(each)]


def _reachable(entry: FlowEntry) -> list[int]:
    on_trial = [entry.trial.version] if entry.trial else []
    versions = [entry.version, *on_trial, *(alias.version for alias in entry.aliases)]
    return [version for version in dict.fromkeys(versions) if version]


def _flow_name(reference: str) -> str:
    name = reference.removeprefix("module:")
    return reference if name == reference else f"flow:{name}"


def _menus_with(center: Center, is_it: Callable[[str], bool]) -> list[str]:
    """A menu's targets carry their kind: no queue is taken for a flow of its name."""
    return [
        f"menu {menu.menu_id!r}"
        for menu in center.menus
        if any(is_it(target) for target in menu.entries.values())
    ]
