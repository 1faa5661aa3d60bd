"""What a block has to say: one of text, SSML, a stored prompt or a media file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape, unescape

from chalicelib.core.events import Channel
from chalicelib.core.flow import spec, values
from chalicelib.core.flow.exchange import Prompt
from chalicelib.core.flow.turn import Turn

SOURCES = ("Text", "SSML", "PromptId", "Media")
PARAMETERS = (
    spec.Parameter("Text", spec.text),
    spec.Parameter("SSML", spec.text),
    spec.Parameter("PromptId", spec.reference),
    spec.Parameter("Media", spec.mapping),
)

SPOKEN_LETTERS = 3_000  # that are heard: text without markup
WRITTEN_LETTERS = 6_000  # with it
LETTERS_PER_SECOND = 10  # spoken slowly
_TAG = re.compile(r"<[^<>]*>")


class NothingToSay(Exception):
    """The source leads nowhere, the channel cannot play it, or nobody could listen that long."""


def prompt_of(turn: Turn, source: Mapping[str, object]) -> Prompt | None:
    """The prompt a block's parameters describe. None: no source, or a text that came out empty."""
    for name in SOURCES:
        if name in source:
            return _prompt(turn, name, source[name])
    return None


def described(prompt: Prompt | None) -> dict[str, str]:
    """The prompt as a trace shows it."""
    if prompt is None:
        return {}
    parts = {
        "Text": prompt.text,
        "SSML": prompt.ssml,
        "PromptId": prompt.prompt_id,
        "Media.Uri": prompt.media_uri,
    }
    return {name: values.shown(value) for name, value in parts.items() if value is not None}


def spoken_text(prompt: Prompt) -> str:
    """What is said, as text for somebody who reads it; nothing for a recording."""
    if prompt.ssml is not None:
        return " ".join(unescape(_TAG.sub(" ", prompt.ssml)).split())
    return prompt.text or ""


def is_too_long(text: str) -> bool:
    return len(text) > WRITTEN_LETTERS or len(_TAG.sub("", text)) > SPOKEN_LETTERS


def listening_seconds(prompts: Iterable[Prompt | None]) -> float:
    """About how long it takes to hear these prompts."""
    letters = sum(len(spoken_text(prompt)) for prompt in prompts if prompt is not None)
    return float(letters // LETTERS_PER_SECOND + 1) if letters else 0.0


def _prompt(turn: Turn, name: str, value: object) -> Prompt | None:
    if turn.channel != Channel.VOICE and name != "Text":
        raise NothingToSay(name)
    language, voice = turn.session.language_code, turn.session.voice_id
    if name == "Text":
        text = _bearable(turn, turn.text(value).strip())
        return Prompt(text=text, language_code=language, voice_id=voice) if text else None
    if name == "SSML":
        ssml = _bearable(turn, _markup(turn, values.written(value)))
        return Prompt(ssml=ssml, language_code=language, voice_id=voice) if ssml.strip() else None
    if name == "PromptId":
        found = turn.whole(value)
        if found is None or turn.library.prompt(found) is None:
            raise NothingToSay(name)
        return Prompt(prompt_id=found, language_code=language, voice_id=voice)
    return Prompt(media_uri=_media_uri(turn, value), language_code=language, voice_id=voice)


def _bearable(turn: Turn, text: str) -> str:
    """The text, unless what flows put into it has made it longer than anybody says or reads."""
    is_heard = turn.channel == Channel.VOICE
    if is_too_long(text) if is_heard else len(text) > WRITTEN_LETTERS:
        raise NothingToSay(f"less than {len(text)} letters")
    return text


def _media_uri(turn: Turn, value: object) -> str:
    uri = turn.text(value.get("Uri")) if isinstance(value, Mapping) else ""
    if not uri:
        raise NothingToSay("Media")
    return uri


def _markup(turn: Turn, ssml: str) -> str:
    """A reference alone is markup already; one inside markup is text, where `&` must not end it."""
    if values.is_reference(ssml):
        return turn.text(ssml)
    return values.interpolate(ssml, turn.root, escape=lambda text: escape(text, quote=False))
