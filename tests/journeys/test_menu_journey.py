"""An admin maps a key, and the very next call obeys, on the deployed artifact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.center import Center
from tests.journeys.customers import Caller

pytestmark = pytest.mark.journey

MENU = "/v1/menus/main"


@pytest.fixture(autouse=True)
def as_it_was(center: Center) -> Iterator[None]:
    """The menu leads where it led before, whatever the test did."""
    yield
    center.request("PUT", f"{MENU}/1", {"target": "queue:Sales"}, role="admin")


def test_a_changed_row_of_the_menu_counts_for_the_next_key(center: Center) -> None:
    """Key 1 leads to Support as soon as the admin says so; no flow is published."""
    flows = center.connect().list_contact_flows(InstanceId=center.instance_id)
    status, menu = center.request("PUT", f"{MENU}/1", {"target": "queue:Support"}, role="admin")
    assert (200, "queue:Support") == (status, menu["entries"]["1"])

    with Caller(center) as somebody:
        somebody.presses("1")
        somebody.presses("1")
        somebody.hears_the_queue()

        assert "Support" == center.contact(somebody.contact_id)["queue"]["name"]
        story = f"/v1/contacts/{somebody.contact_id}/explain"
        told = center.get(story, role="supervisor")["facts"]
        mapped = next(fact for fact in told if fact.get("blockId") == "Where to")
        assert "Equals queue" == mapped["branch"]
    now = center.connect().list_contact_flows(InstanceId=center.instance_id)
    assert flows["ContactFlowSummaryList"] == now["ContactFlowSummaryList"]


def test_a_row_that_names_no_queue_is_refused(center: Center) -> None:
    """The save is refused, naming the queue; the old row stays."""
    status, body = center.request("PUT", f"{MENU}/1", {"target": "queue:Gardening"}, role="admin")

    assert (422, "target", True) == (status, body["field"], "Gardening" in body["message"])
    menus = center.get("/v1/menus", role="admin")["menus"]
    assert "queue:Sales" == next(m for m in menus if m["menuId"] == "main")["entries"]["1"]
