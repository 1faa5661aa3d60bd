"""What admins set up for the work after contacts: the outcomes that agents choose from, and each
queue's time and closing script."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core.center import Center, Disposition, Queue
from chalicelib.core.errors import Duplicate, NotFound, Rejected
from chalicelib.core.ids import QueueId
from chalicelib.services.center_ports import PartStore

LABEL_LIMIT = 60  # characters: it stands in a list to choose from
SCRIPT_LIMIT = 2_000
LONGEST_SECONDS = 24 * 3600
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, kw_only=True)
class WrapUps:
    """All that is set up: outcomes in the order in which agents see them, queues by name."""

    dispositions: Sequence[Disposition]
    queues: Sequence[Queue]


class WrapUpsService:
    """A change counts for contacts that end after it; what was chosen before keeps its name."""

    def __init__(self, store: PartStore, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def all(self) -> WrapUps:
        center = self._store.latest()
        queues = sorted(center.queues, key=lambda queue: queue.name)
        return WrapUps(dispositions=center.dispositions, queues=queues)

    def offer(
        self, disposition_id: str, *, label: str, queues: Sequence[str], resolves: bool
    ) -> Disposition:
        """The outcome as it is now, new or changed; `queues` by id, name or ARN, none: all.

        Rejected by field; Duplicate when another one has the label.
        """
        center = self._store.latest()
        wanted = Disposition(
            disposition_id=_identifier(disposition_id),
            label=_label(label),
            queue_ids=_queue_ids(center, queues),
            resolves=resolves,
        )
        others = [d for d in center.dispositions if d.disposition_id != disposition_id]
        if any(each.label.casefold() == wanted.label.casefold() for each in others):
            message = f"an outcome with the label {wanted.label!r} exists"
            raise Duplicate(message, field="label", value=label)
        _check_left([*others, wanted], disposition_id)
        self._store.save_part("disposition", disposition_id, wanted)
        return wanted

    def withdraw(self, disposition_id: str) -> None:
        """It is not offered any more; NotFound."""
        known = self._store.latest().dispositions
        left = [each for each in known if each.disposition_id != disposition_id]
        if len(left) == len(known):
            message = f"no outcome {disposition_id!r}"
            raise NotFound(message, field="dispositionId", value=disposition_id)
        _check_left(left, disposition_id)
        self._store.delete_part("disposition", disposition_id)

    def set_queue(self, reference: str, *, seconds: int, closing_script: str) -> Queue:
        """The queue with this time for after contact work, 0: until the agent ends it, and this
        script, empty: the usual one; by id, name or ARN. NotFound; Rejected by field."""
        queue = self._store.latest().queue(reference)
        if queue is None:
            raise NotFound(f"no queue {reference!r}", field="queueId", value=reference)
        if not 0 <= seconds <= LONGEST_SECONDS:
            message = f"seconds {seconds} is not a number from 0 to {LONGEST_SECONDS}"
            raise Rejected(message, field="seconds", value=seconds)
        if len(closing_script) > SCRIPT_LIMIT:
            size = len(closing_script)
            message = f"a closing script has at most {SCRIPT_LIMIT} characters, not {size}"
            raise Rejected(message, field="closingScript", value=closing_script[:40])
        changed = replace(
            queue,
            wrap_up_seconds=seconds,
            closing_script=closing_script,
            changed_at=self._now(),
        )
        self._store.save_part("queue", queue.queue_id, changed)
        return changed


def _identifier(disposition_id: str) -> str:
    if not _ID.fullmatch(disposition_id):
        message = f"id {disposition_id!r} is not 1 to 60 of a to z, 0 to 9 and -"
        raise Rejected(message, field="dispositionId", value=disposition_id[:80])
    return disposition_id


def _label(label: str) -> str:
    stripped = label.strip()
    if not stripped or len(stripped) > LABEL_LIMIT:
        message = f"a label has 1 to {LABEL_LIMIT} characters, not {len(stripped)}"
        raise Rejected(message, field="label", value=label[:80])
    return stripped


def _queue_ids(center: Center, references: Sequence[str]) -> tuple[QueueId, ...]:
    found: dict[QueueId, None] = {}
    for reference in references:
        queue = center.queue(reference)
        if queue is None:
            raise Rejected(f"no queue {reference!r}", field="queueIds", value=reference)
        found[queue.queue_id] = None
    return tuple(found)


def _check_left(dispositions: Sequence[Disposition], changed: str) -> None:
    """Agents must be able to complete contacts of every queue, also of one that is made later."""
    if all(each.queue_ids for each in dispositions):
        message = "one outcome must be offered in all queues, or contacts could not be completed"
        raise Rejected(message, field="dispositionId", value=changed)
