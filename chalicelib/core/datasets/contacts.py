"""The dataset `contacts`: each counts once, where and when it ended."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.core.civil_day import Period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.dataset import ColumnType, Field, Kind
from chalicelib.core.metrics import CONTACTS
from chalicelib.core.record_document import stamp

_MOMENT = ColumnType.MOMENT


def ended(records: Sequence[ContactRecord], period: Period) -> list[ContactRecord]:
    """Those that ended within the period."""
    return [record for record in records if period.holds(record.disconnected_at)]


# No names and no addresses of customers: who checks a bill needs the contact, not the person.
KIND: Kind[ContactRecord] = Kind(
    fields={
        "contact_id": Field(lambda r: r.contact_id),
        "channel": Field(lambda r: r.channel.value),
        "direction": Field(lambda r: r.direction.value),
        "initiation_method": Field(lambda r: r.initiation_method.value),
        "initiated_at": Field(lambda r: stamp(r.initiated_at), _MOMENT),
        "enqueued_at": Field(lambda r: stamp(r.queue.enqueued_at) if r.queue else None, _MOMENT),
        "connected_at": Field(lambda r: stamp(r.agent.connected_at) if r.agent else None, _MOMENT),
        "disconnected_at": Field(lambda r: stamp(r.disconnected_at), _MOMENT),
        "disconnect_reason": Field(lambda r: r.disconnect_reason.value),
        "queue_id": Field(lambda r: r.queue.queue_id if r.queue else None),
        "queue_name": Field(lambda r: r.queue.name if r.queue else None),
        "agent_id": Field(lambda r: r.agent.agent_id if r.agent else None),
        "username": Field(lambda r: r.agent.username if r.agent else None),
        "disposition": Field(lambda r: r.disposition),
        "ticket_id": Field(lambda r: r.ticket_id),
    },
    metrics=CONTACTS,
    at=lambda record: record.disconnected_at,
    of_records=ended,
)
