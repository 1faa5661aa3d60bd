"""REST: customers by number, by name, by id, by whatever is typed; merged and taken apart."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.core.ids import CustomerId
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

WHO = groups("agent", "supervisor")
MERGERS = groups("supervisor")


class Other(Body):
    """Who is merged, and the version of that customer which was looked at."""

    customer_id: str
    version: int


@endpoint(bp, "GET", "/v1/customers", who=WHO)
def find_customers(call: Call) -> object:
    if "search" in call.query:
        return bootstrap.customer_search().search(call.query["search"])
    found = bootstrap.customers().find(phone=call.query.get("phone"), name=call.query.get("name"))
    return {"customers": found}


@endpoint(bp, "GET", "/v1/customers/{customer_id}", who=WHO)
def get_customer(call: Call, customer_id: str) -> object:
    owners = bootstrap.teams().owners_for(call.caller)
    return bootstrap.customers().get(CustomerId(customer_id), owners=owners)


@endpoint(bp, "GET", "/v1/customers/{customer_id}/merge", who=MERGERS)
def preview_merge(call: Call, customer_id: str) -> object:
    other_id = CustomerId(call.query.get("customerId", ""))
    return bootstrap.customer_merging().preview(CustomerId(customer_id), other_id)


@endpoint(bp, "POST", "/v1/customers/{customer_id}/merge", who=MERGERS, body=Other)
def merge_customer(call: Call, customer_id: str) -> object:
    other: Other = call.body
    return bootstrap.customer_merging().merge(
        CustomerId(customer_id),
        CustomerId(other.customer_id),
        version=other.version,
        by=call.caller.username,
    )


@endpoint(bp, "POST", "/v1/customers/{customer_id}/unmerge", who=MERGERS)
def unmerge_customer(call: Call, customer_id: str) -> object:
    return bootstrap.customer_merging().undo(CustomerId(customer_id))
