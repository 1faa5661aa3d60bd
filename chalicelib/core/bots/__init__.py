"""Bots: small ones that an admin writes down, understood and led through a conversation."""

from chalicelib.core.bots.conversation import (
    FALLBACK,
    Closed,
    Listening,
    State,
    Turn,
    begin,
    hear,
)
from chalicelib.core.bots.matching import Found, understand
from chalicelib.core.bots.model import Bot, InvalidBot
from chalicelib.core.bots.reading import read_bot
from chalicelib.core.bots.words import NUMBER, UNCLEAR, spoken

__all__ = [
    "FALLBACK",
    "NUMBER",
    "UNCLEAR",
    "Bot",
    "Closed",
    "Found",
    "InvalidBot",
    "Listening",
    "State",
    "Turn",
    "begin",
    "hear",
    "read_bot",
    "spoken",
    "understand",
]
