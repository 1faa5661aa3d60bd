"""Puts the packaged artifact into the embedded AWS, the way an AWS account takes it."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "us-east-1"
ACCOUNT = "000000000000"
SECRET = "local"  # with the account for a key id, the emulator's root
STACK = "trunkline"
_ARTIFACTS = "trunkline-artifacts"
_PATIENCE = 900  # seconds: an invocation may last as long as a Lambda may
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]

Template = dict[str, Any]


class DeploymentFailed(Exception):
    """CloudFormation refused or rolled back; the message carries its reasons."""


@dataclass(frozen=True)
class Deployed:
    """What stands in the cloud after a deployment."""

    changed: bool
    outputs: Mapping[str, str]
    resources: Mapping[str, str]


class Cloud:
    """The embedded AWS behind one endpoint."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=SECRET,
            config=Config(
                s3={"addressing_style": "path"},
                retries={"max_attempts": 2},
                read_timeout=_PATIENCE,
            ),
        )

    def deploy(
        self, template: Path, code: Path, sha256: str, parameters: Mapping[str, str]
    ) -> Deployed:
        """Bring the stack to this artifact; nothing is touched when it is already there."""
        body = _localised(json.loads(template.read_text()), sha256)
        digest = hashlib.sha256(json.dumps([body, dict(parameters)]).encode()).hexdigest()
        existing = self._stack()
        changed = existing is None or _tag(existing) != digest
        if changed:
            url = self._upload(code, sha256, body)
            self._change(url, parameters, digest, create=existing is None)
            self._set_time_to_live(body)
        return self._describe(changed)

    def environment(self, function: str) -> dict[str, str]:
        """The environment that a deployed function gets."""
        configuration = self.client("lambda").get_function_configuration(FunctionName=function)
        variables: dict[str, str] = configuration["Environment"]["Variables"]
        return variables

    def _stack(self) -> dict[str, Any] | None:
        try:
            stacks = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        except ClientError:
            return None
        usable = [s for s in stacks if s["StackStatus"].endswith("_COMPLETE")]
        usable = [s for s in usable if s["StackStatus"] != "DELETE_COMPLETE"]
        return usable[0] if usable else None

    def _upload(self, code: Path, sha256: str, body: Template) -> str:
        """Code and template where CloudFormation fetches them; the template's address."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=_ARTIFACTS)
        text = json.dumps(body, separators=(",", ":")).encode()
        s3.put_object(Bucket=_ARTIFACTS, Key="template.json", Body=text)
        s3.upload_file(str(code), _ARTIFACTS, f"{sha256}.zip")
        for stored in s3.list_objects_v2(Bucket=_ARTIFACTS).get("Contents", []):
            if stored["Key"] not in ("template.json", f"{sha256}.zip"):
                s3.delete_object(Bucket=_ARTIFACTS, Key=stored["Key"])
        return f"{self.endpoint}/{_ARTIFACTS}/template.json"

    def _change(
        self, url: str, parameters: Mapping[str, str], digest: str, *, create: bool
    ) -> None:
        cloudformation = self.client("cloudformation")
        name = f"change-{digest[:12]}-{time.time_ns()}"
        cloudformation.create_change_set(
            StackName=STACK,
            ChangeSetName=name,
            ChangeSetType="CREATE" if create else "UPDATE",
            TemplateURL=url,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Tags=[{"Key": "artifact", "Value": digest}],
            Capabilities=_CAPABILITIES,
        )
        made = _wait(
            lambda: cloudformation.describe_change_set(StackName=STACK, ChangeSetName=name),
            lambda answer: answer["Status"] in ("CREATE_COMPLETE", "FAILED"),
        )
        if made["Status"] == "FAILED":
            raise DeploymentFailed(f"change set: {made.get('StatusReason')}")
        cloudformation.execute_change_set(StackName=STACK, ChangeSetName=name)
        stack = _wait(
            lambda: cloudformation.describe_stacks(StackName=STACK)["Stacks"][0],
            lambda answer: not answer["StackStatus"].endswith("_IN_PROGRESS"),
        )
        if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeploymentFailed(f"{stack['StackStatus']}: {self._reasons()}")

    def _reasons(self) -> str:
        events = self.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
        failed = [e for e in events if e["ResourceStatus"].endswith("_FAILED")]
        return "; ".join(
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in failed[:5]
        )

    def _set_time_to_live(self, body: Template) -> None:
        """The emulator's CloudFormation overlooks a table's time to live; its API does not."""
        cloudformation, dynamodb = self.client("cloudformation"), self.client("dynamodb")
        for name, resource in body["Resources"].items():
            wanted = resource.get("Properties", {}).get("TimeToLiveSpecification")
            if resource["Type"] != "AWS::DynamoDB::Table" or not wanted:
                continue
            answer = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId=name)
            table = answer["StackResourceDetail"]["PhysicalResourceId"]
            now = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
            if now["TimeToLiveStatus"] == "DISABLED":
                dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)

    def _describe(self, changed: bool) -> Deployed:
        cloudformation = self.client("cloudformation")
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
        resources = {
            r["LogicalResourceId"]: r["PhysicalResourceId"]
            for page in pages
            for r in page["StackResourceSummaries"]
            if r.get("PhysicalResourceId")
        }
        outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        return Deployed(changed, outputs, resources)


def _localised(template: Template, sha256: str) -> Template:
    """The template with its code in a bucket, and the one patch that the emulator needs.

    MiniStack knows no `AWS::ApiGatewayV2::Deployment`; a stage that deploys itself is the same.
    """
    resources: dict[str, Any] = template["Resources"]
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": _ARTIFACTS, "Key": f"{sha256}.zip"}
        if resource["Type"] == "AWS::ApiGatewayV2::Stage":
            resource["Properties"].pop("DeploymentId", None)
            resource["Properties"]["AutoDeploy"] = True
    unknown = [n for n, r in resources.items() if r["Type"] == "AWS::ApiGatewayV2::Deployment"]
    for name in unknown:
        del resources[name]
    return template


def _tag(stack: Mapping[str, Any]) -> str:
    return next((t["Value"] for t in stack.get("Tags", []) if t["Key"] == "artifact"), "")


def _wait(
    ask: Callable[[], dict[str, Any]], done: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while not done(answer := ask()):
        if time.monotonic() > deadline:
            raise DeploymentFailed("CloudFormation did not come to an end within 120 s")
        time.sleep(0.2)
    return answer
