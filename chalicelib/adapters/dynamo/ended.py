"""Which contacts ended when: what is counted in the night is what was committed in the day.

The row is written in the transaction that ends the contact, so there is none without the other:
a list that a reaction to facts keeps would lack the very contacts whose reactions failed, and those
are looked for. On the table `routing`, because whoever ends a contact may write there already.
An hour to a partition: one partition for a day would take all of its ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.tables import EndedRow
from chalicelib.core.contact import ENDS_KEPT, Contact
from chalicelib.core.ids import ContactId

_HOUR = timedelta(hours=1)


def note(transaction: TransactWrite, before: Contact | None, after: Contact) -> None:
    """Where this change ends the contact."""
    at = after.disconnected_at
    if at is None or (before is not None and before.disconnected_at == at):
        return
    expires_at = int((at + ENDS_KEPT).timestamp())
    place = f"{codec.stamp(at)}#{after.contact_id}"
    transaction.save(EndedRow(_partition(at), place, expires_at=expires_at))


def between(from_at: datetime, to_at: datetime) -> Iterator[ContactId]:
    """From the first moment, inclusive, to the other, exclusive; a request for each hour and each
    megabyte of it, some ten thousand contacts."""
    hour = from_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    since, until = codec.stamp(from_at), codec.stamp(to_at)
    while hour < to_at:
        for row in EndedRow.query(_partition(hour), consistent_read=True):
            ended_at, _, contact_id = row.sk.partition("#")
            if since <= ended_at < until:
                yield ContactId(contact_id)
        hour += _HOUR


def _partition(at: datetime) -> str:
    return f"ended#{at.astimezone(UTC):%Y-%m-%dT%H}"
