"""Connect's API for flows and what belongs to them: stock botocore at our doors, in process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.validate import ParamValidator
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.identity import Caller
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.flow_versions import FlowVersions
from chalicelib.services.tags import TagsService
from tests.fakes.center import InMemoryUserStore
from tests.given import MONDAY
from tests.services.test_flow_library import RETURN, SALES, SUPPORT, UNFINISHED
from tests.services.test_prompts import Studio

HERE = {"InstanceId": "i-1"}


class Machines:
    def verify(self, event: object, headers: object, body: bytes) -> Caller:
        return Caller(kind="machine", username="AK", groups=frozenset({"admin"}))


@dataclass
class Body:
    """A response's body as botocore reads it."""

    text: bytes

    def stream(self, *_: object) -> Iterator[bytes]:
        yield self.text


class Stock:
    """A client as boto3 makes it, whose requests never leave this process.

    What it is answered must be of the shape that the service model promises, and no more.
    """

    def __init__(self) -> None:
        session = botocore.session.get_session()
        self._client = session.create_client(
            "connect",
            region_name="us-east-1",
            aws_access_key_id="AK",
            aws_secret_access_key="secret",
            endpoint_url="http://connect.test",
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
        )
        self._client.meta.events.register("before-send.connect", self._serve)
        self._raw: dict[str, Any] = {}

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: object) -> dict[str, Any]:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
            answer.pop("ResponseMetadata")
            name = self._client.meta.method_to_api_mapping[operation]
            shape = self._client.meta.service_model.operation_model(name).output_shape
            if shape is not None:
                assert not ParamValidator().validate(answer, shape).has_errors()
                assert [] == list(_unknown(self._raw, shape))
            return answer

        return call

    def refusal(self, operation: str, **arguments: object) -> str:
        return self.error(operation, **arguments)["Code"]

    def error(self, operation: str, **arguments: object) -> dict[str, str]:
        """`Code` and `Message` of a refused call."""
        with pytest.raises(self._client.exceptions.ClientError) as refused:
            getattr(self._client, operation)(**arguments)
        told = refused.value.response["Error"]
        return {name: told[name] for name in ("Code", "Message")}

    def _serve(self, request: Any, **_: object) -> Any:
        from app import app

        path = request.url.removeprefix("http://connect.test")
        headers = {name: _text(value) for name, value in request.headers.items()}
        with Client(app) as client:
            answer = client.http.request(
                request.method, path, headers=headers, body=request.body or b""
            )
        self._raw = json.loads(answer.body or b"{}")
        return AWSResponse(request.url, answer.status_code, answer.headers, Body(answer.body))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _unknown(document: Any, shape: Any) -> Iterator[str]:
    """Fields that the service model does not have."""
    if shape.type_name == "list":
        for each in document:
            yield from _unknown(each, shape.member)
    if shape.type_name == "structure":
        members = {m.serialization.get("name", n): m for n, m in shape.members.items()}
        for name, value in document.items():
            if name in members:
                yield from _unknown(value, members[name])
            else:
                yield f"{shape.name}.{name}"


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    studio = Studio()
    store, ids = studio.shop.store, count(1)
    usage = FlowUsage(store, store)

    def versions(library: Any) -> FlowVersions:
        return FlowVersions(
            library, store, usage, now=lambda: MONDAY, new_id=lambda: f"al-{next(ids)}"
        )

    built: Mapping[str, object] = {
        "center_store": store,
        "flow_library": studio.shop.flows,
        "module_library": studio.shop.modules,
        "flow_versions": versions(studio.shop.flows),
        "module_versions": versions(studio.shop.modules),
        "prompts": studio.service,
        "tags": TagsService(store, store, InMemoryUserStore(store)),
        "machines": Machines(),
    }
    for name, service in built.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)
    return studio


@pytest.fixture(scope="module")
def stock() -> Stock:
    """One for all tests: making a client takes half a second."""
    return Stock()


@pytest.fixture
def connect(studio: Studio, stock: Stock) -> Stock:
    return stock


def a_flow(connect: Stock, name: str = "Main", content: str = SALES, **more: object) -> str:
    made = connect.create_contact_flow(
        **HERE, Name=name, Type="CONTACT_FLOW", Content=content, **more
    )
    flow_id: str = made["ContactFlowId"]
    return flow_id


def test_contact_flows_have_the_shapes_of_the_model(connect: Stock) -> None:
    """Created, described, changed, listed, searched, deleted."""
    flow_id = a_flow(connect, Description="All calls", Tags={"team": "a"})
    flow = {**HERE, "ContactFlowId": flow_id}
    connect.update_contact_flow_content(**flow, Content=SUPPORT)
    connect.update_contact_flow_name(**flow, Name="Front")
    connect.update_contact_flow_metadata(**flow, Description="", ContactFlowState="ARCHIVED")

    found = connect.describe_contact_flow(**flow)["ContactFlow"]

    assert found["Content"] == SUPPORT
    assert (found["Name"], found["State"], found["Version"]) == ("Front", "ARCHIVED", 2)
    assert (found["LastModifiedTime"], found["Tags"]) == (MONDAY, {"team": "a"})
    assert "Description" not in found
    listed = connect.list_contact_flows(**HERE)["ContactFlowSummaryList"]
    assert [flow_id] == [each["Id"] for each in listed]
    assert connect.search_contact_flows(**HERE)["ApproximateTotalCount"] == 1
    connect.delete_contact_flow(**flow)
    assert connect.list_contact_flows(**HERE) == {"ContactFlowSummaryList": []}


def test_a_draft_is_described_as_saved(connect: Stock) -> None:
    """It has no version."""
    flow_id = a_flow(connect, content=UNFINISHED, Status="SAVED")

    assert connect.refusal("describe_contact_flow", **HERE, ContactFlowId=flow_id) == (
        "ContactFlowNotPublishedException"
    )
    draft = connect.describe_contact_flow(**HERE, ContactFlowId=f"{flow_id}:$SAVED")["ContactFlow"]
    assert (draft["Status"], draft["Content"], "Version" in draft) == ("SAVED", UNFINISHED, False)


def test_modules_have_the_shapes_of_the_model(connect: Stock) -> None:
    """With settings, and whether others than flows may invoke them."""
    made = connect.create_contact_flow_module(
        **HERE,
        Name="Part",
        Content=RETURN,
        Settings="{}",
        ExternalInvocationConfiguration={"Enabled": True},
    )
    module = {**HERE, "ContactFlowModuleId": made["Id"]}
    connect.update_contact_flow_module_content(**module, Settings='{"inputs": []}')
    connect.update_contact_flow_module_metadata(**module, Name="Piece", State="ACTIVE")

    found = connect.describe_contact_flow_module(**module)["ContactFlowModule"]

    assert (found["Name"], found["Content"], found["Version"]) == ("Piece", RETURN, 2)
    assert found["Settings"] == '{"inputs": []}'
    assert found["ExternalInvocationConfiguration"] == {"Enabled": True}
    listed = connect.list_contact_flow_modules(**HERE, ContactFlowModuleState="ACTIVE")
    assert [made["Id"]] == [each["Id"] for each in listed["ContactFlowModulesSummaryList"]]
    archived = connect.list_contact_flow_modules(**HERE, ContactFlowModuleState="ARCHIVED")
    assert archived == {"ContactFlowModulesSummaryList": []}
    assert connect.search_contact_flow_modules(**HERE)["ContactFlowModules"][0]["Name"] == "Piece"
    connect.delete_contact_flow_module(**module)


@pytest.mark.parametrize("noun", ["contact_flow", "contact_flow_module"])
def test_versions_and_aliases_have_the_shapes_of_the_model(connect: Stock, noun: str) -> None:
    """Of flows and of modules alike."""
    kind = "ContactFlowModule" if noun.endswith("module") else "ContactFlow"
    create = {**HERE, "Name": "Main", "Content": RETURN}
    if kind == "ContactFlow":
        create |= {"Type": "CONTACT_FLOW", "Content": SALES}
    made = getattr(connect, f"create_{noun}")(**create)
    named = {**HERE, f"{kind}Id": made.get("ContactFlowId") or made["Id"]}

    version = getattr(connect, f"create_{noun}_version")(**named, Description="First")
    alias = getattr(connect, f"create_{noun}_alias")(
        **named, AliasName="live", Description="Runs", **{f"{kind}Version": 1}
    )
    this = {**named, "AliasId": alias["Id"]}
    getattr(connect, f"update_{noun}_alias")(**this, Name="prod", **{f"{kind}Version": 1})

    assert version["Version"] == 1
    versions = getattr(connect, f"list_{noun}_versions")(**named)
    assert versions[f"{kind}VersionSummaryList"][0]["VersionDescription"] == "First"
    found = getattr(connect, f"describe_{noun}_alias")(**this)[f"{kind}Alias"]
    assert (found["Name"], found["Version"], found["Description"]) == ("prod", 1, "Runs")
    aliases = getattr(connect, f"list_{noun}_aliases")(**named)
    assert aliases[f"{kind}AliasSummaryList"][0]["AliasName"] == "prod"
    refused = connect.refusal(f"delete_{noun}_version", **named, **{f"{kind}Version": 1})
    assert refused == "ResourceInUseException"
    getattr(connect, f"delete_{noun}_alias")(**this)


def test_prompts_and_tags_have_the_shapes_of_the_model(connect: Stock, studio: Studio) -> None:
    """An ARN in a path keeps its slashes."""
    made = connect.create_prompt(
        **HERE, Name="Welcome", S3Uri="s3://prompts/in/hello.wav", Tags={"team": "a"}
    )
    prompt = {**HERE, "PromptId": made["PromptId"]}
    connect.update_prompt(**prompt, Description="Hello")
    connect.tag_resource(resourceArn=made["PromptARN"], tags={"live": "yes", "old": "no"})
    connect.untag_resource(resourceArn=made["PromptARN"], tagKeys=["team", "old"])

    found = connect.describe_prompt(**prompt)["Prompt"]

    assert (found["Name"], found["Description"]) == ("Welcome", "Hello")
    assert connect.list_tags_for_resource(resourceArn=made["PromptARN"]) == {
        "tags": {"live": "yes"}
    }
    assert "prompts/" in connect.get_prompt_file(**prompt)["PromptPresignedUrl"]
    assert connect.list_prompts(**HERE)["PromptSummaryList"][0]["Name"] == "Welcome"
    assert connect.search_prompts(**HERE)["Prompts"][0]["PromptId"] == made["PromptId"]
    connect.delete_prompt(**prompt)
    assert connect.refusal("describe_prompt", **prompt) == "ResourceNotFoundException"


def text(value: str, comparison: str = "CONTAINS", field: str = "name") -> dict[str, object]:
    condition = {"FieldName": field, "Value": value, "ComparisonType": comparison}
    return {"StringCondition": condition}


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ({}, ["Back door", "Front door", "Garden"]),
        (text("door"), ["Back door", "Front door"]),
        (text("front", "STARTS_WITH"), ["Front door"]),
        (text("calls", field="description"), ["Front door"]),
        ({"AndConditions": [text("door"), text("back")]}, ["Back door"]),
        ({"OrConditions": [text("back"), text("garden")]}, ["Back door", "Garden"]),
        ({"OrConditions": [text("door")], **text("front")}, ["Front door"]),
        ({"TypeCondition": "CUSTOMER_HOLD"}, []),
        ({"StateCondition": "ARCHIVED"}, []),
        ({"StatusCondition": "SAVED"}, ["Garden"]),
    ],
)
def test_a_search_finds_by_name_type_state_and_status(
    connect: Stock, criteria: dict[str, object], names: list[str]
) -> None:
    """Conditions of one place all hold."""
    a_flow(connect, "Front door", Description="All calls")
    a_flow(connect, "Back door")
    a_flow(connect, "Garden", UNFINISHED, Status="SAVED")

    found = connect.search_contact_flows(**HERE, SearchCriteria=criteria)

    assert [flow["Name"] for flow in found["ContactFlows"]] == names
    assert found["ApproximateTotalCount"] == len(names)


A, B = {"TagKey": "team", "TagValue": "a"}, {"TagKey": "live"}
VOICE = {"ContactFlowTypeCondition": {"ContactFlowType": "CONTACT_FLOW"}}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"TagFilter": {"TagCondition": A}}, ["1", "3"]),
        ({"TagFilter": {"AndConditions": [A, B]}}, ["3"]),
        (
            {"TagFilter": {"OrConditions": [[A, B], [{"TagKey": "team", "TagValue": "b"}]]}},
            ["2", "3"],
        ),
        ({"FlowAttributeFilter": {"TagCondition": B}}, ["3"]),
        ({"FlowAttributeFilter": VOICE}, ["1", "2", "3"]),
        ({"FlowAttributeFilter": {"AndCondition": {"TagConditions": [A], **VOICE}}}, ["1", "3"]),
        ({"FlowAttributeFilter": {"OrConditions": [{"TagConditions": [B]}]}}, ["3"]),
    ],
)
def test_a_search_finds_by_tags(
    connect: Stock, wanted: dict[str, object], names: list[str]
) -> None:
    for name, tags in (
        ("1", {"team": "a"}),
        ("2", {"team": "b"}),
        ("3", {"team": "a", "live": "y"}),
    ):
        a_flow(connect, name, Tags=tags)

    found = connect.search_contact_flows(**HERE, SearchFilter=wanted)

    assert [flow["Name"] for flow in found["ContactFlows"]] == names


def test_pages_join_and_bad_marks_and_sizes_are_refused(connect: Stock) -> None:
    """In lists and in searches."""
    for name in "cab":
        a_flow(connect, name)

    first = connect.list_contact_flows(**HERE, MaxResults=2)
    rest = connect.list_contact_flows(**HERE, MaxResults=2, NextToken=first["NextToken"])
    names = [f["Name"] for page in (first, rest) for f in page["ContactFlowSummaryList"]]

    assert (names, "NextToken" in rest) == (["a", "b", "c"], False)
    bad: dict[str, list[dict[str, object]]] = {
        "list_contact_flows": [{"MaxResults": 0}, {"MaxResults": 1001}, {"NextToken": "x"}],
        "search_contact_flows": [{"MaxResults": 0}, {"MaxResults": 101}, {"NextToken": "x"}],
        "list_prompts": [{"NextToken": first["NextToken"]}],
    }
    for operation, cases in bad.items():
        for wrong in cases:
            assert connect.refusal(operation, **HERE, **wrong) == "InvalidParameterException"


def test_what_is_no_search_is_refused(connect: Stock) -> None:
    """Neither unknown fields nor conditions without end."""
    deep: dict[str, object] = text("x")
    for _ in range(9):
        deep = {"AndConditions": [deep]}

    for criteria in (deep, text("x", field="content"), text("x", "LIKE")):
        refused = connect.refusal("search_contact_flows", **HERE, SearchCriteria=criteria)
        assert refused == "InvalidParameterException"
    assert connect.refusal("search_contact_flows", InstanceId="i-2") == "ResourceNotFoundException"
