"""`kill -9` in the middle of contacts: of the functions' workers, and of the whole emulator; and a
hard day, on which everything comes twice, some of it late, and writes are throttled.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from infra.local.laptop import Laptop
from tests.journeys import hard_day
from tests.journeys.center import Center, Desk, eventually
from tests.journeys.conftest import ROOT, bring_up
from tests.journeys.customers import Caller, Chatter
from tests.journeys.report_kills import FIRST_DAY, MOMENTS, WRITTEN, Reports
from tests.journeys.workers import children, command, is_over, workers_of

pytestmark = pytest.mark.journey

CHECKPOINT_SECONDS = 3.0  # what a crash of the emulator may cost at most
CONTACTS, ROBOTS, KILLS = 30, 4, 8  # by hand: python -m tests.journeys.hard_day --contacts 10000
LATER = (0.004, 0.02)  # seconds into the work at which its worker dies
ONCE = (
    "ContactQueued",
    "ContactConnected",
    "ContactDisconnected",
    "AfterContactWorkStarted",
    "AfterContactWorkEnded",
    "ContactCompleted",
)


@pytest.fixture(scope="module")
def own() -> Iterator[Laptop]:
    """A laptop of its own, because nobody else's must die."""
    laptop = Laptop(ROOT / ".local" / "kills")
    laptop.down()
    shutil.rmtree(laptop.home, ignore_errors=True)
    os.environ["TRUNKLINE_EMULATOR"] = "tests.journeys.axe"
    try:
        center = Center(bring_up(laptop))
        center.stop_reports_clock()
        # A worker that is killed over a report keeps its message for half an hour.
        center.drop_reports()
        yield laptop
    finally:
        del os.environ["TRUNKLINE_EMULATOR"]
        laptop.down()


@pytest.fixture
def center(own: Laptop) -> Center:
    return Center(json.loads(own.facts.read_text()))


def test_a_hard_day_loses_and_doubles_nothing_and_its_report_is_that_of_a_quiet_one(
    own: Laptop, center: Center
) -> None:
    """No dead letters, no rows left over, each step of each contact once."""
    wrong = hard_day.compare(center, own, contacts=CONTACTS, robots=ROBOTS, kills=KILLS, tell=print)

    assert [] == wrong


def test_a_contact_goes_on_when_every_worker_dies_between_its_steps(
    own: Laptop, center: Center
) -> None:
    """No function remembers anything that a contact needs."""
    with center.desk("agent") as ben, Caller(center, "(202) 555-0123") as ana:
        ben.must("status", name="Available")
        ana.presses("1")
        menu = ana.told("collect", "listen")
        assert ana.is_usable()  # the step is over
        _kill(own)
        ana.say("input", wait=menu["wait"], digits="2")
        offer = ben.offered(ana.contact_id)
        _kill(own)
        ben.must("accept", contactId=ana.contact_id, offerId=offer["offerId"])
        ana.told("connect")
        _kill(own)
        ben.must("hangup", contactId=ana.contact_id)
        ana.told("end")
        _kill(own)
        ben.wrap_up(ana.contact_id, subject="All workers died")
    _is_whole(center, ana.contact_id)


@pytest.mark.parametrize("later", LATER)
def test_a_contact_goes_on_when_workers_die_in_the_middle_of_their_work(
    own: Laptop, center: Center, later: float
) -> None:
    """What was lost is asked for again, as a page does that got no answer; and acts once."""

    def struck(act: Callable[[], None], function: str) -> None:
        act()
        time.sleep(later)  # the moment of death is the point
        _kill(own, function)

    with center.desk("agent") as ben, Chatter(center) as ana:
        _insist(ben, "status", struck, name="Available")
        offer = ben.offered(ana.contact_id)
        _insist(ben, "accept", struck, contactId=ana.contact_id, offerId=offer["offerId"])
        _insist(ben, "chat", struck, contactId=ana.contact_id, content="Hello, Ana.")
        ana.insists_on_saying("Hello, Ben.", struck)
        struck(lambda: None, "on-contact-fact")
        _insist(ben, "hangup", struck, contactId=ana.contact_id)
        ticket = {"ticketId": None, "status": "resolved", "subject": "A worker died"}
        wrap_up = {"disposition": "resolved", "ticket": ticket}
        _insist(ben, "complete", struck, contactId=ana.contact_id, **wrap_up)
        struck(lambda: None, "on-contact-fact")
        said = [item.get("Content") for item in ana.transcript() if item["Type"] == "MESSAGE"]
    assert [1, 1] == [said.count("Hello, Ana."), said.count("Hello, Ben.")]
    _is_whole(center, ana.contact_id)


def test_a_chat_goes_on_after_the_emulator_was_killed(own: Laptop, center: Center) -> None:
    """It comes back as of at most 3 s before, every part of it agreeing, and the chat goes on."""
    desk, ana = center.desk("agent"), Chatter(center)
    desk.must("status", name="Available")
    desk.accept(ana.contact_id)
    said_at = _chatter_on(ana, seconds=6)
    killed_at = time.monotonic()
    _kill_emulator(own)

    bring_up(own)
    center = Center(json.loads(own.facts.read_text()))

    kept = {item.get("Content") for item in ana.transcript()}
    due = {text for text, at in said_at.items() if killed_at - at > CHECKPOINT_SECONDS}
    assert len(due) >= 3
    assert due <= kept
    _agrees_with_itself(center, ana.contact_id)
    with center.desk("agent") as ben:
        assert [("CONNECTED", ana.contact_id)] == [
            (slot["state"], slot["contactId"]) for slot in ben.agent["contacts"]
        ]
        ana.reconnect()
        ana.says("Are you still there?")
        ben.reads(ana.contact_id, "Are you still there?")
        ben.must("chat", contactId=ana.contact_id, content="I am.")
        ana.reads("I am.")
        ana.leaves()
        ben.told("ContactDisconnected", ana.contact_id)
        ben.wrap_up(ana.contact_id, subject="The emulator died")
    _is_whole(center, ana.contact_id)


def test_a_crash_right_after_the_last_step_leaves_no_half_of_it(
    own: Laptop, center: Center
) -> None:
    """Whatever moment survives, contact, facts, agent and line tell the same story; and it ends."""
    desk, ana = center.desk("agent"), Caller(center, "(202) 555-0123")
    desk.must("status", name="Available")
    ana.asks_for_support()
    desk.accept(ana.contact_id)
    desk.must("hangup", contactId=ana.contact_id)
    _kill_emulator(own)

    bring_up(own)
    center = Center(json.loads(own.facts.read_text()))

    status, _ = center.request("GET", f"/v1/contacts/{ana.contact_id}", role="supervisor")
    with center.desk("agent") as ben:
        held = [slot["contactId"] for slot in ben.agent["contacts"]]
        if status == 404:  # the last checkpoint was older than the call
            assert [] == held
            return
        _agrees_with_itself(center, ana.contact_id)
        state = center.contact(ana.contact_id)["state"]
        assert (state in ("OFFERED", "CONNECTED", "ENDED")) == (ana.contact_id in held)
        if state not in ("ENDED", "COMPLETED"):
            ana.reconnect()
            ana.say("hangup")
            ana.told("end")
    _is_whole(center, ana.contact_id, once=("ContactDisconnected", "ContactCompleted"))


def test_a_report_whose_worker_dies_at_a_write_is_repaired_by_the_next(
    own: Laptop, center: Center
) -> None:
    """At some of them here; `python -m tests.journeys.report_kills` tries each."""
    reports = Reports(own, center)
    assert WRITTEN == reports.build(FIRST_DAY)

    for number, moment in enumerate(MOMENTS[1::5], start=1):
        reports.outlive(moment, FIRST_DAY + timedelta(days=number))


def _insist(
    desk: Desk,
    command: str,
    struck: Callable[[Callable[[], None], str], None],
    **fields: object,
) -> None:
    """Sends a command into a dying worker, and again under the same id until it is answered."""
    name = f"{command}-{time.monotonic_ns()}"
    content = {"type": command, "requestId": name, **fields}
    struck(lambda: desk.send("trunkline/desk", content), "websocket-message")
    for _ in range(5):
        desk.send("aws/ping", {})  # answered after the command, if that is answered at all
        answer = desk.wait_for(
            lambda f: (
                f["topic"] == "aws/ping"
                or (f["topic"] == "trunkline/desk" and f["content"].get("requestId") == name)
            ),
            f"answer to {command}",
        )
        if answer["topic"] != "aws/ping":
            assert answer["content"]["ok"], answer
            return
        desk.send("trunkline/desk", content)
    raise AssertionError(f"{command} was never answered")


def _chatter_on(ana: Chatter, *, seconds: float) -> dict[str, float]:
    """Messages, several a second, with the moment at which each was taken."""
    said_at: dict[str, float] = {}
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        text = f"Message {len(said_at) + 1}"
        ana.says(text)
        said_at[text] = time.monotonic()
        time.sleep(0.2)  # a checkpoint comes only as time passes
    return said_at


def _is_whole(center: Center, contact_id: str, *, once: Sequence[str] = ONCE) -> None:
    """Nothing lost: facts without a gap, each step once, and all that follows from them."""
    record = eventually(lambda: center.record(contact_id), "contact record")
    facts = center.explain(contact_id)
    assert list(range(1, len(facts) + 1)) == [fact["seq"] for fact in facts]
    kinds = [fact["type"] for fact in facts]
    assert dict.fromkeys(once, 1) == {kind: kinds.count(kind) for kind in once}
    if "AfterContactWorkEnded" in once:
        ticket_id = eventually(lambda: center.contact(contact_id)["ticketId"], "ticket")
        ticket = eventually(lambda: _ticket(center, ticket_id), "ticket")
        assert [contact_id] == ticket["contactIds"]
    assert contact_id == record["ContactId"]


def _ticket(center: Center, ticket_id: str) -> Any:
    status, ticket = center.request("GET", f"/v1/tickets/{ticket_id}", role="agent")
    return ticket if status == 200 else None


def _agrees_with_itself(center: Center, contact_id: str) -> None:
    """The contact's own count of its facts, the facts, and the lines it could stand in."""
    dynamodb, tables = center.aws("dynamodb"), center.facts["tables"]
    key = {"pk": {"S": contact_id}, "sk": {"S": "state"}}
    row = dynamodb.get_item(TableName=tables["contacts"], Key=key)["Item"]
    contact = json.loads(row["document"]["S"])
    facts = center.explain(contact_id)
    assert list(range(1, contact["fact_count"] + 1)) == [fact["seq"] for fact in facts]
    waiting = [
        row["contact_id"]["S"]
        for row in dynamodb.scan(TableName=tables["routing"])["Items"]
        if row["pk"]["S"].startswith("waiting#")
    ]
    assert (contact["state"] == "QUEUED") == (contact_id in waiting)


def _kill(laptop: Laptop, function: str = "") -> None:
    """Kills the workers of one function, or all of them, without a word."""
    struck = workers_of(laptop, f"trunkline-{function}")
    for pid in struck:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(map(is_over, struck)), "death of workers")


def _kill_emulator(laptop: Laptop) -> None:
    """The emulator dies, and what it had started ends by itself."""
    emulator = laptop.emulator.pid()
    assert emulator is not None
    workers = children(emulator)
    os.kill(emulator, signal.SIGKILL)
    eventually(lambda: laptop.emulator.pid() is None, "end of the emulator")
    eventually(lambda: not any("_worker.py" in command(pid) for pid in workers), "end of workers")
