"""A center behind Amazon Connect's API, ours or Amazon's: what it has, and putting flows there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from flows.files import Unusable

# Which operation lists the things of a kind, and where its answer has them.
_LISTS: Mapping[str, tuple[str, str]] = {
    "flow": ("list_contact_flows", "ContactFlowSummaryList"),
    "module": ("list_contact_flow_modules", "ContactFlowModulesSummaryList"),
    "queue": ("list_queues", "QueueSummaryList"),
    "hours": ("list_hours_of_operations", "HoursOfOperationSummaryList"),
    "prompt": ("list_prompts", "PromptSummaryList"),
    "view": ("list_views", "ViewsSummaryList"),
    "function": ("list_lambda_functions", "LambdaFunctions"),
    "agent": ("list_users", "UserSummaryList"),
}
_NOT_PUBLISHED = "ContactFlowNotPublishedException"


class Refused(Unusable):
    """The center did not take it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A flow or a module to be put there."""

    name: str
    type: str
    content: str

    @property
    def reference(self) -> str:
        return f"{'module' if self.is_module else 'flow'}:{self.name}"

    @property
    def is_module(self) -> bool:
        return self.type == "MODULE"


class Target:
    """One instance, through a client of boto3."""

    def __init__(self, client: Any, instance_id: str) -> None:
        self._client = client
        self._instance_id = instance_id

    def arns(self, kinds: Iterable[str]) -> dict[str, str]:
        """`queue:Sales` and its ARN, for everything of these kinds; nothing of a kind that this
        center does not list."""
        found: dict[str, str] = {}
        for kind in kinds:
            if kind in _LISTS:
                found.update({f"{kind}:{name}": arn for name, arn in self._listed(kind)})
        return found

    def content(self, source: Source, arn: str) -> str | None:
        """What is live there; None when nothing is."""
        try:
            if source.is_module:
                answer = self._call("describe_contact_flow_module", ContactFlowModuleId=_id(arn))
                return str(answer["ContactFlowModule"]["Content"])
            answer = self._call("describe_contact_flow", ContactFlowId=_id(arn))
            return str(answer["ContactFlow"]["Content"])
        except ClientError as error:
            if error.response["Error"]["Code"] == _NOT_PUBLISHED:
                return None
            raise _refused(source.name, error) from error

    def create(self, source: Source, content: str) -> str:
        """Its ARN."""
        try:
            if source.is_module:
                answer = self._call("create_contact_flow_module", Name=source.name, Content=content)
                return str(answer["Arn"])
            answer = self._call(
                "create_contact_flow", Name=source.name, Type=source.type, Content=content
            )
            return str(answer["ContactFlowArn"])
        except ClientError as error:
            raise _refused(source.name, error) from error

    def update(self, source: Source, arn: str, content: str) -> None:
        try:
            if source.is_module:
                self._call(
                    "update_contact_flow_module_content",
                    ContactFlowModuleId=_id(arn),
                    Content=content,
                )
            else:
                self._call("update_contact_flow_content", ContactFlowId=_id(arn), Content=content)
        except ClientError as error:
            raise _refused(source.name, error) from error

    def _listed(self, kind: str) -> Iterator[tuple[str, str]]:
        operation, key = _LISTS[kind]
        token: dict[str, str] = {}
        while True:
            try:
                answer = self._call(operation, **token)
            except ClientError as error:
                if kind in ("flow", "module"):
                    raise _refused(f"{kind}s", error) from error
                return
            for item in answer.get(key, ()):
                if isinstance(item, str):
                    yield item.rsplit(":", 1)[-1], item
                else:
                    yield item.get("Name") or item.get("Username", ""), item["Arn"]
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def _call(self, operation: str, **parameters: str) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(
                InstanceId=self._instance_id, **parameters
            )
        except BotoCoreError as error:
            raise Unusable(f"{operation}: {error}") from error
        return answer


def connect(endpoint_url: str | None, region: str | None, instance_id: str) -> Target:
    """With the keys that boto3 finds in its usual places."""
    try:
        client = boto3.client("connect", endpoint_url=endpoint_url, region_name=region)
    except (BotoCoreError, ValueError) as error:
        raise Unusable(str(error)) from error
    return Target(client, instance_id)


def is_same(ours: str, theirs: str | None) -> bool:
    """The same document, however it is laid out."""
    return theirs is not None and json.loads(ours) == json.loads(theirs)


def _id(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _refused(name: str, error: ClientError) -> Refused:
    """What the service says, with every problem that it names."""
    response: Mapping[str, Any] = error.response
    told = response.get("problems") or response.get("Problems") or ()
    problems = "".join(f"\n  {problem.get('message', '')}" for problem in told)
    about = response["Error"]
    return Refused(f"{name}: {about.get('Code')}: {about.get('Message') or 'refused'}{problems}")
