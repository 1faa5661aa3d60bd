"""Alerts for supervisors, in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.tables import AlertRow
from chalicelib.core.alert import Alert

_PARTITION = "alerts"
_KEPT = timedelta(days=1)


class DynamoAlertStore:
    """The AlertStore on the table `routing`."""

    def add(self, alert: Alert) -> None:
        AlertRow(
            _PARTITION,
            _place(alert),
            document=codec.dump(alert),
            expires_at=int((alert.at + _KEPT).timestamp()),
        ).save()

    def remove(self, alert: Alert) -> None:
        AlertRow(_PARTITION, _place(alert)).delete()

    def since(self, at: datetime, *, limit: int) -> Sequence[Alert]:
        rows = AlertRow.query(
            _PARTITION, AlertRow.sk >= codec.stamp(at), scan_index_forward=False, limit=limit
        )
        return [codec.load(row.document, Alert) for row in rows]


def _place(alert: Alert) -> str:
    return f"{codec.stamp(alert.at)}#{alert.alert_id}"
