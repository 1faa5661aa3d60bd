"""What is kept of how fast lines move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.waiting import Basis, Sample, Stretch


class PaceStore(Protocol):
    """By queue and channel; strongly consistent."""

    def note(
        self,
        queue_id: QueueId,
        channel: Channel,
        contact_id: ContactId,
        sample: Sample,
        *,
        at: datetime,
    ) -> None:
        """Adds one contact to its stretch; told twice of one moment is told once. One request."""
        ...

    def stretches(self, queue_id: QueueId, channel: Channel) -> Sequence[Stretch]:
        """The latest ones in which anything happened, newest first; one request."""
        ...

    def basis(self, queue_id: QueueId, channel: Channel) -> Basis | None:
        """What was counted last; None: nothing was yet."""
        ...

    def keep(self, queue_id: QueueId, channel: Channel, basis: Basis) -> None: ...


__all__ = ["PaceStore"]
