"""Deliveries: who has which reports brought to a place of their own, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.core.errors import Rejected

MOST_ADDRESSES = 20
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")  # a folder of the bucket, and a part of an address
_ADDRESS = re.compile(r'[^@\s,;<>"]{1,64}@[^@\s,;<>"]+\.[^@\s,;<>"]+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`since`: from when on which report is wanted; what was published before was not promised."""

    name: str
    since: Mapping[str, datetime]
    emails: tuple[str, ...] = ()
    by: str = ""  # who wants it so, by user name

    @property
    def reports(self) -> tuple[str, ...]:
        return tuple(self.since)

    @property
    def prefix(self) -> str:
        """Below it lies what is theirs; nobody else needs to read there."""
        return f"deliveries/{self.name}/"


class DeliveryState(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"  # it is tried again every quarter of an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNote:
    """What became of one revision. `reason`: why it failed, or which addresses took no e-mail."""

    consumer: str
    report: str
    day: date  # the first of its period
    revision: int
    state: DeliveryState
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The e-mail to one address about one revision."""

    consumer: str
    report: str
    day: date
    revision: int
    address: str


def delivery(
    name: str,
    *,
    reports: Sequence[str],
    emails: Sequence[str],
    known: Collection[str],
    before: Delivery | None,
    at: datetime,
    by: str,
) -> Delivery:
    """The delivery as an admin wants it; Rejected naming field and value. `known`: all reports;
    `before`: as it was, so that what was promised stays so."""
    if not _NAME.fullmatch(name):
        raise Rejected(
            f"name {name!r} is not 1 to 40 of a-z, 0-9 and -, a letter first",
            field="name",
            value=name,
        )
    if not reports:
        raise Rejected("reports are to be named, at least one", field="reports", value="")
    for report in reports:
        if report not in known:
            raise Rejected(
                f"report {report!r} is not one of {', '.join(known)}", field="reports", value=report
            )
    _check_addresses(emails)
    since = before.since if before else {}
    return Delivery(
        name=name,
        since={report: since.get(report, at) for report in reports},
        emails=tuple(dict.fromkeys(emails)),
        by=by,
    )


def _check_addresses(emails: Sequence[str]) -> None:
    if len(emails) > MOST_ADDRESSES:
        raise Rejected(
            f"{len(emails)} addresses are more than {MOST_ADDRESSES}",
            field="emails",
            value=len(emails),
        )
    for address in emails:
        if not _ADDRESS.fullmatch(address) or len(address) > 254:
            raise Rejected(f"{address!r} is no e-mail address", field="emails", value=address)
