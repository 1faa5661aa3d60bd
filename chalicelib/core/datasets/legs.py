"""The dataset `legs`: an agent's part in a contact, when the contact ended."""

from __future__ import annotations

from chalicelib.core.dataset import Field, Kind
from chalicelib.core.datasets.contacts import ended
from chalicelib.core.metrics import LEGS, Leg, legs

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
