"""A week of acme, lived in minutes: customers call and chat, agents answer, reports are built.

`python -m tests.journeys.demo_week` (`make demo-week`) drives the deployed center through the
doors that everybody has: Amazon Connect's API, the customer's page, the agents' sockets. Only the
laptop's clock is ours: it is put back to the week's first morning, and from then on forward to
each moment at which something happens.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from select import select
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from websocket import WebSocketException

from infra.local.laptop import Laptop
from infra.package import ROOT
from tests.journeys.center import Center, Desk, eventually
from tests.journeys.customers import Caller
from tests.journeys.recording import upload_recording

ZONE = ZoneInfo("America/New_York")  # acme's
PASSWORD = "Acme-demo-2026"
HEARTBEAT = timedelta(seconds=75)  # a desk is silent after 90
CONNECTED = timedelta(minutes=90)  # API Gateway ends a connection after two hours
LIGHT, BUSY = 4.0, 14.0  # contacts an hour
TEAM = {"lea": "Lea Martin", "noah": "Noah Kim", "ida": "Ida Berg", "omar": "Omar Haddad"}
KEYS = {"Sales": "1", "Support": "2", "Billing": "3"}
NAMES = (
    *("Rosa Díaz", "John O'Hara", "Nguyễn Thị Hoa", "李娜", "محمد علي", "Zoë Martens"),
    *("Grace Hopper", "Jörg Weiß", "Amina Diallo", "Pat Smith, Jr.", "Ivo Novák", "Sam Lee"),
    *("Priya Nair", "Luis Romero", "Ewa Nowak", "Tomás Vega", "Hana Sato", "Noor Haddad"),
)
OUTCOMES: Mapping[str, Sequence[tuple[str, str, str]]] = {  # disposition, ticket's state, subject
    "Sales": (
        ("sale", "closed", "Router model 40"),
        ("no-sale", "closed", "Asked for a price"),
        ("follow-up", "follow-up", "Wants an offer for an office"),
    ),
    "Support": (
        ("resolved", "resolved", "Line drops in the evening"),
        ("resolved", "closed", "Forgot the password"),
        ("follow-up", "follow-up", "New cable did not help"),
        ("resolved", "open", "Waits for a technician"),
    ),
    "Billing": (
        ("payment", "closed", "Invoice paid"),
        ("resolved", "resolved", "Charged twice"),
    ),
}
USUAL = (("resolved", "resolved", "A question"),)


class Clock:
    """The laptop's: what its functions take for now. It only goes forward, once it was put back."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def put_back(self, to: datetime) -> None:
        self._set(to - datetime.now(UTC))

    def forward(self, to: datetime) -> None:
        if to > self.now():
            self._set(to - datetime.now(UTC))

    def right(self) -> None:
        self._file.unlink(missing_ok=True)
        self._ahead = timedelta()

    def _set(self, ahead: timedelta) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(str(ahead.total_seconds()))
        new.replace(self._file)  # functions read it at any moment
        self._ahead = ahead


@dataclass
class Customer:
    """Somebody who has called or written, and how they leave."""

    contact_id: str
    leave: Callable[[], None]
    is_answered: bool = False


@dataclass
class Day:
    """What has happened on it so far."""

    contacts: list[Customer] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(customer.is_answered for customer in self.contacts)


class Week:
    """Everything that happens, one after the other, at the time at which it is due."""

    def __init__(self, center: Center, clock: Clock, chance: random.Random) -> None:
        self._center = center
        self._clock = clock
        self._chance = chance
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._desks: dict[str, Desk] = {}
        self._opened: dict[str, datetime] = {}
        self._planned: set[tuple[str, str, str]] = set()  # what a desk has seen of a contact
        self._customers: dict[str, Customer] = {}
        self._day = Day()

    def live(self, day: date, *, until: time | None = None) -> Day:
        """From the first desk that opens until the last agent goes home; `until`: it closes earlier
        than usual."""
        self._day = Day()
        hours = _hours(day, until)
        if hours:
            opens, closes = hours
            for number, username in enumerate(self._shift(day)):
                self._come_and_go(username, number, opens, closes)
            for at in self._arrivals(opens, closes):
                self._at(at, self._arrive)
            self._at(opens, self._beat)
        while self._due:
            at, _, happen = heappop(self._due)
            self._clock.forward(at)
            happen()
            self._look()
        for customer in self._day.contacts:
            customer.leave()  # whose page is still open
        return self._day

    # --- what is due ---

    def _at(self, at: datetime, happen: Callable[[], None]) -> None:
        heappush(self._due, (at, next(self._numbers), happen))

    def _in(self, least: float, most: float, happen: Callable[[], None]) -> None:
        seconds = self._chance.uniform(least, most)
        self._at(self._clock.now() + timedelta(seconds=seconds), happen)

    def _shift(self, day: date) -> list[str]:
        everybody = ["agent", "agent2", *TEAM]
        return everybody if day.weekday() < 5 else everybody[2:4]

    def _arrivals(self, opens: datetime, closes: datetime) -> Iterator[datetime]:
        """By chance, busier around noon."""
        at, noon = opens, opens + (closes - opens) / 2
        while True:
            rate = BUSY if abs(at - noon) < timedelta(hours=1) else LIGHT
            at += timedelta(hours=self._chance.expovariate(rate))
            if at > closes - timedelta(minutes=10):
                return
            yield at

    def _beat(self) -> None:
        """Every page says that it is there, and opens its connection anew before it is too old."""
        for username in list(self._desks):
            if self._clock.now() - self._opened[username] > CONNECTED:
                self._open(username)
            self._desks[username].send("aws/heartbeat", {})
        if self._desks or self._due:
            self._at(self._clock.now() + HEARTBEAT, self._beat)

    # --- agents ---

    def _come_and_go(self, username: str, number: int, opens: datetime, closes: datetime) -> None:
        lunch = opens + (closes - opens) / 3 + timedelta(minutes=30 * number)
        late = timedelta(seconds=self._chance.uniform(0, 240))
        self._at(opens + late, lambda: self._sit_down(username))
        if closes - opens > timedelta(hours=4):
            self._at(lunch, lambda: self._status(username, "Lunch"))
            self._at(lunch + timedelta(minutes=30), lambda: self._status(username, "Available"))
        self._at(closes, lambda: self._go_home(username))

    def _open(self, username: str) -> None:
        if username in self._desks:
            self._desks[username].close()
        self._desks[username] = self._center.desk(username)
        self._opened[username] = self._clock.now()

    def _sit_down(self, username: str) -> None:
        self._open(username)
        self._status(username, "Available")

    def _status(self, username: str, name: str) -> None:
        self._desks[username].must("status", name=name)

    def _go_home(self, username: str) -> None:
        desk = self._desks[username]
        desk.must("status", name="Offline")
        if desk.agent["contacts"]:
            self._in(30, 60, lambda: self._go_home(username))
            return
        desk.close()
        del self._desks[username]

    def _look(self) -> None:
        """Reads what came to the desks, and has everybody do what is to be done about it."""
        for username, desk in list(self._desks.items()):
            for slot in desk.agent["contacts"]:
                seen = (username, slot["contactId"], slot["state"])
                if seen not in self._planned:
                    self._planned.add(seen)
                    self._see(username, slot)

    def _see(self, username: str, slot: Mapping[str, Any]) -> None:
        match slot["state"]:
            case "CONNECTING" if self._chance.random() < 0.06:
                self._in(4, 15, lambda: self._answer(username, slot, "reject"))
            case "CONNECTING":
                self._in(3, 14, lambda: self._answer(username, slot, "accept"))
            case "CONNECTED":
                self._talk(username, slot)
            case "ENDED":
                self._in(10, 50, lambda: self._wrap_up(username, slot))
            case "MISSED":
                self._in(5, 20, lambda: self._do(username, slot, "clear"))

    def _do(self, username: str, slot: Mapping[str, Any], command: str, **said: object) -> None:
        """As people do: too late, perhaps, and then nothing comes of it."""
        if username in self._desks:
            self._desks[username].do(command, contactId=slot["contactId"], **said)
            self._hear()

    def _answer(self, username: str, slot: Mapping[str, Any], how: str) -> None:
        self._do(username, slot, how, offerId=slot["offerId"])

    def _talk(self, username: str, slot: Mapping[str, Any]) -> None:
        contact_id = slot["contactId"]
        customer = self._customers.get(contact_id)
        if customer is not None:
            customer.is_answered = True
        if slot["channel"] == "CHAT":
            self._do(username, slot, "chat", content="Hello, how can I help you?")
        if slot["channel"] == "VOICE" and slot["isRecorded"]:
            began = self._clock.now()
            upload_recording(self._center, contact_id, role=username, started_at=began)
        seconds = min(900.0, self._chance.lognormvariate(5.0, 0.6))  # two and a half minutes
        if customer is not None and self._chance.random() < 0.4:
            self._in(seconds, seconds, customer.leave)
        self._in(seconds, seconds + 5, lambda: self._do(username, slot, "hangup"))

    def _wrap_up(self, username: str, slot: Mapping[str, Any]) -> None:
        outcomes = OUTCOMES.get(slot["queueName"], USUAL)
        if username not in TEAM:  # whoever signs in as one of these finds a desk without old tasks
            outcomes = [each for each in outcomes if each[1] != "follow-up"]
        disposition, status, subject = self._chance.choice(outcomes)
        ticket = {"ticketId": None, "status": status, "subject": subject}
        note = "Said what was done." if self._chance.random() < 0.5 else ""
        self._do(
            username,
            slot,
            "complete",
            disposition=disposition,
            satisfied=self._chance.random() < 0.8,
            note=note,
            ticket=ticket,
        )
        self._hear(until_quiet=0.3)  # whoever waits is offered next

    # --- customers ---

    def _arrive(self) -> None:
        number = self._chance.randrange(len(NAMES))
        queue = self._chance.choice(tuple(KEYS))
        come = self._call if self._chance.random() < 0.6 else self._write
        customer = come(NAMES[number], f"+1212555{100 + number:04}", queue)
        self._day.contacts.append(customer)
        self._customers[customer.contact_id] = customer
        self._hear(until_quiet=0.5)
        self._in(45, 240, lambda: self._lose_patience(customer))

    def _call(self, name: str, phone: str, queue: str) -> Customer:
        caller = Caller(self._center, phone, name=name)
        caller.presses("1")
        caller.presses(KEYS[queue])

        def leave() -> None:
            with suppress(OSError, WebSocketException):  # the agent was faster
                caller.say("hangup")
                caller.close()

        return Customer(caller.contact_id, leave)

    def _write(self, name: str, phone: str, queue: str) -> Customer:
        begun = self._center.post(
            "/v1/chats",
            {
                "displayName": name,
                "phoneNumber": phone,
                "attributes": {"topic": queue.lower()},
                "initialMessage": "Hello, I have a question.",
            },
        )
        participant = self._center.connect("connectparticipant")
        joined = participant.create_participant_connection(
            ParticipantToken=begun["participantToken"], Type=["CONNECTION_CREDENTIALS"]
        )
        token = joined["ConnectionCredentials"]["ConnectionToken"]

        def leave() -> None:
            with suppress(participant.exceptions.ClientError):  # the agent was faster
                participant.disconnect_participant(ConnectionToken=token)

        return Customer(begun["contactId"], leave)

    def _lose_patience(self, customer: Customer) -> None:
        if not customer.is_answered:
            customer.leave()
            self._hear()

    def _hear(self, until_quiet: float = 0.05) -> None:
        """Takes in what arrives at the desks, until nothing more does for so many seconds."""
        deadline = monotonic() + 5
        while self._desks and monotonic() < deadline:
            desks = {desk.fileno(): desk for desk in self._desks.values()}
            ready, _, _ = select(list(desks), [], [], until_quiet)
            if not ready:
                return
            for each in ready:
                desks[each].hear()


# --- the nights -----------------------------------------------------------------------------------


def sleep(center: Center, clock: Clock, day: date, *, contacts: int) -> int:
    """The night after the day: at 02:05 the clock of the center asks for what is due, as it does
    every quarter of an hour; how many files the day's reports are. Of a day that was lived before
    there are reports already, and these contacts make new revisions."""
    clock.forward(datetime.combine(day + timedelta(days=1), time(2, 5), ZONE))
    center.aws("lambda").invoke(
        FunctionName=center.facts["functions"]["day_ended"], Payload=b'{"source": "aws.events"}'
    )
    center.post(f"/v1/reports/{day}", b"{}", role="finance")
    schedules = center.get("/v1/report-schedules", role="finance")["schedules"]
    daily = {each["report"] for each in schedules if each["grain"] == "day"}

    def files() -> int | None:
        runs = center.get(f"/v1/reports/{day}", role="finance")["runs"]
        final = [run for run in runs if run["state"] == "published" and not run["isProvisional"]]
        newest = {run["report"]: run for run in sorted(final, key=lambda run: run["revision"])}
        if newest.keys() != daily or newest["daily-contacts"]["files"][0]["rows"] < contacts:
            return None
        return sum(len(run["files"]) for run in newest.values())

    return eventually(files, f"reports of {day}", seconds=180)


def _hours(day: date, until: time | None) -> tuple[datetime, datetime] | None:
    """When it opens and closes."""
    if day.weekday() == 6:
        return None
    closes = until or (time(13) if day.weekday() == 5 else time(16))
    return datetime.combine(day, time(10), ZONE), datetime.combine(day, closes, ZONE)


def hire(center: Center) -> None:
    """More agents than the demo has, so that somebody is free now and then."""
    connect, here = center.connect(), {"InstanceId": center.instance_id}
    found = connect.list_security_profiles(**here)["SecurityProfileSummaryList"]
    agent = next(each["Id"] for each in found if each["Name"] == "agent")
    for username, name in TEAM.items():
        first, last = name.split()
        with suppress(connect.exceptions.DuplicateResourceException):
            connect.create_user(
                **here,
                Username=username,
                Password=PASSWORD,
                IdentityInfo={"FirstName": first, "LastName": last},
                PhoneConfig={"PhoneType": "SOFT_PHONE", "AutoAccept": False},
                SecurityProfileIds=[agent],
                RoutingProfileId="everything",
            )


@contextmanager
def another_time(file: Path) -> Iterator[Clock]:
    """A clock to put back and forward; right again afterwards, whatever happens."""
    clock = Clock(file)
    try:
        yield clock
    finally:
        clock.right()


def live(
    laptop: Laptop,
    days: Sequence[date],
    *,
    tell: Callable[[str], None],
    until: time | None = None,
) -> None:
    """These days, which are over by today, and the night after each; `until`: it closes earlier
    than usual."""
    facts = json.loads(laptop.facts.read_text())
    team = {name: {"username": name, "password": PASSWORD} for name in TEAM}
    center = Center({**facts, "users": {**facts["users"], **team}})
    hire(center)
    with another_time(laptop.home / "clock") as clock:
        clock.put_back(datetime.combine(days[0], time(8), ZONE))
        week = Week(center, clock, random.Random(days[0].toordinal()))
        for day in days:
            lived = week.live(day, until=until)
            files = sleep(center, clock, day, contacts=len(lived.contacts))
            tell(
                f"{day:%a} {day}: {len(lived.contacts):3} contacts, {lived.answered:3} answered;"
                f" {files} files"
            )
    for month in sorted({f"{day:%Y-%m}" for day in days}):
        center.post(f"/v1/reports/{month}", b"{}", role="finance")


def days_before(today: date, number: int) -> list[date]:
    return [today - timedelta(days=number - n) for n in range(number)]


def main() -> None:
    laptop = Laptop(ROOT / ".local")
    if laptop.emulator.pid() is None:
        sys.exit("nothing runs here: run `make up` first")
    today = datetime.now(ZONE).date()
    live(laptop, days_before(today, 7), tell=lambda text: print(text, flush=True))
    console = json.loads(laptop.facts.read_text())["console"]
    print(f"Tickets, reports and files: {console}")


if __name__ == "__main__":
    main()
