"""Tasks that flows create, from the block to the agent's desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.center import ProfileQueue, TaskTemplate
from chalicelib.core.contact import Change, Contact, ContactState
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel, DisconnectReason, TicketLinked
from chalicelib.core.flow import InputReceived, Port
from chalicelib.core.ids import ContactId, TicketId
from chalicelib.services.asking import Reply
from chalicelib.services.planning import MOST_GENERATIONS, Planner
from chalicelib.services.ports import Commit
from chalicelib.services.tasks import Tasks
from tests.house import BEN, DONE, PROFILE, SALES, House, a_center, action, document, to_queue
from tests.services.inquiries import inquiry, value_of

WITH_TASKS = PROFILE.__class__(
    profile_id=PROFILE.profile_id,
    name=PROFILE.name,
    queues=(*PROFILE.queues, ProfileQueue(queue_id=SALES, channel=Channel.TASK)),
    concurrency={**PROFILE.concurrency, Channel.TASK: 10},
)
LETTER = TaskTemplate(
    task_template_id="tt-1",
    name="Letter",
    flow="To Sales",
    description="Write a letter",
    attributes={"kind": "letter"},
)


class Desk:
    def __init__(self) -> None:
        self.house = House(a_center(profiles=(WITH_TASKS,), task_templates=(LETTER,)))
        house = self.house
        planner = Planner(house.contacts, house.center, now=house.now, new_id=house.new_id)
        self.tasks = Tasks(planner)
        house.respondents[Port.TASK] = lambda: self.tasks
        self.contact = house.contact(house.rings("Menu"))

    def creates(self, *, key: str = "k", **request: object) -> Reply:
        known = {"Name": "Call Ana back", "ContactFlowId": "To Sales", **request}
        return self.tasks.ask(
            inquiry(self.house, self.contact, Port.TASK, "create", known, key=key)
        )

    def task(self, reply: Reply) -> Contact:
        return self.house.contact(ContactId(str(value_of(reply)["ContactId"])))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_task_says_what_is_to_be_done(desk: Desk) -> None:
    task = desk.task(
        desk.creates(
            Description="She asked for a price",
            Attributes={"product": "lamp"},
            References={
                "Order": {"Type": "URL", "Value": "https://acme.example/7"},
                "Empty": {"Type": "STRING", "Value": ""},
            },
        )
    )

    assert (Channel.TASK, desk.contact.contact_id) == (task.channel, task.related_contact_id)
    assert ("Call Ana back", "She asked for a price") == (
        task.session.details["Name"],
        task.session.details["Description"],
    )
    references = {"Order": {"Type": "URL", "Value": "https://acme.example/7"}}
    assert references == task.session.details["References"]
    assert {"product": "lamp"} == task.attributes
    assert desk.contact.customer_id == task.customer_id is not None


def test_a_task_is_created_once_however_often_it_is_asked(desk: Desk) -> None:
    """A turn that lost a race asks again."""
    assert desk.task(desk.creates()) == desk.task(desk.creates())
    assert desk.task(desk.creates()) != desk.task(desk.creates(key="another"))


def test_a_template_gives_what_the_flow_does_not_say(desk: Desk) -> None:
    task = desk.task(
        desk.creates(ContactFlowId="", TaskTemplateId="task-template:Letter", Attributes={"a": "b"})
    )

    assert "Write a letter" == task.session.details["Description"]
    assert {"kind": "letter", "a": "b"} == task.attributes


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"Name": " "}, "Name"),
        ({"Name": "x" * 513}, "Name"),
        ({"ContactFlowId": ""}, "ContactFlowId"),
        ({"ContactFlowId": "Nowhere"}, "ContactFlowId"),
        ({"TaskTemplateId": "Nothing"}, "TaskTemplateId"),
        ({"DelaySeconds": "soon"}, "DelaySeconds"),
        ({"DelaySeconds": "600000"}, "ScheduledTime"),
        ({"DelaySeconds": "1000000000000"}, "DelaySeconds"),
        ({"DelaySeconds": "nan"}, "DelaySeconds"),
        ({"ScheduledTime": "1772463600000"}, "ScheduledTime"),
        ({"ScheduledTime": "9" * 400}, "ScheduledTime"),
        ({"ScheduledTime": "tomorrow"}, "ScheduledTime"),
        ({"ScheduledTime": "2026-03-02T15:00:00"}, "ScheduledTime"),
        ({"ScheduledTime": "2026-03-02T13:59:59Z"}, "ScheduledTime"),
    ],
)
def test_what_no_task_can_be_is_named(desk: Desk, request_: dict[str, object], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        desk.creates(**request_)  # type: ignore[arg-type]  # none of them is the key
    assert field == refused.value.field
    assert 1 == len(desk.house.contacts.contacts)


@pytest.mark.parametrize(
    "when",
    [
        {"DelaySeconds": "3600"},
        {"ScheduledTime": "2026-03-02T15:00:00Z"},
        {"ScheduledTime": "1772463600"},
    ],
)
def test_a_task_begins_when_it_is_time(desk: Desk, when: dict[str, object]) -> None:
    """Until then it is nobody's; then its flow takes it to its queue."""
    house = desk.house
    task = desk.task(desk.creates(**when))  # type: ignore[arg-type]
    house.later(3599)
    house.rings_what_is_due()
    assert ContactState.IN_FLOW is house.contact(task.contact_id).state

    house.later(1)
    house.rings_what_is_due()

    assert ContactState.QUEUED is house.contact(task.contact_id).state
    assert timedelta(hours=1) == house.at - task.initiated_at


def test_an_agent_works_on_a_task_and_ends_it(desk: Desk) -> None:
    """Like any other contact, but nobody is on the other side."""
    house = desk.house
    house.signs_in("ben")
    task = desk.task(desk.creates())
    house.rings_what_is_due()
    assert BEN == house.rings_at(task.contact_id)
    (slot,) = house.agent(BEN).slots
    assert "Call Ana back" == slot.customer_name

    house.answers(BEN, task.contact_id)
    house.later(3600)
    house.rings_what_is_due()
    assert ContactState.CONNECTED is house.contact(task.contact_id).state

    house.desk.hang_up(BEN, task.contact_id)
    house.desk.complete(BEN, task.contact_id, DONE)
    done = house.contact(task.contact_id)
    assert (ContactState.COMPLETED, DisconnectReason.AGENT_DISCONNECT) == (
        done.state,
        done.disconnect_reason,
    )
    house.streams()


def test_the_sweep_sees_tasks_that_wait(desk: Desk) -> None:
    """A worker that died before it matched costs a minute, not the task."""
    house = desk.house
    task = desk.task(desk.creates())
    house.rings_what_is_due()
    house.signs_in("ben", status="Break")
    house.routing_store.agents[BEN] = house.agent(BEN)
    house.desk.set_status(BEN, "Available")

    house.sweep.run()

    assert BEN == house.rings_at(task.contact_id)


def test_a_task_that_makes_itself_anew_comes_to_an_end(desk: Desk) -> None:
    """The chain of contacts has a limit, as every loop has."""
    house = desk.house
    house.publish(
        "Endless",
        document(
            action("Again", "CreateTask", "End", Name="Again", ContactFlowId="Endless"),
        ),
    )
    desk.creates(ContactFlowId="Endless")
    for _ in range(30):
        house.later(1)
        house.rings_what_is_due()

    assert MOST_GENERATIONS == len(house.contacts.contacts)


def test_a_flow_tells_the_number_of_the_task(desk: Desk) -> None:
    house = desk.house
    house.publish(
        "Make",
        to_queue(
            "Sales",
            action(
                "Make",
                "CreateTask",
                "Tell",
                Name="For $.CustomerEndpoint.Address",
                ContactFlowId="To Sales",
                DelaySeconds="60",
            ),
            action("Tell", "MessageParticipant", "Choose", Text="Task $.Task.ContactId"),
        ),
    )
    started = house.chats("Make")

    (said,) = [item.content for item in house.contacts.items(started.contact_id)]
    task = house.contact(ContactId(said.removeprefix("Task ")))
    assert "For +12025550123" == task.session.details["Name"]


def test_a_task_that_nobody_does_for_a_week_is_over(desk: Desk) -> None:
    """As in Amazon Connect; until then it waits, whoever comes and goes."""
    house = desk.house
    task = desk.task(desk.creates())
    house.rings_what_is_due()
    house.later(7 * 86_400 - 1)
    house.rings_what_is_due()
    assert ContactState.QUEUED is house.contact(task.contact_id).state

    house.later(1)
    house.rings_what_is_due()

    assert DisconnectReason.EXPIRED is house.contact(task.contact_id).disconnect_reason


def test_a_turn_that_loses_a_race_makes_one_task_all_the_same(desk: Desk) -> None:
    """The task is made before the turn is committed; the second try finds it."""
    house = desk.house
    house.publish("Make", document(_menu("Make"), _making("Make"), _telling()))
    contact_id = house.rings("Make")
    wait = house.contact(contact_id).session.wait
    assert wait is not None

    def somebody_is_first() -> None:
        change = Change.of(house.contact(contact_id))
        noted = change.then(TicketLinked(ticket_id=TicketId("T-1")), house.at)
        house.contacts.commit(Commit(contact=noted))

    house.contacts.meanwhile = [lambda: None, somebody_is_first]
    house.flows.reply(contact_id, wait.number, InputReceived("1"))

    tasks = [c for c in house.contacts.contacts.values() if c.channel is Channel.TASK]
    assert 1 == len(tasks)
    assert tasks[0].contact_id in str(house.contact(contact_id).session.results["Task"])


def _menu(to: str) -> dict[str, object]:
    errors = ("InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError")
    one = {"NextAction": to, "Condition": {"Operator": "Equals", "Operands": ["1"]}}
    return {
        "Identifier": "Ask",
        "Type": "GetParticipantInput",
        "Parameters": {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
        "Transitions": {
            "NextAction": "Sorry",
            "Conditions": [one],
            "Errors": [{"ErrorType": error, "NextAction": "Sorry"} for error in errors],
        },
    }


def _making(identifier: str) -> dict[str, object]:
    return action(identifier, "CreateTask", "Tell", Name="Once", ContactFlowId="To Sales")


def _telling() -> dict[str, object]:
    return action("Tell", "MessageParticipant", "End", Text="$.Task.ContactId")
