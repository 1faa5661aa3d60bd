"""What a block has to say: one of text, SSML, a stored prompt or a media file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from chalicelib.core.events import Channel
from chalicelib.core.flow import spec, values
from chalicelib.core.flow.model import Prompt
from chalicelib.core.flow.turn import Turn

SOURCES = ("Text", "SSML", "PromptId", "Media")
PARAMETERS = (
    spec.Parameter("Text", spec.text),
    spec.Parameter("SSML", spec.text),
    spec.Parameter("PromptId", spec.reference),
    spec.Parameter("Media", spec.mapping),
)

# A device that stopped reporting must not hold a caller for ever, nor cut a long prompt short.
LISTENING_SECONDS = 120
LETTERS_PER_SECOND = 8


class NothingToSay(Exception):
    """The source leads nowhere, or the channel cannot play it."""


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


def listening_seconds(prompts: Iterable[Prompt | None]) -> float:
    """How long to believe that somebody still listens, when no device says otherwise."""
    letters = sum(len((p.text or "") + (p.ssml or "")) for p in prompts if p is not None)
    return float(LISTENING_SECONDS + letters // LETTERS_PER_SECOND)


def _prompt(turn: Turn, name: str, value: object) -> Prompt | None:
    if turn.channel != Channel.VOICE and name != "Text":
        raise NothingToSay(name)
    language, voice = turn.session.language_code, turn.session.voice_id
    if name == "Text":
        text = turn.text(value)
        return Prompt(text=text, language_code=language, voice_id=voice) if text.strip() else None
    if name == "SSML":
        ssml = _markup(turn, values.written(value))
        return Prompt(ssml=ssml, language_code=language, voice_id=voice) if ssml.strip() else None
    if name == "PromptId":
        found = turn.whole(value)
        if found is None:
            raise NothingToSay(name)
        return Prompt(prompt_id=found, language_code=language, voice_id=voice)
    return Prompt(media_uri=_media_uri(turn, value), language_code=language, voice_id=voice)


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
