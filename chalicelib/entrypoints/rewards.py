"""REST: rewards are paid for a month, and everybody sees what is theirs."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

SEE_ALL = ("finance", "admin")
WHO = groups(*SEE_ALL, "agent", "supervisor", "trainee")


@endpoint(bp, "GET", "/v1/rewards/{period}", who=WHO)
def get_rewards(call: Call, period: str) -> object:
    sees_all = call.caller.is_in(*SEE_ALL)
    return bootstrap.rewards().of(period, username=None if sees_all else call.caller.username)


@endpoint(bp, "POST", "/v1/rewards/{period}", who=groups(*SEE_ALL), status=201)
def pay_rewards(call: Call, period: str) -> object:
    return bootstrap.rewards().pay(period, by=call.caller.username)
