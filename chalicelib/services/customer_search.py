"""Finds customers by whatever is typed into one box: number, name, ticket, address or id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.core.customer import Customer
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.ids import CustomerId, TicketId
from chalicelib.services.customers import FOUND_AT_MOST, ToE164
from chalicelib.services.ports import CustomerStore, TicketStore

SHORTEST, LONGEST = 2, 200  # characters of what is looked for


class By(StrEnum):
    """What of a customer fits; the surest first."""

    ID = "id"
    TICKET = "ticket"
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Match:
    customer: Customer
    matched_by: Sequence[By]


@dataclass(frozen=True, slots=True)
class Found:
    """Everybody who fits, the surest first. `is_ambiguous`: more than one does, and none is
    chosen. `is_complete` False: more names begin like that than are told."""

    matches: Sequence[Match]
    is_ambiguous: bool
    is_complete: bool


class CustomerSearch:
    def __init__(self, customers: CustomerStore, tickets: TicketStore, to_e164: ToE164) -> None:
        self._customers = customers
        self._tickets = tickets
        self._to_e164 = to_e164

    def search(self, text: str) -> Found:
        """Customers by what this can be read as; Rejected when it is too short or too long."""
        typed = " ".join(text.split())
        if not SHORTEST <= len(typed) <= LONGEST:
            raise Rejected(
                f"search has {len(typed)} characters, it needs {SHORTEST} to {LONGEST}",
                field="search",
                value=text[:40],
            )
        ways: dict[CustomerId, list[By]] = {}
        named = 0
        for by, customer_id in self._readings(typed):
            named += by is By.NAME
            ways.setdefault(customer_id, []).append(by)
        matches = self._matches(ways)
        return Found(matches, is_ambiguous=len(matches) > 1, is_complete=named < FOUND_AT_MOST)

    def _readings(self, typed: str) -> Iterator[tuple[By, CustomerId]]:
        """Whom each reading leads to. Requests: two, and one for each more that it looks like."""
        upper, phone = typed.upper(), self._to_e164(typed)
        if upper.startswith("C-"):
            yield from self._really(By.ID, CustomerId(f"C-{typed[2:]}"))
        if upper.startswith("T-"):
            yield from self._really(By.TICKET, self._of_ticket(TicketId(upper)))
        found = [(By.PHONE, self._customers.with_phone(phone))] if phone else []
        if "@" in typed:
            found.append((By.EMAIL, self._customers.known_by("email", typed.lower())))
        found.append((By.ACCOUNT, self._customers.known_by("account", typed)))
        if any(letter.isalpha() for letter in typed):
            found.append((By.NAME, self._customers.named(typed, limit=FOUND_AT_MOST)))
        yield from ((by, brief.customer_id) for by, briefs in found for brief in briefs)

    def _really(self, by: By, customer_id: CustomerId | None) -> Iterator[tuple[By, CustomerId]]:
        """Old ids, too, lead to whom the customer was merged into; indexes do so by themselves."""
        known = self._customers.get_many([customer_id]) if customer_id else ()
        yield from ((by, customer.customer_id) for customer in known)

    def _of_ticket(self, ticket_id: TicketId) -> CustomerId | None:
        try:
            return self._tickets.get(ticket_id).customer_id
        except NotFound:
            return None

    def _matches(self, ways: Mapping[CustomerId, Sequence[By]]) -> list[Match]:
        order = list(By)
        matches = [
            Match(customer, sorted(ways[customer.customer_id], key=order.index))
            for customer in self._customers.get_many(list(ways))
        ]
        return sorted(matches, key=lambda match: order.index(match.matched_by[0]))
