"""What other systems do to contacts through the API: look, end, name, rank them anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.core import attributes as core
from chalicelib.core import events as e
from chalicelib.core.contact import Change, Contact, ContactState
from chalicelib.core.criteria import parse
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, ContactEvent, DisconnectReason, Fact, InitiationMethod
from chalicelib.core.ids import ContactId
from chalicelib.core.lifecycle import rank_anew
from chalicelib.services.ports import Commit, ContactStore
from chalicelib.services.races import insist

NAME_LIMIT, DESCRIPTION_LIMIT, REFERENCE_LIMIT = 1024, 4096, 4096  # characters
MOST_REFERENCES = 15
HIGHEST_PRIORITY_NUMBER = 2**63 - 1
# Voice contacts that are a leg of another one: to end them alone would leave that one half.
_NOT_STOPPED = frozenset(
    {
        InitiationMethod.DISCONNECT,
        InitiationMethod.TRANSFER,
        InitiationMethod.QUEUE_TRANSFER,
        InitiationMethod.EXTERNAL_OUTBOUND,
        InitiationMethod.MONITOR,
    }
)


class Ends(Protocol):
    """Ends the customer's side of a contact."""

    def end(self, contact_id: ContactId, reason: DisconnectReason) -> None: ...


class Matches(Protocol):
    """Finds an agent for a waiting contact."""

    def match_contact(self, contact_id: ContactId) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """What is wished of a contact's way through its queue; exactly one of the three.

    `criteria` without steps: anybody in the queue will do.
    """

    age_seconds: int | None = None
    priority: int | None = None
    criteria: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a contact is called from now on; None: as before. References are added by name."""

    name: str | None = None
    description: str | None = None
    references: Mapping[str, Mapping[str, object]] | None = None
    segment_attributes: Mapping[str, object] | None = None


class ContactControl:
    """Every operation is safe to repeat. NotFound for contacts that never were."""

    def __init__(
        self, *, contacts: ContactStore, desk: Ends, matcher: Matches, now: Callable[[], datetime]
    ) -> None:
        self._contacts = contacts
        self._desk = desk
        self._matcher = matcher
        self._now = now

    def describe(self, contact_id: ContactId) -> tuple[Contact, Sequence[Fact]]:
        """The contact as it stands, and all that happened to it."""
        return self._contacts.get(contact_id), self._contacts.facts(contact_id)

    def attributes(self, contact_id: ContactId) -> Mapping[str, str]:
        return self._contacts.get(contact_id).attributes

    def stop(self, contact_id: ContactId) -> None:
        """The contact ends; an agent who talks has after contact work of it. One that has ended
        stays as it is."""
        contact = self._contacts.get(contact_id)
        is_voice = contact.channel is Channel.VOICE
        if is_voice and contact.initiation_method in _NOT_STOPPED:
            raise Rejected(
                f"a call that began by {contact.initiation_method} cannot be stopped alone",
                field="ContactId",
                value=contact_id,
            )
        self._desk.end(contact_id, DisconnectReason.OTHER if is_voice else DisconnectReason.API)

    def set_attributes(self, contact_id: ContactId, given: Mapping[str, str]) -> None:
        """Adds attributes or replaces their values, also of a contact that has ended."""

        def change(contact: Contact) -> Change:
            together = core.merged(contact.attributes, given)
            news = {k: v for k, v in together.items() if contact.attributes.get(k) != v}
            session = replace(contact.session, attributes=together)
            changed = Change.of(contact).update(session=session)
            return self._told(changed, e.AttributesUpdated(attributes=news) if news else None)

        self._commit(contact_id, change)

    def describe_anew(self, contact_id: ContactId, wanted: Description) -> None:
        """Name, description, references and segment attributes, of a contact in any state."""
        _check(wanted)

        def change(contact: Contact) -> Change:
            details = {**contact.session.details, **_details(contact, wanted)}
            news = {k: v for k, v in details.items() if contact.session.details.get(k) != v}
            changed = Change.of(contact).update(session=replace(contact.session, details=details))
            return self._told(changed, e.DetailsUpdated(details=news) if news else None)

        self._commit(contact_id, change)

    def rank(self, contact_id: ContactId, wanted: Rank) -> None:
        """Another place in the line, at once for a contact that waits, and when it comes to wait
        for one that does not yet. Conflict when an agent has it or it has ended."""
        fields = _routing(wanted)

        def change(contact: Contact) -> Change:
            if contact.state is ContactState.CONNECTED or not contact.state.is_live:
                raise Conflict(
                    f"contact {contact_id!r} is {contact.state}: it waits for nobody any more",
                    field="ContactId",
                    value=contact_id,
                )
            routing = replace(contact.session.routing, **fields)  # type: ignore[arg-type]  # names as in Routing
            session = replace(contact.session, routing=routing)
            return rank_anew(Change.of(contact).update(session=session), at=self._now())

        self._commit(contact_id, change)
        self._matcher.match_contact(contact_id)

    def _told(self, change: Change, news: ContactEvent | None) -> Change:
        return change.then(news, self._now()) if news is not None else change

    def _commit(self, contact_id: ContactId, change: Callable[[Contact], Change]) -> None:
        def go() -> None:
            made = change(self._contacts.get(contact_id))
            if not made.is_empty:
                self._contacts.commit(Commit(contact=made))

        insist(go)


def _routing(wanted: Rank) -> dict[str, object]:
    given: dict[str, object] = {
        "age_seconds": wanted.age_seconds,
        "priority": wanted.priority,
        "criteria": wanted.criteria,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    if len(fields) != 1:
        raise Rejected(
            "exactly one of QueueTimeAdjustmentSeconds, QueuePriority and RoutingCriteria is given",
            field="RoutingCriteria",
            value=sorted(fields),
        )
    if wanted.priority is not None and not 1 <= wanted.priority <= HIGHEST_PRIORITY_NUMBER:
        raise Rejected(
            f"a priority is from 1 to {HIGHEST_PRIORITY_NUMBER}",
            field="QueuePriority",
            value=wanted.priority,
        )
    if wanted.criteria is not None:
        if not wanted.criteria.get("Steps"):
            return {"criteria": {}}
        parse(wanted.criteria)
    return fields


def _check(wanted: Description) -> None:
    for field, text, limit in (
        ("Name", wanted.name, NAME_LIMIT),
        ("Description", wanted.description, DESCRIPTION_LIMIT),
    ):
        if text is not None and len(text) > limit:
            raise Rejected(f"{field} has at most {limit} characters", field=field, value=len(text))
    for name, reference in (wanted.references or {}).items():
        if len(str(reference.get("Value") or "")) > REFERENCE_LIMIT or not reference.get("Type"):
            raise Rejected(
                f"reference {name!r} has a Type and a Value of at most {REFERENCE_LIMIT} "
                "characters",
                field="References",
                value=name,
            )


def _details(contact: Contact, wanted: Description) -> dict[str, object]:
    known = contact.session.details
    found: dict[str, object] = {}
    if wanted.name is not None:
        found["Name"] = wanted.name
    if wanted.description is not None:
        found["Description"] = wanted.description
    for name, given in (
        ("References", wanted.references),
        ("SegmentAttributes", wanted.segment_attributes),
    ):
        if given:
            before = known.get(name)
            found[name] = {**(before if isinstance(before, Mapping) else {}), **given}
    references = found.get("References")
    if isinstance(references, Mapping) and len(references) > MOST_REFERENCES:
        raise Rejected(
            f"a contact has at most {MOST_REFERENCES} references",
            field="References",
            value=len(references),
        )
    return found
