"""How long a caller waits for the center, as a multiple of one bare read of the emulated DynamoDB.

`python -m bench.menu_turn`, on the running laptop, warm. REST: `POST /v1/calls` until its answer:
the contact begins and its flow runs to the first menu. WebSocket: a key in that menu until the
next turn arrives: one turn of the flow, with one Lambda function that the flow calls. The peer is
a `GetItem` of one row from this process, made in turn with both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from bench.center import center
from bench.lines import Line, percentile, ratio_of, tell
from tests.journeys.center import Center, Socket

CALLS = 20
WARM_UP = 4  # workers of every function that takes part


def measure(measured: Center) -> list[Line]:
    dynamodb = measured.aws("dynamodb")
    key = {"pk": {"S": "center"}, "sk": {"S": "settings"}}
    name = measured.facts["tables"]["center"]
    rest: list[float] = []
    turns: list[float] = []
    reads: list[float] = []
    for n in range(WARM_UP + CALLS):
        read, _ = _timed(lambda: dynamodb.get_item(TableName=name, Key=key))
        began, call = _timed(lambda: measured.post("/v1/calls", {"phoneNumber": "+12025550123"}))
        turn = _turn(call["websocketUrl"])
        if n >= WARM_UP:
            reads.append(read)
            rest.append(began)
            turns.append(turn)
    return [
        _line("a call begins, REST", rest, reads),
        _line("a key in a menu, WebSocket", turns, reads),
    ]


def _turn(url: str) -> float:
    """Seconds from the key to the next turn."""
    with closing(Socket(url)) as socket:
        socket.send("trunkline/call", {"type": "hello"})
        first = _next_turn(socket, 0)
        collect = next(c for c in first["commands"] if c["do"] == "collect")
        began = time.monotonic()
        socket.send("trunkline/call", {"type": "input", "wait": collect["wait"], "digits": "1"})
        _next_turn(socket, first["seq"])
        took = time.monotonic() - began
        socket.send("trunkline/call", {"type": "hangup"})
        socket.wait_for(_ends, "end of the call")
    return took


def _next_turn(socket: Socket, after: int) -> dict[str, Any]:
    def newer(frame: dict[str, Any]) -> bool:
        return bool(frame["topic"] == "trunkline/call" and frame["content"]["seq"] > after)

    content: dict[str, Any] = socket.wait_for(newer, "turn")["content"]
    return content


def _ends(frame: dict[str, Any]) -> bool:
    is_turn = frame["topic"] == "trunkline/call"
    return is_turn and any(each["do"] == "end" for each in frame["content"]["commands"])


def _timed[T](act: Callable[[], T]) -> tuple[float, T]:
    began = time.monotonic()
    made = act()
    return time.monotonic() - began, made


def _line(what: str, ours: list[float], reads: list[float]) -> Line:
    p50, p95 = (percentile(ours, share) * 1000 for share in (0.5, 0.95))
    return Line(
        what=what,
        ours=f"p50 {p50:.0f} ms, p95 {p95:.0f} ms",
        peer=f"GetItem: p50 {percentile(reads, 0.5) * 1000:.1f} ms",
        ratio=ratio_of(ours, reads),
    )


if __name__ == "__main__":
    with center() as deployed:
        tell(measure(deployed))
