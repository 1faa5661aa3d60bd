"""What every store of flows promises."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from chalicelib.adapters.dynamo.center import DynamoCenterStore
from chalicelib.adapters.dynamo.flows import DynamoFlowStore
from chalicelib.adapters.dynamo.tables import IN_CENTER
from chalicelib.core.canary import Canary
from chalicelib.core.errors import LostRace, NotFound
from chalicelib.core.flow import FlowType
from chalicelib.core.flow_entry import Draft, FlowAlias, FlowEntry, FlowState
from chalicelib.core.ids import FlowId
from chalicelib.services.flow_ports import FlowContent, FlowStore, NewVersion, VersionNote
from chalicelib.services.ports import CenterStore
from tests.fakes.center import InMemoryCenterStore
from tests.given import MONDAY
from tests.house import a_center, to_queue

MAIN = FlowId("f-1")
CONTENT = FlowContent(content=to_queue("Sales"))
OTHER = FlowContent(
    content=json.dumps({**json.loads(CONTENT.content), "StartAction": "Sorry"}), settings="{}"
)
ENTRY = FlowEntry(flow_id=MAIN, name="Main", type="CONTACT_FLOW", version=1, newest=1)


@dataclass(frozen=True)
class Stores:
    """The flows, and the configuration that contacts look at."""

    flows: FlowStore
    center: CenterStore


@pytest.fixture(params=["fake", "dynamo"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        fake = InMemoryCenterStore(a_center())
        return Stores(fake, fake)
    request.getfixturevalue("bind_tables")(center=[*IN_CENTER])
    center = DynamoCenterStore(lambda: MONDAY)
    center.save_settings(a_center())
    return Stores(DynamoFlowStore(center.forget), center)


def a_version(number: int, content: FlowContent = CONTENT) -> NewVersion:
    about = VersionNote(
        version=number, note=f"note {number}", published_at=MONDAY, published_by="ada"
    )
    return NewVersion(about=about, content=content)


def published(stores: Stores) -> FlowEntry:
    return stores.flows.save_flow(None, ENTRY, made=a_version(1))


def test_a_published_flow_is_what_new_contacts_get(stores: Stores) -> None:
    """The entry points at the version; the version holds the flow."""
    entry = published(stores)

    assert stores.flows.entry(MAIN) == entry
    assert stores.center.center().flow("Main") == (entry, "")
    flow = stores.center.flow(MAIN, 1)
    assert flow is not None
    assert (flow.version, flow.type, flow.flow.start) == (1, FlowType.CONTACT_FLOW, "Choose")


def test_an_entry_is_read_as_it_was_saved(stores: Stores) -> None:
    """With all that can be kept of a flow."""
    canary = Canary(version=2, against=1, percent=10, started_at=MONDAY)
    alias = FlowAlias(alias_id="al-1", name="live", version=1, changed_at=MONDAY)
    whole = replace(
        ENTRY,
        removed=(7,),
        draft=Draft(revision=4, saved_at=MONDAY, saved_by="ada"),
        drafts=4,
        aliases=(alias,),
        canary=canary,
        description="All calls",
        state=FlowState.ARCHIVED,
        tags={"team": "a"},
        is_external=True,
        changed_at=MONDAY,
    )

    saved = stores.flows.save_flow(None, whole, draft=OTHER, made=a_version(1))

    assert saved == replace(whole, revision=1)
    assert stores.center.latest().flows == (saved,)
    assert stores.flows.draft(MAIN) == OTHER


def test_old_versions_stay_for_the_contacts_that_run_in_them(stores: Stores) -> None:
    """Publishing changes the entry only, and deleting the flow changes no version."""
    entry = published(stores)
    first = stores.center.flow(MAIN, 1)

    entry = stores.flows.save_flow(entry, replace(entry, version=2), made=a_version(2, OTHER))
    stores.flows.delete_flow(entry)

    assert stores.center.latest().flows == ()
    assert stores.center.flow(MAIN, 1) == first
    second = stores.center.flow(MAIN, 2)
    assert second is not None
    assert second.flow.start == "Sorry"
    assert stores.center.flow(MAIN, 3) is None


def test_content_and_notes_are_kept_by_version(stores: Stores) -> None:
    """As they were handed in; a note can be written anew."""
    entry = published(stores)
    stores.flows.save_flow(entry, replace(entry, version=2), made=a_version(2, OTHER))

    stores.flows.annotate(MAIN, VersionNote(version=2, note="The Friday one"))

    assert [stores.flows.content(MAIN, n) for n in (1, 2, 3)] == [CONTENT, OTHER, None]
    assert stores.flows.notes(MAIN) == {
        1: a_version(1).about,
        2: VersionNote(version=2, note="The Friday one"),
    }


def test_whoever_saves_second_is_told_and_changes_nothing(stores: Stores) -> None:
    """Neither the entry, nor a draft, nor a version."""
    entry = published(stores)
    first = stores.flows.save_flow(entry, replace(entry, description="First"))

    with pytest.raises(LostRace):
        stores.flows.save_flow(
            entry, replace(entry, version=2), draft=OTHER, made=a_version(2, OTHER)
        )
    with pytest.raises(LostRace):
        stores.flows.delete_flow(entry)

    assert stores.flows.entry(MAIN) == first
    assert stores.flows.draft(MAIN) is None
    assert stores.flows.content(MAIN, 2) is None


def test_a_version_is_made_once(stores: Stores) -> None:
    entry = published(stores)

    with pytest.raises(LostRace):
        stores.flows.save_flow(entry, entry, made=a_version(1, OTHER))

    assert stores.flows.content(MAIN, 1) == CONTENT


def test_a_name_is_taken_once(stores: Stores) -> None:
    """Also by renaming; a name that was given up can be taken."""
    entry = published(stores)
    second = replace(ENTRY, flow_id=FlowId("f-2"))
    with pytest.raises(LostRace):
        stores.flows.save_flow(None, second)
    other = stores.flows.save_flow(None, replace(second, name="Other"))
    with pytest.raises(LostRace):
        stores.flows.save_flow(other, replace(other, name="Main"))

    entry = stores.flows.save_flow(entry, replace(entry, name="Old main"))
    other = stores.flows.save_flow(other, replace(other, name="Main"))
    stores.flows.delete_flow(entry)
    stores.flows.save_flow(None, replace(ENTRY, flow_id=FlowId("f-3"), name="Old main"))

    names = {each.name: each.flow_id for each in stores.center.latest().flows}
    assert names == {"Main": "f-2", "Old main": "f-3"}


def test_a_draft_is_one_and_goes_with_its_mark(stores: Stores) -> None:
    """Saved again it is replaced; an entry without a draft has no content left over."""
    entry = published(stores)
    mark = Draft(revision=1, saved_at=MONDAY)
    entry = stores.flows.save_flow(entry, replace(entry, draft=mark), draft=CONTENT)
    entry = stores.flows.save_flow(entry, replace(entry, draft=mark), draft=OTHER)
    entry = stores.flows.save_flow(entry, replace(entry, description="the draft stays"))
    assert stores.flows.draft(MAIN) == OTHER

    stores.flows.save_flow(entry, replace(entry, draft=None))

    assert stores.flows.draft(MAIN) is None


def test_what_is_not_there_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.flows.entry(FlowId("f-x"))
    assert stores.flows.notes(FlowId("f-x")) == {}
