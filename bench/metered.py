"""A DynamoDB in this process that counts requests, and what each costs in capacity units.

A unit of reading is 4 KB read strongly consistently, one of writing 1 KB, of the row as it was or
as it becomes, whichever is larger; in a transaction each counts twice. Rows that are not there
count as one. Sizes are those of DynamoDB's developer guide: the names of attributes and their
values, text in UTF-8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from chalicelib.adapters.dynamo import shared, tables
from tests.simulation.dynamo import Dynamo, DynamoClient

# us-east-1, on demand, since November 2024: https://aws.amazon.com/dynamodb/pricing/on-demand
DOLLARS_PER_WRITE_UNIT = 0.625e-6
DOLLARS_PER_READ_UNIT = 0.125e-6
TABLES = ("contacts", "routing")
_READ_BYTES, _WRITE_BYTES = 4096, 1024
_READS = frozenset({"GetItem", "BatchGetItem", "Query"})


class Meter:
    """Between the stores and a DynamoDB, which can be exchanged for another."""

    def __init__(self) -> None:
        self.dynamo = Dynamo(TABLES)
        self.requests: Counter[str] = Counter()
        self.read_units = 0.0
        self.write_units = 0.0

    def call(self, operation: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        self.requests[operation] += 1
        if operation in _READS:
            answer = self.dynamo.call(operation, kwargs)
            self.read_units += _read_units(operation, kwargs, answer)
            return answer
        writes = list(_writes(operation, kwargs))
        sizes = [max(_size(self.dynamo.row(*row)), _size(item)) for row, item in writes]
        try:
            return self.dynamo.call(operation, kwargs)
        finally:  # one that is refused costs as much
            after = [_size(self.dynamo.row(*row)) for row, _ in writes]
            units = sum(_units(max(each), _WRITE_BYTES) for each in zip(sizes, after, strict=True))
            self.write_units += units * (2 if operation == "TransactWriteItems" else 1)

    def reset(self) -> None:
        self.requests.clear()
        self.read_units = self.write_units = 0.0

    @property
    def reads(self) -> int:
        return sum(n for operation, n in self.requests.items() if operation in _READS)

    @property
    def writes(self) -> int:
        return self.requests.total() - self.reads

    @property
    def dollars(self) -> float:
        return self.read_units * DOLLARS_PER_READ_UNIT + self.write_units * DOLLARS_PER_WRITE_UNIT


def metered() -> Meter:
    """Every store of this process is on this DynamoDB from now on."""
    meter = Meter()
    for model in _models():
        name = "contacts" if model in _ON_CONTACTS else "routing"
        shared.bind(model, name, "us-east-1")
    shared.Row._clients[:] = [DynamoClient(meter.call)]
    return meter


_ON_CONTACTS = (tables.ContactRow, tables.FactsRow, tables.ItemRow, tables.OnceRow)


def _models() -> Iterable[type[shared.Row]]:
    return [
        each
        for each in vars(tables).values()
        if isinstance(each, type) and issubclass(each, shared.Row) and each is not shared.Row
    ]


def _read_units(operation: str, kwargs: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        return _units(_size(answer.get("Item")), _READ_BYTES) * _share(kwargs)
    if operation == "Query":
        total = sum(_size(item) for item in answer["Items"])
        return _units(total, _READ_BYTES) * _share(kwargs)
    units = 0.0
    for name, asked in kwargs["RequestItems"].items():
        found = [_units(_size(item), _READ_BYTES) for item in answer["Responses"].get(name, ())]
        missing = len(asked["Keys"]) - len(found)
        units += (sum(found) + missing) * _share(asked)
    return units


def _share(asked: Mapping[str, Any]) -> float:
    return 1.0 if asked.get("ConsistentRead") else 0.5


def _writes(
    operation: str, kwargs: Mapping[str, Any]
) -> Iterable[tuple[tuple[str, str, str], Mapping[str, Any] | None]]:
    """The rows that are written, and what is put there, where that is said."""
    writes = (
        [inner for each in kwargs["TransactItems"] for inner in each.values()]
        if operation == "TransactWriteItems"
        else [kwargs]
    )
    for write in writes:
        key = write.get("Item") or write["Key"]
        yield (write["TableName"], key["pk"]["S"], key["sk"]["S"]), write.get("Item")


def _units(size: int, per: int) -> int:
    return max(1, ceil(size / per))


def _size(item: Mapping[str, Any] | None) -> int:
    """Bytes of a row, as DynamoDB counts them; 0: there is none."""
    return sum(len(name.encode()) + _value_size(value) for name, value in (item or {}).items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "SS":
        return sum(len(each.encode()) for each in content)
    raise ValueError(f"nobody here writes values of type {kind}")
