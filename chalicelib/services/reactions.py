"""What follows from the facts of contacts; every reaction may run twice and acts once.

The table's stream brings each commit here, at least once. Where a person waits, the service that
committed has already done the same inline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib.core import events as e
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.events import Channel, Fact
from chalicelib.core.ids import ContactId
from chalicelib.core.ticket import TicketDraft
from chalicelib.services.agent_calls import AgentCalls
from chalicelib.services.callback_line import CallbackLine
from chalicelib.services.callbacks import Callbacks
from chalicelib.services.canary import CanaryService
from chalicelib.services.chat import ChatService
from chalicelib.services.contact_events import ContactEventsService
from chalicelib.services.contact_records import ContactRecordsService
from chalicelib.services.contacts import ContactsService
from chalicelib.services.customers import CustomersService
from chalicelib.services.feedback import FeedbackService
from chalicelib.services.ports import ContactStore, RecordingJob, RecordingJobs
from chalicelib.services.routing import RoutingService
from chalicelib.services.tickets import TicketsService
from chalicelib.services.transfers import TransferService
from chalicelib.services.waiting import WaitingService

_SYSTEM = "system"  # who opened a ticket that nobody did

type _Reaction = Callable[[Contact, Fact], None]


class Reactions:
    """The table of what hangs on which fact."""

    def __init__(
        self,
        *,
        store: ContactStore,
        contacts: ContactsService,
        routing: RoutingService,
        chat: ChatService,
        tickets: TicketsService,
        customers: CustomersService,
        records: ContactRecordsService,
        recordings: RecordingJobs,
        canaries: CanaryService,
        callbacks: Callbacks,
        events: ContactEventsService,
        callback_line: CallbackLine,
        waiting: WaitingService,
        agent_calls: AgentCalls,
        transfers: TransferService,
        feedback: FeedbackService,
    ) -> None:
        self._store = store
        self._contacts = contacts
        self._routing = routing
        self._chat = chat
        self._tickets = tickets
        self._customers = customers
        self._records = records
        self._recordings = recordings
        self._canaries = canaries
        self._events = events
        self._callbacks = callbacks
        self._feedback = feedback
        self._table: dict[type, tuple[_Reaction, ...]] = {
            e.ContactQueued: (
                self._match,
                self._plan_delays,
                callback_line.watch,
                transfers.give_back,
            ),
            e.ContactRanked: (self._match, self._plan_delays),
            e.RoutingCriteriaSet: (self._match,),
            e.RoutingStepExpired: (self._match,),
            e.OfferEnded: (self._match, agent_calls.give_up, transfers.give_back),
            e.ContactConnected: (self._note_joined, callbacks.give_up),
            e.ContactJoined: (callbacks.give_up,),
            e.FlowEnded: (callback_line.wait, callbacks.give_up),
            e.AgentDisconnected: (self._note_left, self._collect_recording),
            e.ContactDisconnected: (
                self._note_ended,
                self._collect_recording,
                self._settle_callback,
            ),
            e.AfterContactWorkEnded: (self._open_ticket, waiting.note_handled),
            e.ContactCompleted: (
                waiting.note_gave_up,
                self._take_feedback,
                self._keep_transcript,
                self._keep,
                self._index,
            ),
            e.CustomerIdentified: (self._keep,),
            e.RecordingStored: (self._keep,),
            e.TicketLinked: (self._keep,),
            e.AttributesUpdated: (self._keep,),
            e.DetailsUpdated: (self._keep,),
            e.ContactErased: (self._keep,),
        }

    def react(self, contact_id: ContactId, facts: Sequence[Fact]) -> None:
        """All that follows from one commit's facts; reads the contact only if anything does.

        Other systems are told last: nobody in the center waits for a bus that is down.
        """
        due = self._due(facts)
        if _is_unnamed(facts):
            due.append((facts[0], self._identify))
        is_told = self._events.are_due(facts)
        contact: Contact | None = None
        if due or is_told:
            contact = self._store.get(contact_id)
            for fact, reaction in due:
                reaction(contact, fact)
        self._canaries.watch(contact_id, facts)
        if contact is not None and is_told:
            self._events.publish(contact, facts)

    def _due(self, facts: Sequence[Fact]) -> list[tuple[Fact, _Reaction]]:
        """Who called is no news where the contact begins: there is no record yet to tell it. What
        it is called is none where it ends: the record that is made there has it."""
        kinds = {type(fact.event) for fact in facts}
        known: set[type] = {e.CustomerIdentified} if e.ContactInitiated in kinds else set()
        known |= {e.AttributesUpdated, e.DetailsUpdated} if e.ContactCompleted in kinds else set()
        news = [fact for fact in facts if type(fact.event) not in known]
        return [(fact, react) for fact in news for react in self._table.get(type(fact.event), ())]

    def _match(self, contact: Contact, fact: Fact) -> None:
        if contact.state is ContactState.QUEUED:
            self._routing.match_contact(contact.contact_id, contact)

    def _plan_delays(self, contact: Contact, fact: Fact) -> None:
        self._routing.plan_delays(contact)

    def _note_joined(self, contact: Contact, fact: Fact) -> None:
        if contact.channel is Channel.CHAT and contact.agent:
            self._chat.note(contact, "participant.joined", role="AGENT", name=contact.agent.name)

    def _note_left(self, contact: Contact, fact: Fact) -> None:
        if contact.channel is Channel.CHAT and contact.agent:
            self._chat.note(contact, "participant.left", role="AGENT", name=contact.agent.name)

    def _note_ended(self, contact: Contact, fact: Fact) -> None:
        """A chat that was handed over goes on: only its agent has left."""
        if contact.next_contact_id is not None:
            self._note_left(contact, fact)
        elif contact.channel is Channel.CHAT:
            self._chat.note(contact, "chat.ended", role="SYSTEM", name="SYSTEM_MESSAGE")

    def _collect_recording(self, contact: Contact, fact: Fact) -> None:
        """Whatever the desk managed to upload is stitched, also when it never said it was done."""
        if contact.channel is Channel.VOICE and contact.is_recorded and contact.agent:
            self._recordings.order(RecordingJob(contact_id=contact.contact_id), delay_seconds=15)

    def _open_ticket(self, contact: Contact, fact: Fact) -> None:
        if not isinstance(fact.event, e.AfterContactWorkEnded):
            return
        ticket_id = self._tickets.open_from_wrap_up(
            fact.event, contact, fact_id=fact.fact_id, at=fact.at
        )
        if ticket_id is not None and ticket_id != contact.ticket_id:
            self._contacts.append(
                contact.contact_id,
                e.TicketLinked(ticket_id=ticket_id),
                unless=lambda now: now.ticket_id == ticket_id,
            )

    def _settle_callback(self, contact: Contact, fact: Fact) -> None:
        """What could not be said on the telephone is somebody's to do."""
        if not self._callbacks.settle(contact, fact):
            return
        ticket = self._tickets.create(_follow_up(contact), by=_SYSTEM, request=fact.fact_id)
        self._contacts.append(
            contact.contact_id,
            e.TicketLinked(ticket_id=ticket.ticket_id),
            unless=lambda now: now.ticket_id == ticket.ticket_id,
        )
        self._callbacks.release(contact)

    def _identify(self, contact: Contact, fact: Fact) -> None:
        """Once more for a contact that began while nobody could be asked who it is."""
        if contact.customer_id is None:
            identified = self._customers.identified(
                contact.contact_id,
                contact.customer_endpoint,
                at=fact.at,
                name=contact.customer.name or "",
                channel=contact.channel,
            )
            if identified is not None:
                self._contacts.append(
                    contact.contact_id,
                    identified,
                    unless=lambda now: now.customer_id is not None,
                )

    def _take_feedback(self, contact: Contact, fact: Fact) -> None:
        self._feedback.take_call(contact)

    def _keep_transcript(self, contact: Contact, fact: Fact) -> None:
        self._contacts.keep_transcript(contact)

    def _index(self, contact: Contact, fact: Fact) -> None:
        self._contacts.index(contact)

    def _keep(self, contact: Contact, fact: Fact) -> None:
        """The record and the customer's history are made of all facts, once there is an end."""
        if contact.state is not ContactState.COMPLETED:
            return
        self._customers.record_contact(contact)
        self._records.write(self._store.facts(contact.contact_id))


def _follow_up(contact: Contact) -> TicketDraft:
    number = contact.customer_endpoint.address if contact.customer_endpoint else ""
    return TicketDraft(
        subject=f"Follow-up required: {contact.customer.name or number} was not reached",
        customer_id=contact.customer_id,
        contact_id=contact.contact_id,
        queue_id=contact.queue.queue_id if contact.queue else None,
        note=f"We promised to call {number} back, and the last attempt was in vain.",
    )


def _is_unnamed(facts: Sequence[Fact]) -> bool:
    """A contact began with a customer's address, and nobody said whose it is."""
    began = any(
        isinstance(fact.event, e.ContactInitiated) and fact.event.customer_endpoint
        for fact in facts
    )
    return began and not any(isinstance(fact.event, e.CustomerIdentified) for fact in facts)
