"""The cloud around the tables: clients as botocore hands them out, queues, streams and sockets.

Each client makes its calls through the scheduler, where others may come between, and through the
faults. What is delivered comes at least once, late at times, and in the order that AWS promises:
none for queues, that of the writes for each row's stream.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol
from zlib import crc32

from botocore.exceptions import ClientError

from tests.simulation.dynamo import Dynamo, DynamoClient, Kwargs, Row, Write, client_error
from tests.simulation.expressions import Unknown
from tests.simulation.faults import Call, Faults, Mishap
from tests.simulation.scheduler import Outcome, Scheduler, Task

_SHARDS = 3
_VISIBLE_AGAIN = 30.0  # seconds, as the template has it
_MOST_RECEIVES = 5
_MOST_BATCH_TRIES = 10
_STALE_SECONDS = 2.0  # a replica is behind by at most that
_SCHEDULED = {
    "version": "0",
    "account": "1",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "now",
    "id": "1",
    "resources": [],
}
_SWEEPS = ("on_sweep_due", "SWEEP")  # what handlers that sweep are labelled
_MUTE = frozenset({"Query", "GetItem", "BatchGetItem"})


class Owner(Protocol):
    """Whoever holds the other end of a socket."""

    def hears(self, socket: Socket, frame: Mapping[str, Any]) -> None: ...

    def is_cut_off(self, socket: Socket) -> None: ...


@dataclass(eq=False)
class Socket:
    """`is_open`: as API Gateway sees it. `is_heard`: the other end is really there."""

    connection_id: str
    owner: Owner
    is_open: bool = True
    is_heard: bool = True


@dataclass
class Shard:
    """A part of a stream; `at` is how far its reader has come."""

    name: str
    handler: Callable[[Any, Any], Any]
    records: list[dict[str, Any]] = field(default_factory=list)
    at: int = 0
    tries: int = 0
    is_read: bool = False


@dataclass
class DeadLetter:
    where: str
    body: Any


class Cloud:
    """Everything outside of the functions. `handlers`: the entry points by name."""

    def __init__(
        self,
        dynamo: Dynamo,
        scheduler: Scheduler,
        faults: Faults,
        random: Random,
        *,
        handlers: Mapping[str, Callable[..., Any]],
    ) -> None:
        self.dynamo, self.scheduler, self.faults = dynamo, scheduler, faults
        self.handlers = handlers
        self.sockets: dict[str, Socket] = {}
        self.objects: dict[tuple[str, str], bytes] = {}
        self.dead: list[DeadLetter] = []
        self.messages: dict[str, int] = {}  # sent, by queue
        self.events = 0  # published to streams
        self.watchers: list[Callable[[list[Write]], None]] = []
        self.on_start: Callable[[Task], None] = lambda task: None
        self._random = random
        self._sequence = 0
        self._before: dict[Row, tuple[float, Any]] = {}
        self._shards = {
            name: [Shard(f"{name} {n}", handlers[name]) for n in range(_SHARDS)]
            for name in ("on_contact_fact", "on_agent_changed")
        }
        dynamo.watch = self._written
        dynamo.stale = self._stale
        self._outstanding = 0

    # --- clients ----------------------------------------------------------------------------------

    def create_client(self, service: str, *_: object, **__: object) -> Any:
        """As botocore's session does."""
        if service == "dynamodb":
            return DynamoClient(self._ask_tables)
        return _Client(service, self)

    def ask(self, call: Call, act: Callable[[], Any]) -> Any:
        if self.scheduler.current is None:
            return act()  # set up, and looked at, from outside
        self.scheduler.pause()
        return self.faults.around(call, act)

    def _ask_tables(self, operation: str, kwargs: Kwargs) -> dict[str, Any]:
        task = self.scheduler.current
        if task is None:
            return self.dynamo.call(operation, kwargs)
        at = self.scheduler.now()
        self.scheduler.pause()
        if operation == "BatchGetItem" and _asks_depths(kwargs):
            task.looked_step, task.looked_at = self.scheduler.step, at
        if operation == "Query" and task.label.endswith(_SWEEPS):
            task.is_sweep = task.is_sweep or _asks_who_is_there(kwargs)
        call = Call(
            "dynamodb", operation, operation not in _MUTE, len(kwargs.get("TransactItems", ()))
        )
        try:
            answer: dict[str, Any] = self.faults.around(
                call, lambda: self.dynamo.call(operation, kwargs)
            )
        except ClientError as error:
            task.races_lost += error.response["Error"]["Code"] == "TransactionCanceledException"
            raise
        return answer

    # --- streams ----------------------------------------------------------------------------------

    def _written(self, writes: list[Write]) -> None:
        for write in writes:
            if self.scheduler.current is not None:
                self._before[write.row] = (self.scheduler.clock, write.old)
            table, pk, sk = write.row
            if write.old == write.new:
                continue
            if table == "contacts":
                self._stream("on_contact_fact", write)
            elif table == "routing" and sk == "state" and pk.startswith("agent#"):
                self._stream("on_agent_changed", write)
        for watch in self.watchers:
            watch(writes)

    def _stale(self, row: Row) -> tuple[bool, Any]:
        at, old = self._before.get(row, (-1e9, None))
        is_young = self.scheduler.clock - at < _STALE_SECONDS
        return is_young and self.faults.happens(Mishap.STALE), old

    def _stream(self, name: str, write: Write) -> None:
        self._sequence += 1
        shard = self._shards[name][crc32(write.row[1].encode()) % _SHARDS]
        shard.records.append(_record(write, self._sequence))
        self._outstanding += 1
        self._read_later(shard)

    def _read_later(self, shard: Shard, seconds: float | None = None) -> None:
        if shard.is_read or shard.at >= len(shard.records):
            return
        shard.is_read = True
        if seconds is None:
            seconds = self._random.expovariate(8)
            if self.faults.happens(Mishap.LAGGING, shard.name):
                seconds += self._random.uniform(1, 15)
        self.scheduler.after(seconds, lambda: self._read(shard))

    def _read(self, shard: Shard) -> None:
        batch = shard.records[shard.at : shard.at + self._random.randint(1, 6)]
        event = {"Records": batch}
        self.start(
            shard.name.split()[0],
            f"{shard.name} at {shard.at}",
            lambda: shard.handler(event, None),
            lambda task: self._has_read(shard, batch, task),
        )

    def _has_read(self, shard: Shard, batch: list[dict[str, Any]], task: Task) -> None:
        shard.is_read = False
        if task.outcome is Outcome.DONE and not task.result["batchItemFailures"]:
            shard.tries = 0
            shard.at += len(batch)
            self._outstanding -= len(batch)
            if self.faults.happens(Mishap.REPEATED, shard.name):
                back = min(shard.at, self._random.randint(1, 6))
                shard.at -= back
                self._outstanding += back
            return self._read_later(shard)
        shard.tries += 1
        if shard.tries >= _MOST_BATCH_TRIES:
            self.dead += [DeadLetter(shard.name, record) for record in batch]
            shard.at += len(batch)
            self._outstanding -= len(batch)
            shard.tries = 0
        return self._read_later(shard, 0.1 * 2 ** min(shard.tries, 6))

    # --- queues -----------------------------------------------------------------------------------

    def send_message(self, queue: str, body: str, delay: float) -> None:
        self.messages[queue] = self.messages.get(queue, 0) + 1
        if queue == "timers":
            seconds = delay + self._random.expovariate(5)
            if self.faults.happens(Mishap.LAGGING, queue):
                seconds += self._random.uniform(1, 25)
            self._outstanding += delay < 600
            self.scheduler.after(seconds, lambda: self._receive(body, 1, is_near=delay < 600))
        elif queue == "parked":
            self.dead.append(DeadLetter("parked", json.loads(body)))

    def _receive(self, body: str, receives: int, *, is_near: bool) -> None:
        record = {"messageId": f"m{self._sequence}", "receiptHandle": "r", "body": body}
        event = {"Records": [record]}
        self.start(
            "on_timer",
            f"on_timer {json.loads(body)['kind']}",
            lambda: self.handlers["on_timer"](event, None),
            lambda task: self._has_received(body, receives, task, is_near=is_near),
            seconds=15,
        )

    def _has_received(self, body: str, receives: int, task: Task, *, is_near: bool) -> None:
        def again(seconds: float, count: int) -> None:
            self.scheduler.after(seconds, lambda: self._receive(body, count, is_near=is_near))

        if task.outcome is Outcome.DONE and not task.result["batchItemFailures"]:
            if self.faults.happens(Mishap.REPEATED, "timers"):
                return again(self._random.uniform(0, 20), 1)
        elif receives < _MOST_RECEIVES:
            return again(_VISIBLE_AGAIN, receives + 1)
        else:
            self.dead.append(DeadLetter("timers", body))
        self._outstanding -= is_near
        return None

    @property
    def is_quiet(self) -> bool:
        """Nothing is on its way, but for timers that ring in ten minutes or later."""
        return self._outstanding == 0 and self.scheduler.is_quiet

    def bring_back_the_dead(self) -> None:
        """What an operator does when the trouble is over: everything is delivered once more."""
        letters, self.dead = self.dead, []
        for letter in letters:
            if letter.where == "timers":
                self._outstanding += 1
                self._receive(letter.body, 1, is_near=True)
                continue
            is_agents = letter.body["dynamodb"]["NewImage"]["pk"]["S"].startswith("agent#")
            name = "on_agent_changed" if is_agents else "on_contact_fact"
            shard = Shard(f"{name} again", self.handlers[name], [letter.body])
            self._outstanding += 1
            self._read_later(shard, 0.0)

    # --- functions --------------------------------------------------------------------------------

    def start(
        self,
        function: str,
        label: str,
        act: Callable[[], Any],
        then: Callable[[Task], None] = lambda task: None,
        *,
        seconds: float = 60.0,
    ) -> Task:
        task = self.scheduler.start(function, label, act, then, seconds=seconds)
        self.on_start(task)
        return task

    def sweep_every_minute(self) -> None:
        """The schedule; a run that failed is tried again after one minute and after two."""
        self._sweep(0)
        self.scheduler.after(60, self.sweep_every_minute)

    def _sweep(self, tries: int) -> None:
        def then(task: Task) -> None:
            if task.outcome is not Outcome.DONE and tries < 2:
                self.scheduler.after(60 * (tries + 1), lambda: self._sweep(tries + 1))

        self.start(
            "on_sweep_due",
            "on_sweep_due",
            lambda: self.handlers["on_sweep_due"](_SCHEDULED, None),
            then,
            seconds=50,
        )

    # --- sockets ----------------------------------------------------------------------------------

    def open(
        self, owner: Owner, query: Mapping[str, str], then: Callable[[Socket, bool], None]
    ) -> None:
        """A handshake; `then` hears whether it was admitted."""
        self._sequence += 1
        socket = Socket(f"s{self._sequence}", owner)
        self.sockets[socket.connection_id] = socket
        event = {
            "requestContext": {"connectionId": socket.connection_id},
            "queryStringParameters": dict(query),
        }

        def ended(task: Task) -> None:
            is_admitted = task.outcome is Outcome.DONE and task.result["statusCode"] == 200
            socket.is_open = socket.is_open and is_admitted
            then(socket, is_admitted)

        self.start("websocket", "opened", lambda: self.handlers["opened"](event), ended, seconds=10)

    def say(self, socket: Socket, topic: str, content: object) -> None:
        """A frame from the other end."""
        if not socket.is_open or self.faults.happens(Mishap.FRAME_LOST, topic):
            return
        body = json.dumps({"topic": topic, "content": content})
        event = {"requestContext": {"connectionId": socket.connection_id}, "body": body}
        what = content.get("type", "") if isinstance(content, dict) else ""

        def arrives() -> None:
            self.start(
                "websocket",
                f"{topic.split('/')[1]} {what}",
                lambda: self.handlers["spoke"](event),
                seconds=29,
            )

        self.scheduler.after(self._random.expovariate(20), arrives)

    def hang_up(self, socket: Socket, *, is_told: bool = True) -> None:
        """The other end closes the socket, or vanishes."""
        if not socket.is_open:
            return
        socket.is_heard = False
        if not is_told or self.faults.happens(Mishap.CLOSE_LOST):
            return  # for the gateway it is still there
        self._closed(socket)

    def _closed(self, socket: Socket) -> None:
        socket.is_open = False
        event = {"requestContext": {"connectionId": socket.connection_id}}
        self.start("websocket", "closed", lambda: self.handlers["closed"](event), seconds=10)

    def post(self, connection_id: str, data: bytes) -> None:
        socket = self.sockets.get(connection_id)
        if socket is None or not socket.is_open:
            raise client_error("GoneException", "PostToConnection")
        if not socket.is_heard or self.faults.happens(Mishap.FRAME_LOST, "a desk or a device"):
            return
        frame = json.loads(data)
        self.scheduler.after(
            self._random.expovariate(20), lambda: socket.owner.hears(socket, frame)
        )

    def cut(self, connection_id: str) -> None:
        socket = self.sockets.get(connection_id)
        if socket is None or not socket.is_open:
            raise client_error("GoneException", "DeleteConnection")
        self._closed(socket)
        self.scheduler.after(0.05, lambda: socket.owner.is_cut_off(socket))


class _Client:
    """All clients but DynamoDB's; a method is an operation."""

    def __init__(self, service: str, cloud: Cloud) -> None:
        self._service = service
        self._cloud = cloud

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        done = getattr(_Doing, operation, None)
        if done is None:
            raise Unknown(f"nobody here does {self._service} {operation}")
        call = Call(self._service, operation, operation not in ("get_object", "head_object"))
        return lambda **kwargs: self._cloud.ask(call, lambda: done(self._cloud, kwargs))


class _Doing:
    """What the operations do."""

    @staticmethod
    def send_message(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, str]:
        queue = kwargs["QueueUrl"].rsplit("/", 1)[-1]
        cloud.send_message(queue, kwargs["MessageBody"], float(kwargs.get("DelaySeconds", 0)))
        return {}

    @staticmethod
    def put_object(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, str]:
        cloud.objects[kwargs["Bucket"], kwargs["Key"]] = kwargs["Body"]
        return {}

    @staticmethod
    def get_object(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        body = cloud.objects.get((kwargs["Bucket"], kwargs["Key"]))
        if body is None:
            raise client_error("NoSuchKey", "GetObject")
        return {"Body": io.BytesIO(body)}

    @staticmethod
    def head_object(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        body = cloud.objects.get((kwargs["Bucket"], kwargs["Key"]))
        if body is None:
            raise client_error("404", "HeadObject")
        return {"ContentLength": len(body), "ETag": '"e"', "Metadata": {}}

    @staticmethod
    def put_records(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        cloud.events += len(kwargs["Records"])
        return {"FailedRecordCount": 0, "Records": [{} for _ in kwargs["Records"]]}

    @staticmethod
    def put_events(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        cloud.events += len(kwargs["Entries"])
        return {"FailedEntryCount": 0, "Entries": [{} for _ in kwargs["Entries"]]}

    @staticmethod
    def post_to_connection(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        cloud.post(kwargs["ConnectionId"], kwargs["Data"])
        return {}

    @staticmethod
    def delete_connection(cloud: Cloud, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        cloud.cut(kwargs["ConnectionId"])
        return {}


def _asks_depths(kwargs: Kwargs) -> bool:
    return any(
        key["pk"]["S"].startswith("depth#")
        for wanted in kwargs["RequestItems"].values()
        for key in wanted["Keys"]
    )


def _asks_who_is_there(kwargs: Kwargs) -> bool:
    return any(
        value.get("S") == "online#0" for value in kwargs["ExpressionAttributeValues"].values()
    )


def _record(write: Write, sequence: int) -> dict[str, Any]:
    """As a Lambda gets it from the table's stream."""
    _, pk, sk = write.row
    images = {"OldImage": write.old, "NewImage": write.new}
    kind = "INSERT" if write.old is None else "REMOVE" if write.new is None else "MODIFY"
    return {
        "eventID": str(sequence),
        "eventName": kind,
        "awsRegion": "us-east-1",
        "eventSourceARN": f"arn:aws:dynamodb:us-east-1:1:table/{write.row[0]}/stream/now",
        "dynamodb": {
            "ApproximateCreationDateTime": 0,
            "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
            "SequenceNumber": f"{sequence:012d}",
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **{name: image for name, image in images.items() if image is not None},
        },
    }
