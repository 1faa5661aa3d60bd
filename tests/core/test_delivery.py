"""Who has reports delivered, refused by field and value."""

from __future__ import annotations

import pytest

from chalicelib.core.delivery import Delivery, delivery
from chalicelib.core.errors import Rejected
from tests.given import MONDAY, later

KNOWN = ("daily-queues", "monthly-costs")


def wanted(name: str = "finance", /, **fields: list[str]) -> Delivery:
    given = {"reports": ["daily-queues"], "emails": [], **fields}
    return delivery(name, known=KNOWN, before=None, at=MONDAY, by="root", **given)


def test_a_delivery_has_a_folder_of_its_own() -> None:
    """What is named twice is one; what was published before was not promised."""
    found = wanted(
        reports=["daily-queues", "monthly-costs", "daily-queues"], emails=["fay@acme.example"]
    )

    assert found == Delivery(
        name="finance",
        since={"daily-queues": MONDAY, "monthly-costs": MONDAY},
        emails=("fay@acme.example",),
        by="root",
    )
    assert found.reports == ("daily-queues", "monthly-costs")
    assert found.prefix == "deliveries/finance/"


def test_what_was_promised_before_stays_promised() -> None:
    """Another address does not lose what is still on its way; a report that is added begins now."""
    reports = ["daily-queues", "monthly-costs"]

    found = delivery(
        "finance",
        reports=reports,
        emails=[],
        known=KNOWN,
        before=wanted(),
        at=later(days=1),
        by="b",
    )

    assert found.since == {"daily-queues": MONDAY, "monthly-costs": later(days=1)}


@pytest.mark.parametrize("name", ["", "Finance", "1st", "a/b", "..", "a" * 41, "é", "a\n"])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(Rejected) as refused:
        wanted(name)

    assert (refused.value.field, refused.value.value) == ("name", name)


@pytest.mark.parametrize(
    ("field", "given", "value"),
    [
        ("reports", [], ""),
        ("reports", ["daily-queues", "daily-wonders"], "daily-wonders"),
        ("emails", ["fay"], "fay"),
        ("emails", ["a@b"], "a@b"),
        ("emails", ["fay@acme.example, ben@acme.example"], "fay@acme.example, ben@acme.example"),
        ("emails", ["fay@acme.example\nBcc: x@y.z"], "fay@acme.example\nBcc: x@y.z"),
        ("emails", [f"{'a' * 65}@acme.example"], f"{'a' * 65}@acme.example"),
        ("emails", [f"a@{'b' * 250}.example"], f"a@{'b' * 250}.example"),
        ("emails", ["fay@acme.example"] * 21, 21),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_value(
    field: str, given: list[str], value: object
) -> None:
    with pytest.raises(Rejected) as refused:
        wanted(**{field: given})

    assert (refused.value.field, refused.value.value) == (field, value)
