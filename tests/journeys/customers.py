"""Customers as the center meets them: one who calls from a browser, one who chats."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.journeys.center import Center, Socket


class Caller(Socket):
    """A call from the customer's page; leaving the `with` hangs up."""

    def __init__(
        self, center: Center, phone: str | None = None, *, name: str | None = None
    ) -> None:
        asked = {"phoneNumber": phone, "displayName": name}
        body = {field: value for field, value in asked.items() if value is not None}
        begun = center.post("/v1/calls", body or b"{}")
        self.contact_id: str = begun["contactId"]
        self.participant_token: str = begun["participantToken"]
        self.url: str = begun["websocketUrl"]
        self._seen = 0
        super().__init__(self.url)
        self.say("hello")

    def __exit__(self, *_: object) -> None:
        self.say("hangup")
        super().__exit__()

    def reconnect(self) -> None:
        """The page opens its socket again, and asks where the call stands."""
        self.close()
        self._seen = 0
        self.open(self.url)
        self.say("hello")

    def say(self, kind: str, **fields: object) -> None:
        self.send("trunkline/call", {"type": kind, **fields})

    def told(self, *commands: str) -> dict[str, Any]:
        """One of the commands, from the next turn with one; a turn may come more than once."""

        def wanted(frame: dict[str, Any]) -> bool:
            return (
                frame["topic"] == "trunkline/call"
                and frame["content"]["seq"] > self._seen
                and any(each["do"] in commands for each in frame["content"]["commands"])
            )

        turn = self.wait_for(wanted, " or ".join(commands))["content"]
        self._seen = turn["seq"]
        return next(each for each in turn["commands"] if each["do"] in commands)

    def presses(self, digits: str) -> None:
        """Waits until the center takes keys, and presses these."""
        self.say("input", wait=self.told("collect", "listen")["wait"], digits=digits)

    def types(self, text: str) -> None:
        """Waits until the center listens, and writes what others say."""
        self.say("said", wait=self.told("listen")["wait"], text=text)

    def asks_for_support(self) -> None:
        """In English, please."""
        self.presses("1")
        self.presses("2")

    def hears_the_queue(self) -> dict[str, Any]:
        """The place and the time first, then whatever is played to those who wait on."""
        asked = self.told("collect", "loop")
        if asked["do"] == "loop":
            return asked
        self.say("timeout", wait=asked["wait"])
        return self.told("loop")


class Chatter(Socket):
    """A chat of a stock client; leaving the `with` ends it."""

    def __init__(
        self,
        center: Center,
        *,
        topic: str = "support",
        name: str = "Ana",
        flow_id: str | None = None,
    ) -> None:
        started = center.connect().start_chat_contact(
            InstanceId=center.instance_id,
            ContactFlowId=flow_id or center.flow_id("Main inbound"),
            ParticipantDetails={"DisplayName": name},
            Attributes={"topic": topic},
        )
        self._participant = center.connect("connectparticipant")
        self.contact_id: str = started["ContactId"]
        self.participant_token: str = started["ParticipantToken"]
        joined = self._participant.create_participant_connection(
            ParticipantToken=self.participant_token,
            Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"],
        )
        self.token: str = joined["ConnectionCredentials"]["ConnectionToken"]
        self.url: str = joined["Websocket"]["Url"]
        super().__init__(self.url)
        self._subscribe()

    def __exit__(self, *_: object) -> None:
        self.leaves()
        super().__exit__()

    def reconnect(self) -> None:
        """The page opens its socket again."""
        self.close()
        self.open(self.url)
        self._subscribe()

    def insists_on_saying(
        self, text: str, struck: Callable[[Callable[[], None], str], None]
    ) -> None:
        """Says it into a dying worker, and again until it is taken: the client token makes it one
        message."""
        message = {"ContentType": "text/plain", "Content": text, "ClientToken": text}

        def say() -> None:
            self._participant.send_message(ConnectionToken=self.token, **message)

        def say_and_die() -> None:
            speaking.start()

        speaking = Thread(target=lambda: suppressed(say))
        struck(say_and_die, "api")
        speaking.join()
        for _ in range(5):
            if suppressed(say):
                return
        raise AssertionError(f"{text!r} was never taken")

    def says(self, text: str) -> str:
        """The id of the message."""
        sent = self._participant.send_message(
            ConnectionToken=self.token, ContentType="text/plain", Content=text
        )
        item_id: str = sent["Id"]
        return item_id

    def reads(self, text: str) -> None:
        """Waits until the text arrives."""
        self.wait_for(lambda f: f["topic"] == "aws/chat" and text in f["content"], text)

    def transcript(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._participant.get_transcript(
            ConnectionToken=self.token, MaxResults=100
        )["Transcript"]
        return found

    def leaves(self) -> None:
        self._participant.disconnect_participant(ConnectionToken=self.token)

    def _subscribe(self) -> None:
        self.send("aws/subscribe", {"topics": ["aws/chat"]})
        self.wait_for(lambda f: f["topic"] == "aws/subscribe", "subscription")


def suppressed(act: Callable[[], None]) -> bool:
    """Whether it was done; False when the center did not answer as it should."""
    try:
        act()
    except (BotoCoreError, ClientError):
        return False
    return True
