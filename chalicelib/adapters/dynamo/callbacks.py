"""Promises to call back in DynamoDB: one partition, a row per number."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.exceptions import DeleteError, PutError
from pynamodb.expressions.condition import Condition

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import CONDITION_FAILED, code_of
from chalicelib.adapters.dynamo.tables import CallbackRow
from chalicelib.core.ids import ContactId
from chalicelib.services.callback_ports import StandingCallback

_ALL = "callbacks"
_TRIES = 5


class DynamoCallbackStore:
    """The CallbackStore on the table `routing`."""

    def stand(self, callback: StandingCallback) -> StandingCallback:
        for _ in range(_TRIES):
            if self._saved(callback, CallbackRow.pk.does_not_exist()):
                return callback
            standing = self.find(callback.number)
            if standing is not None:  # else it was released between the two
                return standing
        raise RuntimeError("a callback was put and released faster than it could be read")

    def follow(self, before: ContactId, callback: StandingCallback) -> bool:
        is_either = CallbackRow.contact_id.is_in(before, callback.contact_id)
        return self._saved(callback, is_either)

    def find(self, number: str) -> StandingCallback | None:
        try:
            row = CallbackRow.get(_ALL, number, consistent_read=True)
        except CallbackRow.DoesNotExist:
            return None
        return codec.load(row.document, StandingCallback)

    def release(self, number: str, contact_id: ContactId) -> bool:
        try:
            CallbackRow(_ALL, number).delete(CallbackRow.contact_id == contact_id)
        except DeleteError as error:
            if code_of(error) not in CONDITION_FAILED:
                raise
            return False
        return True

    def all(self) -> Sequence[StandingCallback]:
        rows = CallbackRow.query(_ALL, consistent_read=True)
        found = [codec.load(row.document, StandingCallback) for row in rows]
        return sorted(found, key=lambda each: (each.asked_at, each.number))

    def _saved(self, callback: StandingCallback, condition: Condition) -> bool:
        row = CallbackRow(
            _ALL,
            callback.number,
            contact_id=callback.contact_id,
            document=codec.dump(callback),
        )
        try:
            row.save(condition)
        except PutError as error:
            if code_of(error) not in CONDITION_FAILED:
                raise
            return False
        return True


__all__ = ["DynamoCallbackStore"]
