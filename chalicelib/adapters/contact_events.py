"""Contact events on an EventBridge bus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.contact_events import DETAIL_TYPE, SOURCE, ContactEvent
from chalicelib.services.ports import Unavailable

_TRIES = 3
_AT_ONCE = 10  # events; EventBridge takes no more in one request


class EventBridgeContactEvents:
    """The ContactEvents port."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client = client
        self._bus = bus

    def publish(self, events: Sequence[ContactEvent]) -> None:
        for start in range(0, len(events), _AT_ONCE):
            self._put([self._entry(event) for event in events[start : start + _AT_ONCE]])

    def _put(self, entries: list[dict[str, object]]) -> None:
        """EventBridge takes some of a batch and refuses others: those are sent again."""
        for _ in range(_TRIES):
            try:
                answer = self._client.put_events(Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise Unavailable(f"bus {self._bus!r} cannot be reached") from error
            if not answer["FailedEntryCount"]:
                return
            results = zip(entries, answer["Entries"], strict=True)
            entries = [entry for entry, result in results if result.get("ErrorCode")]
        raise Unavailable(f"bus {self._bus!r} took all but {len(entries)} events")

    def _entry(self, event: ContactEvent) -> dict[str, object]:
        return {
            "Detail": msgspec.json.encode(event.detail).decode(),
            "DetailType": DETAIL_TYPE,
            "EventBusName": self._bus,
            "Resources": list(event.resources),
            "Source": SOURCE,
            "Time": event.at,
        }
