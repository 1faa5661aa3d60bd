"""Every contact that is complete is in the ledger once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.core.center import COST_CENTRE_TAG, Queue
from chalicelib.core.civil_day import Grain
from chalicelib.core.events import Fact
from chalicelib.core.ids import ContactId
from chalicelib.core.ledger import LedgerLine, total
from chalicelib.core.tariff import Tariff
from chalicelib.services.contact_records import ContactRecordsService
from chalicelib.services.late_news import LateNews
from chalicelib.services.ledger import LedgerService
from tests.core.prices import SALES, call, line, tariff, voice
from tests.core.records import INSTANCE, NOON, a_handled_call
from tests.fakes.center import InMemoryCenterStore
from tests.fakes.objects import InMemoryObjectStore
from tests.fakes.reporting import InMemoryReportRequests
from tests.house import ZONE, a_center

MIDNIGHT = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)  # in New York
TODAY = date(2026, 3, 8)
RATES = (voice("0.0180"), line("0.0022"), line("0.0120", prefix="+1800"))


class House:
    """Records and ledger in one lake, with tariffs to change."""

    def __init__(self, *tariffs: Tariff) -> None:
        sales = Queue(queue_id=SALES, name="Sales", hours_id="h-1", tags={COST_CENTRE_TAG: "CC-1"})
        self.center = InMemoryCenterStore(a_center(queues=(sales,), tariffs=tariffs))
        self.objects = InMemoryObjectStore()
        self.requests = InMemoryReportRequests()
        self.at = NOON + timedelta(minutes=5)
        self.lines = S3Ledger(self.objects, readers=1)
        self.ledger = LedgerService(self.lines, self.center)
        self.records = ContactRecordsService(
            S3RecordLake(self.objects, readers=1),
            self.ledger,
            LateNews(self.requests, zone=ZONE, now=lambda: self.at),
            instance_arn=INSTANCE,
        )

    def prices(self, *tariffs: Tariff) -> None:
        configuration = self.center.configuration
        self.center.configuration = replace(configuration, tariffs=tariffs)

    def of(self, contact_id: str, *days: date) -> list[LedgerLine]:
        name = ContactId(contact_id)
        return [each for day in days for each in self.lines.of_contact(name, day)]


FIRST = tariff(1, "2026-01-01", *RATES)
DEARER = tariff(2, "2026-01-01", voice("0.0190"), *RATES[1:], corrects=1)


def test_a_contact_that_is_complete_is_in_the_ledger() -> None:
    """94 seconds of service, and of the toll-free line."""
    house = House(FIRST)

    house.records.write(a_handled_call())

    lines = house.of("c-1", TODAY)
    assert [(each.rate, each.quantity, str(each.amount)) for each in lines] == [
        ("SERVICE VOICE", 94, "0.028200"),
        ("LINE INBOUND +1800", 94, "0.018800"),
    ]
    assert {each.cost_centre for each in lines} == {"unallocated"}


def test_a_center_without_tariffs_keeps_no_ledger() -> None:
    """And asks the bucket for nothing."""
    house = House()

    house.ledger.write(call("c-1", NOON, 253, SALES))

    assert house.objects.calls == []


@pytest.mark.parametrize("order", [(13, 15, 13, 15), (15, 13, 15), (13, 14, 15)])
def test_facts_that_come_twice_or_late_are_counted_once(order: Sequence[int]) -> None:
    """The stream brings them at least once."""
    house, facts = House(FIRST), a_handled_call()
    expected = House(FIRST)
    expected.records.write(facts)

    for known in order:
        house.records.write(facts[:known])

    assert total(house.of("c-1", TODAY)) == total(expected.of("c-1", TODAY))
    assert len(house.of("c-1", TODAY)) == 2


def test_the_cost_centre_is_the_queue_s_tag() -> None:
    house = House(FIRST)

    house.ledger.write(call("c-1", NOON, 253, SALES))

    assert {each.cost_centre for each in house.of("c-1", TODAY)} == {"CC-1"}


def test_a_call_over_midnight_lies_in_both_days() -> None:
    """Each day's report finds its own part."""
    house = House(FIRST, tariff(2, "2026-04-01", voice("0.0200"), line("0.0030")))

    days = house.ledger.write(call("c-1", MIDNIGHT - timedelta(seconds=53), 253, SALES))

    assert sorted(days) == [date(2026, 3, 31), date(2026, 4, 1)]
    assert [total(house.of("c-1", day)) for day in sorted(days)] == [
        Decimal("0.017843"),
        Decimal("0.076667"),
    ]


def test_a_fault_between_ledger_and_record_is_mended_by_the_next_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stream brings the facts again; the day's reports are asked for by both tries."""
    house = House(FIRST)
    house.at += timedelta(days=1)
    with monkeypatch.context() as broken:
        broken.setattr(S3RecordLake, "store", _fail)
        with pytest.raises(ConnectionError):
            house.records.write(a_handled_call())

    house.records.write(a_handled_call())

    assert len(house.of("c-1", TODAY)) == 2
    assert house.requests.renewed == [(Grain.DAY, TODAY)] * 2


def test_re_rating_renews_the_reports_of_the_days_of_these_contacts() -> None:
    """Each once, however many contacts it has."""
    house, facts = House(FIRST), a_handled_call()
    house.records.write(facts)
    house.at += timedelta(days=1)
    house.prices(FIRST, DEARER)

    house.records.rerate([facts, facts])

    lines = house.of("c-1", TODAY)
    assert [str(each.amount) for each in lines] == ["0.028200", "0.018800", "-0.028200", "0.029767"]
    assert (lines[2].reverses, lines[3].corrects) == (lines[0].line_id, lines[0].line_id)
    assert house.requests.renewed == [(Grain.DAY, TODAY)]


def test_re_rating_that_was_broken_off_renews_the_reports_when_it_is_done_again() -> None:
    """By then the contact costs what it should, and no report knows."""
    house, facts = House(FIRST), a_handled_call()
    house.records.write(facts)
    house.at += timedelta(days=1)
    house.prices(FIRST, DEARER)
    with pytest.raises(ValueError, match="facts are missing"):
        house.records.rerate([facts, facts[1:]])

    house.records.rerate([facts])

    assert len(house.of("c-1", TODAY)) == 4
    assert house.requests.renewed == [(Grain.DAY, TODAY)]


def test_a_contact_that_goes_on_is_not_rated_anew() -> None:
    """It costs nothing yet."""
    house = House(FIRST)

    house.records.rerate([a_handled_call()[:12]])

    assert house.objects.bodies == {}


def _fail(lake: S3RecordLake, record: object) -> bool:
    raise ConnectionError


def test_the_facts_of_a_day_are_those_of_the_center_s_zone() -> None:
    """Every line lies under the day that it says."""
    house, facts = House(FIRST), a_handled_call()
    late: list[Fact] = [
        replace(fact, at=fact.at + timedelta(hours=11, minutes=59)) for fact in facts
    ]

    house.records.write(late)

    lines = list(house.lines.lines([TODAY, TODAY + timedelta(days=1)]))
    assert [(each.day, each.quantity) for each in lines if each.kind == "SERVICE"] == [
        (TODAY, 60),
        (TODAY + timedelta(days=1), 34),
    ]
