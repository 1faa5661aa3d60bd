"""What PocketSphinx makes out of a voice."""

from __future__ import annotations

from collections import Counter
from itertools import product

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
WORDS = (
    "sales",
    "order",
    "purchase",
    "support",
    "repair",
    "problem",
    "billing",
    "invoice",
    "refund",
    "opening hours",
    "new order",
    "press two",
)
OTHERS = (
    "the weather is nice today",
    "hello how are you",
    "pepperoni pizza",
    "banana",
    "what time is it",
    "my name is john",
    "i do not know",
    "good morning",
    "purple monkey",
    "seventeen elephants",
    "where is the station",
    "can i have some water",
)
VOICES = ("Joanna", "Matthew")
HINTS = begin(read_bots(FLOWS / "bots")["main-menu"], language="en-US").hints


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(
    "text", ["sales", "support", "billing", "opening hours", "two", "new order"]
)
def test_the_words_of_our_menu_are_made_out(text: str, voice: str) -> None:
    heard = PocketSphinxHearing().words(samples(text, voice=voice), hints=HINTS, language="en-US")

    assert text == heard.text
    assert heard.confidence >= LEAST_CONFIDENCE


def test_most_words_are_made_out_and_most_others_refused() -> None:
    """A grammar always finds something; how surely is what counts. Nearly nobody is sent wrong."""
    ear = PocketSphinxHearing()

    def outcome(said: tuple[str, str]) -> str:
        text, voice = said
        heard = ear.words(samples(text, voice=voice), hints=HINTS, language="en-US")
        is_sure = heard.confidence >= LEAST_CONFIDENCE
        return "refused" if not is_sure else "right" if heard.text == text else "wrong"

    words = Counter(map(outcome, product(WORDS, VOICES)))
    others = Counter(map(outcome, product(OTHERS, VOICES)))

    assert words["right"] >= 0.9 * words.total(), words
    assert words["wrong"] <= 0.1 * words.total(), words
    assert others["refused"] >= 0.5 * others.total(), others


def test_a_voice_is_heard_alike_whoever_spoke_before_and_however_long_the_line_was_quiet() -> None:
    ear = PocketSphinxHearing()
    billing = samples("billing")
    first = ear.words(billing, hints=HINTS, language="en-US")

    for text in ("sales", "pepperoni pizza"):
        ear.words(samples(text, voice="Matthew"), hints=HINTS, language="en-US")

    assert first == ear.words(billing, hints=HINTS, language="en-US")
    waited = bytes(32_000) + billing + bytes(32_000)
    assert ear.words(waited, hints=HINTS, language="en-US").confidence >= LEAST_CONFIDENCE


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
