"""API Gateway's WebSocket: sending to a connection by its id, and closing it."""

from __future__ import annotations

from typing import Any

import botocore.session
import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.core.ids import ConnectionId

_GONE = frozenset({"GoneException", "410"})


class ApiGatewaySockets:
    """The Sockets port on the management API of one WebSocket stage."""

    def __init__(self, management_url: str, region: str) -> None:
        self._management_url = management_url
        self._region = region
        self._made: Any = None

    def send(self, connection_id: ConnectionId, topic: str, content: object) -> bool:
        frame = msgspec.json.encode({"topic": topic, "content": content})
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=frame)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return False
            raise
        return True

    def close(self, connection_id: ConnectionId) -> None:
        try:
            self._client.delete_connection(ConnectionId=connection_id)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise

    @property
    def _client(self) -> Any:
        if self._made is None:
            self._made = botocore.session.get_session().create_client(
                "apigatewaymanagementapi",
                region_name=self._region,
                endpoint_url=self._management_url,
                config=Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2}),
            )
        return self._made
