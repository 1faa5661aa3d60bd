"""Tags: words by which admins sort what they set up."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import category

from chalicelib.core.errors import Rejected

TAGS_LIMIT = 50
KEY_LIMIT = 128
VALUE_LIMIT = 256
_SIGNS = frozenset("_.:/=+-@")


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The same; Rejected when there are too many, or one that is none."""
    if len(tags) > TAGS_LIMIT:
        raise Rejected(f"at most {TAGS_LIMIT} tags are possible", field="tags", value=len(tags))
    for key, value in tags.items():
        if not 1 <= len(key) <= KEY_LIMIT or key.startswith("aws:") or not _is_plain(key):
            raise Rejected("this is no key of a tag", field="tags", value=key)
        if len(value) > VALUE_LIMIT:
            message = f"the value of a tag has at most {VALUE_LIMIT} characters"
            raise Rejected(message, field="tags", value=key)
    return dict(tags)


def _is_plain(key: str) -> bool:
    return all(sign in _SIGNS or category(sign)[0] in "LZN" for sign in key)
