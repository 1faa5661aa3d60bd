"""Functions that flows call, over botocore with its answers stubbed."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.adapters import functions
from chalicelib.adapters.functions import LambdaFunctions, contact_flow_event
from chalicelib.core.center import OutboundCaller
from chalicelib.core.flow import InvokeLambda, LambdaFailed, LambdaReturned, Session
from chalicelib.core.ids import QueueId
from tests.given import ANAS_NUMBER, a_contact
from tests.house import SALES, a_center

CENTER = a_center()
CALL = InvokeLambda("function:look_up_caller", {"order": "17"}, limit_seconds=3)


class Body(io.BytesIO):
    """A reply whose reading may fail half-way."""

    def __init__(self, raw: bytes, error: Exception | None = None) -> None:
        super().__init__(raw)
        self._error = error

    def read(self, size: int | None = -1, /) -> bytes:
        if self._error is not None:
            raise self._error
        return super().read(size)


class Lambda:
    """botocore's session and client in one: answers in order, and notes what it was asked.

    An answer is the raw reply, an error to raise, or a whole response.
    """

    def __init__(self, clock: Clock, *answers: object, takes: float = 0.0) -> None:
        self.asked: list[dict[str, Any]] = []
        self.time_outs: list[int] = []
        self._clock, self._answers, self._takes = clock, list(answers), takes

    def create_client(self, name: str, *, region_name: str, config: Any) -> Lambda:
        assert (name, region_name) == ("lambda", "us-east-1")
        self.time_outs.append(config.read_timeout)
        return self

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        self._clock.at += self._takes
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, dict) else {"Payload": Body(answer)}  # type: ignore[arg-type]


class Clock:
    at = 100.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(functions, "time", clock)
    return clock


type Invoke = Callable[..., LambdaReturned | LambdaFailed]


@pytest.fixture
def invoke() -> Invoke:
    def run(session: Lambda, call: InvokeLambda = CALL) -> LambdaReturned | LambdaFailed:
        return LambdaFunctions(session, "us-east-1", "acme").invoke(call, a_contact(), CENTER)

    return run


def throttled() -> ClientError:
    answer: Any = {"Error": {"Code": "TooManyRequestsException", "Message": "slow down"}}
    return ClientError(answer, "Invoke")


def timed_out() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="https://lambda.test")


def failing() -> dict[str, Any]:
    return {"Payload": Body(b'{"errorMessage": "boom"}'), "FunctionError": "Unhandled"}


# --- answers --------------------------------------------------------------------------------------


def test_the_reply_comes_back_decoded_with_its_size(clock: Clock, invoke: Invoke) -> None:
    """The size is that of the raw bytes, which is what the limit on replies counts."""
    session = Lambda(clock, b'{"name": "Ana"}')

    assert invoke(session) == LambdaReturned({"name": "Ana"}, 15)


def test_a_function_of_this_stack_is_named_by_the_stack(clock: Clock, invoke: Invoke) -> None:
    """`function:look_up_caller` is a Lambda of ours, whatever the stack is called; an ARN is
    called as it is."""
    ours, others = Lambda(clock, b"{}"), Lambda(clock, b"{}")
    arn = "arn:aws:lambda:us-east-1:000000000000:function:x"

    invoke(ours)
    invoke(others, replace(CALL, function=arn))

    assert ours.asked[0]["FunctionName"] == "acme-look-up-caller"
    assert others.asked[0]["FunctionName"] == arn


def test_nothing_and_null_are_replies_too(clock: Clock, invoke: Invoke) -> None:
    """What a flow makes of them is the flow's business."""
    assert invoke(Lambda(clock, b"")) == LambdaReturned(None, 0)
    assert invoke(Lambda(clock, b"null")) == LambdaReturned(None, 4)


def test_a_reply_that_is_not_json_is_a_failure(clock: Clock, invoke: Invoke) -> None:
    assert isinstance(invoke(Lambda(clock, *[b"<html>"] * 3)), LambdaFailed)


def test_nobody_waits_for_an_asynchronous_function(clock: Clock, invoke: Invoke) -> None:
    """Accepted is done; there is nothing to read."""
    session = Lambda(clock, b"")

    assert invoke(session, replace(CALL, is_asynchronous=True)) == LambdaReturned({}, 0)
    assert session.asked[0]["InvocationType"] == "Event"


# --- trouble --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [throttled(), failing(), ConnectTimeoutError(endpoint_url="https://lambda.test")],
    ids=["throttled", "failing", "unreachable"],
)
def test_trouble_that_may_pass_is_tried_three_times(
    clock: Clock, invoke: Invoke, trouble: object
) -> None:
    """The third answer counts."""
    session = Lambda(clock, trouble, trouble, b'{"ok": true}')

    assert invoke(session) == LambdaReturned({"ok": True}, 12)
    assert len(session.asked) == 3


def test_the_last_failure_is_told(clock: Clock, invoke: Invoke) -> None:
    """Without what the function said: that may hold anything."""
    answer = invoke(Lambda(clock, throttled(), throttled(), failing()))

    assert answer == LambdaFailed("the function failed: Unhandled")


@pytest.mark.parametrize("while_reading", [False, True])
def test_a_time_out_is_final(clock: Clock, invoke: Invoke, while_reading: bool) -> None:
    """The function may have done its work: it must not do it twice. Also half-way in the reply."""
    late = {"Payload": Body(b"", timed_out())} if while_reading else timed_out()
    session = Lambda(clock, late, b"{}", takes=2.6)

    answer = invoke(session)

    assert isinstance(answer, LambdaFailed)
    assert len(session.asked) == 1


def test_no_try_begins_after_the_limit(clock: Clock, invoke: Invoke) -> None:
    """A customer waits: three seconds are three seconds over all tries."""
    session = Lambda(clock, throttled(), throttled(), b"{}", takes=1.6)

    answer = invoke(session)

    assert answer == LambdaFailed("no answer in 3 s")
    assert len(session.asked) == 2
    assert session.time_outs == [3, 1]


# --- the event ------------------------------------------------------------------------------------


def test_the_event_is_the_one_that_amazon_connect_sends(clock: Clock, invoke: Invoke) -> None:
    """Functions written for Connect run here."""
    session = Lambda(clock, b"{}")
    invoke(session)

    event = msgspec.json.decode(session.asked[0]["Payload"])

    data = event["Details"]["ContactData"]
    assert event["Name"] == "ContactFlowEvent"
    assert event["Details"]["Parameters"] == {"order": "17"}
    assert data["CustomerEndpoint"] == {"Address": ANAS_NUMBER, "Type": "TELEPHONE_NUMBER"}
    assert data["InstanceARN"] == CENTER.arn
    assert data["Channel"] == "VOICE"
    assert data["Queue"] is None
    assert data["SystemEndpoint"] is None


def test_the_event_names_the_working_queue_and_carries_attributes() -> None:
    contact = a_contact(session=Session(attributes={"topic": "lamp"}, target_queue_id=SALES))
    event = contact_flow_event(contact, CENTER, {})

    details = event["Details"]
    assert isinstance(details, dict)
    assert details["ContactData"]["Attributes"] == {"topic": "lamp"}
    assert details["ContactData"]["Queue"] == {
        "ARN": CENTER.queue_arn(SALES),
        "Name": "Sales",
        "OutboundCallerId": {"Address": CENTER.main_number, "Type": "TELEPHONE_NUMBER"},
    }


def test_a_queue_calls_under_its_own_number() -> None:
    """As flows see it; one without a number of its own calls under that of the center."""
    caller = OutboundCaller(number="+12025550177")
    queues = [replace(queue, outbound_caller=caller) for queue in CENTER.queues]
    contact = a_contact(session=Session(target_queue_id=SALES))

    details = contact_flow_event(contact, replace(CENTER, queues=tuple(queues)), {})["Details"]

    assert isinstance(details, dict)
    number = details["ContactData"]["Queue"]["OutboundCallerId"]
    assert {"Address": "+12025550177", "Type": "TELEPHONE_NUMBER"} == number


def test_a_queue_that_was_deleted_is_no_queue() -> None:
    contact = a_contact(session=Session(target_queue_id=QueueId("q-gone")))
    details = contact_flow_event(contact, CENTER, {})["Details"]

    assert isinstance(details, dict)
    assert details["ContactData"]["Queue"] is None


def test_what_flows_call_the_contact_is_in_the_event() -> None:
    """Name, description, references, tags and segment attributes, in the types of the API."""
    details = {
        "Name": "Lamp broken",
        "Description": "It flickers",
        "CustomerId": "C-9",
        "References": {"order": {"Type": "STRING", "Value": "17"}},
        "SegmentAttributes": {"connect:Subtype": "connect:WebRTC", "tier": 3, "who": {"a": "b"}},
        "Tags": {"cost": "sales"},
        "MediaStreams": {"Customer": {"Audio": {"StreamARN": "s"}}},
    }
    session = Session(details=details, target_queue_id=QueueId("agent:a-ben"))

    event = contact_flow_event(a_contact(session=session), CENTER, {})["Details"]

    assert isinstance(event, dict)
    data = event["ContactData"]
    plain = ("Name", "Description", "CustomerId", "References", "Tags")
    assert [details[name] for name in plain] == [data[name] for name in plain]
    assert data["SegmentAttributes"] == {
        "connect:Subtype": {"ValueString": "connect:WebRTC"},
        "tier": {"ValueInteger": 3},
        "who": {"ValueMap": {"a": {"ValueString": "b"}}},
    }
    assert data["MediaStreams"] == details["MediaStreams"]
    assert data["Queue"]["ARN"].endswith("/queue/agent/a-ben")
