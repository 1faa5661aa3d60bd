"""REST and pages: customers say what they think, supervisors see what it comes to."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.civil_day import read_day
from chalicelib.core.identity import CUSTOMER, groups
from chalicelib.core.ids import CustomerId
from chalicelib.entrypoints import feedback_page
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

READERS = groups("supervisor")
DESK = groups("agent", "supervisor")
FORM_LIMIT = 16 * 1024  # bytes: a comment of the longest kind, each letter as several


class Wish(Body):
    is_opted_out: bool


@endpoint(bp, "GET", "/feedback/{token}", who=CUSTOMER, style="page")
def show_feedback_form(call: Call, token: str) -> object:
    """Mail programs and scanners follow links before anybody reads them: nothing is recorded."""
    return feedback_page.form() if bootstrap.feedback().is_open(token) else feedback_page.too_late()


@endpoint(bp, "HEAD", "/feedback/{token}", who=CUSTOMER, style="page")
def probe_feedback_form(call: Call, token: str) -> object:
    bootstrap.feedback().is_open(token)
    return ""


@endpoint(bp, "POST", "/feedback/{token}", who=CUSTOMER, style="page", limit=FORM_LIMIT)
def send_feedback(call: Call, token: str) -> object:
    return feedback_page.thanks(is_counted=bootstrap.feedback().take(token, call.form))


@endpoint(bp, "GET", "/v1/feedback", who=READERS)
def get_feedback(call: Call) -> object:
    first = read_day(call.query.get("from", ""), field="from")
    last = read_day(call.query.get("to", ""), field="to")
    return bootstrap.feedback().results(first, last)


@endpoint(bp, "PUT", "/v1/customers/{customer_id}/feedback", who=DESK, body=Wish)
def set_feedback_wish(call: Call, customer_id: str) -> object:
    wish: Wish = call.body
    customer = bootstrap.feedback().set_wish(
        CustomerId(customer_id), is_opted_out=wish.is_opted_out
    )
    return {"customerId": customer.customer_id, "isOptedOut": customer.is_opted_out}
