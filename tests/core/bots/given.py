"""A bot that books, calls back and takes names; it speaks two languages."""

from __future__ import annotations

from datetime import date

from chalicelib.core.bots import Bot, Turn, begin, hear, read_bot

MONDAY = date(2026, 3, 2)
TRAVEL: dict[str, object] = {
    "name": "travel",
    "languages": ["en-US", "de-DE"],
    "question": {"en-US": "What can I do for you?", "de-DE": "Was kann ich tun?"},
    "retry": {"en-US": "Sorry?", "de-DE": "Wie bitte?"},
    "keys": {"1": "Book", "2": "CallBack"},
    "intents": {
        "Book": {
            "utterances": ["book a {what}", "book a {what} on {when}", "I want to travel"],
            "slots": {
                "what": {
                    "type": "choice",
                    "values": {"flight": ["plane", "aeroplane"], "hotel": ["room"]},
                    "prompt": "What shall I book?",
                },
                "when": {"type": "date", "prompt": "When?", "retries": 1},
                "people": {"type": "number", "digits": 1, "prompt": "For how many?"},
            },
            "confirm": "A {what} on {when} for {people}, right?",
            "declined": "Then once more.",
            "closing": {"en-US": "Booked for {when}.", "de-DE": "Gebucht."},
        },
        "CallBack": {
            "utterances": ["call me back", "call me back at {number}"],
            "slots": {"number": {"type": "phone", "prompt": "Which number?"}},
        },
        "Name": {
            "utterances": ["my name is {name}"],
            "slots": {"name": {"type": "text"}},
        },
        "Complain": {"utterances": ["I want to complain", "this is outrageous"]},
    },
}


def a_bot(**fields: object) -> Bot:
    return read_bot({**TRAVEL, **fields})


def talk(bot: Bot, *answers: str, language: str = "en-US") -> Turn:
    """The turn after these answers; one of digits is typed, an empty one is silence."""
    turn: Turn = begin(bot, language=language)
    for answer in answers:
        keys, text = (answer, "") if answer and answer[0] in "0123456789*#" else ("", answer)
        turn = hear(bot, turn.state, text, digits=keys, today=MONDAY)
    return turn
