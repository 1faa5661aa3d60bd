"""Feedback in DynamoDB: a row per invitation under its day, and with the customer that it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import connection, lost_race
from chalicelib.adapters.dynamo.tables import FeedbackRow, InvitedRow
from chalicelib.core.errors import LostRace
from chalicelib.core.feedback import Invitation
from chalicelib.core.ids import CustomerId

_LAST = "quiet"


class DynamoFeedbackStore:
    """The FeedbackStore on the tables `tickets` and `customers`."""

    def invite(self, invitation: Invitation, *, quiet_since: datetime) -> bool:
        is_over = InvitedRow.asked_at <= codec.stamp(quiet_since)
        try:
            with (
                lost_race("the customer was asked meanwhile"),
                TransactWrite(connection=connection(FeedbackRow)) as transaction,
            ):
                transaction.save(_row(invitation), condition=FeedbackRow.pk.does_not_exist())
                transaction.save(
                    _asked(invitation, _LAST),
                    condition=InvitedRow.pk.does_not_exist() | is_over,
                )
                transaction.save(_asked(invitation, _each(invitation)))
        except LostRace:
            return False
        return True

    def withdraw(self, invitation: Invitation) -> None:
        pk = invitation.customer_id
        FeedbackRow(*_key(invitation.invitation_id)).delete()
        InvitedRow(pk, _each(invitation)).delete()
        last = _one(InvitedRow, pk, _LAST)
        if last is not None and last.invitation_id == invitation.invitation_id:
            last.delete()

    def find(self, invitation_id: str) -> Invitation | None:
        row = _one(FeedbackRow, *_key(invitation_id))
        return None if row is None else codec.load(row.document, Invitation)

    def save(self, before: Invitation, after: Invitation) -> None:
        with lost_race(f"invitation {before.invitation_id!r} is not at {before.version} any more"):
            _row(after).save(FeedbackRow.version == before.version)

    def last_asked(self, customer_ids: Sequence[CustomerId]) -> datetime | None:
        keys = [(each, _LAST) for each in dict.fromkeys(customer_ids)]
        rows = InvitedRow.batch_get(keys, consistent_read=True) if keys else ()
        return max((codec.moment(row.asked_at) for row in rows), default=None)

    def of_customer(self, customer_id: CustomerId) -> Sequence[Invitation]:
        rows = InvitedRow.query(
            customer_id, InvitedRow.sk.startswith(f"{_LAST}#"), consistent_read=True
        )
        found = (self.find(row.invitation_id) for row in rows)
        return [each for each in found if each is not None]

    def of_days(self, days: Iterable[date]) -> Iterator[Invitation]:
        for day in days:
            for row in FeedbackRow.query(_folder(f"{day:%Y%m%d}"), consistent_read=True):
                yield codec.load(row.document, Invitation)


def _row(invitation: Invitation) -> FeedbackRow:
    return FeedbackRow(
        *_key(invitation.invitation_id),
        version=invitation.version,
        document=codec.dump(invitation),
    )


def _asked(invitation: Invitation, sk: str) -> InvitedRow:
    return InvitedRow(
        invitation.customer_id,
        sk,
        invitation_id=invitation.invitation_id,
        asked_at=codec.stamp(invitation.invited_at),
    )


def _each(invitation: Invitation) -> str:
    return f"{_LAST}#{invitation.invitation_id}"


def _key(invitation_id: str) -> tuple[str, str]:
    """An id says the day that it lies under: `F-20260302-…`."""
    return _folder(invitation_id.split("-")[1]), invitation_id


def _folder(day: str) -> str:
    return f"feedback#{day}"


def _one[R: (FeedbackRow, InvitedRow)](model: type[R], pk: str, sk: str) -> R | None:
    try:
        row: R = model.get(pk, sk, consistent_read=True)
    except model.DoesNotExist:
        return None
    return row


__all__ = ["DynamoFeedbackStore"]
