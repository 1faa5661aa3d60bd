"""What sentences mean: the intent, how surely, which values, and why."""

from __future__ import annotations

import time

import pytest

from chalicelib.core.bots import understand
from tests.core.bots.given import MONDAY, a_bot


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("book a flight", "Book"),
        ("Could you please book me a room?", "Book"),
        ("BOOKING a PLANE", "Book"),
        ("book a fligt", "Book"),
        ("I'd like to book an aeroplan", "Book"),
        ("this is outragous", "Complain"),
        ("I want to make a complaint, I want to complain", "Complain"),
        ("call me back", "CallBack"),
    ],
)
def test_an_intent_is_found_behind_polite_words_endings_and_slips(said: str, intent: str) -> None:
    assert intent == understand(a_bot(), said, MONDAY)[0].intent


@pytest.mark.parametrize(
    "said",
    ["", "…", "purple monkey dishwasher", "what is the weather like", "I want to", "?!", "99"],
)
def test_what_means_nothing_here_is_no_intent(said: str) -> None:
    """Better to ask again than to send somebody to the wrong place."""
    assert [] == understand(a_bot(), said, MONDAY)


def test_accents_and_case_do_not_count() -> None:
    bot = a_bot(
        languages=["vi-VN"],
        keys={},
        intents={"Sales": {"utterances": ["bán hàng"]}, "Hours": {"utterances": ["giờ mở cửa"]}},
    )

    for said in ("bán hàng", "ban hang", "BÁN HÀNG"):
        assert "Sales" == understand(bot, said, MONDAY)[0].intent
    assert "Hours" == understand(bot, "gio mo cua", MONDAY)[0].intent


def test_a_find_says_why_and_what_was_said_with_it() -> None:
    found = understand(a_bot(), "please book a plane on tuesday", MONDAY)[0]

    assert "book a {what} on {when}" == found.because
    assert {"what": "flight", "when": "2026-03-03"} == found.slots
    assert 0.9 < found.score <= 1


def test_who_says_more_of_an_utterance_is_understood_more_surely() -> None:
    bot = a_bot()
    exact, wordy = (
        understand(bot, said, MONDAY)[0].score
        for said in ("book a flight", "my aunt wrote yesterday that I book a flight to Rome")
    )

    assert exact > wordy > 0.5


def test_free_text_is_what_nothing_else_has_taken() -> None:
    found = understand(a_bot(), "Hello, my name is Ana Maria Silva", MONDAY)[0]

    assert ("Name", "ana maria silva") == (found.intent, found.slots["name"].removeprefix("hello "))


def test_the_same_sentence_means_the_same_every_time() -> None:
    bot = a_bot()

    assert 1 == len({str(understand(bot, "book a room on friday", MONDAY)) for _ in range(20)})


def test_a_sentence_is_understood_in_a_few_milliseconds() -> None:
    """Even in a bot of a hundred intents, and a long one."""
    intents = {
        f"Topic{n}": {"utterances": [f"something about topic{n} and more", f"word{n}"]}
        for n in range(100)
    }
    bot = a_bot(intents=intents, keys={})
    understand(bot, "warm up with word7", MONDAY)
    began = time.process_time()
    found = understand(bot, "well I have a long question about many things and word42", MONDAY)

    assert "Topic42" == found[0].intent
    assert time.process_time() - began < 0.1
