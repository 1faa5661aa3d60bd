"""Who a customer is, how numbers and names lead to one, and one line per earlier contact."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from chalicelib.core.contact import Contact
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.legal_hold import HoldChange
from chalicelib.core.telephone import matching_key

NAME_LIMIT = 200  # characters
NAMES_INDEXED = 6  # words of a name by which it can be found


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is known of a customer: `Trait("phones", "+12025550123")`.

    `kind` is the field of Customer; `key` is that of an entry, where the field is a mapping.
    """

    kind: str
    value: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """That a customer is another one, really. `gained` is what the other had not known before."""

    into: CustomerId
    at: datetime
    by: str
    gained: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """That a customer was forgotten; `done_at` None: contacts and tickets are still being."""

    at: datetime
    by: str
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person or firm. Phones are E.164; a customer known by number only has no name."""

    customer_id: CustomerId
    created_at: datetime
    created_by: str  # "inbound call", "chat", or who entered it
    name: str = ""
    language: str | None = None  # as in `en-US`
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    first_contact_id: ContactId | None = None  # the contact that brought the customer
    details: Mapping[str, str] = field(default_factory=dict)  # by Amazon Connect's names: City …
    attributes: Mapping[str, str] = field(default_factory=dict)  # the center's own
    former_names: tuple[str, ...] = ()  # of customers merged into this one, who had others
    former_accounts: tuple[str, ...] = ()
    absorbed: tuple[CustomerId, ...] = ()  # who was merged into this one, and those in them
    merged: Merged | None = None
    holds: tuple[HoldChange, ...] = ()  # every legal hold that was set or lifted; the last counts
    erasure: Erasure | None = None
    is_opted_out: bool = False  # of questions about how they were helped
    version: int = 1

    @property
    def hold(self) -> HoldChange | None:
        """The legal hold that there is."""
        last = self.holds[-1] if self.holds else None
        return last if last is not None and last.is_held else None

    @property
    def brief(self) -> CustomerBrief:
        return CustomerBrief(self.customer_id, self.name, self.language, self.first_contact_id)


@dataclass(frozen=True, slots=True)
class CustomerBrief:
    """Just enough of a customer to choose between several."""

    customer_id: CustomerId
    name: str = ""
    language: str | None = None
    first_contact_id: ContactId | None = None


@dataclass(frozen=True, slots=True)
class RecordedSegment:
    segment: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One contact as the customer's history shows it."""

    contact_id: ContactId
    channel: Channel
    initiated_at: datetime
    queue_name: str | None = None
    agent_name: str | None = None
    disposition: str | None = None
    duration_seconds: int | None = None  # None while the customer is still there
    recordings: tuple[RecordedSegment, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an address belongs to.

    `customer_id` None with candidates: several share the address and none was chosen; None
    without: the address says nothing (withheld, not a number).
    """

    customer_id: CustomerId | None
    is_new: bool = False
    candidates: tuple[CustomerId, ...] = ()


def customer_id_for(phone: str, holder: int = 0) -> CustomerId:
    """The id of the customer that a call from this number creates: the same at every attempt.

    `holder` counts those who had the number before and gave it up.
    """
    source = f"phone:{matching_key(phone)}" + (f"#{holder}" if holder else "")
    return CustomerId(f"C-{sha256(source.encode()).hexdigest()[:24]}")


def first_seen(
    phone: str,
    contact_id: ContactId,
    *,
    created_by: str,
    at: datetime,
    name: str = "",
    holder: int = 0,
) -> Customer:
    """The customer that an unknown number becomes."""
    return Customer(
        customer_id=customer_id_for(phone, holder),
        created_at=at,
        created_by=created_by,
        name=name.strip()[:NAME_LIMIT],
        phones=(phone,),
        first_contact_id=contact_id,
    )


def identity_among(known: Sequence[CustomerBrief], contact_id: ContactId) -> Identity | None:
    """Whom those who have the number make of the caller; None: nobody has it.

    Asked again for the contact that brought the customer, the customer is still new.
    """
    if not known:
        return None
    if len(known) > 1:
        return Identity(None, candidates=tuple(sorted(k.customer_id for k in known)))
    only = known[0]
    return Identity(only.customer_id, is_new=only.first_contact_id == contact_id)


def check_name(name: str) -> str:
    """A name without blanks around it; Rejected when it is too long."""
    stripped = name.strip()
    if len(stripped) > NAME_LIMIT:
        raise Rejected(
            f"name has {len(stripped)} characters, the limit is {NAME_LIMIT}",
            field="name",
            value=stripped[:40],
        )
    return stripped


def fold(name: str) -> str:
    """A name as searches compare it: no case, no accents, single blanks."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def search_keys(name: str) -> list[str]:
    """What a name can be found by: itself, begun at each of its words in turn.

    >>> search_keys("Ana Sílva")
    ['ana silva', 'silva ana']
    """
    words = fold(name).split()
    keys = [" ".join(words[n:] + words[:n]) for n in range(min(len(words), NAMES_INDEXED))]
    return sorted(set(keys))


def index_keys(customer: Customer) -> list[tuple[str, str]]:
    """What else a customer is found by than names, as kind and value; one who was merged into
    another is found by nothing."""
    if customer.merged is not None:
        return []
    accounts = (customer.details.get("AccountNumber", ""), *customer.former_accounts)
    keys = [
        *(("phone", matching_key(phone)) for phone in customer.phones),
        *(("email", email.strip().lower()) for email in customer.emails),
        *(("account", account.strip()) for account in accounts if account.strip()),
    ]
    return list(dict.fromkeys(keys))


def name_keys(customer: Customer) -> list[str]:
    """What a customer can be found by of the present name, and of those merged into it."""
    if customer.merged is not None:
        return []
    names = (customer.name, *customer.former_names)
    return list(dict.fromkeys(key for name in names for key in search_keys(name)))


def history_line(contact: Contact) -> HistoryLine:
    """What there is to tell of a contact so far."""
    ended_at, agent = contact.disconnected_at, contact.agent
    return HistoryLine(
        contact_id=contact.contact_id,
        channel=contact.channel,
        initiated_at=contact.initiated_at,
        queue_name=contact.queue.name if contact.queue else None,
        agent_name=agent.name if agent else None,
        disposition=contact.disposition,
        duration_seconds=(
            int((ended_at - contact.initiated_at).total_seconds()) if ended_at else None
        ),
        recordings=tuple(RecordedSegment(r.segment, r.seconds) for r in contact.recordings),
    )
