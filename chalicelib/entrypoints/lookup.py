"""The functions that contact flows call: who calls, where a key leads, which place is near, whether
we have promised to call back."""

from __future__ import annotations

from typing import Any

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import CustomerId
from chalicelib.entrypoints.edge import function
from chalicelib.services.places import Found, Nearby
from chalicelib.services.ports import CustomerFile

bp = Blueprint(__name__)


class CallersEndpoint(msgspec.Struct, rename="pascal"):
    address: str


class ContactData(msgspec.Struct, rename="pascal"):
    contact_id: str
    customer_id: str | None = None
    customer_endpoint: CallersEndpoint | None = None


class Details(msgspec.Struct, rename="pascal"):
    contact_data: ContactData
    parameters: dict[str, str] = {}


class FlowEvent(msgspec.Struct, rename="pascal"):
    """The part of Amazon Connect's event that these functions read."""

    details: Details


@bp.lambda_function(name="look_up_caller")
@function
def look_up_caller(event: dict[str, Any], context: object) -> dict[str, str]:
    """`customerId` is empty when nobody is known by the number, or more than one."""
    told = _read(event).details.contact_data
    address = told.customer_endpoint.address if told.customer_endpoint else ""
    known = CustomerId(told.customer_id) if told.customer_id else None
    return _flat(bootstrap.customers().look_up(address, known))


@bp.lambda_function(name="map_menu_key")
@function
def map_menu_key(event: dict[str, Any], context: object) -> dict[str, str]:
    """Parameters `menu` and `key`; `kind` is queue, flow or none, `target` a reference."""
    given = _read(event).details.parameters
    found = bootstrap.menus().target(given.get("menu", ""), given.get("key", ""))
    return {"kind": found.kind, "target": found.target}


@bp.lambda_function(name="find_places")
@function
def find_places(event: dict[str, Any], context: object) -> dict[str, str]:
    """Parameter `zip`; `status` is nearest, area, none or unknown, `list` is to be read out."""
    told = _read(event).details
    caller = told.contact_data.customer_endpoint
    zip_code = told.parameters.get("zip", "")
    return _places(bootstrap.places().find(zip_code, caller.address if caller else ""))


@bp.lambda_function(name="find_callback")
@function
def find_callback(event: dict[str, Any], context: object) -> dict[str, str]:
    """Whether we have promised this caller to call; `place` is empty while it is not in line."""
    caller = _read(event).details.contact_data.customer_endpoint
    found = bootstrap.callback_list().of_caller(caller.address if caller else "")
    return {
        "isStanding": str(found is not None).lower(),
        "queueName": found.queue_name if found else "",
        "place": str(found.place) if found and found.place else "",
        "state": found.state if found else "",
    }


@bp.lambda_function(name="cancel_callback")
@function
def cancel_callback(event: dict[str, Any], context: object) -> dict[str, str]:
    """`isCancelled` is false when nothing stands, or we are calling already."""
    caller = _read(event).details.contact_data.customer_endpoint
    is_over = bootstrap.callback_list().cancel_of_caller(caller.address if caller else "")
    return {"isCancelled": str(is_over).lower()}


def _read(event: dict[str, Any]) -> FlowEvent:
    try:
        return msgspec.convert(event, FlowEvent)
    except msgspec.ValidationError as error:
        raise Rejected(f"not an event of a contact flow: {error}") from error


def _flat(file: CustomerFile | None) -> dict[str, str]:
    customer = file.customer if file else None
    return {
        "customerId": customer.customer_id if customer else "",
        "customerName": customer.name if customer else "",
        "isKnown": "true" if customer else "false",
        "hasName": "true" if customer and customer.name else "false",
        "language": (customer.language or "") if customer else "",
        "openTickets": str(len(file.open_tickets) if file else 0),
    }


def _places(found: Found) -> dict[str, str]:
    first = found.places[0] if found.places else None
    return {
        "status": found.status,
        "count": str(len(found.places)),
        "list": " ".join(_read_out(n, near) for n, near in enumerate(found.places, start=1)),
        "placeName": first.place.name if first else "",
        "placeAddress": first.place.address if first else "",
        "placeHours": f"Open today {first.today}." if first else "",
    }


def _read_out(number: int, near: Nearby) -> str:
    far = f", {near.miles:.1f} miles away" if near.miles is not None else ""
    return f"{number}: {near.place.name}{far}, open today {near.today}."
