"""Answers flows that promise to call back, and keeps the promise: attempt after attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.core.contact import CallBack, Contact
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import (
    Channel,
    ContactDisconnected,
    DisconnectReason,
    Endpoint,
    Fact,
    InitiationMethod,
)
from chalicelib.core.flow import Answered, Refused
from chalicelib.core.ids import QueueId
from chalicelib.services.asking import Inquiry, Reply
from chalicelib.services.callback_ports import CallbackOutcome, CallbackStore, StandingCallback
from chalicelib.services.calling_hours import CallingHours
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.customers import ToE164
from chalicelib.services.lines import NOT_DIALLED, USUAL_RING_SECONDS, Ender, line_of
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import CenterStore, ContactStore

# An attribute that flows set, and its value when the customer is called before an agent is asked.
MODE, CUSTOMER_FIRST = "callbackMode", "customer-first"
_SETTLES_WITHIN = timedelta(minutes=1)  # between two attempts, and from the promise to the first
_MOST_DIGITS = 9  # of seconds: decades, which a calendar still has
_RINGS_FOR = timedelta(seconds=USUAL_RING_SECONDS)
_LOST_BY_US = (
    DisconnectReason.AGENT_NETWORK_DISCONNECT,
    DisconnectReason.OUTBOUND_ATTEMPT_FAILED,
)


class Callbacks:
    """The respondent of Port.CALLBACK, and what follows from the attempts.

    Whoever cancels releases the promise and then looks for its contact; whoever makes a contact
    looks afterwards whether the promise still stands. So nobody is called who was cancelled.
    """

    def __init__(
        self,
        *,
        planner: Planner,
        contacts: ContactStore,
        center: CenterStore,
        book: CallbackStore,
        hours: CallingHours,
        ender: Ender,
        to_e164: ToE164,
    ) -> None:
        self._planner = planner
        self._contacts = contacts
        self._center = center
        self._book = book
        self._hours = hours
        self._ender = ender
        self._to_e164 = to_e164

    def ask(self, inquiry: Inquiry) -> Reply:
        """A call of its own waits in the queue after the delay, at the caller's place, whatever
        becomes of this one. One per number: `IsNew` is false when another one stands."""
        if inquiry.ask.verb == "check":
            return self._checked(inquiry)
        later = self._promised(inquiry)
        self._planner.check(later)
        entry = _entry(later, asked_at=inquiry.at)
        standing = self._stand(entry, inquiry.at)
        is_new = standing.contact_id == entry.contact_id
        if is_new:
            self._make(later, entry)
        told = {
            "ContactId": standing.contact_id,
            "IsNew": str(is_new).lower(),
            "Number": standing.number,
        }
        return Answered(told)

    def _checked(self, inquiry: Inquiry) -> Reply:
        """Whether the number exists, as far as that can be seen from its digits."""
        if self._to_e164(inquiry.text("CallbackNumber")) is None:
            return Refused("InvalidCallbackNumber", "there is no such number")
        return Answered()

    def give_up(self, contact: Contact, fact: Fact) -> None:
        """An agent does not wait for a call that could not even be made."""
        if contact.state.is_live and line_of(contact).get("State") == "failed":
            self._ender.end(contact.contact_id, DisconnectReason.OUTBOUND_ATTEMPT_FAILED)

    def settle(self, contact: Contact, fact: Fact) -> bool:
        """After the end of an attempt the next one waits for its time, or the promise stands no
        more. True: that was the last one, and nobody was reached. Then the promise stands until it
        is released: whoever dies before somebody else has it to do is followed by one who does."""
        plan, ended = contact.call_back, fact.event
        if plan is None or not isinstance(ended, ContactDisconnected):
            return False
        outcome = _outcome(contact, ended.reason)
        if outcome is None and not _had_nowhere_to_go(contact, ended.reason):
            self.release(contact)
            return False
        if outcome is not None and self._is_tried_again(contact, plan, outcome, fact.at):
            return False
        standing = self._book.find(_number(contact))
        return standing is not None and standing.contact_id == contact.contact_id

    def release(self, contact: Contact) -> None:
        """Nothing is promised any more with this attempt; nothing when that is so already."""
        self._book.release(_number(contact), contact.contact_id)

    def _is_tried_again(
        self, contact: Contact, plan: CallBack, outcome: CallbackOutcome, at: datetime
    ) -> bool:
        """False: as often as was promised, or no more contacts may follow."""
        if outcome is CallbackOutcome.NOT_REACHED and plan.attempts_left < 1:
            return False
        later = self._next(contact, plan, outcome, at)
        try:
            self._planner.check(later)
        except Rejected:  # the chain of contacts has its length
            return False
        standing = self._book.find(_number(contact))
        asked_at = standing.asked_at if standing else contact.initiated_at
        entry = replace(_entry(later, asked_at=asked_at), last_outcome=outcome)
        if self._book.follow(contact.contact_id, entry):  # else it was cancelled meanwhile
            self._make(later, entry)
        return True

    # --- the promise and the contact ----------------------------------------------------------

    def _stand(self, entry: StandingCallback, at: datetime) -> StandingCallback:
        standing = self._book.stand(entry)
        if standing.contact_id != entry.contact_id and self._is_forgotten(standing, at):
            self._book.release(standing.number, standing.contact_id)
            standing = self._book.stand(entry)
        return standing

    def _is_forgotten(self, standing: StandingCallback, at: datetime) -> bool:
        """Its contact was never made, or ended, and nothing followed: a worker died on the way."""
        try:
            contact = self._contacts.get(standing.contact_id)
        except NotFound:
            return at - standing.asked_at > _SETTLES_WITHIN
        ended_at = contact.disconnected_at
        return ended_at is not None and at - ended_at > _SETTLES_WITHIN

    def _make(self, later: LaterContact, entry: StandingCallback) -> None:
        self._planner.make(later)
        standing = self._book.find(entry.number)
        if standing is None or standing.contact_id != entry.contact_id:
            self._ender.end(entry.contact_id, DisconnectReason.API)

    def _promised(self, inquiry: Inquiry) -> LaterContact:
        number = self._to_e164(inquiry.text("CallbackNumber"))
        if number is None:
            raise Rejected("there is no number to call back", field="CallbackNumber")
        flow, queue_id, contact = (
            inquiry.text("ContactFlowId"),
            self._queue(inquiry),
            inquiry.contact,
        )
        begins_at = _first_try(inquiry, queue_id, waits=not flow)
        return LaterContact(
            contact_id=contact_id_for(f"callback:{inquiry.key}"),
            channel=Channel.VOICE,
            initiation_method=InitiationMethod.CALLBACK,
            begins_at=self._hours.next(number, begins_at),
            flow=flow or None,
            queue_id=queue_id,
            customer_endpoint=Endpoint(number),
            customer_id=contact.customer_id,
            customer_name=contact.customer.name,
            attributes=contact.attributes,
            related=contact,
            call_back=CallBack(
                attempts_left=max(0, _whole(inquiry, "MaximumConnectionAttempts") - 1),
                retry_seconds=_whole(inquiry, "RetryDelaySeconds"),
                is_customer_first=_is_customer_first(contact),
            ),
            routing=replace(contact.session.routing, age_seconds=0),
            counts_since=_since(contact, queue_id, inquiry.at),
        )

    def _next(
        self, contact: Contact, plan: CallBack, outcome: CallbackOutcome, at: datetime
    ) -> LaterContact:
        """An attempt that was not one costs none; after one that an agent's desk failed in, the
        customer need not wait for the next."""
        counts, stay = outcome is CallbackOutcome.NOT_REACHED, contact.queue
        is_desks_fault = contact.disconnect_reason is DisconnectReason.AGENT_NETWORK_DISCONNECT
        waits = timedelta(seconds=0 if is_desks_fault else plan.retry_seconds)
        return LaterContact(
            contact_id=contact_id_for(f"attempt:{contact.contact_id}"),
            channel=Channel.VOICE,
            initiation_method=InitiationMethod.CALLBACK,
            begins_at=self._hours.next(_number(contact), at + waits),
            queue_id=stay.queue_id if stay else contact.session.target_queue_id,
            customer_endpoint=contact.customer_endpoint,
            customer_id=contact.customer_id,
            customer_name=contact.customer.name,
            attributes=contact.attributes,
            related=contact,
            call_back=replace(plan, attempts_left=plan.attempts_left - counts),
            routing=replace(contact.session.routing, age_seconds=0),
            counts_since=stay.counts_since if stay else contact.first_queued_at,
        )

    def _queue(self, inquiry: Inquiry) -> QueueId:
        agent = inquiry.text("AgentId")
        reference = f"agent:{agent}" if agent else inquiry.text("QueueId")
        queue = CenterLibrary(inquiry.center, self._center).queue_itself(reference)
        if queue is None or not queue.is_enabled:
            message = f"no queue {reference!r} that takes contacts"
            raise Rejected(message, field="QueueId", value=reference)
        return queue.queue_id


def _first_try(inquiry: Inquiry, queue_id: QueueId, *, waits: bool) -> datetime:
    """After the delay; a customer who is called first is called when the wait that was told is
    nearly over, not to wait twice."""
    contact = inquiry.contact
    seconds = _whole(inquiry, "InitialCallDelaySeconds") if waits else 0
    begins_at = inquiry.at + timedelta(seconds=seconds)
    told, told_at = contact.told, contact.told_at
    if not _is_customer_first(contact) or told is None or told_at is None:
        return begins_at
    if told.queue_id != queue_id or told.wait_seconds is None:
        return begins_at
    return max(begins_at, told_at + timedelta(seconds=told.wait_seconds) - _RINGS_FOR)


def _is_customer_first(contact: Contact) -> bool:
    return contact.attributes.get(MODE) == CUSTOMER_FIRST


def _since(contact: Contact, queue_id: QueueId, at: datetime) -> datetime:
    """The caller's place in that queue, also when it was given up on the way to an agent who was
    lost; whoever stands in another one, or stood in none, has a place from now on."""
    stay = contact.queue
    if not contact.is_in_queue or stay is None:
        return contact.first_queued_at or at
    return stay.counts_since if stay.queue_id == queue_id else at


def _outcome(contact: Contact, reason: DisconnectReason) -> CallbackOutcome | None:
    """None: the customer was on the line, or nobody is to be called any more."""
    line = line_of(contact)
    if line.get("State") == "connected" or reason not in _LOST_BY_US:
        return None
    if reason is DisconnectReason.OUTBOUND_ATTEMPT_FAILED and not _was_not_dialled(line):
        return CallbackOutcome.NOT_REACHED
    return CallbackOutcome.NOT_DIALLED


def _had_nowhere_to_go(contact: Contact, reason: DisconnectReason) -> bool:
    """Its queue was deleted before its time came; a flow of its own may end it on purpose."""
    return reason is DisconnectReason.CONTACT_FLOW_DISCONNECT and not contact.flow_versions


def _was_not_dialled(line: Mapping[str, object]) -> bool:
    return line.get("Error") == NOT_DIALLED


def _entry(later: LaterContact, *, asked_at: datetime) -> StandingCallback:
    return StandingCallback(
        number=later.customer_endpoint.address if later.customer_endpoint else "",
        contact_id=later.contact_id,
        queue_id=later.queue_id or QueueId(""),
        asked_at=asked_at,
        since=later.counts_since or asked_at,
        attempts_left=later.call_back.attempts_left if later.call_back else 0,
        customer_name=later.customer_name,
    )


def _number(contact: Contact) -> str:
    return contact.customer_endpoint.address if contact.customer_endpoint else ""


def _whole(inquiry: Inquiry, name: str) -> int:
    written = str(inquiry.ask.request.get(name, ""))
    if not written.isdecimal() or len(written) > _MOST_DIGITS:
        raise Rejected(f"{name} {written!r} is not a number", field=name, value=written)
    return int(written)


__all__ = ["CUSTOMER_FIRST", "MODE", "Callbacks"]
