"""Finished contacts by the flow they began with, newest first, in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.tables import FirstFlowRow
from chalicelib.core.ids import ContactId, FlowId

_KEPT = timedelta(days=31)


class DynamoContactIndex:
    """The ContactIndex on the table `center`."""

    def note(self, flow_id: FlowId, contact_id: ContactId, *, at: datetime) -> None:
        FirstFlowRow(
            _partition(flow_id),
            f"{codec.stamp(at)}#{contact_id}",
            expires_at=int((at + _KEPT).timestamp()),
        ).save()

    def latest(self, flow_id: FlowId, *, limit: int) -> Sequence[ContactId]:
        rows = FirstFlowRow.query(_partition(flow_id), scan_index_forward=False, limit=limit)
        return [ContactId(row.sk.split("#", 1)[1]) for row in rows]


def _partition(flow_id: FlowId) -> str:
    return f"contacts#{flow_id}"
