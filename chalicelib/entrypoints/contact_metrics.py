"""REST: Amazon Connect's GetContactMetrics: a contact's place in line, and its wait."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.core.ids import ContactId
from chalicelib.entrypoints.connect_shapes import CONNECT, Shape, center_of, without_nothing
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)


class Metric(Shape):
    name: str


class GetContactMetrics(Shape):
    instance_id: str
    contact_id: str
    metrics: list[Metric]


@endpoint(
    bp,
    "POST",
    "/metrics/contact",
    who=groups("supervisor", "admin"),
    body=GetContactMetrics,
    style=CONNECT,
)
def get_contact_metrics(call: Call) -> object:
    """A metric of which nobody can tell has no Value: a union without a member breaks clients."""
    body: GetContactMetrics = call.body
    center = center_of(body.instance_id)
    names = [metric.name for metric in body.metrics]
    found = bootstrap.contact_metrics().of(ContactId(body.contact_id), names, center)
    return {
        "MetricResults": [
            without_nothing(
                {"Name": name, "Value": None if value is None else {"Number": float(value)}}
            )
            for name, value in found.items()
        ],
        "Id": body.contact_id,
        "Arn": f"{center.arn}/contact/{body.contact_id}",
    }
