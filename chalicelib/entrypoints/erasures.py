"""REST and Lambda: customers are forgotten, and what is under legal hold is not."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.adapters.erasure_jobs import read_job
from chalicelib.core.identity import groups
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.entrypoints.edge import Call, each_record, endpoint, function
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

WHO = groups("admin")


class Hold(Body):
    is_held: bool
    reason: str


@endpoint(bp, "POST", "/v1/customers/{customer_id}/erase", who=WHO, status=202)
def erase_customer(call: Call, customer_id: str) -> object:
    return bootstrap.erasure().request(CustomerId(customer_id), by=call.caller.username)


@endpoint(bp, "GET", "/v1/customers/{customer_id}/erasure", who=WHO)
def get_erasure(call: Call, customer_id: str) -> object:
    return bootstrap.erasure().state(CustomerId(customer_id))


@endpoint(bp, "PUT", "/v1/customers/{customer_id}/hold", who=WHO, body=Hold)
def hold_customer(call: Call, customer_id: str) -> object:
    hold: Hold = call.body
    customer = bootstrap.erasure().hold_customer(
        CustomerId(customer_id), is_held=hold.is_held, reason=hold.reason, by=call.caller.username
    )
    return {"customerId": customer.customer_id, "holds": customer.holds}


@endpoint(bp, "PUT", "/v1/contacts/{contact_id}/hold", who=WHO, body=Hold)
def hold_contact(call: Call, contact_id: str) -> object:
    hold: Hold = call.body
    contact = bootstrap.erasure().hold_contact(
        ContactId(contact_id), is_held=hold.is_held, reason=hold.reason, by=call.caller.username
    )
    return {"contactId": contact.contact_id, "hold": contact.hold}


@bp.on_sqs_message(queue="erasures", batch_size=1, name="on_erasure_due")
@function
def on_erasure_due(event: Any) -> Any:
    return each_record(event, lambda record: bootstrap.erasure().run(read_job(record.body)))
