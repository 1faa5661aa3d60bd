"""The packaged artifact: what an AWS account would be given."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from chalicelib.adapters import timers
from chalicelib.config import Settings
from infra import repack
from infra.package import ROOT, Artifact, package
from tests.architecture.test_lambda_handlers import HANDLERS

# Amazon's own reference: these know no resource to be limited to; a text message has no topic.
WITHOUT_RESOURCES = {"polly:SynthesizeSpeech", "sms-voice:CarrierLookup", "sns:Publish"}
RUN_FLOWS = ("APIHandler", "WebsocketMessage", "OnContactFact", "OnTimer", "OnSweepDue")
ASKED_BY_FLOWS = {
    "lambda:InvokeFunction",
    "lex:RecognizeText",
    "sns:Publish",
    "sms-voice:CarrierLookup",
    "ses:SendEmail",
    "polly:SynthesizeSpeech",
}
KEPT = "RetainExceptOnCreate"
GIVEN_OTHERWISE = {"AWS_REGION", "AWS_ENDPOINT_URL", "CLOCK_FILE"}  # by Lambda; by a laptop


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return package()


@pytest.fixture(scope="module")
def template(artifact: Artifact) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(artifact.template.read_text())
    return content


@pytest.fixture(scope="module")
def unpacked(artifact: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(artifact.code) as code:
        code.extractall(folder)
    return folder


def test_the_template_passes_cfn_lint(artifact: Artifact) -> None:
    """An account is not the first to find out that the template is wrong."""
    linter = Path(sys.executable).with_name("cfn-lint")

    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    ran = subprocess.run(
        [linter, artifact.template], env=environment, capture_output=True, text=True
    )

    assert (0, "") == (ran.returncode, ran.stdout)


def test_each_function_starts_by_its_own_handler(template: dict[str, Any]) -> None:
    """Those of the WebSocket, too, which Chalice would start by way of the whole API."""
    functions = _of_type(template, "AWS::Serverless::Function")

    assert set(HANDLERS.values()) == {each["Properties"]["Handler"] for each in functions.values()}


def test_the_same_sources_make_the_same_artifact(artifact: Artifact, tmp_path: Path) -> None:
    """A deployment that changes nothing is seen to change nothing."""
    for kept in artifact.code.parent.glob("dependencies-*.zip"):
        shutil.copy(kept, tmp_path)

    again = package(build=tmp_path)

    assert artifact.sha256 == again.sha256
    assert artifact.template.read_bytes() == again.template.read_bytes()


def test_the_zip_holds_every_requirement(artifact: Artifact) -> None:
    """Chalice leaves a wheel out with a warning and exit code 0."""
    wanted = repack.required((ROOT / "requirements.txt").read_text())

    assert set() == wanted - repack.distributions(artifact.code)


def test_the_zip_fits_lambda(artifact: Artifact) -> None:
    """50 MB to upload, 250 MB unpacked."""
    assert artifact.size < 50_000_000
    assert repack.unzipped_size(artifact.code) < 250 * 2**20


def test_every_client_can_be_made_from_the_trimmed_zip(unpacked: Path) -> None:
    """What was cut out of botocore's data is nothing that a client needs."""
    script = f"""
import sys
sys.path.insert(0, {str(unpacked)!r})
import botocore.session
session = botocore.session.get_session()
for service in {sorted(repack.SERVICES_IN_USE)!r}:
    session.create_client(service, region_name="eu-central-1", endpoint_url="http://127.0.0.1:1")
    session.create_client(service, region_name="eu-central-1")
"""

    ran = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True)

    assert (0, "") == (ran.returncode, ran.stderr)


def test_every_module_is_there_as_bytecode_that_needs_no_check(unpacked: Path) -> None:
    """A zip has no usable dates; bytecode that is checked against them would be thrown away."""
    unchecked_hash = (1).to_bytes(4, "little")
    sources = [s for s in unpacked.rglob("*.py") if "chalicelib" in s.parts or s.name == "app.py"]

    heads = [next(s.parent.glob(f"__pycache__/{s.stem}.*.pyc")).read_bytes()[4:8] for s in sources]

    assert sources
    assert {unchecked_hash} == set(heads)


def test_no_policy_names_every_resource(template: Mapping[str, Any]) -> None:
    """Each Lambda reaches what its work needs, and nothing else in the account."""
    wide = [
        (role, statement["Sid"])
        for role, statement in _statements(template)
        if "*" in _listed(statement["Resource"])
        and not set(_listed(statement["Action"])) <= WITHOUT_RESOURCES
    ]

    assert [] == wide


def test_no_policy_allows_every_action_of_a_service(template: Mapping[str, Any]) -> None:
    """`dynamodb:*` would hand a Lambda the right to delete the table."""
    wide = [
        (role, action)
        for role, statement in _statements(template)
        for action in _listed(statement["Action"])
        if "*" in action
    ]

    assert [] == wide


@pytest.mark.parametrize("function", RUN_FLOWS)
def test_whoever_runs_flows_may_do_what_flows_ask_for(
    template: Mapping[str, Any], function: str
) -> None:
    """A customer who was called back waits in a flow that a fact has begun: it calls functions,
    talks with bots and reads data tables like any other."""
    statements = _allowed(template, function)

    actions = {action for s in statements for action in _listed(s["Action"])}
    tables = {
        json.dumps(table)
        for statement in statements
        if "dynamodb:PutItem" in _listed(statement["Action"])
        for table in _listed(statement["Resource"])
    }

    assert set() == ASKED_BY_FLOWS - actions
    assert json.dumps({"Fn::GetAtt": ["DataTablesTable", "Arn"]}) in tables


@pytest.mark.parametrize("function", RUN_FLOWS)
def test_flows_call_functions_of_the_operators_own(
    template: Mapping[str, Any], function: str
) -> None:
    """Those whose names begin as the one who deploys says; our own are named one by one."""
    own = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"

    called = [
        resource["Fn::Sub"].removeprefix(own)
        for statement in _allowed(template, function)
        if statement["Sid"] == "CallFunctionsOfFlows"
        for resource in _listed(statement["Resource"])
    ]

    assert ["${FlowFunctionPrefix}*"] == [name for name in called if "*" in name]
    assert template["Parameters"]["FlowFunctionPrefix"]["Default"]


def test_every_function_logs_into_a_group_of_its_own(template: Mapping[str, Any]) -> None:
    """The group is made with its retention before the function can make one without."""
    groups = _of_type(template, "AWS::Logs::LogGroup")

    functions = _of_type(template, "AWS::Serverless::Function")

    assert len(groups) == len(functions)
    assert all(group["Properties"]["RetentionInDays"] for group in groups.values())


def test_every_queue_and_stream_source_takes_partial_answers(
    template: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad record must not bring the good ones of its batch again."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    sources = [
        resource["Properties"]
        for resource in _expanded(template)["Resources"].values()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
    ]

    assert 6 == len(sources)
    assert {("ReportBatchItemFailures",)} == {tuple(s["FunctionResponseTypes"]) for s in sources}


def test_a_stream_record_that_never_gets_through_is_kept(template: Mapping[str, Any]) -> None:
    """After ten tries the record goes to a queue, and the shard goes on."""
    events = template["Resources"]["OnContactFact"]["Properties"]["Events"]

    source = events["OnContactFactDynamodbEventSource"]["Properties"]

    assert source["BisectBatchOnFunctionError"]
    assert 10 == source["MaximumRetryAttempts"]
    destination = source["DestinationConfig"]["OnFailure"]["Destination"]
    assert {"Fn::GetAtt": ["FactsDeadLetterQueue", "Arn"]} == destination


def test_every_source_queue_has_a_dead_letter_queue_and_patience(
    template: Mapping[str, Any],
) -> None:
    """A message comes again no sooner than its function can have ended, and five times at most."""
    for function, queue in (
        ("OnTimer", "TimersQueue"),
        ("OnRecordingDue", "RecordingsQueue"),
        ("OnReportDue", "ReportsQueue"),
        ("OnErasureDue", "ErasuresQueue"),
    ):
        properties = template["Resources"][queue]["Properties"]
        time_out = template["Resources"][function]["Properties"]["Timeout"]
        assert properties["VisibilityTimeout"] >= 2 * time_out
        assert 5 == properties["RedrivePolicy"]["maxReceiveCount"]


def test_precious_tables_outlive_the_stack_and_can_be_restored(
    template: Mapping[str, Any],
) -> None:
    """Only open sockets are worth nothing without the stack. A first deployment that fails leaves
    no table behind: their names are fixed, and the next one would find them taken."""
    tables = _of_type(template, "AWS::DynamoDB::Table")

    fleeting = {name for name, table in tables.items() if table["DeletionPolicy"] != KEPT}

    assert 8 == len(tables)
    assert {"ConnectionsTable"} == fleeting
    for name, table in tables.items():
        assert table["UpdateReplacePolicy"] == ("Delete" if name in fleeting else "Retain")
        properties = table["Properties"]
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert properties["SSESpecification"]["SSEEnabled"]


def test_no_bucket_can_be_made_public(template: Mapping[str, Any]) -> None:
    """Recordings and exports are read by presigned links only."""
    buckets = _of_type(template, "AWS::S3::Bucket")

    assert 4 == len(buckets)
    for bucket in buckets.values():
        assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
        assert bucket["Properties"]["BucketEncryption"]
        assert KEPT == bucket["DeletionPolicy"]


@pytest.mark.parametrize(
    ("bucket", "prefix"), [("RecordingsBucket", "parts/"), ("PromptsBucket", "speech/")]
)
def test_what_is_kept_elsewhere_or_names_somebody_goes_after_a_month(
    template: Mapping[str, Any], bucket: str, prefix: str
) -> None:
    """Chunks are in their recording by then, and a prompt may have said a customer's name. Nothing
    else in these buckets ages."""
    properties = template["Resources"][bucket]["Properties"]

    (rule,) = properties["LifecycleConfiguration"]["Rules"]

    assert (prefix, "Enabled", 30) == (rule["Prefix"], rule["Status"], rule["ExpirationInDays"])
    if "VersioningConfiguration" in properties:  # else it would only be hidden
        assert {"NoncurrentDays": 1} == rule["NoncurrentVersionExpiration"]


def test_every_alarm_pages_whom_the_operator_names(template: Mapping[str, Any]) -> None:
    """Nobody, until a topic is named: then all of them, also one that is added."""
    alarms = _of_type(template, "AWS::CloudWatch::Alarm")

    pages = {name: alarm["Properties"].get("AlarmActions") for name, alarm in alarms.items()}

    topic = {"Fn::If": ["HasOperatorTopic", {"Ref": "OperatorTopic"}, {"Ref": "AWS::NoValue"}]}
    assert pages == dict.fromkeys(pages, [topic])
    assert {"ReportsLateAlarm", "RecordsMissingAlarm", "ReportClockAlarm"} <= set(pages)


def test_the_doors_for_anybody_are_narrow(
    template: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger who rings without end is turned away before it costs everybody else their
    functions, and there is no second way in."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    stages = _of_type(_expanded(template), "AWS::ApiGateway::Stage")
    deployments = _of_type(_expanded(template), "AWS::ApiGateway::Deployment")
    sockets = template["Resources"]["WebsocketAPIStage"]["Properties"]["DefaultRouteSettings"]

    ((name, stage),) = stages.items()
    rates = {
        (each["HttpMethod"], each["ResourcePath"]): each["ThrottlingRateLimit"]
        for each in stage["Properties"]["MethodSettings"]
    }

    assert ("RestAPIapiStage", "api") == (name, stage["Properties"]["StageName"])
    assert [None] == [each["Properties"].get("StageName") for each in deployments.values()]
    assert rates == {
        ("*", "/*"): {"Ref": "RequestsPerSecond"},
        ("POST", "/~1v1~1calls"): {"Ref": "StartsPerSecond"},
        ("POST", "/~1v1~1chats"): {"Ref": "StartsPerSecond"},
    }
    assert {"Ref": "MessagesPerSecond"} == sockets["ThrottlingRateLimit"]
    assert {"/v1/calls", "/v1/chats"} <= set(
        template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    )


def test_no_concurrency_is_kept_apart_unless_somebody_asks_for_it(
    template: Mapping[str, Any],
) -> None:
    """A new account has ten executions in all, and a reservation that it cannot give fails the
    deployment."""
    kept = {
        name: function["Properties"]["ReservedConcurrentExecutions"]
        for name, function in _of_type(template, "AWS::Serverless::Function").items()
        if "ReservedConcurrentExecutions" in function["Properties"]
    }

    asked = {"Fn::If": ["KeepsConcurrency", {"Ref": "KeptConcurrency"}, {"Ref": "AWS::NoValue"}]}
    assert kept == dict.fromkeys(("OnAgentChanged", "OnContactFact", "OnTimer"), asked)
    assert "" == template["Parameters"]["KeptConcurrency"]["Default"]


def test_what_stands_still_or_fails_is_noticed(template: Mapping[str, Any]) -> None:
    """Facts, timers and the sweep move everything that nobody does by hand: when one of them is
    late, still or refused, somebody is paged before customers notice."""
    watched = {
        (alarm["Properties"]["MetricName"], _whose(alarm), alarm["Properties"]["Threshold"])
        for alarm in _of_type(template, "AWS::CloudWatch::Alarm").values()
    }

    assert watched >= {
        ("IteratorAge", "OnContactFact", 60_000),
        ("IteratorAge", "OnAgentChanged", 60_000),
        ("ApproximateAgeOfOldestMessage", "TimersQueue", 960),
        ("Invocations", "OnSweepDue", 1),
        ("Errors", "OnSweepDue", 0),
        ("Throttles", "", 0),
        (
            "5XXError",
            template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"],
            0,
        ),
    }


def test_no_alarm_cries_wolf_at_a_timer_that_waits(template: Mapping[str, Any]) -> None:
    """A message's age may count from its sending, and a timer is sent up to a quarter of an hour
    before it is due."""
    alarm = template["Resources"]["TimersLateAlarm"]["Properties"]

    assert timers.LONGEST_SECONDS < alarm["Threshold"] <= timers.LONGEST_SECONDS + 60


def test_reports_have_room_for_a_year(template: Mapping[str, Any]) -> None:
    """The packed days of a year, and each format of a report of millions of rows, lie on its disk:
    for them the 512 MB that Lambda gives unasked are too few."""
    room = template["Resources"]["OnReportDue"]["Properties"]["EphemeralStorage"]

    assert room == {"Size": 10240}


def test_a_function_is_told_everything_that_it_asks_for(template: Mapping[str, Any]) -> None:
    """A name that the settings read and the template does not set fails at the first call."""
    given = set(template["Globals"]["Function"]["Environment"]["Variables"])

    wanted = {field.name.upper() for field in fields(Settings)} - GIVEN_OTHERWISE

    assert set() == wanted - given


def test_an_account_lets_nobody_sign_in_by_sending_the_password(
    template: Mapping[str, Any],
) -> None:
    """SRP only, unless the one who deploys asks for more."""
    flows = template["Resources"]["UserPoolClient"]["Properties"]["ExplicitAuthFlows"]

    always = [flow for flow in flows if isinstance(flow, str)]

    assert ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] == always
    assert "false" == template["Parameters"]["AllowPasswordSignIn"]["Default"]


def test_the_defaults_of_the_template_are_those_of_an_account(template: Mapping[str, Any]) -> None:
    """The same template deploys in AWS without a word about laptops."""
    defaults = {name: p["Default"] for name, p in template["Parameters"].items()}

    assert "polly" == defaults["SpeechEngine"]
    assert ["", "", ""] == [
        defaults[name] for name in ("LocalEndpoint", "StoragePublicUrl", "WebsocketPublicUrl")
    ]


def _statements(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in _of_type(template, "AWS::IAM::Role").items():
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def _allowed(template: Mapping[str, Any], function: str) -> list[dict[str, Any]]:
    """What the policy of this function says."""
    role = template["Resources"][function]["Properties"]["Role"]["Fn::GetAtt"][0]
    return [statement for name, statement in _statements(template) if name == role]


def _whose(alarm: Mapping[str, Any]) -> str:
    """The function, queue or API that is watched; empty: all of the account."""
    (value,) = [d["Value"] for d in alarm["Properties"].get("Dimensions", ())][:1] or [""]
    if isinstance(value, str):
        return value
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def _of_type(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {n: r for n, r in template["Resources"].items() if r["Type"] == kind}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _expanded(template: Mapping[str, Any]) -> dict[str, Any]:
    """The plain CloudFormation that SAM makes of the template."""

    class NoManagedPolicies:
        def load(self) -> dict[str, str]:
            return {}

    copy = json.loads(json.dumps(template))
    for resource in copy["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": "artifacts", "Key": "code.zip"}
    expanded: dict[str, Any] = transform(copy, {"AWS::Region": "us-east-1"}, NoManagedPolicies())
    return expanded
