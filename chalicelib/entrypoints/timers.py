"""Lambdas: time that passed: delayed messages, and the sweep that catches what they miss."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint, Rate

from chalicelib import bootstrap
from chalicelib.adapters.timers import read_timer
from chalicelib.entrypoints.edge import alone, each_record, function

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="timers", batch_size=1, name="on_timer")
@function
def on_timer(event: Any) -> Any:
    return each_record(event, lambda record: bootstrap.alarm_clock().ring(read_timer(record.body)))


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="on_sweep_due")
@function
def on_sweep_due(event: Any) -> None:
    bootstrap.sweep().begin_minute()
    bootstrap.agent_heartbeats().beat()
    bootstrap.ticket_notices().run(alone=alone)
