"""A center that asks its customers what they think of it, and Ana, who has a ticket."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.adapters.practice_exchange import PracticeExchange
from chalicelib.core.center import PracticeNumber, PracticeOutcome
from chalicelib.core.contact import Contact
from chalicelib.core.events import Channel, DisconnectReason
from chalicelib.core.feedback import Answers, Invitation, Way
from chalicelib.core.flow import CollectInput, InputReceived, PlayPrompt, Port, spoken_text
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.ticket import Ticket, TicketStatus
from chalicelib.core.ticket_edit import TicketEdit
from chalicelib.services.feedback_inviter import FLOW
from chalicelib.services.lines import LineAnswers
from tests.caller import FLOWS
from tests.given import ANAS_NUMBER, MONDAY, a_customer
from tests.services.promises import Promising

ANA = CustomerId("C-ana")
AT_WORK = MONDAY + timedelta(hours=1)  # ten o'clock in New York, where Ana's number is


class NoStreams:
    def stream_arn(self, contact_id: ContactId) -> str:
        return ""


class Asking(Promising):
    """Ana picks up when she is called, and presses what a test says."""

    def __init__(
        self, outcome: PracticeOutcome = PracticeOutcome.PERSON, *, presses: str = ""
    ) -> None:
        super().__init__()
        house = self.house
        house.customers.create(a_customer())
        telephone = PracticeNumber(
            number=ANAS_NUMBER, outcome=outcome, talks_seconds=300, presses=presses
        )
        known = house.center.configuration
        house.center.configuration = replace(known, practice_numbers=(telephone,))
        exchange = PracticeExchange(house.center, house.timers, house.now)
        lines = LineAnswers(exchange, NoStreams(), house.hours.is_open)
        house.respondents[Port.LINE] = lambda: lines
        flow = (FLOWS / "feedback-call.json").read_text()
        house.publish(FLOW, flow, type_="OUTBOUND_WHISPER")

    def closes(self, way: Way | None, at: datetime = AT_WORK, **said: object) -> Ticket:
        """A ticket of Ana's is opened at this moment, and closed with the tick."""
        ticket = self.opens(at, **{"customer_id": ANA, **said})
        wanted = TicketEdit(status=TicketStatus.CLOSED, feedback=way)
        return self.tickets.update(ticket.ticket_id, wanted, version=1, by="ben")

    def told(self, ticket: Ticket) -> str:
        """The last line of its history."""
        return self.now(ticket).history[-1].change

    @property
    def invitations(self) -> list[Invitation]:
        return list(self.house.feedback_store.invitations.values())

    @property
    def answers(self) -> tuple[Answers, ...]:
        (invitation,) = self.invitations
        return invitation.answers

    # --- by mail ---

    def token(self, number: int = -1) -> str:
        """What the link of this e-mail ends with."""
        found = re.search(r"https://acme\.example/api/feedback/(\S+)", self.mails[number])
        assert found is not None
        return found[1]

    @property
    def mails(self) -> list[str]:
        return [email.text for email in self.messenger.emails]

    # --- by call ---

    @property
    def calls(self) -> list[Contact]:
        known = self.house.contacts.contacts.values()
        return [c for c in known if c.channel is Channel.VOICE]

    def passes(self, seconds: float) -> None:
        self.house.later(seconds)
        for _ in range(4):  # what a timer sets in motion may set another, due at once
            self.house.rings_what_is_due()

    def picks_up(self) -> Contact:
        """Ana is called and takes it, after the time that this takes."""
        (call,) = self.calls
        self.passes(1)
        self.passes(10)
        return self.house.contact(call.contact_id)

    def presses(self, call: Contact, key: str) -> str:
        """What she hears then. Announcements before a question are listened to."""
        contact = self.house.contact(call.contact_id)
        while contact.session.wait is not None and str(contact.session.wait.kind) != "INPUT":
            self.house.flows.time_out(contact.contact_id, str(contact.session.wait.number))
            contact = self.house.contact(call.contact_id)
        assert contact.session.wait is not None, "nobody asks"
        self.house.flows.reply(contact.contact_id, contact.session.wait.number, InputReceived(key))
        return self.hears(call)

    def hears(self, call: Contact) -> str:
        turn = self.house.contact(call.contact_id).turn
        prompts = [each.prompt for each in turn if isinstance(each, PlayPrompt | CollectInput)]
        return " ".join(spoken_text(prompt) for prompt in prompts if prompt is not None)

    def hangs_up(self, call: Contact) -> None:
        self.house.desk.end(call.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        self.house.streams()
