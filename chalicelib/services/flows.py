"""Contacts and their flows: a contact begins, its people answer, the flow goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from chalicelib.core import events as e
from chalicelib.core.center import Center
from chalicelib.core.contact import Change, Contact, ContactState, Customer, Leg
from chalicelib.core.errors import LostRace, NotFound, Rejected
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.flow import (
    CUSTOMER_RETURNED,
    FlowEntered,
    FlowType,
    Happening,
    InputReceived,
    PublishedFlow,
    Said,
    Session,
    Timeout,
    WaitKind,
    is_awaited,
)
from chalicelib.core.ids import ContactId, ParticipantId
from chalicelib.core.lifecycle import enqueue, initiate, join
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.chain import last_of_chain
from chalicelib.services.flow_run import FlowRun, Unstored
from chalicelib.services.flow_scope import digest
from chalicelib.services.flow_turns import FlowTurns
from chalicelib.services.lines import line_of
from chalicelib.services.planning import contact_id_for
from chalicelib.services.ports import CenterStore, ChatItem, Commit, ContactStore
from chalicelib.services.races import insist

_CALL = ("OutboundWhisper", Leg.CUSTOMER)


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """What a door knows of a contact that begins."""

    channel: Channel
    initiation_method: InitiationMethod
    display_name: str | None = None
    customer_endpoint: Endpoint | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    flow: str | None = None  # a flow's id, ARN or name; None: the channel's own
    initial_message: str | None = None
    client_token: str = ""  # asked twice under one, it is one contact


@dataclass(frozen=True, kw_only=True)
class Started:
    """A contact that has begun. Its token is told once and never stored; it opens sockets too."""

    contact_id: ContactId
    participant_id: ParticipantId
    participant_token: str


class Identify(Protocol):
    """Finds or makes the customer behind an endpoint; None when nobody can be named."""

    def __call__(
        self,
        contact_id: ContactId,
        endpoint: Endpoint | None,
        *,
        at: datetime,
        name: str = "",
        channel: Channel = Channel.VOICE,
    ) -> e.CustomerIdentified | None: ...


class FlowService:
    """Everything that makes a contact's flows go on: load, take a turn."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        center: CenterStore,
        turns: FlowTurns,
        identify: Identify,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        new_secret: Callable[[], str],
    ) -> None:
        self._contacts = contacts
        self._center = center
        self._turns = turns
        self._identify = identify
        self._now = now
        self._new_id = new_id
        self._new_secret = new_secret

    def start(self, new: NewContact) -> Started:
        """A contact begins and its flow runs to where it first waits; with the client token of an
        earlier request it is that request's contact, and the token handed out then is void."""
        if not new.client_token:
            return self._start(new, ContactId(self._new_id()))
        contact_id = contact_id_for(f"{new.channel}:{new.client_token}")
        with suppress(NotFound):
            return insist(lambda: self._handed_out_anew(contact_id))
        try:
            return self._start(new, contact_id)
        except LostRace:  # against the same request
            return insist(lambda: self._handed_out_anew(contact_id))

    def _handed_out_anew(self, contact_id: ContactId) -> Started:
        """Whoever asks again never got the answer; only a digest of the secret was kept."""
        contact, secret = self._contacts.get(contact_id), self._new_secret()
        customer = replace(contact.customer, token_digest=digest(secret))
        change = Change.of(contact).update(customer=customer)
        self._contacts.commit(Commit(contact=change))
        return _started(contact_id, customer.participant_id, secret)

    def _start(self, new: NewContact, contact_id: ContactId) -> Started:
        at = self._now()
        center = self._center.center()
        flow = self._entry_flow(new, center, contact_id)
        secret, participant_id = self._new_secret(), ParticipantId(self._new_id())
        customer = Customer(
            participant_id=participant_id, name=new.display_name, token_digest=digest(secret)
        )
        contact = Contact(
            contact_id=contact_id,
            instance_id=center.instance_id,
            channel=new.channel,
            initiation_method=new.initiation_method,
            initiated_at=at,
            customer=customer,
            customer_endpoint=new.customer_endpoint,
            system_endpoint=Endpoint(center.main_number),
            session=Session(attributes=dict(new.attributes), results=_first_words(new)),
        )
        change = initiate(contact, at=at)
        identified = self._identify(
            contact_id,
            new.customer_endpoint,
            at=at,
            name=new.display_name or "",
            channel=new.channel,
        )
        if identified is not None:
            change = change.then(identified, at)
        first = self._first_message(contact, new, at)
        self._meet(flow, change, first)
        return _started(contact_id, participant_id, secret)

    def _meet(self, flow: PublishedFlow, change: Change, items: tuple[ChatItem, ...]) -> None:
        """The first turn makes the contact; a function that is called in it may look the contact
        up or change it, so then it is made before."""

        def go() -> None:
            contact = self._contacts.get(change.after.contact_id)
            if contact.state.is_live:
                self._turns.take(Change.of(contact), FlowEntered(flow))

        try:
            self._turns.take(change, FlowEntered(flow), items=items)
        except Unstored:
            self._contacts.commit(Commit(contact=change, items=items))
            insist(go)

    def begin(self, contact_id: ContactId) -> None:
        """The time of a planned contact has come: it meets its flow, or takes its place."""

        def go() -> None:
            contact = self._contacts.get(contact_id)
            plan = contact.plan
            if plan is None or not contact.state.is_live or self._now() < plan.begins_at:
                return
            center = self._center.latest()  # the flow may be younger than what is remembered
            run = FlowRun(change=Change.of(contact).update(plan=None), at=self._now())
            library = CenterLibrary(center, self._center, contact_id)
            queue = library.queue_itself(plan.queue_id) if plan.queue_id else None
            flow = library.flow(plan.flow) if plan.flow else None
            if flow is not None:
                run.happening = FlowEntered(flow)
                self._turns.advance(run)
            elif queue is not None and _calls_first(contact):
                run.change = self._turns.with_flows(run.change, _CALL).contact or run.change
            elif queue is not None:
                run.change = enqueue(run.change, queue, at=run.at, is_promised=True)
            else:  # deleted since: nobody could ever take it
                run.is_over = True
            self._turns.commit(run)

        insist(go)

    def reply(
        self, contact_id: ContactId, wait: int, happening: Happening, leg: Leg = Leg.CUSTOMER
    ) -> None:
        """The device of a leg answers a wait. An answer to an earlier wait changes nothing.

        In a dialog, keys and silence are for whoever the flow asked.
        """

        def answer() -> None:
            contact = self._awaiting(contact_id, wait, leg)
            dialog = contact.leg(leg).dialog if contact else None
            if contact is None:
                return
            if dialog is None:
                self._turns.take(Change.of(contact), happening, leg)
            elif isinstance(happening, InputReceived | Timeout):
                keys = happening.digits if isinstance(happening, InputReceived) else ""
                self._turns.converse(contact, leg, dialog, Said(digits=keys))

        insist(answer)

    def hear(
        self,
        contact_id: ContactId,
        said: Said,
        wait: int | None = None,
        leg: Leg = Leg.CUSTOMER,
    ) -> None:
        """A person answers whoever the flow asked; nothing, when nobody listens (any more)."""

        def listen() -> None:
            contact = self._awaiting(contact_id, wait, leg)
            flow = contact.leg(leg) if contact else None
            if contact is None or flow is None or flow.dialog is None:
                return
            if not said.key or said.key != flow.last_said:
                self._turns.converse(contact, leg, flow.dialog, said)

        insist(listen)

    def welcome(self, contact_id: ContactId, key: str) -> None:
        """The customer has written something; a flow that waits for that goes on."""

        def go() -> None:
            contact = self._awaiting(contact_id, None, Leg.CUSTOMER)
            if contact is None or contact.last_said == key:
                return
            if is_awaited(contact.session, CUSTOMER_RETURNED):
                change = Change.of(contact).update(last_said=key)
                self._turns.take(change, CUSTOMER_RETURNED)

        insist(go)

    def press(self, contact_id: ContactId, leg: str, number: int, key: str) -> None:
        """The customer who was called on this line pressed a key, the so many-th of the call.

        Told twice is told once; nothing, while no flow asks for keys.
        """

        def answer() -> None:
            contact = self._contacts.get(contact_id)
            wait, line = contact.session.wait, line_of(contact)
            is_theirs = (line.get("Leg"), line.get("State")) == (leg, "connected")
            is_asked = wait is not None and wait.kind is WaitKind.INPUT
            taken = line.get("KeysTaken", 0)
            is_new = isinstance(taken, int) and number > taken
            if not (contact.state.is_live and is_theirs and is_asked and is_new):
                return
            known = {**contact.session.results, "Line": {**line, "KeysTaken": number}}
            change = Change.of(contact).update(session=replace(contact.session, results=known))
            self._turns.take(change, InputReceived(key), Leg.CUSTOMER)

        insist(answer)

    def time_out(self, contact_id: ContactId, key: str) -> None:
        """The server's own timer for a wait: for devices that fell silent, for Wait blocks, and
        for people who never answer. The key is the wait's number, with the leg's name before it
        if that is not the customer's."""
        name, _, number = key.rpartition(":")
        leg = Leg(name) if name else Leg.CUSTOMER

        def give_up() -> None:
            contact = self._awaiting(contact_id, int(number), leg)
            if contact is not None:
                self._turns.take(Change.of(contact), Timeout(), leg)

        insist(give_up)

    def end_whispers(self, contact_id: ContactId) -> None:
        """Whispers have lasted as long as they may: agent and customer are joined."""

        def cut() -> None:
            contact = self._contacts.get(contact_id)
            if contact.is_whispering:
                run = FlowRun(change=join(Change.of(contact), at=self._now()), at=self._now())
                self._turns.commit(run)

        insist(cut)

    def _awaiting(self, contact_id: ContactId, wait: int | None, leg: Leg) -> Contact | None:
        """The contact, if the flow on this leg waits; with a number, if it is this wait. A customer
        goes on where they were transferred to."""
        is_customers = leg is Leg.CUSTOMER
        contact = (
            last_of_chain(self._contacts, contact_id)
            if is_customers
            else self._contacts.get(contact_id)
        )
        awaited = contact.leg(leg).session.wait
        is_awaited = awaited is not None and wait in (None, awaited.number)
        is_open = contact.state.is_live or (
            leg is Leg.GUIDE and contact.state is ContactState.ENDED
        )
        return contact if is_open and is_awaited else None

    def _entry_flow(self, new: NewContact, center: Center, contact_id: ContactId) -> PublishedFlow:
        default = center.chat_flow if new.channel is Channel.CHAT else center.voice_flow
        reference = new.flow or default
        flow = CenterLibrary(center, self._center, contact_id).flow(reference)
        if flow is None or flow.type is FlowType.MODULE:
            raise Rejected(
                f"no published flow {reference!r}", field="ContactFlowId", value=reference
            )
        return flow

    def _first_message(
        self, contact: Contact, new: NewContact, at: datetime
    ) -> tuple[ChatItem, ...]:
        if not new.initial_message:
            return ()
        item = ChatItem.of_customer(
            contact,
            item_id=self._new_id(),
            at=at,
            kind="MESSAGE",
            content_type="text/plain",
            content=new.initial_message,
        )
        return (item,)


def _started(contact_id: ContactId, participant_id: ParticipantId, secret: str) -> Started:
    return Started(
        contact_id=contact_id,
        participant_id=participant_id,
        participant_token=f"{contact_id}.{participant_id}.{secret}",
    )


def _calls_first(contact: Contact) -> bool:
    """The customer is called before any agent is asked."""
    return contact.call_back is not None and contact.call_back.is_customer_first


def _first_words(new: NewContact) -> dict[str, object]:
    """What `$.Media` is before any flow has asked for more."""
    return {"Media": {"InitialMessage": new.initial_message}} if new.initial_message else {}
