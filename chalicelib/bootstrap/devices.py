"""What people see, hear and say: sockets, speech, letters, numbers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.stores import (
    center_store,
    connection_store,
    objects,
    recording,
    routing_store,
    timers,
)
from chalicelib.bootstrap.world import Late, client, now, session, settings

if TYPE_CHECKING:
    from chalicelib.adapters.announcer import SocketAnnouncer
    from chalicelib.adapters.sockets import ApiGatewaySockets
    from chalicelib.services.bot_ports import BotRuntime, Hearing
    from chalicelib.services.lines import Carrier
    from chalicelib.services.messaging import Messenger
    from chalicelib.services.ports import Speech


@cache
def carrier() -> Carrier:
    from chalicelib.adapters.practice_exchange import PracticeExchange

    return PracticeExchange(center_store(), timers(), now)


def messenger() -> Messenger:
    """Where there is no carrier to ask, the numbers that practise to be landlines are known."""
    from chalicelib.adapters.messages import AwsMessenger, asked_of_carrier

    landlines = settings().practice_landlines
    if landlines:
        known = frozenset(landlines.split(","))
        takes_texts = lambda number: number not in known  # noqa: E731  # the other one is a closure too
    else:
        takes_texts = asked_of_carrier(Late(lambda: client("pinpoint-sms-voice-v2")))
    sns, sesv2 = Late(lambda: _sending_client("sns")), Late(lambda: _sending_client("sesv2"))
    return AwsMessenger(sns, sesv2, takes_texts)


@cache
def _sending_client(service: str) -> Any:
    from chalicelib.adapters.messages import sending_client

    return sending_client(session(), settings().aws_region, service)


@cache
def announcer() -> SocketAnnouncer:
    from chalicelib.adapters.announcer import SocketAnnouncer
    from chalicelib.adapters.speech import CachedSpeech

    return SocketAnnouncer(
        connections=connection_store(),
        routing=routing_store(),
        sockets=sockets(),
        voice=CachedSpeech(_speech, objects(settings().prompts_bucket), recording, now),
    )


@cache
def sockets() -> ApiGatewaySockets:
    from chalicelib.adapters.sockets import ApiGatewaySockets

    known = settings()
    return ApiGatewaySockets(known.websocket_management_url, known.aws_region, session())


@cache
def lex() -> BotRuntime:
    from chalicelib.adapters import lex

    return lex.LexRuntime(lex.lex_clients(session()))


def hearing() -> Hearing:
    from chalicelib.adapters import hearing, lex

    if settings().speech_engine == "espeak":
        return hearing.PocketSphinxHearing()
    return lex.LexHearing(lex.lex_clients(session()), settings().hearing_bot_alias)


def _speech() -> Speech:
    from chalicelib.adapters import speech

    if settings().speech_engine == "espeak":
        return speech.EspeakSpeech()
    return speech.PollySpeech(speech.polly_client(settings().aws_region))


def to_e164(raw: str) -> str | None:
    from chalicelib.adapters.numbering import to_e164

    return to_e164(raw)


def time_zones_of(number: str) -> tuple[str, ...]:
    from chalicelib.adapters.number_zones import time_zones_of

    return time_zones_of(number)


def customer_socket_url(connection_token: str) -> str:
    from urllib.parse import quote

    return f"{settings().websocket_public_url}?connection={quote(connection_token, safe='')}"
