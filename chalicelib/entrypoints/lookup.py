"""The function that contact flows call to learn who is calling."""

from __future__ import annotations

from typing import Any

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.errors import Rejected
from chalicelib.entrypoints.edge import function
from chalicelib.services.ports import CustomerFile

bp = Blueprint(__name__)


class CallersEndpoint(msgspec.Struct, rename="pascal"):
    address: str


class ContactData(msgspec.Struct, rename="pascal"):
    contact_id: str
    customer_endpoint: CallersEndpoint | None = None


class Details(msgspec.Struct, rename="pascal"):
    contact_data: ContactData


class FlowEvent(msgspec.Struct, rename="pascal"):
    """The part of Amazon Connect's event that this function reads."""

    details: Details


@bp.lambda_function(name="look_up_caller")
@function
def look_up_caller(event: dict[str, Any], context: object) -> dict[str, str]:
    """`customerId` is empty when nobody is known by the number, or more than one."""
    return _flat(bootstrap.customers().look_up(_address(event)))


def _address(event: dict[str, Any]) -> str:
    try:
        read = msgspec.convert(event, FlowEvent)
    except msgspec.ValidationError as error:
        raise Rejected(f"not an event of a contact flow: {error}") from error
    endpoint = read.details.contact_data.customer_endpoint
    return endpoint.address if endpoint else ""


def _flat(file: CustomerFile | None) -> dict[str, str]:
    customer = file.customer if file else None
    return {
        "customerId": customer.customer_id if customer else "",
        "customerName": customer.name if customer else "",
        "isKnown": "true" if customer else "false",
        "language": (customer.language or "") if customer else "",
        "openTickets": str(len(file.open_tickets) if file else 0),
    }
