"""Where agent events lie in the lake, and what those of a day tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from chalicelib.adapters.side_by_side import bodies
from chalicelib.core.agent_activity import Told, read_event
from chalicelib.core.errors import NotFound
from chalicelib.services.ports import ObjectStore

_LINES = "application/x-ndjson"
_PACK_VERSION = 1  # another one whenever more is read of an event

type _Pack = dict[str, list[Told]]  # by the object's key


class S3AgentDays:
    """The AgentDays port: `agent-events/dt=<UTC day>/<id of the first event>.jsonl`, the events of
    one change in an object that is never written otherwise.

    What a day's objects tell is kept under `agent-days/`, so that only those that came since are
    read again. That file can be old, or gone, and nothing is wrong.
    """

    def __init__(self, objects: ObjectStore, *, readers: int = 16) -> None:
        self._objects = objects
        self._readers = readers

    def keep(self, events: Sequence[Mapping[str, object]]) -> None:
        day, event_id = str(events[0]["EventTimestamp"])[:10], events[0]["EventId"]
        body = b"".join(msgspec.json.encode(event) + b"\n" for event in events)
        key = f"{_folder(date.fromisoformat(day))}{event_id}.jsonl"
        self._objects.put(key, body, content_type=_LINES)

    def told(self, utc_days: Iterable[date]) -> Iterator[Told]:
        for day in utc_days:
            for told in self._day(day).values():
                yield from told

    def _day(self, day: date) -> _Pack:
        keys = [info.key for info in self._objects.list(_folder(day))]
        pack = self._packed(day) if keys else {}
        missing = [key for key in keys if key not in pack]
        if missing:
            fresh = bodies(self._objects, missing, readers=self._readers)
            pack |= zip(missing, map(_read, fresh), strict=True)
            self._objects.put(_pack(day), msgspec.json.encode(pack), content_type=_LINES)
        return pack

    def _packed(self, day: date) -> _Pack:
        try:
            return msgspec.json.decode(self._objects.get(_pack(day)), type=dict[str, list[Told]])
        except NotFound:
            return {}


def _read(body: bytes) -> list[Told]:
    return [told for line in body.splitlines() for told in read_event(msgspec.json.decode(line))]


def _folder(day: date) -> str:
    return f"agent-events/dt={day.isoformat()}/"


def _pack(day: date) -> str:
    return f"agent-days/v{_PACK_VERSION}/dt={day.isoformat()}/told.json"
