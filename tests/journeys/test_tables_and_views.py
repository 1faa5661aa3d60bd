"""Data tables, metrics, views, sign-in and other lines, from outside, on the deployed artifact."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.journeys.center import Center, eventually
from tests.journeys.customers import Caller, Chatter
from tests.journeys.workshop import Workshop, block, document

pytestmark = pytest.mark.journey

INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
FRIEND, BUSY = "+12025550181", "+12025550183"


@pytest.fixture
def workshop(center: Center) -> Iterator[Workshop]:
    with Workshop(center) as workshop:
        yield workshop


def says(identifier: str, text: str) -> dict[str, Any]:
    return block(identifier, "MessageParticipant", "End", Text=text)


def branching(made: dict[str, Any], *errors: str, **ways: str) -> dict[str, Any]:
    """The block with a condition per way, and errors that all lead to `Otherwise`."""
    transitions = made["Transitions"]
    transitions["Conditions"] = [
        {"NextAction": target, "Condition": {"Operator": "Equals", "Operands": [value]}}
        for value, target in ways.items()
    ]
    names = (*errors, "NoMatchingError")
    transitions["Errors"] = [{"ErrorType": each, "NextAction": "Otherwise"} for each in names]
    return made


def answers(center: Center, chat: Chatter, action: str, **data: object) -> None:
    """As the page answers a view."""
    content = json.dumps({"templateType": "ViewResource", "action": action, "data": data})
    center.connect("connectparticipant").send_message(
        ConnectionToken=chat.token, ContentType=f"{INTERACTIVE}.response", Content=content
    )


def read(chat: Chatter, text: str) -> None:
    """Waits until it stands in the transcript: a short flow has said all before anybody listens."""
    eventually(lambda: any(text in i.get("Content", "") for i in chat.transcript()), text)


def shown(chat: Chatter) -> dict[str, Any]:
    """The view in the transcript."""
    item = next(i for i in chat.transcript() if i["ContentType"] == INTERACTIVE)
    view: dict[str, Any] = json.loads(item["Content"])["data"]["content"]
    return view


def branch_of(center: Center, contact_id: str, identifier: str) -> dict[str, Any]:
    """The block as the trace has it, once it was run."""

    def look() -> dict[str, Any] | None:
        told = center.explain(contact_id, "BlockExecuted")
        return next((fact for fact in told if fact["blockId"] == identifier), None)

    return eventually(look, f"block {identifier!r}")


def test_a_flow_reads_and_writes_a_table_that_an_admin_made(
    center: Center, workshop: Workshop
) -> None:
    """Stock boto3 makes the table; a flow reads and writes it; boto3 sees what was written."""
    connect, here = workshop.connect, workshop.here
    made = connect.create_data_table(
        **here,
        Name=workshop.name("Fees"),
        TimeZone="UTC",
        ValueLockLevel="DATA_TABLE",
        Status="PUBLISHED",
    )
    table = {**here, "DataTableId": made["Id"]}
    try:
        connect.create_data_table_attribute(**table, Name="plan", ValueType="TEXT", Primary=True)
        connect.create_data_table_attribute(
            **table, Name="fee", ValueType="NUMBER", Validation={"Minimum": 0}
        )
        gold = [{"AttributeName": "plan", "Value": "gold"}]
        value = {"PrimaryValues": gold, "AttributeName": "fee", "Value": "5.50"}
        assert not connect.batch_create_data_table_value(**table, Values=[value])["Failed"]

        query = {"QueryName": "Gold", "Attributes": ["fee"], "PrimaryValues": gold}
        upsert = {
            "PrimaryValues": [{"Name": "plan", "Value": "tin"}],
            "Attributes": [{"Name": "fee", "Value": "$.DataTables.Gold.fee"}],
        }
        about = {"DataTableId": made["Id"]}
        flow = document(
            block("Read", "EvaluateDataTableValues", "Write", **about, Queries=[query]),
            block(
                "Write", "UpsertDataTableValues", "Say", **about, DataTableUpsertAttributes=[upsert]
            ),
            says("Say", "The fee is $.DataTables.Gold.fee."),
        )
        with Chatter(center, flow_id=workshop.create("Fees", flow)) as chat:
            read(chat, "The fee is 5.50.")
            assert "next" == branch_of(center, chat.contact_id, "Read")["branch"]
        listed = connect.list_data_table_values(**table)["Values"]
        assert {"gold": "5.50", "tin": "5.50"} == {
            each["PrimaryValues"][0]["Value"]: each["Value"] for each in listed
        }
        evaluated = connect.evaluate_data_table_values(
            **table, Values=[{"PrimaryValues": gold, "AttributeNames": ["fee"]}]
        )
        assert evaluated["Values"][0]["Found"]
    finally:
        connect.delete_data_table(**table)


def test_a_table_of_the_deployment_is_there(center: Center, workshop: Workshop) -> None:
    query = {
        "QueryName": "Plan",
        "Attributes": ["answer within"],
        "PrimaryValues": [{"AttributeName": "plan", "Value": "Gold"}],
    }
    reads = block(
        "Read", "EvaluateDataTableValues", "Say", DataTableId="table:Service plans", Queries=[query]
    )
    text = "We answer within $.DataTables.Plan['answer within']."
    flow = workshop.create("Plans", document(reads, says("Say", text)))
    with Chatter(center, flow_id=flow) as chat:
        read(chat, "We answer within four hours.")


def test_a_view_is_shown_answered_and_hidden(center: Center, workshop: Workshop) -> None:
    """The flow has the answer; transcript and trace do not."""
    shows = block(
        "Show",
        "ShowView",
        "Otherwise",
        ViewResource={"Id": "form"},
        InvocationTimeLimitSeconds="60",
        ViewData={
            "Heading": "Hello $.Attributes.topic",
            "Sections": [{"Items": [{"Type": "FormInput", "Name": "card"}]}],
        },
        SensitiveDataConfiguration={"HideResponseOn": ["TRANSCRIPT"]},
    )
    flow = document(
        branching(shows, "NoMatchingCondition", "TimeLimitExceeded", Submit="Thanks"),
        says("Thanks", "Thank you."),
        says("Otherwise", "Some other time."),
    )
    with Chatter(center, flow_id=workshop.create("Card", flow)) as chat:
        view = shown(chat)
        assert "Hello support" == view["Content"]["Template"]["Head"]["Title"]
        answers(center, chat, "Explode")
        read(chat, "That is not one of the choices")
        answers(center, chat, "Submit", FormData={"card": "4111-1111"})
        read(chat, "Thank you.")

        assert "4111" not in json.dumps(chat.transcript())
        branch_of(center, chat.contact_id, "Show")
        assert "4111" not in json.dumps(center.explain(chat.contact_id))


def test_a_view_made_through_the_api_is_shown_by_its_version(
    center: Center, workshop: Workshop
) -> None:
    connect, here = workshop.connect, workshop.here

    def content(text: str) -> dict[str, Any]:
        body = [{"_id": "t", "Type": "Text", "Props": {"Text": text}, "Content": []}]
        return {"Template": json.dumps({"Body": body}), "Actions": ["Ok"]}

    made = connect.create_view(
        **here, Name=workshop.name("Note"), Status="PUBLISHED", Content=content("One $.Name")
    )["View"]
    view = {**here, "ViewId": made["Id"]}
    try:
        assert 1 == connect.create_view_version(**view)["View"]["Version"]
        connect.update_view_content(**view, Status="PUBLISHED", Content=content("Two"))
        latest = connect.describe_view(**view)["View"]["Content"]["Template"]
        assert "Two" in latest
        shows = block(
            "Show",
            "ShowView",
            "Otherwise",
            ViewResource={"Id": f"{made['Arn']}:1"},
            InvocationTimeLimitSeconds="60",
            ViewData={"Name": "for you"},
        )
        flow = document(
            branching(shows, "NoMatchingCondition", "TimeLimitExceeded", Ok="Fine"),
            says("Fine", "Fine."),
            says("Otherwise", "No."),
        )
        with Chatter(center, flow_id=workshop.create("Note", flow)) as chat:
            (component,) = shown(chat)["Content"]["Template"]["Body"]
            assert "One for you" == component["Props"]["Text"]
            answers(center, chat, "Ok")
            read(chat, "Fine.")
    finally:
        connect.delete_view(**view)


def test_a_customer_signs_in_with_a_token_of_the_pool(center: Center, workshop: Workshop) -> None:
    """A bad token is told and may be tried again; a good one makes the contact know who it is."""
    settings = center.request("GET", "/v1/settings")[1]
    pool, client = settings["userPoolId"], settings["clientId"]
    asks = block(
        "Who",
        "AuthenticateParticipant",
        "Hello",
        CognitoConfiguration={
            "UserPoolArn": f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}",
            "AppClientId": client,
        },
        TimeLimitMinutes="2",
    )
    known = "$.SegmentAttributes['connect:CustomerAuthentication']"
    flow = document(
        branching(asks, "TimeLimitExceeded", OptedOut="Otherwise"),
        says("Hello", f"{known}.Status {known}.AssociatedCustomerId"),
        says("Otherwise", "Hello, stranger."),
    )
    flow_id = workshop.create("Who", flow)
    with Chatter(center, flow_id=flow_id) as chat:
        assert "SignIn" == shown(chat)["Content"]["Template"]["Body"][0]["Type"]
        answers(center, chat, "SignedIn", idToken="not.a.token")
        read(chat, "That did not sign you in.")
        token = center.token("agent")
        answers(center, chat, "SignedIn", idToken=token)
        read(chat, "AUTHENTICATED ben")
        assert token not in json.dumps(chat.transcript())
    with Chatter(center, flow_id=flow_id) as chat:
        answers(center, chat, "OptedOut")
        read(chat, "Hello, stranger.")


def test_a_flow_knows_how_many_wait_and_who_is_there(center: Center, workshop: Workshop) -> None:
    """The agent is counted while the desk is connected, in a queue that nobody else is in."""
    about = {"QueueId": "queue:Vietnamese"}
    text = "$.Metrics.Agents.Available.Count free, $.Metrics.Queue.Size wait."
    flow = document(
        block("Ask", "GetMetricData", "Say", **about, QueueChannel="Chat"), says("Say", text)
    )
    flow_id = workshop.create("Metrics", flow)
    with center.desk("agent") as desk:
        desk.must("status", name="Available")
        with Chatter(center, flow_id=flow_id) as chat:
            read(chat, "1 free, 0 wait.")
        desk.must("status", name="Offline")
        with Chatter(center, flow_id=flow_id) as chat:
            read(chat, "0 free, 0 wait.")


@pytest.fixture
def by_key_nine(center: Center) -> Iterator[str]:
    """The key of the main menu that leads to the flow of a test."""
    yield "/v1/menus/main/9"
    center.request("PUT", "/v1/menus/main/9", {"target": None}, role="admin")


@pytest.mark.parametrize(
    ("number", "branch", "comes_back"),
    [(FRIEND, "next", "True"), (BUSY, "CallFailed", "True"), (FRIEND, "end", "False")],
)
def test_a_caller_is_put_through_to_another_line(
    center: Center,
    workshop: Workshop,
    by_key_nine: str,
    number: str,
    branch: str,
    comes_back: str,
) -> None:
    """It rings, they talk, and the flow goes on; or the contact ends with the third party."""
    dials = block(
        "Dial",
        "TransferParticipantToThirdParty",
        "Back",
        ThirdPartyPhoneNumber=number,
        ThirdPartyConnectionTimeLimitSeconds="20",
        ContinueFlowExecution=comes_back,
    )
    errors = ("CallFailed", "ConnectionTimeLimitExceeded") if comes_back == "True" else ()
    dials = branching(dials, *errors)
    del dials["Transitions"]["Conditions"]
    flow = document(dials, says("Back", "Welcome back."), says("Otherwise", "No luck."))
    flow_id = workshop.create("Dial", flow)
    name = workshop.describe(flow_id)["Name"]
    center.request("PUT", by_key_nine, {"target": f"flow:{name}"}, role="admin")

    with put_through(center) as (caller, begun):
        if number == FRIEND:
            assert "connected" == caller.told("line")["state"]
            assert time.monotonic() - begun >= 1.5
        if branch == "end":
            assert "THIRD_PARTY_DISCONNECT" == caller.told("end")["reason"]
        else:
            said = caller.told("play")["prompts"][0]["text"]
            assert ("Welcome back." if branch == "next" else "No luck.") == said
        dialled = branch_of(center, caller.contact_id, "Dial")
        assert branch == dialled["branch"]


@contextmanager
def put_through(center: Center) -> Iterator[tuple[Caller, float]]:
    """A caller to whom it rings, and since when. A worker that has looked at the flows lately does
    not know a new one for some seconds: then its caller waits for Sales, and another one calls."""
    for _ in range(10):
        with Caller(center) as caller:
            caller.presses("1")
            caller.presses("9")
            told = caller.told("line", "loop")
            if told["do"] == "line":
                assert "ringing" == told["state"]
                yield caller, time.monotonic()
                return
    raise AssertionError("key 9 leads to no other line")
