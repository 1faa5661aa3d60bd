"""Messages with places to fill in: `{{Customer.FirstName}}` is what the flow knows under it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from chalicelib.core.errors import Rejected

_PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_STEPS = re.compile(r"[^.\[\]'\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTemplate:
    """A message of the center; `html` is what mail programs show instead of the text."""

    name: str
    text: str
    subject: str = ""
    html: str = ""


class Unfilled(Rejected):
    """The flow knows nothing under the name of a place."""


def render(template: MessageTemplate, known: Mapping[str, object]) -> dict[str, object]:
    """The message for these values; Unfilled names the first place for which there is none."""
    return {
        "Subject": _filled(template.subject, known),
        "Body": {
            "PlainText": _filled(template.text, known),
            "Html": _filled(template.html, known, is_html=True),
        },
    }


def _filled(text: str, known: Mapping[str, object], *, is_html: bool = False) -> str:
    def fill(place: re.Match[str]) -> str:
        value = _value(place[1], known)
        return escape(value) if is_html else value

    return _PLACE.sub(fill, text)


def _value(path: str, known: Mapping[str, object]) -> str:
    value: object = known
    for step in _STEPS.findall(path.removeprefix("$.")):
        value = value.get(step) if isinstance(value, Mapping) else None
    if not isinstance(value, str | int | float) or value == "":
        raise Unfilled(f"nothing is known for {path!r}", field=path)
    return str(value)
