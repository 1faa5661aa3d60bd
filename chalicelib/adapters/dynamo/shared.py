"""One DynamoDB client for every PynamoDB model, and the translation of its errors into ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import (
    DeleteError,
    PutError,
    PynamoDBException,
    TransactWriteError,
    UpdateError,
)
from pynamodb.models import Model

from chalicelib.core.errors import LostRace

CONDITION_FAILED = frozenset({"ConditionalCheckFailedException", "ConditionalCheckFailed"})
_CONFLICT = frozenset({"TransactionConflict", "TransactionConflictException"})
_THROTTLED = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})  # one of its rows
_LOST_RACE = CONDITION_FAILED | _CONFLICT


class Row(Model):
    """A row of ours: string keys `pk` and `sk`; every subclass lives on one shared client.

    PynamoDB makes a client and a connection per model class, about 100 ms of CPU each, so the
    first client made is lent to all. Time-outs are short: a person waits at the other end.
    """

    _clients: ClassVar[list[Any]] = []
    _session: ClassVar[Any] = None

    class Meta:
        table_name = "unbound"
        region = "us-east-1"
        connect_timeout_seconds = 1
        read_timeout_seconds = 2
        max_retry_attempts = 2  # three tries in all: a store in trouble gets no storm

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    @classmethod
    def _get_connection(cls) -> Any:
        table = super()._get_connection()
        if table.connection._client is None:
            if not Row._clients:
                if Row._session is not None:
                    table.connection._local.session = Row._session
                Row._clients.append(table.connection.client)
            table.connection._client = Row._clients[0]
        return table


def bind(model: type[Row], table_name: str, region: str, host: str | None = None) -> None:
    """Says which table a model means; before its first use, by bootstrap only."""
    model.Meta = type(  # type: ignore[misc,assignment]  # PynamoDB reads Meta at first use
        "Meta", (Row.Meta,), {"table_name": table_name, "region": region, "host": host}
    )
    model._connection = None


def share(session: Any) -> None:
    """The botocore session that the client is made of; each one loads the same data anew."""
    Row._session = session


def connection(model: type[Row]) -> Connection:
    """The low-level connection, for transactions."""
    return model._get_connection().connection


def code_of(error: PynamoDBException) -> str | None:
    """DynamoDB's code; None where it did not answer. PynamoDB's own `cause_response_code` fails on
    a request that timed out, and hides that it did."""
    answer = getattr(error.cause, "response", None) or {}
    code: str | None = answer.get("Error", {}).get("Code")
    return code


@contextmanager
def lost_race(message: str) -> Iterator[None]:
    """Turns a failed condition or a transaction conflict into LostRace; lets all else rise."""
    try:
        yield
    except TransactWriteError as error:
        reasons = [r.code for r in error.cancellation_reasons if r is not None]
        if _LOST_RACE & set(reasons) or code_of(error) in _LOST_RACE:
            raise LostRace(message) from error
        raise
    except (PutError, UpdateError, DeleteError) as error:
        if code_of(error) in _LOST_RACE:
            raise LostRace(message) from error
        raise


@contextmanager
def unless_there() -> Iterator[None]:
    """Writes once: does nothing where the condition says that it was written before. A conflict of
    transactions says nothing of the kind: it rises, and whoever sent the work comes again."""
    try:
        yield
    except TransactWriteError as error:
        if not CONDITION_FAILED & {r.code for r in error.cancellation_reasons if r is not None}:
            raise
    except PutError as error:
        if code_of(error) not in CONDITION_FAILED:
            raise


def was_crowded(error: TransactWriteError) -> bool:
    """Another transaction was in the way, or a row was throttled, and every condition held: the
    same again may succeed."""
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    return bool(codes) and codes <= _CONFLICT | _THROTTLED


__all__ = [
    "CONDITION_FAILED",
    "PynamoDBException",
    "Row",
    "bind",
    "code_of",
    "connection",
    "lost_race",
    "share",
    "unless_there",
    "was_crowded",
]
