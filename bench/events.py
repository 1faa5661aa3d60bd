"""The first event that each Lambda meets, as AWS would hand it over, for a contact under way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.center import Center

_ACCOUNT = "000000000000"


def rest(method: str, path: str, *, body: object = None, bearer: str = "") -> dict[str, Any]:
    """API Gateway's proxy event."""
    headers = {"content-type": "application/json"}
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": _ACCOUNT,
            "resourcePath": path,
            "httpMethod": method,
            "stage": "api",
            "requestId": "bench",
            "identity": {"sourceIp": "127.0.0.1"},
            "path": path,
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }


def socket(
    kind: str, connection_id: str, *, body: object = None, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A WebSocket event: CONNECT, MESSAGE or DISCONNECT."""
    return {
        "requestContext": {
            "routeKey": {"MESSAGE": "$default"}.get(kind, f"${kind.lower()}"),
            "eventType": kind,
            "connectionId": connection_id,
            "domainName": "127.0.0.1",
            "stage": "api",
            "requestId": "bench",
            "apiId": "bench",
        },
        "headers": {},
        "queryStringParameters": dict(query) if query else None,
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }


def queue(body: object) -> dict[str, Any]:
    """One message of an SQS queue."""
    message = {
        "messageId": "bench",
        "receiptHandle": "bench",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:{_ACCOUNT}:bench",
        "awsRegion": "us-east-1",
    }
    return {"Records": [message]}


def schedule() -> dict[str, Any]:
    return {
        "version": "0",
        "id": "bench",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": _ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }


def timer(contact_id: str) -> dict[str, Any]:
    """A flow's time-out that comes for a wait long over."""
    due_at = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    return queue({"kind": "FLOW", "contact_id": contact_id, "due_at": due_at, "key": "0"})


def stream(center: Center, contact_id: str) -> dict[str, Any]:
    """The stream's record of the contact's last commit, from the table itself."""
    found = center.aws("dynamodb").query(
        TableName=center.facts["tables"]["contacts"],
        KeyConditionExpression="pk = :contact AND begins_with(sk, :facts)",
        ExpressionAttributeValues={":contact": {"S": contact_id}, ":facts": {"S": "facts#"}},
    )["Items"]
    return _record({"NewImage": found[-1]}, "INSERT")


def agent_stream(center: Center) -> dict[str, Any]:
    """The stream's record of a change of the agent who is signed in, from the table itself."""
    found = center.aws("dynamodb").scan(
        TableName=center.facts["tables"]["routing"],
        FilterExpression="sk = :state",
        ExpressionAttributeValues={":state": {"S": "state"}},
    )["Items"]
    return _record({"NewImage": found[0], "OldImage": found[0]}, "MODIFY")


def _record(images: Mapping[str, Any], name: str) -> dict[str, Any]:
    row = images["NewImage"]
    record = {
        "eventID": "bench",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": f"arn:aws:dynamodb:us-east-1:{_ACCOUNT}:table/bench/stream/bench",
        "dynamodb": {
            "ApproximateCreationDateTime": int(datetime.now(UTC).timestamp()),
            "SizeBytes": 1000,
            "Keys": {each: row[each] for each in ("pk", "sk")},
            **images,
            "SequenceNumber": "1",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }
    return {"Records": [record]}


def flow_call(contact_id: str) -> dict[str, Any]:
    """What Amazon Connect sends to a function that a flow calls."""
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "ContactId": contact_id,
                "Channel": "VOICE",
                "CustomerEndpoint": {"Address": "+12025550123", "Type": "TELEPHONE_NUMBER"},
            },
            "Parameters": {},
        },
    }
