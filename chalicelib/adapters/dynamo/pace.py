"""How fast lines move, in DynamoDB: sums of a few minutes each, and what was counted last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zlib import crc32

from pynamodb.exceptions import UpdateError

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import CONDITION_FAILED, code_of
from chalicelib.adapters.dynamo.tables import BasisRow, StretchRow
from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.waiting import STRETCHES, Basis, Sample, Stretch, stretch_of

_KEPT = timedelta(days=8)
_MS = 1_000
_LAST = "basis"  # sorts behind every moment


class DynamoPaceStore:
    """The PaceStore on the table `routing`."""

    def note(
        self,
        queue_id: QueueId,
        channel: Channel,
        contact_id: ContactId,
        sample: Sample,
        *,
        at: datetime,
    ) -> None:
        began_at = stretch_of(at)
        row = StretchRow(_line(queue_id, channel), codec.stamp(began_at))
        # Eight digits tell the contacts of five minutes apart; ids would make a row 400 KB long.
        mark = f"{crc32(contact_id.encode()):08x}"
        is_handled = sample.handle_seconds is not None
        actions = [
            StretchRow.handled.add(int(is_handled)),
            StretchRow.handle_ms.add(round((sample.handle_seconds or 0) * _MS)),
            StretchRow.gave_up.add(int(not is_handled)),
            StretchRow.waited_ms.add(round(sample.waited_seconds * _MS)),
            StretchRow.contacts.add({mark}),
            StretchRow.expires_at.set(int((began_at + _KEPT).timestamp())),
        ]
        try:
            row.update(actions=actions, condition=~StretchRow.contacts.contains(mark))
        except UpdateError as error:
            if code_of(error) not in CONDITION_FAILED:
                raise  # that code says: it is counted already

    def stretches(self, queue_id: QueueId, channel: Channel) -> Sequence[Stretch]:
        rows = StretchRow.query(
            _line(queue_id, channel),
            StretchRow.sk < _LAST,
            scan_index_forward=False,
            limit=STRETCHES,
            consistent_read=True,
        )
        return [_stretch(row) for row in rows]

    def basis(self, queue_id: QueueId, channel: Channel) -> Basis | None:
        try:
            row = BasisRow.get(_line(queue_id, channel), _LAST, consistent_read=True)
        except BasisRow.DoesNotExist:
            return None
        return codec.load(row.document, Basis)

    def keep(self, queue_id: QueueId, channel: Channel, basis: Basis) -> None:
        BasisRow(_line(queue_id, channel), _LAST, document=codec.dump(basis)).save()


def _line(queue_id: QueueId, channel: Channel) -> str:
    return f"pace#{queue_id}#{channel}"


def _stretch(row: StretchRow) -> Stretch:
    return Stretch(
        began_at=codec.moment(row.sk),
        handled=int(row.handled),
        handle_seconds=row.handle_ms / _MS,
        gave_up=int(row.gave_up),
        waited_seconds=row.waited_ms / _MS,
    )


__all__ = ["DynamoPaceStore"]
