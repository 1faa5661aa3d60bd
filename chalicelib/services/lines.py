"""Other lines: third parties that flows dial, customers who are called, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from chalicelib.core.contact import Contact, Dialog
from chalicelib.core.errors import Refusal, Rejected
from chalicelib.core.events import DisconnectReason
from chalicelib.core.feedback import INVITATION
from chalicelib.core.flow import Answered, OtherLine, Port, Refused, Said
from chalicelib.core.ids import ContactId
from chalicelib.core.moments import iso
from chalicelib.services.asking import Inquiry, Pending, Reply
from chalicelib.services.chain import last_of_chain
from chalicelib.services.ports import ContactStore, Timer, Unavailable

USUAL_RING_SECONDS = 30
GRACE_SECONDS = 10  # for the carrier's report; then nobody answered
LONGEST_TALK_SECONDS = 86_400
NOT_DIALLED = "NotDialled"  # the error when it was us who could not, or must not, call
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_DIGITS = re.compile(r"[0-9*#A-D,]{0,50}")  # a comma is a pause of 750 ms


class LineEvent(StrEnum):
    """What a carrier reports of a line that it was asked for."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    KEYED = "keyed"  # whoever answered pressed keys
    ENDED = "ended"  # the other party hung up


_NOBODY = (LineEvent.BUSY, LineEvent.NO_ANSWER, LineEvent.FAILED)


_ENDED_BY = {
    "third party": DisconnectReason.THIRD_PARTY_DISCONNECT,
    "customer": DisconnectReason.CUSTOMER_DISCONNECT,
}


class AnsweredBy(StrEnum):
    """Who picked up, in the words of CheckOutboundCallStatus."""

    PERSON = "CallAnswered"
    MACHINE_BEEP = "VoicemailBeep"
    MACHINE = "VoicemailNoBeep"
    UNKNOWN = "NotDetected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A line that is wanted for a contact. `leg` names it in every report, and whoever asks twice
    under one name gets one line. `digits` are sent once it is answered."""

    leg: str
    contact_id: ContactId
    number: str  # E.164
    caller_id: str
    limit_seconds: int
    caller_name: str = ""
    digits: str = ""


class Carrier(Protocol):
    """Telephone lines outwards. What becomes of one is reported to LineReports."""

    def dial(self, dial: Dial) -> None:
        """Rings there; a Refusal when that number cannot be called at all, Unavailable when the
        carrier cannot be asked."""
        ...

    def hang_up(self, leg: str, contact_id: ContactId) -> None:
        """The line is not wanted any more; nothing when it is over, or never was."""
        ...


class Streams(Protocol):
    """Where a caller's audio can be followed while it comes in."""

    def stream_arn(self, contact_id: ContactId) -> str: ...


class MayCall(Protocol):
    """Whether a number (E.164) may be called at this hour."""

    def __call__(self, number: str, at: datetime) -> bool: ...


class LineAnswers:
    """The respondent of Port.LINE, but for `hold`."""

    def __init__(self, carrier: Carrier, streams: Streams, may_call: MayCall) -> None:
        self._carrier = carrier
        self._streams = streams
        self._may_call = may_call

    def ask(self, inquiry: Inquiry) -> Reply:
        match inquiry.ask.verb:
            case "dial":
                limit = _seconds(inquiry, "ThirdPartyConnectionTimeLimitSeconds")
                return self._dialled(inquiry, inquiry.text("Number"), limit)
            case "complete_outbound":
                return self._call_customer(inquiry, _customer_number(inquiry.contact))
            case "progress":
                known = line_of(inquiry.contact).get("AnsweredBy")
                return Answered(result=str(known or AnsweredBy.UNKNOWN))
            case "stream":
                return Answered(self._stream(inquiry))
        raise Rejected(f"lines do not {inquiry.ask.verb}")

    def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
        """A report of the carrier; whatever else is said there is not for us."""
        is_dial = inquiry.ask.verb == "dial"
        match said.action:
            case LineEvent.ANSWERED:
                memory = {**memory, "AnsweredBy": str(said.data.get("answeredBy", ""))}
                if is_dial and _comes_back(inquiry):
                    return _pending(memory, "connected", LONGEST_TALK_SECONDS)
                return Answered({**memory, "State": "connected"})
            case LineEvent.ENDED:
                return Answered({**memory, "State": "ended"})
            case LineEvent.NO_ANSWER:
                return Refused("ConnectionTimeLimitExceeded", "nobody answered in time")
            case LineEvent.BUSY | LineEvent.FAILED:
                return Refused("CallFailed", f"the line was {said.action}")
        return _pending(memory, str(memory["State"]))

    def _call_customer(self, inquiry: Inquiry, number: str) -> Reply:
        """In the middle of the night no promise to call back is kept, and nobody is asked."""
        contact = inquiry.contact
        is_by_itself = contact.call_back is not None or INVITATION in contact.attributes
        if is_by_itself and number and not self._may_call(number, inquiry.at):
            return Refused(NOT_DIALLED, "nobody is called there at this hour")
        return self._dialled(inquiry, number, _seconds(inquiry, "ConnectionTimeLimitSeconds"))

    def _dialled(self, inquiry: Inquiry, number: str, limit: int) -> Reply:
        digits = inquiry.text("ThirdPartyDTMFDigits")
        if not _DIGITS.fullmatch(digits):
            raise Rejected("digits are 0-9, *, #, A-D and commas", field="ThirdPartyDTMFDigits")
        if not _NUMBER.fullmatch(number):
            return Refused("CallFailed", "that is no telephone number")
        caller = _caller(inquiry)
        leg = sha256(f"line:{inquiry.key}".encode()).hexdigest()[:32]
        dial = Dial(
            leg=leg,
            contact_id=inquiry.contact.contact_id,
            number=number,
            caller_id=caller.get("Number") or _shown_number(inquiry),
            caller_name=caller.get("Name", ""),
            digits=digits,
            limit_seconds=limit,
        )
        try:
            self._carrier.dial(dial)
        except Refusal as refusal:
            return Refused("CallFailed", refusal.message)
        except Unavailable as unreachable:
            return Refused(NOT_DIALLED, str(unreachable))
        whom = "third party" if inquiry.ask.verb == "dial" else "customer"
        memory = {"Leg": leg, "To": whom, "Number": number, "Digits": digits}
        return _pending(memory, "ringing", limit + GRACE_SECONDS)

    def _stream(self, inquiry: Inquiry) -> Mapping[str, object]:
        """`$.MediaStreams`: begun once, and ended with the same name."""
        streams = inquiry.contact.session.details.get("MediaStreams")
        customer = streams.get("Customer") if isinstance(streams, Mapping) else None
        audio = customer.get("Audio") if isinstance(customer, Mapping) else None
        known = dict(audio) if isinstance(audio, Mapping) else {}
        moment = str(int(inquiry.at.timestamp() * 1000))
        is_running = "StreamARN" in known and "StopTimestamp" not in known
        if inquiry.text("MediaStreamingState") == "Disabled":
            known |= {"StopTimestamp": moment} if is_running else {}
        elif not is_running:
            known = {
                "StreamARN": self._streams.stream_arn(inquiry.contact.contact_id),
                "StartTimestamp": moment,
                "StartFragmentNumber": "0",
                "StartedAt": iso(inquiry.at),
            }
        return {"Customer": {"Audio": known}}


class Listener(Protocol):
    def hear(self, contact_id: ContactId, said: Said) -> None: ...

    def press(self, contact_id: ContactId, leg: str, number: int, key: str) -> None:
        """The customer who was called on this line pressed a key, the so many-th of the call."""
        ...


class Ender(Protocol):
    def end(self, contact_id: ContactId, reason: DisconnectReason) -> None: ...


class Forwarded(Protocol):
    """Takes what is reported of telephones at which offers ring."""

    def is_about(self, leg: str) -> bool: ...

    def report(self, contact_id: ContactId, leg: str, event: LineEvent, keys: str = "") -> None: ...


class LineReports:
    """Takes what carriers report. Told late, twice, or of a line long gone: nothing happens."""

    def __init__(
        self,
        contacts: ContactStore,
        listener: Listener,
        ender: Ender,
        forwarded: Forwarded,
    ) -> None:
        self._contacts = contacts
        self._listener = listener
        self._ender = ender
        self._forwarded = forwarded

    def ring(self, timer: Timer) -> None:
        """A report that was due at a certain time."""
        if last_of_chain(self._contacts, timer.contact_id).state.is_live:
            event, more, leg = timer.key.split(":", 2)
            key, _, number = more.rpartition("#")
            if self._forwarded.is_about(leg):
                self._forwarded.report(timer.contact_id, leg, LineEvent(event), key)
            elif event == LineEvent.KEYED:
                self._listener.press(timer.contact_id, leg, int(number), key)
            else:
                self.report(timer.contact_id, leg, LineEvent(event), AnsweredBy(more))

    def report(
        self,
        contact_id: ContactId,
        leg: str,
        event: LineEvent,
        answered_by: AnsweredBy = AnsweredBy.UNKNOWN,
    ) -> None:
        contact = last_of_chain(self._contacts, contact_id)  # the line stays, whoever talks there
        contact_id, dialog = contact.contact_id, contact.dialog
        if not contact.state.is_live:
            return None
        if dialog is not None and _is_about(dialog, leg):
            if dialog.ask.verb == "complete_outbound" and event in _NOBODY:
                return self._ender.end(contact_id, DisconnectReason.OUTBOUND_ATTEMPT_FAILED)
            said = Said(action=event, data={"answeredBy": answered_by}, key=f"{leg}:{event}")
            return self._listener.hear(contact_id, said)
        line = line_of(contact)
        if event is LineEvent.ENDED and (line.get("Leg"), line.get("State")) == (leg, "connected"):
            reason = _ENDED_BY.get(str(line.get("To")), DisconnectReason.OTHER)
            self._ender.end(contact_id, reason)
        return None


def report_key(leg: str, event: LineEvent, more: str) -> str:
    """Of a timer that rings when the report is due; `more`: who answered, or `keyed`."""
    return f"{event}:{more}:{leg}"


def keyed(key: str, number: int) -> str:
    """Which key was pressed, and the how many-th it was, from 1 on."""
    return f"{key}#{number}"


def line_of(contact: Contact) -> Mapping[str, object]:
    """The line that was dialled last for this contact, as its flows see it."""
    line = contact.session.results.get("Line")
    return line if isinstance(line, Mapping) else {}


def _is_about(dialog: Dialog, leg: str) -> bool:
    return dialog.ask.port is Port.LINE and dialog.memory.get("Leg") == leg


def _pending(memory: Mapping[str, object], state: str, seconds: float | None = None) -> Pending:
    commands = (OtherLine(state),)
    return Pending(memory={**memory, "State": state}, commands=commands, seconds=seconds)


def _comes_back(inquiry: Inquiry) -> bool:
    return inquiry.text("ContinueFlowExecution").lower() == "true"


def _seconds(inquiry: Inquiry, name: str) -> int:
    written = inquiry.text(name)
    is_number = written.isascii() and written.isdecimal() and len(written) < 5
    return max(1, min(600, int(written))) if is_number else USUAL_RING_SECONDS


def _caller(inquiry: Inquiry) -> dict[str, str]:
    """Name and number that the block wants to be shown."""
    given = inquiry.ask.request.get("CallerId")
    named = given.items() if isinstance(given, Mapping) else ()
    return {str(name): str(value) for name, value in named if value}


def _shown_number(inquiry: Inquiry) -> str:
    """Third parties see who calls them through us, customers see us."""
    if inquiry.ask.verb == "dial":
        return inquiry.text("CallerNumber")
    return inquiry.contact.system_endpoint.address if inquiry.contact.system_endpoint else ""


def _customer_number(contact: Contact) -> str:
    return contact.customer_endpoint.address if contact.customer_endpoint else ""
