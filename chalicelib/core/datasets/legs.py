"""The dataset `legs`: an agent's part in a contact, when the contact ended."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.core.civil_day import Period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.dataset import Field, Kind
from chalicelib.core.datasets.contacts import ended
from chalicelib.core.metrics import LEGS, Leg, legs


def handled(records: Sequence[ContactRecord], period: Period) -> list[Leg]:
    """Of each contact with an agent the one leg that it counts for."""
    return [leg for leg in legs(ended(records, period)) if leg.is_handled]


KIND: Kind[Leg] = Kind(
    fields={
        "agent_id": Field(lambda leg: leg.agent_id),
        "channel": Field(lambda leg: leg.record.channel.value),
        "username": Field(lambda leg: leg.username),
    },
    metrics=LEGS,
    at=lambda leg: leg.record.disconnected_at,
    of_records=lambda records, period: list(legs(ended(records, period))),
)
