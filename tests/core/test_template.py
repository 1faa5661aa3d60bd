"""Messages that are filled in."""

from __future__ import annotations

import pytest

from chalicelib.core.template import MessageTemplate, Unfilled, render

ORDER = MessageTemplate(
    name="Order",
    subject="Order {{ Attributes.order }}",
    text="Dear {{Customer.FirstName}}, it costs {{External.sum}}.",
    html="<p>Dear {{Customer.FirstName}}</p>",
)
KNOWN = {
    "Attributes": {"order": "7"},
    "Customer": {"FirstName": "Ana & Co"},
    "External": {"sum": 12.5},
}


def test_every_place_is_filled() -> None:
    rendered = render(ORDER, KNOWN)

    assert "Order 7" == rendered["Subject"]
    assert {
        "PlainText": "Dear Ana & Co, it costs 12.5.",
        "Html": "<p>Dear Ana &amp; Co</p>",
    } == rendered["Body"]


@pytest.mark.parametrize(
    "known", [{}, {"Attributes": {}}, {"Attributes": {"order": ""}}, {"Attributes": "7"}]
)
def test_a_place_for_which_nothing_is_known_is_named(known: dict[str, object]) -> None:
    """Nobody gets a letter with a hole in it."""
    with pytest.raises(Unfilled, match=r"Attributes\.order"):
        render(ORDER, known)


def test_a_value_is_never_taken_for_a_place() -> None:
    """What a customer writes into an attribute is not a template."""
    template = MessageTemplate(name="x", text="{{Attributes.a}}")

    rendered = render(template, {"Attributes": {"a": "{{Attributes.secret}}"}})

    assert {"PlainText": "{{Attributes.secret}}", "Html": ""} == rendered["Body"]


def test_a_key_with_a_colon_is_named_in_brackets() -> None:
    template = MessageTemplate(name="x", text="{{$.Tags['aws:x']}}")
    rendered = render(template, {"Tags": {"aws:x": "1"}})

    assert {"PlainText": "1", "Html": ""} == rendered["Body"]
