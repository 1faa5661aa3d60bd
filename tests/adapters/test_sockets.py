"""Sending to sockets through API Gateway's management API, its answers stubbed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.adapters.sockets import ApiGatewaySockets
from chalicelib.core.ids import ConnectionId

SOCKET = ConnectionId("ws-1")


class Management:
    """botocore's client: notes what was sent, or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[bytes] = []
        self.closed: list[str] = []

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:
        self._maybe()
        self.sent.append(Data)

    def delete_connection(self, *, ConnectionId: str) -> None:
        self._maybe()
        self.closed.append(ConnectionId)

    def _maybe(self) -> None:
        if self.error is not None:
            raise self.error


def sockets(management: Management) -> ApiGatewaySockets:
    made = ApiGatewaySockets("https://ws.test", "us-east-1")
    made._made = management
    return made


def refused(code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}}
    return ClientError(answer, "PostToConnection")


def test_a_message_is_a_frame_of_topic_and_content() -> None:
    management = Management()

    assert sockets(management).send(SOCKET, "aws/chat", {"text": "olá 👋"})

    assert json.loads(management.sent[0]) == {"topic": "aws/chat", "content": {"text": "olá 👋"}}


@pytest.mark.parametrize("code", ["GoneException", "410"])
def test_a_socket_that_is_gone_is_no_error(code: str) -> None:
    """Closing it twice is not one either."""
    assert not sockets(Management(refused(code))).send(SOCKET, "aws/chat", {})
    sockets(Management(refused(code))).close(SOCKET)


@pytest.mark.parametrize(
    "error",
    [
        refused("LimitExceededException"),
        ReadTimeoutError(endpoint_url="https://ws.test"),
        EndpointConnectionError(endpoint_url="https://ws.test"),
    ],
    ids=["throttled", "slow", "unreachable"],
)
def test_a_service_in_trouble_undoes_nothing_and_makes_nobody_gone(error: Exception) -> None:
    """What was decided stands; whoever missed a message sees the gap and asks. Nobody's call is
    ended because messages did not get through for a while."""
    assert sockets(Management(error)).send(SOCKET, "aws/chat", {})
    sockets(Management(error)).close(SOCKET)


def test_a_message_that_the_service_refuses_is_a_bug() -> None:
    """Too large, or not allowed: somebody must look at it."""
    with pytest.raises(ClientError):
        sockets(Management(refused("PayloadTooLargeException"))).send(SOCKET, "aws/chat", {})
    with pytest.raises(ClientError):
        sockets(Management(refused("ForbiddenException"))).close(SOCKET)


def test_closing_closes() -> None:
    management = Management()
    sockets(management).close(SOCKET)

    assert management.closed == ["ws-1"]
