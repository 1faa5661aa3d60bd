"""Scenario 40, its last part: a customer is forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.ledger import S3Ledger
from chalicelib.core.errors import Conflict
from chalicelib.core.ledger import net
from chalicelib.core.tariff import Kind
from tests.core.prices import tariff, voice
from tests.given import MONDAY
from tests.services.forgetting import ANA, WORDS, Forgetting

DAY = 24 * 3600


@pytest.fixture
def house() -> Forgetting:
    return Forgetting()


def test_within_a_day_ana_is_gone_and_what_is_counted_stays(house: Forgetting) -> None:
    """Name, numbers, texts and audio, from tables, objects and exports to come; doing it twice
    changes nothing."""
    records, tickets = sorted(house.lake.bodies), sorted(house.tickets.tickets)
    asked_at = house.at

    house.erasure.request(ANA, by="root")
    house.works_off()
    once = house.everything()
    house.erasure.request(ANA, by="root")
    house.works_off()

    state = house.erasure.state(ANA)
    assert state.done_at is not None
    assert (state.done_at - asked_at).total_seconds() < DAY
    assert [word for word in WORDS if word in once] == []
    assert house.everything() == once
    assert (sorted(house.lake.bodies), sorted(house.tickets.tickets)) == (records, tickets)


def test_what_ana_cost_stays_when_costs_are_corrected(house: Forgetting) -> None:
    """Her messages and recordings are gone, and were paid for."""
    prices: list[dict[str, object]] = [
        voice("0.0180"),
        {"kind": "MESSAGE", "channel": "CHAT", "unit": "MESSAGE", "price": "0.0040"},
        {"kind": "RECORDING", "unit": "GB_MONTH", "price": "1000000"},
    ]
    first = tariff(1, "2026-01-01", *prices, recordings_kept_days=30)
    house.center.configuration = replace(house.center.configuration, tariffs=(first,))
    rate(house)
    before = net(S3Ledger(house.lake, readers=1).lines([MONDAY.date()]))
    assert {line.kind for line in before} >= {Kind.MESSAGE, Kind.RECORDING}

    house.erasure.request(ANA, by="root")
    house.works_off()
    rate(house)

    assert net(S3Ledger(house.lake, readers=1).lines([MONDAY.date()])) == before


def rate(house: Forgetting) -> None:
    """Everything that ever was."""
    house.records.rerate(house.contacts.facts(each) for each in list(house.contacts.contacts))


def test_what_is_under_legal_hold_stays_and_is_listed(house: Forgetting) -> None:
    house.erasure.hold_contact(house.chatted, is_held=True, reason="Case 12/34", by="root")

    house.erasure.request(ANA, by="root")
    house.works_off()

    (held,) = house.erasure.state(ANA).held_contacts
    assert held.contact_id == house.chatted
    assert (held.hold.by, held.hold.reason) == ("root", "Case 12/34")
    assert [item.content for item in house.items(house.chatted)].count("My elephant is gone") == 1


def test_a_customer_under_legal_hold_is_not_forgotten(house: Forgetting) -> None:
    house.erasure.hold_customer(ANA, is_held=True, reason="Case 12/34", by="root")

    with pytest.raises(Conflict, match="is under legal hold by root"):
        house.erasure.request(ANA, by="root")

    house.works_off()
    assert "elephant" in house.everything()
