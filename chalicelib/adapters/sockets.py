"""API Gateway's WebSocket: sending to a connection by its id, and closing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import botocore.session
import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from chalicelib.core.ids import ConnectionId

_GONE = frozenset({"GoneException", "410"})
# What was decided stands, whether or not it can be told now: whoever misses a message sees the gap
# in the numbers and asks for the present state. And nobody is gone because the service is slow.
_THROTTLED = frozenset({"LimitExceededException", "TooManyRequestsException"})
_OUT_OF_REACH = (ConnectionError, HTTPClientError)


class ApiGatewaySockets:
    """The Sockets port on the management API of one WebSocket stage."""

    def __init__(self, management_url: str, region: str, session: Any = None) -> None:
        self._management_url = management_url
        self._region = region
        self._session = session
        self._made: Any = None

    def send(self, connection_id: ConnectionId, topic: str, content: object) -> bool:
        return self._post(connection_id, {"topic": topic, "content": content})

    def pong(self, connection_id: ConnectionId) -> bool:
        """Answers `aws/ping` as Amazon Connect does: its chat library looks for the status."""
        answer = {"topic": "aws/ping", "statusCode": 200, "statusContent": "OK", "content": {}}
        return self._post(connection_id, answer)

    def _post(self, connection_id: ConnectionId, frame: Mapping[str, object]) -> bool:
        data = msgspec.json.encode(frame)
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=data)
        except _OUT_OF_REACH:
            return True
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _GONE | _THROTTLED:
                raise
            return code not in _GONE
        return True

    def close(self, connection_id: ConnectionId) -> None:
        try:
            self._client.delete_connection(ConnectionId=connection_id)
        except _OUT_OF_REACH:
            return
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE | _THROTTLED:
                raise

    @property
    def _client(self) -> Any:
        if self._made is None:
            session = self._session or botocore.session.get_session()
            self._made = session.create_client(
                "apigatewaymanagementapi",
                region_name=self._region,
                endpoint_url=self._management_url,
                config=Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2}),
            )
        return self._made
