"""People at their devices: agents who answer, dawdle and vanish, customers who wait or do not.

They know what their device shows, act on it after a human's time, and try again when nothing came
of it. Whatever they do goes through the entry points.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from chalicelib import bootstrap
from chalicelib.core.center import User
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.ids import ContactId
from chalicelib.services.contact_control import Rank
from chalicelib.services.flows import NewContact
from tests.simulation.cloud import Cloud, Socket
from tests.simulation.scheduler import Outcome, Task
from tests.simulation.town import PROFILES, QUEUES_OF, TELEPHONES

_HEARTBEAT = 28.0  # seconds between two that are written
_DESK, _CALL = "trunkline/desk", "trunkline/call"
_DONE = {
    "disposition": "solved",
    "ticket": {"ticketId": None, "status": "resolved", "subject": "Simulated"},
}


class Agent:
    """Somebody at a desk. `is_good`: answers and finishes everything, as at the end of a run."""

    def __init__(self, user: User, cloud: Cloud, random: Random) -> None:
        self.user, self.cloud, self._random = user, cloud, random
        self.is_good = False
        self.colleagues: list[str] = [user.agent_id]
        self._socket: Socket | None = None
        self._view: Mapping[str, Any] = {}
        self._seq = 0
        self._ignored: set[str] = set()  # offers that are let ring
        self._talks_until: dict[str, float] = {}
        self._turn = 0  # of the wake-ups: one that was overtaken does nothing
        self._is_opening = False
        self._said_in_vain = 0  # since the device last told something new
        self._away_until = 0.0

    # --- as the device tells ---

    def hears(self, socket: Socket, frame: Mapping[str, Any]) -> None:
        content = frame["content"]
        if socket is not self._socket:
            return
        if frame["topic"] == "trunkline/error":
            self._socket = None  # whoever sees an error loads the page anew
        if frame["topic"] != _DESK:
            return
        if content["type"] == "snapshot":
            self._view, self._seq = content["agent"], content["seq"]
        elif content["type"] == "event" and "agent" in content:
            if content["seq"] > self._seq + 1 > 1:
                self._say("hello", after=self._seq)  # events are missing
            if content["seq"] > self._seq:
                self._view, self._seq = content["agent"], content["seq"]
                self._said_in_vain = 0
        self._wake_soon()

    def is_cut_off(self, socket: Socket) -> None:
        if socket is self._socket:
            self._socket = None
            self._wake_soon()

    # --- on their own ---

    def begin(self) -> None:
        self._wake_in(self._random.uniform(0, 6))
        self._beat()

    def _beat(self) -> None:
        if self._socket is not None and self._socket.is_heard:
            self.cloud.say(self._socket, "aws/heartbeat", {})
        self.cloud.scheduler.after(_HEARTBEAT, self._beat)

    def _wake_soon(self) -> None:
        self._wake_in(self._random.uniform(0.2, 2.5))

    def _wake_in(self, seconds: float) -> None:
        self._turn += 1
        turn = self._turn
        self.cloud.scheduler.after(seconds, lambda: self._wake(turn))

    def _wake(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._wake_in(self._random.uniform(2, 9))
        if self._clock < self._away_until and not self.is_good:
            return
        if self._socket is None or not self._socket.is_open or not self._socket.is_heard:
            self._open()
        elif not self._view:
            self._say("hello", after=0)
        else:
            self._do_something()

    def _do_something(self) -> None:
        act = self._next_act()
        looks_again = self._said_in_vain >= 3
        if act is not None and not looks_again:
            act()
        elif looks_again or (self.is_good and self._random.random() < 0.1):
            self._said_in_vain = 0
            self._say("hello", after=0)  # whoever sees nothing happen loads the page anew

    def _open(self) -> None:
        """The desk, anew: the first time, after a cut, or a second one beside the first."""
        if self._is_opening:
            return
        self._is_opening = True

        def opened(socket: Socket, is_admitted: bool) -> None:
            self._is_opening = False
            if is_admitted:
                self._socket = socket
                self._say("hello", after=self._seq)
            self._wake_soon()

        self.cloud.open(self, {"token": f"staff:{self.user.username}"}, opened)

    def _next_act(self) -> Callable[[], None] | None:
        dice = self._random.random()
        for contact in self._view["contacts"]:
            act = self._about(contact)
            if act is not None:
                return act
        status = self._view["status"]["name"]
        if status != "Available" and (self.is_good or dice < 0.6):
            return lambda: self._say("status", name="Available")
        if self.is_good:
            waits = self._view["nextStatus"] is not None
            return (lambda: self._say("status", name="Available")) if waits else None
        if dice < 0.03:
            return lambda: self._say("status", name=self._random.choice(["Break", "Offline"]))
        if dice < 0.045:
            return self._open
        if dice < 0.06:
            return self._vanish
        if dice < 0.07:
            number = self._random.choice([*TELEPHONES, None])
            return lambda: self._say("forward", phoneNumber=number)
        return None

    def _vanish(self) -> None:
        """The network is cut, or the browser closed; for longer than is believed, at times."""
        if self._socket is not None:
            self.cloud.hang_up(self._socket, is_told=self._random.random() < 0.5)
        self._socket = None
        self._away_until = self._clock + self._random.choice([20, 45, 95, 130])

    def _about(self, contact: Mapping[str, Any]) -> Callable[[], None] | None:
        contact_id = contact["contactId"]
        match contact["state"]:
            case "CONNECTING":
                return self._answer(contact)
            case "MISSED":
                return self._rarely(0.6, "clear", contactId=contact_id)
            case "CONNECTED":
                until = self._talks_until.setdefault(
                    contact_id, self._clock + self._random.uniform(3, 40)
                )
                if self._clock >= until and (self.is_good or self._random.random() < 0.5):
                    return self._ending(contact)
            case "ENDED":
                chance = 0.25 if contact["acwEndsAt"] else 0.5
                return self._rarely(chance, "complete", contactId=contact_id, **_DONE)
        return None

    def _ending(self, contact: Mapping[str, Any]) -> Callable[[], None]:
        """Hangs up, or hands the customer over."""
        contact_id = contact["contactId"]
        if self.is_good or self._random.random() < 0.75:
            return lambda: self._say("hangup", contactId=contact_id)
        if self._random.random() < 0.5:
            agent_id = self._random.choice(self.colleagues)
            return lambda: self._say("transfer", contactId=contact_id, agentId=agent_id)
        queue_id = self._random.choice(QUEUES_OF[contact["channel"]])
        return lambda: self._say("transfer", contactId=contact_id, queueId=queue_id)

    def _answer(self, contact: Mapping[str, Any]) -> Callable[[], None] | None:
        offer = {"contactId": contact["contactId"], "offerId": contact["offerId"]}
        if contact["offerId"] in self._ignored and not self.is_good:
            return None
        dice = self._random.random()
        if self.is_good or dice < 0.72:
            return lambda: self._say("accept", **offer)
        if dice < 0.80:
            self._perhaps_accept(offer, 0, 6)
            return lambda: self._say("reject", **offer)
        if dice < 0.90:
            self._ignored.add(contact["offerId"])
            self._perhaps_accept(offer, 14, 28)
        return None

    def _perhaps_accept(self, offer: Mapping[str, str], soon: float, late: float) -> None:
        """Once it has stopped ringing, or rings elsewhere."""
        if self._random.random() < 0.5:
            seconds = self._random.uniform(soon, late)
            self.cloud.scheduler.after(seconds, lambda: self._say("accept", **offer))

    def _rarely(self, chance: float, kind: str, **content: object) -> Callable[[], None] | None:
        if not self.is_good and self._random.random() >= chance:
            return None
        return lambda: self._say(kind, **content)

    def _say(self, kind: str, **content: object) -> None:
        self._said_in_vain += 1
        if self._socket is not None and self._socket.is_heard:
            said = {"type": kind, "requestId": "r", **content}
            self.cloud.say(self._socket, _DESK, said)

    @property
    def _clock(self) -> float:
        return self.cloud.scheduler.clock


class Supervisor:
    """Moves, ranks and stops contacts, and tells agents what to do. `agents`, `waiting` and `live`:
    what the page shows."""

    def __init__(
        self,
        cloud: Cloud,
        random: Random,
        *,
        agents: Sequence[User],
        waiting: Callable[[], list[str]],
        live: Callable[[], list[str]],
    ) -> None:
        self.cloud, self._random = cloud, random
        self._agents, self._waiting, self._live = agents, waiting, live
        self.is_at_work = True
        self._every = random.choice([4, 15, 60])

    def begin(self) -> None:
        self.cloud.scheduler.after(self._random.expovariate(1 / self._every), self._act)

    def _act(self) -> None:
        if not self.is_at_work:
            return
        self.begin()
        agent = self._random.choice(self._agents)
        act = self._random.choice(
            [self._move, self._move, self._rank, self._rank, self._stop, self._tell, self._assign]
        )
        act(agent)

    def _move(self, agent: User) -> None:
        waiting = self._waiting()
        if not waiting:
            return
        contact_id = ContactId(self._random.choice(waiting))
        to: dict[str, Any] = {"queue": self._random.choice(QUEUES_OF["VOICE"]), "agent": None}
        if self._random.random() < 0.4:
            to = {"queue": None, "agent": agent.agent_id}
        self._does("move", lambda: bootstrap.supervision().move(contact_id, **to, by="sofia"))

    def _rank(self, agent: User) -> None:
        waiting = self._waiting()
        if not waiting:
            return
        contact_id = ContactId(self._random.choice(waiting))
        age = Rank(age_seconds=self._random.choice([-20, 15, 60]))
        wanted = self._random.choice([Rank(priority=self._random.randint(1, 6)), age])
        self._does("rank", lambda: bootstrap.contact_control().rank(contact_id, wanted))

    def _stop(self, agent: User) -> None:
        live = self._live()
        if live and self._random.random() < 0.5:
            contact_id = ContactId(self._random.choice(live))
            self._does("stop", lambda: bootstrap.contact_control().stop(contact_id))

    def _tell(self, agent: User) -> None:
        name = self._random.choice(["Available", "Available", "Break", "Offline"])
        self._does(
            "set status",
            lambda: bootstrap.supervision().set_status(agent.agent_id, name, by="sofia"),
        )

    def _assign(self, agent: User) -> None:
        """Another routing profile; who is at work with it learns of it by the sweep at last."""
        profile = self._random.choice(PROFILES).profile_id

        def assign() -> None:
            center = bootstrap.center_store().center()
            bootstrap.users().set_profile(center, agent.agent_id, profile)

        self._does("assign", assign)

    def _does(self, what: str, act: Callable[[], object]) -> None:
        self.cloud.start("api", what, act)


class Customer:
    """Somebody who calls, chats, or leaves a task; gone when `is_over`."""

    def __init__(
        self, channel: Channel, flow: str, cloud: Cloud, random: Random, *, number: int
    ) -> None:
        self.channel, self.flow, self.cloud, self._random = channel, flow, cloud, random
        self.number = number
        self.contact_id: str | None = None
        self._token = ""
        self._socket: Socket | None = None
        self._patience = random.choice([4, 12, 30, 300, 300])
        self._is_connected = False
        self._is_over = False

    def begin(self) -> None:
        phones = self._random.random() < 0.3
        new = NewContact(
            channel=self.channel,
            initiation_method=InitiationMethod.API,
            display_name=f"Customer {self.number}",
            customer_endpoint=Endpoint(f"+120255501{self.number % 40:02d}") if phones else None,
            flow=self.flow,
        )
        self.cloud.start("api", "start", lambda: bootstrap.flows().start(new), self._begun)

    def _begun(self, task: Task) -> None:
        if task.outcome is not Outcome.DONE:
            return  # nothing was answered: the customer tries some other day
        self.contact_id, self._token = task.result.contact_id, task.result.participant_token
        if self.channel is not Channel.TASK:
            self._open()
            self.cloud.scheduler.after(self._patience, self._lose_patience)

    def _open(self) -> None:
        def opened(socket: Socket, is_admitted: bool) -> None:
            if is_admitted and not self._is_over:
                self._socket = socket
                if self.channel is Channel.VOICE:
                    self.cloud.say(socket, _CALL, {"type": "hello"})
            elif not self._is_over and self._random.random() < 0.7:
                self.cloud.scheduler.after(1, self._open)

        if not self._is_over:
            self.cloud.open(self, {"connection": self._token}, opened)

    def hears(self, socket: Socket, frame: Mapping[str, Any]) -> None:
        if frame["topic"] == "aws/chat":
            item = json.loads(frame["content"])
            self._is_connected = self._is_connected or item.get("ParticipantRole") == "AGENT"
            if item["ContentType"].endswith("chat.ended"):
                self._is_over = True
            return
        if frame["topic"] != _CALL:
            return
        for command in frame["content"]["commands"]:
            if command["do"] == "connect" and not self._is_connected:
                self._is_connected = True
                self.cloud.scheduler.after(self._random.uniform(3, 60), self._hang_up)
            elif command["do"] == "end":
                self._is_over = True
                self.cloud.hang_up(socket)

    def is_cut_off(self, socket: Socket) -> None: ...

    def _lose_patience(self) -> None:
        if not self._is_connected:
            self._hang_up()

    def _hang_up(self) -> None:
        """Says so, or is just gone."""
        if self._is_over:
            return
        self._is_over = True
        if self.channel is Channel.CHAT:
            token = self._token
            self.cloud.start("api", "leave", lambda: bootstrap.chat().leave(token))
        elif self._socket is not None:
            if self._random.random() < 0.6:
                self.cloud.say(self._socket, _CALL, {"type": "hangup"})
            else:
                self.cloud.hang_up(self._socket, is_told=self._random.random() < 0.8)
