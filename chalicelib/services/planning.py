"""Contacts that are made before their time: tasks, calls back, messages that we write first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from chalicelib.core.contact import CallBack, Contact, Customer, Plan
from chalicelib.core.errors import LostRace, NotFound, Rejected
from chalicelib.core.events import Channel, CustomerIdentified, Endpoint, InitiationMethod
from chalicelib.core.flow import FlowType, Routing, Session
from chalicelib.core.ids import ContactId, CustomerId, ParticipantId, QueueId
from chalicelib.core.lifecycle import initiate
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ports import CenterStore, ChatItem, Commit, ContactStore

MOST_GENERATIONS = 12  # contacts in a chain, as in Amazon Connect: a task that makes itself anew
MOST_DELAY = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class LaterContact:
    """A contact that begins by itself, in a flow or straight in a queue; neither: it just is."""

    contact_id: ContactId
    channel: Channel
    initiation_method: InitiationMethod
    begins_at: datetime
    flow: str | None = None
    queue_id: QueueId | None = None
    customer_endpoint: Endpoint | None = None
    customer_id: CustomerId | None = None
    customer_name: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)  # name, description, references …
    related: Contact | None = None
    call_back: CallBack | None = None
    routing: Routing = field(default_factory=Routing)  # what flows wish of its way through a queue
    counts_since: datetime | None = None  # its place in a queue; None: since it takes one
    item: tuple[str, str] | None = None  # who has written first, and what


class Planner:
    """Makes contacts, each once; its timer brings it to life."""

    def __init__(
        self,
        contacts: ContactStore,
        center: CenterStore,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._contacts = contacts
        self._center = center
        self._now = now
        self._new_id = new_id

    def make(self, later: LaterContact) -> ContactId:
        """The contact stands; asked again, it is the same one. Rejected when it cannot begin."""
        self.check(later)
        with suppress(NotFound):
            return self._contacts.get(later.contact_id).contact_id
        at = self._now()
        contact = self._contact(later, at)
        change = initiate(contact, at=at)
        if later.customer_id is not None:
            known = CustomerIdentified(customer_id=later.customer_id, is_new=False)
            change = change.then(known, at)
        with suppress(LostRace):
            self._contacts.commit(Commit(contact=change, items=_items(later, contact, at)))
        return later.contact_id

    def check(self, later: LaterContact) -> None:
        """Rejected, naming what is wrong, when such a contact could not begin."""
        center = self._center.center()
        if later.flow is not None:
            flow = CenterLibrary(center, self._center, later.contact_id).flow(later.flow)
            if flow is None or flow.type is FlowType.MODULE:
                raise Rejected(
                    f"no published flow {later.flow!r}", field="ContactFlowId", value=later.flow
                )
        if later.begins_at > self._now() + MOST_DELAY:
            raise Rejected(
                f"{later.begins_at.isoformat()} is more than {MOST_DELAY.days} days away",
                field="ScheduledTime",
                value=later.begins_at,
            )
        if later.related is not None and later.related.generation + 1 >= MOST_GENERATIONS:
            raise Rejected(f"a chain has at most {MOST_GENERATIONS} contacts", field="ContactId")

    def _contact(self, later: LaterContact, at: datetime) -> Contact:
        center, related = self._center.center(), later.related
        has_way = later.flow is not None or later.queue_id is not None
        plan = Plan(begins_at=later.begins_at, flow=later.flow, queue_id=later.queue_id)
        return Contact(
            contact_id=later.contact_id,
            instance_id=center.instance_id,
            channel=later.channel,
            initiation_method=later.initiation_method,
            initiated_at=at,
            customer=Customer(
                participant_id=ParticipantId(self._new_id()), name=later.customer_name
            ),
            customer_endpoint=later.customer_endpoint,
            system_endpoint=Endpoint(center.main_number),
            session=Session(
                attributes=dict(later.attributes),
                details=dict(later.details),
                target_queue_id=later.queue_id,
                routing=later.routing,
            ),
            related_contact_id=related.contact_id if related else None,
            generation=related.generation + 1 if related else 0,
            plan=plan if has_way else None,
            call_back=later.call_back,
            first_queued_at=later.counts_since,
        )


def _items(later: LaterContact, contact: Contact, at: datetime) -> list[ChatItem]:
    if later.item is None:
        return []
    role, content = later.item
    item = ChatItem(
        item_id=f"{contact.contact_id}-first",
        contact_id=contact.contact_id,
        at=at,
        type="MESSAGE",
        content_type="text/plain",
        content=content,
        participant_id=contact.customer.participant_id if role == "CUSTOMER" else "",
        role=role,
        display_name="SYSTEM_MESSAGE" if role == "SYSTEM" else (later.customer_name or "Customer"),
    )
    return [item]


def contact_id_for(key: str) -> ContactId:
    """The id of the contact that this question makes: the same at every attempt."""
    return ContactId(str(UUID(bytes=sha256(key.encode()).digest()[:16], version=4)))
