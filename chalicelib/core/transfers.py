"""A contact per agent: who is transferred goes on in a successor, and the first contact ends.

Both are decided together and committed together, so that no customer is between the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core import events as e
from chalicelib.core.center import Queue
from chalicelib.core.contact import Change, Contact, Plan
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, DisconnectReason, Endpoint, TransferKind
from chalicelib.core.flow import Session, standing
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.lifecycle import disconnect, initiate

# Amazon Connect's limits.
MOST_CONTACTS = 12  # in a chain: eleven transfers
MOST_WAITING_FOR_AGENT = 10
NUMBER_ATTRIBUTE = "transferNumber"
HEADROOM = 6, 5  # who is transferred or moves may enter a full queue, up to 20 % above its limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Where a contact goes, and through which flow; without one straight into the queue.

    `target` is the queue's, agent's or flow's id, or the number. `by`: whose wish it was, by name.
    """

    kind: TransferKind
    target: str
    queue_id: QueueId | None = None
    flow: str | None = None
    by: str = ""

    @property
    def endpoint(self) -> Endpoint | None:
        """Outside of the center."""
        is_number = self.kind is TransferKind.PHONE_NUMBER
        return Endpoint(self.target) if is_number else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The contact that the customer leaves, and the one in which they go on."""

    left: Change
    successor: Change


def hand_over(
    change: Change,
    transfer: Transfer,
    successor_id: ContactId,
    *,
    at: datetime,
    queue: Queue | None = None,
    plan: Plan | None = None,
) -> Handover:
    """Ends the contact for its customer, with after contact work for its agent, and begins the
    next. `queue` is the one that the first contact stood in; with a plan the next one begins later.
    Conflict when the customer has gone; Rejected when the chain is as long as one may be, unless
    nobody chose the transfer.
    """
    contact = change.after
    if not contact.state.is_live:
        what = f"contact {contact.contact_id!r} is {contact.state}: there is nobody to transfer"
        raise Conflict(what, field="contactId", value=contact.contact_id)
    is_chosen = transfer.kind is not TransferKind.AGENT_LOST
    if is_chosen and contact.transfers + 1 >= MOST_CONTACTS:
        raise Rejected(
            f"a contact is transferred at most {MOST_CONTACTS - 1} times",
            field="contactId",
            value=contact.contact_id,
        )
    moved = e.ContactTransferred(
        to=successor_id,
        kind=transfer.kind,
        target=transfer.target,
        by=transfer.by,
        endpoint=transfer.endpoint,
    )
    change = disconnect(change.then(moved, at), _reason(contact, transfer), at=at, queue=queue)
    following = _successor(change.after, successor_id, transfer, plan, at)
    return Handover(left=change, successor=_begun(contact, following, at))


def room_in(queue: Queue, contact: Contact) -> int | None:
    """How many the queue may hold when this contact enters it; None: any number."""
    if queue.max_contacts is None or contact.is_promised:
        return None
    above, below = HEADROOM if contact.transfers or contact.queue_transfers else (1, 1)
    return queue.max_contacts * above // below


def _reason(contact: Contact, transfer: Transfer) -> DisconnectReason:
    """As Amazon Connect names it on each channel."""
    if contact.channel is Channel.EMAIL:
        return DisconnectReason.TRANSFERRED
    if transfer.kind is TransferKind.AGENT_LOST and contact.channel is Channel.CHAT:
        return DisconnectReason.AGENT_NETWORK_DISCONNECT
    return DisconnectReason.AGENT_DISCONNECT


def _successor(
    contact: Contact, successor_id: ContactId, transfer: Transfer, plan: Plan | None, at: datetime
) -> Contact:
    """All that is known of the customer and their wishes, and nothing of the agent who leaves.

    The device's turns and the flow's waits are counted on: what it says late fits nothing new.
    """
    session = standing(contact.session, Session(waits=contact.session.waits))
    if transfer.queue_id is not None:
        session = replace(session, target_queue_id=transfer.queue_id)
    if transfer.endpoint is not None:  # for the flow that dials it
        known = {**session.attributes, NUMBER_ATTRIBUTE: transfer.endpoint.address}
        session = replace(session, attributes=known)
    return Contact(
        contact_id=successor_id,
        instance_id=contact.instance_id,
        channel=contact.channel,
        initiation_method=e.InitiationMethod.TRANSFER,
        initiated_at=at,
        customer=contact.customer,
        customer_endpoint=contact.customer_endpoint,
        system_endpoint=contact.system_endpoint,
        session=session,
        flow_versions=contact.flow_versions,
        turn_number=contact.turn_number,
        last_said=contact.last_said,
        related_contact_id=contact.related_contact_id,
        generation=contact.generation,
        plan=plan,
        previous_contact_id=contact.contact_id,
        initial_contact_id=contact.chain_id,
        begun_by=contact.origin,
        transfers=contact.transfers + 1,
        first_queued_at=contact.first_queued_at,
        is_promised=transfer.kind is TransferKind.AGENT_LOST,
    )


def _begun(before: Contact, contact: Contact, at: datetime) -> Change:
    """The successor's first facts: what its own record has to tell."""
    change = initiate(contact, at=at)
    if before.customer_id is not None:
        known = e.CustomerIdentified(customer_id=before.customer_id, is_new=False)
        change = change.then(known, at)
    if before.ticket_id is not None:
        change = change.then(e.TicketLinked(ticket_id=before.ticket_id), at)
    if contact.channel is Channel.CHAT:
        goes_on = e.ConversationContinued(source_contact_id=before.contact_id, is_entire=True)
        change = change.then(goes_on, at)
    return change
