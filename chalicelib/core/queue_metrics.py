"""What a flow may know of a queue and its agents at this moment; agents are counted as supervisors
see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.live import Tally
from chalicelib.core.routing import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCounts:
    """Who waits or rings. None: nobody does."""

    size: int = 0
    oldest_age_seconds: int | None = None


def count_line(size: int, heads: Sequence[Place], *, at: datetime) -> LineCounts:
    """Of everybody in the queue, ringing included: who rings may come back to the old place.
    `heads`: the first of each line and priority, and who rings; the oldest is among them."""
    since = [place.entered_at for place in heads]
    return LineCounts(
        size=size,
        oldest_age_seconds=max(0, int((at - min(since)).total_seconds())) if since else None,
    )


# What CheckMetricData compares, by Amazon Connect's names.
OF_AGENTS: Mapping[str, Callable[[Tally], int]] = {
    "NumberOfAgentsAvailable": lambda counts: counts.available,
    "NumberOfAgentsStaffed": lambda counts: counts.staffed,
    "NumberOfAgentsOnline": lambda counts: counts.online,
}
OF_LINE: Mapping[str, Callable[[LineCounts], int]] = {
    "NumberOfContactsInQueue": lambda counts: counts.size,
    "OldestContactInQueueAgeSeconds": lambda counts: counts.oldest_age_seconds or 0,
}
