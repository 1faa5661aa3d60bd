"""REST: customers by number, by name, by id."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.core.ids import CustomerId
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

WHO = groups("agent", "supervisor")


@endpoint(bp, "GET", "/v1/customers", who=WHO)
def find_customers(call: Call) -> object:
    found = bootstrap.customers().find(phone=call.query.get("phone"), name=call.query.get("name"))
    return {"customers": found}


@endpoint(bp, "GET", "/v1/customers/{customer_id}", who=WHO)
def get_customer(call: Call, customer_id: str) -> object:
    return bootstrap.customers().get(CustomerId(customer_id))
