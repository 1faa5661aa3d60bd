"""Scenario 22: a ticket is closed, and its customer is asked, once, by mail or by a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.center import PracticeOutcome
from chalicelib.core.errors import Denied, Rejected
from chalicelib.core.feedback import Way
from chalicelib.services.ports import Timer
from tests.given import later
from tests.services.asking_customers import ANA, AT_WORK, Asking

FORM = {"service": "4", "solution": "5"}
EVENING = datetime(2026, 3, 3, 1, 58, tzinfo=UTC)  # 20:58 where Ana's number is
MORNING = datetime(2026, 3, 3, 13, tzinfo=UTC)  # 08:00 there


@pytest.fixture
def center() -> Asking:
    return Asking()


def sends(center: Asking, form: Mapping[str, str] = FORM) -> bool:
    return center.house.feedback.take(center.token(), form)


# --- by mail --------------------------------------------------------------------------------------


def test_a_ticket_closed_with_mail_leads_to_one_invitation(center: Asking) -> None:
    """However often the sweep comes; the ticket's history says so."""
    ticket = center.closes(Way.MAIL)

    for minutes in range(5):
        center.sweeps(AT_WORK + timedelta(minutes=minutes))

    (mail,) = center.messenger.emails
    assert (mail.to, mail.sender) == ("ana@example.com", "feedback@acme.example")
    assert center.told(ticket) == "asked for feedback by mail"


def test_a_ticket_closed_without_the_tick_asks_nobody(center: Asking) -> None:
    center.closes(None)

    center.sweeps(AT_WORK)

    assert (center.mails, center.invitations) == ([], [])


def test_looking_at_the_page_records_nothing_and_sending_records_4_and_5(center: Asking) -> None:
    """Mail programs, scanners and people look as often as they like."""
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)
    before = center.invitations

    for _ in range(100):
        assert center.house.feedback.is_open(center.token())
    assert center.invitations == before
    assert center.house.lake.bodies == {}

    assert sends(center)
    (answers,) = center.answers
    assert (answers.service, answers.solution, answers.way) == (4, 5, Way.MAIL)


def test_sending_again_keeps_both_and_the_newest_counts(center: Asking) -> None:
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)

    sends(center)
    sends(center, {"service": "1"})

    assert [(a.service, a.solution) for a in center.answers] == [(4, 5), (1, None)]
    results = center.house.feedback.results(AT_WORK.date(), AT_WORK.date())
    assert (results.all.invited, results.all.answered, results.all.partial) == (1, 1, 1)
    assert (results.all.service.total, results.all.solution.count) == (1, 0)


# --- by call --------------------------------------------------------------------------------------


def test_a_call_asks_two_questions(center: Asking) -> None:
    center.closes(Way.CALL)
    center.sweeps(AT_WORK)
    call = center.picks_up()

    assert "person who helped you" in center.hears(call)
    assert "what came of your request" in center.presses(call, "4")
    center.presses(call, "5")
    center.hangs_up(call)

    (answers,) = center.answers
    assert (answers.service, answers.solution, answers.way) == (4, 5, Way.CALL)


def test_keys_are_taken_as_the_carrier_reports_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, though every report comes twice."""
    center = Asking(presses="45")
    clock = center.house.alarm_clock
    ring = clock.ring

    def twice(timer: Timer) -> None:
        ring(timer)
        ring(timer)

    monkeypatch.setattr(clock, "ring", twice)
    center.closes(Way.CALL)
    center.sweeps(AT_WORK)
    (call,) = center.calls
    for seconds in (1, 2, 1, 8):  # it begins, is answered, and two keys are pressed
        center.passes(seconds)
    center.hangs_up(call)

    (answers,) = center.answers
    assert (answers.service, answers.solution) == (4, 5)


@pytest.mark.parametrize("key", ["8", "0", "6", "*"])
def test_key_8_is_asked_again(center: Asking, key: str) -> None:
    center.closes(Way.CALL)
    center.sweeps(AT_WORK)
    call = center.picks_up()

    center.presses(call, key)
    center.presses(call, "3")
    center.hangs_up(call)

    (answers,) = center.answers
    assert answers.service == 3


def test_a_hang_up_after_the_first_answer_keeps_it_as_partial(center: Asking) -> None:
    center.closes(Way.CALL)
    center.sweeps(AT_WORK)
    call = center.picks_up()

    center.presses(call, "4")
    center.hangs_up(call)

    (answers,) = center.answers
    assert (answers.service, answers.solution, answers.is_partial) == (4, None, True)


def test_a_hang_up_before_the_first_answer_is_no_answer(center: Asking) -> None:
    center.closes(Way.CALL)
    center.sweeps(AT_WORK)

    center.hangs_up(center.picks_up())

    assert center.answers == ()


def test_the_end_of_a_call_told_twice_is_one_answer(center: Asking) -> None:
    center.closes(Way.CALL)
    center.sweeps(AT_WORK)
    call = center.picks_up()
    center.presses(call, "4")
    center.hangs_up(call)

    center.house.feedback.take_call(center.house.contact(call.contact_id))

    assert len(center.answers) == 1


def test_nobody_is_called_at_night(center: Asking) -> None:
    """Closed shortly before nine in the evening where the number is: called at eight."""
    center.closes(Way.CALL, at=EVENING)
    center.sweeps(EVENING)

    (call,) = center.calls

    assert call.plan is not None
    assert call.plan.begins_at == MORNING


def test_nobody_speaks_to_an_answering_machine() -> None:
    center = Asking(PracticeOutcome.MACHINE)
    center.closes(Way.CALL)
    center.sweeps(AT_WORK)

    call = center.picks_up()

    assert not call.state.is_live
    assert center.answers == ()


# --- whom nobody asks -----------------------------------------------------------------------------


def test_a_customer_who_opted_out_gets_no_invitation(center: Asking) -> None:
    center.house.feedback.set_wish(ANA, is_opted_out=True)
    ticket = center.closes(Way.MAIL)

    center.sweeps(AT_WORK)

    assert (center.mails, center.invitations) == ([], [])
    assert center.told(ticket) == "not asked by mail: the customer does not want to be asked"


def test_there_are_30_days_between_invitations(center: Asking) -> None:
    """Also when two tickets are closed in the same second, and by the other way."""
    for way in (Way.MAIL, Way.MAIL, Way.CALL):
        center.closes(way)
        center.sweeps(AT_WORK)
    center.closes(Way.MAIL, at=AT_WORK + timedelta(days=30, seconds=-1))
    center.sweeps(AT_WORK + timedelta(days=30, seconds=-1))
    assert (len(center.mails), center.calls) == (1, [])

    center.closes(Way.MAIL, at=AT_WORK + timedelta(days=30))
    center.sweeps(AT_WORK + timedelta(days=30))

    assert len(center.mails) == 2


def test_a_link_older_than_14_days_is_thanked_for_and_not_counted(center: Asking) -> None:
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)
    center.house.at = AT_WORK + timedelta(days=14, seconds=1)

    assert not center.house.feedback.is_open(center.token())
    assert not sends(center)

    assert center.answers == ()


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("F-2026", "F-2027"),
        lambda token: token.split(".")[0] + "." + "x" * 43,
        lambda token: token.split(".")[0],
        lambda token: token + " ",
        lambda token: "../" + token,
        lambda token: "",
    ],
)
def test_a_forged_token_is_denied_and_changes_nothing(
    center: Asking, forge: Callable[[str], str]
) -> None:
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)
    forged = forge(center.token())

    with pytest.raises(Denied):
        center.house.feedback.is_open(forged)
    with pytest.raises(Denied):
        center.house.feedback.take(forged, FORM)

    assert center.answers == ()


def test_whoever_asks_not_to_be_asked_again_is_not(center: Asking) -> None:
    """By the page itself, with marks or without."""
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)

    assert not sends(center, {"service": "", "optOut": "yes"})
    assert center.answers == ()

    center.closes(Way.MAIL, at=later(days=60))
    center.sweeps(later(days=60))
    assert len(center.mails) == 1


def test_a_form_with_nothing_in_it_is_refused_by_field(center: Asking) -> None:
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)

    for form, field in (
        ({}, "service"),
        ({"service": "8"}, "service"),
        ({"optOut": "1"}, "optOut"),
    ):
        with pytest.raises(Rejected) as refused:
            sends(center, form)
        assert refused.value.field == field
    assert center.answers == ()
