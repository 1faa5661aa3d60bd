"""Tariffs reach the center as they are written down, and what was published stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from chalicelib.adapters.ledger import S3Ledger
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, DisconnectReason
from chalicelib.core.tariff import TariffBook, Way
from infra.tariffs import days_of, publish, rerate, tariffs
from tests.core.prices import tariff, voice
from tests.fakes.center import InMemoryCenterStore
from tests.given import MONDAY
from tests.house import House, a_center


@pytest.fixture
def store() -> InMemoryCenterStore:
    return InMemoryCenterStore(a_center())


def test_the_tariffs_of_the_sources_are_a_book() -> None:
    """A minute of service, and of three kinds of lines."""
    (found,) = tariffs()

    service = found.service(Channel.VOICE)
    assert service is not None
    assert service.price == Decimal("0.0180")
    lines = [found.line(Way.INBOUND, "+12025550100"), found.line(Way.INBOUND, "+18005550100")]
    assert [each and str(each.price) for each in lines] == ["0.0022", "0.0120"]
    assert TariffBook(zone="America/New_York", tariffs=(found,)).on(found.from_day) == found


def test_versions_are_added_once(store: InMemoryCenterStore) -> None:
    first, second = tariff(1), tariff(2, "2026-04-01")

    assert publish(store, [first]) == [1]
    assert publish(store, [first, second]) == [2]
    assert publish(store, [first, second]) == []
    assert store.center().tariffs == (first, second)


def test_a_version_that_was_published_is_not_edited(store: InMemoryCenterStore) -> None:
    """Ledger lines name it."""
    publish(store, [tariff(1)])

    with pytest.raises(Conflict, match="version 1 is published"):
        publish(store, [replace(tariff(1), requests_per_contact=7)])


def test_a_version_that_does_not_fit_the_others_is_refused(store: InMemoryCenterStore) -> None:
    publish(store, [tariff(1)])

    with pytest.raises(Rejected, match="first day of versions 1 and 2"):
        publish(store, [tariff(2)])

    assert len(store.center().tariffs) == 1


def test_contacts_are_rated_anew_from_their_facts() -> None:
    """Those whose records are named, and no others."""
    house = House(a_center(tariffs=(tariff(1),)))
    contacts = [house.rings() for _ in range(2)]
    for contact_id in contacts:
        house.later(60)
        house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        house.streams()
    ledger = S3Ledger(house.lake, readers=1)
    before = list(ledger.lines([MONDAY.date()]))
    publish(house.center, [tariff(2, "2026-01-01", voice("0.0190"), corrects=1)])

    assert rerate(contacts[:1], house.contacts, house.records) == 1

    added = [each for each in ledger.lines([MONDAY.date()]) if each not in before]
    assert {each.contact_id for each in added} == {contacts[0]}


def test_days_are_two_or_none() -> None:
    assert days_of([]) == []
    assert days_of(["2026-02-28", "2026-03-01"]) == [date(2026, 2, 28), date(2026, 3, 1)]
    for wrong in (["2026-03-01"], ["2026-03-02", "2026-03-01"], ["2026-03-01", "soon"]):
        with pytest.raises(Rejected):
            days_of(wrong)


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "tariffs.yaml"
    source.write_text("version: 1\n")

    with pytest.raises(Rejected, match=r"tariffs\.yaml is no list of tariffs"):
        tariffs(source)
