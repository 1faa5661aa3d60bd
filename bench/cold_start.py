"""CPU of a new worker, from nothing to its first answer, beside the least that Python with an AWS
client costs; and what the package weighs.

`python -m bench.cold_start`: each Lambda of the repacked zip is loaded by its handler string in a
bare interpreter and handles one event of a contact under way against the running laptop. The floor
is the same interpreter making `boto3.client("dynamodb")`, without one request. Neither side tidies
up at its end. Pairs in turn.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench import events
from bench.center import center, environment_of
from bench.lines import Line, ratio_of, tell
from chalicelib.adapters.dynamo import codec
from chalicelib.core.customer import Customer
from chalicelib.core.ids import CustomerId
from infra.package import ROOT, package
from tests.journeys.center import Center
from tests.journeys.customers import Caller

PAIRS = 5
AIM = 1.0
_PYTHON = Path(sys.base_prefix) / "bin" / "python3"
_FLOOR = """import os, sys
sys.path.insert(0, {site!r})
import boto3
boto3.client("dynamodb")
os._exit(0)
"""
_HANDLE_ONCE = Path(__file__).with_name("handle_once.py")


@dataclass(frozen=True)
class First:
    """A handler and the first event it meets."""

    what: str
    handler: str
    event: Mapping[str, Any]
    has_aim: bool = True


def measure(measured: Center) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        with zipfile.ZipFile(package().code) as packed:
            packed.extractall(code)
        with Caller(measured, "+12025550123") as gone:
            gone.told("collect")
        with Caller(measured, "+12025550123") as caller:
            caller.asks_for_support()
            caller.hears_the_queue()
            firsts = _firsts(measured, caller, gone.contact_id)
            environment = environment_of(measured)
            return [_line(first, code, Path(folder), environment) for first in firsts]


def weigh() -> list[Line]:
    """The package against Lambda's limits, and against what Chalice alone makes of the same."""
    code = package().code
    with tempfile.TemporaryDirectory() as folder:
        plain = _chalice_alone(Path(folder))
        sizes = [(file.stat().st_size, _unpacked(file)) for file in (code, plain)]
    lines = []
    limits = (50, 250)
    for n, kind in enumerate(("packed", "unpacked")):
        ours, theirs = (size[n] / 2**20 for size in sizes)
        lines.append(
            Line(
                what=f"package, {kind}",
                ours=f"{ours:.1f} MiB",
                peer=f"Chalice's own zip: {theirs:.1f} MiB; Lambda's limit: {limits[n]} MB",
                ratio=ours / theirs,
                aim=f"≤ {limits[n]} MB",
            )
        )
    return lines


def _firsts(measured: Center, caller: Caller, gone: str) -> list[First]:
    contact_id, token = caller.contact_id, caller.participant_token
    connection_id = _connection_id(measured, contact_id)
    hello = {"topic": "trunkline/call", "content": {"type": "hello"}}
    yesterday = datetime.now(UTC).date().isoformat()
    agent = measured.token("agent")
    customer = {"connection": token}
    module = "chalicelib.entrypoints"
    return [
        First("API: settings of the page", "app.app", events.rest("GET", "/v1/settings")),
        First("API: who am I", "app.app", events.rest("GET", "/v1/me", bearer=agent)),
        First(
            "API: a customer rings",
            "app.app",
            events.rest("POST", "/v1/calls", body={"phoneNumber": "+12025550123"}),
        ),
        First(
            "WebSocket: a customer connects",
            f"{module}.socket.websocket_connect",
            events.socket("CONNECT", "bench-customer", query=customer),
        ),
        First(
            "WebSocket: an agent connects",
            f"{module}.socket.websocket_connect",
            events.socket("CONNECT", "bench-agent", query={"token": agent}),
        ),
        First(
            "WebSocket: a caller's hello",
            f"{module}.socket.websocket_message",
            events.socket("MESSAGE", connection_id, body=hello),
        ),
        First(
            "WebSocket: a socket closes",
            f"{module}.socket.websocket_disconnect",
            events.socket("DISCONNECT", "bench-agent"),
        ),
        First(
            "a contact was queued",
            f"{module}.facts.on_contact_fact",
            events.stream(measured, contact_id),
        ),
        First(
            "a contact was completed",
            f"{module}.facts.on_contact_fact",
            events.stream(measured, gone),
        ),
        First(
            "an agent changed",
            f"{module}.agents.on_agent_changed",
            events.agent_stream(measured),
        ),
        First("a timer", f"{module}.timers.on_timer", events.timer(contact_id)),
        First("the sweep", f"{module}.timers.on_sweep_due", events.schedule()),
        First(
            "the caller look-up", f"{module}.lookup.look_up_caller", events.flow_call(contact_id)
        ),
        First(
            "a recording",
            f"{module}.recordings.on_recording_due",
            events.queue({"contact_id": contact_id}),
        ),
        First(
            "a customer is forgotten",
            f"{module}.erasures.on_erasure_due",
            events.queue(_forgetting(measured)),
        ),
        First("a day that ended", f"{module}.reports.on_day_ended", events.schedule()),
        First(
            "a report (loads DuckDB)",
            f"{module}.reports.on_report_due",
            events.queue({"day": yesterday}),
            has_aim=False,
        ),
    ]


def _line(first: First, code: Path, folder: Path, environment: Mapping[str, str]) -> Line:
    event = folder / "event.json"
    event.write_text(json.dumps(first.event))
    handle = [str(_HANDLE_ONCE), str(code), first.handler, str(event)]
    site = next(path for path in sys.path if path.endswith("site-packages"))
    floor = ["-c", _FLOOR.format(site=site)]
    _cpu(handle, environment)
    ours, floors = [], []
    for _ in range(PAIRS):
        ours.append(_cpu(handle, environment))
        floors.append(_cpu(floor, environment))
    return Line(
        what=f"cold start: {first.what}",
        ours=f"{median(ours) * 1000:.0f} ms CPU",
        peer=f"Python + boto3 DynamoDB client: {median(floors) * 1000:.0f} ms CPU",
        ratio=ratio_of(ours, floors),
        aim=f"≤ {AIM}" if first.has_aim else "",
    )


def _cpu(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """User and system seconds of one process of its own. Bytecode is never written by it."""
    command = [str(_PYTHON), "-I", "-B", *arguments]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{errors.read().decode()[-3000:]}")
    return used.ru_utime + used.ru_stime


def _forgetting(measured: Center) -> dict[str, str]:
    """The job to forget a customer who is there only for this; it is over with the first look."""
    now = datetime.now(UTC)
    nobody = Customer(customer_id=CustomerId("C-bench"), created_at=now, created_by="bench")
    row = {"pk": nobody.customer_id, "sk": "profile", "document": codec.dump(nobody)}
    measured.aws("dynamodb").put_item(
        TableName=measured.facts["tables"]["customers"],
        Item={name: {"S": text} for name, text in row.items()},
    )
    return {"customer_id": nobody.customer_id, "by": "bench", "until": now.isoformat()}


def _connection_id(measured: Center, contact_id: str) -> str:
    item = measured.aws("dynamodb").get_item(
        TableName=measured.facts["tables"]["connections"],
        Key={"pk": {"S": f"contact#{contact_id}"}, "sk": {"S": "customer"}},
    )["Item"]
    found: str = item["connection_id"]["S"]
    return found


def _chalice_alone(folder: Path) -> Path:
    """The package as `chalice package` leaves it."""
    staged = folder / "app"
    shutil.copytree(ROOT / ".chalice", staged / ".chalice")
    shutil.copytree(ROOT / "chalicelib", staged / "chalicelib")
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, staged)
    command = [sys.executable, "-c", "from chalice.cli import main; main()", "package"]
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    subprocess.run(
        [*command, str(folder / "out")],
        cwd=staged,
        env=environment,
        check=True,
        capture_output=True,
    )
    return folder / "out" / "deployment.zip"


def _unpacked(file: Path) -> int:
    with zipfile.ZipFile(file) as packed:
        return sum(info.file_size for info in packed.infolist())


if __name__ == "__main__":
    with center() as deployed:
        tell([*measure(deployed), *weigh()])
