"""Tickets that went through anything, at random from a seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from chalicelib.core.ids import QueueId, TicketId
from chalicelib.core.sla import Limit, SlaPolicy, Terms
from chalicelib.core.ticket import MOVES, Ticket, TicketStatus, open_ticket
from chalicelib.core.ticket_edit import TicketEdit, edit
from tests.caller import OFFICE
from tests.given import MONDAY

_TERMS = Terms(
    policies=(
        SlaPolicy(
            kind="complaint",
            hours_id=OFFICE.hours_id,
            limits={Limit.FIRST_RESPONSE: 3_600, Limit.RESOLUTION: 4 * 3_600},
        ),
    ),
    hours=(OFFICE,),
)


def random_ticket(chance: Random, number: int) -> Ticket:
    """Opened on Monday between nine and ten, with a promise or without, then moved a few times."""
    at = MONDAY + timedelta(seconds=chance.randrange(3_600))
    ticket = Ticket(
        ticket_id=TicketId(f"T-{number}"),
        status=chance.choice([TicketStatus.OPEN, TicketStatus.RESOLVED]),
        subject="Broken lamp",
        created_at=at,
        updated_at=at,
        owner=chance.choice([None, "ben", "=cleo"]),
        queue_id=chance.choice([None, QueueId("Sales")]),
        kind=chance.choice(["", "complaint", "complaint"]),
    )
    ticket = open_ticket(ticket, at=at, by="ben", terms=_TERMS)
    for _ in range(chance.randrange(6)):
        at += timedelta(seconds=chance.randrange(1, 10_000))
        ticket = _moved(chance, ticket, TicketEdit(responded=chance.random() < 0.5), at)
    return ticket


def _moved(chance: Random, ticket: Ticket, wanted: TicketEdit, at: datetime) -> Ticket:
    if ticket.sla is not None and ticket.status.is_open and chance.random() < 0.4:
        wanted = replace(wanted, waiting=not ticket.is_waiting)
    else:
        ways = [each for each in MOVES[ticket.status] if each is not TicketStatus.FOLLOW_UP]
        wanted = replace(wanted, status=chance.choice(ways))
    return edit(ticket, wanted, version=ticket.version, at=at, by="ben", terms=_TERMS)
