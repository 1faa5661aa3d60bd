"""How a bot leads a conversation to its end, and how it gives up."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.bots import FALLBACK, NUMBER, Closed, Listening, State, begin, hear
from tests.core.bots.given import MONDAY, a_bot, talk


def test_it_asks_for_what_is_missing_confirms_and_is_done() -> None:
    bot = a_bot()
    turn = talk(bot, "book a room")
    assert isinstance(turn, Listening)
    assert "When?" == turn.says

    turn = talk(bot, "book a room", "tomorrow", "2")
    assert isinstance(turn, Listening)
    assert "A hotel on 2026-03-03 for 2, right?" == turn.says

    turn = talk(bot, "book a room", "tomorrow", "2", "yes")
    assert isinstance(turn, Closed)
    assert turn.is_fulfilled
    assert "Booked for 2026-03-03." == turn.says
    assert ("Book", {"what": "hotel", "when": "2026-03-03", "people": "2"}) == (
        turn.intent,
        turn.state.slots,
    )


def test_who_says_everything_at_once_is_not_asked_for_it() -> None:
    turn = talk(a_bot(), "call me back at +12025550123")

    assert isinstance(turn, Closed)
    assert {"number": "+12025550123"} == turn.state.slots


def test_who_says_no_begins_again() -> None:
    turn = talk(a_bot(), "book a room tomorrow", "2", "no")

    assert isinstance(turn, Listening)
    assert "Then once more. What can I do for you?" == turn.says
    assert {} == turn.state.slots


def test_it_asks_again_so_often_and_then_falls_back() -> None:
    bot = a_bot()
    turn = talk(bot, "gibberish", "gibberish")
    assert isinstance(turn, Listening)
    assert "Sorry? What can I do for you?" == turn.says

    turn = talk(bot, "gibberish", "gibberish", "gibberish")
    assert isinstance(turn, Closed)
    assert (FALLBACK, False, False) == (turn.intent, turn.is_fulfilled, turn.is_silent)


def test_a_slot_has_patience_of_its_own() -> None:
    turn = talk(a_bot(), "book a room", "whenever")
    assert isinstance(turn, Listening)
    assert "Sorry? When?" == turn.says

    assert isinstance(talk(a_bot(), "book a room", "whenever", "dunno"), Closed)


def test_an_answer_that_is_another_wish_is_followed() -> None:
    """As Amazon Lex does."""
    turn = talk(a_bot(), "book a room", "this is outrageous")

    assert isinstance(turn, Closed)
    assert "Complain" == turn.intent


def test_three_silences_end_it_and_a_word_between_them_does_not_count() -> None:
    turn = talk(a_bot(), "", "gibberish", "", "")
    assert isinstance(turn, Listening)
    turn = talk(a_bot(), "", "", "")
    assert isinstance(turn, Closed)
    assert turn.is_silent


def test_a_key_stands_for_its_intent() -> None:
    turn = talk(a_bot(), "2")

    assert isinstance(turn, Listening)
    assert ("CallBack", "Which number?") == (turn.state.intent, turn.says)


def test_of_keys_typed_too_fast_the_first_counts() -> None:
    assert talk(a_bot(), "2").state == talk(a_bot(), "21#").state


def test_a_number_is_typed_to_its_end() -> None:
    turn = talk(a_bot(), "2", "2025550123#")

    assert isinstance(turn, Closed)
    assert {"number": "2025550123"} == turn.state.slots


def test_it_speaks_the_callers_language() -> None:
    turn = talk(a_bot(), "", language="de-AT")

    assert isinstance(turn, Listening)
    assert "Wie bitte? Was kann ich tun?" == turn.says


def test_a_recogniser_is_told_what_may_be_said() -> None:
    bot = a_bot()
    first = begin(bot, language="en-US").hints
    assert {"call me back", "book a flight", "book a room"} <= set(first)
    assert not [hint for hint in first if "name" in hint]  # free text cannot be foreseen

    asked = talk(bot, "2")
    assert isinstance(asked, Listening)
    assert ((NUMBER,), 15) == (asked.hints, asked.most_keys)


def test_a_conversation_survives_being_written_down() -> None:
    state = talk(a_bot(), "book a room").state

    assert state == State.recalled(json.loads(json.dumps(state.memory)))


def test_a_bot_that_was_changed_in_between_goes_on_with_what_it_still_has() -> None:
    state = talk(a_bot(), "book a room").state
    changed = a_bot(intents={"Complain": {"utterances": ["complain"]}}, keys={})

    turn = hear(changed, state, "complain", today=MONDAY)
    assert isinstance(turn, Closed)
    assert "Complain" == turn.intent


@given(st.lists(st.text(max_size=20), max_size=12))
def test_every_conversation_ends_or_listens(answers: list[str]) -> None:
    """Whatever people say: nothing breaks, and patience is finite."""
    bot = a_bot()
    turn = talk(bot)
    for answer in answers:
        if isinstance(turn, Closed):
            break
        turn = hear(bot, turn.state, answer, today=MONDAY)
    assert isinstance(turn, Closed | Listening)
