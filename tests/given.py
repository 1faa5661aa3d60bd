"""Values that tests start from: acme on a Monday morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.core.contact import AgentLeg, Contact, QueueStay
from chalicelib.core.contact import Customer as CustomersSide
from chalicelib.core.customer import Customer
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.ids import (
    AgentId,
    ContactId,
    CustomerId,
    InstanceId,
    ParticipantId,
    QueueId,
    RoutingProfileId,
    TicketId,
)
from chalicelib.core.ticket import Ticket, TicketStatus, open_ticket

MONDAY = datetime(2026, 3, 2, 14, tzinfo=UTC)
ANAS_NUMBER = "+12025550123"


def later(**length: int) -> datetime:
    """`later(minutes=5)`: so long after Monday 14:00 UTC."""
    return MONDAY + timedelta(**length)


def a_customer(customer_id: str = "C-ana", **fields: object) -> Customer:
    known = {
        "customer_id": CustomerId(customer_id),
        "created_at": MONDAY,
        "created_by": "import",
        "name": "Ana Silva",
        "language": "pt-BR",
        "phones": (ANAS_NUMBER,),
        "emails": ("ana@example.com",),
    }
    return Customer(**{**known, **fields})  # type: ignore[arg-type]  # names as in Customer


def a_ticket(ticket_id: str = "T-17", **fields: object) -> Ticket:
    known = {
        "ticket_id": TicketId(ticket_id),
        "status": TicketStatus.OPEN,
        "subject": "Broken lamp",
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    ticket = Ticket(**{**known, **fields})  # type: ignore[arg-type]  # names as in Ticket
    return open_ticket(ticket, at=ticket.created_at, by="ben")


def a_contact(contact_id: str = "c-1", **fields: object) -> Contact:
    """A call from Ana's number that ben took in Sales after half a minute."""
    known = {
        "contact_id": ContactId(contact_id),
        "instance_id": InstanceId("i-1"),
        "channel": Channel.VOICE,
        "initiation_method": InitiationMethod.INBOUND,
        "initiated_at": MONDAY,
        "customer": CustomersSide(participant_id=ParticipantId("p-1")),
        "customer_endpoint": Endpoint(ANAS_NUMBER),
        "fact_count": 7,
        "queue": QueueStay(
            queue_id=QueueId("q-sales"),
            name="Sales",
            entered_at=MONDAY,
            left_at=later(seconds=30),
        ),
        "agent": AgentLeg(
            agent_id=AgentId("a-ben"),
            username="ben",
            name="Ben Ode",
            routing_profile_id=RoutingProfileId("rp-1"),
            connected_at=later(seconds=30),
        ),
    }
    return Contact(**{**known, **fields})  # type: ignore[arg-type]  # names as in Contact
