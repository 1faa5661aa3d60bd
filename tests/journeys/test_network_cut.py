"""An agent's network is cut in the middle of a call: for 45 seconds, and for 95.

The socket stays open on the agent's side and nothing goes through it, as when a cable is pulled.
Both agents are cut off at once, since the test has to wait for real.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.journeys.center import Center, Desk, eventually
from tests.journeys.customers import Caller

pytestmark = pytest.mark.journey

SHORT, LONG = 45, 95  # seconds
ANA, OLGA, MINH = "+12025550123", "+12025550140", "+12025550131"


class CutDesk(Desk):
    """A desk whose cable can be pulled, and put back."""

    def pull(self) -> int:
        """The last event that got through."""
        self._severed = self._socket
        return self._last

    def put_back(self, center: Center, after: int, role: str) -> list[dict[str, Any]]:
        """The page opens a new socket, and asks for what it missed; all frames that come."""
        fresh = Desk.__new__(Desk)
        Desk.open(fresh, f"{center.facts['websocket']}?token={center.token(role)}")
        hello = {"type": "hello", "after": after, "requestId": "back"}
        fresh.send("trunkline/desk", hello)
        frames: list[dict[str, Any]] = []
        while not any(f["content"].get("requestId") == "back" for f in frames):
            frames.append(json.loads(fresh._socket.recv()))
        self._socket, self._back = fresh._socket, fresh
        return [f["content"] for f in frames if f["topic"] == "trunkline/desk"]


def talk(desk: Desk, caller: Caller) -> None:
    """The caller asks for Support, and this desk answers."""
    caller.asks_for_support()
    desk.must("status", name="Available")
    desk.accept(caller.contact_id)
    caller.told("connect")


def test_a_call_outlives_45_seconds_and_after_95_the_customer_is_taken_care_of(
    center: Center,
) -> None:
    """Ben is back in time and sees each event once; Mai is not, and Olga goes to the front."""
    empty_desks(center)
    ben, mai = CutDesk(center, "agent"), CutDesk(center, "agent2")
    with Caller(center, ANA) as ana, Caller(center, OLGA) as olga, Caller(center, MINH) as minh:
        talk(ben, ana)
        talk(mai, olga)
        known = {"ben": ben.pull(), "mai": mai.pull()}
        cut_at = time.monotonic()
        minh.asks_for_support()  # waits, queued after Olga
        minh.hears_the_queue()
        for status in ("Break", "Lunch"):  # what happens meanwhile at Ben's desk
            set_status(center, "ben", status)

        sleep_until(cut_at + SHORT)
        back_in_time(center, ben.put_back(center, known["ben"], "agent"), known["ben"], ana)
        while time.monotonic() < cut_at + LONG:  # Ben's page breathes on, Mai's cannot
            ben._back.send("aws/heartbeat", {})
            time.sleep(5)
        taken_care_of(center, olga, minh)
        told = mai.put_back(center, known["mai"], "agent2")

        agent = next(frame["agent"] for frame in reversed(told) if "agent" in frame)
        assert [("ENDED", olga.contact_id)] == held(agent)
    empty_desks(center)


def empty_desks(center: Center) -> None:
    """Whatever an earlier test left there."""
    for role in ("agent", "agent2"):
        with center.desk(role):
            pass


def back_in_time(center: Center, told: list[dict[str, Any]], known: int, caller: Caller) -> None:
    """Every event since the last one known, once and in order; and the call goes on."""
    events = [frame for frame in told if frame["type"] == "event"]
    numbers = list(range(known + 1, known + len(events) + 1))
    assert numbers == [event["seq"] for event in events]
    nexts = [event["agent"]["nextStatus"] for event in events]
    assert [{"name": "Break"}, {"name": "Lunch"}] == nexts
    assert [("CONNECTED", caller.contact_id)] == held(events[-1]["agent"])
    assert "CONNECTED" == center.contact(caller.contact_id)["state"]


def taken_care_of(center: Center, caller: Caller, other: Caller) -> None:
    """The customer is asked, chooses to hold, and stands before whoever came later."""
    prompt = caller.told("collect", "listen")  # "press 1 to hold, 2 to be called back"
    caller.say("input", wait=prompt["wait"], digits="1")
    caller.say("played", wait=caller.told("drain")["wait"])  # "You are at the front of the line."
    moved = eventually(lambda: successor(center, caller.contact_id), "successor")
    line = eventually(lambda: waiting(center, moved, other.contact_id), "line")
    assert [moved, other.contact_id] == line
    assert 1 == len(center.explain(caller.contact_id, "ContactDisconnected"))


def held(agent: dict[str, Any]) -> list[tuple[str, str]]:
    return [(slot["state"], slot["contactId"]) for slot in agent["contacts"]]


def set_status(center: Center, username: str, status: str) -> None:
    """As a supervisor does it, with a stock client."""
    connect = center.connect()
    here = {"InstanceId": center.instance_id}
    statuses = connect.list_agent_statuses(**here)["AgentStatusSummaryList"]
    users = connect.list_users(**here)["UserSummaryList"]
    connect.put_user_status(
        **here,
        UserId=next(user["Id"] for user in users if user["Username"] == username),
        AgentStatusId=next(each["Id"] for each in statuses if each["Name"] == status),
    )


def successor(center: Center, contact_id: str) -> str | None:
    """The contact in which the customer goes on, once it waits."""
    for fact in center.explain(contact_id, "ContactTransferred"):
        to: str = fact["to"]
        if center.contact(to)["state"] == "QUEUED":
            return to
    return None


def waiting(center: Center, *contact_ids: str) -> list[str] | None:
    """These contacts in the order in which they stand in Support."""
    found = center.get("/v1/queues/support/contacts?channel=VOICE", role="supervisor")["contacts"]
    order = [each["contactId"] for each in found if each["contactId"] in contact_ids]
    return order if len(order) == len(contact_ids) else None


def sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))  # a network is cut for so long
