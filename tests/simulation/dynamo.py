"""DynamoDB in this process, at the level of the client that PynamoDB calls.

Every call is atomic and is done at once; who calls when, and what fails, is the scheduler's and the
faults' (scheduler.py, faults.py). Items are plain dicts in DynamoDB's own form, rows of a partition
are kept sorted. What PynamoDB does not use is refused loudly.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tests.simulation import expressions
from tests.simulation.expressions import Item, Unknown

type Kwargs = Mapping[str, Any]
type Row = tuple[str, str, str]  # table, pk, sk

_MOST_IN_TRANSACTION = 100
_MOST_IN_BATCH = 100
_MOST_BYTES = 400_000
_ASIDE = frozenset(  # say nothing about what is done
    {
        "ReturnConsumedCapacity",
        "ReturnItemCollectionMetrics",
        "ReturnValues",
        "ReturnValuesOnConditionCheckFailure",
        "ClientRequestToken",
    }
)
_CONDITIONAL = frozenset(
    {"ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"}
)
_FAILED = "ConditionalCheckFailed"


class Write(NamedTuple):
    """What one operation did to one row."""

    row: Row
    old: Item | None
    new: Item | None


@dataclass
class _Partition:
    keys: list[str] = field(default_factory=list)
    rows: dict[str, Item] = field(default_factory=dict)

    def put(self, key: str, item: Item) -> None:
        if key not in self.rows:
            insort(self.keys, key)
        self.rows[key] = item

    def remove(self, key: str) -> None:
        if self.rows.pop(key, None) is not None:
            del self.keys[bisect_left(self.keys, key)]

    def span(self, operator: str, low: str, high: str) -> tuple[int, int]:
        """Where the sort keys lie that the condition admits."""
        keys = self.keys
        match operator:
            case "":
                return 0, len(keys)
            case "begins_with":
                return bisect_left(keys, low), bisect_left(keys, low + "\U0010ffff")
            case "BETWEEN":
                return bisect_left(keys, low), bisect_right(keys, high)
            case "=":
                return bisect_left(keys, low), bisect_right(keys, low)
            case "<":
                return 0, bisect_left(keys, low)
            case "<=":
                return 0, bisect_right(keys, low)
            case ">":
                return bisect_right(keys, low), len(keys)
        return bisect_left(keys, low), len(keys)


class Dynamo:
    """`client._make_api_call(operation, kwargs)` on tables with the keys `pk` and `sk`.

    `page_rows`: no query returns more at once. `stale`: asked at reads that are not consistent, may
    answer with what the row was before. `watch` hears the writes of each operation.
    """

    def __init__(
        self, tables: Iterable[str] = (), *, page_rows: int = 1_000_000, make_tables: bool = False
    ) -> None:
        self.tables: dict[str, dict[str, _Partition]] = {name: {} for name in tables}
        self.page_rows = page_rows
        self.watch: Callable[[list[Write]], None] = lambda writes: None
        self.stale: Callable[[Row], tuple[bool, Item | None]] | None = None
        self._make_tables = make_tables
        self._operations: dict[str, Callable[[Kwargs], dict[str, Any]]] = {
            "GetItem": self._get,
            "BatchGetItem": self._batch_get,
            "Query": self._query,
            "PutItem": self._put,
            "UpdateItem": self._update,
            "DeleteItem": self._delete,
            "TransactWriteItems": self._transact,
        }

    def call(self, operation: str, kwargs: Kwargs) -> dict[str, Any]:
        """What DynamoDB answers; ClientError as botocore raises it."""
        if operation not in self._operations:
            raise Unknown(f"nobody here does {operation}")
        return self._operations[operation](kwargs)

    def row(self, table: str, pk: str, sk: str) -> Item | None:
        """As it stands, for whoever watches."""
        partition = self.tables[table].get(pk)
        return partition.rows.get(sk) if partition else None

    def rows(self, table: str) -> Iterator[tuple[Row, Item]]:
        for pk, partition in self.tables[table].items():
            for sk in partition.keys:
                yield (table, pk, sk), partition.rows[sk]

    # --- reads ------------------------------------------------------------------------------------

    def _get(self, kwargs: Kwargs) -> dict[str, Any]:
        _expect(kwargs, "TableName", "Key", "ConsistentRead")
        found = self._read(self._key(kwargs), is_consistent=bool(kwargs.get("ConsistentRead")))
        return {"Item": dict(found)} if found is not None else {}

    def _batch_get(self, kwargs: Kwargs) -> dict[str, Any]:
        _expect(kwargs, "RequestItems")
        answer: dict[str, list[Item]] = {}
        for name, wanted in kwargs["RequestItems"].items():
            _expect(wanted, "Keys", "ConsistentRead")
            keys = [self._row(name, key) for key in wanted["Keys"]]
            if not keys or len(keys) > _MOST_IN_BATCH or len(set(keys)) < len(keys):
                raise _invalid("BatchGetItem", f"{len(keys)} keys, or the same twice")
            is_consistent = bool(wanted.get("ConsistentRead"))
            found = [self._read(key, is_consistent=is_consistent) for key in keys]
            answer[name] = [dict(item) for item in found if item is not None]
        return {"Responses": answer, "UnprocessedKeys": {}}

    def _query(self, kwargs: Kwargs) -> dict[str, Any]:
        _expect(
            kwargs,
            "TableName",
            "KeyConditionExpression",
            "FilterExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ConsistentRead",
            "Limit",
            "ScanIndexForward",
            "ExclusiveStartKey",
        )
        most = min(self.page_rows, kwargs.get("Limit") or self.page_rows)
        table, page = self._found(kwargs, most)
        pk = self._partition_key(kwargs)
        is_consistent = bool(kwargs.get("ConsistentRead"))
        rows = [self._read((table, pk, sk), is_consistent=is_consistent) for sk in page]
        items = [dict(row) for row in rows if row is not None and _passes(row, kwargs)]
        answer = {"Items": items, "Count": len(items), "ScannedCount": len(page)}
        if page and len(page) == most:
            answer["LastEvaluatedKey"] = {"pk": {"S": pk}, "sk": {"S": page[-1]}}
        return answer

    def _found(self, kwargs: Kwargs, most: int) -> tuple[str, list[str]]:
        """The first sort keys that the key condition admits, from where the last page ended."""
        span = expressions.key_range(kwargs["KeyConditionExpression"])
        names, values = kwargs["ExpressionAttributeNames"], kwargs["ExpressionAttributeValues"]
        if names["#0"] != "pk" or names.get("#1", "sk") != "sk":
            raise Unknown(f"there is no index on {sorted(names.values())}")
        table, pk = kwargs["TableName"], values[span.partition]["S"]
        partition = self._table(table).get(pk)
        if partition is None:
            return table, []
        low = values[span.low]["S"] if span.low else ""
        high = values[span.high]["S"] if span.high else ""
        begin, end = partition.span(span.operator, low, high)
        is_forward = kwargs.get("ScanIndexForward", True)
        start = kwargs.get("ExclusiveStartKey")
        if start is not None and is_forward:
            begin = max(begin, bisect_right(partition.keys, start["sk"]["S"]))
        elif start is not None:
            end = min(end, bisect_left(partition.keys, start["sk"]["S"]))
        if is_forward:
            return table, partition.keys[begin : min(end, begin + most)]
        return table, partition.keys[max(begin, end - most) : end][::-1]

    def _partition_key(self, kwargs: Kwargs) -> str:
        span = expressions.key_range(kwargs["KeyConditionExpression"])
        return str(kwargs["ExpressionAttributeValues"][span.partition]["S"])

    def _read(self, row: Row, *, is_consistent: bool) -> Item | None:
        if not is_consistent and self.stale is not None:
            is_stale, before = self.stale(row)
            if is_stale:
                return before
        partition = self._table(row[0]).get(row[1])
        return partition.rows.get(row[2]) if partition else None

    # --- writes -----------------------------------------------------------------------------------

    def _put(self, kwargs: Kwargs) -> dict[str, Any]:
        self._write_one("PutItem", "Put", kwargs)
        return {}

    def _delete(self, kwargs: Kwargs) -> dict[str, Any]:
        self._write_one("DeleteItem", "Delete", kwargs)
        return {}

    def _update(self, kwargs: Kwargs) -> dict[str, Any]:
        write = self._write_one("UpdateItem", "Update", kwargs)
        return {"Attributes": dict(write.new or {})}

    def _write_one(self, operation: str, verb: str, kwargs: Kwargs) -> Write:
        write, holds = self._planned(verb, kwargs)
        if not holds:
            raise client_error(
                "ConditionalCheckFailedException", operation, "The conditional request failed"
            )
        self._apply([write])
        return write

    def _transact(self, kwargs: Kwargs) -> dict[str, Any]:
        _expect(kwargs, "TransactItems")
        planned = [
            self._planned(verb, inner)
            for each in kwargs["TransactItems"]
            for verb, inner in each.items()
        ]
        rows = {write.row for write, _ in planned}
        if not planned or len(planned) > _MOST_IN_TRANSACTION or len(rows) < len(planned):
            message = f"{len(planned)} items, or two operations on one of them"
            raise _invalid("TransactWriteItems", message)
        if not all(holds for _, holds in planned):
            raise cancelled(["None" if holds else _FAILED for _, holds in planned])
        self._apply([write for write, _ in planned if write.old is not write.new])
        return {}

    def _planned(self, verb: str, kwargs: Kwargs) -> tuple[Write, bool]:
        """What the operation would write, and whether its condition holds."""
        if verb == "Put":
            _expect(kwargs, "TableName", "Item", *_CONDITIONAL)
            row = self._row(kwargs["TableName"], kwargs["Item"])
        elif verb in ("Delete", "Update", "ConditionCheck"):
            _expect(kwargs, "TableName", "Key", "UpdateExpression", *_CONDITIONAL)
            row = self._key(kwargs)
        else:
            raise Unknown(f"nobody here does {verb}")
        old = self.row(*row)
        text = kwargs.get("ConditionExpression")
        holds = text is None or expressions.condition(text)(old or {}, *_placeholders(kwargs))
        return Write(row, old, self._after(verb, kwargs, old)), holds

    def _after(self, verb: str, kwargs: Kwargs, old: Item | None) -> Item | None:
        if verb == "Put":
            new: Item = kwargs["Item"]
        elif verb == "Delete":
            return None
        elif verb == "ConditionCheck":
            return old
        else:
            new = dict(old) if old is not None else dict(kwargs["Key"])
            expressions.update(kwargs["UpdateExpression"])(new, *_placeholders(kwargs))
        size = sum(len(name) + len(next(iter(value.values()))) for name, value in new.items())
        if size > _MOST_BYTES:
            raise _invalid(verb, f"Item size has exceeded the maximum allowed size: {size}")
        return new

    def _apply(self, writes: list[Write]) -> None:
        for (name, pk, sk), _, new in writes:
            table = self._table(name)
            if new is not None:
                partition = table.get(pk)
                if partition is None:
                    partition = table[pk] = _Partition()
                partition.put(sk, new)
            elif pk in table:
                table[pk].remove(sk)
                if not table[pk].keys:
                    del table[pk]
        self.watch(writes)

    # --- keys -------------------------------------------------------------------------------------

    def _key(self, kwargs: Kwargs) -> Row:
        return self._row(kwargs["TableName"], kwargs["Key"])

    def _row(self, table: str, item: Item) -> Row:
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        if not pk or not sk:
            raise _invalid("key", "a key attribute is an empty string value")
        self._table(table)
        return table, pk, sk

    def _table(self, name: str) -> dict[str, _Partition]:
        if name not in self.tables:
            if not self._make_tables:
                raise client_error("ResourceNotFoundException", "table", f"no table {name!r}")
            self.tables[name] = {}
        return self.tables[name]


def client_error(code: str, operation: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message or code}}, operation)


def cancelled(reasons: list[str]) -> ClientError:
    """A transaction that was not done, with a reason for each of its items."""
    codes = ", ".join(reasons)
    message = f"Transaction cancelled, please refer cancellation reasons [{codes}]"
    error = client_error("TransactionCanceledException", "TransactWriteItems", message)
    error.response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return error


def _invalid(operation: str, message: str) -> ClientError:
    return client_error("ValidationException", operation, message)


def _placeholders(kwargs: Kwargs) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    return kwargs.get("ExpressionAttributeNames", {}), kwargs.get("ExpressionAttributeValues", {})


def _passes(row: Item, kwargs: Kwargs) -> bool:
    text = kwargs.get("FilterExpression")
    return text is None or expressions.condition(text)(row, *_placeholders(kwargs))


def _expect(kwargs: Kwargs, *names: str) -> None:
    unknown = set(kwargs) - set(names) - _ASIDE
    if unknown:
        raise Unknown(f"nobody here knows {', '.join(sorted(unknown))}")


class _NoEvents:
    def register_first(self, *_: object) -> None: ...


class _Meta:
    events = _NoEvents()


class DynamoClient:
    """What PynamoDB takes for botocore's client."""

    _request_signer = None
    meta = _Meta()

    def __init__(self, call: Callable[[str, Kwargs], dict[str, Any]]) -> None:
        self._call = call

    def _make_api_call(self, operation: str, kwargs: Kwargs) -> dict[str, Any]:
        return self._call(operation, kwargs)
