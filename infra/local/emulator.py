"""Runs the embedded AWS (MiniStack) with checkpoints; started in the emulator's own venv.

What MiniStack alone does not give, and this adds: its state is written while it runs, whole
and at once, so that `kill -9` loses seconds instead of everything; functions that share one
zip share one copy of it, packed and unpacked; and WebSocket messages of different connections
run side by side and leave logs, and so do the rows of a stream, as they do in AWS.
"""

import asyncio
import contextlib
import functools
import hashlib
import json
import os
import re
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from math import inf
from operator import eq, ge, gt, le, lt
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import ministack.app as ministack
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.core import hypercorn_compat, iam_evaluator, lambda_runtime
from ministack.services import athena, dynamodb, kinesis, lambda_svc, sqs

from infra.local.checkpoints import Checkpoints, Streams
from infra.local.trino import MACROS

EVERY_SECONDS = float(os.environ.get("CHECKPOINT_SECONDS", "2"))
LANES = 4  # a laptop has few cores
_FILLED_IN = frozenset({"md5_body", "sys", "seq"})
_SECONDS_TO_EXPIRE = 10
_SWITCH_SECONDS = 0.001  # one thread answers all; those that compute must not hold it up for long
_SHARE = 4  # one part of a processor: a center with much in it is saved less often
STATE = Path(os.environ["STATE_DIR"])
UNPACKED = Path(os.environ["TMPDIR"]) / "unpacked"


class SharedZip(zipfile.ZipFile):
    """Unpacks a function's code once per content and links it where a worker expects it."""

    def extractall(  # type: ignore[override]  # called with the target only
        self, path: str, members: object = None, pwd: bytes | None = None
    ) -> None:
        with open(str(self.filename), "rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        shared = UNPACKED / digest
        if not shared.exists():
            half = UNPACKED / f"{digest}.{os.getpid()}.{time.monotonic_ns()}"
            super().extractall(half)
            try:
                half.rename(shared)
            except OSError:  # another worker was faster
                shutil.rmtree(half)
        target = Path(path)
        if target.name == "code":
            Path(str(self.filename)).unlink()  # the worker's own copy of the zip, now unpacked
        target.rmdir()
        target.symlink_to(shared, target_is_directory=True)


class Leased:
    """A worker that is nobody else's for the time of one invocation.

    MiniStack lets all WebSocket messages of a function queue up behind one worker, and keeps
    no log of them.
    """

    def __init__(
        self, name: str, config: dict[str, object], code: bytes, qualifier: str = "$LATEST"
    ) -> None:
        self._wanted = (name, config, code, qualifier)

    def invoke(self, event: object, request_id: str) -> dict[str, object]:
        name, config, code, qualifier = self._wanted
        worker, _ = lambda_runtime.acquire_worker(name, config, code, qualifier=qualifier)
        began = time.monotonic()
        try:
            result: dict[str, object] = worker.invoke(event, request_id)
        finally:
            lambda_runtime.release_worker(worker)
        took = int((time.monotonic() - began) * 1000)
        failed = result.get("status") == "error"
        said = f"{result.get('log') or ''}\n{result.get('trace') or ''}".strip()
        lambda_svc._emit_lambda_logs({"config": config}, request_id, said, failed, took)
        return result


def handle_streams_side_by_side() -> None:
    """What ParallelizationFactor does in AWS: a batch is handled in several lanes, in which the
    rows of one partition key stay in order. If one of them fails all come again."""
    execute = lambda_svc._execute_function

    def in_lanes(function: dict[str, Any], event: Any, *args: Any, **more: Any) -> Any:
        lanes = _lanes(event)
        if len(lanes) < 2:
            return execute(function, event, *args, **more)
        with ThreadPoolExecutor(len(lanes)) as pool:
            running = [
                pool.submit(copy_context().run, execute, function, {"Records": lane}, *args, **more)
                for lane in lanes
            ]
            results = [each.result() for each in running]
        return next((result for result in results if result.get("error")), results[-1])

    lambda_svc._execute_function = in_lanes


def _lanes(event: Any) -> list[list[dict[str, Any]]]:
    """The records of a DynamoDB stream by their partition key; none for any other event."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not records or records[0].get("eventSource") != "aws:dynamodb":
        return []
    lanes: dict[int, list[dict[str, Any]]] = {}
    for record in records:
        key = record["dynamodb"]["Keys"]["pk"]["S"]
        lanes.setdefault(crc32(key.encode()) % LANES, []).append(record)
    return list(lanes.values())


def poll_streams_side_by_side() -> None:
    """Each stream has a thread that reads it, as it has pollers of its own in AWS: MiniStack has
    one for all, and a function that is slow with one stream would hold up the others."""
    every, poll = lambda_svc._iter_all_esms, lambda_svc._poll_dynamodb_streams
    mine: ContextVar[str | None] = ContextVar("mine", default=None)
    wakes: dict[str, Event] = {}

    def those_of_this_thread() -> Iterator[tuple[str, str, dict[str, Any]]]:
        return (each for each in every() if mine.get() in (None, each[2]["UUID"]))

    def wake_all() -> bool:
        for _, _, mapping in every():
            name = mapping["UUID"]
            if ":dynamodb:" not in mapping.get("EventSourceArn", ""):
                continue
            if name not in wakes:
                wakes[name] = Event()
                Thread(target=keep_polling, args=(name,), daemon=True).start()
            wakes[name].set()
        return False  # the threads go on by themselves as long as there is more

    def keep_polling(name: str) -> None:
        mine.set(name)
        while any(True for _ in those_of_this_thread()):
            wakes[name].clear()
            try:
                has_more = poll()
            except Exception as error:  # noqa: BLE001  # or the stream would stand still for ever
                print(f"polling failed: {error!r}", file=sys.stderr, flush=True)
                has_more = False
            if not has_more:
                wakes[name].wait(1)
        del wakes[name]

    lambda_svc._iter_all_esms = those_of_this_thread
    lambda_svc._poll_dynamodb_streams = wake_all


def expire_now_and_then() -> None:
    """All that lies in a queue or stream is looked through for what is too old: by MiniStack at
    every request, which takes longer the more there is."""
    for module, name in ((kinesis, "_expire_records"), (sqs, "_expire_retained")):
        setattr(module, name, _now_and_then(getattr(module, name)))
    complete = sqs._ensure_msg_fields

    def once(message: dict[str, Any]) -> None:
        if not message.keys() >= _FILLED_IN:
            complete(message)

    sqs._ensure_msg_fields = once


class Messages(list[dict[str, Any]]):
    """Of a queue; none of them may be received before `due`, by the clock."""

    due = 0.0

    def append(self, message: dict[str, Any]) -> None:
        super().append(message)
        self.due = min(self.due, message.get("visible_at", 0.0))


def receive_what_is_due() -> None:
    """Most messages of a queue of timers are not due: MiniStack looks at each of them whenever
    anything at all has happened, and again for each that is deleted."""
    receive = sqs._receive_messages_for_esm

    def when_due(url: str, most: int) -> list[dict[str, Any]]:
        queue = sqs._get_q(url)
        if time.time() < getattr(queue["messages"], "due", 0.0):
            return []
        found: list[dict[str, Any]] = receive(url, most)
        with sqs._queues_lock:
            messages = Messages(queue["messages"])
            soonest = min((each.get("visible_at", 0.0) for each in messages), default=inf)
            # Not for longer: somebody may have changed when a message is seen.
            messages.due = min(soonest, time.time() + 1)
            queue["messages"] = messages
        return found

    def delete(url: str, handles: set[str]) -> None:
        with sqs._queues_lock:
            queue = sqs._get_q(url)
            left = Messages(m for m in queue["messages"] if m.get("receipt_handle") not in handles)
            left.due = getattr(queue["messages"], "due", 0.0)
            queue["messages"] = left

    sqs._receive_messages_for_esm = when_due
    sqs._delete_messages_for_esm = delete


def _now_and_then(run: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    due: dict[int, float] = {}

    def when_due(kept: dict[str, Any]) -> None:
        if time.monotonic() >= due.get(id(kept), 0.0):
            run(kept)
            due[id(kept)] = time.monotonic() + _SECONDS_TO_EXPIRE

    return when_due


def parse_expressions_once() -> None:
    """A query looks at every row of its partition; for each, its condition would be parsed anew."""
    tokenize = functools.lru_cache(1_000)(dynamodb._tokenize)
    dynamodb._tokenize = lambda expression: list(tokenize(expression))
    check = dynamodb._condition_syntax_error
    dynamodb._condition_syntax_error = functools.lru_cache(1_000)(check)
    evaluate = dynamodb._evaluate_condition

    def of_keys(
        expression: str,
        item: dict[str, Any],
        values: dict[str, Any],
        names: dict[str, str],
        slot: str = "ConditionExpression",
    ) -> bool:
        if slot == "KeyConditionExpression" and (found := _KEYS.fullmatch(expression)):
            with contextlib.suppress(KeyError):  # of another type than text, or of other names
                return _is_in_range(found, item, values, names)
        held: bool = evaluate(expression, item, values, names, slot=slot)
        return held

    dynamodb._evaluate_condition = of_keys


_KEYS = re.compile(  # as PynamoDB writes them: of the partition, of both, or of where one begins
    r"\(?(?P<pk>#\w+) = (?P<is>:\w+)"
    r"(?: AND (?:(?P<sk>#\w+) (?P<sign>[<>]?=|[<>]) (?P<than>:\w+)"
    r"|begins_with \((?P<begins>#\w+), (?P<with>:\w+)\)))?\)?"
)
_SIGNS = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


def _is_in_range(
    found: re.Match[str], item: dict[str, Any], values: dict[str, Any], names: dict[str, str]
) -> bool:
    """Texts are in the order of their code points, which is that of their bytes in UTF-8."""

    def text(name: str) -> str:
        kept: str = item[names[found[name]]]["S"]
        return kept

    if text("pk") != values[found["is"]]["S"]:
        return False
    if found["sk"]:
        return bool(_SIGNS[found["sign"]](text("sk"), values[found["than"]]["S"]))
    return not found["begins"] or text("begins").startswith(values[found["with"]]["S"])


def read_policies_once() -> None:
    """What a role may do is read at each of its requests, from the same texts."""
    read = iam_evaluator.parse_policy_document
    read_text = functools.lru_cache(1_000)(read)

    def read_once(document: Any) -> Any:
        return read_text(document) if isinstance(document, str) else read(document)

    iam_evaluator.parse_policy_document = read_once


def say_it_in_athenas_words() -> None:
    """Its Athena runs on DuckDB, whose SQL is another."""
    run = athena._run_duckdb

    async def with_words(query: str, database: str, catalog: str | None = None) -> Any:
        return await run(f"{MACROS}{query}", database, catalog)

    athena._run_duckdb = with_words


def expire_by_the_centers_clock() -> None:
    """Rows live by the clock of the functions that wrote them, which a laptop may have set."""
    file = Path(os.environ.get("CLOCK_FILE", ""))

    def now() -> float:
        try:
            return time.time() + float(file.read_text())
        except OSError:
            return time.time()

    dynamodb.time = SimpleNamespace(**{**vars(time), "time": now})


def share_code() -> None:
    """One copy in memory of a zip that many functions have; each would otherwise keep its own."""
    fetch = lambda_svc._fetch_code_from_s3
    copies: dict[str, bytes] = {}

    def fetch_once(bucket: str, key: str, version_id: str | None = None) -> bytes | None:
        code: bytes | None = fetch(bucket, key, version_id=version_id)
        if code is None:
            return None
        return copies.setdefault(hashlib.sha256(code).hexdigest(), code)

    lambda_svc._fetch_code_from_s3 = fetch_once


def remember_code_digests() -> None:
    """Hash each function's zip once, not at every checkpoint: it is the same object all along."""
    write_blob = lambda_svc._write_code_blob
    known: dict[int, tuple[bytes, str]] = {}

    def write_once(code: bytes) -> str:
        entry = known.get(id(code))
        if entry is None or entry[0] is not code:
            entry = known[id(code)] = (code, write_blob(code))
        return entry[1]

    lambda_svc._write_code_blob = write_once


async def main(app: Any = None) -> None:
    """`app`: what stands between callers and the emulator; tests have one."""
    UNPACKED.mkdir(parents=True, exist_ok=True)
    STATE.mkdir(parents=True, exist_ok=True)
    streams = Streams()
    checkpoints = Checkpoints(STATE, streams)
    checkpoints.restore()
    hypercorn_compat.install()
    remember_code_digests()
    share_code()
    parse_expressions_once()
    read_policies_once()
    expire_by_the_centers_clock()
    handle_streams_side_by_side()
    poll_streams_side_by_side()
    expire_now_and_then()
    receive_what_is_due()
    sys.setswitchinterval(_SWITCH_SECONDS)
    say_it_in_athenas_words()
    streams.install()
    lambda_runtime.get_or_create_worker = Leased
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedZip,
        BadZipFile=zipfile.BadZipFile,
        LargeFileError=zipfile.LargeZipFile,
    )
    ministack.save_all = checkpoints.save
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    saving = asyncio.create_task(_keep_saving(checkpoints, stop))
    await serve(app or answer, _listen(), shutdown_trigger=stop.wait)
    saving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saving


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The emulator, and one address that says whose it is: ports are used again."""
    if scope["type"] != "http" or scope["path"] != "/_laptop":
        await ministack.app(scope, receive, send)
        return
    body = json.dumps({"home": str(STATE.parent)}).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _listen() -> Config:
    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 3
    config.loglevel = "WARNING"
    return config


async def _keep_saving(checkpoints: Checkpoints, stop: asyncio.Event) -> None:
    """A checkpoint every few seconds, and one the moment that a stop is asked for.

    MiniStack itself saves only after the last running function has ended, which a supervisor
    with a short patience does not wait for.
    """
    pause = EVERY_SECONDS
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        began = time.monotonic()
        worked = 0.0
        try:
            if stop.is_set():
                return checkpoints.save()
            worked = await checkpoints.save_beside()
        except (OSError, RuntimeError) as error:  # RuntimeError: a thread changed what was copied
            print(f"checkpoint put off: {error!r}", file=sys.stderr, flush=True)
        pause = max(EVERY_SECONDS, _SHARE * worked) - (time.monotonic() - began)


if __name__ == "__main__":
    asyncio.run(main())
    os._exit(0)  # a function still running must not keep the emulator alive
