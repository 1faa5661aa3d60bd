"""Scenario 37: what a contact costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.ledger import S3Ledger
from chalicelib.core.center import COST_CENTRE_TAG
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.ledger import COLUMNS, LedgerLine, by_cost_centre, month_total, row, total
from chalicelib.core.tariff import Tariff
from tests.acme import SALES, SUPPORT, Acme
from tests.core.files import read, written
from tests.core.prices import line, tariff, voice
from tests.given import MONDAY

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
MIDNIGHT = datetime.fromisoformat("2026-04-01T00:00-04:00")
FIRST = tariff(1, "2026-01-01")
SECOND = tariff(2, "2026-04-01", voice("0.0200"), line("0.0030"))
CENTRES = {SALES: "CC-100", SUPPORT: "CC-200"}


class Books(Acme):
    """The center with tariffs, cost centres, and its ledger."""

    def __init__(self, *tariffs: Tariff) -> None:
        super().__init__()
        self.ledger = S3Ledger(self.lake, readers=1)
        known = self.center.configuration
        queues = tuple(
            replace(queue, tags={COST_CENTRE_TAG: CENTRES[queue.queue_id]})
            if queue.queue_id in CENTRES
            else queue
            for queue in known.queues
        )
        self.center.configuration = replace(known, queues=queues, tariffs=tariffs)

    def of(self, *days: date) -> list[LedgerLine]:
        return list(self.ledger.lines(days))

    def call(self, seconds: int, queue: str = "Sales") -> ContactId:
        """A customer on our number, answered at once by A01; so many seconds in all."""
        contact_id = self.rings(queue)
        self.comes("A01")
        self.takes("A01")
        self.later(seconds)
        return contact_id

    def ends(self, name: str) -> None:
        self.streams()
        self.finishes(name)
        self.streams()


@pytest.fixture
def acme() -> Books:
    return Books(FIRST, SECOND)


def test_253_seconds_of_sales_and_180_of_support_are_0_145777(acme: Books) -> None:
    """Two contacts of one customer, each in the cost centre of its queue."""
    contact_id = acme.call(253)
    support = acme.destinations.queue("Support")
    acme.transfers.by_agent(AgentId("A01"), contact_id, support)
    acme.streams()
    acme.comes("A02")
    acme.takes("A02")
    acme.later(180)
    acme.ends("A01")
    acme.ends("A02")

    lines = acme.of(MONDAY.date())

    assert by_cost_centre(lines) == {"CC-100": Decimal("0.085177"), "CC-200": Decimal("0.060600")}
    assert total(lines) == Decimal("0.145777")
    assert month_total(lines, year=2026, month=3) == Decimal("0.15")


def test_a_call_over_the_midnight_of_a_new_tariff_is_split_by_the_second(acme: Books) -> None:
    """53 s at the old prices, 200 s at the new ones."""
    acme.at = MIDNIGHT - timedelta(seconds=53)
    acme.call(253)
    acme.ends("A01")

    old, new = acme.of(MARCH), acme.of(APRIL)

    assert [(each.tariff_version, each.quantity) for each in (*old, *new)] == [
        *((1, 53), (1, 53)),
        *((2, 200), (2, 200)),
    ]
    assert (total(old), total(new)) == (Decimal("0.017843"), Decimal("0.076667"))


def test_a_queue_without_the_tag_is_shown_as_unallocated(acme: Books) -> None:
    """Nothing is hidden: it has a name of its own in every sum."""
    acme.call(60, "Billing")
    acme.ends("A01")

    assert by_cost_centre(acme.of(MONDAY.date())) == {"unallocated": Decimal("0.020200")}


def test_rating_anew_adds_lines_and_the_export_has_the_ledger_s_sum(acme: Books) -> None:
    """Whatever stood in the ledger still does, byte for byte."""
    contact_id = acme.call(253)
    acme.ends("A01")
    before = acme.of(MONDAY.date())
    known = acme.center.configuration
    dearer = tariff(3, "2026-01-01", voice("0.0190"), line("0.0022"), corrects=1)
    acme.center.configuration = replace(known, tariffs=(*known.tariffs, dearer))

    acme.records.rerate([acme.contacts.facts(contact_id)])

    lines = acme.of(MONDAY.date())
    assert lines[: len(before)] == before
    assert [str(each.amount) for each in lines[len(before) :]] == ["-0.075900", "0.080117"]
    header, rows = read(written(COLUMNS, [row(each) for each in lines]))
    exported = [Decimal(each[header.index("amount")]) for each in rows]
    assert sum(exported, Decimal(0)) == total(lines) == Decimal("0.089394")
