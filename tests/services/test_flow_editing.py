"""Flows as the console edits them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import FlowId
from chalicelib.services.flow_editing import FlowEditing, NotPublishable, PublishedSince
from tests.given import MONDAY
from tests.house import action, document, to_queue
from tests.services.test_flow_library import UNFINISHED, Shop


def tidy(content: str) -> str:
    """The same without the circle that lint would find: what says sorry and fails hangs up."""
    flow = json.loads(content)
    for each in flow["Actions"]:
        if each["Identifier"] == "Sorry":
            each["Transitions"]["Errors"][0]["NextAction"] = "End"
    return json.dumps(flow)


MAIN = FlowId("f-0")
SALES, SUPPORT = tidy(to_queue("Sales")), tidy(to_queue("Support"))
OTHER = SALES.replace("Sorry.", "So sorry.")


@pytest.fixture
def shop() -> Shop:
    """Main, published once."""
    shop = Shop()
    shop.create("Main", SALES)
    return shop


@pytest.fixture
def editing(shop: Shop) -> FlowEditing:
    return FlowEditing(shop.store, shop.store, now=lambda: MONDAY)


def test_flows_and_modules_are_listed_with_how_they_stand(editing: FlowEditing, shop: Shop) -> None:
    """By name: what is live, whether somebody is at work on it."""
    shop.module("A part")
    editing.save_draft(MAIN, UNFINISHED, based_on=0, by="ada")

    found = editing.flows()

    assert found.instance_id == "i-1"
    assert [(flow.name, flow.type, flow.live_version) for flow in found.flows] == [
        ("A part", "MODULE", 1),
        ("Main", "CONTACT_FLOW", 1),
    ]
    draft = found.flows[1].draft
    assert draft is not None
    assert (draft.revision, draft.saved_at, draft.saved_by) == (1, MONDAY, "ada")
    assert editing.flow(MAIN) == found.flows[1]
    with pytest.raises(NotFound):
        editing.flow(FlowId("f-x"))


def test_the_draft_opens_if_there_is_one_and_else_what_is_live(
    editing: FlowEditing, shop: Shop
) -> None:
    """With what lint finds in it; any version opens when it is named."""
    assert (editing.opened(MAIN, None).of, editing.opened(MAIN, None).content) == ("1", SALES)
    editing.save_draft(MAIN, UNFINISHED, based_on=0, by="ada")

    opened = editing.opened(MAIN, None)

    assert (opened.of, opened.content) == ("draft", UNFINISHED)
    assert {finding.code for finding in opened.findings} == {"invalid"}
    assert editing.opened(MAIN, "1").content == SALES
    for of in ("2", "0", "x", "$SAVED"):
        with pytest.raises(NotFound):
            editing.opened(MAIN, of)


# --- drafts ---------------------------------------------------------------------------------------


def test_of_two_who_save_a_draft_the_second_is_told(editing: FlowEditing, shop: Shop) -> None:
    """And gets to know whose it is; nothing is overwritten."""
    first = editing.save_draft(MAIN, SUPPORT, based_on=0, by="ada")

    for based_on in (0, 2):
        with pytest.raises(Conflict) as refused:
            editing.save_draft(MAIN, OTHER, based_on=based_on, by="sue")
        assert refused.value.current == first.draft
    second = editing.save_draft(MAIN, OTHER, based_on=1, by="sue")

    assert second.draft.revision == 2
    assert editing.opened(MAIN, "draft").content == OTHER


def test_a_draft_from_before_the_last_one_was_thrown_away_is_told_too(
    editing: FlowEditing, shop: Shop
) -> None:
    """Revisions are never given twice."""
    editing.save_draft(MAIN, SUPPORT, based_on=0, by="ada")
    editing.drop_draft(MAIN)
    editing.drop_draft(MAIN)

    with pytest.raises(Conflict):
        editing.save_draft(MAIN, OTHER, based_on=1, by="sue")
    assert editing.save_draft(MAIN, OTHER, based_on=0, by="sue").draft.revision == 2


def test_a_draft_may_be_unfinished_but_not_noise(editing: FlowEditing, shop: Shop) -> None:
    """Its findings come with it."""
    saved = editing.save_draft(MAIN, tidy(to_queue("Nowhere")), based_on=0, by="ada")

    assert [finding.code for finding in saved.findings if finding.severity == "PROBLEM"] == [
        "unresolved"
    ]
    for content in ("{", "[]", "x" * 300_000):
        with pytest.raises(Rejected):
            editing.save_draft(MAIN, content, based_on=1, by="ada")


def test_a_flow_that_is_nothing_but_a_draft_keeps_it(editing: FlowEditing, shop: Shop) -> None:
    """Whoever does not want it deletes the flow."""
    entry = shop.create("New", UNFINISHED, is_draft=True)

    with pytest.raises(Conflict):
        editing.drop_draft(FlowId(entry.flow_id))


# --- publishing -----------------------------------------------------------------------------------


def test_a_draft_is_published_with_a_note(editing: FlowEditing, shop: Shop) -> None:
    """It is live, and no draft any more."""
    editing.save_draft(MAIN, SUPPORT, based_on=0, by="ada")

    done = editing.publish(MAIN, based_on=1, content=None, note="Friday", by="ada")

    assert (done.version, done.flow.live_version, done.flow.draft) == (2, 2, None)
    newest, first = editing.versions(MAIN)
    assert (newest.version, newest.note, newest.is_live) == (2, "Friday", True)
    assert (newest.published_at, newest.published_by) == (MONDAY, "ada")
    assert (first.version, first.is_live) == (1, False)
    assert len(newest.sha256) == 64


def test_of_two_who_publish_the_second_gets_the_difference(
    editing: FlowEditing, shop: Shop
) -> None:
    """Both began with version 1: who comes second is told what was changed since, and by whom."""
    editing.publish(MAIN, based_on=1, content=SUPPORT, note="Support", by="ada")

    with pytest.raises(PublishedSince) as refused:
        editing.publish(MAIN, based_on=1, content=OTHER, by="sue")

    current = refused.value.current
    assert (current.version, current.published_by) == (2, "ada")  # type: ignore[attr-defined]
    assert [(change.kind, change.block) for change in refused.value.changes] == [
        ("queue", "Choose")
    ]
    assert editing.flow(MAIN).live_version == 2


def in_the_way(shop: Shop, other: Callable[[], object]) -> None:
    """Somebody else does this just before the next change is saved."""
    save = shop.store.save_flow

    def raced(*entries: Any, **more: Any) -> FlowEntry:
        shop.store.save_flow = save  # type: ignore[method-assign]
        other()
        return save(*entries, **more)

    shop.store.save_flow = raced  # type: ignore[method-assign]


def test_of_two_in_the_same_moment_one_gets_the_difference(
    editing: FlowEditing, shop: Shop
) -> None:
    """Both saw version 1 live when they were checked; the store lets one of them through."""
    in_the_way(shop, lambda: editing.publish(MAIN, based_on=1, content=SUPPORT, by="ada"))

    with pytest.raises(PublishedSince) as refused:
        editing.publish(MAIN, based_on=1, content=OTHER, by="sue")

    assert [change.kind for change in refused.value.changes] == ["queue"]
    assert editing.flow(MAIN).newest_version == 2


def test_a_change_of_something_else_is_in_nobodys_way(editing: FlowEditing, shop: Shop) -> None:
    """A tag that is set meanwhile stays, and the version is published all the same."""

    def tag() -> None:
        entry = shop.store.entry(MAIN)
        shop.store.save_flow(entry, replace(entry, tags={"team": "a"}))

    for change in (
        lambda: editing.publish(MAIN, based_on=1, content=SUPPORT),
        lambda: editing.roll_back(MAIN, 1),
        lambda: editing.save_draft(MAIN, OTHER, based_on=0, by="ada"),
    ):
        in_the_way(shop, tag)
        change()

    flow = editing.flow(MAIN)
    assert (flow.live_version, flow.newest_version, flow.tags) == (1, 2, {"team": "a"})


def test_a_base_that_never_was_is_told_without_a_difference(
    editing: FlowEditing, shop: Shop
) -> None:
    for based_on in (0, 9):
        with pytest.raises(PublishedSince) as refused:
            editing.publish(MAIN, based_on=based_on, content=SUPPORT)
        assert refused.value.changes == ()


def test_what_lint_calls_a_problem_is_not_published(editing: FlowEditing, shop: Shop) -> None:
    """The service would take it; its callers would be lost in it."""
    lonely = tidy(
        document(
            action("Say", "MessageParticipant", "End", Text="Hello."),
            action("Never", "MessageParticipant", "End", Text="Nobody hears this."),
        )
    )
    shop.create("Taken", lonely)

    with pytest.raises(NotPublishable) as refused:
        editing.publish(MAIN, based_on=1, content=lonely)

    assert "unreachable" in {finding.code for finding in refused.value.findings}
    assert [finding.block for finding in refused.value.findings if finding.block] != []
    assert editing.flow(MAIN).live_version == 1


@pytest.mark.parametrize("content", ["{", "[]", to_queue("Nowhere"), UNFINISHED])
def test_what_is_no_flow_is_not_published(editing: FlowEditing, shop: Shop, content: str) -> None:
    """Lint says why."""
    with pytest.raises(NotPublishable) as refused:
        editing.publish(MAIN, based_on=1, content=content)

    assert refused.value.findings


def test_there_must_be_something_to_publish(editing: FlowEditing, shop: Shop) -> None:
    with pytest.raises(Rejected) as refused:
        editing.publish(MAIN, based_on=1, content=None)
    assert refused.value.field == "content"
    with pytest.raises(Rejected):
        editing.publish(MAIN, based_on=1, content=SUPPORT, note="x" * 501)


# --- differences and the way back -----------------------------------------------------------------


def test_a_difference_tells_what_runs_differently(editing: FlowEditing, shop: Shop) -> None:
    """Between any two versions, and the draft."""
    editing.publish(MAIN, based_on=1, content=SUPPORT)
    editing.save_draft(MAIN, OTHER, based_on=0, by="ada")

    back = editing.difference(MAIN, "2", "1")
    draft = editing.difference(MAIN, "1", "draft")

    assert back.text == "queue: Choose: QueueId: “queue:Support” → “queue:Sales”"
    assert [(change.kind, change.block) for change in draft.changes] == [("text", "Sorry")]
    assert editing.difference(MAIN, "1", "1").changes == []
    for pair in (("1", "3"), ("", "1"), ("1", "live")):
        with pytest.raises(NotFound):
            editing.difference(MAIN, *pair)


def test_the_way_back_moves_what_is_live_and_makes_no_version(
    editing: FlowEditing, shop: Shop
) -> None:
    """And forth again. The newer version stays."""
    editing.publish(MAIN, based_on=1, content=SUPPORT)

    back = editing.roll_back(MAIN, 1)
    again = editing.roll_back(MAIN, 1)

    assert (back.live_version, back.newest_version) == (1, 2)
    assert again == back
    assert editing.roll_back(MAIN, 2).live_version == 2
    for version in (0, 3, -1):
        with pytest.raises(NotFound):
            editing.roll_back(MAIN, version)


def test_moments_are_those_of_the_clock(shop: Shop) -> None:
    """A change is dated when it is made."""
    later = datetime.fromisoformat("2026-03-03T09:00:00+00:00")
    editing = FlowEditing(shop.store, shop.store, now=lambda: later)

    assert editing.publish(MAIN, based_on=1, content=SUPPORT).flow.changed_at == later
