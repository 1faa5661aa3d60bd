"""What flows find, also when the configuration that is remembered is some seconds old."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.center import Center, OutboundCaller, StoredPrompt
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import FlowId
from chalicelib.services.center_library import CenterLibrary
from tests.fakes.center import InMemoryCenterStore
from tests.house import a_center, to_queue


class CountingCenterStore(InMemoryCenterStore):
    """Counts how often the configuration is read anew."""

    def __init__(self) -> None:
        super().__init__(a_center())
        self.reads = 0

    def latest(self) -> Center:
        self.reads += 1
        return super().latest()


def publish(store: InMemoryCenterStore, name: str) -> None:
    entry = FlowEntry(flow_id=FlowId(name.lower()), name=name, type="CONTACT_FLOW", version=1)
    store.publish(entry, to_queue("Sales"))


def test_a_prompt_is_found_by_all_its_names_also_when_it_was_just_made() -> None:
    store = CountingCenterStore()
    library = CenterLibrary(store.center(), store)
    prompt = StoredPrompt(prompt_id="p-1", name="Welcome", key="k")
    store.save_prompt(prompt)
    arn = store.center().prompt_arn(prompt)

    found = [library.prompt(name) for name in ("prompt:Welcome", "Welcome", "p-1", arn, "Gone")]

    assert ["p-1", "p-1", "p-1", "p-1", None] == found


def test_a_flow_made_after_the_snapshot_is_found() -> None:
    """A menu's key leads to it at once; a caller must not fall through to another queue."""
    store = CountingCenterStore()
    library = CenterLibrary(store.center(), store)
    publish(store, "New")

    flow = library.flow("flow:New")

    assert flow is not None
    assert "New" == flow.name
    assert library.flow("flow:Nowhere") is None


def test_what_is_known_or_mostly_missing_is_not_read_anew() -> None:
    """A center need not have flows for every moment, and each answer asks for some."""
    store = CountingCenterStore()
    publish(store, "Known")
    library = CenterLibrary(store.center(), store)

    assert library.flow("flow:Known") is not None
    assert library.flow("Default customer whisper") is None
    assert 0 == store.reads


def test_those_whom_a_queue_calls_see_its_number_or_the_centers() -> None:
    """And hear its own whisper first, if it has one."""
    caller = OutboundCaller(number="+12025550111", flow_id=FlowId("f-hello"))
    sales, support = a_center().queues
    store = InMemoryCenterStore(a_center(queues=(replace(sales, outbound_caller=caller), support)))
    library = CenterLibrary(store.center(), store)

    named = [library.queue(f"queue:{name}") for name in ("Sales", "Support")]

    assert [(queue.caller_number, queue.outbound_flow) for queue in named if queue] == [
        ("+12025550111", "f-hello"),
        (store.center().main_number, ""),
    ]
