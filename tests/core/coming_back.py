"""Customers who come, are transferred, and come back, at random from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from chalicelib.core import events as e
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.ids import ContactId, CustomerId
from tests.core.records import record

RESOLVING = frozenset({"solved", "sale"})
_SUBJECTS = (" Invoice ", "invoice", "Straße", "", "")


def random_inquiries(chance: Random, since: datetime, days: int, count: int) -> list[ContactRecord]:
    """From so many chains of contacts, begun within these days."""
    made: list[ContactRecord] = []
    for n in range(count):
        at = since + timedelta(seconds=chance.randrange(days * 86_400))
        made += _chain(chance, f"c-{n:04}", at)
    return made


def _chain(chance: Random, first_id: str, at: datetime) -> Sequence[ContactRecord]:
    customer = chance.choice([None, *(CustomerId(f"cu-{n}") for n in range(9))])
    begun_by = chance.choice([e.InitiationMethod.INBOUND] * 5 + list(e.InitiationMethod))
    parts = []
    for n in range(chance.choice([1, 1, 1, 2, 3])):
        at += timedelta(seconds=chance.randrange(1, 20_000))
        part = record(
            first_id if n == 0 else f"{first_id}-{n}",
            at=at,
            queue=chance.choice([None, "Sales", "Support"]),
            waited=chance.choice([0, 20, 21, 100]),
            agent=chance.choice([None, "a-ana", "a-mia", "a-zoë"]),
            wrapped=chance.randrange(60),
            disposition=chance.choice([None, "solved", "sale", "bug"]),
        )
        parts.append(
            replace(
                part,
                customer_id=customer,
                attributes={"subject": chance.choice(_SUBJECTS)},
                initial_contact_id=ContactId(first_id) if n else None,
                begun_by=begun_by,
                is_internal=chance.random() < 0.05,
            )
        )
    return parts
