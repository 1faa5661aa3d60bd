"""First contact resolution: customers who were helped, and did not have to come back for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from chalicelib.core.contact_record import ContactRecord, Direction
from chalicelib.core.ids import AgentId, ContactId, CustomerId
from chalicelib.core.interval_figures import newest
from chalicelib.core.metrics import ratio

WINDOW = timedelta(days=7)
_BY_CUSTOMER = (Direction.INBOUND, Direction.CALLBACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a customer came for, over all contacts of a chain of transfers.

    `subject`: the attribute of that name, else the queue, of the last contact that has one.
    `agent_id`: whoever had it last; None: nobody answered. `is_resolved`: the last disposition says
    so. `username`: the agent's.
    """

    inquiry_id: ContactId  # of the chain's first contact
    customer_id: CustomerId | None
    subject: str
    began_at: datetime
    ended_at: datetime
    agent_id: AgentId | None
    is_resolved: bool
    is_by_customer: bool
    disposition: str | None = None
    username: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Whole numbers of inquiries, so that months add up to quarters.

    `handled`: an agent answered, and it is known whether the customer came back. `at_once`: of
    these, resolved and nobody came back. `pending`: resolved, and the seven days are not over.
    `unknown`: nobody knows which customer it was, so it counts for neither side.
    """

    handled: int = 0
    at_once: int = 0
    pending: int = 0
    unknown: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.handled + other.handled,
            self.at_once + other.at_once,
            self.pending + other.pending,
            self.unknown + other.unknown,
        )

    @property
    def rate(self) -> Decimal | None:
        """Percent of the handled, to two decimals, half up; None when there are none."""
        return ratio(self.at_once, self.handled, scale=100)


def inquiries(records: Iterable[ContactRecord], *, resolving: Collection[str]) -> list[Inquiry]:
    """The inquiries that these records tell of, by when they began; the records in any order, and
    as often as they come. `resolving` names the dispositions that say that all is done."""
    told = sorted(newest(records), key=_chain)
    chains = (list(chain) for _, chain in groupby(told, key=_chain))
    found = [_inquiry(chain, resolving) for chain in chains if not chain[0].is_internal]
    return sorted(found, key=lambda each: (each.began_at, each.inquiry_id))


def tallies(
    found: Iterable[Inquiry], *, from_at: datetime, to_at: datetime, as_of: datetime
) -> dict[AgentId, Tally]:
    """By agent, of the inquiries that ended from then, inclusive, to then, exclusive.

    `found` must reach back to the period's begin and seven days beyond its end, as far as there is
    news at `as_of`: what came later is not known. A quarter is tallied from its inquiries; its rate
    is that of the sum, never a mean of months.
    """
    known = [each for each in found if each.began_at <= as_of]
    repeated = came_back(known)
    total: dict[AgentId, Tally] = {}
    for each in known:
        if each.agent_id is not None and each.is_by_customer and from_at <= each.ended_at < to_at:
            one = _tally(each, each.inquiry_id in repeated, as_of)
            total[each.agent_id] = total.get(each.agent_id, Tally()) + one
    return dict(sorted(total.items()))


def overall(by_agent: Mapping[AgentId, Tally]) -> Tally:
    """The center's: all inquiries of all agents."""
    return sum(by_agent.values(), Tally())


def _tally(inquiry: Inquiry, is_repeated: bool, as_of: datetime) -> Tally:
    if inquiry.customer_id is None:
        return Tally(unknown=1)
    if is_repeated or not inquiry.is_resolved:
        return Tally(handled=1)
    if as_of < inquiry.ended_at + WINDOW:
        return Tally(pending=1)
    return Tally(handled=1, at_once=1)


def came_back(found: Iterable[Inquiry]) -> set[ContactId]:
    """Inquiries whose customer began another one on the same subject, while it ran or within seven
    days of its end. That nobody answered it does not matter: the customer had to come."""
    lines: dict[tuple[CustomerId, str], list[Inquiry]] = {}
    for each in found:
        if each.customer_id is not None and each.is_by_customer:
            lines.setdefault((each.customer_id, each.subject), []).append(each)
    return {inquiry_id for line in lines.values() for inquiry_id in _followed(line)}


def _followed(line: Sequence[Inquiry]) -> Iterator[ContactId]:
    """Whoever begins next is the first to come back: nobody else need be asked."""
    ordered = sorted(line, key=lambda each: (each.began_at, each.inquiry_id))
    for one, following in zip(ordered, ordered[1:], strict=False):
        if following.began_at <= one.ended_at + WINDOW:
            yield one.inquiry_id


def _inquiry(chain: Sequence[ContactRecord], resolving: Collection[str]) -> Inquiry:
    ordered = sorted(chain, key=lambda each: (each.initiated_at, each.contact_id))
    first, last = ordered[0], ordered[-1]
    agents = [each.agent for each in ordered if each.agent]
    customers = [each.customer_id for each in ordered if each.customer_id]
    subjects = [subject for each in ordered if (subject := each.subject)]
    return Inquiry(
        inquiry_id=_chain(first),
        customer_id=customers[-1] if customers else None,
        subject=subjects[-1] if subjects else "",
        began_at=first.initiated_at,
        ended_at=max(each.disconnected_at for each in ordered),
        agent_id=agents[-1].agent_id if agents else None,
        is_resolved=last.disposition in resolving,
        is_by_customer=first.direction in _BY_CUSTOMER,
        disposition=last.disposition,
        username=agents[-1].username if agents else "",
    )


def _chain(record: ContactRecord) -> ContactId:
    return record.initial_contact_id or record.contact_id
