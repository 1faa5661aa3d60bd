"""Data tables: their attributes, what values may be, and what an edit does to a record.

A record is found by its primary values; the one without any holds the defaults of all others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.errors import Conflict, Duplicate, NotFound, Refusal, Rejected

MOST_ATTRIBUTES = 100
MOST_EDITS = 25
LONGEST_TEXT = 1_000


class ValueType(StrEnum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    TEXT_LIST = "TEXT_LIST"
    NUMBER_LIST = "NUMBER_LIST"

    @property
    def is_list(self) -> bool:
        return self in (ValueType.TEXT_LIST, ValueType.NUMBER_LIST)


class LockLevel(StrEnum):
    """What a given lock version guards."""

    NONE = "NONE"
    DATA_TABLE = "DATA_TABLE"
    PRIMARY_VALUE = "PRIMARY_VALUE"
    ATTRIBUTE = "ATTRIBUTE"
    VALUE = "VALUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Bounds of one value; None: no bound. `choices` bind only when they are strict."""

    min_length: int | None = None
    max_length: int | None = None
    min_values: int | None = None
    max_values: int | None = None
    ignore_case: bool = False
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    choices: tuple[str, ...] = ()
    is_strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAttribute:
    """A column. `lock` counts its changes, and with LockLevel.ATTRIBUTE those of its values."""

    attribute_id: str
    name: str
    value_type: ValueType
    description: str = ""
    is_primary: bool = False
    validation: Validation = field(default_factory=Validation)
    lock: int = 1
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """The schema. `lock` counts its changes, and with LockLevel.DATA_TABLE those of its values;
    `version` counts what was stored."""

    table_id: str
    name: str
    time_zone: str
    lock_level: LockLevel = LockLevel.NONE
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[TableAttribute, ...] = ()
    lock: int = 1
    version: int = 0
    created_at: datetime
    modified_at: datetime

    @property
    def primary(self) -> tuple[TableAttribute, ...]:
        return tuple(a for a in self.attributes if a.is_primary)

    def attribute(self, name: str) -> TableAttribute:
        """By name; NotFound."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise NotFound(f"table {self.name!r} has no attribute {name!r}", field=name, value=name)

    def changed(self, at: datetime, **fields: object) -> DataTable:
        """The table with a changed schema."""
        return replace(self, lock=self.lock + 1, modified_at=at, **fields)  # type: ignore[arg-type]  # names are checked by replace


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValue:
    text: str
    lock: int
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Primary values and values, by attribute id, so that a renamed attribute keeps its own."""

    record_id: str
    primary: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, StoredValue] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Lock versions as clients hold them; None: not given."""

    table: str | None = None
    attribute: str | None = None
    primary: str | None = None
    value: str | None = None


class EditKind(StrEnum):
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    UPSERT = "UPSERT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One value to be written; `text` None: the default counts again."""

    kind: EditKind
    primary: Mapping[str, str]  # by name
    attribute: str
    text: str | None = None
    locks: Locks = field(default_factory=Locks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What edits came to: the table and the records after them, and per edit what stopped it."""

    table: DataTable
    records: Mapping[str, Record]  # by key; one without values is to be deleted
    refusals: Sequence[Refusal | None] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A value as it counts for a record: its own or the default."""

    attribute: TableAttribute
    text: str = ""
    is_found: bool = False


# --- records ------------------------------------------------------------------------------------


def record_key(table: DataTable, primary: Mapping[str, str]) -> str:
    """Where the record of these primary values (by name; none: the defaults) lies.

    Rejected when they are not exactly the table's primary attributes, or not of their types.
    """
    known = {attribute.name for attribute in table.primary}
    if primary and set(primary) != known:
        wrong = sorted(set(primary) ^ known)[0]
        expected = ", ".join(sorted(known)) or "none"
        raise Rejected(
            f"primary attributes of {table.name!r} are {expected}; {wrong!r} is missing or unknown",
            field="PrimaryValues",
            value=wrong,
        )
    return _key(table, {a.attribute_id: primary[a.name] for a in table.primary if primary})


def blank(table: DataTable, primary: Mapping[str, str]) -> Record:
    """A record without values; its primary values are checked."""
    by_id = {}
    for attribute in table.primary if primary else ():
        by_id[attribute.attribute_id] = checked(attribute, primary[attribute.name])
    return Record(record_id=record_key(table, primary), primary=by_id)


def moved(table: DataTable, record: Record, primary: Mapping[str, str]) -> Record:
    """The same record under other primary values."""
    return replace(record, primary=blank(table, primary).primary)


def primary_of(table: DataTable, record: Record) -> dict[str, str]:
    """Primary values by name."""
    return {a.name: record.primary[a.attribute_id] for a in table.primary if record.primary}


def evaluated(
    record: Record | None, defaults: Record | None, attribute: TableAttribute
) -> Evaluated:
    identifier = attribute.attribute_id
    if attribute.is_primary and record is not None:
        return Evaluated(attribute=attribute, text=record.primary[identifier], is_found=True)
    for source in (record, defaults):
        if source is not None and identifier in source.values:
            text = source.values[identifier].text
            return Evaluated(attribute=attribute, text=text, is_found=True)
    return Evaluated(attribute=attribute)


def locks_of(
    table: DataTable,
    attribute: TableAttribute | None = None,
    record: Record | None = None,
) -> Locks:
    """The lock versions as they are now."""
    value = record.values.get(attribute.attribute_id) if record and attribute else None
    return Locks(
        table=str(table.lock),
        attribute=str(attribute.lock) if attribute else None,
        primary=str(record.version) if record else None,
        value=str(value.lock) if value else None,
    )


def _key(table: DataTable, primary: Mapping[str, str]) -> str:
    folded = [
        primary[a.attribute_id].casefold() if a.validation.ignore_case else primary[a.attribute_id]
        for a in sorted(table.primary, key=lambda a: a.attribute_id)
        if primary
    ]
    return sha256(json.dumps(folded).encode()).hexdigest()[:32]


# --- edits --------------------------------------------------------------------------------------


def edit(
    table: DataTable, records: Mapping[str, Record], edits: Iterable[Edit], *, at: datetime
) -> Edited:
    """Edits one after the other; what is refused changes nothing, and the others go on.

    Locks are those of before: several edits of one request do not lock each other out. What is so
    already is done, whatever the lock: a request that is sent again must not fail.
    """
    now, refusals = dict(records), list[Refusal | None]()
    changed = table
    for each in edits:
        try:
            key, record = _written(table, records, now, each, at)
        except Refusal as refusal:
            refusals.append(refusal)
            continue
        refusals.append(None)
        if record != now.get(key):
            now[key] = record
            changed = _touched(table, changed, each.attribute)
    touched = {key: record for key, record in now.items() if record != records.get(key)}
    return Edited(table=changed, records=touched, refusals=refusals)


def _written(
    table: DataTable,
    before: Mapping[str, Record],
    now: Mapping[str, Record],
    edit: Edit,
    at: datetime,
) -> tuple[str, Record]:
    attribute = table.attribute(edit.attribute)
    if attribute.is_primary:
        raise Rejected(
            f"{edit.attribute!r} is a primary attribute", field=edit.attribute, value=edit.text
        )
    key = record_key(table, edit.primary)
    record = now.get(key) or blank(table, edit.primary)
    known = record.values.get(attribute.attribute_id)
    _expect(edit, known)
    text = None if edit.text is None else checked(attribute, edit.text)
    if text == (known.text if known else None):
        return key, record
    _check_locks(edit, locks_of(table, attribute, before.get(key)), table.lock_level)
    values = {k: v for k, v in record.values.items() if k != attribute.attribute_id}
    if text is not None:
        lock = (known.lock if known else 0) + 1
        values[attribute.attribute_id] = StoredValue(text=text, lock=lock, modified_at=at)
    return key, replace(record, values=values)


def _expect(edit: Edit, known: StoredValue | None) -> None:
    if edit.kind is EditKind.CREATE and known is not None:
        raise Duplicate(f"{edit.attribute!r} has a value already", field=edit.attribute)
    if edit.kind in (EditKind.UPDATE, EditKind.DELETE) and known is None:
        raise NotFound(f"{edit.attribute!r} has no value here", field=edit.attribute)


def _check_locks(edit: Edit, current: Locks, level: LockLevel) -> None:
    given = edit.locks
    pairs = {
        "DataTable": (given.table, current.table, True),
        "Attribute": (given.attribute, current.attribute, level is LockLevel.ATTRIBUTE),
        "PrimaryValues": (given.primary, current.primary, level is LockLevel.PRIMARY_VALUE),
        "Value": (given.value, current.value, level is LockLevel.VALUE),
    }
    for name, (yours, theirs, counts) in pairs.items():
        if counts and yours is not None and yours != theirs:
            raise Conflict(
                f"lock version {name} is {theirs}, not {yours}: somebody else was first",
                field=f"LockVersion.{name}",
                value=yours,
            )


def _touched(before: DataTable, table: DataTable, name: str) -> DataTable:
    """Counts the change where the table's locks want it counted: once per request."""
    if table.lock_level is LockLevel.DATA_TABLE:
        return replace(table, lock=before.lock + 1)
    if table.lock_level is not LockLevel.ATTRIBUTE:
        return table
    lock = before.attribute(name).lock + 1
    return replace(
        table,
        attributes=tuple(replace(a, lock=lock) if a.name == name else a for a in table.attributes),
    )


# --- what a value may be --------------------------------------------------------------------------


def checked(attribute: TableAttribute, text: str) -> str:
    """The value in its normal form; Rejected names the attribute and the value."""
    kind, rules = attribute.value_type, attribute.validation
    items = _items(attribute, text) if kind.is_list else [text]
    least, most = rules.min_values or 0, 100 if rules.max_values is None else rules.max_values
    if kind.is_list and not least <= len(items) <= most:
        raise _refused(attribute, text, f"has {len(items)} values, {least} to {most} are allowed")
    match kind:
        case ValueType.BOOLEAN:
            if text.strip().lower() not in ("true", "false"):
                raise _refused(attribute, text, "is not true or false")
            return text.strip().lower()
        case ValueType.NUMBER | ValueType.NUMBER_LIST:
            numbers = [_number(attribute, item) for item in items]
            return f"[{', '.join(numbers)}]" if kind.is_list else numbers[0]
        case ValueType.TEXT | ValueType.TEXT_LIST:
            for item in items:
                _check_text(attribute, item)
            return json.dumps(items, ensure_ascii=False) if kind.is_list else text


def _items(attribute: TableAttribute, text: str) -> list[str]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = None
    is_text = attribute.value_type is ValueType.TEXT_LIST
    if not isinstance(items, list) or not all(
        isinstance(item, str) if is_text else _is_number(item) for item in items
    ):
        wanted = "texts" if is_text else "numbers"
        raise _refused(attribute, text, f"is not a JSON list of {wanted}")
    return [item if is_text else json.dumps(item) for item in items]


def _is_number(item: object) -> bool:
    return isinstance(item, int | float) and not isinstance(item, bool)


def _check_text(attribute: TableAttribute, text: str) -> None:
    rules = attribute.validation
    least = rules.min_length or 0
    most = LONGEST_TEXT if rules.max_length is None else rules.max_length
    if not least <= len(text) <= most:
        raise _refused(attribute, text, f"has {len(text)} characters, {least} to {most} go")
    if rules.is_strict and not _is_choice(rules, text):
        raise _refused(attribute, text, f"is not one of {', '.join(rules.choices)}")


def _is_choice(rules: Validation, text: str) -> bool:
    if rules.ignore_case:
        return text.casefold() in {choice.casefold() for choice in rules.choices}
    return text in rules.choices


def _number(attribute: TableAttribute, text: str) -> str:
    rules = attribute.validation
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise _refused(attribute, text, "is not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise _refused(attribute, text, "is not a number")
    for is_broken, why in (
        (rules.minimum is not None and number < _exact(rules.minimum), "is under the minimum"),
        (rules.maximum is not None and number > _exact(rules.maximum), "is over the maximum"),
        (
            rules.exclusive_minimum is not None and number <= _exact(rules.exclusive_minimum),
            "is not over the minimum",
        ),
        (
            rules.exclusive_maximum is not None and number >= _exact(rules.exclusive_maximum),
            "is not under the maximum",
        ),
        (_is_between_steps(number, rules.multiple_of), f"is no multiple of {rules.multiple_of}"),
        (rules.is_strict and not _is_choice(rules, text.strip()), "is not one of the choices"),
    ):
        if is_broken:
            raise _refused(attribute, text, why)
    return text.strip()


def _exact(bound: float) -> Decimal:
    return Decimal(str(bound))


def _is_between_steps(number: Decimal, step: float | None) -> bool:
    if not step:
        return False
    quotient = float(number) / step
    return abs(quotient - round(quotient)) > 1e-9


def _refused(attribute: TableAttribute, text: str, why: str) -> Rejected:
    return Rejected(f"{attribute.name}: {text[:80]!r} {why}", field=attribute.name, value=text)


def check_validation(rules: Validation) -> None:
    """Rejected when no value could ever be valid."""
    for name, low, high in (
        ("MinLength", rules.min_length, rules.max_length),
        ("MinValues", rules.min_values, rules.max_values),
        ("Minimum", rules.minimum, rules.maximum),
    ):
        if low is not None and high is not None and low > high:
            raise Rejected(
                f"{name} {low} is over its maximum {high}", field=f"Validation.{name}", value=low
            )
    if rules.is_strict and not rules.choices:
        raise Rejected("a strict Enum needs Values", field="Validation.Enum.Values")
    if rules.multiple_of is not None and rules.multiple_of <= 0:
        raise Rejected(
            "MultipleOf must be over 0", field="Validation.MultipleOf", value=rules.multiple_of
        )
