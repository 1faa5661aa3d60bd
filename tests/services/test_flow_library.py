"""Publishing flows."""

from __future__ import annotations

import json

import pytest

from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.ids import FlowId
from chalicelib.services.flow_library import NAME_LIMIT, FlowLibrary, InvalidContactFlow
from tests.fakes import InMemoryCenterStore
from tests.house import a_center, action, document, to_queue

SALES = to_queue("Sales")


@pytest.fixture
def store() -> InMemoryCenterStore:
    return InMemoryCenterStore(a_center())


@pytest.fixture
def library(store: InMemoryCenterStore) -> FlowLibrary:
    ids = iter(f"f-{n}" for n in range(9))
    return FlowLibrary(store, lambda: next(ids))


def test_a_flow_is_published_in_version_one(
    library: FlowLibrary, store: InMemoryCenterStore
) -> None:
    entry = library.create("i-1", "Main", "CONTACT_FLOW", SALES)

    assert (entry.flow_id, entry.version) == ("f-0", 1)
    assert len(entry.sha256) == 64
    assert store.flow(entry.flow_id, 1) is not None
    assert library.arn(entry).endswith("instance/i-1/contact-flow/f-0")


def test_other_content_is_a_new_version_and_the_same_is_none(library: FlowLibrary) -> None:
    """A deployment that runs twice changes nothing the second time."""
    entry = library.create("i-1", "Main", "CONTACT_FLOW", SALES)

    same = library.update("i-1", entry.flow_id, SALES)
    other = library.update("i-1", entry.flow_id, to_queue("Support"))

    assert (same.version, other.version) == (1, 2)


def test_names_are_given_once_and_have_a_length(library: FlowLibrary) -> None:
    library.create("i-1", "Main", "CONTACT_FLOW", SALES)

    with pytest.raises(Conflict):
        library.create("i-1", "Main", "CONTACT_FLOW", SALES)
    for name in ("", "x" * (NAME_LIMIT + 1)):
        with pytest.raises(Rejected) as refused:
            library.create("i-1", name, "CONTACT_FLOW", SALES)
        assert refused.value.field == "Name"


def test_an_unknown_type_is_refused(library: FlowLibrary) -> None:
    with pytest.raises(Rejected) as refused:
        library.create("i-1", "Main", "INBOUND", SALES)

    assert (refused.value.field, refused.value.value) == ("Type", "INBOUND")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        document(action("Go", "DoMagic", "End")),
        document(action("Go", "MessageParticipant", "Nowhere", Text="Hi")),
        to_queue("Nowhere"),
        document(action("Go", "TransferToFlow", ContactFlowId="flow:Nowhere")),
        json.dumps({**json.loads(SALES), "StartAction": "Nowhere"}),
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
    ],
)
def test_what_could_not_run_is_not_published(
    library: FlowLibrary, store: InMemoryCenterStore, content: str
) -> None:
    """Every problem is told, and nothing is stored; nor does it replace what runs."""
    good = library.create("i-1", "Good", "CONTACT_FLOW", SALES)

    with pytest.raises(InvalidContactFlow) as refused:
        library.create("i-1", "Bad", "CONTACT_FLOW", content)
    with pytest.raises(InvalidContactFlow):
        library.update("i-1", good.flow_id, content)

    assert refused.value.problems
    assert list(store.versions) == [("f-0", 1)]
    assert [entry.version for entry in library.list("i-1")] == [1]


def test_a_flow_that_is_not_there_cannot_be_changed(library: FlowLibrary) -> None:
    with pytest.raises(NotFound):
        library.update("i-1", FlowId("f-x"), SALES)


def test_another_instance_is_not_found(library: FlowLibrary) -> None:
    for ask in (
        lambda: library.list("i-2"),
        lambda: library.create("i-2", "Main", "CONTACT_FLOW", SALES),
        lambda: library.update("i-2", FlowId("f-0"), SALES),
    ):
        with pytest.raises(NotFound) as missing:
            ask()
        assert missing.value.field == "InstanceId"


def test_flows_are_listed_by_name(library: FlowLibrary) -> None:
    for name in ("b", "c", "a"):
        library.create("i-1", name, "CONTACT_FLOW", SALES)

    assert [entry.name for entry in library.list("i-1")] == ["a", "b", "c"]
