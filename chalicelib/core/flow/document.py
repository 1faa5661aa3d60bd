"""A flow's document as it was written: what nobody changed comes out byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

# One string of JSON, as it stands in the text.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a document. Its layout, order, spelling of numbers and metadata are kept."""

    content: bytes

    def export(self) -> bytes:
        return self.content

    def strings(self) -> frozenset[str]:
        """Every string in it, keys among them; none if it is no text."""
        return frozenset(_decoded(token) for token in _STRING.findall(self._text()))

    def renamed(self, names: Mapping[str, str]) -> Document:
        """With every string that is one of these names replaced; all else as it was.

        What is renamed with a mapping and then with its inverse is what it was before, byte for
        byte, as long as no name is also one of the replacements.
        """
        if not any(names.get(found, found) != found for found in self.strings()):
            return self
        before = self._text()
        is_escaped = "\\u" in before
        text = _STRING.sub(lambda token: _replaced(token[0], names, is_escaped), before)
        return Document(text.encode("utf-8", errors="surrogateescape"))

    def _text(self) -> str:
        return self.content.decode("utf-8", errors="surrogateescape")


def _replaced(token: str, names: Mapping[str, str], is_escaped: bool) -> str:
    found = _decoded(token)
    wanted = names.get(found, found)
    return token if wanted == found else json.dumps(wanted, ensure_ascii=is_escaped)


def _decoded(token: str) -> str:
    try:
        decoded: object = json.loads(token, strict=False)
    except ValueError:
        return token
    return decoded if isinstance(decoded, str) else token
