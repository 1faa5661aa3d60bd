"""Bad input: refused by name, answered without a trace, stored nowhere, logged without secrets."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.journeys.center import Center, ClosedByServer
from tests.journeys.customers import Caller, Chatter

pytestmark = pytest.mark.journey

NAME, NUMBER = "Zebulon Quarkmeister", "+12125557391"  # nowhere else in this project
DEEP = "[" * 20_000 + "]" * 20_000
KEPT = ("contacts", "customers", "tickets", "center")


@dataclass(frozen=True)
class Bad:
    """One bad request, and how it is refused."""

    what: str
    method: str
    path: str
    body: object = None
    status: int = 400
    field: str | None = None
    value: object = None
    role: str | None = "agent"

    def __str__(self) -> str:
        return self.what


CALL, CHAT, TICKETS = "/v1/calls", "/v1/chats", "/v1/tickets"
REQUESTS = (
    Bad("a body cut off", "POST", CALL, b'{"displayName": "Z', field="body", role=None),
    Bad("a body of noise", "POST", CALL, b"\xff\xfe\x00", field="body", role=None),
    Bad("a list for an object", "POST", CALL, b"[]", role=None),
    Bad("a number as a name", "POST", CALL, {"displayName": 5}, field="displayName", role=None),
    Bad("an unknown field", "POST", CALL, {"displayname": NAME}, role=None),
    Bad("half a character", "POST", CALL, b'{"displayName": "\\ud800"}', field="body", role=None),
    Bad("nothing where a name must be", "POST", CHAT, b"{}", role=None),
    Bad("a deep body", "POST", CALL, b'{"attributes": ' + DEEP.encode() + b"}", role=None),
    Bad("a body too large", "POST", CHAT, {"displayName": "x" * 300_000}, 413, "body", role=None),
    Bad("words as a number", "POST", CALL, {"phoneNumber": NAME}, 422, "phoneNumber", NAME, None),
    Bad("too short a number", "POST", CALL, {"phoneNumber": "12"}, 422, "phoneNumber", "12", None),
    Bad("too long a name", "POST", CALL, {"displayName": "x" * 257}, 422, "displayName", role=None),
    Bad("a path in a name", "POST", CALL, {"attributes": {"a.b": "1"}}, 422, "attributes", "a.b"),
    Bad("much about a call", "POST", CALL, {"attributes": {"a": "x" * 33_000}}, 422, "attributes"),
    Bad("no such contact", "GET", "/v1/contacts/c-x", None, 404, "contactId", "c-x"),
    Bad("no such contact's pop", "GET", "/v1/contacts/c-x/pop", None, 404, "contactId", "c-x"),
    Bad("no such customer", "GET", "/v1/customers/C-x", None, 404, "customerId", "C-x"),
    Bad("no such ticket", "GET", "/v1/tickets/T-x", None, 404, "ticketId", "T-x"),
    Bad("a search for no number", "GET", "/v1/customers?phone=abc", None, 422, "phone", "abc"),
    Bad("a search for nothing", "GET", "/v1/customers", None, 422, "phone"),
    Bad("no status of tickets", "GET", "/v1/tickets?status=lost", None, 422, "status", "lost"),
    Bad("no ticket's status", "POST", TICKETS, {"subject": NAME, "status": "lost"}, 422, "status"),
    Bad("a ticket without subject", "POST", TICKETS, {"status": "open"}),
    Bad("a ticket of nobody", "POST", TICKETS, {"subject": NAME, "customerId": "C-x"}, 422),
    Bad("a time without zone", "POST", TICKETS, {"subject": "s", "dueAt": "2026-03-02T14:00:00"}),
    Bad("no number as version", "PATCH", "/v1/tickets/T-x", {"version": "1"}, field="version"),
    Bad("no such ticket to change", "PATCH", "/v1/tickets/T-x", {"version": 1}, 404, "ticketId"),
    Bad("no day", "GET", "/v1/reports/yesterday", None, 422, "period", "yesterday", "finance"),
    Bad("no day to report", "POST", "/v1/reports/2026-02-30", b"{}", 422, "period", role="finance"),
    Bad(
        "minus one chunk",
        "POST",
        "/v1/contacts/c-x/recordings/s1/finish",
        {"chunks": -1, "startedAt": "2026-03-02T14:00:00Z"},
        field="chunks",
    ),
)

GARBAGE: tuple[tuple[str, object, str | None], ...] = (
    ("not JSON", "hello?", "body"),
    ("nothing", " ", None),
    ("a list", "[1, 2]", None),
    ("a number", "7", None),
    ("no topic", '{"content": {}}', None),
    ("an unknown topic", '{"topic": "trunkline/secrets"}', "topic"),
    ("a topic that is a list", '{"topic": ["aws/ping"]}', "topic"),
    ("too large", json.dumps({"topic": "aws/ping", "content": "x" * 40_000}), "frame"),
    ("a field too many", '{"topic": "aws/ping", "user": "admin"}', None),
    ("topics that are a number", '{"topic": "aws/subscribe", "content": {"topics": 5}}', None),
    ("a signal that is text", '{"topic": "trunkline/signal", "content": "hi"}', None),
)


@pytest.fixture
def stored(center: Center) -> Iterator[None]:
    """Before and after the test, the tables hold the same number of rows."""
    before = _settled(center)
    yield
    assert before == _settled(center)


@pytest.fixture(scope="module")
def caller(center: Center) -> Iterator[Caller]:
    """Somebody in the first menu."""
    with Caller(center) as caller:
        yield caller


def test_bad_requests_are_refused_by_field_and_store_nothing(center: Center, stored: None) -> None:
    """Every one with the status, field and value that say what to do better."""
    found = {str(bad): _refusal(center, bad) for bad in REQUESTS}

    assert {str(bad): _expected(bad, found[str(bad)]) for bad in REQUESTS} == found


def test_garbage_on_a_socket_is_answered_and_the_socket_stays(
    center: Center, caller: Caller, stored: None
) -> None:
    """Whatever arrives, the sender is told what was wrong with it."""
    with center.desk("agent2") as desk:
        for what, text, field in GARBAGE:
            for socket in (caller, desk):
                socket.send_raw(str(text))
                refusal = socket.refusal()
                assert (what, refusal["message"] > "") == (what, True)
                assert field in (None, refusal.get("field")), (what, refusal)
                assert "Traceback" not in str(refusal)
        assert caller.is_usable()
        assert desk.is_usable()


def test_a_deep_frame_costs_at_most_its_own_socket(center: Center) -> None:
    """It is refused, or (by the emulator) its socket is closed with a code; the call goes on."""
    deep = "[" * 9_000 + "]" * 9_000
    with Caller(center) as caller:
        caller.send_raw(f'{{"topic": "trunkline/signal", "content": {{"a": {deep}}}}}')
        with suppress(ClosedByServer):
            assert caller.refusal()["message"]

        caller.reconnect()

        assert 1 == caller.told("collect")["wait"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"type": "input", "wait": 1, "digits": "abc"}, "digits"),
        ({"type": "input", "wait": 1, "digits": "1" * 129}, "digits"),
        ({"type": "input", "wait": "one", "digits": "1"}, "wait"),
        ({"type": "input", "digits": "1"}, None),
        ({"type": "dance"}, None),
        ({}, None),
    ],
)
def test_a_call_takes_no_nonsense(
    center: Center, caller: Caller, said: Mapping[str, object], field: str | None
) -> None:
    """And the caller stays where the caller was."""
    before = center.contact(caller.contact_id)

    caller.send("trunkline/call", said)
    refusal = caller.refusal()

    assert field in (None, refusal.get("field"))
    assert before == center.contact(caller.contact_id)


def test_answers_to_an_earlier_question_change_nothing(center: Center) -> None:
    """A digit that comes late must not choose in the next menu."""
    with Caller(center) as caller:
        first = caller.told("collect")["wait"]
        caller.say("input", wait=first, digits="1")
        second = caller.told("collect", "listen")
        before = center.explain(caller.contact_id)
        for wait in (first, first - 1, second["wait"] + 1):
            caller.say("input", wait=wait, digits="2")
            caller.say("timeout", wait=wait)
            caller.say("played", wait=wait)
        assert caller.is_usable()

        assert before == center.explain(caller.contact_id)


def test_a_desk_takes_no_nonsense(center: Center, stored: None) -> None:
    """Commands about unknown things, or with unknown values, are refused by name."""
    unknown = {"contactId": "c-x"}
    commands: tuple[tuple[dict[str, object], str], ...] = (
        ({"type": "status", "name": "On the beach"}, "name"),
        ({"type": "accept", **unknown, "offerId": "o"}, "contactId"),
        ({"type": "reject", **unknown, "offerId": "o"}, "contactId"),
        ({"type": "hangup", **unknown}, "contactId"),
        ({"type": "chat", **unknown, "content": "hello"}, "contactId"),
        ({"type": "typing", **unknown}, "contactId"),
        (
            {"type": "complete", **unknown, "disposition": "d", "ticket": {"status": "open"}},
            "contactId",
        ),
    )
    with center.desk("agent2") as desk:
        for command, field in commands:
            reply = desk.do(str(command.pop("type")), **command)
            assert (False, field) == (reply["ok"], reply["error"]["field"]), command
        for content in ({"type": "sing"}, {"type": "accept"}, {"type": "hello", "after": "x"}, 5):
            desk.send("trunkline/desk", content)
            assert desk.refusal()["message"]
        assert desk.is_usable()


def test_a_wrap_up_is_checked_before_it_counts(center: Center) -> None:
    """An unknown disposition or status, or too long a note: the work is not handed in."""
    with center.desk("agent") as ben, Chatter(center) as ana:
        ben.must("status", name="Available")
        ben.accept(ana.contact_id)
        for content, field in (("", "Content"), ("x" * 1025, "Content")):
            reply = ben.do("chat", contactId=ana.contact_id, content=content)
            assert field == reply["error"]["field"]
        ben.must("hangup", contactId=ana.contact_id)
        good: dict[str, Any] = {"disposition": "resolved", "ticket": {"status": "resolved"}}
        for bad, field in (
            ({"disposition": "sold-the-shop"}, "disposition"),
            ({"ticket": {"status": "lost"}}, "ticket.status"),
            ({"note": "x" * 10_001}, "note"),
        ):
            reply = ben.do("complete", contactId=ana.contact_id, **{**good, **bad})
            assert (False, field) == (reply["ok"], reply.get("error", {}).get("field")), bad
        assert "ENDED" == center.contact(ana.contact_id)["state"]


def test_a_recordings_segment_has_a_name_that_is_one(center: Center) -> None:
    """A bad one is refused at the door, not found out later by a worker."""
    finished = {"chunks": 1, "startedAt": "2026-03-02T14:00:00Z"}
    with center.desk("agent") as ben, Caller(center) as ana:
        ben.must("status", name="Available")
        ana.asks_for_support()
        ben.accept(ana.contact_id)
        for segment in ("NOT-OK", "..%2F..%2Fother", "x" * 17):
            path = f"/v1/contacts/{ana.contact_id}/recordings/{segment}/finish"
            status, said = center.request("POST", path, finished, role="agent")
            assert (422, "segment") == (status, said["field"])


def test_a_flow_with_dangling_references_is_not_published(center: Center, stored: None) -> None:
    """Stock boto3 gets Connect's own error, with every problem named."""
    problems = _publish(center, _flow(_transfer("flow:Nowhere"), next_action="Nobody"))
    text = " ".join(problems)
    assert "Nobody" in text

    problems = _publish(center, _flow(_transfer("flow:Nowhere")))
    assert any("Nowhere" in problem for problem in problems)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("not JSON", ""),
        ("[]", ""),
        (DEEP, ""),
        ('{"Version": "2019-10-30", "StartAction": "A", "Actions": []}', "A"),
        ('{"Version": "1999-01-01", "StartAction": "A", "Actions": []}', "1999"),
    ],
)
def test_what_is_no_flow_is_not_published(
    center: Center, stored: None, content: str, named: str
) -> None:
    """Neither noise nor half a flow."""
    assert named in " ".join(_publish(center, content))


def test_an_unknown_type_of_action_is_named_when_published(center: Center, stored: None) -> None:
    """A flow that could not run is not published."""
    flow = _flow({"Identifier": "A", "Type": "MakeCoffee", "Parameters": {}, "Transitions": {}})

    assert any("MakeCoffee" in problem for problem in _publish(center, flow))


def test_connects_doors_refuse_as_connect_does(center: Center, stored: None) -> None:
    """Stock boto3 raises the exceptions that its users already catch."""
    connect, instance = center.connect(), center.instance_id
    flow = center.flow_id("Main inbound")
    ana = {"DisplayName": NAME}
    asked: list[tuple[str, Any, dict[str, Any]]] = [
        (
            "ResourceNotFoundException",
            connect.start_chat_contact,
            {"InstanceId": "no-such", "ContactFlowId": flow, "ParticipantDetails": ana},
        ),
        (
            "InvalidParameterException",
            connect.start_chat_contact,
            {"InstanceId": instance, "ContactFlowId": "no-such", "ParticipantDetails": ana},
        ),
        (
            "ResourceNotFoundException",
            connect.update_contact_flow_content,
            {"InstanceId": instance, "ContactFlowId": "no-such", "Content": "{}"},
        ),
        (
            "InvalidParameterException",
            connect.create_contact_flow,
            {"InstanceId": instance, "Name": "x", "Type": "NO_SUCH", "Content": "{}"},
        ),
        (
            "AccessDeniedException",
            center.connect("connectparticipant").create_participant_connection,
            {"ParticipantToken": "no.such.token", "Type": ["WEBSOCKET"]},
        ),
    ]
    for expected, call, arguments in asked:
        with pytest.raises(ClientError) as refused:
            call(**arguments)
        assert expected == refused.value.response["Error"]["Code"]


def test_a_deep_participant_request_is_refused_not_failed(center: Center) -> None:
    """A body of brackets costs the sender an answer, and us nothing."""
    body = f'{{"StartPosition": {{"a": {DEEP}}}}}'.encode()

    status, said = center.request("POST", "/participant/transcript", body, x_amz_bearer="a.b.c")

    assert 400 == status, said


def test_logs_hold_no_name_and_no_number(center: Center) -> None:
    """Neither of those who are refused nor of those who are served."""
    since = int(time.time() * 1000)
    with Caller(center, NUMBER, name=NAME) as caller:
        caller.asks_for_support()
        caller.hears_the_queue()
    with Chatter(center, name=NAME) as chatter:
        chatter.says(f"I am {NAME}, call me at {NUMBER}")
    for bad in REQUESTS:
        _refusal(center, bad)
    for text in (f'{{"topic": "{NAME}"}}', f'"{NUMBER}'):
        with Caller(center) as caller:
            caller.send_raw(text)
            caller.refusal()

    lines = _logs(center, since)

    assert any("frame refused" in line for line in lines)
    assert any('"refused"' in line for line in lines)
    given = [NAME, "Zebulon", NUMBER, NUMBER[2:], "555-7391"]
    assert [] == [line for line in lines for each in given if each in line]


def _refusal(center: Center, bad: Bad) -> tuple[int, object, object]:
    status, said = center.request(bad.method, bad.path, bad.body, role=bad.role)
    assert isinstance(said, dict), (bad.what, said)
    assert not {"Traceback", ".py"} & set(str(said).split()), (bad.what, said)
    assert said["message"], bad.what
    return status, said.get("field"), said.get("value")


def _expected(bad: Bad, found: tuple[int, object, object]) -> tuple[int, object, object]:
    """Fields and values that the case does not care about are as they were found."""
    _, field, value = found
    return bad.status, bad.field or field, bad.value or value


def _settled(center: Center) -> dict[str, int]:
    """The number of rows of each table, once nothing more arrives from what went before."""
    before, now = None, _rows(center)
    while before != now:
        time.sleep(0.7)  # streams and queues of earlier tests run dry
        before, now = now, _rows(center)
    return now


def _rows(center: Center) -> dict[str, int]:
    dynamodb = center.aws("dynamodb")
    return {
        table: dynamodb.scan(TableName=center.facts["tables"][table], Select="COUNT")["Count"]
        for table in KEPT
    }


def _publish(center: Center, content: str) -> list[str]:
    """The problems for which a flow was not published."""
    connect = center.connect()
    with pytest.raises(connect.exceptions.InvalidContactFlowException) as refused:
        connect.create_contact_flow(
            InstanceId=center.instance_id,
            Name=f"Bad {time.time_ns()}",
            Type="CONTACT_FLOW",
            Content=content,
        )
    problems = refused.value.response["problems"]
    assert problems
    return [str(problem) for problem in problems]


def _flow(action: Mapping[str, object], *, next_action: str | None = None) -> str:
    transitions = {"Transitions": {"NextAction": next_action}} if next_action else {}
    return json.dumps(
        {"Version": "2019-10-30", "StartAction": "A", "Actions": [{**action, **transitions}]}
    )


def _transfer(flow: str) -> dict[str, object]:
    return {
        "Identifier": "A",
        "Type": "TransferToFlow",
        "Parameters": {"ContactFlowId": flow},
        "Transitions": {
            "NextAction": "A",
            "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "A"}],
        },
    }


def _logs(center: Center, since: int) -> list[str]:
    """What every function has said since then."""
    logs, lines = center.aws("logs"), []
    for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"], startTime=since
        )
        lines += [event["message"] for page in pages for event in page["events"]]
    return lines
