"""The function that counts figures of the past for the API."""

from __future__ import annotations

from typing import Any

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.entrypoints.edge import function
from chalicelib.services.metric_history import Asked

bp = Blueprint(__name__)


@bp.lambda_function(name="count_metrics")
@function
def count_metrics(event: dict[str, Any], context: object) -> object:
    """An `Asked` as plain values, answered by `Results` as such."""
    asked = msgspec.convert(event, Asked)
    return msgspec.to_builtins(bootstrap.counted_history().results(asked))
