"""The dataset `inquiries`: what customers came for, and whether they had to come back for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.core.civil_day import Period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.dataset import ColumnType, Field, Kind
from chalicelib.core.first_contact_resolution import WINDOW, Inquiry, came_back, inquiries
from chalicelib.core.metrics import Catalogue, Thresholds, Unit, percent
from chalicelib.core.record_document import stamp

INQUIRIES: Catalogue[CountedInquiry] = Catalogue()
DAYS_BEFORE = 7  # the parts of a chain of transfers lie no further apart
DAYS_AFTER = WINDOW.days + 2  # who came back within the window, and talked over midnight


@dataclass(frozen=True, slots=True)
class CountedInquiry:
    """An inquiry of a customer that an agent answered. `is_repeated`: the customer came back."""

    inquiry: Inquiry
    is_repeated: bool

    def is_at_once(self, limits: Thresholds) -> bool:
        """As far as it is known: resolved, and nobody came back."""
        return not self.is_repeated and self.inquiry.disposition in limits.resolving

    def is_pending(self, limits: Thresholds) -> bool:
        """The customer may still come back."""
        ends_at = self.inquiry.ended_at + WINDOW
        return self.is_at_once(limits) and limits.as_of is not None and limits.as_of < ends_at


def counted(records: Sequence[ContactRecord], period: Period) -> list[CountedInquiry]:
    """The inquiries that ended in the period; of contacts from DAYS_BEFORE to DAYS_AFTER."""
    known = inquiries(records, resolving=())
    repeated = came_back(known)
    return [
        CountedInquiry(each, each.inquiry_id in repeated)
        for each in known
        if each.is_by_customer and each.agent_id is not None and period.holds(each.ended_at)
    ]


@INQUIRIES.measure(
    Unit.INQUIRIES, "an agent answered, and it is known whether the customer came back"
)
def inquiries_handled(one: CountedInquiry, limits: Thresholds) -> int:
    """Three resolved, one of them called again after two days, one was yesterday: 2."""
    return int(one.inquiry.customer_id is not None and not one.is_pending(limits))


@INQUIRIES.measure(
    Unit.INQUIRIES, "of these, resolved, and no other inquiry on the subject within 7 days"
)
def inquiries_at_once(one: CountedInquiry, limits: Thresholds) -> int:
    """Three resolved, one of them called again after two days, one was yesterday: 1."""
    return int(inquiries_handled(one, limits) and one.is_at_once(limits))


@INQUIRIES.measure(Unit.INQUIRIES, "resolved, and the 7 days are not over")
def inquiries_pending(one: CountedInquiry, limits: Thresholds) -> int:
    """Three resolved, one of them called again after two days, one was yesterday: 1."""
    return int(one.inquiry.customer_id is not None and one.is_pending(limits))


@INQUIRIES.measure(
    Unit.INQUIRIES, "answered, of customers whom nobody knows; they count for neither side"
)
def inquiries_unknown(one: CountedInquiry, limits: Thresholds) -> int:
    """A call without a number, and one from Ana's: 1."""
    return int(one.inquiry.customer_id is None)


INQUIRIES.add(
    percent(
        "first_contact_resolution",
        "inquiries_at_once",
        "inquiries_handled",
        "Three resolved, one of them called again after two days, one was yesterday: 50.00.",
    )
)

KIND: Kind[CountedInquiry] = Kind(
    fields={
        "inquiry_id": Field(lambda one: one.inquiry.inquiry_id),
        "agent_id": Field(lambda one: one.inquiry.agent_id),
        "username": Field(lambda one: one.inquiry.username or None),
        "subject": Field(lambda one: one.inquiry.subject or None),
        "ended_at": Field(lambda one: stamp(one.inquiry.ended_at), ColumnType.MOMENT),
    },
    metrics=INQUIRIES,
    at=lambda one: one.inquiry.ended_at,
    of_records=counted,
    days_before=DAYS_BEFORE,
    days_after=DAYS_AFTER,
)
