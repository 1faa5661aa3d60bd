"""A ticket counts where it was opened, and tells what became of its promises."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain, civil_day, period
from chalicelib.core.datasets.tickets import TICKETS, CountedTicket, Promise
from chalicelib.core.ids import TicketId
from chalicelib.core.report import rows_of
from chalicelib.core.sla import Limit, SlaPolicy, Terms
from chalicelib.core.ticket import Ticket, TicketStatus, open_ticket
from chalicelib.core.ticket_edit import TicketEdit, edit
from tests.caller import OFFICE
from tests.core.ticket_lives import random_ticket
from tests.given import MONDAY, later

S = TicketStatus
DAY = civil_day(MONDAY.date(), "America/New_York")
REPORTS = definitions()
HOUR = 3_600
TERMS = Terms(
    policies=(
        SlaPolicy(
            kind="complaint",
            hours_id=OFFICE.hours_id,
            limits={Limit.FIRST_RESPONSE: HOUR, Limit.RESOLUTION: 4 * HOUR},
        ),
    ),
    hours=(OFFICE,),
)


def complaint(*edits: tuple[float, dict[str, object]], status: TicketStatus = S.OPEN) -> Ticket:
    """Opened on Monday at nine in New York, then so many hours later each of these."""
    ticket = open_ticket(
        Ticket(
            ticket_id=TicketId("T-17"),
            status=status,
            subject="Broken lamp",
            created_at=MONDAY,
            updated_at=MONDAY,
            kind="complaint",
        ),
        at=MONDAY,
        by="ben",
        terms=TERMS,
    )
    for hours, fields in edits:
        wanted = TicketEdit(**fields)  # type: ignore[arg-type]  # names as in TicketEdit
        at = later(hours=hours)
        ticket = edit(ticket, wanted, version=ticket.version, at=at, by="ben", terms=TERMS)
    return ticket


ANSWERED, RESOLVED = {"responded": True}, {"status": S.RESOLVED}


@pytest.mark.parametrize(
    ("edits", "answer", "resolution"),
    [
        ([(0.5, ANSWERED), (3, RESOLVED)], Promise.KEPT, Promise.KEPT),
        ([(2, ANSWERED), (5, RESOLVED)], Promise.BREACHED, Promise.BREACHED),
        ([(0.5, ANSWERED)], Promise.KEPT, Promise.RUNNING),
        ([], Promise.RUNNING, Promise.RUNNING),
    ],
)
def test_a_promise_is_kept_breached_or_running(
    edits: list[tuple[float, dict[str, object]]], answer: Promise, resolution: Promise
) -> None:
    """Each limit by itself."""
    one = CountedTicket(complaint(*edits), later(hours=0.75))

    assert (one.promise(Limit.FIRST_RESPONSE), one.promise(Limit.RESOLUTION)) == (
        answer,
        resolution,
    )


def test_what_is_overdue_is_breached_though_nobody_has_done_it() -> None:
    """A report that waited for the resolution would show the worst ones last."""
    waiting = complaint()

    found = [CountedTicket(waiting, later(hours=n)).promise(Limit.RESOLUTION) for n in (4, 4.01)]

    assert found == [Promise.RUNNING, Promise.BREACHED]


def test_a_ticket_is_a_row_with_its_moments() -> None:
    """Opened, answered, put off for the customer, settled, opened again, and settled."""
    ticket = complaint(
        (0.5, ANSWERED),
        (1, {"waiting": True}),
        (2, {"waiting": False}),
        (3, RESOLVED),
        (3.5, {"status": S.OPEN}),
        (4, RESOLVED),
    )

    (row,) = rows_of(REPORTS["daily-tickets"], DAY, [CountedTicket(ticket, later(hours=24))])

    found = dict(zip(REPORTS["daily-tickets"].header, row, strict=True))
    assert (found["opened_at"], found["answered_at"], found["settled_at"]) == (
        "2026-03-02T14:00:00Z",
        "2026-03-02T14:30:00Z",
        "2026-03-02T18:00:00Z",
    )
    assert (found["answer"], found["resolution"]) == ("kept", "kept")
    assert (found["reopened"], found["pauses"], found["paused_seconds"]) == (1, 2, 5_400)


def test_a_month_has_the_share_of_promises_that_were_kept() -> None:
    """Of those that are decided; one that runs is on neither side."""
    month = period(Grain.MONTH, DAY.day, DAY.zone)
    tickets = [complaint((3, RESOLVED)), complaint((5, RESOLVED)), complaint()]
    counted = [CountedTicket(each, later(hours=1)) for each in tickets]

    (row,) = rows_of(REPORTS["monthly-tickets"], month, counted)

    found = dict(zip(REPORTS["monthly-tickets"].header, row, strict=True))
    assert [found[name] for name in ("opened", "settled", "kept", "breached")] == [3, 2, 1, 1]
    assert found["kept_rate"] == Decimal("50.00")


@given(st.integers(0, 2**32))
def test_the_totals_are_the_sums_over_tickets(seed: int) -> None:
    """Whatever the order; every ticket is kept, breached, running, or nothing was promised."""
    chance = Random(seed)
    as_of = later(hours=chance.randrange(100))
    counted = [CountedTicket(random_ticket(chance, n), as_of) for n in range(12)]
    month = period(Grain.MONTH, DAY.day, DAY.zone)
    shuffled = chance.sample(counted, len(counted))

    found = rows_of(REPORTS["monthly-tickets"], month, shuffled)

    assert found == rows_of(REPORTS["monthly-tickets"], month, counted)
    for name, metric in (("opened", "tickets_opened"), ("kept", "tickets_kept")):
        at = REPORTS["monthly-tickets"].header.index(name)
        assert sum(int(str(row[at])) for row in found) == TICKETS.evaluate(metric, counted)
    promised = [one for one in counted if one.promise(Limit.RESOLUTION)]
    running = sum(one.promise(Limit.RESOLUTION) is Promise.RUNNING for one in counted)
    assert TICKETS.evaluate("tickets_decided", counted) == len(promised) - running


def test_a_ticket_that_is_settled_at_once_is_so_since_then() -> None:
    """The agent resolved it in the talk; opened again, it is open."""
    once = complaint(status=S.RESOLVED)
    again = complaint((1, {"status": S.OPEN}), status=S.RESOLVED)
    closed = complaint((1, {"status": S.CLOSED}), status=S.RESOLVED)

    moments: list[datetime | None] = [each.settled_at for each in (once, again, closed)]
    assert moments == [MONDAY, None, MONDAY]
    assert [each.reopened for each in (once, again, closed)] == [0, 1, 0]
    assert closed.closed_at == MONDAY + timedelta(hours=1)
