"""User-defined attributes of a contact, within Amazon Connect's limits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.core.errors import Rejected

SUBJECT = "subject"  # what it was about
ATTRIBUTE_PATH = "$.Attributes."  # how a block names an attribute that it set
LIMIT = 32 * 1024  # bytes of UTF-8, all keys and values of a contact
_KEY = re.compile(r"[A-Za-z0-9_-]{1,32767}")


def merged(known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """All attributes after an update; Rejected when a key cannot be named or there is too much."""
    for key in given:
        if not _KEY.fullmatch(key):
            raise Rejected(
                f"attribute {key[:100]!r} is not made of letters, digits, - and _",
                field="Attributes",
                value=key,
            )
    together = {**known, **given}
    size = sum(len(key.encode()) + len(value.encode()) for key, value in together.items())
    if size > LIMIT:
        raise Rejected(
            f"attributes would have {size} bytes, the limit is {LIMIT}",
            field="Attributes",
            value=size,
        )
    return together
