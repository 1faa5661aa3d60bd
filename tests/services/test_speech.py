"""Callers who speak."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chalicelib.core.bots import UNCLEAR, read_bot
from chalicelib.core.errors import Denied, Rejected
from chalicelib.core.identity import Unidentified
from chalicelib.core.ids import ContactId
from chalicelib.services.bot_ports import Heard
from chalicelib.services.flows import Started
from chalicelib.services.ports import Unavailable
from chalicelib.services.speech import BYTES_A_SECOND, SpeechService
from tests.core.bots.given import TRAVEL
from tests.fakes.world import FakeHearing
from tests.house import House
from tests.services.test_bots import branch, flow, listens

A_SECOND = bytes(BYTES_A_SECOND)


@pytest.fixture
def house() -> House:
    house = House()
    house.bots.save(read_bot(TRAVEL), TRAVEL)
    house.publish("Bot", flow())
    return house


def service(house: House, text: str, confidence: float = 0.9) -> tuple[SpeechService, FakeHearing]:
    hearing = FakeHearing(Heard(text, confidence))
    return SpeechService(house.chat.contact_of, hearing, house.flows), hearing


def wait(house: House, started: Started) -> int:
    awaited = house.contact(started.contact_id).session.wait
    assert awaited is not None
    return awaited.number


def test_what_was_heard_answers_the_question(house: House) -> None:
    """The recogniser is told what may be said."""
    started = house.starts("Bot")
    hints = listens(house, started.contact_id).hints
    speech, hearing = service(house, "this is outrageous")
    understood = speech.hear(
        started.participant_token, started.contact_id, wait(house, started), A_SECOND
    )

    assert ("this is outrageous", 0.9) == (understood.text, understood.confidence)
    assert "Equals Complain" == branch(house, started.contact_id)
    assert hints == hearing.hints


@pytest.mark.parametrize(("text", "confidence"), [("", 0.0), ("this is outrageous", 0.3)])
def test_what_nobody_can_make_out_is_asked_for_again(
    house: House, text: str, confidence: float
) -> None:
    """It is no silence: somebody spoke."""
    started = house.starts("Bot")
    speech, _ = service(house, text, confidence)
    understood = speech.hear(
        started.participant_token, started.contact_id, wait(house, started), A_SECOND
    )

    assert UNCLEAR == understood.text
    prompt = listens(house, started.contact_id).prompt
    assert prompt is not None
    assert "Sorry? What can I do for you?" == prompt.text


def test_where_nobody_can_listen_the_flow_asks_again(house: House) -> None:
    """Its keys are as good; a call is never dropped for want of an ear."""

    class Deaf(FakeHearing):
        def words(self, samples: bytes, *, hints: Sequence[str], language: str) -> Heard:
            raise Unavailable("nobody listens")

    started = house.starts("Bot")
    speech = SpeechService(house.chat.contact_of, Deaf(Heard("")), house.flows)
    understood = speech.hear(
        started.participant_token, started.contact_id, wait(house, started), A_SECOND
    )

    assert UNCLEAR == understood.text
    assert listens(house, started.contact_id).prompt is not None


def test_an_answer_to_an_earlier_question_is_not_even_listened_to(house: House) -> None:
    started = house.starts("Bot")
    speech, hearing = service(house, "this is outrageous")
    understood = speech.hear(
        started.participant_token, started.contact_id, wait(house, started) - 1, A_SECOND
    )

    assert understood.text is None
    assert () == hearing.hints


def test_only_the_caller_may_speak(house: House) -> None:
    started, other = house.starts("Bot"), house.starts("Bot")
    speech, _ = service(house, "this is outrageous")

    with pytest.raises(Denied):
        speech.hear(other.participant_token, started.contact_id, 1, A_SECOND)
    with pytest.raises(Unidentified):
        speech.hear("c.p.wrong", ContactId("c"), 1, A_SECOND)


@pytest.mark.parametrize("samples", [b"", A_SECOND * 17])
def test_nothing_and_too_much_are_refused(house: House, samples: bytes) -> None:
    started = house.starts("Bot")
    speech, _ = service(house, "")

    with pytest.raises(Rejected, match="at most 16 s"):
        speech.hear(started.participant_token, started.contact_id, 1, samples)
