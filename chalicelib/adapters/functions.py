"""Lambda functions that flows call, with the limits Amazon Connect gives them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from chalicelib.core.center import Center, agent_named
from chalicelib.core.contact import Contact
from chalicelib.core.events import Endpoint
from chalicelib.core.flow import InvokeLambda, LambdaFailed, LambdaReturned
from chalicelib.core.segment_attributes import typed
from chalicelib.services.flow_scope import scope_of

_TRIES = 3
_NO_STREAM = {"Customer": {"Audio": None}}
_AS_FLOWS_SEE_IT = (
    "Channel",
    "ContactId",
    "CustomerId",
    "Description",
    "InitialContactId",
    "InitiationMethod",
    "InstanceARN",
    "LanguageCode",
    "Name",
    "PreviousContactId",
    "References",
    "Tags",
)


class LambdaFunctions:
    """The Functions port. A function is named by ARN, or `function:name` for one of this stack."""

    def __init__(self, session: Any, region: str, prefix: str) -> None:
        self._session = session
        self._region = region
        self._prefix = prefix
        self._clients: dict[int, Any] = {}

    def invoke(
        self, call: InvokeLambda, contact: Contact, center: Center
    ) -> LambdaReturned | LambdaFailed:
        """Throttles and failures are tried again while there is time; a time-out is final."""
        event = contact_flow_event(contact, center, call.parameters)
        deadline = time.monotonic() + call.limit_seconds
        too_late = LambdaFailed(f"no answer in {call.limit_seconds} s")
        failure = too_late
        for _ in range(_TRIES):
            left = deadline - time.monotonic()
            if left <= 0:
                return too_late
            try:
                outcome = self._try(call.function, event, left, waits=not call.is_asynchronous)
            except ReadTimeoutError:
                return too_late  # it may have done its work: it must not do it twice
            if isinstance(outcome, LambdaReturned):
                return outcome
            failure = outcome
        return failure

    def _try(
        self, function: str, event: Mapping[str, object], seconds: float, *, waits: bool
    ) -> LambdaReturned | LambdaFailed:
        try:
            reply = self._client(seconds).invoke(
                FunctionName=self._name(function),
                InvocationType="RequestResponse" if waits else "Event",
                Payload=msgspec.json.encode(event),
            )
            payload = reply["Payload"].read()
        except ReadTimeoutError:
            raise
        except ClientError as error:
            return LambdaFailed(error.response["Error"]["Code"])
        except BotoCoreError as error:
            return LambdaFailed(type(error).__name__)
        if reply.get("FunctionError"):
            return LambdaFailed(f"the function failed: {reply['FunctionError']}")
        if not waits:
            return LambdaReturned({}, 0)
        try:
            return LambdaReturned(msgspec.json.decode(payload or b"null"), len(payload))
        except msgspec.DecodeError:
            return LambdaFailed("the reply is not JSON")

    def _name(self, function: str) -> str:
        if function.startswith("function:"):
            return f"{self._prefix}-{function.removeprefix('function:').replace('_', '-')}"
        return function

    def _client(self, seconds: float) -> Any:
        """One client per whole second of time-out, because botocore fixes it per client."""
        limit = max(1, round(seconds))
        if limit not in self._clients:
            self._clients[limit] = self._session.create_client(
                "lambda",
                region_name=self._region,
                config=Config(
                    connect_timeout=1, read_timeout=limit, retries={"total_max_attempts": 1}
                ),
            )
        return self._clients[limit]


def contact_flow_event(
    contact: Contact, center: Center, parameters: Mapping[str, object]
) -> dict[str, object]:
    """The event that Amazon Connect sends to a flow's function."""
    session, scope = contact.session, scope_of(contact, center)
    known = {**scope, **session.details}
    attributes = known["SegmentAttributes"]
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                **{name: known.get(name) for name in _AS_FLOWS_SEE_IT},
                "Attributes": dict(session.attributes),
                "CustomerEndpoint": _endpoint(contact.customer_endpoint),
                "MediaStreams": known.get("MediaStreams") or _NO_STREAM,
                "Queue": _queue(contact, center),
                "SystemEndpoint": _endpoint(contact.system_endpoint),
                "SegmentAttributes": typed(attributes if isinstance(attributes, Mapping) else {}),
            },
            "Parameters": dict(parameters),
        },
    }


def _queue(contact: Contact, center: Center) -> Mapping[str, object] | None:
    """The working queue; one agent's own has the name it was entered by."""
    queue_id, stay = contact.session.target_queue_id, contact.queue
    if queue_id is None:
        return None
    queue = center.queue(queue_id)
    if queue is None and agent_named(queue_id) is None:
        return None
    entered_by = stay.name if stay is not None and stay.queue_id == queue_id else None
    name = queue.name if queue is not None else entered_by
    number = (queue.outbound_caller.number if queue is not None else "") or center.main_number
    caller = {"Address": number, "Type": "TELEPHONE_NUMBER"}
    return {"ARN": center.queue_arn(queue_id), "Name": name, "OutboundCallerId": caller}


def _endpoint(endpoint: Endpoint | None) -> Mapping[str, str] | None:
    return {"Address": endpoint.address, "Type": endpoint.type} if endpoint else None
