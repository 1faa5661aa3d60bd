"""REST: what is promised of tickets, and who may decide how much."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.authority import Step
from chalicelib.core.identity import groups
from chalicelib.core.sla import Limit
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

ADMINS = groups("admin")


class Policy(Body):
    """`limits`: seconds of business time by limit."""

    hours_id: str
    limits: Mapping[Limit, int]
    warn_seconds: int = 3600


class Rung(Body):
    role: str
    up_to: Decimal | None = None


class Ladder(Body):
    steps: list[Rung]


@endpoint(bp, "GET", "/v1/promises", who=groups("agent", "supervisor", "admin"))
def list_promises(call: Call) -> object:
    return bootstrap.promises().list()


@endpoint(bp, "PUT", "/v1/promises/{kind}", who=ADMINS, body=Policy)
def promise(call: Call, kind: str) -> object:
    policy: Policy = call.body
    return bootstrap.promises().promise(
        kind, hours=policy.hours_id, limits=policy.limits, warn_seconds=policy.warn_seconds
    )


@endpoint(bp, "DELETE", "/v1/promises/{kind}", who=ADMINS)
def withdraw_promise(call: Call, kind: str) -> object:
    bootstrap.promises().withdraw(kind)
    return {}


@endpoint(bp, "PUT", "/v1/authorities/{action}/{currency}", who=ADMINS, body=Ladder)
def authorise(call: Call, action: str, currency: str) -> object:
    ladder: Ladder = call.body
    steps = [Step(rung.role, rung.up_to) for rung in ladder.steps]
    return bootstrap.promises().authorise(action, currency, steps)
