"""A bot as an admin writes it: read whole, or refused with everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.bots import InvalidBot, read_bot
from tests.core.bots.given import TRAVEL, a_bot


def problems(document: object) -> dict[str, str]:
    with pytest.raises(InvalidBot) as refused:
        read_bot(document)
    return dict(refused.value.problems)


def with_slot(**slot: object) -> Mapping[str, object]:
    return {"name": "b", "intents": {"A": {"utterances": ["go {x} go"], "slots": {"x": slot}}}}


def test_everything_wrong_is_told_at_once_with_its_path() -> None:
    found = problems(
        {
            "name": "9 lives",
            "colour": "red",
            "retries": "many",
            "keys": {"12": "Buy", "1": "Nothing"},
            "intents": {
                "Buy": {"utterances": ["buy {it}", "{note}"], "slots": {"note": {"type": "text"}}}
            },
        }
    )

    assert {
        "name",
        "bot.colour",
        "retries",
        "keys.12",
        "keys.1",
        "intents.Buy.utterances[0]",
        "intents.Buy.utterances[1]",
    } == found.keys()


@pytest.mark.parametrize(
    ("slot", "path"),
    [
        ({"type": "colour"}, "type"),
        ({"type": "choice"}, "values"),
        ({"type": "date", "values": ["x"]}, "values"),
        ({"type": "choice", "values": {"a": ["x"], "b": ["X"]}}, "values.b"),
        ({"type": "choice", "values": ["!"]}, "values.!"),
        ({"type": "number", "digits": 0}, "digits"),
        ({"type": "date", "retries": 10}, "retries"),
        ({"type": "date", "optional": "yes"}, "optional"),
        ({"type": "date", "prompt": ""}, "prompt"),
        ({"type": "date", "prompt": {"english": "When?"}}, "prompt"),
    ],
)
def test_a_slot_that_cannot_be_is_refused(slot: dict[str, object], path: str) -> None:
    assert [f"intents.A.slots.x.{path}"] == list(problems(with_slot(**slot)))


@pytest.mark.parametrize("document", [None, [], "bot", 7, {}, {"name": "b", "intents": {}}])
def test_what_is_no_bot_is_refused(document: object) -> None:
    assert problems(document)


def test_a_sentence_may_name_the_slots_of_its_intent_only() -> None:
    intents = {"A": {"utterances": ["go"], "confirm": "To {place}?"}}

    assert ["intents.A.confirm"] == list(problems({"name": "b", "intents": intents}))


def test_a_whole_one_is_read() -> None:
    bot = a_bot()

    assert ["Book", "CallBack", "Name", "Complain"] == [intent.name for intent in bot.intents]
    assert TRAVEL["name"] == bot.name


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json, st.sampled_from(["intents", "keys", "languages", "question", "retries", "name"]))
def test_any_document_is_a_bot_or_a_list_of_problems(piece: object, where: str) -> None:
    """Never another exception."""
    for document in (piece, {**TRAVEL, where: piece}, {"name": "b", "intents": {"A": piece}}):
        with suppress(InvalidBot):
            read_bot(document)
