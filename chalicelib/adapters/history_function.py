"""The function that counts figures of the past: it alone has the records, and the engine."""

from __future__ import annotations

from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.services.metric_history import Asked, Results
from chalicelib.services.ports import Unavailable


class FunctionHistory:
    """The MetricHistory port; `client` is of Lambda, with a time-out that fits the function's."""

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    def results(self, asked: Asked) -> Results:
        try:
            reply = self._client.invoke(
                FunctionName=self._function, Payload=msgspec.json.encode(asked)
            )
            payload = reply["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"function {self._function!r} cannot be reached") from error
        if reply.get("FunctionError"):
            raise Unavailable(f"function {self._function!r} failed: {reply['FunctionError']}")
        return msgspec.json.decode(payload, type=Results)
