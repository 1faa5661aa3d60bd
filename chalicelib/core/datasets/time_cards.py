"""The dataset `time_cards`: an agent's civil day, from sign-in to sign-out, as payroll reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.agent_activity import TimeCard, Told, stretches, time_cards, usernames
from chalicelib.core.civil_day import Period
from chalicelib.core.dataset import ColumnType, Field, Kind
from chalicelib.core.metrics import Catalogue, Thresholds, Unit
from chalicelib.core.record_document import stamp

CARDS: Catalogue[NamedCard] = Catalogue()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCard:
    card: TimeCard
    username: str


def cards(
    told: Iterable[Told], period: Period, *, until: datetime, unpaid: Collection[str] = ()
) -> list[NamedCard]:
    """The cards of the period's days, as far as is told until then; `unpaid` names the statuses
    whose time is not paid."""
    known = list(told)
    names = usernames(known)
    found = time_cards(stretches(known, until=until), zone=period.zone, unpaid=unpaid)
    return [
        NamedCard(card=card, username=names.get(card.agent_id, ""))
        for card in found
        if period.day <= card.day <= period.last_day
    ]


@CARDS.measure(Unit.DAYS, "days with time at work")
def card_days(one: NamedCard, limits: Thresholds) -> int:
    """From 22:00 to 02:00, and the next evening: 2."""
    return 1


@CARDS.measure(Unit.TIMES, "sign-ins, and going on at midnight")
def card_sign_ins(one: NamedCard, limits: Thresholds) -> int:
    """From 09:00 to 12:00 and from 13:00 to 17:00: 2."""
    return len(one.card.spans)


@CARDS.measure(Unit.SECONDS, "from sign-ins to sign-outs: paid + unpaid")
def card_seconds(one: NamedCard, limits: Thresholds) -> int:
    """From 09:00 to 17:00: 28800."""
    return one.card.paid_seconds + one.card.unpaid_seconds


@CARDS.measure(Unit.SECONDS, "at work in statuses whose time is paid")
def card_paid_seconds(one: NamedCard, limits: Thresholds) -> int:
    """From 09:00 to 17:00, of it 30 minutes of lunch, which is not paid: 27000."""
    return one.card.paid_seconds


@CARDS.measure(Unit.SECONDS, "at work in statuses whose time is not paid")
def card_unpaid_seconds(one: NamedCard, limits: Thresholds) -> int:
    """From 09:00 to 17:00, of it 30 minutes of lunch, which is not paid: 1800."""
    return one.card.unpaid_seconds


def _signed_out(one: NamedCard) -> str | None:
    return stamp(one.card.signed_out_at) if one.card.signed_out_at else None


KIND: Kind[NamedCard] = Kind(
    fields={
        "agent_id": Field(lambda one: one.card.agent_id),
        "username": Field(lambda one: one.username or None),
        "day": Field(lambda one: one.card.day.isoformat(), ColumnType.DAY),
        "signed_in_at": Field(lambda one: stamp(one.card.signed_in_at), ColumnType.MOMENT),
        "signed_out_at": Field(_signed_out, ColumnType.MOMENT),
    },
    metrics=CARDS,
)
