"""How things of a center are named and found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import (
    AVAILABLE,
    NOT_REACHABLE,
    AgentStatus,
    Queue,
    Status,
    StatusState,
    StatusType,
    StoredPrompt,
    User,
)
from chalicelib.core.events import Channel
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.identity import ANYBODY, CUSTOMER, EVERYONE, Caller, groups
from chalicelib.core.ids import AgentId, FlowId, QueueId, QuickConnectId, RoutingProfileId
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
from tests.caller import OFFICE
from tests.house import PROFILE, SALES, SUPPORT, a_center

CENTER = a_center(
    flows=(FlowEntry(flow_id=FlowId("f-1"), name="Main: inbound", type="CONTACT_FLOW", version=3),),
    hours=(OFFICE,),
)


@pytest.mark.parametrize(
    "reference",
    ["q-sales", "Sales", "queue:Sales", "queue:q-sales", CENTER.queue_arn(SALES)],
)
def test_a_queue_is_found_by_id_name_and_arn(reference: str) -> None:
    """Flows name it in any of these ways."""
    queue = CENTER.queue(reference)

    assert queue is not None
    assert queue.queue_id == SALES


@pytest.mark.parametrize("reference", ["", "sales", "queue:", "flow:Sales", "arn:aws:connect"])
def test_what_is_not_there_is_not_found(reference: str) -> None:
    """No guessing: names are exact."""
    assert CENTER.queue(reference) is None


def test_flows_and_hours_are_found_in_the_same_ways() -> None:
    """Also under a name that contains a colon."""
    arn = f"{CENTER.arn}/contact-flow/f-1"
    flows = [CENTER.flow(each) for each in ("f-1", "Main: inbound", "flow:Main: inbound", arn)]
    hours = [CENTER.hours_of(each) for each in ("office", "Office", "hours:Office")]

    assert [flow and flow[0].version for flow in flows] == [3] * 4
    assert None not in hours


@pytest.mark.parametrize("name", ["f-1", "flow:Main: inbound", f"{CENTER.arn}/contact-flow/f-1"])
def test_a_flow_is_found_with_the_qualifier_behind_it(name: str) -> None:
    """Whatever it says: the entry knows whether there is such a version."""
    for qualifier in ("3", "live", "$SAVED"):
        found = CENTER.flow(f"{name}:{qualifier}")
        assert found == (CENTER.flows[0], qualifier)
    for nobody in ("flow:", "f-2:3", "flow:Main:3", ":3", ""):
        assert CENTER.flow(nobody) is None


def test_a_stored_prompt_is_found_in_the_same_ways() -> None:
    prompt = StoredPrompt(prompt_id="p-1", name="Welcome", key="prompts/p-1/1")
    center = a_center(prompts=(prompt,))

    for name in ("p-1", "Welcome", "prompt:Welcome", center.prompt_arn(prompt)):
        assert center.prompt(name) == prompt
    assert center.prompt("prompt:Bye") is None


def test_a_quick_connect_is_found_in_the_same_ways() -> None:
    """And belongs to queues, in the order in which it was attached to each."""
    bank, boss = (
        QuickConnect(
            quick_connect_id=QuickConnectId(name.lower()),
            name=name,
            type=QuickConnectType.PHONE_NUMBER,
            phone_number="+12025550150",
        )
        for name in ("Bank", "Boss")
    )
    attached = (boss.quick_connect_id, QuickConnectId("gone"), bank.quick_connect_id)
    queue = Queue(queue_id=SALES, name="Sales", hours_id="h-1", quick_connect_ids=attached)
    center = a_center(quick_connects=(bank, boss), queues=(queue,))
    references = ("bank", "Bank", "quick-connect:Bank", center.quick_connect_arn(attached[2]))

    assert [center.quick_connect(each) for each in references] == [bank] * 4
    assert center.quick_connect("") is None
    assert center.quick_connects_of(SALES) == [boss, bank]
    assert center.quick_connects_of(SUPPORT) == center.quick_connects_of(None) == []


def test_an_arn_names_this_instance() -> None:
    """As Amazon Connect's do, without an account."""
    assert CENTER.queue_arn(SALES) == (
        "arn:aws:connect:us-east-1:000000000000:instance/i-1/queue/q-sales"
    )


def test_profiles_are_found_by_what_they_serve() -> None:
    """Queue and channel both count."""
    assert CENTER.profiles_for(SALES, Channel.CHAT) == [PROFILE]
    assert CENTER.profiles_for(SUPPORT, Channel.CHAT) == []
    assert CENTER.profile(RoutingProfileId("rp-2")) is None


def test_dispositions_belong_to_queues_or_to_all() -> None:
    """An agent chooses among those of the contact's queue."""
    by_queue = {
        queue_id: [d.disposition_id for d in CENTER.dispositions_for(queue_id)]
        for queue_id in (SALES, SUPPORT, QueueId("q-x"), None)
    }

    assert by_queue == {
        SALES: ["sale", "solved"],
        SUPPORT: ["solved", "bug"],
        QueueId("q-x"): ["solved"],
        None: ["solved"],
    }


def test_what_can_be_chosen_is_enabled_and_not_the_centers_own() -> None:
    """In the order that admins want; those without a number last."""
    statuses = [
        AgentStatus(status_id=name, name=name, type=StatusType.CUSTOM, display_order=order)
        for name, order in (("Lunch", 7), ("Break", 2), ("Tea", None))
    ]
    statuses[0] = replace(statuses[0], state=StatusState.DISABLED)
    center = a_center(statuses=tuple(statuses))

    shown = [each.name for each in center.agent_statuses]
    chosen = [status.name for status in center.choices]

    assert ["Break", "Lunch", "Tea", "Available", "Offline", "Not reachable"] == shown
    assert ["Break", "Tea", "Available", "Offline"] == chosen
    assert center.status("Lunch") is center.status(NOT_REACHABLE.name) is None


def test_a_status_has_an_arn_by_its_id_and_once_renamed_by_its_name() -> None:
    """Whoever chose it before carries the name that it had."""
    ends = [CENTER.status_arn(each).rsplit("/", 1)[1] for each in (AVAILABLE, NOT_REACHABLE)]

    assert ["available", "not-reachable"] == ends
    assert CENTER.status_arn(Status("Tea", StatusType.CUSTOM)).endswith("agent-state/Tea")


@pytest.mark.parametrize(
    ("user", "names"),
    [
        ({"name": "Ben Ode"}, ("Ben", "Ode")),
        ({"name": "Ben"}, ("Ben", "")),
        (
            {"name": "Mai Anh Tran", "first_name": "Mai Anh", "last_name": "Tran"},
            ("Mai Anh", "Tran"),
        ),
        ({"name": "Tran", "last_name": "Tran"}, ("", "Tran")),
    ],
)
def test_somebody_has_a_first_and_a_last_name(user: dict[str, str], names: tuple[str, str]) -> None:
    """As they were given; else the first word and the rest."""
    known = User(username="x", agent_id=AgentId("a-x"), **user)  # type: ignore[arg-type]

    assert names == known.first_and_last_name


def test_time_in_a_status_is_paid_unless_its_tag_says_no() -> None:
    """And who pays for a queue's contacts is a tag, too."""
    lunch = AgentStatus(name="Lunch", type=StatusType.CUSTOM, tags={"paid": "no"})
    tea = replace(lunch, name="Tea", tags={"paid": "yes"})
    sales = Queue(queue_id=SALES, name="Sales", hours_id="h-1", tags={"cost-centre": "CC-100"})

    assert [each.is_paid for each in (lunch, tea, replace(tea, tags={}))] == [False, True, True]
    assert (sales.cost_centre, replace(sales, tags={"cost-centre": ""}).cost_centre) == (
        "CC-100",
        None,
    )


def test_a_status_is_found_by_its_name() -> None:
    assert [CENTER.status(name) is not None for name in ("Break", "break", "")] == [
        True,
        False,
        False,
    ]


# --- who may ----------------------------------------------------------------------------------


def caller(*names: str, kind: str = "person") -> Caller:
    return Caller(kind=kind, username="x", groups=frozenset(names))


def test_a_door_for_groups_admits_people_and_machines_of_one_of_them() -> None:
    """A customer is in no group, whatever is claimed."""
    door = groups("agent", "supervisor")

    assert door.admits(caller("agent", "finance"))
    assert door.admits(caller("supervisor", kind="machine"))
    assert not door.admits(caller("finance", "admin"))
    assert not door.admits(caller())
    assert not door.admits(caller("agent", kind="customer"))
    assert not door.admits(caller("agent", kind="anybody"))


def test_everyone_means_everybody_with_a_group() -> None:
    """Somebody who can sign in but is in no group of ours may nothing."""
    assert EVERYONE.admits(caller("trainee"))
    assert not EVERYONE.admits(caller())


def test_doors_without_groups_are_for_their_kind_only() -> None:
    assert ANYBODY.admits(caller(kind="anybody"))
    assert not ANYBODY.admits(caller("admin"))
    assert not CUSTOMER.admits(caller(kind="anybody"))


def test_a_door_cannot_name_a_group_that_does_not_exist() -> None:
    """A typing error in a route is found at import."""
    with pytest.raises(ValueError, match="unknown groups"):
        groups("agent", "agents")
