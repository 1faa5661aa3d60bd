"""The emulator's state on disk while it runs: always one complete moment, never half of one."""

import asyncio
import copy
import json
import os
import re
import shutil
import signal
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import ministack.app as ministack
from ministack.core import persistence
from ministack.services import cloudwatch_logs, dynamodb, lambda_svc

_ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)/")
_PATIENCE = 60  # seconds for a writer
_LOG_STREAMS_KEPT = 200  # per function; the emulator makes one for each invocation


class Checkpoints:
    """Generations of the state: the next is written whole, then it takes the place of the last.

    While the emulator runs, a copy of its process writes (as Redis does it): the copy holds
    one moment still, and the emulator goes on answering. Only the emulator itself puts a
    generation into its place, so a copy that outlives it does no harm.
    """

    def __init__(self, folder: Path, streams: "Streams") -> None:
        self._folder = folder
        self._current = folder / "current"
        self._previous = folder / "previous"
        self._streams = streams
        self._writer: int | None = None

    def restore(self) -> None:
        """Point the emulator at the last complete generation, also after a crash mid-swap."""
        self._remove_unfinished()
        if not self._current.exists() and self._previous.exists():
            self._previous.rename(self._current)
        self._current.mkdir(parents=True, exist_ok=True)
        self._move(int(os.environ["GATEWAY_PORT"]))
        persistence.STATE_DIR = str(self._current)

    def _move(self, port: int) -> None:
        """A queue's address holds the port it was made at. Where that port was taken meanwhile,
        everything that names the old one names the new one; the queues last, to do it once."""
        queues = self._current / "sqs.json"
        found = _ADDRESS.search(queues.read_bytes()) if queues.exists() else None
        if found is None or int(found[1]) == port:
            return
        old, new = b"127.0.0.1:" + found[1], b"127.0.0.1:%d" % port
        files = sorted(self._current.glob("*.json"), key=lambda file: file == queues)
        for file in files:
            text = file.read_bytes()
            if old in text:
                file.unlink()  # under its other name, in the generation before, it stays as it was
                file.write_bytes(text.replace(old, new))

    async def save_beside(self) -> float:
        """Write this moment in a copy of this process; the seconds of processor that it took.

        Raises `OSError` if the copy failed or was overtaken by `save`, `TimeoutError` if it did
        not end: another thread may have held a lock, which in the copy nobody gives back.
        """
        self._tidy_up()
        writer = os.fork()
        if writer == 0:
            self._write_and_exit()
        self._writer = writer
        try:
            async with asyncio.timeout(_PATIENCE):
                _, status, usage = await asyncio.to_thread(os.wait4, writer, 0)
        except BaseException:
            self._end_writer()
            raise
        if status != 0 or self._writer != writer:
            raise OSError(f"the writer of a checkpoint ended with {status}")
        self._writer = None
        self._put_into_place(writer)
        return usage.ru_utime + usage.ru_stime

    def save(self, services: object = None) -> None:
        """Write this moment before anything goes on: the last thing that the emulator does."""
        self._end_writer()
        self._tidy_up()
        self._write(os.getpid())
        self._put_into_place(os.getpid())

    def _tidy_up(self) -> None:
        """What must happen in the emulator itself, for the copy to have less to do."""
        _forget_old_logs()
        self._streams.drop_what_was_read()
        for function in list(lambda_svc._functions._data.values()):
            if isinstance(function.get("code_zip"), bytes):
                lambda_svc._write_code_blob(function["code_zip"])  # remembered by its digest

    def _end_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(ProcessLookupError):
                os.kill(writer, signal.SIGKILL)

    def _write_and_exit(self) -> NoReturn:
        """In the copy: nothing that it shares with the emulator may be kept open or signalled."""
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            vars(copy)["deepcopy"] = _as_it_is  # this process is a copy already
            self._write(os.getpid())
        except BaseException:  # noqa: BLE001  # nothing may run in the copy but its writing
            os.write(2, traceback.format_exc().encode())
            os._exit(1)
        os._exit(0)

    def _write(self, writer: int) -> None:
        target = self._unfinished(writer)
        target.mkdir()
        for name, text in _snapshot():
            kept, written = self._current / f"{name}.json", target / f"{name}.json"
            if kept.exists() and kept.read_bytes() == text:
                os.link(kept, written)
            else:
                written.write_bytes(text)

    def _put_into_place(self, writer: int) -> None:
        shutil.rmtree(self._previous, ignore_errors=True)
        self._current.rename(self._previous)
        self._unfinished(writer).rename(self._current)
        self._remove_unfinished()

    def _unfinished(self, writer: int) -> Path:
        return self._folder / f"next-{writer}"

    def _remove_unfinished(self) -> None:
        for left in self._folder.glob("next-*"):
            shutil.rmtree(left, ignore_errors=True)


def _snapshot() -> Iterator[tuple[str, bytes]]:
    """The name and the state of each service that has one."""
    for name, get_state in ministack._build_persistence_save_dict().items():
        state = get_state()
        if state is not None:
            version = persistence._state_format_version(name)
            content = {"__ministack_format__": version, "payload": state}
            yield name, json.dumps(content, default=persistence._json_default).encode()


class Streams:
    """The records of DynamoDB streams, kept over a restart together with how far they were read.

    MiniStack keeps only the reading positions: after a restart a position would lie beyond the
    end of the then empty stream, and what is written next would never reach its function. What
    every reader has read is dropped at each checkpoint.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # a position is absolute: records and offset move together
        self._read = dynamodb.stream_records_since
        self._get_state = dynamodb.get_state
        self._load_state = dynamodb.load_persisted_state

    def install(self) -> None:
        dynamodb.stream_records_since = self.read
        dynamodb.get_state = self.state
        dynamodb.load_persisted_state = self.load

    def read(self, table: str, position: int, limit: int, **scope: Any) -> list[dict[str, Any]]:
        with self._lock:
            records: list[dict[str, Any]] = self._read(table, position, limit, **scope)
            return records

    def state(self) -> dict[str, Any]:
        """Without the lock: a copy of this process could wait for it for ever."""
        state: dict[str, Any] = self._get_state()
        state["stream_records"] = dynamodb._stream_records
        state["stream_trimmed"] = dynamodb._stream_trimmed
        return state

    def load(self, state: Mapping[str, Any]) -> None:
        self._load_state(state)
        dynamodb._stream_records.update(state.get("stream_records", {}))
        dynamodb._stream_trimmed.update(state.get("stream_trimmed", {}))

    def drop_what_was_read(self) -> None:
        for (account, region, table), records in dynamodb._stream_records.all_items():
            positions = _positions_in(account, region, table)
            with self._lock:
                dropped = dynamodb._trimmed_count(table, account, region)
                read = max(0, min(positions, default=dropped) - dropped)
                del records[:read]
                dynamodb._stream_trimmed.set_scoped(account, region, table, dropped + read)


def _positions_in(account: str, region: str, table: str) -> list[int]:
    """Where the readers of a table's stream are; one that never read is at the beginning."""
    source = f":dynamodb:{region}:{account}:table/{table}/stream/"
    return [
        lambda_svc._dynamodb_stream_positions.get_scoped(account, region, mapping_id, 0)
        for (_, _, mapping_id), mapping in lambda_svc._esms.all_items()
        if source in mapping.get("EventSourceArn", "")
    ]


def _as_it_is[T](value: T, memo: object = None) -> T:
    return value


def _forget_old_logs() -> None:
    for _, group in cloudwatch_logs._log_groups.all_items():
        streams = group["streams"]
        for name in list(streams)[:-_LOG_STREAMS_KEPT]:
            streams.pop(name, None)
