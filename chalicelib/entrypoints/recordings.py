"""Lambda: recordings whose chunks are in the bucket become files."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.adapters.recording_jobs import read_job
from chalicelib.entrypoints.edge import each_record, function

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="recordings", batch_size=1, name="on_recording_due")
@function
def on_recording_due(event: Any) -> Any:
    return each_record(event, lambda record: bootstrap.contacts().stitch(read_job(record.body)))
