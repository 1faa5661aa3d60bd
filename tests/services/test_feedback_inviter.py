"""Invitations under trouble: services that are away, workers that die, tickets without anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.customer import Customer, Erasure
from chalicelib.core.feedback import Way
from chalicelib.core.ticket import TicketStatus
from chalicelib.core.ticket_edit import TicketEdit
from chalicelib.services.feedback_inviter import Letterhead
from chalicelib.services.messaging import Email, Undeliverable
from chalicelib.services.ports import Unavailable
from chalicelib.services.ticket_notices import MOST_AT_ONCE
from tests.given import MONDAY, a_contact, a_customer
from tests.services.asking_customers import ANA, AT_WORK, Asking


@pytest.fixture
def center() -> Asking:
    return Asking()


def test_while_no_mail_can_be_sent_it_is_tried_every_minute(center: Asking) -> None:
    """And the customer who got none has no quiet month for it."""
    ticket = center.closes(Way.MAIL)
    center.messenger.is_down = True
    center.sweeps(AT_WORK)
    assert (center.invitations, center.now(ticket).feedback) == ([], Way.MAIL)

    center.messenger.is_down = False
    center.sweeps(AT_WORK + timedelta(minutes=1))

    assert len(center.mails) == 1


def test_while_no_mail_can_be_sent_owners_are_told_all_the_same(
    center: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many customers wait for a mail, and without trying each of them."""
    for _ in range(MOST_AT_ONCE):
        center.closes(Way.MAIL)
    center.opens(AT_WORK, status=TicketStatus.FOLLOW_UP, due_at=AT_WORK + timedelta(minutes=1))
    tried: list[Email] = []

    def is_down(email: Email) -> None:
        tried.append(email)
        raise Unavailable("messages cannot be sent")

    monkeypatch.setattr(center.messenger, "send_email", is_down)
    center.house.at = AT_WORK + timedelta(minutes=1)
    center.notices.run()

    assert (len(center.tasks), len(tried)) == (1, 1)


def test_after_a_day_in_vain_nobody_is_asked_any_more(center: Asking) -> None:
    ticket = center.closes(Way.MAIL)

    center.sweeps(AT_WORK + timedelta(days=1, seconds=1))

    assert (center.mails, center.told(ticket)) == (
        [],
        "not asked by mail: nobody could be asked for a day",
    )


def test_an_address_that_takes_nothing_is_no_invitation(
    center: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(email: Email) -> None:
        raise Undeliverable("the message was refused: MessageRejected", field="message")

    ticket = center.closes(Way.MAIL)
    monkeypatch.setattr(center.messenger, "send_email", refuse)

    center.sweeps(AT_WORK)

    assert (center.invitations, center.told(ticket)) == (
        [],
        "not asked by mail: the message was refused",
    )


def test_a_worker_that_dies_in_the_act_leads_to_no_second_mail(
    center: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather none than two: what it had sent, nobody knows."""

    class Killed(BaseException):
        pass

    def die(email: Email) -> None:
        raise Killed

    ticket = center.closes(Way.MAIL)
    with monkeypatch.context() as patch:
        patch.setattr(center.messenger, "send_email", die)
        with pytest.raises(Killed):
            center.notices.run()

    center.sweeps(AT_WORK + timedelta(minutes=1))

    assert (center.mails, len(center.invitations)) == ([], 1)
    assert center.now(ticket).feedback is None


def test_a_worker_that_dies_in_the_act_leads_to_one_call(
    center: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call is the same however often it is made."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    center.closes(Way.CALL)
    for target, name in ((center.planner, "make"), (center.house.tickets, "save")):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, die)
            with pytest.raises(Killed):
                center.notices.run()

    center.sweeps(AT_WORK + timedelta(minutes=1))

    assert (len(center.calls), len(center.invitations)) == (1, 1)


def test_a_ticket_opened_and_closed_again_asks_anew_and_finds_the_customer_quiet(
    center: Asking,
) -> None:
    ticket = center.closes(Way.MAIL)
    center.sweeps(AT_WORK)
    for status, feedback in ((TicketStatus.OPEN, None), (TicketStatus.CLOSED, Way.MAIL)):
        center.house.at += timedelta(hours=1)
        wanted = TicketEdit(status=status, feedback=feedback)
        version = center.now(ticket).version
        center.tickets.update(ticket.ticket_id, wanted, version=version, by="ben")

    center.sweeps(center.house.at)

    assert len(center.mails) == 1
    assert center.told(ticket).endswith("asked less than 30 days ago")


@pytest.mark.parametrize(
    ("customer", "way", "why"),
    [
        (a_customer(emails=()), Way.MAIL, "no e-mail address is known"),
        (a_customer(phones=()), Way.CALL, "no telephone number is known"),
        (a_customer(erasure=Erasure(at=MONDAY, by="root")), Way.CALL, "the customer was forgotten"),
    ],
)
def test_the_history_says_why_nobody_was_asked(
    center: Asking, customer: Customer, way: Way, why: str
) -> None:
    center.house.customers.customers[ANA] = customer
    ticket = center.closes(way)

    center.sweeps(AT_WORK)

    assert center.told(ticket) == f"not asked by {way}: {why}"
    assert (center.mails, center.calls, center.invitations) == ([], [], [])


def test_a_ticket_without_a_customer_asks_nobody(center: Asking) -> None:
    ticket = center.closes(Way.MAIL, customer_id=None)

    center.sweeps(AT_WORK)

    assert center.told(ticket) == "not asked by mail: no customer is known"


def test_a_center_without_an_address_or_a_flow_asks_nobody(center: Asking) -> None:
    center.notices._inviter = center.inviting(Letterhead(sender="", form_url="https://a.example"))
    known = center.house.center.configuration
    center.house.center.configuration = replace(known, flows=())
    mail, call = center.closes(Way.MAIL), center.closes(Way.CALL)

    center.sweeps(AT_WORK)

    assert center.told(mail).endswith("no address that it writes from")
    assert center.told(call).endswith("no flow that asks")
    assert center.invitations == []


def test_the_invitation_counts_for_the_last_agent_queue_and_reason(center: Asking) -> None:
    """Those of the ticket's last contact that an agent had."""
    contact = a_contact("c-1", customer_id=ANA, disposition="solved")
    center.house.contacts.contacts[contact.contact_id] = contact
    center.closes(Way.MAIL, contact_id=contact.contact_id, owner="cleo")

    center.sweeps(AT_WORK)

    (invitation,) = center.invitations
    assert contact.agent is not None
    assert contact.queue is not None
    assert (invitation.agent, invitation.queue_id, invitation.reason) == (
        contact.agent.username,
        contact.queue.queue_id,
        "solved",
    )


def test_without_a_contact_it_counts_for_the_owner(center: Asking) -> None:
    center.closes(Way.MAIL, owner="cleo")

    center.sweeps(AT_WORK)

    (invitation,) = center.invitations
    assert (invitation.agent, invitation.agent_name, invitation.queue_id) == (
        "cleo",
        "Cleo Park",
        "",
    )
