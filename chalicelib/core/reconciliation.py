"""Reconciliation: whether each contact of a day has its record, and each record its audio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.core.civil_day import Period
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId


class Lack(StrEnum):
    RECORD = "RECORD"  # the contact is complete and has none
    ONE_RECORD = "ONE_RECORD"  # it has several, so it counts several times
    AUDIO = "AUDIO"  # it was to be recorded, and no sound of it ever arrived
    OBJECT = "OBJECT"  # a segment was stored, and is not in the bucket
    CHECKSUM = "CHECKSUM"  # a segment that nobody can prove to be what was stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """`key`: where the segment should lie. `is_rebuilt`: it was made again from the facts."""

    lack: Lack
    contact_id: ContactId
    segment: str | None = None
    key: str | None = None
    is_rebuilt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was found of the contacts that ended on a day.

    `going_on`: of them, those in after contact work, which have no record yet. `recorded`: those
    that should have audio; who refused is not among them. `segments`: those that are there.
    """

    period: Period
    at: datetime
    contacts: int
    going_on: int
    records: int
    recorded: int
    segments: int
    missing: tuple[Missing, ...]

    @property
    def open(self) -> tuple[Missing, ...]:
        """What is still missing."""
        return tuple(each for each in self.missing if not each.is_rebuilt)


def reconcile(
    period: Period,
    contacts: Iterable[Contact],
    *,
    records: Mapping[str, int],
    has_object: Callable[[str], bool],
    at: datetime,
) -> Reconciliation:
    """`contacts`: those that ended within the period; `records`: how many each contact has;
    `has_object`: whether something lies in the recordings' bucket under this key."""
    total = going_on = complete = recorded = segments = 0
    missing: list[Missing] = []
    for contact in contacts:
        total += 1
        found = _missing(contact, records.get(contact.contact_id, 0), has_object)
        missing += found
        gone = sum(each.lack is Lack.OBJECT for each in found)
        going_on += not _is_complete(contact)
        complete += records.get(contact.contact_id, 0) == 1
        recorded += should_have_audio(contact)
        segments += len(contact.recordings) - gone
    return Reconciliation(
        period=period,
        at=at,
        contacts=total,
        going_on=going_on,
        records=complete,
        recorded=recorded,
        segments=segments,
        missing=tuple(sorted(missing, key=lambda m: (m.contact_id, m.lack, m.segment or ""))),
    )


def should_have_audio(contact: Contact) -> bool:
    """A talk at a desk for which recording was on: where consent was refused the flow has it off,
    on an agent's telephone nobody records, and what was erased is not missed."""
    agent = contact.agent
    return (
        contact.channel is Channel.VOICE
        and contact.is_recorded
        and agent is not None
        and agent.line is None
        and contact.erased_at is None
    )


def _missing(contact: Contact, records: int, has_object: Callable[[str], bool]) -> list[Missing]:
    def lacks(lack: Lack, segment: str | None = None, key: str | None = None) -> Missing:
        return Missing(lack=lack, contact_id=contact.contact_id, segment=segment, key=key)

    found: list[Missing] = []
    if records == 0 and _is_complete(contact):
        found.append(lacks(Lack.RECORD))
    if records > 1:
        found.append(lacks(Lack.ONE_RECORD))
    if should_have_audio(contact) and not contact.recordings:
        found.append(lacks(Lack.AUDIO))
    for stored in contact.recordings:
        if not has_object(stored.key):
            found.append(lacks(Lack.OBJECT, stored.segment, stored.key))
        elif not stored.sha256:
            found.append(lacks(Lack.CHECKSUM, stored.segment, stored.key))
    return found


def _is_complete(contact: Contact) -> bool:
    return contact.state is ContactState.COMPLETED
