"""The marks that customers gave, as their answers lie in the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from chalicelib.adapters.feedback_rows import folder
from chalicelib.adapters.side_by_side import bodies
from chalicelib.services.ports import ObjectStore
from chalicelib.services.report_ports import GivenMark


class S3Marks:
    """The Marks port, over `feedback/dt=<civil day>/<invitation id>.jsonl`, a line per answer; a
    center that asks nobody has none."""

    def __init__(self, objects: ObjectStore, *, readers: int = 16) -> None:
        self._objects = objects
        self._readers = readers

    def given(self, days: Iterable[date]) -> Iterator[GivenMark]:
        for day in days:
            keys = [info.key for info in self._objects.list(folder(day))]
            for body in bodies(self._objects, keys, readers=self._readers):
                yield from _read(body, day)


def _read(body: bytes, day: date) -> Iterator[GivenMark]:
    for answer in (msgspec.json.decode(line, type=_Answer) for line in body.splitlines()):
        if answer.is_newest and answer.service is not None and answer.agent:
            yield GivenMark(
                username=answer.agent, queue_id=answer.queue_id, day=day, mark=answer.service
            )


class _Answer(msgspec.Struct):
    """What is read of a line; the rest is ignored."""

    agent: str
    queue_id: str
    is_newest: bool
    service: int | None
