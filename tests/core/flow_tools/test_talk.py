"""Bots in rehearsed conversations: the very ones that callers speak with."""

from __future__ import annotations

import pytest

from chalicelib.core.bots import Bot, read_bot
from chalicelib.core.flow import parse
from chalicelib.core.flow_tools.center import Answer, Center, published
from chalicelib.core.flow_tools.rehearsal import Rehearsal
from tests.core.bots.given import TRAVEL
from tests.given import MONDAY
from tests.services.test_bots import flow


@pytest.fixture
def rehearsal() -> Rehearsal:
    bots: dict[str, Bot] = {"travel": read_bot(TRAVEL)}
    center = Center(bots=bots).publish([published("Bot", "CONTACT_FLOW", parse(flow()))])
    return Rehearsal(center, at=MONDAY)


def begin(rehearsal: Rehearsal) -> None:
    found = rehearsal.center.flow("Bot")
    assert found is not None
    rehearsal.begins(found)


def test_a_bot_asks_until_it_knows(rehearsal: Rehearsal) -> None:
    begin(rehearsal)
    assert rehearsal.enters("I'd like to book a room")
    assert ["When?"] == rehearsal.heard
    rehearsal.enters("tomorrow")
    rehearsal.enters("2")
    assert ["A hotel on 2026-03-03 for 2, right?"] == rehearsal.heard
    rehearsal.enters("yes")

    assert "Booked for 2026-03-03." in rehearsal.heard
    assert "queued in Sales" == rehearsal.state


def test_silence_makes_it_ask_again_and_give_up(rehearsal: Rehearsal) -> None:
    begin(rehearsal)
    assert rehearsal.is_silent()
    assert ["Sorry? What can I do for you?"] == rehearsal.heard
    rehearsal.waits(2)
    assert [] == rehearsal.heard
    rehearsal.waits(20)

    assert "Sorry." in rehearsal.heard
    assert "disconnected" == rehearsal.state


def test_who_hung_up_is_asked_nothing(rehearsal: Rehearsal) -> None:
    begin(rehearsal)
    rehearsal.hangs_up()

    assert not rehearsal.enters("book a room") or not rehearsal.is_connected
    assert "disconnected" == rehearsal.state


def test_a_bot_that_is_not_there_is_the_error_branch() -> None:
    center = Center(bots={"other": read_bot({**TRAVEL, "name": "other"})})
    center.publish([published("Bot", "CONTACT_FLOW", parse(flow()))])
    rehearsal = Rehearsal(center, at=MONDAY)
    begin(rehearsal)

    assert "Sorry." in rehearsal.heard
    assert "NoMatchingError" in [block.branch for block in rehearsal.trace]


def test_an_answer_that_is_known_ends_the_talk(rehearsal: Rehearsal) -> None:
    """As when a recorded contact is run again: what the bot found then is found now."""
    begin(rehearsal)
    assert rehearsal.answers(Answer("Complain"))

    assert "queued in Support" == rehearsal.state
    assert not rehearsal.enters("book a room")
