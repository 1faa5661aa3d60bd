"""The deployed center as scripts see it: stock boto3, plain HTTP, a WebSocket, and nothing else."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Self
from urllib.parse import quote

import boto3
import websocket
from botocore.config import Config

PATIENCE = 30.0  # seconds until something that must happen has happened


class Center:
    """One deployed center, from the facts that the deployment wrote."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self.instance_id: str = facts["instance_id"]
        self._tokens: dict[str, str] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = Lock()  # of clients, which boto3 makes in one thread at a time only

    def connect(self, service: str = "connect") -> Any:
        """A stock client of Amazon Connect, pointed here."""
        return self._client(service, self.facts["api"], self._keys())

    def aws(self, service: str) -> Any:
        """A client of the emulated AWS behind the center."""
        return self._client(service, self.facts["aws_endpoint"], self._root())

    def _client(self, service: str, endpoint: str, how: Mapping[str, Any]) -> Any:
        with self._making:
            if (service, endpoint) not in self._clients:
                made = boto3.client(service, endpoint_url=endpoint, **how)
                self._clients[service, endpoint] = made
            return self._clients[service, endpoint]

    def stop_reports_clock(self) -> None:
        """Nobody but the test asks for reports from now on: theirs is the only rule with a cron."""
        events = self.aws("events")
        for rule in events.list_rules()["Rules"]:
            if rule.get("ScheduleExpression", "").startswith("cron("):
                events.disable_rule(Name=rule["Name"])

    def drop_reports(self) -> None:
        """Whatever was asked for is not built any more; what is in hand is not taken up again."""
        self.aws("sqs").purge_queue(QueueUrl=self._reports_queue)

    def has_no_reports_to_build(self) -> bool:
        """Nobody has asked for any, nor is one in hand."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.aws("sqs").get_queue_attributes(
            QueueUrl=self._reports_queue, AttributeNames=names
        )["Attributes"]
        return {told[name] for name in names} == {"0"}

    @property
    def _reports_queue(self) -> str:
        (queue,) = self.aws("sqs").list_queues(QueueNamePrefix="trunkline-reports")["QueueUrls"]
        return str(queue)

    def token(self, role: str) -> str:
        """An id token of the role's demo user."""
        if role not in self._tokens:
            user = self.facts["users"][role]
            signed_in = self.aws("cognito-idp").initiate_auth(
                ClientId=self.facts["client_id"],
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": user["username"], "PASSWORD": user["password"]},
            )
            self._tokens[role] = signed_in["AuthenticationResult"]["IdToken"]
        return self._tokens[role]

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: str | None = None,
        **headers: str,
    ) -> tuple[int, Any]:
        """Status and JSON of one REST call."""
        if role is not None:
            headers["Authorization"] = f"Bearer {self.token(role)}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.facts["api"] + path, data, method=method)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text.startswith((b"{", b"[")) else text

    def get(self, path: str, *, role: str) -> Any:
        status, body = self.request("GET", path, role=role)
        assert status == 200, (status, body)
        return body

    def post(self, path: str, body: object, *, role: str | None = None) -> Any:
        status, answer = self.request("POST", path, body, role=role)
        assert status in (200, 201, 202), (status, answer)
        return answer

    def contact(self, contact_id: str) -> dict[str, Any]:
        """The contact as a supervisor sees it."""
        found: dict[str, Any] = self.get(f"/v1/contacts/{contact_id}", role="supervisor")
        return found

    def explain(self, contact_id: str, kind: str | None = None) -> list[dict[str, Any]]:
        """The facts of a contact in order, or those of one kind."""
        found = self.get(f"/v1/contacts/{contact_id}/explain", role="supervisor")["facts"]
        return [fact for fact in found if kind in (None, fact["type"])]

    def record(self, contact_id: str) -> dict[str, Any] | None:
        """The contact record in the lake, once it lies there."""
        s3, today = self.aws("s3"), datetime.now(UTC).date()
        for day in (today, today - timedelta(days=1)):
            key = f"records/dt={day}/{contact_id}.jsonl"
            try:
                stored = s3.get_object(Bucket=self.facts["buckets"]["lake"], Key=key)
            except s3.exceptions.NoSuchKey:
                continue
            found: dict[str, Any] = json.loads(stored["Body"].read())
            return found
        return None

    def desk(self, role: str = "agent") -> Desk:
        return Desk(self, role)

    def flow_id(self, name: str) -> str:
        flows = self.connect().list_contact_flows(InstanceId=self.instance_id)
        found: str = next(f["Id"] for f in flows["ContactFlowSummaryList"] if f["Name"] == name)
        return found

    def _keys(self) -> dict[str, Any]:
        return {
            "region_name": self.facts["region"],
            "aws_access_key_id": self.facts["access_key_id"],
            "aws_secret_access_key": self.facts["secret_access_key"],
            "config": Config(retries={"total_max_attempts": 1}),
        }

    def _root(self) -> dict[str, Any]:
        return {
            "region_name": self.facts["region"],
            "aws_access_key_id": "000000000000",
            "aws_secret_access_key": "local",
            "config": Config(s3={"addressing_style": "path"}),
        }


class ClosedByServer(Exception):
    """The socket is closed from the other side."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Socket:
    """A WebSocket of frames; what arrives is kept until somebody waits for it."""

    def __init__(self, url: str) -> None:
        self.open(url)

    def open(self, url: str) -> None:
        self._socket = websocket.create_connection(url, timeout=PATIENCE)
        self.frames: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, topic: str, content: object) -> None:
        self.send_raw(json.dumps({"topic": topic, "content": content}))

    def send_raw(self, text: str) -> None:
        self._socket.send(text)

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        """The first frame, old or new, that is wanted; it is taken out."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for place, frame in enumerate(self.frames):
                if wanted(frame):
                    return self.frames.pop(place)
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"no {what} in {PATIENCE} s; there were {self.frames}")
            self._socket.settimeout(left)
            try:
                kind, data = self._socket.recv_data()
                if kind == websocket.ABNF.OPCODE_CLOSE:
                    raise ClosedByServer(int.from_bytes(data[:2]) if data else 1005)
                self._keep(_frame(data))
            except websocket.WebSocketTimeoutException:
                continue

    def refusal(self) -> dict[str, Any]:
        """What was wrong with a frame."""
        frame = self.wait_for(lambda f: f["topic"] == "trunkline/error", "refusal")
        content: dict[str, Any] = frame["content"]
        return content

    def is_usable(self) -> bool:
        """Whether the socket still answers."""
        self.send("aws/ping", {})
        pong = self.wait_for(lambda f: f["topic"] == "aws/ping", "pong")
        return (200, "OK") == (pong["statusCode"], pong["statusContent"])

    def hear(self) -> None:
        """Takes in the frame that has arrived, or the next one."""
        self._keep(_frame(self._socket.recv_data()[1]))

    def fileno(self) -> int:
        """For `select`."""
        number: int = self._socket.fileno()
        return number

    def close(self) -> None:
        self._socket.close()

    def _keep(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)


class Desk(Socket):
    """An agent's desk over the WebSocket, as the console's page would drive it."""

    def __init__(self, center: Center, role: str) -> None:
        token = quote(center.token(role), safe="")
        self._last = 0
        super().__init__(f"{center.facts['websocket']}?token={token}")
        self._requests = 0
        self.send("trunkline/desk", {"type": "hello", "after": 0, "requestId": "hello"})
        self.wait_for(_is_desk("snapshot"), "snapshot")
        self.clear_missed()

    def __exit__(self, *_: object) -> None:
        """Leaves the desk as the next one wants to find it: empty, and nobody at it."""
        self.empty()
        super().__exit__()

    def empty(self) -> None:
        """Ends whatever is on the desk, and goes home."""
        self.must("status", name="Offline")
        for slot in self.agent["contacts"]:
            contact_id = slot["contactId"]
            if slot["state"] == "CONNECTING":
                self.do("reject", contactId=contact_id, offerId=slot["offerId"])
            if slot["state"] == "CONNECTED":
                self.do("hangup", contactId=contact_id)
            if slot["state"] in ("CONNECTED", "ENDED") and not slot["isCaller"]:
                self.wrap_up(contact_id)
            else:
                self.do("clear", contactId=contact_id)
        self.must("status", name="Offline")

    def wrap_up(self, contact_id: str, *, subject: str = "A journey", note: str = "") -> None:
        """Hands in the after contact work."""
        ticket = {"ticketId": None, "status": "resolved", "subject": subject}
        self.must(
            "complete", contactId=contact_id, disposition="resolved", note=note, ticket=ticket
        )
        self.told("ContactCompleted", contact_id)

    def accept(self, contact_id: str) -> None:
        """Waits until the contact rings here, and answers."""
        offer = self.offered(contact_id)
        self.must("accept", contactId=contact_id, offerId=offer["offerId"])

    def wrap_up_all(self) -> None:
        """Ends and hands in whatever earlier tests left on the desk, and goes offline."""
        for contact in self.agent["contacts"]:
            if contact["state"] == "CONNECTED":
                self.must("hangup", contactId=contact["contactId"])
            if contact["state"] in ("CONNECTED", "ENDED") and not contact["isCaller"]:
                self.must(
                    "complete",
                    contactId=contact["contactId"],
                    disposition="resolved",
                    ticket={"ticketId": None, "status": "closed", "subject": "Left over"},
                )
        self.must("status", name="Offline")

    def clear_missed(self) -> None:
        for contact in self.agent["contacts"]:
            if contact["state"] == "MISSED":
                self.do("clear", contactId=contact["contactId"])

    def do(self, command: str, **fields: object) -> dict[str, Any]:
        """A command, and its answer."""
        self._requests += 1
        name = f"r{self._requests}"
        self.send("trunkline/desk", {"type": command, "requestId": name, **fields})
        reply = self.wait_for(
            lambda f: _is_desk("reply")(f) and f["content"]["requestId"] == name,
            f"reply to {command}",
        )
        content: dict[str, Any] = reply["content"]
        return content

    def must(self, command: str, **fields: object) -> None:
        reply = self.do(command, **fields)
        assert reply["ok"], reply

    def offered(self, contact_id: str | None = None) -> dict[str, Any]:
        """The contact as it rings on the desk."""
        frame = self.wait_for(
            lambda f: (
                _is_desk("event")(f)
                and f["content"]["kind"] == "ContactOffered"
                and contact_id in (None, f["content"]["contactId"])
            ),
            "offer",
        )
        wanted = frame["content"]["contactId"]
        slots = frame["content"]["agent"]["contacts"]
        found: dict[str, Any] = next(s for s in slots if s["contactId"] == wanted)
        return found

    def told(self, kind: str, contact_id: str) -> dict[str, Any]:
        frame = self.wait_for(
            lambda f: (
                _is_desk("event")(f)
                and f["content"]["kind"] == kind
                and f["content"]["contactId"] == contact_id
            ),
            kind,
        )
        content: dict[str, Any] = frame["content"]
        return content

    def reads(self, contact_id: str, text: str) -> dict[str, Any]:
        """A chat message on the desk."""

        def wanted(frame: dict[str, Any]) -> bool:
            if frame["topic"] != "aws/chat":
                return False
            item = json.loads(frame["content"])
            return bool(item["ContactId"] == contact_id and item.get("Content") == text)

        item: dict[str, Any] = json.loads(self.wait_for(wanted, f"message {text!r}")["content"])
        return item

    def _keep(self, frame: dict[str, Any]) -> None:
        """Events once each and in order, as every desk must take them: an old one is dropped,
        after a gap the missed ones are asked for."""
        content = frame["content"]
        if frame["topic"] == "trunkline/desk" and "agent" in content:
            if content["type"] == "event":
                if content["seq"] <= self._last:
                    return
                if content["seq"] > self._last + 1:
                    hello = {"type": "hello", "after": self._last, "requestId": "gap"}
                    self.send("trunkline/desk", hello)
                    return
            self._last = content["seq"]
            self.agent: dict[str, Any] = content["agent"]
        super()._keep(frame)


def eventually[T](look: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
    """What the look finds, as soon as it finds it: for what follows from the stream."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.25)  # another process works on it; there is nothing to be told by
    raise AssertionError(f"no {what} in {seconds} s")


def from_reports_queue(message: Mapping[str, object]) -> bytes:
    """The event with which the queue of reports brings this message to its function."""
    record = {
        "messageId": "journey",
        "receiptHandle": "journey",
        "body": json.dumps(message),
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:reports",
        "awsRegion": "us-east-1",
    }
    return json.dumps({"Records": [record]}).encode()


def _frame(data: bytes) -> dict[str, Any]:
    """A frame; what is none, such as API Gateway's own complaint, has no topic."""
    try:
        frame = json.loads(data)
    except ValueError:
        frame = None
    if isinstance(frame, dict) and "topic" in frame:
        return frame
    return {"topic": "", "content": data.decode()}


def _is_desk(kind: str) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: frame["topic"] == "trunkline/desk" and frame["content"]["type"] == kind
