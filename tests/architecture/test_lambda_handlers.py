"""Each Lambda's handler, loaded in a fresh interpreter as Lambda does.

The test client goes through `app.py`, so it can lie: there an event Lambda's module is never
loaded on its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from chalicelib.config import Settings

ROOT = Path(__file__).parents[2]
HANDLERS = {
    "api_handler": "app.app",
    "websocket_connect": "chalicelib.entrypoints.socket.websocket_connect",
    "websocket_message": "chalicelib.entrypoints.socket.websocket_message",
    "websocket_disconnect": "chalicelib.entrypoints.socket.websocket_disconnect",
    "on_contact_fact": "chalicelib.entrypoints.facts.on_contact_fact",
    "on_agent_changed": "chalicelib.entrypoints.agents.on_agent_changed",
    "on_timer": "chalicelib.entrypoints.timers.on_timer",
    "on_sweep_due": "chalicelib.entrypoints.timers.on_sweep_due",
    "on_recording_due": "chalicelib.entrypoints.recordings.on_recording_due",
    "on_erasure_due": "chalicelib.entrypoints.erasures.on_erasure_due",
    "on_day_ended": "chalicelib.entrypoints.reports.on_day_ended",
    "on_report_due": "chalicelib.entrypoints.reports.on_report_due",
    "cancel_callback": "chalicelib.entrypoints.lookup.cancel_callback",
    "count_metrics": "chalicelib.entrypoints.history.count_metrics",
    "find_callback": "chalicelib.entrypoints.lookup.find_callback",
    "find_places": "chalicelib.entrypoints.lookup.find_places",
    "look_up_caller": "chalicelib.entrypoints.lookup.look_up_caller",
    "map_menu_key": "chalicelib.entrypoints.lookup.map_menu_key",
}
MODULES = sorted({handler.rpartition(".")[0] for handler in HANDLERS.values()})
# 40 to 900 ms each; what a Lambda needs of them it loads inside its first call
HEAVY = {"duckdb", "pynamodb", "jwt", "cryptography", "phonenumbers", "numpy", "av", "cffi"}
NEVER = {"boto3", "pydantic", "moto", "pytest", "click", "inquirer", "yaml", "pip", "requests"}
SETTINGS = {field.name.upper(): "https://x.test" for field in fields(Settings)} | {
    "SPEECH_ENGINE": "polly",
    "ATHENA_ABOVE_MB": "200",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "PATH": "/usr/bin",
}


@cache
def loaded(module: str, then: str = "") -> frozenset[str]:
    """Every package that is loaded once this module is, and this was done."""
    program = f"import json, sys, {module}\n{then}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=SETTINGS if then else {"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return frozenset(json.loads(done.stdout.splitlines()[-1]))


def test_the_list_of_handlers_is_that_of_the_app() -> None:
    """A Lambda that is added stands here too, or nobody looks after its start."""
    from app import app

    events = {event.name: event.handler_string for event in app.event_sources}
    functions = {each.name: each.handler_string for each in app.pure_lambda_functions}
    sockets = {  # infra/resources.yaml takes what they call
        each.name: f"chalicelib.entrypoints.socket.{each.name}"
        for each in app.websocket_handlers.values()
    }

    assert {**events, **functions, **sockets, "api_handler": "app.app"} == HANDLERS


def test_every_handler_has_its_own_settings() -> None:
    """Memory, time and rights are decided per Lambda."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    (stage,) = config["stages"].values()

    assert set(stage["lambda_functions"]) == set(HANDLERS)


@pytest.mark.parametrize("module", MODULES)
def test_a_handler_loads_without_an_environment_and_without_weight(module: str) -> None:
    """Nothing connects, reads a variable or loads a heavy package at import."""
    packages = {name.partition(".")[0] for name in loaded(module)}

    assert packages & (HEAVY | NEVER) == set()


@pytest.mark.parametrize("module", [each for each in MODULES if each != "app"])
def test_an_event_lambda_loads_its_own_chain_only(module: str) -> None:
    """Neither the app nor another entry point, but for what they share."""
    ours = {name for name in loaded(module) if name.startswith("chalicelib.entrypoints.")}
    shared = {f"chalicelib.entrypoints.{name}" for name in ("edge", "page", "wire")}

    assert ours - shared == {module}
    assert "app" not in loaded(module)


@pytest.mark.parametrize(
    ("module", "services"),
    [
        ("chalicelib.entrypoints.timers", ("alarm_clock", "desk")),
        ("chalicelib.entrypoints.lookup", ("customers",)),
        ("chalicelib.entrypoints.socket", ("socket_room", "flows", "chat", "desk", "people")),
        ("app", ("flows", "chat", "contacts", "tickets", "people", "machines")),
    ],
)
def test_a_lambda_that_works_loads_neither_what_reports_need_nor_a_whole_sdk(
    module: str, services: tuple[str, ...]
) -> None:
    """With its services built: no DuckDB, no boto3; and building asks nobody anything."""
    build = "\n".join(f"bootstrap.{name}()" for name in services)

    packages = {
        name.partition(".")[0]
        for name in loaded(module, f"from chalicelib import bootstrap\n{build}")
    }

    assert packages & ({"duckdb", "av", "numpy"} | NEVER) == set()


def test_reports_load_duckdb_inside_the_call_that_needs_it() -> None:
    """65 MB: only where a report is built."""
    warehouse = "from chalicelib.adapters.warehouse import DuckDbWarehouse"

    assert "duckdb" not in loaded("chalicelib.entrypoints.reports")
    assert "duckdb" in loaded("chalicelib.entrypoints.reports", warehouse)


def test_the_translator_is_loaded_for_large_periods_only() -> None:
    """Half a second, which every other report would wait for."""
    usual = "from chalicelib.adapters.warehouse.engines import Engines"
    large = "from chalicelib.adapters.warehouse.athena import AthenaWarehouse"

    assert "sqlglot" not in loaded("chalicelib.entrypoints.reports", usual)
    assert "sqlglot" in loaded("chalicelib.entrypoints.reports", large)
