"""Amazon Lex: bots that run there, and its ear."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.errors import Rejected
from chalicelib.services.bot_ports import Heard, Reaction, Utterance
from chalicelib.services.ports import Unavailable

_ALIAS = re.compile(r"arn:[\w-]+:lex:([a-z0-9-]+):\d{12}:bot-alias/(\w+)/(\w+)")
_PCM = "audio/l16; rate=16000; channels=1"
_OVER = ("Close", "Delegate")
_CONFIG = Config(connect_timeout=1, read_timeout=7, retries={"total_max_attempts": 2})


def lex_clients(session: Any) -> Callable[[str], Any]:
    """A client for a region."""
    return lambda region: session.create_client("lexv2-runtime", region_name=region, config=_CONFIG)


class LexRuntime:
    """The BotRuntime of version 2 bots, by the ARN of an alias."""

    def __init__(self, clients: Callable[[str], Any]) -> None:
        self._clients = clients

    def react(self, said: Utterance) -> Reaction:
        region, where = _alias(said.bot)
        try:
            answer = self._clients(region).recognize_text(
                **where,
                localeId=said.language.replace("-", "_"),
                sessionId=said.session,
                text=said.text,
                sessionState={"sessionAttributes": dict(said.attributes)},
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable("Amazon Lex does not answer") from error
        return _reaction(answer)


class LexHearing:
    """The Hearing port: whatever bot listens, what it heard is told."""

    def __init__(self, clients: Callable[[str], Any], alias_arn: str) -> None:
        self._clients = clients
        self._alias = alias_arn

    def words(self, samples: bytes, *, hints: Sequence[str], language: str) -> Heard:
        if not self._alias:
            raise Unavailable("no bot of Amazon Lex is set up to listen")
        region, where = _alias(self._alias)
        try:
            answer = self._clients(region).recognize_utterance(
                **where,
                localeId=language.replace("-", "_"),
                # its own: to a bot that asks on, the next caller would be the answer
                sessionId=f"listening-{sha256(samples).hexdigest()}",
                requestContentType=_PCM,
                responseContentType="text/plain;charset=utf-8",
                inputStream=samples,
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable("Amazon Lex does not listen") from error
        text = _unpacked(answer.get("inputTranscript", ""))
        return Heard(text, 1.0 if text else 0.0)


def _alias(arn: str) -> tuple[str, dict[str, str]]:
    found = _ALIAS.fullmatch(arn)
    if found is None:
        raise Rejected(f"{arn!r} is no alias of a bot", field="AliasArn", value=arn)
    return found[1], {"botId": found[2], "botAliasId": found[3]}


def _unpacked(field: str) -> str:
    """Lex sends what it heard as zipped JSON in a header."""
    if not field:
        return ""
    text = gzip.decompress(base64.b64decode(field)).decode()
    return text.strip().strip('"')


def _reaction(answer: Mapping[str, Any]) -> Reaction:
    state = answer.get("sessionState", {})
    says = " ".join(message.get("content", "") for message in answer.get("messages", ()))
    if state.get("dialogAction", {}).get("type") not in _OVER:
        return Reaction(says=says)
    ranked = answer.get("interpretations") or [{"intent": state.get("intent", {})}]
    best, *others = ranked
    mood = best.get("sentimentResponse")
    named = {known["IntentName"]: known for known in map(_interpretation, others)}
    intent = state.get("intent", best["intent"])
    lex = {
        **_interpretation({**best, "intent": intent}),
        "SessionAttributes": state.get("sessionAttributes", {}),
        "DialogState": str(intent.get("state", "Fulfilled")),
        "AlternativeIntents": named,
        **({"SentimentResponse": _sentiment(mood)} if mood else {}),
    }
    return Reaction(says=says, intent=lex["IntentName"], lex=lex)


def _interpretation(known: Mapping[str, Any]) -> dict[str, Any]:
    intent = known["intent"]
    slots = {name: slot for name, slot in (intent.get("slots") or {}).items() if slot}
    return {
        "IntentName": str(intent.get("name", "")),
        "IntentConfidence": {"Score": str(known.get("nluConfidence", {}).get("score", ""))},
        "Slots": {name: slot["value"].get("interpretedValue", "") for name, slot in slots.items()},
    }


def _sentiment(known: Mapping[str, Any]) -> dict[str, Any]:
    scores = known.get("sentimentScore", {})
    return {
        "Label": known.get("sentiment", ""),
        "Scores": {name.capitalize(): str(score) for name, score in scores.items()},
    }
