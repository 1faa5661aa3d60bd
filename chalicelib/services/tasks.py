"""Answers flows about tasks: work for agents that no customer waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from chalicelib.core.center import Center, TaskTemplate
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel, InitiationMethod
from chalicelib.core.flow import Answered
from chalicelib.services.asking import Inquiry, Reply
from chalicelib.services.planning import LaterContact, Planner, contact_id_for

NAME_LIMIT, DESCRIPTION_LIMIT = 512, 4_096  # characters, as in Amazon Connect


class Tasks:
    """The respondent of Port.TASK."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    def ask(self, inquiry: Inquiry) -> Reply:
        task = new_task(inquiry.ask.request, inquiry.center, at=inquiry.at)
        contact = inquiry.contact
        contact_id = self._planner.make(
            LaterContact(
                contact_id=contact_id_for(f"task:{inquiry.key}"),
                initiation_method=InitiationMethod.FLOW,
                related=contact,
                customer_id=contact.customer_id,
                customer_name=contact.customer.name,
                **task,  # type: ignore[arg-type]  # names as in LaterContact
            )
        )
        return Answered({"ContactId": contact_id})


def new_task(request: Mapping[str, object], center: Center, *, at: datetime) -> dict[str, object]:
    """What a request says of a task, in the words of LaterContact; Rejected names what is wrong."""
    template = _template(request, center)
    flow = _text(request, "ContactFlowId") or (template.flow if template else "")
    if not flow:
        raise Rejected("a task needs ContactFlowId or TaskTemplateId", field="ContactFlowId")
    name = _limited(request, "Name", NAME_LIMIT)
    if not name:
        raise Rejected("a task needs a name", field="Name")
    known = template.description if template else ""
    details: dict[str, object] = {
        "Name": name,
        "Description": _limited(request, "Description", DESCRIPTION_LIMIT) or known,
        "References": _references(request),
        "SegmentAttributes": {"connect:Subtype": "connect:Task"},
    }
    attributes = {**(template.attributes if template else {}), **_texts(request, "Attributes")}
    return {
        "channel": Channel.TASK,
        "begins_at": _begins_at(request, at),
        "flow": flow,
        "attributes": attributes,
        "details": details,
    }


def _template(request: Mapping[str, object], center: Center) -> TaskTemplate | None:
    reference = _text(request, "TaskTemplateId")
    template = center.task_template(reference) if reference else None
    if reference and template is None:
        raise Rejected(f"no task template {reference!r}", field="TaskTemplateId", value=reference)
    return template


def _begins_at(request: Mapping[str, object], at: datetime) -> datetime:
    """After DelaySeconds, or at ScheduledTime (ISO 8601, or seconds since 1970); else now."""
    delay, scheduled = _text(request, "DelaySeconds"), _text(request, "ScheduledTime")
    if delay:
        return _after(delay, at)
    if not scheduled:
        return at
    moment = _moment(scheduled)
    if moment < at:
        raise Rejected(f"ScheduledTime {scheduled} is over", field="ScheduledTime", value=scheduled)
    return moment


def _after(delay: str, at: datetime) -> datetime:
    try:
        return at + timedelta(seconds=float(delay))
    except (ValueError, OverflowError):
        what = f"DelaySeconds {delay!r} is no number of seconds"
        raise Rejected(what, field="DelaySeconds", value=delay) from None


def _moment(text: str) -> datetime:
    is_number = text.replace(".", "", 1).isdecimal()
    try:
        moment = (
            datetime.fromtimestamp(float(text), UTC) if is_number else datetime.fromisoformat(text)
        )
    except (ValueError, OverflowError, OSError):  # also of milliseconds: no calendar has that year
        moment = None
    if moment is None or moment.tzinfo is None:
        what = f"ScheduledTime {text!r} is not a moment with its zone"
        raise Rejected(what, field="ScheduledTime", value=text)
    return moment


def _references(request: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """`{name: {Type, Value}}`, without those that turned out to be empty."""
    given = request.get("References")
    entries = given.items() if isinstance(given, Mapping) else ()
    return {
        str(name): {"Type": str(entry.get("Type", "STRING")), "Value": str(entry["Value"])}
        for name, entry in entries
        if isinstance(entry, Mapping) and entry.get("Value")
    }


def _texts(request: Mapping[str, object], name: str) -> dict[str, str]:
    given = request.get(name)
    return {str(k): str(v) for k, v in (given.items() if isinstance(given, Mapping) else ())}


def _text(request: Mapping[str, object], name: str) -> str:
    value = request.get(name)
    return "" if value is None else str(value).strip()


def _limited(request: Mapping[str, object], name: str, limit: int) -> str:
    text = _text(request, name)
    if len(text) > limit:
        raise Rejected(f"{name} has {len(text)} characters, the limit is {limit}", field=name)
    return text


__all__ = ["Tasks", "new_task"]
