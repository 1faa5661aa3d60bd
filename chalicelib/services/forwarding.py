"""Calls that ring at an agent's own telephone too, and are taken there by pressing 1."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from chalicelib.core.contact import AgentLeg, Contact, Offer
from chalicelib.core.errors import Conflict, Refusal, Rejected
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ContactId, OfferId
from chalicelib.core.routing import Agent
from chalicelib.core.telephone import TelephoneNumber
from chalicelib.services.lines import Carrier, Dial, LineEvent
from chalicelib.services.ports import CenterStore, ContactStore

TAKES_IT = "1"  # an answering machine presses nothing
_LEG = "forward-"


class NumberingPlan(Protocol):
    def __call__(self, raw: str) -> TelephoneNumber | None:
        """None when it is no number."""
        ...


class Desks(Protocol):
    """What becomes of an offer that rang outside."""

    def accept(
        self,
        agent_id: AgentId,
        contact_id: ContactId,
        offer_id: OfferId,
        *,
        is_by_telephone: bool = False,
    ) -> None: ...

    def hang_up(self, agent_id: AgentId, contact_id: ContactId) -> None: ...

    def forward(self, agent_id: AgentId, number: str | None) -> None: ...


class Forwarding:
    """Dials, and does what is pressed there. Told twice or too late, nothing happens."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        center: CenterStore,
        carrier: Carrier,
        desks: Desks,
        plan: NumberingPlan,
    ) -> None:
        self._contacts = contacts
        self._center = center
        self._carrier = carrier
        self._desks = desks
        self._plan = plan

    def choose(self, agent_id: AgentId, raw: str | None) -> str | None:
        """The agent's calls ring there too, until they choose another number, none, or go offline.
        Rejected: no number, one that costs the center dearly, or one of another country."""
        number = self._allowed(raw) if raw else None
        self._desks.forward(agent_id, number)
        return number

    def _allowed(self, raw: str) -> str:
        known, center = self._plan(raw), self._center.center()
        if known is None:
            raise Rejected("that is no telephone number", field="phoneNumber", value=raw)
        own = self._plan(center.main_number)
        allowed = center.forwarding_countries or ((own.region,) if own else ())
        if known.is_premium:
            raise Rejected("calls to that number cost extra", field="phoneNumber", value=raw)
        if known.region not in allowed:
            raise Rejected(
                f"calls are forwarded to {', '.join(allowed)} only, not to {known.region}",
                field="phoneNumber",
                value=raw,
            )
        return known.e164

    def ring(self, contact: Contact, agent: Agent) -> None:
        """The call that is offered to this agent rings at their telephone as well."""
        offer = contact.offer
        if offer is None or agent.forward_to is None or contact.channel is not Channel.VOICE:
            return
        caller = contact.customer_endpoint or contact.system_endpoint
        dial = Dial(
            leg=f"{_LEG}{offer.offer_id}",
            contact_id=contact.contact_id,
            number=agent.forward_to,
            caller_id=caller.address if caller else "",
            limit_seconds=int((offer.expires_at - offer.made_at).total_seconds()),
        )
        with suppress(Refusal):  # it rings at the desk all the same
            self._carrier.dial(dial)

    def stop(self, offer_id: OfferId, contact_id: ContactId) -> None:
        """The offer is over, or was taken at the desk, or the talk on the telephone has ended: that
        line is not needed any more."""
        self._carrier.hang_up(f"{_LEG}{offer_id}", contact_id)

    def is_about(self, leg: str) -> bool:
        return leg.startswith(_LEG)

    def report(self, contact_id: ContactId, leg: str, event: LineEvent, keys: str = "") -> None:
        """What the carrier says of a telephone that rings, or on which an agent talks."""
        contact, offer_id = self._contacts.get(contact_id), OfferId(leg.removeprefix(_LEG))
        offer, agent = contact.offer, contact.agent
        if offer is not None and offer.offer_id == offer_id:
            self._on_offer(contact, offer, event, keys)
        elif event is LineEvent.ENDED and agent is not None and _talks_on(agent, offer_id):
            with suppress(Refusal):
                self._desks.hang_up(agent.agent_id, contact_id)

    def _on_offer(self, contact: Contact, offer: Offer, event: LineEvent, keys: str) -> None:
        """A line that is busy, or a machine that presses nothing, leaves the offer to its time: it
        rings at the desk as well."""
        if event is LineEvent.KEYED and keys.startswith(TAKES_IT):
            with suppress(Conflict):  # the offer was over in this very moment
                self._desks.accept(
                    offer.agent_id, contact.contact_id, offer.offer_id, is_by_telephone=True
                )


def _talks_on(agent: AgentLeg, offer_id: OfferId) -> bool:
    """On this telephone: another one may have rung before, and been answered."""
    return agent.line is not None and agent.offer_id == offer_id
