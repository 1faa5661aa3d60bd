"""What is left of facts, tickets and customers when a person is to be forgotten."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from chalicelib.core import events as e
from chalicelib.core.authority import Authority, Step
from chalicelib.core.contact import Change, ContactState
from chalicelib.core.contact_record import fold
from chalicelib.core.customer import customer_id_for
from chalicelib.core.erasure import (
    ERASED,
    erased_change,
    erased_fact,
    erased_note,
    erased_ticket,
    forgotten,
)
from chalicelib.core.escalation import Person, Wish, ask, decide
from chalicelib.core.first_contact_resolution import came_back, inquiries
from chalicelib.core.ids import ContactId, CustomerId, FlowId
from chalicelib.core.legal_hold import HoldChange
from chalicelib.core.ticket import Note, TicketChange
from chalicelib.core.ticket_edit import TicketEdit, edit
from tests.core.records import a_handled_call, folded
from tests.given import MONDAY, a_contact, a_customer, a_ticket, later

WORD = "elephant"  # stands wherever a text may
# Texts that customers never write: ids, names of ours, what admins and flows are made of.
OURS = {
    "AssistantSessionStarted": {"assistant", "session_arn"},
    "BlockExecuted": {"flow_id", "block_id", "block_type", "branch", "next_block_id"},
    "CallbackCancelled": {"by"},
    "ContactConnected": {"username", "agent_name", "routing_profile_name", "hierarchy", "line"},
    "ContactDisconnected": {"was_in"},
    "ContactErased": {"by"},
    "ContactInitiated": {"system_endpoint"},
    "ContactOffered": {"why", "username", "agent_name"},
    "ContactQueued": {"queue_name", "criteria", "moved_by"},
    "ContactTransferred": {"target", "by", "endpoint"},  # where to, which is not the customer
    "AfterContactWorkEnded": {"disposition", "ticket_status", "feedback"},
    "FlowStarted": {"flow_name", "flow_type", "chosen"},
    "LegalHoldChanged": {"by"},
    "PlaceAnnounced": {"why", "moved_by"},
    "RecordingPlayed": {"segment", "username"},
    "RecordingStored": {"segment", "bucket", "key", "sha256"},
    "RoutingCriteriaSet": {"criteria"},
    "RoutingStepExpired": {"wanted"},
    "TranscriptStored": {"bucket", "key"},
}
KINDS: tuple[type, ...] = get_args(e.ContactEvent.__value__)


def filled(kind: Any) -> Any:
    """A value of this type in which every text is the word."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return filled(next(each for each in args if each is not NoneType))
    if origin is tuple:
        return (filled(args[0]),)
    if origin is not None and issubclass(origin, Mapping):
        return {WORD: WORD}
    if hasattr(kind, "__supertype__"):
        return kind("id")
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{f.name: filled(hints[f.name]) for f in dataclasses.fields(kind)})  # type: ignore[operator]  # a class
    if issubclass(kind, Enum):
        return next(iter(kind))
    return {str: WORD, int: 1, bool: False, float: 1.0, datetime: MONDAY}[kind]


def texts(value: object) -> set[str]:
    """The names of the fields in which the word still is."""
    assert dataclasses.is_dataclass(value)
    return {f.name for f in dataclasses.fields(value) if WORD in repr(getattr(value, f.name))}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_of_any_fact_only_the_texts_are_left_that_are_ours(kind: type) -> None:
    """A kind of fact that is new, or a field, is decided about here, or this fails."""
    fact = e.Fact(contact_id=ContactId("c-1"), seq=1, at=MONDAY, event=filled(kind))

    left = erased_fact(fact)

    assert texts(left.event) - {"flow_id"} == OURS.get(kind.__name__, set()) - {"flow_id"}
    assert (left.seq, left.at, type(left.event)) == (1, MONDAY, kind)
    assert erased_fact(left) == left


def test_the_record_of_an_erased_contact_says_how_long_and_not_who() -> None:
    """Nor where a recording lies, since it does not."""
    facts = a_handled_call()
    whole = fold(facts, instance_arn="arn")
    after = [erased_fact(fact) for fact in facts]
    last = e.Fact(
        contact_id=facts[0].contact_id,
        seq=len(facts) + 1,
        at=later(days=1),
        event=e.ContactErased(by="root"),
    )

    record = fold([*after, last], instance_arn="arn")

    assert record is not None
    assert whole is not None
    assert (record.customer_endpoint, record.attributes) == (None, {})
    assert (record.recordings, record.transcript) == ((), None)
    assert (record.agent, record.queue) == (whole.agent, whole.queue)
    assert record.disconnected_at == whole.disconnected_at


BLOCK = e.BlockExecuted(
    flow_id=FlowId("f"), flow_version=1, block_id="b", block_type="UpdateContactAttributes"
)


def a_call_about(contact_id: str, day: int, *events: e.ContactEvent) -> list[e.Fact]:
    """On that day, during which a flow or an agent said this."""
    first, *others = a_handled_call()
    told = [(first.at, first.event), *((first.at, event) for event in events)]
    told += [(fact.at, fact.event) for fact in others]
    return [
        e.Fact(contact_id=ContactId(contact_id), seq=n, at=at + timedelta(days=day), event=event)
        for n, (at, event) in enumerate(told, start=1)
    ]


def test_whoever_came_back_for_the_same_thing_still_did_when_erased() -> None:
    """And only they: agents are paid by first contact resolution. What the thing was nobody
    knows any more."""
    calls = [
        a_call_about("c-1", 0, e.AttributesUpdated(attributes={"subject": "My elephant"})),
        a_call_about("c-2", 1, e.AttributesUpdated(attributes={"subject": "Ivory"})),
        a_call_about("c-3", 2, replace(BLOCK, changed={"$.Attributes.subject": " my Elephant "})),
    ]
    erased = [[erased_fact(fact) for fact in facts] for facts in calls]

    found = [inquiries(map(folded, each), resolving=["support"]) for each in (calls, erased)]

    assert [came_back(each) for each in found] == [{"c-1"}, {"c-1"}]
    assert not any(each.subject in ("my elephant", "ivory") for each in found[1])


def test_a_subject_that_was_taken_back_is_none_when_erased() -> None:
    """Then it is the queue, as it was."""
    said = [e.AttributesUpdated(attributes={"subject": word}) for word in (WORD, "")]

    facts = [erased_fact(fact) for fact in a_call_about("c-1", 0, *said)]

    assert folded(facts).subject == folded(a_handled_call()).subject


@pytest.mark.parametrize("named", ["CRM 4711", "+12025550123"])
def test_whom_flows_named_alike_is_one_customer_when_erased(named: str) -> None:
    """Also where the name of theirs says who it was."""
    calls = [
        a_call_about(each, 0, e.DetailsUpdated(details={"CustomerId": who}))
        for each, who in (("c-1", named), ("c-2", named), ("c-3", f"{named}5"))
    ]

    first, again, other = (folded([erased_fact(fact) for fact in facts]) for facts in calls)

    assert first.customer_id == again.customer_id != other.customer_id
    assert named not in str(first.customer_id)


@pytest.mark.parametrize("ours", [customer_id_for("+12025550123"), "C-0000017"])
def test_an_id_of_ours_that_a_flow_named_stays(ours: str) -> None:
    """Made or imported; it is that of contacts for which no flow named one."""
    facts = a_call_about("c-1", 0, e.DetailsUpdated(details={"CustomerId": ours}))

    assert folded([erased_fact(fact) for fact in facts]).customer_id == ours


def test_an_erased_contact_keeps_ids_and_times_only() -> None:
    contact = a_contact(state=ContactState.COMPLETED, customer_id=CustomerId("C-ana"))

    erased = Change.of(contact).then(e.ContactErased(by="root"), later(days=1)).after

    assert (erased.customer_endpoint, erased.customer.name, erased.recordings) == (None, None, ())
    assert (erased.customer_id, erased.agent, erased.queue) == (
        contact.customer_id,
        contact.agent,
        contact.queue,
    )
    assert erased.is_erased


def test_a_forgotten_customer_is_an_id_and_who_forgot_it() -> None:
    hold = HoldChange(is_held=False, by="root", at=MONDAY, reason="settled")
    customer = a_customer(attributes={"a": "1"}, absorbed=("C-b",), holds=(hold,), version=4)

    left = forgotten(customer, at=later(days=1), by="root")

    assert (left.name, left.phones, left.emails, left.attributes) == ("", (), (), {})
    assert (left.customer_id, left.absorbed, left.holds, left.version) == (
        "C-ana",
        ("C-b",),
        (hold,),
        4,
    )
    assert left.erasure is not None
    assert (left.erasure.by, left.erasure.at) == ("root", later(days=1))
    assert forgotten(left, at=later(days=2), by="sue") == left


def test_an_erased_ticket_keeps_its_state_and_its_moments() -> None:
    ticket = a_ticket(details={"pet": WORD}, owner="ben")
    ticket = edit(ticket, TicketEdit(subject=f"An {WORD}"), version=1, at=MONDAY, by="ben")

    erased = erased_ticket(ticket, at=later(days=1), by="root")
    lines = [erased_change(line) for line in ticket.history]

    assert (erased.subject, erased.details, erased.version) == (ERASED, {}, 3)
    assert (erased.status, erased.owner, erased.created_at) == (ticket.status, "ben", MONDAY)
    assert [line.change for line in lines] == ["created as open, owner ben", "subject changed"]
    assert erased_note(Note(note_id="n", at=MONDAY, by="ben", text=WORD)).text == ERASED


def test_what_was_asked_for_and_decided_stays_and_the_reasons_go() -> None:
    """Neither why somebody wanted it, nor why it was granted or refused."""
    wish = Wish(action="refund", amount=Decimal(600), currency="USD", reason=f"Ana: {WORD}")
    ladder = Authority(
        action="refund", currency="USD", steps=(Step("agent", Decimal(500)), Step("supervisor"))
    )
    ben = Person(username="ben", roles=frozenset({"agent"}))
    sue = Person(username="sue", roles=frozenset({"supervisor"}))
    own = ask(a_ticket(), wish, ladder, sue, version=1, at=MONDAY)
    lines = [own.history[-1]]
    for is_granted in (True, False):
        asked = ask(a_ticket(), wish, ladder, ben, version=1, at=MONDAY)
        why = f"refused: {WORD}"
        decided = decide(
            asked, [ladder], sue, is_granted=is_granted, reason=why, version=2, at=MONDAY
        )
        lines += [asked.history[-1], decided.history[-1]]

    assert [erased_change(line).change for line in lines] == [
        "refund of 600 USD granted by own authority",
        "refund of 600 USD escalated to supervisor",
        "refund of 600 USD granted",
        "refund of 600 USD escalated to supervisor",
        "refund of 600 USD refused",
    ]


@pytest.mark.parametrize("change", ["owner ben → cleo", "not asked by mail: no address"])
def test_a_line_of_history_that_repeats_nothing_stays(change: str) -> None:
    line = TicketChange(version=2, at=MONDAY, by="ben", change=change)

    assert erased_change(line) == line
