"""Answers flows that promise to call back, and keeps the promise: attempt after attempt."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from chalicelib.core.contact import CallBack, Contact
from chalicelib.core.errors import Rejected
from chalicelib.core.events import (
    Channel,
    ContactDisconnected,
    DisconnectReason,
    Endpoint,
    Fact,
    InitiationMethod,
)
from chalicelib.core.flow import Answered
from chalicelib.core.ids import QueueId
from chalicelib.services.asking import Inquiry, Reply
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.customers import ToE164
from chalicelib.services.lines import Ender, line_of
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import CenterStore


class Callbacks:
    """The respondent of Port.CALLBACK."""

    def __init__(
        self, planner: Planner, center: CenterStore, ender: Ender, to_e164: ToE164
    ) -> None:
        self._planner = planner
        self._center = center
        self._ender = ender
        self._to_e164 = to_e164

    def ask(self, inquiry: Inquiry) -> Reply:
        """A call of its own waits in the queue after the delay, whatever becomes of this one."""
        number = self._to_e164(inquiry.text("CallbackNumber"))
        if number is None:
            raise Rejected("there is no number to call back", field="CallbackNumber")
        flow = inquiry.text("ContactFlowId")
        delay = 0 if flow else _number(inquiry, "InitialCallDelaySeconds")
        contact = inquiry.contact
        contact_id = self._planner.make(
            LaterContact(
                contact_id=contact_id_for(f"callback:{inquiry.key}"),
                channel=Channel.VOICE,
                initiation_method=InitiationMethod.CALLBACK,
                begins_at=inquiry.at + timedelta(seconds=delay),
                flow=flow or None,
                queue_id=self._queue(inquiry),
                customer_endpoint=Endpoint(number),
                customer_id=contact.customer_id,
                customer_name=contact.customer.name,
                attributes=contact.attributes,
                related=contact,
                call_back=CallBack(
                    attempts_left=max(0, _number(inquiry, "MaximumConnectionAttempts") - 1),
                    retry_seconds=_number(inquiry, "RetryDelaySeconds"),
                ),
            )
        )
        return Answered({"ContactId": contact_id})

    def give_up(self, contact: Contact, fact: Fact) -> None:
        """An agent does not wait for a call that could not even be made."""
        if contact.state.is_live and line_of(contact).get("State") == "failed":
            self._ender.end(contact.contact_id, DisconnectReason.OUTBOUND_ATTEMPT_FAILED)

    def try_again(self, contact: Contact, fact: Fact) -> None:
        """After an attempt in vain the next one waits for its time, if there is one left."""
        ended, plan = fact.event, contact.call_back
        is_in_vain = (
            isinstance(ended, ContactDisconnected)
            and ended.reason is DisconnectReason.OUTBOUND_ATTEMPT_FAILED
        )
        if not is_in_vain or plan is None or plan.attempts_left < 1:
            return
        with suppress(Rejected):  # the chain of contacts has its length
            self._planner.make(self._next(contact, plan, fact))

    def _next(self, contact: Contact, plan: CallBack, fact: Fact) -> LaterContact:
        return LaterContact(
            contact_id=contact_id_for(f"attempt:{contact.contact_id}"),
            channel=Channel.VOICE,
            initiation_method=InitiationMethod.CALLBACK,
            begins_at=fact.at + timedelta(seconds=plan.retry_seconds),
            queue_id=contact.queue.queue_id if contact.queue else None,
            customer_endpoint=contact.customer_endpoint,
            customer_id=contact.customer_id,
            customer_name=contact.customer.name,
            attributes=contact.attributes,
            related=contact,
            call_back=CallBack(
                attempts_left=plan.attempts_left - 1, retry_seconds=plan.retry_seconds
            ),
        )

    def _queue(self, inquiry: Inquiry) -> QueueId:
        agent = inquiry.text("AgentId")
        reference = f"agent:{agent}" if agent else inquiry.text("QueueId")
        queue = CenterLibrary(inquiry.center, self._center).queue_itself(reference)
        if queue is None or not queue.is_enabled:
            message = f"no queue {reference!r} that takes contacts"
            raise Rejected(message, field="QueueId", value=reference)
        return queue.queue_id


def _number(inquiry: Inquiry, name: str) -> int:
    written = str(inquiry.ask.request.get(name, ""))
    if not written.isdecimal():
        raise Rejected(f"{name} {written!r} is not a number", field=name, value=written)
    return int(written)


__all__ = ["Callbacks"]
