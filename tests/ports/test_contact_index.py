"""What every index of contacts by flow promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.adapters.dynamo.contact_index import DynamoContactIndex
from chalicelib.adapters.dynamo.tables import FirstFlowRow
from chalicelib.core.ids import ContactId, FlowId
from chalicelib.services.ports import ContactIndex
from tests.fakes.contacts import InMemoryContactIndex
from tests.given import MONDAY

MAIN = FlowId("f-main")


@pytest.fixture(params=["fake", "dynamo"])
def index(request: pytest.FixtureRequest) -> ContactIndex:
    if request.param == "fake":
        return InMemoryContactIndex()
    request.getfixturevalue("bind_tables")(center=[FirstFlowRow])
    return DynamoContactIndex()


def test_the_newest_contacts_of_a_flow_come_first_and_no_more_than_asked_for(
    index: ContactIndex,
) -> None:
    for number in (2, 1, 3):
        index.note(MAIN, ContactId(f"c-{number}"), at=MONDAY + timedelta(hours=number))
    index.note(FlowId("f-other"), ContactId("c-9"), at=MONDAY)

    assert ["c-3", "c-2"] == list(index.latest(MAIN, limit=2))


def test_a_contact_noted_twice_is_listed_once(index: ContactIndex) -> None:
    """The stream brings its end at least once."""
    for _ in range(2):
        index.note(MAIN, ContactId("c-1"), at=MONDAY)

    assert ["c-1"] == list(index.latest(MAIN, limit=9))
