"""Rates a contact: which seconds, messages, bytes and requests are paid for, by which tariff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.core.civil_day import civil_day, day_of
from chalicelib.core.contact_record import ContactRecord, QueueStay
from chalicelib.core.events import Channel, InitiationMethod
from chalicelib.core.ids import QueueId
from chalicelib.core.ledger import UNALLOCATED, LedgerLine, Place, line_id
from chalicelib.core.tariff import Kind, Price, Tariff, TariffBook, Way

_CALLED_BY_US = (InitiationMethod.OUTBOUND, InitiationMethod.CALLBACK)
_WEB = InitiationMethod.WEBRTC_API

type CostCentres = Mapping[QueueId, str]


@dataclass(frozen=True, slots=True)
class _Segment:
    number: int
    queue_id: QueueId | None
    began_at: datetime
    ended_at: datetime


def lines_of(
    record: ContactRecord, book: TariffBook, cost_centres: CostCentres
) -> tuple[LedgerLine, ...]:
    """What the contact costs by these tariffs; what a tariff has no price for costs nothing.

    Time is cut at the midnights of the book's zone, to the second, so that a line lies in one day
    and has one tariff. Messages, recordings and requests count on the day the contact ended, for
    the queue it was in last.
    """
    centres = {stay.queue_id: cost_centres.get(stay.queue_id) for stay in _stays(record)}
    found = [*_times(record, book), *_things(record, book)]
    return tuple(
        LedgerLine(
            line_id=line_id(record.contact_id, Place(segment.number, day, price.kind)),
            contact_id=record.contact_id,
            segment=segment.number,
            day=day,
            kind=price.kind,
            rate=price.rate,
            queue_id=segment.queue_id,
            cost_centre=(segment.queue_id and centres[segment.queue_id]) or UNALLOCATED,
            quantity=quantity,
            unit=price.unit,
            unit_price=price.price,
            tariff_version=tariff.version,
            amount=price.amount(quantity),
            currency=tariff.currency,
            last_fact=record.last_fact,
        )
        for segment, day, tariff, price, quantity in found
        if price is not None and quantity > 0
    )


type _Found = tuple[_Segment, date, Tariff, Price | None, int]


def _times(record: ContactRecord, book: TariffBook) -> Iterator[_Found]:
    """Seconds of service and of the line, by segment and day."""
    way, number = _line(record)
    for segment in _segments(record):
        for day, seconds in _by_day(segment, book.zone):
            tariff = book.on(day)
            if tariff is None:
                continue
            yield segment, day, tariff, tariff.service(record.channel), seconds
            if way is not None:
                yield segment, day, tariff, tariff.line(way, number), seconds


def _things(record: ContactRecord, book: TariffBook) -> Iterator[_Found]:
    """What is counted once, when the contact has ended."""
    day = day_of(record.disconnected_at, book.zone)
    tariff = book.on(day)
    if tariff is None:
        return
    last = _all_segments(record)[-1]
    stored = sum(each.size_bytes for each in record.recordings) * tariff.recordings_kept_days
    yield last, day, tariff, tariff.message(record.channel), _messages(record)
    yield last, day, tariff, tariff.flat(Kind.RECORDING), stored
    yield last, day, tariff, tariff.flat(Kind.REQUESTS), tariff.requests_per_contact


def _segments(record: ContactRecord) -> list[_Segment]:
    """Those in which the customer was there: whom we call is so from the agent's answer on."""
    here_since: datetime | None = record.initiated_at
    if record.initiation_method in _CALLED_BY_US:
        here_since = record.agent.connected_at if record.agent else None
    if here_since is None:
        return []
    cut = [
        replace(segment, began_at=max(segment.began_at, here_since))
        for segment in _all_segments(record)
    ]
    return [segment for segment in cut if segment.began_at < segment.ended_at]


def _all_segments(record: ContactRecord) -> list[_Segment]:
    """From queue to queue; the time before the first one is the first one's."""
    stays = _stays(record)
    begins = [record.initiated_at, *(stay.enqueued_at for stay in stays[1:])]
    ends = [*begins[1:], record.disconnected_at]
    queues: list[QueueId | None] = [stay.queue_id for stay in stays]
    queues = queues or [None]
    spans = zip(queues, begins, ends, strict=True)
    return [_Segment(number, *span) for number, span in enumerate(spans, start=1)]


def _stays(record: ContactRecord) -> list[QueueStay]:
    return [*record.earlier_queues, record.queue] if record.queue else []


def _by_day(segment: _Segment, zone: str) -> Iterator[tuple[date, int]]:
    """The seconds of each day that it touches."""
    day = day_of(segment.began_at, zone)
    since = segment.began_at
    while since < segment.ended_at:
        until = min(segment.ended_at, civil_day(day, zone).to_at)
        if since < until:
            yield day, int((until - since).total_seconds())
        since, day = max(since, until), day + timedelta(days=1)


def _line(record: ContactRecord) -> tuple[Way | None, str]:
    """Whose line the customer was on, and the number that says what it costs."""
    if record.channel is not Channel.VOICE or record.is_internal:
        return None, ""
    if record.origin is _WEB:
        return Way.WEB, ""
    if record.origin in _CALLED_BY_US:
        return Way.OUTBOUND, record.customer_endpoint.address if record.customer_endpoint else ""
    return Way.INBOUND, record.system_endpoint.address if record.system_endpoint else ""


def _messages(record: ContactRecord) -> int:
    if record.channel is Channel.VOICE:
        return 0
    if record.channel is Channel.CHAT:
        return record.transcript.messages if record.transcript else 0
    return 1
