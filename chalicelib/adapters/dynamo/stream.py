"""Records of the contacts table's stream, as the facts they carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.adapters.dynamo import codec
from chalicelib.core.events import Fact
from chalicelib.core.ids import ContactId


def read_facts(record: Mapping[str, Any]) -> tuple[ContactId, Sequence[Fact]] | None:
    """The facts of one commit; None for records that carry none (state, transcript, removals)."""
    if record["eventName"] != "INSERT":
        return None
    row = record["dynamodb"]["NewImage"]
    if not row["sk"]["S"].startswith("facts#"):
        return None
    contact_id = ContactId(row["pk"]["S"])
    return contact_id, codec.load_facts(row["document"]["S"], contact_id)
