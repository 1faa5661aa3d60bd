"""Agent events on a Kinesis data stream, those of one agent in one shard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.services.ports import Unavailable

_TRIES = 3
_AT_ONCE = 500  # records; Kinesis takes no more in one request


class KinesisAgentEvents:
    """The AgentEvents port."""

    def __init__(self, client: Any, stream: str) -> None:
        self._client = client
        self._stream = stream

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        for start in range(0, len(events), _AT_ONCE):
            self._put([_record(event) for event in events[start : start + _AT_ONCE]])

    def _put(self, records: list[dict[str, object]]) -> None:
        """Kinesis takes some of a batch and refuses others: those are sent again."""
        for _ in range(_TRIES):
            try:
                answer = self._client.put_records(StreamName=self._stream, Records=records)
            except (BotoCoreError, ClientError) as error:
                raise Unavailable(f"stream {self._stream!r} cannot be reached") from error
            if not answer["FailedRecordCount"]:
                return
            results = zip(records, answer["Records"], strict=True)
            records = [record for record, result in results if result.get("ErrorCode")]
        raise Unavailable(f"stream {self._stream!r} took all but {len(records)} events")


def _record(event: Mapping[str, object]) -> dict[str, object]:
    return {"Data": msgspec.json.encode(event), "PartitionKey": str(event["AgentARN"])}
