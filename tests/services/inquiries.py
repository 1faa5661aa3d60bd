"""Questions of flows, put to a respondent directly."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.contact import Contact
from chalicelib.core.flow import Answered, Ask, Port, Refused
from chalicelib.services.asking import Concluded, Inquiry, Reply
from tests.house import House


def inquiry(
    house: House,
    contact: Contact,
    port: Port,
    verb: str,
    request: Mapping[str, object],
    *,
    key: str = "",
) -> Inquiry:
    return Inquiry(
        ask=Ask(port, verb, request),
        contact=contact,
        center=house.center.center(),
        at=house.at,
        key=key or f"{contact.contact_id}:{contact.session.waits}",
    )


def value_of(reply: Reply) -> Mapping[str, object]:
    """What was answered; fails when it was refused."""
    if isinstance(reply, Concluded):
        return reply.answer.value
    assert isinstance(reply, Answered), reply
    return reply.value


def refusal_of(reply: Reply) -> str:
    """The type of the error."""
    assert isinstance(reply, Refused), reply
    return reply.error_type
