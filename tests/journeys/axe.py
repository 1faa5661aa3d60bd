"""The embedded AWS in the weather of `tests.journeys.weather`, calm until it is asked for, and with
an axe: the worker of a function dies at the write that a test chooses.

Started in place of `infra.local.emulator` (TRUNKLINE_EMULATOR), in the emulator's own environment.
`PUT /_axe` names the function and, counted from 0, the write at which its worker is killed: before
the write is done, or after it, before the worker hears of it. `GET /_axe` tells the writes that
were done since.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ministack.services import sts

from infra.local import emulator
from tests.journeys import weather
from tests.journeys.workers import workers_below

_DYNAMODB = "DynamoDB_20120810."
_CREDENTIAL = re.compile(rb"Credential=([^/]+)/")


@dataclass
class Axe:
    """`at` None: it hurts nobody, and counts."""

    function: str = ""
    at: int | None = None
    is_after: bool = False
    done: list[str] = field(default_factory=list)


AXE = Axe()


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Between every caller and the emulator."""
    if scope["type"] == "http" and scope["path"] == "/_axe":
        await _tell(scope, receive, send)
    elif scope["type"] == "http" and AXE.function and _function_of(scope) == AXE.function:
        body = await weather.body_of(receive)
        await _strike(scope, body, send)
    else:
        await weather.answer(scope, receive, send)


async def _tell(scope: dict[str, Any], receive: Any, send: Any) -> None:
    global AXE
    body = await weather.body_of(receive)
    if scope["method"] == "PUT":
        AXE = Axe(**json.loads(body))
    await weather.reply(send, 200, {"done": AXE.done})


def _function_of(scope: dict[str, Any]) -> str:
    """Whose credentials signed it: each function has its own."""
    signed = _CREDENTIAL.search(dict(scope["headers"]).get(b"authorization", b""))
    session = sts._sessions.get(signed[1].decode(), {}) if signed else {}
    return str(session.get("Arn", "")).rsplit("/", 1)[-1]


async def _strike(scope: dict[str, Any], body: bytes, send: Any) -> None:
    name = _write(scope, body)
    is_hit = bool(name) and AXE.at == len(AXE.done)
    if not is_hit or AXE.is_after:
        await emulator.answer(scope, weather.read_again(body), _nobody if is_hit else send)
        if name:
            AXE.done.append(name)
    if is_hit:
        _kill()


async def _nobody(message: object) -> None:
    """Hears the answer."""


def _kill() -> None:
    for pid in workers_below(os.getpid(), AXE.function):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _write(scope: dict[str, Any], body: bytes) -> str:
    """What is written, in words; empty: nothing."""
    headers = dict(scope["headers"])
    target = headers.get(b"x-amz-target", b"").decode()
    if target.startswith(_DYNAMODB):
        return _row(target.removeprefix(_DYNAMODB), json.loads(body))
    if scope["path"] == "/v2/email/outbound-emails":
        return f"send {json.loads(body)['Destination']['ToAddresses'][0]}"
    if not target and scope["method"] in ("PUT", "POST", "DELETE"):
        verb = "copy" if b"x-amz-copy-source" in headers else scope["method"].lower()
        return f"{verb} {unquote(scope['path']).split('/', 2)[-1]}"
    return ""


def _row(operation: str, said: dict[str, Any]) -> str:
    key = said.get("Item") or said.get("Key")
    if not operation.startswith(("Put", "Update", "Delete", "Transact", "BatchWrite")):
        return ""
    row = "|".join(key[name]["S"] for name in ("pk", "sk")) if key else "rows"
    return f"{operation} {'alerts' if row.startswith('alerts|') else row}"


def main() -> None:
    weather.bring_on()
    asyncio.run(emulator.main(answer))
    os._exit(0)  # as the emulator itself: nothing that still runs keeps it alive


if __name__ == "__main__":
    main()
