"""Flows through Connect's own API, with stock boto3, on the deployed artifact."""

from __future__ import annotations

import io
import json
import time
import urllib.request
import wave
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys import workshop
from tests.journeys.center import Center
from tests.journeys.customers import Caller, Chatter
from tests.journeys.workshop import MODULE, Workshop, leads_to, says, to_queue

pytestmark = pytest.mark.journey

WITHIN = 5.0  # seconds until new contacts get what was published or rolled back


@pytest.fixture
def shop(center: Center) -> Iterator[Workshop]:
    with Workshop(center) as shop:
        yield shop


def test_a_flow_lives_from_its_draft_to_its_end(shop: Workshop) -> None:
    """Draft, publish, versions, alias, name, tags, search: each as stock boto3 expects it."""
    connect, here = shop.connect, shop.here
    unfinished = json.dumps({"Version": "2019-10-30", "StartAction": "", "Actions": []})
    flow_id = shop.create("Life", unfinished, Status="SAVED", Tags={"team": "a"})
    flow = {**here, "ContactFlowId": flow_id}
    assert "ContactFlowNotPublishedException" == shop.refusal("describe_contact_flow", **flow)[0]
    assert "SAVED" == shop.describe(f"{flow_id}:$SAVED")["Status"]

    for content in (says("One"), says("Two"), says("Two")):
        shop.update(flow_id, content)
    shop.update(f"{flow_id}:$SAVED", says("Three"))
    live = shop.describe(flow_id)
    made = connect.create_contact_flow_version(
        **flow, Description="Second", FlowContentSha256=live["FlowContentSha256"]
    )
    alias = connect.create_contact_flow_alias(
        **flow, ContactFlowVersion=1, AliasName="prod", Description="What runs"
    )

    assert (2, 2, "PUBLISHED") == (made["Version"], live["Version"], live["Status"])
    wanted = {"": "Two", ":1": "One", ":prod": "One", ":$LATEST": "Two", ":$SAVED": "Three"}
    for qualifier, text in wanted.items():
        for name in (flow_id, live["Arn"]):
            assert text in shop.describe(name + qualifier)["Content"]
    listed = connect.list_contact_flow_versions(**flow)["ContactFlowVersionSummaryList"]
    assert [(2, "Second"), (1, None)] == [
        (v["Version"], v.get("VersionDescription")) for v in listed
    ]
    connect.update_contact_flow_alias(**flow, AliasId=alias["Id"], ContactFlowVersion=2)
    known = connect.describe_contact_flow_alias(**flow, AliasId=alias["Id"])["ContactFlowAlias"]
    assert ("prod", 2, "What runs") == (known["Name"], known["Version"], known["Description"])
    aliases = connect.list_contact_flow_aliases(**flow)["ContactFlowAliasSummaryList"]
    assert [("prod", 2)] == [(each["AliasName"], each["Version"]) for each in aliases]
    connect.delete_contact_flow_version(**here, ContactFlowId=flow_id, ContactFlowVersion=1)
    connect.delete_contact_flow_alias(**flow, AliasId=alias["Id"])


def test_a_flow_is_renamed_described_put_away_and_deleted(shop: Workshop) -> None:
    """What is not given stays; a deleted one is gone from every list."""
    flow_id = shop.create("Named", says("Hello"))
    flow, renamed = {**shop.here, "ContactFlowId": flow_id}, shop.name("Renamed")

    shop.connect.update_contact_flow_name(**flow, Name=renamed)
    shop.connect.update_contact_flow_metadata(
        **flow, Description="Mine", ContactFlowState="ARCHIVED"
    )

    after = shop.describe(flow_id)
    assert (renamed, "Mine", "ARCHIVED") == (after["Name"], after["Description"], after["State"])
    assert renamed in shop.names()
    shop.connect.delete_contact_flow(**flow)
    assert "ResourceNotFoundException" == shop.refusal("describe_contact_flow", **flow)[0]
    assert renamed not in shop.names()


def test_lists_come_in_pages_and_searches_find(shop: Workshop) -> None:
    """Every flow once, in whatever pages; a search says how many there are."""
    made = {shop.create("Page", says(str(n)), Tags={"set": "pages"}) for n in range(5)}
    names = shop.names()
    assert sorted(names) == sorted(set(names))
    assert {shop.describe(flow_id)["Name"] for flow_id in made} <= set(names)

    search = {
        **shop.here,
        "SearchCriteria": {
            "AndConditions": [
                {
                    "StringCondition": {
                        "FieldName": "name",
                        "Value": "pag",
                        "ComparisonType": "STARTS_WITH",
                    }
                },
                {"TypeCondition": "CONTACT_FLOW"},
                {
                    "OrConditions": [
                        {"StatusCondition": "PUBLISHED"},
                        {"StateCondition": "ARCHIVED"},
                    ]
                },
            ]
        },
        "SearchFilter": {"TagFilter": {"TagCondition": {"TagKey": "set", "TagValue": "pages"}}},
        "MaxResults": 3,
    }
    first = shop.connect.search_contact_flows(**search)
    rest = shop.connect.search_contact_flows(**search, NextToken=first["NextToken"])

    assert (3, 5, 2) == (
        len(first["ContactFlows"]),
        first["ApproximateTotalCount"],
        len(rest["ContactFlows"]),
    )
    assert made == {flow["Id"] for page in (first, rest) for flow in page["ContactFlows"]}
    assert "NextToken" not in rest
    only = shop.connect.list_contact_flows(**shop.here, ContactFlowTypes=["CUSTOMER_QUEUE"])
    assert {"CUSTOMER_QUEUE"} == {
        flow["ContactFlowType"] for flow in only["ContactFlowSummaryList"]
    }


def test_modules_have_the_same_life(shop: Workshop) -> None:
    """With settings; and they are no flows."""
    connect, here = shop.connect, shop.here
    made = connect.create_contact_flow_module(
        **here, Name=shop.name("Part"), Content=MODULE, Settings='{"inputs": []}'
    )
    module = {**here, "ContactFlowModuleId": made["Id"]}
    connect.update_contact_flow_module_content(**module, Settings='{"inputs": [1]}')
    connect.update_contact_flow_module_metadata(**module, Description="Mine")

    found = connect.describe_contact_flow_module(**module)["ContactFlowModule"]
    version = connect.create_contact_flow_module_version(**module)["Version"]
    alias = connect.create_contact_flow_module_alias(
        **module, ContactFlowModuleVersion=1, AliasName="prod"
    )["Id"]

    assert ('{"inputs": [1]}', 2, "Mine") == (found["Settings"], version, found["Description"])
    listed = connect.list_contact_flow_module_versions(**module)
    assert [2, 1] == [v["Version"] for v in listed["ContactFlowModuleVersionSummaryList"]]
    known = connect.describe_contact_flow_module_alias(**module, AliasId=alias)
    assert 1 == known["ContactFlowModuleAlias"]["Version"]
    assert 1 == connect.search_contact_flow_modules(**here)["ApproximateTotalCount"]
    modules = connect.list_contact_flow_modules(**here)["ContactFlowModulesSummaryList"]
    assert [made["Id"]] == [each["Id"] for each in modules]
    invoke = workshop.block("Go", "InvokeFlowModule", "End", FlowModuleId=f"{made['Arn']}:prod")
    user = shop.create("User", workshop.document(invoke))
    assert "ResourceInUseException" == shop.refusal("delete_contact_flow_module", **module)[0]
    assert (
        "ResourceInUseException"
        == (shop.refusal("delete_contact_flow_module_alias", **module, AliasId=alias)[0])
    )
    connect.delete_contact_flow(**here, ContactFlowId=user)
    connect.delete_contact_flow_module_alias(**module, AliasId=alias)
    connect.delete_contact_flow_module_version(**module, ContactFlowModuleVersion=1)
    connect.delete_contact_flow_module(**module)


def test_every_refusal_is_the_exception_that_boto3_names(shop: Workshop) -> None:
    """Its users catch it by that name."""
    flow_id = shop.create("Refuses", says("Hello"))
    here, flow = shop.here, {**shop.here, "ContactFlowId": flow_id}
    name = shop.describe(flow_id)["Name"]
    new = {**here, "Name": shop.name("New"), "Type": "CONTACT_FLOW", "Content": says("Hi")}
    asked: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("DuplicateResourceException", "create_contact_flow", {**new, "Name": name}),
        ("InvalidParameterException", "create_contact_flow", {**new, "Name": "x" * 128}),
        ("InvalidParameterException", "create_contact_flow", {**new, "Type": "MODULE"}),
        ("InvalidParameterException", "create_contact_flow", {**new, "Tags": {"aws:x": "y"}}),
        ("InvalidParameterException", "create_contact_flow", {**new, "Description": "x" * 501}),
        ("InvalidContactFlowException", "create_contact_flow", {**new, "Content": "{"}),
        ("InvalidContactFlowException", "create_contact_flow", {**new, "Content": MODULE}),
        ("ResourceNotFoundException", "create_contact_flow", {**new, "InstanceId": "no-such"}),
        ("InvalidParameterException", "list_contact_flows", {**here, "NextToken": "x"}),
        ("InvalidParameterException", "search_contact_flows", {**here, "NextToken": "x"}),
        ("ResourceNotFoundException", "list_contact_flow_versions", {**flow, "ContactFlowId": "x"}),
        (
            "InvalidParameterException",
            "update_contact_flow_content",
            {**flow, "ContactFlowId": f"{flow_id}:1", "Content": says("x")},
        ),
        (
            "InvalidParameterException",
            "create_contact_flow_version",
            {**flow, "FlowContentSha256": "0" * 64},
        ),
        (
            "ResourceInUseException",
            "delete_contact_flow_version",
            {**flow, "ContactFlowVersion": 1},
        ),
        (
            "ResourceNotFoundException",
            "delete_contact_flow_version",
            {**flow, "ContactFlowVersion": 9},
        ),
        (
            "ResourceNotFoundException",
            "create_contact_flow_alias",
            {**flow, "ContactFlowVersion": 9, "AliasName": "a"},
        ),
        (
            "InvalidParameterException",
            "create_contact_flow_alias",
            {**flow, "ContactFlowVersion": 1, "AliasName": "$LATEST"},
        ),
        ("ResourceNotFoundException", "list_tags_for_resource", {"resourceArn": "arn:aws:connect"}),
        (
            "InvalidParameterException",
            "create_prompt",
            {**here, "Name": "x", "S3Uri": "s3://nowhere/x"},
        ),
        (
            "InvalidContactFlowModuleException",
            "create_contact_flow_module",
            {**here, "Name": "x", "Content": says("Hi")[:-1]},
        ),
    )
    for expected, method, arguments in asked:
        assert expected == shop.refusal(method, **arguments)[0], (method, arguments)
    assert [name] == [each for each in shop.names() if each == name]
    for size in ("0", "1001", "x"):
        path = f"/contact-flows-summary/{here['InstanceId']}?maxResults={size}"
        assert 400 == shop.center.request("GET", path, role="admin")[0]


def test_what_others_use_is_not_deleted_and_they_are_named(shop: Workshop) -> None:
    """A flow, and a queue that two flows use."""
    first, second = (
        shop.create("First", to_queue("Billing")),
        shop.create("Second", to_queue("Billing")),
    )
    third = shop.create("Third", leads_to(f"flow:{shop.describe(first)['Name']}:1"))
    names = {flow: shop.describe(flow)["Name"] for flow in (first, second, third)}

    in_use = shop.refusal("delete_contact_flow", **shop.here, ContactFlowId=first)
    queue = shop.refusal("delete_queue", **shop.here, QueueId="billing")

    assert "ResourceInUseException" == in_use[0] == queue[0]
    assert names[third] in in_use[1]["Message"]
    assert names[first] in queue[1]["Message"]
    assert names[second] in queue[1]["Message"]
    assert "billing" in {q["Id"] for q in shop.connect.list_queues(**shop.here)["QueueSummaryList"]}


# --- contacts -------------------------------------------------------------------------------------


def waits_and_says(text: str) -> str:
    return workshop.document(
        workshop.block("Hello", "MessageParticipant", "Pause", Text=f"{text} begins"),
        workshop.block("Pause", "Wait", "Bye", TimeLimitSeconds="4"),
        workshop.block("Bye", "MessageParticipant", "End", Text=f"{text} ends"),
    )


def test_a_contact_ends_in_the_version_it_began_with(shop: Workshop) -> None:
    """Whatever is published meanwhile, and when the flow is deleted, too."""
    flow_id = shop.create("Pinned", waits_and_says("Version one"))

    with Chatter(shop.center, flow_id=flow_id) as early:
        said = [item.get("Content") for item in early.transcript()]
        assert "Version one begins" in said
        shop.update(flow_id, says("Version two"))
        _gets(shop, flow_id, 2)
        shop.connect.delete_contact_flow(**shop.here, ContactFlowId=flow_id)
        early.reads("Version one ends")

    versions = [
        fact["flowVersion"] for fact in shop.center.explain(early.contact_id, "FlowStarted")
    ]
    assert [1] == versions


def test_the_way_back_takes_five_seconds_at_most(shop: Workshop) -> None:
    """New contacts get the older version; publishing the newer again makes no third one."""
    flow_id = shop.create("Back", says("One"))
    shop.update(flow_id, says("Two"))
    _gets(shop, flow_id, 2)

    path = f"/v1/flows/{flow_id}/rollback"
    status, flow = shop.center.request("POST", path, {"version": 1}, role="admin")

    assert (200, 1, 2) == (status, flow["liveVersion"], flow["newestVersion"])
    _gets(shop, flow_id, 1)
    shop.update(flow_id, says("Two"))
    assert 2 == shop.describe(flow_id)["Version"]


def _gets(shop: Workshop, flow_id: str, version: int) -> None:
    """Every new contact does, no later than it may take."""
    began = time.monotonic()
    while True:
        started = shop.connect.start_chat_contact(
            **shop.here, ContactFlowId=flow_id, ParticipantDetails={"DisplayName": "Ana"}
        )
        facts = shop.center.explain(started["ContactId"], "FlowStarted")
        if version == facts[0]["flowVersion"]:
            return
        assert time.monotonic() - began < WITHIN
        time.sleep(0.2)


def test_a_stored_prompt_is_what_a_caller_hears(shop: Workshop) -> None:
    """Played from where its copy lies; while a flow plays it, it cannot be deleted."""
    name, prompt = _a_prompt(shop)
    play = workshop.block("Play", "MessageParticipant", "End", PromptId=f"prompt:{name}")
    flow_id = shop.create("Plays", workshop.document(play))
    menu = "/v1/menus/main/8"
    target = {"target": f"flow:{shop.describe(flow_id)['Name']}"}
    shop.center.request("PUT", menu, target, role="admin")
    try:
        time.sleep(WITHIN - 1)  # what other workers remember of the configuration
        with Caller(shop.center) as ana:
            ana.presses("1")
            ana.presses("8")
            heard = ana.told("play")["prompts"][-1]
        assert _beep() == _fetched(heard["audioUrl"])
        in_use = shop.refusal("delete_contact_flow", **shop.here, ContactFlowId=flow_id)
        assert "menu 'main'" in in_use[1]["Message"]
    finally:
        shop.center.request("PUT", menu, {"target": None}, role="admin")

    assert "Plays" in shop.refusal("delete_prompt", **shop.here, PromptId=prompt)[1]["Message"]
    shop.connect.delete_contact_flow(**shop.here, ContactFlowId=flow_id)
    shop.connect.delete_prompt(**shop.here, PromptId=prompt)


def test_a_prompt_is_found_changed_tagged_and_deleted(shop: Workshop) -> None:
    """Each as stock boto3 expects it."""
    connect, (name, prompt_id) = shop.connect, _a_prompt(shop)
    prompt = {**shop.here, "PromptId": prompt_id}

    arn = connect.update_prompt(**prompt, Description="A beep")["PromptARN"]
    connect.tag_resource(resourceArn=arn, tags={"live": "yes", "old": "no"})
    connect.untag_resource(resourceArn=arn, tagKeys=["old", "team"])

    found = connect.describe_prompt(**prompt)["Prompt"]
    assert (name, "A beep", {"live": "yes"}) == (found["Name"], found["Description"], found["Tags"])
    assert {"live": "yes"} == connect.list_tags_for_resource(resourceArn=arn)["tags"]
    assert _beep() == _fetched(connect.get_prompt_file(**prompt)["PromptPresignedUrl"])
    assert name in {p["Name"] for p in connect.list_prompts(**shop.here)["PromptSummaryList"]}
    live = {"TagFilter": {"TagCondition": {"TagKey": "live"}}}
    assert 1 == connect.search_prompts(**shop.here, SearchFilter=live)["ApproximateTotalCount"]
    connect.delete_prompt(**prompt)
    assert "ResourceNotFoundException" == shop.refusal("describe_prompt", **prompt)[0]


def _a_prompt(shop: Workshop) -> tuple[str, str]:
    """Name and id of a recording that was uploaded and named."""
    bucket, name = shop.center.facts["buckets"]["prompts"], shop.name("Beep")
    shop.center.aws("s3").put_object(Bucket=bucket, Key="in/beep.wav", Body=_beep())
    made = shop.connect.create_prompt(
        **shop.here, Name=name, S3Uri=f"s3://{bucket}/in/beep.wav", Tags={"team": "a"}
    )
    return name, made["PromptId"]


def _fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as audio:
        found: bytes = audio.read()
    return found


def _beep() -> bytes:
    """A tenth of a second of nothing, as WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return made.getvalue()


# --- the console's doors --------------------------------------------------------------------------


def test_of_two_admins_the_second_gets_a_conflict_and_the_difference(shop: Workshop) -> None:
    """Both opened the same version; nothing of the first one's work is lost."""
    flow_id = shop.create("Two", says("Hello"))
    path = f"/v1/flows/{flow_id}"
    opened = shop.center.get(f"{path}/content", role="admin")
    assert ("1", says("Hello")) == (opened["of"], opened["content"])

    first = _edit(shop, "PUT", f"{path}/draft", {"content": says("Good day"), "basedOn": 0})
    second = _edit(shop, "PUT", f"{path}/draft", {"content": says("Hey"), "basedOn": 0})
    published = _edit(shop, "POST", f"{path}/publish", {"basedOn": 1, "note": "Politer"})
    late = _edit(shop, "POST", f"{path}/publish", {"basedOn": 1, "content": says("Hey")})

    assert (200, 1) == (first[0], first[1]["draft"]["revision"])
    assert (409, "ada") == (second[0], second[1]["current"]["savedBy"])
    assert (200, 2) == (published[0], published[1]["version"])
    assert (409, 2, "Politer") == (
        late[0],
        late[1]["current"]["version"],
        late[1]["current"]["note"],
    )
    assert [("text", "Say")] == [(each["kind"], each["block"]) for each in late[1]["changes"]]
    diff = shop.center.get(f"{path}/diff?from=1&to=2", role="supervisor")
    assert "text: Say: Text: “Hello” → “Good day”" == diff["text"]
    versions = shop.center.get(f"{path}/versions", role="supervisor")["versions"]
    assert [(2, True, "ada"), (1, False, shop.center.facts["access_key_id"])] == [
        (each["version"], each["isLive"], each["publishedBy"]) for each in versions
    ]


def test_what_lint_finds_wrong_is_not_published_from_the_console(shop: Workshop) -> None:
    """Connect's API takes it, as the service itself does."""
    lost = workshop.document(
        workshop.block("Say", "MessageParticipant", "End", Text="Hello"),
        workshop.block("Never", "MessageParticipant", "End", Text="Nobody comes here"),
    )
    flow_id = shop.create("Lost", lost)

    changed = lost.replace("Hello", "Good day")
    status, said = _edit(
        shop, "POST", f"/v1/flows/{flow_id}/publish", {"basedOn": 1, "content": changed}
    )

    assert 422 == status
    found = {(finding["code"], finding["block"]) for finding in said["findings"]}
    assert ("unreachable", "Never") in found
    assert 1 == shop.center.get(f"/v1/flows/{flow_id}", role="admin")["liveVersion"]


def _edit(shop: Workshop, method: str, path: str, body: object) -> tuple[int, Any]:
    return shop.center.request(method, path, body, role="admin")
