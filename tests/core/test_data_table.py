"""What a value of a data table may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.data_table import (
    DataTable,
    TableAttribute,
    Validation,
    ValueType,
    checked,
    record_key,
)
from chalicelib.core.errors import Rejected
from tests.given import MONDAY


def column(name: str, kind: ValueType, *, ignore_case: bool = False) -> TableAttribute:
    return TableAttribute(
        attribute_id=name,
        name=name,
        value_type=kind,
        is_primary=True,
        validation=Validation(ignore_case=ignore_case, multiple_of=0.01, max_values=3),
        modified_at=MONDAY,
    )


TEXTS = st.text() | st.from_regex(r"-?[0-9]{1,20}(\.[0-9]+)?(e[0-9]{1,4})?", fullmatch=True)


@given(st.sampled_from(ValueType), TEXTS | st.lists(TEXTS).map(str))
def test_any_text_is_a_value_or_is_refused_by_name(kind: ValueType, text: str) -> None:
    """And what was taken is taken again, as it is."""
    attribute = column("x", kind)
    taken = tried(attribute, text)
    if isinstance(taken, Rejected):
        assert ("x", text) == (taken.field, taken.value)
    else:
        assert taken == checked(attribute, taken)


def tried(attribute: TableAttribute, text: str) -> str | Rejected:
    try:
        return checked(attribute, text)
    except Rejected as refused:
        return refused


@given(st.text(), st.text())
def test_different_primary_values_are_different_records(one: str, other: str) -> None:
    """Whatever is in them; but for the case of letters where that does not count."""
    table = DataTable(
        table_id="t",
        name="T",
        time_zone="UTC",
        attributes=(column("a", ValueType.TEXT), column("b", ValueType.TEXT, ignore_case=True)),
        created_at=MONDAY,
        modified_at=MONDAY,
    )

    def key(a: str, b: str) -> str:
        return record_key(table, {"a": a, "b": b})

    assert (one == other) == (key(one, other) == key(other, one)) or one.casefold() == (
        other.casefold()
    )
    assert key(one, other) == key(one, other.casefold())
    assert key(one, other) != record_key(table, {})
