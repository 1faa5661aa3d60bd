"""The emulator's state on disk while it runs: always one complete moment, never half of one."""

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ministack.app as ministack
from ministack.core import persistence
from ministack.services import cloudwatch_logs, dynamodb, lambda_svc

_ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)/")
_LOG_STREAMS_KEPT = 200  # per function; the emulator makes one for each invocation


class Checkpoints:
    """Generations of the state: the next is written whole, then it takes the place of the last."""

    def __init__(self, folder: Path) -> None:
        self._current = folder / "current"
        self._next = folder / "next"
        self._previous = folder / "previous"
        self._digests: dict[str, str] = {}

    def restore(self) -> None:
        """Point the emulator at the last complete generation, also after a crash mid-swap."""
        shutil.rmtree(self._next, ignore_errors=True)
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

    def save(self, services: object = None) -> None:
        """Write all services as of this moment. Runs on the event loop, so no request moves it."""
        _forget_old_logs()
        snapshot = self._snapshot()
        digests = {name: hashlib.sha256(text).hexdigest() for name, text in snapshot.items()}
        if digests == self._digests:
            return
        self._write(snapshot, digests)
        self._digests = digests

    def _snapshot(self) -> dict[str, bytes]:
        texts = {}
        for name, get_state in ministack._build_persistence_save_dict().items():
            state = get_state()
            if state is not None:
                version = persistence._state_format_version(name)
                content = {"__ministack_format__": version, "payload": state}
                texts[name] = json.dumps(content, default=persistence._json_default).encode()
        return texts

    def _write(self, snapshot: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
        shutil.rmtree(self._next, ignore_errors=True)
        self._next.mkdir()
        for name, text in snapshot.items():
            kept = self._current / f"{name}.json"
            if self._digests.get(name) == digests[name] and kept.exists():
                os.link(kept, self._next / kept.name)
            else:
                (self._next / f"{name}.json").write_bytes(text)
        shutil.rmtree(self._previous, ignore_errors=True)
        self._current.rename(self._previous)
        self._next.rename(self._current)


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
        self._drop_what_was_read()
        state: dict[str, Any] = self._get_state()
        state["stream_records"] = dynamodb._stream_records
        state["stream_trimmed"] = dynamodb._stream_trimmed
        return state

    def load(self, state: Mapping[str, Any]) -> None:
        self._load_state(state)
        dynamodb._stream_records.update(state.get("stream_records", {}))
        dynamodb._stream_trimmed.update(state.get("stream_trimmed", {}))

    def _drop_what_was_read(self) -> None:
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


def _forget_old_logs() -> None:
    for _, group in cloudwatch_logs._log_groups.all_items():
        streams = group["streams"]
        for name in list(streams)[:-_LOG_STREAMS_KEPT]:
            streams.pop(name, None)
