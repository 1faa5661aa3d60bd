"""Scenario 13: a callback that keeps its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.adapters.practice_exchange import PracticeExchange
from chalicelib.core.center import PracticeNumber, PracticeOutcome
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.errors import Conflict
from chalicelib.core.events import DisconnectReason, Endpoint
from chalicelib.core.flow import InputReceived, PlayPrompt, Port, spoken_text
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.services.callback_list import CallbackState
from chalicelib.services.callback_ports import CallbackOutcome
from chalicelib.services.lines import LineAnswers
from tests.acme import SALES, Acme
from tests.caller import FLOWS
from tests.given import MONDAY
from tests.house import DONE, action, to_queue

K = "+12025550177"
TEN = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("America/New_York"))
OFFSET = (TEN - MONDAY).total_seconds()


class NoStreams:
    def stream_arn(self, contact_id: ContactId) -> str:
        return ""


class Morning(Acme):
    """Ten o'clock in New York; two callers stand in line. The flow for those who wait is ours."""

    def __init__(self, outcome: PracticeOutcome = PracticeOutcome.NO_ANSWER) -> None:
        super().__init__()
        known = self.center.configuration
        number = PracticeNumber(number=K, outcome=outcome)
        self.center.configuration = replace(known, practice_numbers=(number,))
        exchange = PracticeExchange(self.center, self.timers, self.now)
        lines = LineAnswers(exchange, NoStreams(), self.hours.is_open)
        self.respondents[Port.LINE] = lambda: lines
        for name, type_ in (
            ("Customer queue", "CUSTOMER_QUEUE"),
            ("Default outbound", "OUTBOUND_WHISPER"),
        ):
            file = FLOWS / f"{name.lower().replace(' ', '-')}.json"
            self.publish(name, file.read_text(), type_=type_)
        hooks = {"CustomerQueue": "flow:Customer queue"}
        hook = action("Hook", "UpdateContactEventHooks", "Choose", EventHooks=hooks)
        self.publish("Sales", to_queue("Sales", hook))
        self.clock(0)
        self.first = [self.calls(f"+1202555015{n}") for n in range(2)]

    def clock(self, minutes: float) -> None:
        """So long after ten o'clock."""
        self.comes_to(OFFSET + 60 * minutes)

    def calls(self, number: str) -> ContactId:
        self.at += timedelta(milliseconds=1)
        return self.enters(SALES, customer_endpoint=Endpoint(number))

    def presses(self, caller: ContactId, key: str) -> str:
        """What is heard then."""
        while (wait := self.contact(caller).session.wait) and str(wait.kind) != "INPUT":
            self.comes_to((self.at - MONDAY).total_seconds() + 5)
            self.flows.time_out(caller, str(wait.number))
        assert wait is not None
        self.flows.reply(caller, wait.number, InputReceived(key))
        turn = self.contact(caller).turn
        return " ".join(spoken_text(each.prompt) for each in turn if isinstance(each, PlayPrompt))

    def asks(self) -> ContactId:
        """K, third at ten, asks at five past ten to be called back."""
        caller = self.calls(K)
        self.clock(5)
        assert "You keep your place" in self.presses(caller, "1")
        self.streams()
        return self.callback_list.all()[0].contact_id

    def is_tried(self, contact_id: ContactId) -> Contact:
        """A01 takes it, nobody answers, and A01 has done the work after it."""
        self.answers(AgentId("A01"), contact_id)
        self.passes(60)
        self.desk.complete(AgentId("A01"), contact_id, DONE)
        self.streams()
        return self.contact(contact_id)

    def passes(self, seconds: float) -> None:
        self.comes_to((self.at - MONDAY).total_seconds() + seconds)

    def first_two_leave(self) -> None:
        for each in self.first:
            self.desk.end(each, DisconnectReason.CUSTOMER_DISCONNECT)


def test_the_place_is_that_of_ten_oclock_and_everybody_sees_it() -> None:
    acme = Morning()
    acme.asks()
    acme.calls("+12025550160")
    acme.clock(6)

    (listed,) = acme.callback_list.all()
    assert (K, 3, CallbackState.WAITING) == (listed.number, listed.place, listed.state)
    assert timedelta(0) <= listed.since - TEN < timedelta(seconds=1)
    assert timedelta(minutes=5) <= listed.asked_at - TEN < timedelta(minutes=6)
    assert 3 == listed.attempts_left


def test_a_second_request_from_the_number_is_told_that_the_first_stands() -> None:
    acme = Morning()
    first = acme.asks()
    again = acme.calls(K)

    assert "already promised" in acme.presses(again, "1")
    assert [first] == [each.contact_id for each in acme.callback_list.all()]


@pytest.mark.parametrize("how", ["by phone", "by agent", "by api", "while it rings"])
def test_a_cancelled_one_is_never_dialled(how: str) -> None:
    acme = Morning()
    contact_id = acme.asks()
    acme.clock(6)
    acme.first_two_leave()
    if how == "while it rings":
        acme.comes("A01")
        assert [contact_id] == acme.ringing_at("A01")
    if how == "by phone":
        assert acme.callback_list.cancel_of_caller(K)
    else:
        acme.callback_list.cancel(contact_id, by="A01" if how == "by agent" else "sofia")
    acme.comes("A01")
    acme.clock(60)

    assert [] == acme.ringing_at("A01")
    assert [] == acme.callback_list.all()
    assert "LINE" not in [str(timer.kind) for timer in acme.timers.timers]
    assert ContactState.COMPLETED is acme.contact(contact_id).state


def test_three_tries_ten_minutes_apart_and_then_somebody_follows_up() -> None:
    acme = Morning()
    attempt = acme.asks()
    acme.clock(6)
    acme.first_two_leave()
    for number in range(3):
        acme.comes("A01")
        ended = acme.is_tried(attempt)
        if number == 2:
            break
        (listed,) = acme.callback_list.all()
        assert (2 - number, CallbackOutcome.NOT_REACHED) == (
            listed.attempts_left,
            listed.last_outcome,
        )
        assert ended.disconnected_at is not None
        assert ended.disconnected_at + timedelta(minutes=10) == listed.due_at
        attempt = listed.contact_id
        acme.passes(600)

    assert [] == acme.callback_list.all()
    subjects = [ticket.subject for ticket in acme.tickets.tickets.values()]
    assert 1 == sum(each.startswith("Follow-up required") for each in subjects)


def test_at_night_nobody_is_called_where_they_are() -> None:
    """In vain shortly before nine in the evening: the next try is at eight in the morning."""
    acme = Morning()
    acme.comes_to(OFFSET + 3_600 * 10.9)
    acme.first_two_leave()
    acme.first = [acme.calls(f"+1202555016{n}") for n in range(2)]
    caller = acme.calls(K)
    acme.presses(caller, "1")
    acme.passes(31)
    acme.first_two_leave()
    acme.comes("A01")
    acme.is_tried(acme.callback_list.all()[0].contact_id)

    (listed,) = acme.callback_list.all()
    assert TEN.replace(day=3, hour=8) == listed.due_at


def test_an_agent_whose_network_fails_before_the_dial_has_not_tried() -> None:
    """The agent's answer never arrives: the offer ends, and the place is the old one."""
    acme = Morning()
    contact_id = acme.asks()
    acme.clock(6)
    acme.first_two_leave()
    acme.comes("A01")
    offer_id = acme.offer_of(contact_id)
    acme.passes(31)

    with pytest.raises(Conflict):
        acme.desk.accept(AgentId("A01"), contact_id, offer_id)
    (listed,) = acme.callback_list.all()
    assert (3, None, 1) == (listed.attempts_left, listed.last_outcome, listed.place)


def test_a_number_that_is_none_is_refused_in_the_menu() -> None:
    """+999 by its length, and one that is long enough by what libphonenumber knows."""
    acme = Morning()
    acme.publish("Callback offer", (FLOWS / "callback-offer.json").read_text())
    caller = acme.rings("Callback offer", customer_endpoint=Endpoint(K))
    acme.presses(caller, "2")
    for typed in ("999", "999555010099"):
        assert "We cannot call that number." in acme.presses(caller, typed)

    assert [] == acme.callback_list.all()
