"""Numbers of the practice exchange for callbacks: where it is day just now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.core.calling_hours import allowed_until
from infra.seed import PRACTISED_IN

PERSON, BUSY, NO_ANSWER = "0181", "0183", "0184"
_LONG_ENOUGH = timedelta(minutes=10)


def called_now(what: str) -> str:
    """A number that does this when it is called, and may be called for some minutes yet."""
    now = datetime.now(UTC)
    for zone, prefix in PRACTISED_IN.items():
        if allowed_until(now, [ZoneInfo(zone)]) - now > _LONG_ENOUGH:
            return f"{prefix}{what}"
    raise AssertionError("it is night everywhere")
