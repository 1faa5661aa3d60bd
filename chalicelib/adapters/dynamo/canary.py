"""The counts of canaries in DynamoDB: a row per contact, so that each counts once, and minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import CONDITION_FAILED, connection, was_crowded
from chalicelib.adapters.dynamo.tables import CanaryContactRow, CanaryMinuteRow
from chalicelib.core.canary import Tally, bucket
from chalicelib.core.errors import LostRace
from chalicelib.core.ids import ContactId
from chalicelib.services.canary import Trial

_TRIES = 8  # many contacts are counted in one minute's row
_KEPT = timedelta(days=90)  # longer than any contact lasts, and any trial is talked about


class DynamoCanaryCounts:
    """The CanaryCounts port on the table `center`."""

    def begin(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        row = CanaryContactRow(
            _partition(trial), f"contact#{contact_id}", version=version, expires_at=_end(at)
        )

        def write(transaction: TransactWrite) -> None:
            transaction.save(row, condition=CanaryContactRow.pk.does_not_exist())
            _add(transaction, CanaryMinuteRow.contacts, trial, version, at)

        _once(write)

    def fail(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        row = CanaryContactRow(_partition(trial), f"contact#{contact_id}")

        def write(transaction: TransactWrite) -> None:
            transaction.update(
                row,
                actions=[CanaryContactRow.failed.set(1)],
                condition=(CanaryContactRow.version == version) & (CanaryContactRow.failed == 0),
            )
            _add(transaction, CanaryMinuteRow.errors, trial, version, at)

        _once(write)

    def tallies(self, trial: Trial, *, since: datetime) -> Mapping[int, Tally]:
        contacts: dict[int, int] = defaultdict(int)
        errors: dict[int, int] = defaultdict(int)
        for row in CanaryMinuteRow.query(
            _partition(trial),
            CanaryMinuteRow.sk.between(f"minute#{codec.stamp(bucket(since))}", "minute#~"),
            consistent_read=True,
        ):
            version = int(row.sk.rsplit("#", 1)[1])
            contacts[version] += int(row.contacts)
            errors[version] += int(row.errors)
        return {v: Tally(contacts=contacts[v], errors=errors[v]) for v in contacts}


def _once(write: Callable[[TransactWrite], None]) -> None:
    """Writes, or does nothing when that contact was counted before."""
    for _ in range(_TRIES):
        try:
            with TransactWrite(connection=connection(CanaryContactRow)) as transaction:
                write(transaction)
        except TransactWriteError as error:
            if _was_counted(error):
                return
            if not was_crowded(error):
                raise
        else:
            return
    raise LostRace("the counters of the canary are too busy")


def _was_counted(error: TransactWriteError) -> bool:
    """The contact's row says so; it is the only one with a condition."""
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes & CONDITION_FAILED)


def _partition(trial: Trial) -> str:
    return f"canary#{trial.flow_id}#{codec.stamp(trial.started_at)}"


def _add(
    transaction: TransactWrite, counter: NumberAttribute, trial: Trial, version: int, at: datetime
) -> None:
    """One more in the minute of this moment."""
    minute = CanaryMinuteRow(_partition(trial), f"minute#{codec.stamp(bucket(at))}#{version:08d}")
    kept = CanaryMinuteRow.expires_at.set(_end(at))
    transaction.update(minute, actions=[counter.add(1), kept])


def _end(at: datetime) -> int:
    return int((at + _KEPT).timestamp())
