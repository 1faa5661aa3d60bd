"""REST: Amazon Connect's GetMetricDataV2: figures of the past."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.entrypoints.connect_shapes import CONNECT, center_of
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.metric_shapes import GetMetricData

bp = Blueprint(__name__)


@endpoint(
    bp,
    "POST",
    "/metrics/data",
    who=groups("finance", "supervisor", "admin"),
    body=GetMetricData,
    style=CONNECT,
)
def get_metric_data_v2(call: Call) -> object:
    body: GetMetricData = call.body
    center_of(body.resource_arn)
    asked = body.asked(bootstrap.now())
    return body.answer(asked, bootstrap.metric_history().results(asked))
