"""A customer as flows see one: Amazon Connect's names of a profile's fields, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.core.customer import Customer, HistoryLine, check_name
from chalicelib.core.errors import Rejected
from chalicelib.core.telephone import distinct

FIELD_LIMIT = 255  # characters of one field, as in Amazon Connect
_ADDRESS = (
    "Address1",
    "Address2",
    "Address3",
    "Address4",
    "City",
    "County",
    "Country",
    "PostalCode",
    "Province",
    "State",
)
PHONES = ("PhoneNumber", "MobilePhoneNumber", "HomePhoneNumber", "BusinessPhoneNumber")
EMAILS = ("EmailAddress", "BusinessEmailAddress", "PersonalEmailAddress")
FIELDS = frozenset(
    {
        "FirstName",
        "MiddleName",
        "LastName",
        "AccountNumber",
        "AdditionalInformation",
        "PartyType",
        "BusinessName",
        "BirthDate",
        "Gender",
        *PHONES,
        *EMAILS,
        *(f"{kind}{part}" for kind in ("", "Shipping", "Mailing", "Billing") for part in _ADDRESS),
    }
)
_NAMES = ("FirstName", "MiddleName", "LastName")
_OWN = "Attributes."


def profile_of(customer: Customer, domain: str) -> dict[str, object]:
    """The profile, without what is not known; `domain` is that of its ARN."""
    first, _, last = customer.name.rpartition(" ")
    known: dict[str, object] = {
        "ProfileId": customer.customer_id,
        "ProfileARN": f"{domain}/profiles/{customer.customer_id}",
        "FirstName": first or last,
        "LastName": last if first else "",
        "PhoneNumber": next(iter(customer.phones), ""),
        "EmailAddress": next(iter(customer.emails), ""),
        **customer.details,
    }
    profile = {name: value for name, value in known.items() if value}
    return {**profile, "Attributes": dict(customer.attributes)} if customer.attributes else profile


def chosen(profile: Mapping[str, object], wanted: Sequence[str]) -> dict[str, object]:
    """Of a profile only these fields, and whose it is; none named: all of them."""
    if not wanted:
        return dict(profile)
    names = {"ProfileId", *(name.split(".", 1)[0] for name in wanted)}
    picked = {name: value for name, value in profile.items() if name in names}
    own = [name.removeprefix(_OWN) for name in wanted if name.startswith(_OWN)]
    attributes = profile.get("Attributes")
    if own and isinstance(attributes, Mapping):
        picked["Attributes"] = {key: attributes[key] for key in own if key in attributes}
    return picked


def with_fields(customer: Customer, given: Mapping[str, str]) -> Customer:
    """The customer with these fields of the profile; an empty one is forgotten.

    Numbers are E.164 already. Rejected names the field that is not one, or too long.
    """
    details, attributes = dict(customer.details), dict(customer.attributes)
    for name, value in given.items():
        _check(name, value)
        if name.startswith(_OWN):
            attributes[name.removeprefix(_OWN)] = value
        else:
            details[name] = value
    details = {name: value for name, value in details.items() if value}
    return replace(
        customer,
        name=_name(customer, given, details),
        phones=distinct(_in_front(customer.phones, [given.get(name, "") for name in PHONES])),
        emails=_in_front(customer.emails, [given.get(name, "").lower() for name in EMAILS]),
        details=details,
        attributes={name: value for name, value in attributes.items() if value},
    )


def field_group(name: str) -> str:
    """What a field is a part of, where only the whole makes sense: the parts of a name, the lines
    of one address; any other field stands for itself.

    >>> field_group("BillingCity"), field_group("Gender")
    ('BillingAddress', 'Gender')
    """
    if name in _NAMES:
        return "Name"
    part = next((each for each in _ADDRESS if name.endswith(each)), None)
    return f"{name.removesuffix(part)}Address" if part else name


def calculated(history: Sequence[HistoryLine]) -> dict[str, str]:
    """What Amazon Connect would have counted, from the contacts so far, newest first."""
    if not history:
        return {"_contact_count": "0"}
    newest = history[0]
    lengths = [line.duration_seconds for line in history if line.duration_seconds is not None]
    known = {
        "_contact_count": str(len(history)),
        "_last_channel": str(newest.channel),
        "_last_contact_timestamp": newest.initiated_at.isoformat(),
        "_last_agent_name": next((line.agent_name for line in history if line.agent_name), ""),
        "_last_disposition": next((line.disposition for line in history if line.disposition), ""),
        "_average_contact_seconds": str(round(sum(lengths) / len(lengths))) if lengths else "",
    }
    return {name: value for name, value in known.items() if value}


def contact_object(line: HistoryLine) -> dict[str, str]:
    """An earlier contact as an object of the profile."""
    known = {
        "contactId": line.contact_id,
        "channel": str(line.channel),
        "initiationTimestamp": line.initiated_at.isoformat(),
        "queueName": line.queue_name or "",
        "agentName": line.agent_name or "",
        "disposition": line.disposition or "",
        "durationSeconds": "" if line.duration_seconds is None else str(line.duration_seconds),
    }
    return {name: value for name, value in known.items() if value}


def _check(name: str, value: str) -> None:
    is_own = name.startswith(_OWN) and len(name) > len(_OWN)
    if name not in FIELDS and not is_own:
        raise Rejected(f"a profile has no field {name!r}", field=name, value=value)
    if len(value) > FIELD_LIMIT:
        raise Rejected(
            f"{name} has {len(value)} characters, the limit is {FIELD_LIMIT}", field=name
        )


def _name(customer: Customer, given: Mapping[str, str], details: Mapping[str, str]) -> str:
    if not any(part in given for part in _NAMES):
        return customer.name
    first, _, last = customer.name.rpartition(" ")
    known = {"FirstName": first or last, "LastName": last if first else "", **details, **given}
    return check_name(" ".join(known[part] for part in _NAMES if known.get(part)))


def _in_front(known: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(each for each in new if each), *known]))


__all__ = [
    "calculated",
    "chosen",
    "contact_object",
    "field_group",
    "profile_of",
    "with_fields",
]
