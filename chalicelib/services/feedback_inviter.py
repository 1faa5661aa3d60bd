"""Asks customers of closed tickets what they think: by e-mail, or by a call that asks by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.civil_day import day_of
from chalicelib.core.contact import Contact
from chalicelib.core.customer import Customer
from chalicelib.core.errors import LostRace, Rejected
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.feedback import (
    INVITATION,
    QUIET_FOR,
    TRIED_FOR,
    Invitation,
    Obstacle,
    Way,
    address_of,
    digest_of,
    invitation_id_for,
    obstacle_to,
)
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.ticket import Ticket
from chalicelib.services.calling_hours import CallingHours
from chalicelib.services.feedback_ports import FeedbackStore
from chalicelib.services.messaging import Email, Messenger, Undeliverable
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import CenterStore, ContactStore, CustomerStore, Unavailable

FLOW = "Feedback call"
_TALKS_FOR = timedelta(minutes=5)  # so long before the hours are over no call begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """`sender`: the address that the center writes from. `form_url`: where its public pages are,
    without a slash at the end. Empty: it cannot ask by e-mail."""

    sender: str
    form_url: str


class FeedbackInviter:
    """The Inviter of ticket notices.

    The invitation is kept first and goes out after, under the condition that the customer was not
    asked for 30 days. So of two workers, or of two tickets closed at once, one asks. A worker that
    dies between the two leaves an invitation that nobody got: rather none than two. A call is the
    same contact however often it is made, so it is made again.
    """

    def __init__(
        self,
        *,
        feedback: FeedbackStore,
        customers: CustomerStore,
        contacts: ContactStore,
        center: CenterStore,
        messenger: Messenger,
        planner: Planner,
        hours: CallingHours,
        letterhead: Letterhead,
        new_secret: Callable[[], str],
    ) -> None:
        self._feedback = feedback
        self._customers = customers
        self._contacts = contacts
        self._center = center
        self._messenger = messenger
        self._planner = planner
        self._hours = hours
        self._letterhead = letterhead
        self._new_secret = new_secret

    def invite(self, ticket: Ticket, *, at: datetime) -> Obstacle | None:
        way, closed_at = ticket.feedback, ticket.closed_at
        if way is None or closed_at is None or at - closed_at > TRIED_FOR:
            return Obstacle.TOO_LATE
        if way is Way.MAIL and not (self._letterhead.sender and self._letterhead.form_url):
            return Obstacle.NO_SENDER
        family, secret = self._family(ticket), self._new_secret()
        if not family:
            return Obstacle.NO_CUSTOMER
        invitation = self._invitation(ticket, way, family[0], closed_at, secret=secret, at=at)
        standing = self._feedback.find(invitation.invitation_id)
        if standing is None:
            obstacle = self._obstacle(way, family, at)
            if obstacle is not None:
                return obstacle
            if not self._feedback.invite(invitation, quiet_since=at - QUIET_FOR):
                raise LostRace(f"the customer of {ticket.ticket_id} is being asked by another")
        if way is Way.CALL:
            return self._call(standing or invitation, family[0], at)
        return None if standing is not None else self._write(invitation, family[0], secret)

    def _family(self, ticket: Ticket) -> list[Customer]:
        known = self._customers.get_many([ticket.customer_id]) if ticket.customer_id else ()
        return [known[0], *self._customers.records(known[0].absorbed)] if known else []

    def _obstacle(self, way: Way, family: list[Customer], at: datetime) -> Obstacle | None:
        asked_at = self._feedback.last_asked([each.customer_id for each in family])
        return obstacle_to(way, family, asked_at, at=at)

    def _invitation(
        self,
        ticket: Ticket,
        way: Way,
        customer: Customer,
        closed_at: datetime,
        *,
        secret: str,
        at: datetime,
    ) -> Invitation:
        day = day_of(closed_at, self._center.center().time_zone)
        contact = self._last_contact(ticket)
        agent = contact.agent if contact else None
        queue = contact.queue if contact else None
        owner = self._center.user(ticket.owner) if ticket.owner and agent is None else None
        return Invitation(
            invitation_id=invitation_id_for(ticket.ticket_id, closed_at, day),
            ticket_id=ticket.ticket_id,
            customer_id=customer.customer_id,
            way=way,
            invited_at=at,
            day=day,
            agent=agent.username if agent else ticket.owner or "",
            agent_name=agent.name if agent else owner.name if owner else "",
            queue_id=queue.queue_id if queue else QueueId(""),
            queue_name=queue.name if queue else "",
            reason=(contact.disposition or "") if contact else "",
            digest=digest_of(secret),
        )

    def _last_contact(self, ticket: Ticket) -> Contact | None:
        """The last one that an agent had; the owner answers for a ticket without any."""
        found = {c.contact_id: c for c in self._contacts.among(ticket.contact_ids)}
        handled = [found[each] for each in ticket.contact_ids if each in found]
        return next((c for c in reversed(handled) if c.agent is not None), None)

    # --- how they are asked ---

    def _write(self, invitation: Invitation, customer: Customer, secret: str) -> Obstacle | None:
        link = f"{self._letterhead.form_url}/feedback/{invitation.invitation_id}.{secret}"
        email = Email(
            sender=self._letterhead.sender,
            to=address_of(customer),
            subject=f"How did we do? ({invitation.ticket_id})",
            text=_LETTER.format(center=self._center.center().name, link=link),
        )
        try:
            self._messenger.send_email(email)
        except Undeliverable:
            self._feedback.withdraw(invitation)
            return Obstacle.REFUSED
        except Unavailable:
            self._feedback.withdraw(invitation)
            raise
        return None

    def _call(self, invitation: Invitation, customer: Customer, at: datetime) -> Obstacle | None:
        number = customer.phones[0]
        later = LaterContact(
            contact_id=call_id_for(invitation.invitation_id),
            channel=Channel.VOICE,
            initiation_method=InitiationMethod.OUTBOUND,
            begins_at=self._begins_at(number, at),
            flow=FLOW,
            customer_endpoint=Endpoint(number),
            customer_id=customer.customer_id,
            customer_name=customer.name,
            attributes={INVITATION: invitation.invitation_id},
        )
        try:
            self._planner.make(later)
        except Rejected:
            self._feedback.withdraw(invitation)
            return Obstacle.NO_FLOW
        return None

    def _begins_at(self, number: str, at: datetime) -> datetime:
        """Now, if the hours in which this number may be called last for the talk."""
        begins_at = self._hours.next(number, at)
        until = self._hours.until(number, begins_at)
        return begins_at if until - begins_at >= _TALKS_FOR else self._hours.next(number, until)


def call_id_for(invitation_id: str) -> ContactId:
    """The contact by which the customer of this invitation is called."""
    return contact_id_for(f"feedback:{invitation_id}")


_LETTER = """\
Hello,

we have closed your request. How satisfied are you with us? Two questions, two clicks:

{link}

The link is good for 14 days. On the same page you can say that you do not want to be asked again.

{center}
"""

__all__ = ["FLOW", "FeedbackInviter", "Letterhead", "call_id_for"]
