"""A day at the deployed center: contacts that are answered by robots, contacts that give up, and a
look afterwards at whether anything was lost or doubled.

`python -m tests.journeys.hard_day --contacts 10000` runs an hour of it by hand, on a laptop of its
own under `.local/hard-day`: first in quiet weather, then with writes throttled, everything twice,
some of it late, and sixty workers killed. Tests run a slice of it.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import shutil
import signal
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

import websocket
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.laptop import Laptop
from tests.journeys.center import Center
from tests.journeys.conftest import ROOT, bring_up
from tests.journeys.workers import workers_of
from tests.journeys.workshop import Workshop, to_queue

PASSWORD = "Hard-day-2026"
HARD = {"throttled": 0.10, "doubled": 1.0, "late": 0.05}
QUIET = {"throttled": 0.0, "doubled": 0.0, "late": 0.0}
KILLS = 60  # one for each minute of the hour, however short it is made
LANES = 48  # of streams on a long day, in which most of them wait for what was throttled
CUSTOMERS = 4  # who begin at once
GIVES_UP = 5  # every fifth contact waits where nobody answers, and goes
LOOKS_EVERY_SECONDS = 15.0  # a robot, anew: what should have told it may have been killed
PATIENCE_SECONDS = 300.0  # without any news
ONCE = (
    "ContactInitiated",
    "ContactQueued",
    "ContactConnected",
    "ContactDisconnected",
    "AfterContactWorkStarted",
    "AfterContactWorkEnded",
    "ContactCompleted",
)
ONCE_WHO_GAVE_UP = ("ContactInitiated", "ContactQueued", "ContactDisconnected", "ContactCompleted")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Two queues of its own, one served and one not, with a flow into each, and its robots."""

    name: str
    served: str
    unserved: str
    flow_served: str
    flow_unserved: str
    robots: tuple[str, ...]


@dataclass
class Day:
    """What became of it. `faults`: what the weather and the killer did."""

    answered: set[str] = field(default_factory=set)
    gave_up: set[str] = field(default_factory=set)
    seconds: float = 0.0
    faults: Mapping[str, int] = field(default_factory=dict)

    @property
    def contacts(self) -> set[str]:
        return self.answered | self.gave_up


# --- the stage ------------------------------------------------------------------------------------


def set_up(center: Center, shop: Workshop, name: str, *, robots: int) -> Stage:
    """Through Amazon Connect's own API, as an admin would."""
    connect, here = center.connect(), {"InstanceId": center.instance_id}
    hours = connect.list_hours_of_operations(**here)["HoursOfOperationSummaryList"]
    always = next(each["Id"] for each in hours if each["Name"] == "Always")
    name = f"{name} {uuid4().hex[:6]}"
    ids = {
        kind: connect.create_queue(**here, Name=f"{name} {kind}", HoursOfOperationId=always)[
            "QueueId"
        ]
        for kind in ("served", "unserved")
    }
    profile = connect.create_routing_profile(
        **here,
        Name=name,
        Description="Robots",
        DefaultOutboundQueueId=ids["served"],
        MediaConcurrencies=[{"Channel": "CHAT", "Concurrency": 3}],
        QueueConfigs=[
            {
                "QueueReference": {"QueueId": ids["served"], "Channel": "CHAT"},
                "Priority": 1,
                "Delay": 0,
            }
        ],
    )["RoutingProfileId"]
    groups = connect.list_security_profiles(**here)["SecurityProfileSummaryList"]
    agent = next(each["Id"] for each in groups if each["Name"] == "agent")
    names = tuple(f"robot-{uuid4().hex[:8]}" for _ in range(robots))
    for robot in names:
        connect.create_user(
            **here,
            Username=robot,
            Password=PASSWORD,
            IdentityInfo={"FirstName": "Robot", "LastName": robot[-4:]},
            PhoneConfig={"PhoneType": "SOFT_PHONE", "AutoAccept": False},
            SecurityProfileIds=[agent],
            RoutingProfileId=profile,
        )
    return Stage(
        name=name,
        served=ids["served"],
        unserved=ids["unserved"],
        flow_served=shop.create("Served", to_queue(f"{name} served")),
        flow_unserved=shop.create("Unserved", to_queue(f"{name} unserved")),
        robots=names,
    )


# --- robots at desks ------------------------------------------------------------------------------


class Robot:
    """An agent who answers, ends, wraps up, and does again whatever got no answer."""

    def __init__(self, center: Center, username: str) -> None:
        self._center = center
        self._username = username
        self._token = ""
        self._last_said: dict[tuple[str, str], float] = {}
        self._stop = Event()
        self._thread = Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self._sit()
            except (OSError, websocket.WebSocketException, BotoCoreError, ClientError):
                self._token = ""  # it may have run out: a long day outlasts a sign-in
                time.sleep(0.5)  # a robot may; the center is in trouble just now

    def _sit(self) -> None:
        socket = websocket.create_connection(
            f"{self._center.facts['websocket']}?token={quote(self._sign_in(), safe='')}",
            timeout=10,
        )
        try:
            self._look(socket)
            asked = time.monotonic()
            while not self._stop.is_set():
                if time.monotonic() - asked > LOOKS_EVERY_SECONDS:
                    self._look(socket)
                    asked = time.monotonic()
                socket.settimeout(1)
                with suppress(websocket.WebSocketTimeoutException):
                    self._hear(socket, socket.recv())
        finally:
            socket.close()

    def _sign_in(self) -> str:
        if not self._token:
            signed_in = self._center.aws("cognito-idp").initiate_auth(
                ClientId=self._center.facts["client_id"],
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": self._username, "PASSWORD": PASSWORD},
            )
            self._token = signed_in["AuthenticationResult"]["IdToken"]
        return self._token

    def _look(self, socket: Any) -> None:
        """The whole state anew; a heartbeat, too."""
        self._say(socket, {"type": "hello", "after": 0})
        socket.send(json.dumps({"topic": "aws/heartbeat", "content": {}}))

    def _hear(self, socket: Any, raw: object) -> None:
        with suppress(ValueError, TypeError, KeyError):
            frame = json.loads(raw) if isinstance(raw, str) else {}
            if frame.get("topic") == "trunkline/desk" and "agent" in frame["content"]:
                self._act(socket, frame["content"]["agent"])

    def _act(self, socket: Any, agent: Mapping[str, Any]) -> None:
        if agent["status"]["type"] != "ROUTABLE":
            self._once_in_a_while(socket, "", "status", name="Available")
        for slot in agent["contacts"]:
            contact_id = slot["contactId"]
            match slot["state"]:
                case "CONNECTING":
                    offer = slot["offerId"]
                    self._once_in_a_while(socket, contact_id, "accept", offerId=offer)
                case "CONNECTED":
                    self._once_in_a_while(socket, contact_id, "hangup")
                case "ENDED":
                    ticket = {"ticketId": None, "status": "resolved", "subject": "A hard day"}
                    self._once_in_a_while(
                        socket, contact_id, "complete", disposition="resolved", ticket=ticket
                    )
                case "MISSED":
                    self._once_in_a_while(socket, contact_id, "clear")

    def _once_in_a_while(
        self, socket: Any, contact_id: str, command: str, **fields: object
    ) -> None:
        key, now = (contact_id, command), time.monotonic()
        if now - self._last_said.get(key, -9.0) < 2.0:
            return
        self._last_said[key] = now
        about = {"contactId": contact_id} if contact_id else {}
        self._say(socket, {"type": command, **about, **fields})

    def _say(self, socket: Any, content: Mapping[str, object]) -> None:
        told = {"requestId": uuid4().hex[:8], **content}
        socket.send(json.dumps({"topic": "trunkline/desk", "content": told}))


# --- the day --------------------------------------------------------------------------------------


def live(
    center: Center,
    laptop: Laptop,
    stage: Stage,
    *,
    contacts: int,
    weather: Mapping[str, float],
    kills: int = 0,
    tell: Callable[[str], None] = lambda text: None,
) -> Day:
    """The day from its first contact until all are over and recorded."""
    day, began = Day(), time.monotonic()
    before = set_weather(center, weather)
    robots = [Robot(center, username) for username in stage.robots]
    for robot in robots:
        robot.start()
    with killer(laptop, kills, contacts) as killed:
        try:
            with ThreadPoolExecutor(CUSTOMERS) as customers:
                numbers = range(contacts)
                for number, contact_id in zip(
                    numbers,
                    customers.map(lambda n: _customer(center, stage, n), numbers),
                    strict=True,
                ):
                    gives_up = number % GIVES_UP == GIVES_UP - 1
                    (day.gave_up if gives_up else day.answered).add(contact_id)
                    if number % 50 == 49:
                        tell(f"{number + 1} contacts have begun")
            wait_until_over(center, day, tell)
        finally:
            done = set_weather(center, QUIET)
            for robot in robots:
                robot.stop()
    faults = {name: done[name] - before.get(name, 0) for name in done}
    day.faults = {**faults, "workers killed": len(killed)}
    day.seconds = time.monotonic() - began
    return day


def set_weather(center: Center, weather: Mapping[str, float]) -> dict[str, int]:
    """What the weather has done so far."""
    address = f"{center.facts['aws_endpoint']}/_weather"
    request = urllib.request.Request(address, json.dumps(dict(weather)).encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=30) as told:
        done: dict[str, int] = json.loads(told.read())["done"]
    return done


def _customer(center: Center, stage: Stage, number: int) -> str:
    """Begins a chat; every fifth goes again. Whatever gets no answer is asked again, as a page
    would: the client token makes it one contact."""
    gives_up = number % GIVES_UP == GIVES_UP - 1
    token = f"{stage.name} {number}"
    started = insist(
        lambda: center.connect().start_chat_contact(
            InstanceId=center.instance_id,
            ContactFlowId=stage.flow_unserved if gives_up else stage.flow_served,
            ParticipantDetails={"DisplayName": f"Customer {number}"},
            ClientToken=token,
        )
    )
    if gives_up:
        insist(lambda: _leave(center, started["ParticipantToken"]))
    contact_id: str = started["ContactId"]
    return contact_id


def _leave(center: Center, participant_token: str) -> None:
    participant = center.connect("connectparticipant")
    joined = participant.create_participant_connection(
        ParticipantToken=participant_token, Type=["CONNECTION_CREDENTIALS"]
    )
    participant.disconnect_participant(
        ConnectionToken=joined["ConnectionCredentials"]["ConnectionToken"]
    )


def insist[T](ask: Callable[[], T]) -> T:
    """A customer's patience: until it works, for a minute."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return ask()
        except (BotoCoreError, ClientError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2 + random.random())  # so that not all come back at once


@contextmanager
def killer(laptop: Laptop, kills: int, contacts: int) -> Iterator[list[int]]:
    """Kills a worker of the functions now and then, evenly over what the day will take."""
    killed: list[int] = []
    over = Event()
    pause = max(1.0, contacts * 0.4 / kills) if kills else 0.0

    def strike() -> None:
        chance = random.Random(1)
        while len(killed) < kills and not over.wait(pause):
            workers = workers_of(laptop)
            if workers:
                victim = chance.choice(sorted(workers))
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)

    thread = Thread(target=strike, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join(10)


def wait_until_over(center: Center, day: Day, tell: Callable[[str], None]) -> None:
    """Until every contact lies in the lake as a record."""
    missing = day.contacts - set(recorded(center))
    heard_at = time.monotonic()
    while missing:
        tell(f"{len(missing)} of {len(day.contacts)} are not over")
        time.sleep(2 + len(day.contacts) / 1_000)  # others work; nobody tells when they are done
        left = missing - set(recorded(center))
        if len(left) < len(missing):
            heard_at = time.monotonic()
        missing = left
        if time.monotonic() - heard_at > PATIENCE_SECONDS:
            raise AssertionError(f"no news in {PATIENCE_SECONDS:.0f} s: {sorted(missing)[:5]} …")


# --- the look afterwards --------------------------------------------------------------------------


def recorded(center: Center) -> list[str]:
    """The contacts that have a record, each as often as it has one."""
    pages = center.aws("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=center.facts["buckets"]["lake"], Prefix="records/")
    return [
        Path(stored["Key"]).stem
        for page in found
        for stored in page.get("Contents", ())
        if stored["Key"].endswith(".jsonl")
    ]


def what_is_wrong(center: Center, stage: Stage, day: Day) -> list[str]:
    """Lost or doubled contacts and steps, rows that disagree, messages that nobody could digest."""
    rows = Counter(recorded(center))
    wrong = [f"{each} has {rows[each]} records" for each in day.contacts if rows[each] != 1]
    for contact_id in sorted(day.contacts):
        once = ONCE if contact_id in day.answered else ONCE_WHO_GAVE_UP
        wrong += _story_of(center, contact_id, once)
    return [*wrong, *_rows_left(center, stage, day), *_dead_letters(center)]


def _story_of(center: Center, contact_id: str, once: tuple[str, ...]) -> Iterator[str]:
    found = center.aws("dynamodb").query(
        TableName=center.facts["tables"]["contacts"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": contact_id}},
        ConsistentRead=True,
    )["Items"]
    documents = {row["sk"]["S"]: row["document"]["S"] for row in found if "document" in row}
    facts = [
        fact
        for key, document in sorted(documents.items())
        if key.startswith("facts#")
        for fact in json.loads(document)
    ]
    if [fact["seq"] for fact in facts] != list(range(1, len(facts) + 1)):
        yield f"{contact_id}: facts have gaps"
    kinds = Counter(fact["event"]["type"] for fact in facts)
    for kind in once:
        if kinds[kind] != 1:
            yield f"{contact_id}: {kinds[kind]} × {kind}"
    state = json.loads(documents["state"])["state"] if "state" in documents else "nothing"
    if state != "COMPLETED":
        yield f"{contact_id} is {state}"


def _rows_left(center: Center, stage: Stage, day: Day) -> Iterator[str]:
    """Nobody waits, rings or is counted any more, and no robot holds anything."""
    pages = center.aws("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=center.facts["tables"]["routing"]):
        for row in page["Items"]:
            key = row["pk"]["S"]
            if row.get("contact_id", {}).get("S") in day.contacts:
                yield f"{key} still has {row['contact_id']['S']}"
            if key in (f"depth#{stage.served}", f"depth#{stage.unserved}"):
                count = int(row.get("waiting", {}).get("N", "0"))
                if count:
                    yield f"{key} counts {count}"
            if row["sk"]["S"] == "state":
                agent = json.loads(row["document"]["S"])
                if agent["username"] in stage.robots and agent["slots"]:
                    yield f"{agent['username']} still holds {len(agent['slots'])} contacts"


def _dead_letters(center: Center) -> Iterator[str]:
    sqs = center.aws("sqs")
    for url in sqs.list_queues().get("QueueUrls", ()):
        name = url.rsplit("/", 1)[-1]
        if "dead" in name.lower() or "parked" in name.lower():
            told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            count = int(told["ApproximateNumberOfMessages"])
            if count:
                yield f"{name} has {count} messages"


COMPARED = ("contacts", "offered", "handled", "answered", "abandoned")


def figures(center: Center, laptop: Laptop, stage: Stage) -> dict[str, tuple[str, ...]]:
    """What the day's report says of the stage's two queues: COMPARED, by `served`, `unserved`."""
    zone = ZoneInfo("America/New_York")  # the demo center's
    found: dict[str, tuple[str, ...]] = {}
    today = datetime.now(zone).date()
    for day in (today, today - timedelta(days=1)):
        laptop.report(day.isoformat())
        for row in _rows(center, day):
            for kind, queue_id in (("served", stage.served), ("unserved", stage.unserved)):
                if row["queue_id"] == queue_id:
                    before = found.get(kind, ("0",) * len(COMPARED))
                    figures = [int(row[name]) for name in COMPARED]
                    sums = zip(before, figures, strict=True)
                    found[kind] = tuple(str(int(old) + new) for old, new in sums)
    return found


def _rows(center: Center, day: date) -> Iterator[dict[str, str]]:
    s3, bucket = center.aws("s3"), center.facts["buckets"]["exports"]
    prefix = f"exports/daily-queues/dt={day}/"
    stored = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())
    files = sorted(each["Key"] for each in stored if each["Key"].endswith(".csv"))
    if files:
        body = s3.get_object(Bucket=bucket, Key=files[-1])["Body"].read().decode()
        yield from csv.DictReader(io.StringIO(body))


def compare(
    center: Center,
    laptop: Laptop,
    *,
    contacts: int,
    robots: int,
    kills: int,
    times: int = 1,
    tell: Callable[[str], None],
) -> list[str]:
    """A quiet day and a hard one of so many contacts, each on a stage of its own: whatever is wrong
    with either, and whether their reports differ. The quiet one may have fewer, by `times`: it is
    the same again and again, and each figure of the hard one is then so many times as large."""
    wrong: list[str] = []
    reports = []
    days = (("Quiet", contacts // times, QUIET, 0), ("Hard", contacts, HARD, kills))
    with Workshop(center) as shop:
        for name, number, weather, killed in days:
            stage = set_up(center, shop, name, robots=robots)
            day = live(
                center, laptop, stage, contacts=number, weather=weather, kills=killed, tell=tell
            )
            tell(f"{name}: {len(day.contacts)} contacts in {day.seconds:.0f} s; {dict(day.faults)}")
            wrong += [f"{name}: {each}" for each in what_is_wrong(center, stage, day)]
            reports.append(figures(center, laptop, stage))
    quiet, hard = reports
    tell(f"the reports say {quiet}, {times} times, and {hard}")
    expected = {kind: tuple(str(int(n) * times) for n in row) for kind, row in quiet.items()}
    if hard != expected or not quiet:
        wrong.append(f"the reports differ: {quiet} and {hard}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=1, help="how much smaller the quiet day is")
    parser.add_argument("--robots", type=int, default=12)
    parser.add_argument("--kills", type=int, default=KILLS)
    arguments = parser.parse_args()
    laptop = Laptop(ROOT / ".local" / "hard-day")
    with laptop_in_weather(laptop) as center:
        set_weather(center, {"lanes": LANES})
        wrong = compare(
            center, laptop, **vars(arguments), tell=lambda text: print(text, flush=True)
        )
    print("\n".join(wrong[:50]) or "nothing was lost or doubled, and the reports are equal")
    sys.exit(bool(wrong))


@contextmanager
def laptop_in_weather(laptop: Laptop) -> Iterator[Center]:
    """Brought up afresh with the weather in front of the emulator, and down again."""
    laptop.down()
    shutil.rmtree(laptop.home, ignore_errors=True)
    os.environ["TRUNKLINE_EMULATOR"] = "tests.journeys.weather"
    try:
        bring_up(laptop)
        yield Center(json.loads(laptop.facts.read_text()))
    finally:
        del os.environ["TRUNKLINE_EMULATOR"]
        laptop.down()


if __name__ == "__main__":
    main()
