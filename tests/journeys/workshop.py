"""Flows that journeys make for themselves, and take away again."""

from __future__ import annotations

import json
import time
from typing import Any, Self

from botocore.exceptions import ClientError

from tests.journeys.center import Center

END = {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}


def block(identifier: str, kind: str, to: str, **parameters: object) -> dict[str, Any]:
    """One block; whatever fails goes to the end."""
    errors = [{"ErrorType": "NoMatchingError", "NextAction": "End"}]
    transitions: dict[str, Any] = {"NextAction": to, "Errors": errors}
    if kind == "Wait":
        done = {"Operator": "Equals", "Operands": ["WaitCompleted"]}
        transitions["Conditions"] = [{"NextAction": to, "Condition": done}]
    return {
        "Identifier": identifier,
        "Type": kind,
        "Parameters": parameters,
        "Transitions": transitions,
    }


def document(*blocks: dict[str, Any]) -> str:
    actions = [*blocks, END]
    flow = {"Version": "2019-10-30", "StartAction": blocks[0]["Identifier"], "Actions": actions}
    return json.dumps(flow)


def says(text: str) -> str:
    """A flow that says one thing and hangs up."""
    return document(block("Say", "MessageParticipant", "End", Text=text))


def to_queue(name: str) -> str:
    """A flow that leads to this queue."""
    enter = block("Enter", "TransferContactToQueue", "End")
    enter["Transitions"]["Errors"].append({"ErrorType": "QueueAtCapacity", "NextAction": "End"})
    choose = block("Choose", "UpdateContactTargetQueue", "Enter", QueueId=f"queue:{name}")
    return document(choose, enter)


def leads_to(flow: str) -> str:
    return document(block("Go", "TransferToFlow", "End", ContactFlowId=flow))


MODULE = json.dumps(
    {
        "Version": "2019-10-30",
        "StartAction": "Back",
        "Actions": [{**END, "Identifier": "Back", "Type": "EndFlowModuleExecution"}],
    }
)


class Workshop:
    """A client of Connect's API, and the flows that were made through it."""

    def __init__(self, center: Center) -> None:
        self.center = center
        self.connect = center.connect()
        self.here = {"InstanceId": center.instance_id}
        self._made: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Newest first, for the later ones lead to the earlier."""
        for flow_id in reversed(self._made):
            try:
                self.connect.delete_contact_flow(**self.here, ContactFlowId=flow_id)
            except self.connect.exceptions.ResourceNotFoundException:
                continue  # the test did it

    def name(self, what: str) -> str:
        """One that nothing else has, not even what an earlier run left behind."""
        return f"{what} {time.time_ns()}"

    def create(self, what: str, content: str, **more: object) -> str:
        """The id of a new flow."""
        request = {"Name": self.name(what), "Type": "CONTACT_FLOW", "Content": content}
        made = self.connect.create_contact_flow(**self.here, **{**request, **more})
        flow_id: str = made["ContactFlowId"]
        self._made.append(flow_id)
        return flow_id

    def update(self, flow_id: str, content: str) -> None:
        self.connect.update_contact_flow_content(
            **self.here, ContactFlowId=flow_id, Content=content
        )

    def describe(self, reference: str) -> dict[str, Any]:
        answer = self.connect.describe_contact_flow(**self.here, ContactFlowId=reference)
        found: dict[str, Any] = answer["ContactFlow"]
        return found

    def names(self) -> list[str]:
        """Of all flows, page by page."""
        pages = self.connect.get_paginator("list_contact_flows").paginate(
            **self.here, PaginationConfig={"PageSize": 2}
        )
        return [flow["Name"] for page in pages for flow in page["ContactFlowSummaryList"]]

    def refusal(self, method: str, **arguments: object) -> tuple[str, dict[str, Any]]:
        """The exception's name that boto3 raises, and the whole answer."""
        try:
            answer = getattr(self.connect, method)(**arguments)
        except ClientError as error:
            return error.response["Error"]["Code"], dict(error.response)
        raise AssertionError(f"{method} was not refused: {answer}")
