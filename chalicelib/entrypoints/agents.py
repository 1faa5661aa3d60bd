"""Lambda: the routing table's stream, from which everything follows that hangs on an agent."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.adapters.dynamo.stream import read_agent_change
from chalicelib.entrypoints.edge import each_record, function

bp = Blueprint(__name__)

ANY_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/routing/stream/set-in-the-template"


@bp.on_dynamodb_record(stream_arn=ANY_STREAM, name="on_agent_changed")
@function
def on_agent_changed(event: Any) -> Any:
    return each_record(event, _react, park=bootstrap.park_fact)


def _react(record: Any) -> None:
    change = read_agent_change(record.to_dict())
    if change is not None:
        bootstrap.agent_reactions().react(change.before, change.after)
