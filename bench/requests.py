"""DynamoDB requests of one contact, counted: a caller rings, picks a language and Support, an agent
answers, the caller hangs up, the agent wraps up.

`python -m bench.requests`: the real entry points, services and stores in this process, on moto;
botocore's own event before each call counts it. Sockets, timers and voice are counted by nobody
and stand in. The functions that the flow calls and what hangs on the stream run here too, the
latter after each step, as the stream brings it. Reads of the configuration, which each worker
remembers for seconds (flows: for ever), are not among them.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from moto import mock_aws

from bench.lines import Line, tell

REGION = "us-east-1"
READS, WRITES = 20, 12  # aims, for a whole contact
_WRITING = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
_TABLES = (
    "contacts",
    "routing",
    "center",
    "customers",
    "tickets",
    "connections",
    "reports",
    "data_tables",
)
_BUCKETS = ("recordings", "lake", "exports", "prompts")
_QUEUES = ("timers_queue_url", "recordings_queue_url", "reports_queue_url", "erasures_queue_url")
_OTHERS = {
    "PARKED_FACTS_QUEUE_URL": "http://bench",
    "JWKS_URL": "http://bench",
    "WEBSOCKET_MANAGEMENT_URL": "http://bench",
    "WEBSOCKET_PUBLIC_URL": "ws://bench",
    "ATHENA_ABOVE_MB": "200",
    "SPEECH_ENGINE": "polly",
    "SIGNED_PATH_PREFIXES": "/api",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}


@dataclass
class Counted:
    """Requests by phase; `detail` by phase, table and operation."""

    phase: str = ""
    reads: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    detail: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def note(self, model: Any, params: Mapping[str, Any], **_: object) -> None:
        body = json.loads(params["body"])
        name = _table_of(body)
        if name == "center" or not self.phase:
            return
        side = self.writes if model.name in _WRITING else self.reads
        side[self.phase] += 1
        self.detail[self.phase, name, model.name] += 1


class Sockets:
    """Every socket is open; the last frame of each is kept."""

    def __init__(self) -> None:
        self.turns: dict[str, Any] = {}
        self.desk: dict[str, Any] = {}

    def send(self, connection_id: str, topic: str, content: Any) -> bool:
        if topic == "trunkline/call":
            self.turns = content
        if topic == "trunkline/desk" and content.get("agent"):
            self.desk = content
        if topic == "trunkline/desk" and content.get("ok") is False:
            raise AssertionError(content)
        if topic == "trunkline/error":
            raise AssertionError(content)
        return True

    def close(self, connection_id: str) -> None:
        pass


class Timers:
    """Kept, to ring when everything is over."""

    def __init__(self) -> None:
        self.set_so_far: list[Any] = []

    def set(self, timer: Any, *, now: datetime) -> None:
        self.set_so_far.append(timer)


class Deaf:
    """The bus of contact events, without anybody who listens."""

    def publish(self, events: object) -> None:
        pass


class Silence:
    """The Voice port without audio."""

    def url(self, prompt: object) -> str | None:
        return None


class Stage:
    """The whole center in this process, with a clock that stands still unless told."""

    def __init__(self) -> None:
        from chalicelib import bootstrap
        from chalicelib.adapters import functions  # noqa: F401  # loaded, to be stood in for
        from chalicelib.adapters.announcer import SocketAnnouncer
        from chalicelib.bootstrap import world

        self.at = bootstrap.now()
        self.counted, self.sockets, self.timers = Counted(), Sockets(), Timers()
        self._committed: list[Any] = []
        world.session().register("before-call.dynamodb", self.counted.note)
        _create(world.session())
        _stand_in("now", lambda: self.at)
        _stand_in("sockets", lambda: self.sockets)
        _stand_in("timers", lambda: self.timers)
        _stand_in("contact_bus", Deaf)
        _stand_in("LambdaFunctions", lambda *_: _InProcess())
        announcer = SocketAnnouncer(
            connections=bootstrap.connection_store(),
            routing=bootstrap.routing_store(),
            sockets=self.sockets,
            voice=Silence(),
        )
        _stand_in("announcer", lambda: announcer)
        self._watch_commits(bootstrap.contact_store())

    def _watch_commits(self, store: Any) -> None:
        commit = store.commit

        def watched(wanted: Any) -> None:
            commit(wanted)
            if wanted.contact is not None:
                self._committed.append(wanted.contact)

        store.commit = watched

    def does(self, phase: str, act: Callable[[], object]) -> None:
        """One step, and then what the stream makes of it, until nothing more follows."""
        self.counted.phase = phase
        act()
        self.counted.phase = "what follows from the stream" if phase else ""
        while self._committed:
            self._react(self._committed.pop(0))
        self.counted.phase = ""

    def _react(self, change: Any) -> None:
        from chalicelib import bootstrap

        bootstrap.reactions().react(change.after.contact_id, change.facts)
        bootstrap.follow_up().follow(change.before, change.settled.after)


def _stand_in(name: str, made: object) -> None:
    """Everywhere in the wiring."""
    wiring = ("chalicelib.bootstrap", "chalicelib.adapters.functions")
    for known, module in list(sys.modules.items()):
        if known.startswith(wiring) and hasattr(module, name):
            setattr(module, name, made)


class _InProcess:
    """Functions of the flow, called as Lambda would call them."""

    def invoke(self, call: Any, contact: Any, center: Any) -> Any:
        from chalicelib.adapters.functions import contact_flow_event
        from chalicelib.core.flow import LambdaReturned
        from chalicelib.entrypoints import lookup

        event = json.loads(json.dumps(contact_flow_event(contact, center, call.parameters)))
        handler = getattr(lookup, call.function.removeprefix("function:").replace("-", "_"))
        found = handler(event, None)
        return LambdaReturned(found, len(json.dumps(found)))


def count() -> Counted:
    """The requests of one contact."""
    os.environ.update(_environment())
    with mock_aws():
        stage = Stage()
        _seed()
        _sign_in(stage)
        _contact(stage)  # so that the next one meets a warm worker
        stage.counted.reads.clear()
        stage.counted.writes.clear()
        stage.counted.detail.clear()
        _contact(stage)
        return stage.counted


def _lines(counted: Counted) -> list[Line]:
    lines = []
    for side, found, aim in (("reads", counted.reads, READS), ("writes", counted.writes, WRITES)):
        total = sum(found.values())
        parts = ", ".join(f"{phase} {n}" for phase, n in found.items())
        lines.append(
            Line(
                what=f"DynamoDB {side} of a whole contact",
                ours=f"{total} ({parts})",
                peer=f"the aim: {aim}",
                ratio=total / aim,
                aim="≤ 1",
            )
        )
    return lines


def _contact(stage: Stage) -> None:
    from chalicelib import bootstrap
    from chalicelib.core.events import Channel, Endpoint, InitiationMethod
    from chalicelib.services.flows import NewContact

    new = NewContact(
        channel=Channel.VOICE,
        initiation_method=InitiationMethod.WEBRTC_API,
        customer_endpoint=Endpoint("+12025550123"),
    )
    begun: list[Any] = []
    stage.timers.set_so_far.clear()
    stage.does("rings", lambda: begun.append(bootstrap.flows().start(new)))
    contact_id, socket_id = begun[0].contact_id, f"socket-{begun[0].contact_id}"
    stage.does("connects", lambda: _connect(socket_id, begun[0].participant_token))
    stage.does("first key", lambda: _press(stage, socket_id, "1"))
    stage.does("second key, queue and offer", lambda: _press(stage, socket_id, "2"))
    offer = next(c for c in stage.sockets.desk["agent"]["contacts"] if c["contactId"] == contact_id)
    desk = {"contactId": contact_id, "requestId": "bench"}
    answer = {**desk, "type": "accept", "offerId": offer["offerId"]}
    stage.does("accept", lambda: _say("desk", "trunkline/desk", answer))
    stage.does("hang-up", lambda: _say(socket_id, "trunkline/call", {"type": "hangup"}))
    ticket = {"ticketId": None, "status": "resolved", "subject": "Bench"}
    done = {**desk, "type": "complete", "disposition": "resolved", "ticket": ticket}
    stage.does("wrap-up", lambda: _say("desk", "trunkline/desk", done))
    stage.does("the socket closes", lambda: _close(socket_id))
    stage.does("timers that find nothing to do", lambda: _ring(stage))


def _connect(socket_id: str, token: str) -> None:
    from chalicelib.entrypoints import socket

    query = {"queryStringParameters": {"connection": token}}
    answer = socket.opened({**query, "requestContext": {"connectionId": socket_id}})
    if answer["statusCode"] != 200:
        raise AssertionError(answer)
    _say(socket_id, "trunkline/call", {"type": "hello"})


def _press(stage: Stage, socket_id: str, key: str) -> None:
    collect = next(c for c in stage.sockets.turns["commands"] if c["do"] in ("collect", "listen"))
    _say(socket_id, "trunkline/call", {"type": "input", "wait": collect["wait"], "digits": key})


def _say(socket_id: str, topic: str, content: Mapping[str, object]) -> None:
    from chalicelib.entrypoints import socket

    body = json.dumps({"topic": topic, "content": content})
    socket.spoke({"requestContext": {"connectionId": socket_id}, "body": body})


def _close(socket_id: str) -> None:
    from chalicelib.entrypoints import socket

    socket.closed({"requestContext": {"connectionId": socket_id}})


def _ring(stage: Stage) -> None:
    """Every timer of the contact comes back long after it."""
    from chalicelib import bootstrap

    began = stage.at
    stage.at = began + timedelta(minutes=15)
    for timer in list(stage.timers.set_so_far):
        bootstrap.alarm_clock().ring(timer)
    stage.at = began


def _sign_in(stage: Stage) -> None:
    from chalicelib import bootstrap
    from chalicelib.core.identity import Caller
    from chalicelib.core.ids import ConnectionId

    agent = Caller(kind="person", username="ben", groups=frozenset({"agent"}))
    stage.does("", lambda: bootstrap.socket_room().open_for_staff(ConnectionId("desk"), agent))
    for said in ({"type": "hello"}, {"type": "status", "name": "Available"}):
        stage.does("", lambda said=said: _say("desk", "trunkline/desk", said))  # type: ignore[misc]


def _seed() -> None:
    from chalicelib import bootstrap
    from chalicelib.core.center import User
    from chalicelib.core.ids import AgentId
    from infra import publish_flows, seed

    store = bootstrap.center_store()
    store.save_settings(seed.center())
    for username, name, profile_id in seed.PEOPLE.values():
        agent_id = AgentId(f"agent-{username}")
        store.save_user(
            User(username=username, agent_id=agent_id, name=name, profile_id=profile_id)
        )
    seed._customers_with_a_past()
    publish_flows.main()


def _create(session: Any) -> None:
    dynamodb = session.create_client("dynamodb", region_name=REGION)
    for name in _TABLES:
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
    s3 = session.create_client("s3", region_name=REGION)
    for name in _BUCKETS:
        s3.create_bucket(Bucket=name)
    sqs = session.create_client("sqs", region_name=REGION)
    for name in _QUEUES:
        sqs.create_queue(QueueName=name)


def _environment() -> dict[str, str]:
    from chalicelib.config import Settings

    queue = f"https://sqs.{REGION}.amazonaws.com/123456789012"
    return {
        **{each.name.upper(): "bench" for each in fields(Settings) if each.default is MISSING},
        **{f"{name.upper()}_TABLE": name for name in _TABLES},
        **{f"{name.upper()}_BUCKET": name for name in _BUCKETS},
        **{name.upper(): f"{queue}/{name}" for name in _QUEUES},
        **_OTHERS,
    }


def _table_of(body: Mapping[str, Any]) -> str:
    if "TableName" in body:
        return str(body["TableName"])
    if "RequestItems" in body:
        return str(next(iter(body["RequestItems"])))
    return "several"


def _detail(counted: Counted) -> None:
    for (phase, name, operation), times in sorted(counted.detail.items()):
        print(f"{phase:32} {name:12} {operation:20} {times}", file=sys.stderr)


if __name__ == "__main__":
    found = count()
    _detail(found)
    tell(_lines(found))
