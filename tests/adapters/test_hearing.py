"""What PocketSphinx makes out of a voice."""

from __future__ import annotations

import pytest

from chalicelib.adapters.hearing import PocketSphinxHearing
from chalicelib.core.bots import NUMBER, begin, read_bot
from chalicelib.services.ports import Unavailable
from chalicelib.services.speech import LEAST_CONFIDENCE
from flows.files import read_bots
from tests.caller import FLOWS
from tests.core.bots.given import TRAVEL
from tests.spoken import samples

pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed")
HINTS = begin(read_bots(FLOWS / "bots")["main-menu"], language="en-US").hints


@pytest.mark.parametrize("voice", ["Joanna", "Matthew"])
@pytest.mark.parametrize(
    "text", ["sales", "support", "billing", "opening hours", "two", "new order"]
)
def test_the_words_of_our_menu_are_made_out(text: str, voice: str) -> None:
    heard = PocketSphinxHearing().words(samples(text, voice=voice), hints=HINTS, language="en-US")

    assert text == heard.text
    assert heard.confidence >= LEAST_CONFIDENCE


@pytest.mark.parametrize("text", ["the weather is nice today", "banana"])
def test_other_words_are_doubted(text: str) -> None:
    """A grammar always finds something; how surely is what counts."""
    heard = PocketSphinxHearing().words(samples(text), hints=HINTS, language="en-US")

    assert heard.confidence < LEAST_CONFIDENCE


def test_digits_are_made_out_one_by_one() -> None:
    heard = PocketSphinxHearing().words(samples("two three"), hints=(NUMBER,), language="en-US")

    assert ["two", "three"] == heard.text.split()


def test_silence_is_nothing() -> None:
    assert "" == PocketSphinxHearing().words(bytes(16_000), hints=("yes",), language="en-US").text


def test_what_cannot_be_learnt_is_told() -> None:
    """Another language, or words that no dictionary has."""
    hearing = PocketSphinxHearing()
    with pytest.raises(Unavailable):
        hearing.words(samples("hello"), hints=("xyzzyq",), language="en-US")
    with pytest.raises(Unavailable):
        hearing.words(samples("hello"), hints=("sales",), language="vi-VN")
    hints = begin(read_bot(TRAVEL), language="en-US").hints
    assert hearing.words(samples("call me back"), hints=hints, language="en-US").text
