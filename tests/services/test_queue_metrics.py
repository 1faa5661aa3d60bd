"""How a queue stands, as flows see it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.events import Channel
from chalicelib.core.flow import Answered, Ask, Port
from chalicelib.core.ids import ContactId
from chalicelib.services.asking import Inquiry, Reply
from tests.house import BEN, CLEO, House, action, document
from tests.services.inquiries import value_of


@pytest.fixture
def house() -> House:
    return House()


def ask(house: House, contact_id: ContactId, verb: str = "get", **request: Any) -> Reply:
    inquiry = Inquiry(
        ask=Ask(Port.METRICS, verb, {"QueueId": "queue:Sales", **request}),
        contact=house.contact(contact_id),
        center=house.center.center(),
        at=house.at,
        key="k",
    )
    return house.respondents[Port.METRICS]().ask(inquiry)


def counts(house: House, **request: Any) -> dict[str, int]:
    """Of agents, those that are not zero."""
    reply = ask(house, house.rings("Menu"), **request)
    assert isinstance(reply, Answered)
    agents = reply.value["Agents"]
    assert isinstance(agents, dict)
    return {name: each["Count"] for name, each in agents.items() if each["Count"]}


def queue(house: House, contact_id: ContactId | None = None, **request: Any) -> tuple[object, ...]:
    """Size, oldest age, position of the contact."""
    told = value_of(ask(house, contact_id or house.rings("Menu"), **request))
    line, contact = told["Queue"], told["Contact"]
    assert isinstance(line, dict)
    assert isinstance(contact, dict)
    return line["Size"], line["OldestContactAge"], contact["PositionInQueue"]


def checked(house: House, metric: str) -> str | None:
    reply = ask(house, house.rings("Menu"), "check", MetricType=metric)
    assert isinstance(reply, Answered)
    return reply.result


def test_agents_count_by_what_they_do(house: House) -> None:
    """Each state of one agent, through a call and after contact work, to a break."""
    house.signs_in("ben", "Available")
    assert {"Online": 1, "Available": 1, "Staffed": 1} == counts(house)

    contact_id = house.rings("To Sales")
    assert {"Online": 1, "Staffed": 1} == counts(house)

    house.answers(BEN, contact_id)
    assert {"Online": 1, "Staffed": 1, "Busy": 1} == counts(house)

    house.desk.hang_up(BEN, contact_id)
    assert {"Online": 1, "Staffed": 1, "AfterContactWork": 1} == counts(house)

    house.desk.set_status(BEN, "Break")  # as next status, while there is after contact work
    assert {"Online": 1, "Staffed": 1, "AfterContactWork": 1} == counts(house)


def test_an_agent_on_a_break_is_online_and_not_productive(house: House) -> None:
    house.signs_in("ben", "Break")

    assert {"Online": 1, "NonProductive": 1} == counts(house)


def test_a_ghost_does_not_count_as_staffed(house: House) -> None:
    """No heartbeat for 90 s: the desk is gone, though nobody said goodbye."""
    house.signs_in("ben", "Available")
    house.later(90)
    assert "1" == checked(house, "NumberOfAgentsStaffed")
    house.later(1)

    assert "0" == checked(house, "NumberOfAgentsStaffed")
    assert "0" == checked(house, "NumberOfAgentsOnline")


def test_agents_who_do_not_serve_the_channel_do_not_count(house: House) -> None:
    """Nobody takes chats of Support."""
    house.signs_in("ben", "Available")

    assert {} == counts(house, QueueId="queue:Support", QueueChannel="Chat")
    assert 3 == len(counts(house, QueueId="queue:Support", QueueChannel="Voice"))


def test_a_line_is_counted_whole_with_its_oldest(house: House) -> None:
    """The oldest is not always the next."""
    assert (0, None, None) == queue(house)
    first = house.rings("To Sales")
    house.later(30)
    second = house.rings("To Sales")
    house.later(5)

    assert (2, 35, None) == queue(house)
    assert (2, 35, 1) == queue(house, first)
    assert (2, 35, 2) == queue(house, second)
    assert (2, 35, None) == queue(house, QueueChannel="voice")
    assert (0, None, None) == queue(house, QueueChannel="Chat")


def test_whoever_rings_at_an_agent_is_still_in_the_queue(house: House) -> None:
    house.signs_in("ben", "Available")
    contact_id = house.rings("To Sales")
    house.later(4)
    assert (1, 4, None) == queue(house)

    house.answers(BEN, contact_id)
    assert (0, None, None) == queue(house)


def test_conditions_get_numbers_as_text(house: House) -> None:
    house.signs_in("ben", "Available")
    house.signs_in("cleo", "Break")
    for _ in range(2):
        house.rings("To Support")

    assert "2" == checked(house, "NumberOfAgentsOnline")
    assert "0" == checked(house, "NumberOfAgentsAvailable")
    assert "0" == checked(house, "NumberOfContactsInQueue")
    assert "0" == checked(house, "OldestContactInQueueAgeSeconds")


def test_an_agents_own_line_is_asked_by_name(house: House) -> None:
    """Of agents only the one counts."""
    for username in ("ben", "cleo"):
        house.signs_in(username, "Available")

    own = {"Online": 1, "Available": 1, "Staffed": 1}
    for reference in ("ben", f"agent:{CLEO}", f"arn:aws:connect:x:y:instance/i/agent/{BEN}"):
        assert own == counts(house, AgentId=reference)


@pytest.mark.parametrize(
    "request_",
    [{"QueueId": "queue:Nobody"}, {"QueueChannel": "Pigeon"}, {"AgentId": "nobody"}],
)
def test_what_is_not_there_takes_the_error_branch(house: House, request_: dict[str, str]) -> None:
    house.publish(
        "Ask",
        document(
            action("Ask", "GetMetricData", "Say", **{"QueueId": "queue:Sales"} | request_)
            if "AgentId" not in request_
            else action("Ask", "GetMetricData", "Say", **request_),
            action("Say", "MessageParticipant", "End", Text="Fine."),
        ),
    )
    started = house.chats("Ask")

    assert "Sorry." == house.contacts.items(started.contact_id)[0].content


def test_a_flow_says_how_many_wait(house: House) -> None:
    for _ in range(2):
        house.rings("To Sales")
    house.publish(
        "Ask",
        document(
            action("Ask", "GetMetricData", "Say", QueueId="queue:Sales"),
            action("Say", "MessageParticipant", "End", Text="$.Metrics.Queue.Size wait."),
        ),
    )
    started = house.chats("Ask")

    assert "2 wait." == house.contacts.items(started.contact_id)[0].content
    assert Channel.CHAT is house.contact(started.contact_id).channel
