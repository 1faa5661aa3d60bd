"""What other systems do to contacts: each at once, each once, and none to what is over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from chalicelib.core.center import ProfileQueue
from chalicelib.core.contact import ContactState
from chalicelib.core.contact_description import described as told
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import (
    Channel,
    ContactRanked,
    DisconnectReason,
    InitiationMethod,
    RoutingCriteriaSet,
)
from chalicelib.core.flow import InputReceived
from chalicelib.core.hierarchy import HierarchyGroup
from chalicelib.core.ids import ContactId, HierarchyGroupId
from chalicelib.core.routing import SlotState
from chalicelib.services.contact_control import Description, Rank
from tests.house import BEN, DONE, PROFILE, SALES, House, a_center

STEP = {
    "Expression": {
        "AttributeCondition": {"Name": "Language", "Value": "Vietnamese", "ProficiencyLevel": 3}
    },
    "Expiry": {"DurationInSeconds": 30},
}
TASKS = replace(
    PROFILE,
    queues=(*PROFILE.queues, ProfileQueue(queue_id=SALES, channel=Channel.TASK)),
    concurrency={**PROFILE.concurrency, Channel.TASK: 10},
)
URL = {"Type": "URL", "Value": "https://tickets.test/17"}


@pytest.fixture
def house() -> House:
    return House()


# --- stopping -------------------------------------------------------------------------------------


def test_a_waiting_call_is_stopped(house: House) -> None:
    """Its place is free, its end is nobody's fault."""
    contact_id = house.rings()

    house.contact_control.stop(contact_id)

    contact = house.contact(contact_id)
    assert (ContactState.COMPLETED, DisconnectReason.OTHER) == (
        contact.state,
        contact.disconnect_reason,
    )


def test_a_talk_that_is_stopped_leaves_after_contact_work(house: House) -> None:
    """The agent says what it was about, as after any other talk."""
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)

    house.contact_control.stop(contact_id)

    assert ContactState.ENDED is house.contact(contact_id).state
    assert [SlotState.ENDED] == [slot.state for slot in house.agent(BEN).slots]


def test_a_ringing_call_that_is_stopped_frees_the_agent(house: House) -> None:
    """It was not missed."""
    house.signs_in("ben")
    contact_id = house.rings()

    house.contact_control.stop(contact_id)

    assert () == house.agent(BEN).slots


def test_what_has_ended_stays_as_it_ended(house: House) -> None:
    """Stopping twice is stopping once."""
    chat = house.chats().contact_id
    for _ in range(2):
        house.contact_control.stop(chat)
        house.later(5)

    assert DisconnectReason.API is house.contact(chat).disconnect_reason
    assert 1 == house.facts(chat).count("ContactDisconnected")


@pytest.mark.parametrize(
    "method",
    ["DISCONNECT", "TRANSFER", "QUEUE_TRANSFER", "EXTERNAL_OUTBOUND", "MONITOR"],
)
def test_a_call_that_is_a_leg_of_another_is_not_stopped_alone(house: House, method: str) -> None:
    """As in Amazon Connect; a chat that was transferred is."""
    call = house.rings(initiation_method=InitiationMethod(method))
    chat = house.chats(initiation_method=InitiationMethod(method)).contact_id

    with pytest.raises(Rejected, match=method):
        house.contact_control.stop(call)
    house.contact_control.stop(chat)

    assert house.contact(call).state.is_live
    assert not house.contact(chat).state.is_live


def test_nobody_stops_what_never_was(house: House) -> None:
    """The caller has mistyped an id."""
    with pytest.raises(NotFound):
        house.contact_control.stop(ContactId("c-none"))


# --- attributes and descriptions ------------------------------------------------------------------


def test_attributes_are_there_for_flows_for_events_and_for_the_record(house: House) -> None:
    """Set once, told once."""
    contact_id = house.rings(attributes={"tier": "gold"})
    for _ in range(2):
        house.contact_control.set_attributes(contact_id, {"case": "17"})
    house.streams()

    assert {"tier": "gold", "case": "17"} == house.contact_control.attributes(contact_id)
    updates = [d for d in house.contact_bus.of(contact_id) if d.get("updatedProperties")]
    assert [["UserDefinedAttributes"]] == [each["updatedProperties"] for each in updates]


def test_attributes_of_a_finished_contact_make_a_newer_record(house: House) -> None:
    """What another system learns later is in the report of that day's next revision."""
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)
    house.desk.complete(BEN, contact_id, DONE)
    house.streams()

    house.later(3600)
    house.contact_control.set_attributes(contact_id, {"outcome": "sold"})
    house.streams()

    record = json.loads(house.lake.bodies[f"records/dt=2026-03-02/{contact_id}.jsonl"])
    assert {"outcome": "sold"} == record["Attributes"]
    assert "2026-03-02T15:00:00Z" == record["LastUpdateTimestamp"]


def test_a_flow_that_ran_meanwhile_loses_nothing(house: House) -> None:
    """Whoever comes second decides again on what the first has written."""
    contact_id = house.rings()
    house.contacts.meanwhile.append(
        lambda: house.contact_control.set_attributes(contact_id, {"first": "1"})
    )

    house.contact_control.set_attributes(contact_id, {"second": "2"})

    assert {"first": "1", "second": "2"} == house.contact_control.attributes(contact_id)


def test_a_contact_is_named_and_described(house: House) -> None:
    """References are added to those there are."""
    contact_id = house.chats().contact_id
    control = house.contact_control

    control.describe_anew(contact_id, Description(name="Lamp", references={"ticket": URL}))
    control.describe_anew(contact_id, Description(description="Broken", references={"more": URL}))

    details = house.contact(contact_id).session.details
    assert ("Lamp", "Broken") == (details["Name"], details["Description"])
    assert {"ticket": URL, "more": URL} == details["References"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Description(name="x" * 1025), "Name"),
        (Description(description="x" * 4097), "Description"),
        (Description(references={"a": {"Type": "URL", "Value": "x" * 4097}}), "References"),
        (Description(references={"a": {"Value": "x"}}), "References"),
        (Description(references={str(n): URL for n in range(16)}), "References"),
    ],
)
def test_a_description_over_its_limit_is_refused(
    house: House, wanted: Description, field: str
) -> None:
    """And nothing of it is kept."""
    contact_id = house.rings()

    with pytest.raises(Rejected) as refused:
        house.contact_control.describe_anew(contact_id, wanted)

    assert field == refused.value.field
    assert {} == house.contact(contact_id).session.details


# --- rank -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [Rank(priority=1), Rank(age_seconds=600)])
def test_a_contact_moves_ahead_in_its_line_at_once(house: House, wanted: Rank) -> None:
    """Of two who wait, the agent gets the one that was moved."""
    first, second = house.rings(), house.rings()

    house.contact_control.rank(second, wanted)
    house.signs_in("ben")

    assert BEN == house.rings_at(second)
    assert house.rings_at(first) is None
    assert 1 == len(house.events(second, ContactRanked))


def test_criteria_count_at_once_and_can_be_taken_back(house: House) -> None:
    """Nobody masters it: it waits. Without criteria, anybody will do, and is looked for."""
    contact_id = house.rings()
    house.contact_control.rank(contact_id, Rank(criteria={"Steps": [STEP]}))
    house.signs_in("ben")
    assert house.rings_at(contact_id) is None

    house.contact_control.rank(contact_id, Rank(criteria={"Steps": []}))

    assert BEN == house.rings_at(contact_id)
    assert 2 == len(house.events(contact_id, RoutingCriteriaSet))


def test_a_contact_that_does_not_wait_yet_takes_its_rank_along(house: House) -> None:
    """The flow is still asking."""
    contact_id = house.rings("Menu")

    house.contact_control.rank(contact_id, Rank(priority=2))
    house.flows.reply(contact_id, _wait(house, contact_id), InputReceived("1"))

    stay = house.contact(contact_id).queue
    assert stay is not None
    assert 2 == stay.priority


def test_whoever_talks_already_waits_for_nobody(house: House) -> None:
    """Too late, and said so."""
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)

    with pytest.raises(Conflict):
        house.contact_control.rank(contact_id, Rank(priority=1))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Rank(), "RoutingCriteria"),
        (Rank(priority=1, age_seconds=1), "RoutingCriteria"),
        (Rank(priority=1, criteria={"Steps": [STEP]}), "RoutingCriteria"),
        (Rank(priority=0), "QueuePriority"),
        (Rank(priority=2**63), "QueuePriority"),
        (Rank(criteria={"Steps": [STEP] * 6}), "RoutingCriteria.Steps"),
        (Rank(criteria={"Steps": [{"Expression": {}}]}), "RoutingCriteria.Steps[0].Expression"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(house: House, wanted: Rank, field: str) -> None:
    """Naming what is wrong with it."""
    contact_id = house.rings()

    with pytest.raises(Rejected) as refused:
        house.contact_control.rank(contact_id, wanted)

    assert field == refused.value.field


# --- describing -----------------------------------------------------------------------------------


def described(house: House, contact_id: ContactId) -> Mapping[str, object]:
    contact, facts = house.contact_control.describe(contact_id)
    return told(contact, facts, house.center.center(), at=house.at)


def test_a_waiting_contact_says_where_and_how_it_waits(house: House) -> None:
    """Its queue, its rank, and how far its criteria are."""
    contact_id = house.rings()
    house.contact_control.rank(contact_id, Rank(age_seconds=60))
    house.contact_control.rank(contact_id, Rank(criteria={"Steps": [STEP]}))

    said = described(house, contact_id)

    assert {"Id": "q-sales", "EnqueueTimestamp": house.at} == said["QueueInfo"]
    assert (60, 5) == (said["QueueTimeAdjustmentSeconds"], said["QueuePriority"])
    criteria = said["RoutingCriteria"]
    assert isinstance(criteria, Mapping)
    assert (0, house.at) == (criteria["Index"], criteria["ActivationTimestamp"])
    assert ["ACTIVE"] == [step["Status"] for step in criteria["Steps"]]
    assert "AgentInfo" not in said


def test_a_finished_talk_says_how_long_everything_took(house: House) -> None:
    """Hold, after contact work, and when it ended."""
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    house.desk.hold(BEN, contact_id)
    house.later(7)
    house.desk.resume(BEN, contact_id)
    house.later(3)
    house.desk.hang_up(BEN, contact_id)
    ended_at = house.at
    house.later(20)
    house.desk.complete(BEN, contact_id, DONE)

    said = described(house, contact_id)

    work = said["AgentInfo"]
    assert isinstance(work, Mapping)
    assert ("a-ben", 7, 20) == (
        work["Id"],
        work["AgentInitiatedHoldDuration"],
        work["AfterContactWorkDuration"],
    )
    assert ("AGENT_DISCONNECT", ended_at, house.at) == (
        said["DisconnectReason"],
        said["DisconnectTimestamp"],
        said["LastUpdateTimestamp"],
    )


def test_a_task_that_was_put_aside_says_how_often_and_how_long() -> None:
    """The pause that goes on counts until now."""
    house = House(a_center(profiles=(TASKS,)))
    house.signs_in("ben")
    contact_id = house.rings(channel=Channel.TASK)
    house.answers(BEN, contact_id)
    house.desk.hold(BEN, contact_id)
    house.later(9)

    said = described(house, contact_id)

    assert (1, 9) == (said["TotalPauseCount"], said["TotalPauseDurationInSeconds"])


def _wait(house: House, contact_id: ContactId) -> int:
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    return wait.number


def test_where_the_agent_stands_is_told_as_it_was_when_they_answered() -> None:
    """In the description, in the event and in the record, whatever is called so later."""
    groups = (
        HierarchyGroup(group_id=HierarchyGroupId("g-1"), name="North"),
        HierarchyGroup(
            group_id=HierarchyGroupId("g-2"), name="Team A", parent_id=HierarchyGroupId("g-1")
        ),
    )
    house = House(a_center(hierarchy_groups=groups))
    ben = house.center.users["ben"]
    house.center.save_user(replace(ben, hierarchy_group_id=HierarchyGroupId("g-2")))
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    said = described(house, contact_id)["AgentInfo"]
    house.desk.hang_up(BEN, contact_id)
    house.desk.complete(BEN, contact_id, DONE)
    house.streams()

    arn = "arn:aws:connect:us-east-1:000000000000:instance/i-1/agent-group"
    told = house.contact_bus.of(contact_id)[-1]["agentInfo"]["hierarchyGroups"]
    record = json.loads(house.lake.bodies[f"records/dt=2026-03-02/{contact_id}.jsonl"])
    assert isinstance(said, Mapping)
    assert {"Level1": {"Arn": f"{arn}/g-1"}, "Level2": {"Arn": f"{arn}/g-2"}} == said[
        "HierarchyGroups"
    ]
    assert {"level1": {"arn": f"{arn}/g-1"}, "level2": {"arn": f"{arn}/g-2"}} == told
    assert {"ARN": f"{arn}/g-2", "GroupName": "Team A"} == record["Agent"]["HierarchyGroups"][
        "Level2"
    ]
