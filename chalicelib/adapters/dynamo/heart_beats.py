"""Up to when heartbeats of agents have been published, in DynamoDB."""

from __future__ import annotations

from datetime import datetime

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.tables import HeartBeatsRow

_KEY = ("heartbeats", "last")


class DynamoHeartBeats:
    """The HeartBeats port, one row of the table `routing`."""

    def last(self) -> datetime | None:
        try:
            return codec.moment(HeartBeatsRow.get(*_KEY, consistent_read=True).at)
        except HeartBeatsRow.DoesNotExist:
            return None

    def note(self, at: datetime) -> None:
        HeartBeatsRow(*_KEY, at=codec.stamp(at)).save()
