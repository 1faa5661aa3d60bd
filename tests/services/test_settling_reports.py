"""Numbers that still move after their period are provisional until they are settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.feedback import TRIED_FOR, VALID_FOR
from chalicelib.core.ids import CustomerId
from chalicelib.core.report import Dataset as D
from chalicelib.core.report import Definition
from chalicelib.services.report_catalog import ReportCatalog
from tests.core.records import record
from tests.services.reporting import Office

NAME = "monthly-first-contact-resolution"
MARCH = date(2026, 3, 1)
DUE = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)  # 02:00 in New York
SETTLED = DUE + timedelta(days=8)


@pytest.fixture
def office() -> Office:
    office = Office()
    office.at = DUE
    return office


def helped(contact_id: str, at: datetime) -> ContactRecord:
    """Ana, about the same thing."""
    known = record(contact_id, at=at, agent="a-mia", disposition="solved")
    return replace(known, customer_id=CustomerId("cu-ana"))


def figures(office: Office) -> tuple[bool, str, str, str]:
    run = office.build(NAME, MARCH)
    (row,) = office.csv(run)
    assert run.manifest is not None
    is_provisional = run.manifest.is_provisional
    return is_provisional, row["handled"], row["pending"], row["first_contact_resolution"]


def test_a_customer_may_still_come_back_when_the_month_is_over(office: Office) -> None:
    """Nobody came: eight days later it was resolved at once."""
    office.keep(helped("c-1", DUE - timedelta(days=1)))

    early = figures(office)
    office.at = SETTLED
    late = figures(office)

    assert early == (True, "0", "1", "")
    assert late == (False, "1", "0", "100.00")


def test_who_comes_back_in_the_next_month_was_not_helped_in_this_one(office: Office) -> None:
    """April's contact changes March's number, and counts in April itself."""
    office.keep(helped("c-1", DUE - timedelta(days=1)), helped("c-2", DUE + timedelta(days=3)))
    office.at = SETTLED

    assert figures(office) == (False, "1", "0", "0.00")


def test_it_is_due_when_the_month_is_over_and_when_it_is_settled(office: Office) -> None:
    """And not every quarter of an hour in between."""
    catalog = ReportCatalog(
        {NAME: definitions()[NAME]},
        office.runs,
        office.exports,
        office.requests,
        zone="America/New_York",
        now=office.now,
    )
    march = [(Grain.MONTH, MARCH)]

    assert catalog.due(DUE) == march
    office.build(NAME, MARCH)
    assert catalog.due(DUE) == catalog.due(SETTLED - timedelta(seconds=1)) == []
    assert catalog.due(SETTLED) == march
    office.at = SETTLED
    office.build(NAME, MARCH)
    assert catalog.due(SETTLED) == []


def test_marks_of_customers_stand_beside_it(office: Office) -> None:
    """As they lie in the lake: of each invitation the newest answer, and no other."""
    answers = (
        '{"agent":"mia","queue_id":"Sales","service":1,"is_newest":false}\n'
        '{"agent":"mia","queue_id":"Sales","service":5,"solution":3,"is_newest":true}\n'
    )
    others = '{"agent":"mia","queue_id":"Sales","service":null,"is_newest":true}\n'
    for name, body in (("i-1", answers), ("i-2", others), ("i-3", answers.replace("5", "4"))):
        key = f"feedback/dt=2026-03-10/{name}.jsonl"
        office.bucket.put(key, body.encode(), content_type="application/x-ndjson")

    (row,) = office.csv(office.build("monthly-satisfaction", MARCH))
    (all_,) = office.csv(office.build("monthly-performance", MARCH))

    assert (row["agent_id"], row["marks"], row["satisfaction"]) == ("mia", "2", "4.50")
    assert (all_["marks"], all_["satisfaction"], all_["service_level"]) == ("2", "4.50", "")


BY_MARKS = [each for each in definitions().values() if each.dataset in (D.MARKS, D.PERFORMANCE)]


@pytest.mark.parametrize("definition", BY_MARKS, ids=lambda each: each.name)
def test_what_is_counted_of_marks_is_not_final_while_a_link_is_good(definition: Definition) -> None:
    """Agents are paid by it: a mark that came later would never reach them."""
    assert timedelta(days=definition.settles_days) >= TRIED_FOR + VALID_FOR
