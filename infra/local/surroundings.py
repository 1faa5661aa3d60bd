"""What the laptop tells its parts: the template's parameters, environments, facts for scripts."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.cloud import ACCOUNT, REGION, SECRET, Cloud, Deployed

INSTANCE_ID = "7c1b0a3e-5d42-4f6b-9a58-2e9d4c8f1a60"
_TABLES = ["contacts", "routing", "center", "customers", "tickets", "connections", "reports"]
_BUCKETS = ["recordings", "lake", "exports", "prompts"]


def parameters(endpoint: str, origin: str) -> dict[str, str]:
    return {
        "InstanceId": INSTANCE_ID,
        "LocalEndpoint": endpoint,
        "ConsoleOrigin": origin,
        "SpeechEngine": "espeak",
        "PracticeLandlines": "+12025550140,+12025550141",
        "AllowPasswordSignIn": "true",
        "WebsocketPublicUrl": origin.replace("http://", "ws://") + "/ws",
        "StoragePublicUrl": f"{origin}/storage",
        "IdentityPublicUrl": f"{origin}/identity",
        "PublicUrl": f"{origin}/api",
        "MailSender": "hello@acme.example",
        "SignedPathPrefixes": "/_aws/execute-api/{api_id}/{stage},/api",
    }


def facts(
    cloud: Cloud, origin: str, deployed: Deployed, variables: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "console": origin,
        "api": f"{origin}/api",
        "websocket": variables["WEBSOCKET_PUBLIC_URL"],
        "customer_page": f"{origin}/call",
        "aws_endpoint": cloud.endpoint,
        "aws_access_key_id": ACCOUNT,
        "aws_secret_access_key": SECRET,
        "region": REGION,
        "instance_id": variables["INSTANCE_ID"],
        "user_pool_id": variables["USER_POOL_ID"],
        "client_id": variables["USER_POOL_CLIENT_ID"],
        "tables": {name: variables[f"{name.upper()}_TABLE"] for name in _TABLES},
        "buckets": {name: variables[f"{name.upper()}_BUCKET"] for name in _BUCKETS},
        "streams": {"agent_events": variables["AGENT_EVENTS_STREAM"]},
        "buses": {"contact_events": variables["CONTACT_EVENTS_BUS"]},
        "functions": {
            "api": deployed.outputs["ApiFunction"],
            "report": deployed.outputs["ReportFunction"],
            "day_ended": deployed.outputs["DayEndedFunction"],
        },
    }


def credentials(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def emulator_environment(home: Path, port: int, python: Path) -> dict[str, str]:
    """Nothing of ours leaks in: functions inherit the emulator's environment."""
    return {
        "PATH": f"{python.parent}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home / "tmp"),
        "PYTHONUNBUFFERED": "1",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home / "s3"),
        "LOG_LEVEL": "WARNING",
        "AUTH": "true",
        "CHECKPOINT_SECONDS": os.environ.get("TRUNKLINE_CHECKPOINT_SECONDS", "1"),
        "CLOCK_FILE": str(home / "clock"),
    }
