"""Flows from one center to the next: every name resolved first, and nothing written twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.core.flow_tools.names import references
from flows.files import Unusable
from flows.promoting import promote
from flows.report import FINE, FOUND
from flows.target import Target
from tests.flows.test_tools import FLOWS, action, written

ARN = "arn:aws:connect:eu-central-1:123456789012:instance/prod"


class Connect:
    """Amazon Connect's client for one instance, as far as promoting needs it; two to a page."""

    def __init__(self, **things: list[str]) -> None:
        self.lists = {
            kind: [(name, f"{ARN}/{kind}/{name}") for name in things[kind]] for kind in things
        }
        self.contents: dict[str, str] = {}  # by ARN
        self.types: dict[str, str] = {}  # by name
        self.written: list[str] = []
        self.refuses: dict[str, ClientError] = {}  # by operation

    def __getattr__(self, operation: str) -> Any:
        def call(**given: Any) -> dict[str, Any]:
            assert given.pop("InstanceId") == "prod"
            if operation in self.refuses:
                raise self.refuses[operation]
            return getattr(self, f"_{operation}")(**given)  # type: ignore[no-any-return]

        return call

    def _list_contact_flows(self, NextToken: str = "0") -> dict[str, Any]:
        flows = [(name, arn) for name, arn in self.lists.get("flow", [])]
        return self._page("ContactFlowSummaryList", flows, NextToken)

    def _list_contact_flow_modules(self, NextToken: str = "0") -> dict[str, Any]:
        return self._page("ContactFlowModulesSummaryList", self.lists.get("module", []), NextToken)

    def _list_queues(self, NextToken: str = "0") -> dict[str, Any]:
        return self._page("QueueSummaryList", self.lists.get("queue", []), NextToken)

    def _list_hours_of_operations(self, NextToken: str = "0") -> dict[str, Any]:
        return self._page("HoursOfOperationSummaryList", self.lists.get("hours", []), NextToken)

    def _list_views(self, NextToken: str = "0") -> dict[str, Any]:
        return self._page("ViewsSummaryList", self.lists.get("view", []), NextToken)

    def _list_prompts(self, NextToken: str = "0") -> dict[str, Any]:
        return self._page("PromptSummaryList", self.lists.get("prompt", []), NextToken)

    def _list_lambda_functions(self, NextToken: str = "0") -> dict[str, Any]:
        arns = [
            f"arn:aws:lambda:eu-central-1:1:function:{n}" for n, _ in self.lists.get("function", [])
        ]
        return {"LambdaFunctions": arns}

    def _page(self, key: str, things: list[tuple[str, str]], token: str) -> dict[str, Any]:
        start = int(token)
        page = [{"Name": name, "Arn": arn} for name, arn in things[start : start + 2]]
        more = {"NextToken": str(start + 2)} if start + 2 < len(things) else {}
        return {key: page, **more}

    def _describe_contact_flow(self, ContactFlowId: str) -> dict[str, Any]:
        return {"ContactFlow": {"Content": self.contents[f"{ARN}/flow/{ContactFlowId}"]}}

    def _describe_contact_flow_module(self, ContactFlowModuleId: str) -> dict[str, Any]:
        return {
            "ContactFlowModule": {"Content": self.contents[f"{ARN}/module/{ContactFlowModuleId}"]}
        }

    def _create_contact_flow(self, Name: str, Type: str, Content: str) -> dict[str, Any]:
        self.types[Name] = Type
        return {"ContactFlowArn": self._create("flow", Name, Content)}

    def _create_contact_flow_module(self, Name: str, Content: str) -> dict[str, Any]:
        return {"Arn": self._create("module", Name, Content)}

    def _create(self, kind: str, name: str, content: str) -> str:
        arn = f"{ARN}/{kind}/{name}"
        self.lists.setdefault(kind, []).append((name, arn))
        self.contents[arn] = content
        self.written.append(f"create {name}")
        return arn

    def _update_contact_flow_content(self, ContactFlowId: str, Content: str) -> dict[str, Any]:
        self.contents[f"{ARN}/flow/{ContactFlowId}"] = Content
        self.written.append(f"update {ContactFlowId}")
        return {}


def to_queue(path: Path, queue: str, name: str = "", text: str = "Hello") -> Path:
    """Says something and takes a place in the queue."""
    return written(
        path,
        action("Hi", "MessageParticipant", "Choose", Text=text),
        action(
            "Choose",
            "UpdateContactTargetQueue",
            "Enter",
            QueueId=f"queue:{queue}",
            Errors={"NoMatchingError": "End"},
        ),
        action(
            "Enter",
            "TransferContactToQueue",
            Errors={"NoMatchingError": "End", "QueueAtCapacity": "End"},
        ),
        action("End", "DisconnectParticipant"),
        name=name or path.stem,
    )


def to_flow(path: Path, flow: str) -> Path:
    return written(
        path,
        action(
            "Go", "TransferToFlow", ContactFlowId=f"flow:{flow}", Errors={"NoMatchingError": "End"}
        ),
        action("End", "DisconnectParticipant"),
        name=path.stem,
    )


def test_names_become_the_arns_of_the_other_center(tmp_path: Path) -> None:
    """Found among pages of its queues; types and names are those of the file."""
    path = to_queue(tmp_path / "Main.json", "Sales")
    center = Connect(queue=["Billing", "Support", "Sales"])

    report = promote([str(path)], Target(center, "prod"), None, False)

    assert (FINE, ["Main: new", "0 changed, 1 new, 0 unchanged"]) == (report.code, report.lines)
    content = center.contents[f"{ARN}/flow/Main"]
    assert f"{ARN}/queue/Sales" in content
    assert "queue:Sales" not in content
    assert {"Main": "CONTACT_FLOW"} == center.types


def test_a_second_promote_changes_nothing(tmp_path: Path) -> None:
    """`0 changed, 5 unchanged`, and not one request that writes."""
    paths = [str(to_queue(tmp_path / f"Flow {n}.json", "Sales")) for n in range(5)]
    center = Connect(queue=["Sales"])
    promote(paths, Target(center, "prod"), None, False)
    center.written.clear()

    report = promote(paths, Target(center, "prod"), None, False)

    assert (FINE, ["0 changed, 5 unchanged"], []) == (report.code, report.lines, center.written)


def test_a_center_that_speaks_our_names_is_left_as_it_is(tmp_path: Path) -> None:
    """Whether it says `queue:Sales` or that queue's ARN, it means the same."""
    path = to_queue(tmp_path / "Main.json", "Sales")
    center = Connect(queue=["Sales"], flow=["Main"])
    center.contents[f"{ARN}/flow/Main"] = path.read_text()

    report = promote([str(path)], Target(center, "prod"), None, False)

    assert (["0 changed, 1 unchanged"], []) == (report.lines, center.written)


def test_every_unresolved_name_of_every_file_is_told_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    """`queue:Vietnamse` is a typing error; it shows before anything happens."""
    paths = [
        str(to_queue(tmp_path / "Good.json", "Sales")),
        str(to_queue(tmp_path / "Main.json", "Vietnamse")),
        str(to_flow(tmp_path / "Night.json", "Closed")),
    ]
    center = Connect(queue=["Sales", "Vietnamese"])

    report = promote(paths, Target(center, "prod"), None, False)

    assert FOUND == report.code
    assert [
        "Main: there is no queue:Vietnamse",
        "Night: there is no flow:Closed",
        "nothing was written",
    ] == report.lines
    assert [] == center.written


def test_what_the_mapping_file_says_counts_and_what_it_lacks_is_looked_up(tmp_path: Path) -> None:
    """Another name in the other center, or a thing that it does not list."""
    names = tmp_path / "prod.names.yaml"
    names.write_text(f"queue:Sales: {ARN}/queue/q-verkauf\n")
    paths = [
        str(to_queue(tmp_path / "A.json", "Sales")),
        str(to_queue(tmp_path / "B.json", "Support")),
    ]
    center = Connect(queue=["Sales", "Support"])

    promote(paths, Target(center, "prod"), str(names), False)

    assert "q-verkauf" in center.contents[f"{ARN}/flow/A"]
    assert f"{ARN}/queue/Support" in center.contents[f"{ARN}/flow/B"]


def test_a_dry_run_prints_the_difference_of_each_and_writes_nothing(tmp_path: Path) -> None:
    path = to_queue(tmp_path / "Main.json", "Sales")
    center = Connect(queue=["Sales", "Support"])
    promote([str(path)], Target(center, "prod"), None, False)
    center.written.clear()
    to_queue(path, "Support", text="Good day")
    new = to_queue(tmp_path / "New.json", "Sales")

    report = promote([str(path), str(new)], Target(center, "prod"), None, True)

    assert [
        "Main: changed",
        "  text: Hi: Text: “Hello” → “Good day”",
        f"  queue: Choose: QueueId: “{ARN}/queue/Sales” → “{ARN}/queue/Support”",
        "New: new",
        "1 would be changed, 1 new, 0 unchanged",
    ] == report.lines
    assert [] == center.written


def test_layout_alone_is_a_change_that_says_so(tmp_path: Path) -> None:
    """The designer's picture is part of the document; nobody who calls notices."""
    path = to_queue(tmp_path / "Main.json", "Sales")
    center = Connect(queue=["Sales"])
    promote([str(path)], Target(center, "prod"), None, False)
    document = json.loads(path.read_text())
    document["Metadata"]["entryPointPosition"] = {"x": 1, "y": 2}
    path.write_text(json.dumps(document))

    report = promote([str(path)], Target(center, "prod"), None, True)

    assert ["Main: changed", "  layout, names or metadata only"] == report.lines[:2]


def test_new_flows_are_made_after_those_that_they_name(tmp_path: Path) -> None:
    """Whatever the files are called."""
    paths = [
        str(to_flow(tmp_path / "A.json", "B")),
        str(to_flow(tmp_path / "B.json", "C")),
        str(to_queue(tmp_path / "C.json", "Sales")),
    ]
    center = Connect(queue=["Sales"])

    promote(paths, Target(center, "prod"), None, False)

    assert ["create C", "create B", "create A"] == center.written
    assert f"{ARN}/flow/C" in center.contents[f"{ARN}/flow/B"]


def test_flows_that_name_each_other_or_themselves_come_in_too(tmp_path: Path) -> None:
    """One of them is there without a word first, and has its content in the end."""
    paths = [
        str(to_flow(tmp_path / "A.json", "B")),
        str(to_flow(tmp_path / "B.json", "A")),
        str(to_flow(tmp_path / "Self.json", "Self")),
    ]
    center = Connect()

    promote(paths, Target(center, "prod"), None, False)

    for name, named in (("A", "B"), ("B", "A"), ("Self", "Self")):
        assert f"{ARN}/flow/{named}" in center.contents[f"{ARN}/flow/{name}"]
    report = promote(paths, Target(center, "prod"), None, False)
    assert ["0 changed, 3 unchanged"] == report.lines


def test_a_module_goes_through_the_door_for_modules(tmp_path: Path) -> None:
    module = written(
        tmp_path / "Greet.json",
        action("Hi", "MessageParticipant", "Back", Text="Hello"),
        action("Back", "EndFlowModuleExecution"),
        name="Greet",
        type="MODULE",
    )
    flow = written(
        tmp_path / "Main.json",
        action(
            "Do",
            "InvokeFlowModule",
            "End",
            FlowModuleId="module:Greet",
            Errors={"NoMatchingError": "End"},
        ),
        action("End", "DisconnectParticipant"),
        name="Main",
    )
    center = Connect()

    promote([str(flow), str(module)], Target(center, "prod"), None, False)

    assert ["create Greet", "create Main"] == center.written
    assert f"{ARN}/module/Greet" in center.contents[f"{ARN}/flow/Main"]


def test_what_the_service_refuses_is_told_with_its_problems(tmp_path: Path) -> None:
    """As it says it; what was written before stays, and the next run goes on from there."""
    path = to_queue(tmp_path / "Main.json", "Sales")
    center = Connect(queue=["Sales"])
    refusal: Any = {
        "Error": {"Code": "InvalidContactFlowException", "Message": "the flow cannot be published"},
        "problems": [{"message": "Action is missing required property. Path: Actions[0]"}],
    }
    center.refuses["create_contact_flow"] = ClientError(refusal, "CreateContactFlow")

    report = promote([str(path)], Target(center, "prod"), None, False)

    assert FOUND == report.code
    assert [
        "Main: InvalidContactFlowException: the flow cannot be published",
        "  Action is missing required property. Path: Actions[0]",
    ] == report.lines[:2]


def test_what_a_center_does_not_list_must_be_in_the_mapping_file(tmp_path: Path) -> None:
    path = to_queue(tmp_path / "Main.json", "Sales")
    center = Connect(queue=["Sales"])
    refusal: Any = {"Error": {"Code": "AccessDeniedException"}}
    center.refuses["list_queues"] = ClientError(refusal, "ListQueues")

    report = promote([str(path)], Target(center, "prod"), None, False)

    assert ["Main: there is no queue:Sales", "nothing was written"] == report.lines


def test_a_center_that_cannot_be_reached_is_no_answer(tmp_path: Path) -> None:
    path = to_queue(tmp_path / "Main.json", "Sales")
    center = Connect()
    center.refuses["list_contact_flows"] = EndpointConnectionError(endpoint_url="http://x")  # type: ignore[assignment]  # it cannot be reached

    with pytest.raises(Unusable, match="list_contact_flows"):
        promote([str(path)], Target(center, "prod"), None, False)


def test_two_files_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    """Else the last one would win."""
    paths = [str(to_queue(tmp_path / f"{n}.json", "Sales", name="Main")) for n in "ab"]

    with pytest.raises(Unusable, match="two files hold flow:Main"):
        promote(paths, Target(Connect(), "prod"), None, False)


def test_our_own_flows_can_be_promoted_whole(tmp_path: Path) -> None:
    """All of flows/, twice: into a center that has what they name, bots and functions mapped."""
    named = {name for path in FLOWS.glob("*.json") for name in references(path.read_text())}
    own = [name for name in named if name.startswith(("bot:", "function:"))]
    names = tmp_path / "prod.names.yaml"
    names.write_text("".join(f"{name}: {name}\n" for name in own))
    listed = {
        kind: [name.removeprefix(f"{kind}:") for name in named if name.startswith(f"{kind}:")]
        for kind in ("queue", "hours", "view", "prompt")
    }
    center = Connect(**listed)

    first = promote([str(FLOWS)], Target(center, "prod"), str(names), False)
    second = promote([str(FLOWS)], Target(center, "prod"), str(names), False)

    count = len(list(FLOWS.glob("*.json")))
    assert (FINE, f"0 changed, {count} new, 0 unchanged") == (first.code, first.lines[-1])
    assert [f"0 changed, {count} unchanged"] == second.lines
