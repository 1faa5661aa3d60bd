"""Scenario 17: what an agent may not decide goes to those who may, and comes back decided."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.core.errors import Conflict, Denied, NotFound, Rejected
from chalicelib.core.escalation import Person, Wish
from chalicelib.core.ids import TicketId
from chalicelib.core.ticket import Ticket, TicketStatus
from chalicelib.core.ticket_edit import TicketEdit
from chalicelib.services.escalation import EscalationService
from tests.given import MONDAY
from tests.services.promises import Promising

BEN = Person(username="ben", roles=frozenset({"agent"}))
SUE = Person(username="sue", roles=frozenset({"supervisor"}))


def refund(amount: str, **more: str) -> Wish:
    known = {"action": "refund", "currency": "USD", "reason": "Lamp broke twice"}
    return Wish(amount=Decimal(amount), **{**known, **more})


@pytest.fixture
def center() -> Promising:
    return Promising()


@pytest.fixture
def ticket(center: Promising) -> Ticket:
    return center.opens(MONDAY)


@pytest.fixture
def service(center: Promising) -> EscalationService:
    house = center.house
    return EscalationService(house.tickets, house.center, house.alerts, now=house.now)


def waiting(center: Promising, role: str = "supervisor") -> list[TicketId]:
    return [ticket.ticket_id for ticket in center.tickets.list(role=role)]


def test_a_refund_above_500_dollars_is_for_supervisors_to_decide(
    center: Promising, ticket: Ticket, service: EscalationService
) -> None:
    """It stands in their list, they are told, and the history says who asked and why."""
    asked = service.escalate(ticket.ticket_id, refund("500.01"), version=1, by=BEN)

    assert (asked.role, asked.version) == ("supervisor", 2)
    assert waiting(center) == [ticket.ticket_id]
    line = center.now(ticket).history[-1]
    assert (line.by, line.change) == (
        "ben",
        "refund of 500.01 USD escalated to supervisor: Lamp broke twice",
    )
    assert center.alerts == [
        f"Ticket {ticket.ticket_id}: refund of 500.01 USD, for supervisor to decide."
    ]


def test_a_refund_of_500_dollars_an_agent_may_grant(
    center: Promising, ticket: Ticket, service: EscalationService
) -> None:
    """At once; no supervisor hears of it, and the history does."""
    granted = service.escalate(ticket.ticket_id, refund("500.00"), version=1, by=BEN)

    assert granted.asked is not None
    assert (granted.asked.is_granted, granted.asked.decided_by) == (True, "ben")
    assert (waiting(center), center.alerts) == ([], [])
    assert "granted by own authority" in granted.history[-1].change


@pytest.mark.parametrize(("is_granted", "word"), [(True, "granted"), (False, "refused")])
def test_a_supervisor_decides_and_the_ticket_leaves_the_list(
    center: Promising, ticket: Ticket, service: EscalationService, is_granted: bool, word: str
) -> None:
    service.escalate(ticket.ticket_id, refund("600"), version=1, by=BEN)

    service.decide(ticket.ticket_id, is_granted=is_granted, reason="Once", version=2, by=SUE)

    line = center.now(ticket).history[-1]
    assert (line.by, line.change) == ("sue", f"refund of 600 USD {word}: Once")
    assert waiting(center) == []


def test_an_agent_cannot_decide_it_nor_take_it_out_of_the_list(
    center: Promising, ticket: Ticket, service: EscalationService
) -> None:
    """Not by owning the ticket either."""
    service.escalate(ticket.ticket_id, refund("600"), version=1, by=BEN)
    center.tickets.update(ticket.ticket_id, TicketEdit(owner="cleo"), version=2, by="cleo")

    with pytest.raises(Denied, match="for supervisor to decide"):
        service.decide(ticket.ticket_id, is_granted=True, reason="Fine", version=3, by=BEN)

    assert waiting(center) == [ticket.ticket_id]


def test_what_waits_for_a_decision_is_not_asked_twice_and_what_is_decided_not_decided_again(
    ticket: Ticket, service: EscalationService
) -> None:
    with pytest.raises(Conflict, match="waits for no decision"):
        service.decide(ticket.ticket_id, is_granted=True, reason="Fine", version=1, by=SUE)
    service.escalate(ticket.ticket_id, refund("600"), version=1, by=BEN)

    with pytest.raises(Conflict, match="waits already"):
        service.escalate(ticket.ticket_id, refund("100"), version=2, by=BEN)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"action": "gift"}, "action"),
        ({"currency": "EUR"}, "action"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_nobody_decides_about_is_refused(
    ticket: Ticket, service: EscalationService, wish: dict[str, str], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        service.escalate(ticket.ticket_id, refund("600", **wish), version=1, by=BEN)

    assert refused.value.field == field


def test_a_ticket_that_is_over_must_be_opened_first(
    center: Promising, service: EscalationService
) -> None:
    closed = center.opens(MONDAY, status=TicketStatus.CLOSED)

    with pytest.raises(Rejected) as refused:
        service.escalate(closed.ticket_id, refund("600"), version=1, by=BEN)

    assert refused.value.field == "status"


def test_an_old_version_is_a_conflict_also_when_somebody_was_faster_by_a_moment(
    center: Promising,
    ticket: Ticket,
    service: EscalationService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is told, and nothing is asked."""
    save = center.house.tickets.save

    def beaten(before: Ticket, after: Ticket) -> None:
        save(before, replace(before, version=2, subject="Lamp"))
        save(before, after)

    monkeypatch.setattr(center.house.tickets, "save", beaten)

    for _ in range(2):
        with pytest.raises(Conflict) as lost:
            service.escalate(ticket.ticket_id, refund("600"), version=1, by=BEN)
        assert lost.value.current == center.now(ticket)
    assert (waiting(center), center.alerts) == ([], [])


def test_an_unknown_ticket_is_not_found(service: EscalationService) -> None:
    with pytest.raises(NotFound):
        service.escalate(TicketId("T-x"), refund("600"), version=1, by=BEN)
