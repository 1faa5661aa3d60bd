"""What every door does: admits, reads, answers, and keeps its mouth shut."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chalice import Blueprint, Chalice
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.errors import (
    Conflict,
    Denied,
    Duplicate,
    InUse,
    NotFound,
    NotPublished,
    QueueFull,
    Rejected,
)
from chalicelib.core.flow import Problem
from chalicelib.core.identity import ANYBODY, CUSTOMER, Caller, Unidentified, groups
from chalicelib.entrypoints import edge, wire
from chalicelib.entrypoints.edge import Call, alone, each_record, endpoint, function
from chalicelib.services.flow_publishing import InvalidContactFlow, InvalidContactFlowModule

NUMBER, NAME = "+12025550123", "Ana Silva"


class Order(wire.Body):
    order_id: str
    amount: int = 0


class People:
    """Takes the token for the caller's groups."""

    def verify(self, token: str) -> Caller:
        if token == "bad":
            raise Unidentified("the token is not valid: ExpiredSignatureError")
        return Caller(kind="person", username="ben", groups=frozenset(token.split(",")))


class Machines:
    def verify(self, event: object, headers: object, body: bytes) -> Caller:
        return Caller(kind="machine", username="AK", groups=frozenset({"admin"}))


type Answer = tuple[int, Any, dict[str, str]]


class Door:
    """A center of four doors whose handlers do what a test says."""

    def __init__(self) -> None:
        self.does: Callable[[Call], object] = lambda call: {"who": call.caller.username}
        self.calls: list[tuple[Call, dict[str, str]]] = []
        self._app = Chalice(app_name="door")
        bp = Blueprint(__name__)
        endpoint(bp, "POST", "/v1/orders", who=groups("agent"), body=Order, status=201)(self.made)
        endpoint(bp, "GET", "/v1/orders/{order_id}", who=groups("agent", "admin"))(self.seen)
        endpoint(bp, "GET", "/v1/open", who=ANYBODY)(self.opened)
        endpoint(bp, "POST", "/participant/x", who=CUSTOMER, body=Order, style="connect")(self.sent)
        self._app.register_blueprint(bp)

    def made(self, call: Call, **parameters: str) -> object:
        return self._served(call, parameters)

    def seen(self, call: Call, **parameters: str) -> object:
        return self._served(call, parameters)

    def opened(self, call: Call, **parameters: str) -> object:
        return self._served(call, parameters)

    def sent(self, call: Call, **parameters: str) -> object:
        return self._served(call, parameters)

    def _served(self, call: Call, parameters: dict[str, str]) -> object:
        self.calls.append((call, parameters))
        return self.does(call)

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        sent = {"Content-Type": "application/json", **headers}
        with Client(self._app) as client:
            answer = getattr(client.http, method.lower())(path, headers=sent, body=body)
        told = json.loads(answer.body) if answer.body else None
        return answer.status_code, told, dict(answer.headers)

    def order(self, body: bytes = b'{"orderId": "1"}', token: str = "agent") -> Answer:
        return self.ask("POST", "/v1/orders", body, Authorization=f"Bearer {token}")

    def participant(self, body: bytes = b'{"orderId": "1"}') -> Answer:
        return self.ask("POST", "/participant/x", body, **{"X-Amz-Bearer": "token-1"})

    def fails_with(self, error: Exception) -> None:
        def fail(call: Call) -> object:
            raise error

        self.does = fail


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(edge, "ROUTES", [])
    monkeypatch.setattr(bootstrap, "people", People)
    monkeypatch.setattr(bootstrap, "machines", Machines)
    return Door()


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """All that was logged so far, as the log keeps it."""
    handler, lines = edge.logger.registered_handler, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(lines)
    yield lines.getvalue
    if before is not None:
        handler.setStream(before)


# --- who ------------------------------------------------------------------------------------------


def test_people_pass_by_group(door: Door) -> None:
    """With the answer's status and shape."""
    status, told, headers = door.order()

    assert (status, told) == (201, {"who": "ben"})
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        ({}, 401, "Unauthenticated"),
        ({"Authorization": "Bearer "}, 401, "Unauthenticated"),
        ({"Authorization": "Basic YTpi"}, 401, "Unauthenticated"),
        ({"Authorization": "Bearer bad"}, 401, "Unauthenticated"),
        ({"Authorization": "Bearer finance"}, 403, "Denied"),
        ({"Authorization": "Bearer supervisor,trainee"}, 403, "Denied"),
        ({"Authorization": "AWS4-HMAC-SHA256 x"}, 403, "Denied"),
    ],
    ids=["no token", "empty", "basic", "expired", "other group", "other groups", "machine"],
)
def test_everybody_else_is_turned_away_before_anything_is_read(
    door: Door, headers: dict[str, str], status: int, error: str
) -> None:
    """401 means: who are you; 403: not for you. The handler never hears of it."""
    got, told, _ = door.ask("POST", "/v1/orders", b"{", **headers)

    assert (got, told["error"]) == (status, error)
    assert door.calls == []


def test_who_was_turned_away_is_logged_with_what_they_wanted_and_when(
    door: Door, logged: Callable[[], str]
) -> None:
    """The path as it is declared: what stands in it may be somebody's."""
    door.ask("GET", f"/v1/orders/{NUMBER}", Authorization="Bearer finance")

    (line,) = [json.loads(each) for each in logged().splitlines() if '"denied"' in each]
    assert (line["username"], line["groups"]) == ("ben", ["finance"])
    assert (line["method"], line["path"]) == ("GET", "/v1/orders/{order_id}")
    assert line["timestamp"]
    assert NUMBER not in logged()


def test_who_was_refused_by_a_rule_is_logged_too(door: Door, logged: Callable[[], str]) -> None:
    door.fails_with(Denied("not your contact", field="contactId", value=NUMBER))

    door.order()

    (line,) = [json.loads(each) for each in logged().splitlines() if '"refused"' in each]
    assert (line["username"], line["error"], line["route"]) == ("ben", "Denied", "made")
    assert NUMBER not in logged()


def test_a_machine_passes_by_the_groups_of_its_key(door: Door) -> None:
    status, told, _ = door.ask("GET", "/v1/orders/7", Authorization="AWS4-HMAC-SHA256 x")

    assert (status, told) == (200, {"who": "AK"})


def test_a_customers_token_is_handed_to_the_service(door: Door) -> None:
    """The door does not know which contact it opens."""
    door.participant()

    ((call, _),) = door.calls
    assert (call.bearer, call.caller.kind) == ("token-1", "customer")


def test_an_open_door_asks_nobody(door: Door) -> None:
    assert door.ask("GET", "/v1/open")[0] == 200


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b"\xff", "body"),
        (b"[" * 200_000, "body"),
        (b"{}", "orderId"),
        (b'{"orderId": 1}', "orderId"),
        (b'{"orderId": "1", "colour": 2}', "colour"),
        (b'{"orderId": "1", "amount": "x"}', "amount"),
    ],
)
def test_a_body_that_cannot_be_read_is_400_with_the_field(
    door: Door, body: bytes, field: str
) -> None:
    status, told, _ = door.order(body)

    assert (status, told["error"], told["field"]) == (400, "Malformed", field)
    assert door.calls == []


def test_a_body_over_the_limit_is_413(door: Door) -> None:
    """At the limit it is read."""
    frame = b'{"orderId": "%s"}'
    room = edge.BODY_LIMIT - len(frame % b"")

    assert door.order(frame % (b"x" * room))[0] == 201
    status, told, _ = door.order(frame % (b"x" * (room + 1)))
    assert (status, told["error"]) == (413, "TooLarge")
    assert door.participant(frame % (b"x" * edge.STRANGERS_BODY_LIMIT))[0] == 400


def test_a_query_that_is_given_several_times_is_handed_on_whole(door: Door) -> None:
    door.ask("GET", "/v1/orders/1?tag=a&tag=b&x=1", Authorization="Bearer agent")

    ((call, _),) = door.calls
    assert call.queries == {"tag": ["a", "b"], "x": ["1"]}


def test_path_parameters_are_decoded_and_queries_handed_on(door: Door) -> None:
    door.ask("GET", "/v1/orders/a%2Fb%20c?x=1&y=a%20b", Authorization="Bearer agent")

    ((call, parameters),) = door.calls
    assert parameters["order_id"] in ("a/b c", "a%2Fb c")  # what the test client leaves encoded
    assert call.query["x"] == "1"


# --- errors ---------------------------------------------------------------------------------------

_ERRORS = [
    (NotFound("no order 'x'", field="orderId", value="x"), 404, "ResourceNotFoundException", 404),
    (Denied("not yours"), 403, "AccessDeniedException", 403),
    (NotPublished("only a draft"), 404, "ContactFlowNotPublishedException", 404),
    (Conflict("somebody was first"), 409, "ResourceConflictException", 409),
    (Duplicate("taken"), 409, "DuplicateResourceException", 409),
    (QueueFull("full"), 409, "ResourceConflictException", 409),
    (Rejected("too much", field="amount", value=9), 422, "InvalidParameterException", 400),
    (Unidentified("the token is not one of ours"), 401, "AccessDeniedException", 403),
    (wire.Malformed("not so", field="x"), 400, "InvalidRequestException", 400),
]


@pytest.mark.parametrize(("error", "status", "name", "connects"), _ERRORS)
def test_errors_have_their_status_in_both_styles(
    door: Door, error: Exception, status: int, name: str, connects: int
) -> None:
    """Ours with the field, Connect's with the header that AWS SDKs look for."""
    door.fails_with(error)

    got, told, _ = door.order()
    theirs, message, headers = door.participant()

    assert (got, told["message"]) == (status, str(error))
    assert (theirs, headers["x-amzn-ErrorType"]) == (connects, name)
    assert message == {"Message": str(error)}


def test_a_refusal_names_field_and_value(door: Door) -> None:
    """A long value is cut, a number stays one, nothing is null."""
    door.fails_with(Rejected("too long", field="note", value="x" * 999))
    assert door.order()[1]["value"] == "x" * 200

    door.fails_with(Rejected("too much", field="amount", value=9))
    assert door.order()[1] == {
        "error": "Rejected",
        "message": "too much",
        "field": "amount",
        "value": 9,
    }


def test_a_conflict_carries_what_is_there_and_the_difference(door: Door) -> None:
    door.fails_with(
        Conflict("stale", current={"version": 3}, difference={"status": ("open", "closed")})
    )

    told = door.order()[1]

    assert told["current"] == {"version": 3}
    assert told["difference"] == {"status": {"yours": "open", "theirs": "closed"}}


def test_what_is_in_use_says_by_whom(door: Door) -> None:
    """As text for people, as a list for ours, with the ARN for Connect's."""
    door.fails_with(InUse("queue 'Sales'", ["flow 'Main'", "menu 'main'"], value="arn:queue"))
    message = "queue 'Sales' is used by flow 'Main', menu 'main'"

    status, told, _ = door.order()
    assert (status, told["message"]) == (409, message)
    assert told["users"] == ["flow 'Main'", "menu 'main'"]
    status, told, headers = door.participant()
    assert (status, headers["x-amzn-ErrorType"]) == (409, "ResourceInUseException")
    assert told == {"Message": message, "ResourceType": "CONTACT_FLOW", "ResourceId": "arn:queue"}


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        (InvalidContactFlow, "InvalidContactFlowException", "problems"),
        (InvalidContactFlowModule, "InvalidContactFlowModuleException", "Problems"),
    ],
)
def test_problems_of_a_flow_are_told_where_sdks_look_for_them(
    door: Door, kind: type[InvalidContactFlow], name: str, field: str
) -> None:
    door.fails_with(kind([Problem("Invalid Action type", "Actions[0].Type")]))

    status, told, headers = door.participant()

    assert (status, headers["x-amzn-ErrorType"]) == (400, name)
    assert told[field] == [{"message": "Invalid Action type. Path: Actions[0].Type"}]
    assert door.order()[1]["problems"] == ["Invalid Action type. Path: Actions[0].Type"]


@pytest.mark.parametrize("style", ["v1", "connect"])
def test_a_bug_is_500_and_the_client_learns_nothing_of_it(door: Door, style: str) -> None:
    """No trace, no message, no class name."""
    door.fails_with(ZeroDivisionError(f"while charging {NAME}"))

    status, told, _ = door.order() if style == "v1" else door.participant()

    assert status == 500
    assert NAME not in json.dumps(told)
    assert "ZeroDivision" not in json.dumps(told)
    assert "Traceback" not in json.dumps(told)


def test_an_answer_may_hold_times_and_dataclasses(door: Door) -> None:
    door.does = lambda call: Caller(kind="person", username="ben")

    assert door.order()[1] == {"kind": "person", "username": "ben", "groups": []}


# --- logs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        Rejected(f"{NUMBER} is no number of {NAME}", field="phone", value=NUMBER),
        ValueError(f"invalid literal for int(): '{NUMBER}' {NAME}"),
        KeyError(NAME),
    ],
    ids=["refusal", "bug", "key"],
)
def test_no_number_and_no_name_is_ever_logged(
    door: Door, logged: Callable[[], str], error: Exception
) -> None:
    """Not even by a bug whose message quotes them; where it broke and what it was is logged."""
    door.fails_with(error)

    door.order(json.dumps({"orderId": NUMBER}).encode())

    lines = logged()
    assert type(error).__name__ in lines
    assert NUMBER not in lines
    assert NAME not in lines


def test_a_bugs_log_line_says_where(door: Door, logged: Callable[[], str]) -> None:
    door.fails_with(ValueError("x"))
    door.order()

    (line,) = [json.loads(each) for each in logged().splitlines() if '"failed"' in each]

    assert (line["error"], line["route"]) == ("ValueError", "made")
    assert any("test_edge.py" in frame for frame in line["trace"])


# --- event Lambdas --------------------------------------------------------------------------------


class Record:
    def __init__(self, number: int) -> None:
        self.number = number

    def to_dict(self) -> dict[str, object]:
        return {"messageId": f"m-{self.number}", "body": NUMBER}


def test_only_the_records_that_failed_come_again(logged: Callable[[], str]) -> None:
    """One poisoned message does not repeat the others."""

    def handle(record: Record) -> None:
        if record.number % 2:
            raise ValueError(NUMBER)

    result = each_record([Record(n) for n in range(4)], handle)

    assert result == {"batchItemFailures": [{"itemIdentifier": "m-1"}, {"itemIdentifier": "m-3"}]}
    assert NUMBER not in logged()


def test_a_record_that_cannot_be_digested_is_parked_and_the_stream_goes_on() -> None:
    """After three tries; nothing comes again, or the shard would stand still."""
    parked: list[object] = []
    tried: list[int] = []

    def handle(record: Record) -> None:
        tried.append(record.number)
        if record.number == 1:
            raise ValueError

    result = each_record([Record(n) for n in range(3)], handle, park=parked.append)

    assert result == {"batchItemFailures": []}
    assert tried == [0, 1, 1, 1, 2]
    assert parked == [{"messageId": "m-1", "body": NUMBER}]


def test_a_record_that_takes_long_to_fail_is_tried_once() -> None:
    """Three tries that each wait for what does not answer outlast the function: then nothing of the
    batch is parked, and all of it comes again."""
    parked: list[object] = []
    tried: list[int] = []
    seconds = [0.0]

    def handle(record: Record) -> None:
        tried.append(record.number)
        seconds[0] += 11
        raise ValueError

    each_record([Record(n) for n in range(2)], handle, park=parked.append, clock=lambda: seconds[0])

    assert tried == [0, 1]
    assert len(parked) == 2


def test_what_is_done_alone_fails_alone(logged: Callable[[], str]) -> None:
    """The log says which it was, without words of the customer's."""
    done: list[str] = []

    for each in ("T-1", "T-2"):
        with alone(each):
            if each == "T-1":
                raise ValueError(NUMBER)
            done.append(each)

    assert done == ["T-2"]
    assert "T-1" in logged()
    assert NUMBER not in logged()


def test_a_function_that_fails_fails_and_its_log_line_carries_its_name(
    logged: Callable[[], str],
) -> None:
    """The queue or the caller must know; the log has no words of the customer's."""

    @function
    def on_something(event: object) -> None:
        raise ValueError(NUMBER)

    with pytest.raises(ValueError, match="2025550123"):
        on_something({})

    (line,) = [json.loads(each) for each in logged().splitlines() if '"failed"' in each]
    assert (line["function"], line["error"]) == ("on_something", "ValueError")
    assert NUMBER not in json.dumps(line)
