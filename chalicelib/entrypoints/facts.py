"""Lambda: the contacts table's stream, from which everything follows that hangs on a fact."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.adapters.dynamo.stream import FactsWritten, StateWritten, read_change
from chalicelib.entrypoints.edge import each_record, function

bp = Blueprint(__name__)

ANY_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/contacts/stream/set-in-the-template"


@bp.on_dynamodb_record(stream_arn=ANY_STREAM, name="on_contact_fact")
@function
def on_contact_fact(event: Any) -> Any:
    return each_record(event, _react, park=bootstrap.park_fact)


def _react(record: Any) -> None:
    match read_change(record.to_dict()):
        case FactsWritten(contact_id, facts):
            bootstrap.reactions().react(contact_id, facts)
        case StateWritten(before, after):
            bootstrap.follow_up().follow(before, after)
