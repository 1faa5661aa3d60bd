"""Flows and modules as Amazon Connect's API speaks of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.core.center import Menu, TaskTemplate
from chalicelib.core.errors import Duplicate, InUse, NotFound, NotPublished, Rejected
from chalicelib.core.flow_entry import FlowAlias, FlowEntry, FlowState
from chalicelib.core.ids import FlowId
from chalicelib.services.center_library import this_instance
from chalicelib.services.flow_library import NAME_LIMIT, FlowLibrary, NewFlow
from chalicelib.services.flow_ports import FlowContent
from chalicelib.services.flow_publishing import (
    CONTENT_LIMIT,
    InvalidContactFlow,
    InvalidContactFlowModule,
)
from tests.fakes.center import InMemoryCenterStore
from tests.given import MONDAY
from tests.house import a_center, action, document, to_queue

SALES, SUPPORT = to_queue("Sales"), to_queue("Support")
UNFINISHED = json.dumps({"Version": "2019-10-30", "StartAction": "", "Actions": []})
RETURN = json.dumps(
    {
        "Version": "2019-10-30",
        "StartAction": "Back",
        "Actions": [
            {
                "Identifier": "Back",
                "Type": "EndFlowModuleExecution",
                "Parameters": {},
                "Transitions": {},
            }
        ],
    }
)

WHISPER = document(action("Say", "MessageParticipant", "End", Text="Hello.")).replace(
    "DisconnectParticipant", "EndFlowExecution"
)


class Shop:
    """Flows and modules of one center, in few words."""

    def __init__(self) -> None:
        self.store = InMemoryCenterStore(a_center())
        ids = iter(f"f-{n}" for n in range(99))

        def library(*, is_module: bool) -> FlowLibrary:
            return FlowLibrary(
                self.store,
                self.store,
                now=lambda: MONDAY,
                new_id=lambda: next(ids),
                is_module=is_module,
            )

        self.flows, self.modules = library(is_module=False), library(is_module=True)

    def create(
        self, name: str, content: str = SALES, type_: str = "CONTACT_FLOW", **more: object
    ) -> FlowEntry:
        new = NewFlow(name=name, type=type_, content=FlowContent(content=content))
        return self.flows.create(self.store.center(), replace(new, **more))  # type: ignore[arg-type]

    def module(self, name: str, content: str = RETURN, **more: object) -> FlowEntry:
        new = NewFlow(name=name, type="MODULE", content=FlowContent(content=content))
        return self.modules.create(self.store.center(), replace(new, **more))  # type: ignore[arg-type]

    def update(self, reference: str, content: str) -> FlowEntry:
        return self.flows.update(self.store.center(), reference, content=content, by="ada")

    def content(self, reference: str) -> str:
        return self.flows.describe(self.store.center(), reference).content.content

    def delete(self, reference: str) -> None:
        self.flows.delete(self.store.center(), reference)

    def names(self) -> list[str]:
        return [entry.name for entry in self.flows.listed(self.store.center())]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def leads_to(flow: str) -> str:
    return document(action("Go", "TransferToFlow", "End", ContactFlowId=flow))


# --- publishing -----------------------------------------------------------------------------------


def test_a_flow_is_published_in_version_one(shop: Shop) -> None:
    entry = shop.create("Main", description="All calls", tags={"team": "a"}, by="ada")

    assert (entry.flow_id, entry.version, entry.newest) == ("f-0", 1, 1)
    assert shop.store.flow(entry.flow_id, 1) is not None
    found = shop.flows.describe(shop.store.center(), entry.flow_id)
    assert found.content.content == SALES
    assert found.about is not None
    assert (found.about.published_at, found.about.published_by) == (MONDAY, "ada")
    assert len(found.about.sha256) == 64
    assert (found.entry.description, found.entry.tags) == ("All calls", {"team": "a"})


def test_other_content_is_a_new_version_and_the_same_is_none(shop: Shop) -> None:
    """A deployment that runs twice changes nothing the second time, not even a moment."""
    entry = shop.create("Main")

    same = shop.update(entry.flow_id, SALES)
    other = shop.update(entry.flow_id, SUPPORT)
    again = shop.update(entry.flow_id, SUPPORT)

    assert same == entry
    assert (other.version, again) == (2, other)
    assert sorted(shop.store.contents) == [("f-0", 1), ("f-0", 2)]


def test_after_the_way_back_the_newest_content_is_live_again_without_a_new_version(
    shop: Shop,
) -> None:
    """Versions are numbered without gaps and never doubled."""
    entry = shop.create("Main")
    newer = shop.update(entry.flow_id, SUPPORT)
    shop.store.save_flow(newer, replace(newer, version=1))

    forward = shop.update(entry.flow_id, SUPPORT)

    assert (forward.version, forward.newest) == (2, 2)
    third = shop.update(entry.flow_id, SALES.replace("Sorry.", "So sorry."))
    assert third.version == 3


def test_names_are_given_once_and_have_a_length(shop: Shop) -> None:
    """A module's name counts as well: flows name both in the same way."""
    shop.create("Main")

    for create in (shop.create, shop.module):
        with pytest.raises(Duplicate):
            create("Main")
    for name in ("", "  ", "x" * (NAME_LIMIT + 1)):
        with pytest.raises(Rejected) as refused:
            shop.create(name)
        assert refused.value.field == "Name"
    with pytest.raises(Rejected):
        shop.create("Long story", description="x" * 501)


@pytest.mark.parametrize("type_", ["INBOUND", "", "MODULE"])
def test_an_unknown_type_is_refused(shop: Shop, type_: str) -> None:
    """A module is none of the flows' types: it has an API of its own."""
    with pytest.raises(Rejected) as refused:
        shop.create("Main", type_=type_)

    assert (refused.value.field, refused.value.value) == ("Type", type_)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        document(action("Go", "DoMagic", "End")),
        document(action("Go", "MessageParticipant", "Nowhere", Text="Hi")),
        to_queue("Nowhere"),
        leads_to("flow:Nowhere"),
        json.dumps({**json.loads(SALES), "StartAction": "Nowhere"}),
        UNFINISHED,
    ],
    ids=[
        "no JSON",
        "a list",
        "nothing in it",
        "unknown block",
        "leads nowhere",
        "unknown queue",
        "unknown flow",
        "begins nowhere",
        "unfinished",
    ],
)
def test_what_could_not_run_is_not_published(shop: Shop, content: str) -> None:
    """Every problem is told, and nothing is stored; nor does it replace what runs."""
    good = shop.create("Good")

    with pytest.raises(InvalidContactFlow) as refused:
        shop.create("Bad", content)
    with pytest.raises(InvalidContactFlow):
        shop.update(good.flow_id, content)

    assert all(1 <= len(problem) <= 256 for problem in refused.value.problems)
    assert 1 <= len(refused.value.problems) <= 50
    assert list(shop.store.versions) == [("f-0", 1)]
    assert [entry.version for entry in shop.flows.listed(shop.store.center())] == [1]


def test_a_block_has_its_place_in_some_types_of_flows_only(shop: Shop) -> None:
    """A queue flow cannot queue; what publishes knows the type, whatever the document says."""
    shop.create("Queue", SALES)

    with pytest.raises(InvalidContactFlow) as refused:
        shop.create("Hold", SALES, "CUSTOMER_HOLD")

    assert any("TransferContactToQueue" in problem for problem in refused.value.problems)


def test_a_flow_may_go_back_to_itself_but_to_no_module(shop: Shop) -> None:
    """A module is invoked; nobody is transferred into one."""
    shop.create("Round", leads_to("flow:Round"))
    shop.module("Part")

    for reference in ("flow:Part", "Part"):
        with pytest.raises(InvalidContactFlow):
            shop.create("Other", leads_to(reference))


def test_a_flow_names_versions_and_aliases_of_another(shop: Shop) -> None:
    """By name or ARN; a version that is not there is a problem at publish."""
    entry = shop.create("Main")
    arn = shop.store.center().flow_arn(entry)
    for number, reference in enumerate(("flow:Main:1", "flow:Main:$LATEST", f"{arn}:1", arn)):
        shop.create(f"To {number}", leads_to(reference))

    for reference in ("flow:Main:2", "flow:Main:live", f"{arn}:$SAVED"):
        with pytest.raises(InvalidContactFlow):
            shop.create("Lost", leads_to(reference))


def test_more_than_a_row_holds_is_refused_before_it_is_read(shop: Shop) -> None:
    """Characters as the service counts them, and bytes as the store does."""
    for content in ("x" * (CONTENT_LIMIT + 1), "ệ" * 200_000):
        with pytest.raises(Rejected) as refused:
            shop.create("Huge", content)
        assert refused.value.field == "content"


# --- drafts ---------------------------------------------------------------------------------------


def test_a_flow_may_begin_as_a_draft_that_nobody_can_enter(shop: Shop) -> None:
    """It may be unfinished; described alone it is not published yet."""
    entry = shop.create("Later", UNFINISHED, is_draft=True)

    assert (entry.version, entry.status) == (0, "SAVED")
    assert shop.content(f"{entry.flow_id}:$SAVED") == UNFINISHED
    with pytest.raises(NotPublished):
        shop.content(entry.flow_id)
    with pytest.raises(InvalidContactFlow):
        shop.create("Early", leads_to("flow:Later"))
    with pytest.raises(InvalidContactFlow):
        shop.create("Noise", "{", is_draft=True)


def test_a_draft_is_kept_beside_what_is_live(shop: Shop) -> None:
    """Saved under `$SAVED`; without a draft that is what is live."""
    entry = shop.create("Main")
    assert shop.content(f"{entry.flow_id}:$SAVED") == SALES

    saved = shop.update(f"{entry.flow_id}:$SAVED", UNFINISHED)

    assert (saved.version, saved.draft and saved.draft.revision) == (1, 1)
    assert shop.content(entry.flow_id) == SALES
    assert shop.content(f"{entry.flow_id}:$SAVED") == UNFINISHED
    assert shop.flows.describe(shop.store.center(), f"{entry.flow_id}:$SAVED").about is None


def test_publishing_the_draft_ends_it_and_publishing_other_content_does_not(shop: Shop) -> None:
    """A script that publishes takes nobody's unfinished work away."""
    entry = shop.create("Main")
    shop.update(f"{entry.flow_id}:$SAVED", SUPPORT)
    other = SALES.replace("Sorry.", "So sorry.")

    assert shop.update(entry.flow_id, other).draft is not None
    assert shop.update(entry.flow_id, SUPPORT).draft is None
    assert shop.store.drafts == {}


# --- looking --------------------------------------------------------------------------------------


def test_a_flow_is_described_by_id_and_arn_in_any_version(shop: Shop) -> None:
    entry = shop.create("Main")
    shop.update(entry.flow_id, SUPPORT)
    arn = shop.store.center().flow_arn(entry)

    assert [shop.content(f"{each}:1") for each in ("f-0", arn)] == [SALES] * 2
    assert [shop.content(f"f-0{each}") for each in ("", ":2", ":$LATEST")] == [SUPPORT] * 3
    for reference in ("f-0:3", "f-0:0", "f-0:live", "f-x", f"{arn}x", "Main", ""):
        with pytest.raises(NotFound):
            shop.content(reference)


def test_flows_are_listed_by_name_and_type(shop: Shop) -> None:
    """Modules are no flows."""
    for name in ("b", "c", "a"):
        shop.create(name)
    shop.create("hello", WHISPER, "CUSTOMER_WHISPER")
    shop.module("part")

    assert shop.names() == ["a", "b", "c", "hello"]
    center = shop.store.center()
    assert [e.name for e in shop.flows.listed(center, ["CUSTOMER_WHISPER"])] == ["hello"]
    with pytest.raises(Rejected):
        shop.flows.listed(center, ["MODULE"])


def test_another_instance_is_not_found(shop: Shop) -> None:
    """By id and by ARN alike."""
    center = shop.store.center()
    for instance in ("i-1", center.arn):
        assert this_instance(shop.store, instance) == center
    for instance in ("i-2", "", center.arn + "0"):
        with pytest.raises(NotFound) as missing:
            this_instance(shop.store, instance)
        assert missing.value.field == "InstanceId"


# --- changing -------------------------------------------------------------------------------------


def test_name_description_and_state_change_without_a_new_version(shop: Shop) -> None:
    entry = shop.create("Main")
    shop.create("Other")
    center = shop.store.center()

    changed = shop.flows.change(
        center, entry.flow_id, name="Front", description="Door", state=FlowState.ARCHIVED
    )

    assert (changed.name, changed.description, changed.state) == ("Front", "Door", "ARCHIVED")
    assert changed.version == 1
    assert shop.flows.change(shop.store.center(), entry.flow_id) == changed
    with pytest.raises(Duplicate):
        shop.flows.change(shop.store.center(), entry.flow_id, name="Other")
    with pytest.raises(NotFound):
        shop.flows.change(center, "f-x", name="Front")


def test_a_version_never_changes(shop: Shop) -> None:
    entry = shop.create("Main")

    with pytest.raises(Rejected):
        shop.update(f"{entry.flow_id}:1", SUPPORT)
    with pytest.raises(NotFound):
        shop.update("f-x", SUPPORT)


# --- deleting -------------------------------------------------------------------------------------


def test_a_deleted_flow_is_gone_but_its_versions_are_there_for_contacts(shop: Shop) -> None:
    """The name can be given again."""
    entry = shop.create("Main", leads_to("flow:Main"))

    shop.delete(entry.flow_id)

    assert shop.names() == []
    assert shop.store.flow(entry.flow_id, 1) is not None
    assert shop.create("Main").flow_id != entry.flow_id
    with pytest.raises(NotFound):
        shop.delete(entry.flow_id)


def by_another_flow(shop: Shop) -> str:
    shop.create("Caller", leads_to("flow:Main"))
    return "flow 'Caller'"


def by_a_version_of_it(shop: Shop) -> str:
    shop.create("Caller", leads_to("flow:Main:1"))
    return "flow 'Caller'"


def by_a_draft(shop: Shop) -> str:
    shop.create("Caller", leads_to("flow:Main"), is_draft=True)
    return "the draft of flow 'Caller'"


def by_an_event_hook(shop: Shop) -> str:
    hook = action("Set", "UpdateContactEventHooks", "End", EventHooks={"CustomerQueue": "Main"})
    shop.create("Hooks", document(hook))
    return "flow 'Hooks'"


def by_an_alias_of_an_older_version(shop: Shop) -> str:
    entry = shop.create("Caller", leads_to("flow:Main"))
    alias = shop.update(entry.flow_id, SALES)
    old = FlowAlias(alias_id="al-1", name="old", version=1)
    shop.store.save_flow(alias, replace(alias, aliases=(old,)))
    return "flow 'Caller'"


def by_the_entry_of_calls(shop: Shop) -> str:
    shop.store.configuration = replace(shop.store.configuration, voice_flow="Main")
    return "the center's voice entry"


def by_a_menu(shop: Shop) -> str:
    menu = Menu(menu_id="main", entries={"1": "queue:Sales", "2": "flow:Main"})
    shop.store.configuration = replace(shop.store.configuration, menus=(menu,))
    return "menu 'main'"


def by_a_task_template(shop: Shop) -> str:
    template = TaskTemplate(task_template_id="t-1", name="Call back", flow="flow:Main")
    shop.store.configuration = replace(shop.store.configuration, task_templates=(template,))
    return "task template 'Call back'"


@pytest.mark.parametrize(
    "refer",
    [
        by_another_flow,
        by_a_version_of_it,
        by_a_draft,
        by_an_event_hook,
        by_an_alias_of_an_older_version,
        by_the_entry_of_calls,
        by_a_menu,
        by_a_task_template,
    ],
)
def test_what_others_lead_to_is_not_deleted(shop: Shop, refer: Callable[[Shop], str]) -> None:
    """Whoever wants to delete it is told who they are."""
    entry = shop.create("Main")
    user = refer(shop)

    with pytest.raises(InUse) as refused:
        shop.delete(entry.flow_id)

    assert refused.value.users == [user]
    assert user in str(refused.value)
    assert "Main" in shop.names()


def test_the_centers_default_flows_stay(shop: Shop) -> None:
    """Contacts enter them without any flow that says so."""
    entry = shop.create("Default customer whisper", WHISPER, "CUSTOMER_WHISPER")

    with pytest.raises(InUse, match="default for CustomerWhisper"):
        shop.delete(entry.flow_id)


# --- modules --------------------------------------------------------------------------------------


def test_modules_have_settings_that_make_versions_too(shop: Shop) -> None:
    """What is not given stays; settings that nobody can read are refused."""
    entry = shop.module("Part")
    center = shop.store.center

    shop.modules.update(center(), entry.flow_id, content=None, settings='{"inputs": []}')

    found = shop.modules.describe(center(), entry.flow_id)
    assert found.content == FlowContent(content=RETURN, settings='{"inputs": []}')
    assert found.entry.version == 2
    for settings in ("{", "[]", "x" * (CONTENT_LIMIT + 1)):
        with pytest.raises(Rejected):
            shop.modules.update(center(), entry.flow_id, content=None, settings=settings)


def test_a_module_is_found_among_modules_only(shop: Shop) -> None:
    """And refused as what it is."""
    module, flow = shop.module("Part"), shop.create("Main")
    center = shop.store.center()

    with pytest.raises(NotFound):
        shop.flows.describe(center, module.flow_id)
    with pytest.raises(NotFound):
        shop.modules.describe(center, flow.flow_id)
    with pytest.raises(InvalidContactFlowModule):
        shop.module("Bad", UNFINISHED)
    assert center.flow_arn(module).endswith(f"/flow-module/{module.flow_id}")


def test_the_same_request_twice_makes_one_module(shop: Shop) -> None:
    """A client that heard no answer asks again with the same token."""
    first = shop.module("Part", token="t-1")

    assert shop.module("Part", token="t-1") == first
    with pytest.raises(Duplicate):
        shop.module("Part", token="t-2")


def test_a_module_that_a_flow_invokes_is_not_deleted(shop: Shop) -> None:
    """Whether it is named as a module or as the flow it is."""
    module = shop.module("Part")
    invoke = action("Go", "InvokeFlowModule", "End", FlowModuleId="module:Part")
    flow = shop.create("Main", document(invoke))

    with pytest.raises(InUse, match="flow 'Main'"):
        shop.modules.delete(shop.store.center(), module.flow_id)
    shop.delete(flow.flow_id)
    shop.modules.delete(shop.store.center(), module.flow_id)

    assert shop.store.center().flows == ()
    assert shop.store.flow(FlowId(module.flow_id), 1) is not None
