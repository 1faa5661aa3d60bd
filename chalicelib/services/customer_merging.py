"""Makes two customers who are one person one, and undoes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.customer import Customer
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.ids import CustomerId
from chalicelib.core.merging import merge, take_apart
from chalicelib.services.ports import CustomerStore
from chalicelib.services.races import insist


@dataclass(frozen=True, slots=True)
class Pair:
    """Both as they are now: who keeps the id, and the other."""

    customer: Customer
    other: Customer


class CustomerMerging:
    """Each step is one write of the store: there is no state between before and after."""

    def __init__(self, customers: CustomerStore, now: Callable[[], datetime]) -> None:
        self._customers = customers
        self._now = now

    def merge(
        self, customer_id: CustomerId, other_id: CustomerId, *, version: int, by: str
    ) -> Pair:
        """Merges the other, seen at this version, into the customer; once, however often asked.

        NotFound names whoever is not there; Conflict: the other has another version, or either is
        merged into somebody already; Rejected: too many numbers, addresses or merges for one.
        """

        def attempt() -> Pair:
            kept, other = self._record(customer_id), self._record(other_id)
            if other.merged is not None and other.merged.into == kept.customer_id:
                return Pair(kept, other)
            if other.version != version:
                raise Conflict(
                    f"customer {other_id!r} is at version {other.version}, not {version}",
                    field="version",
                    value=version,
                    current=other,
                )
            self._customers.save_together(merge(kept, other, at=self._now(), by=by))
            return self._pair(customer_id, other_id)

        return insist(attempt)

    def preview(self, customer_id: CustomerId, other_id: CustomerId) -> Pair:
        """What a merge would make of both, and nothing is saved; refused for what it would be."""
        kept, other = self._record(customer_id), self._record(other_id)
        (_, after), *_ = merge(kept, other, at=self._now(), by="")
        return Pair(after, other)

    def undo(self, other_id: CustomerId) -> Pair:
        """Takes apart what was merged; NotFound, and Conflict when the customer is not merged or
        the one who has it is merged further."""

        def attempt() -> Pair:
            other = self._record(other_id)
            if other.merged is None:
                raise Conflict(
                    f"customer {other_id!r} is not merged", field="customerId", value=other_id
                )
            kept = self._record(other.merged.into)
            rest = self._customers.records([each for each in kept.absorbed if each != other_id])
            direct = [each for each in rest if each.merged and each.merged.into == kept.customer_id]
            self._customers.save_together(take_apart(kept, other, direct))
            return self._pair(kept.customer_id, other_id)

        return insist(attempt)

    def _pair(self, customer_id: CustomerId, other_id: CustomerId) -> Pair:
        return Pair(self._record(customer_id), self._record(other_id))

    def _record(self, customer_id: CustomerId) -> Customer:
        found = self._customers.records([customer_id])
        if not found:
            raise NotFound(f"no customer {customer_id!r}", field="customerId", value=customer_id)
        return found[0]
