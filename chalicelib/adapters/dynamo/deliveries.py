"""Deliveries in DynamoDB: who has what, what became of each revision, which e-mails were sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import lost_race
from chalicelib.adapters.dynamo.tables import DeliveryNoteRow, DeliveryRow, NoticeRow
from chalicelib.core.delivery import Delivery, DeliveryNote, Notice
from chalicelib.core.errors import LostRace, NotFound

_PARTITION = "deliveries"
_SENT = "sent"


class DynamoDeliveryBook:
    """The DeliveryBook on the table `reports`."""

    def all(self) -> Sequence[Delivery]:
        rows = DeliveryRow.query(_PARTITION, consistent_read=True)
        return [codec.load(row.document, Delivery) for row in rows]

    def get(self, name: str) -> Delivery:
        try:
            row = DeliveryRow.get(_PARTITION, name, consistent_read=True)
        except DeliveryRow.DoesNotExist:
            raise _missing(name) from None
        return codec.load(row.document, Delivery)

    def keep(self, delivery: Delivery) -> None:
        DeliveryRow(_PARTITION, delivery.name, document=codec.dump(delivery)).save()

    def remove(self, name: str) -> None:
        self.get(name)
        DeliveryRow(_PARTITION, name).delete()


class DynamoDeliveryLedger:
    """The DeliveryLedger on the table `reports`."""

    def note(self, note: DeliveryNote) -> None:
        DeliveryNoteRow(
            _notes(note.consumer, note.report),
            _revision(note.day, note.revision),
            document=codec.dump(note),
        ).save()

    def latest(self, consumer: str, report: str, *, limit: int) -> Sequence[DeliveryNote]:
        rows = DeliveryNoteRow.query(
            _notes(consumer, report), scan_index_forward=False, limit=limit, consistent_read=True
        )
        return [codec.load(row.document, DeliveryNote) for row in rows]

    def of_day(self, consumer: str, report: str, day: date) -> Sequence[DeliveryNote]:
        rows = DeliveryNoteRow.query(
            _notes(consumer, report),
            DeliveryNoteRow.sk.startswith(f"{day.isoformat()}#"),
            consistent_read=True,
        )
        return [codec.load(row.document, DeliveryNote) for row in rows]

    def claim(self, notice: Notice, *, now: datetime, until: datetime) -> bool:
        row = _row(notice, state=codec.stamp(until))
        is_left = NoticeRow.state < codec.stamp(now)  # a moment sorts before `sent`
        try:
            with lost_race(f"the e-mail to {notice.address} is being sent"):
                row.save(condition=NoticeRow.pk.does_not_exist() | is_left)
        except LostRace:
            if _is_sent(row):
                return False
            raise
        return True

    def release(self, notice: Notice) -> None:
        _row(notice, state="").delete()

    def sent(self, notice: Notice) -> None:
        _row(notice, state=_SENT).save()


def _row(notice: Notice, *, state: str) -> NoticeRow:
    place = f"{_revision(notice.day, notice.revision)}#{notice.address}"
    return NoticeRow(f"notices#{notice.consumer}#{notice.report}", place, state=state)


def _is_sent(row: NoticeRow) -> bool:
    try:
        return bool(NoticeRow.get(row.pk, row.sk, consistent_read=True).state == _SENT)
    except NoticeRow.DoesNotExist:
        return False  # released meanwhile


def _notes(consumer: str, report: str) -> str:
    return f"delivery#{consumer}#{report}"


def _revision(day: date, revision: int) -> str:
    return f"{day.isoformat()}#{revision:06}"


def _missing(name: str) -> NotFound:
    return NotFound(f"nothing is delivered to {name!r}", field="name", value=name)
