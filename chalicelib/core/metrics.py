"""Every number of the center: its id, unit and formula, computed in one place from whole numbers.

A measure counts or sums something of one row; a ratio divides the totals of two measures. So an
average is always total over total, never an average of averages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chalicelib.core.contact_record import ContactRecord, Direction, Outcome
from chalicelib.core.ids import AgentId
from chalicelib.core.ledger import LedgerLine
from chalicelib.core.money import half_up

type Number = int | Decimal


class Unit(StrEnum):
    CONTACTS = "contacts"
    OFFERS = "offers"
    SECONDS = "seconds"
    PERCENT = "percent"
    LINES = "lines"
    DAYS = "days"
    TICKETS = "tickets"
    INVITATIONS = "invitations"
    INQUIRIES = "inquiries"
    MARKS = "marks"  # of customers, 1 to 5
    POINTS = "points"
    TIMES = "times"
    PIECES = "pieces"  # whatever is counted: of a ledger line seconds, messages …
    AMOUNT = "amount"  # counted in millionths of the currency, told with 6 decimals


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`answer_seconds`: answered in time is at or below it. `short_seconds`: who gives up at or
    below it is taken for a wrong number. `resolving`: dispositions that say that all is done.
    `as_of`: what is known now; None: all that will ever be."""

    answer_seconds: int = 20
    short_seconds: int = 5
    resolving: frozenset[str] = frozenset()
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One agent's part in one contact: an offer, taken or not, or a connection without one.

    Of all legs of a handled contact exactly one `is_handled`, so that it counts for one agent.
    """

    record: ContactRecord
    agent_id: AgentId
    outcome: Outcome
    is_handled: bool
    is_offer: bool = True
    username: str | None = None


def legs(records: Sequence[ContactRecord]) -> Iterator[Leg]:
    """The same contacts, seen from the agents."""
    for record in records:
        taken = _taken(record)
        for n, offer in enumerate(record.offers):
            yield Leg(
                record,
                offer.agent_id,
                offer.outcome,
                is_handled=n == taken,
                username=offer.username or (_answered_by(record) if n == taken else None),
            )
        if record.agent and taken is None:
            yield Leg(
                record,
                record.agent.agent_id,
                Outcome.ACCEPTED,
                is_handled=True,
                is_offer=False,
                username=record.agent.username,
            )


def _answered_by(record: ContactRecord) -> str | None:
    return record.agent.username if record.agent else None


def _taken(record: ContactRecord) -> int | None:
    """Which offer led to the agent who handled the contact: the last that this agent accepted."""
    agent_id = record.agent.agent_id if record.agent else None
    accepted = (
        n
        for n, offer in enumerate(record.offers)
        if offer.outcome is Outcome.ACCEPTED and offer.agent_id == agent_id
    )
    return max(accepted, default=None)


@dataclass(frozen=True, slots=True)
class Measure[T]:
    """A whole number of each row, added up."""

    metric_id: str
    unit: Unit
    formula: str
    of: Callable[[T, Thresholds], int]
    connect: str | None  # Amazon Connect's id, where the formula is the same

    @property
    def example(self) -> str:
        return (self.of.__doc__ or "").strip()


@dataclass(frozen=True, slots=True)
class Ratio:
    """Total over total, to two decimals, half up; None where the lower total is 0."""

    metric_id: str
    unit: Unit
    formula: str
    above: str
    below: str
    scale: int  # 100 for a percentage
    example: str
    connect: str | None


def ratio(above: int, below: int, *, scale: int = 1) -> Decimal | None:
    """`ratio(78, 97, scale=100)` is 80.41: exact in whole numbers, so that nothing that computes
    it elsewhere can differ in the last digit. Nothing below: no number, and not 0 %."""
    if below == 0:
        return None
    return half_up(above * scale, below, places=2)


@dataclass(slots=True)
class Catalogue[T]:
    """The metrics of one kind of row."""

    metrics: dict[str, Measure[T] | Ratio] = field(default_factory=dict)

    def measure(
        self, unit: Unit, formula: str, *, connect: str | None = None
    ) -> Callable[[Callable[[T, Thresholds], int]], Callable[[T, Thresholds], int]]:
        """Registers a function of one row under its own name."""

        def register(of: Callable[[T, Thresholds], int]) -> Callable[[T, Thresholds], int]:
            self.metrics[of.__name__] = Measure(of.__name__, unit, formula, of, connect)
            return of

        return register

    def add(self, metric: Ratio) -> None:
        for total in (metric.above, metric.below):
            if not isinstance(self.metrics.get(total), Measure):
                raise ValueError(f"{metric.metric_id}: {total!r} is no measure")
        self.metrics[metric.metric_id] = metric

    def evaluate(
        self, metric_id: str, rows: Sequence[T], thresholds: Thresholds | None = None
    ) -> Number | None:
        """The metric over all rows; None only for a ratio with nothing to divide by."""
        limits = thresholds or Thresholds()
        metric = self.metrics[metric_id]
        if isinstance(metric, Measure):
            return sum(metric.of(row, limits) for row in rows)
        above, below = (
            sum(self._measure(total).of(row, limits) for row in rows)
            for total in (metric.above, metric.below)
        )
        return ratio(above, below, scale=metric.scale)

    def _measure(self, metric_id: str) -> Measure[T]:
        metric = self.metrics[metric_id]
        if isinstance(metric, Ratio):
            raise KeyError(metric_id)
        return metric


CONTACTS: Catalogue[ContactRecord] = Catalogue()
LEGS: Catalogue[Leg] = Catalogue()
LEDGER: Catalogue[LedgerLine] = Catalogue()

# --- of contacts: each counts once, where and when it ended ---------------------------------------


@CONTACTS.measure(Unit.CONTACTS, "records", connect="CONTACTS_CREATED")
def contacts(record: ContactRecord, limits: Thresholds) -> int:
    """One call that ended in the menu and one that was answered: 2."""
    return 1


@CONTACTS.measure(Unit.CONTACTS, "customers who came to us, transfers of theirs too")
def contacts_inbound(record: ContactRecord, limits: Thresholds) -> int:
    """Two calls, of which one was transferred, and one to a colleague: 3."""
    return int(record.direction is Direction.INBOUND)


@CONTACTS.measure(Unit.CONTACTS, "customers whom agents, or flows, came to")
def contacts_outbound(record: ContactRecord, limits: Thresholds) -> int:
    """A customer was called, and a colleague: 1."""
    return int(record.direction is Direction.OUTBOUND)


@CONTACTS.measure(Unit.CONTACTS, "customers who were called because they had asked for it")
def contacts_callback(record: ContactRecord, limits: Thresholds) -> int:
    """Asked for a call back, which was tried twice: 2."""
    return int(record.direction is Direction.CALLBACK)


@CONTACTS.measure(Unit.CONTACTS, "calls between agents; in no queue's numbers")
def contacts_internal(record: ContactRecord, limits: Thresholds) -> int:
    """A customer was called, and a colleague: 1. With inbound, outbound and callback it is all."""
    return int(record.direction is Direction.INTERNAL)


@CONTACTS.measure(Unit.CONTACTS, "Queue.EnqueueTimestamp present", connect="CONTACTS_QUEUED")
def contacts_queued(record: ContactRecord, limits: Thresholds) -> int:
    """One call that ended in the menu, one that was answered: 1. It was offered to the center."""
    return int(record.queue is not None)


@CONTACTS.measure(
    Unit.CONTACTS, "Agent.ConnectedToAgentTimestamp present", connect="CONTACTS_HANDLED"
)
def contacts_handled(record: ContactRecord, limits: Thresholds) -> int:
    """Three queued, one hung up while waiting: 2."""
    return int(record.agent is not None)


@CONTACTS.measure(Unit.CONTACTS, "queued and handled")
def contacts_answered(record: ContactRecord, limits: Thresholds) -> int:
    """One out of the queue, and one that the agent dialled: 1."""
    return int(record.queue is not None and record.agent is not None)


@CONTACTS.measure(
    Unit.CONTACTS,
    "queued, not handled, no next contact, not transferred out of the queue",
    connect="CONTACTS_ABANDONED",
)
def contacts_abandoned(record: ContactRecord, limits: Thresholds) -> int:
    """Three queued, one hung up while waiting: 1."""
    return int(record.is_abandoned)


@CONTACTS.measure(
    Unit.CONTACTS,
    "answered, Queue.Duration <= answer_seconds",
    connect="SUM_CONTACTS_ANSWERED_IN_X",
)
def contacts_answered_in_time(record: ContactRecord, limits: Thresholds) -> int:
    """Answered after 3, 20 and 21 s with a threshold of 20: 2."""
    return int(_answered(record) and _waited(record) <= limits.answer_seconds)


@CONTACTS.measure(
    Unit.CONTACTS,
    "abandoned, Queue.Duration <= answer_seconds",
    connect="SUM_CONTACTS_ABANDONED_IN_X",
)
def contacts_abandoned_in_time(record: ContactRecord, limits: Thresholds) -> int:
    """Gave up after 4 and 30 s with a threshold of 20: 1."""
    return int(record.is_abandoned and _waited(record) <= limits.answer_seconds)


@CONTACTS.measure(Unit.CONTACTS, "abandoned, Queue.Duration <= short_seconds")
def contacts_abandoned_shortly(record: ContactRecord, limits: Thresholds) -> int:
    """Gave up after 4 and 6 s with a limit of 5: 1."""
    return int(record.is_abandoned and _waited(record) <= limits.short_seconds)


@CONTACTS.measure(Unit.CONTACTS, "queued - abandoned shortly")
def contacts_queued_in_earnest(record: ContactRecord, limits: Thresholds) -> int:
    """100 queued, 3 gave up within 5 s: 97."""
    return contacts_queued(record, limits) - contacts_abandoned_shortly(record, limits)


@CONTACTS.measure(
    Unit.CONTACTS,
    "queued, Queue.Duration <= answer_seconds, for any reason",
    connect="CONTACTS_REMOVED_FROM_QUEUE_IN_X",
)
def contacts_removed_in_time(record: ContactRecord, limits: Thresholds) -> int:
    """78 answered and 4 abandoned within 20 s: 82. Connect counts both as served."""
    return int(record.queue is not None and _waited(record) <= limits.answer_seconds)


@CONTACTS.measure(
    Unit.OFFERS, "offers to agents that were not accepted", connect="AGENT_NON_RESPONSE"
)
def offers_missed(record: ContactRecord, limits: Thresholds) -> int:
    """Rang at Ben for 20 s, declined by Mia, then answered by Ana: 2."""
    return sum(offer.outcome is not Outcome.ACCEPTED for offer in record.offers)


@CONTACTS.measure(Unit.SECONDS, "sum of Queue.Duration of answered contacts")
def queue_answer_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """Answered after 10 and 21 s, abandoned after 60 s: 31."""
    return _waited(record) if _answered(record) else 0


@CONTACTS.measure(Unit.SECONDS, "sum of Queue.Duration of abandoned contacts")
def queue_abandon_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """Answered after 10 and 21 s, abandoned after 60 s: 60."""
    return _waited(record) if record.is_abandoned else 0


@CONTACTS.measure(
    Unit.SECONDS, "sum of interaction, hold and after contact work", connect="SUM_HANDLE_TIME"
)
def handle_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """Talked 180 s, wrapped up 30 s: 210."""
    return record.agent.handle_seconds if record.agent else 0


@CONTACTS.measure(Unit.SECONDS, "sum of AgentInteractionDuration", connect="SUM_INTERACTION_TIME")
def interaction_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """Talked 180 s, of it 20 s on hold: 160."""
    return record.agent.interaction_seconds if record.agent else 0


@CONTACTS.measure(Unit.SECONDS, "sum of CustomerHoldDuration", connect="SUM_HOLD_TIME")
def hold_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """Talked 180 s, of it 20 s on hold: 20."""
    return record.agent.hold_seconds if record.agent else 0


@CONTACTS.measure(Unit.SECONDS, "interaction and hold", connect="SUM_INTERACTION_AND_HOLD_TIME")
def interaction_and_hold_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """Talked 180 s, of it 20 s on hold: 180."""
    return interaction_seconds(record, limits) + hold_seconds(record, limits)


@CONTACTS.measure(
    Unit.SECONDS, "sum of AfterContactWorkDuration", connect="SUM_AFTER_CONTACT_WORK_TIME"
)
def wrap_up_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """Wrapped up for 30 s: 30."""
    return record.agent.wrap_up_seconds if record.agent else 0


@CONTACTS.measure(Unit.SECONDS, "sum of DisconnectTimestamp - InitiationTimestamp")
def contact_seconds(record: ContactRecord, limits: Thresholds) -> int:
    """In the menu 10 s, waited 20 s, talked 180 s: 210."""
    return int((record.disconnected_at - record.initiated_at).total_seconds())


@CONTACTS.measure(Unit.PIECES, "sum of NumberOfHolds")
def holds(record: ContactRecord, limits: Thresholds) -> int:
    """Put on hold twice: 2."""
    return record.agent.holds if record.agent else 0


@CONTACTS.measure(Unit.CONTACTS, "NumberOfHolds > 0", connect="CONTACTS_PUT_ON_HOLD")
def contacts_put_on_hold(record: ContactRecord, limits: Thresholds) -> int:
    """Put on hold twice: 1."""
    return int(holds(record, limits) > 0)


@CONTACTS.measure(
    Unit.CONTACTS, "TransferCompletedTimestamp present", connect="CONTACTS_TRANSFERRED_OUT"
)
def contacts_transferred_out(record: ContactRecord, limits: Thresholds) -> int:
    """Ana hands a caller to Ben: 1, and the contact that Ben has counts for itself."""
    return int(record.transfer_completed_at is not None)


@CONTACTS.measure(
    Unit.CONTACTS,
    "queued, TransferCompletedTimestamp present, ended IN_QUEUE",
    connect="CONTACTS_TRANSFERRED_OUT_FROM_QUEUE",
)
def contacts_transferred_out_of_queue(record: ContactRecord, limits: Thresholds) -> int:
    """A flow moves somebody who waits to another queue: 1."""
    return contacts_transferred_out(record, limits) * contacts_ended_in_queue(record, limits)


@CONTACTS.measure(Unit.CONTACTS, "queued, ended IN_QUEUE", connect="SUM_CONTACTS_DISCONNECTED")
def contacts_ended_in_queue(record: ContactRecord, limits: Thresholds) -> int:
    """Hung up while it waited, or while it rang: 2."""
    return int(record.queue is not None and record.pre_disconnect_state == "IN_QUEUE")


def _answered(record: ContactRecord) -> bool:
    return record.queue is not None and record.agent is not None


def _waited(record: ContactRecord) -> int:
    return record.queue.seconds if record.queue else 0


# --- of legs: what each agent did ---------------------------------------------------------------


@LEGS.measure(Unit.OFFERS, "offers made to the agent")
def leg_offers(leg: Leg, limits: Thresholds) -> int:
    """Rang twice, dialled once: 2."""
    return int(leg.is_offer)


@LEGS.measure(Unit.CONTACTS, "contacts the agent was connected to")
def leg_handled(leg: Leg, limits: Thresholds) -> int:
    """Rang twice, answered once, dialled once: 2."""
    return int(leg.is_handled)


@LEGS.measure(Unit.OFFERS, "offers the agent did not accept: timed out + rejected + withdrawn")
def leg_missed(leg: Leg, limits: Thresholds) -> int:
    """Rang in vain, declined one, one caller gave up, accepted one: 3."""
    return int(leg.outcome is not Outcome.ACCEPTED)


@LEGS.measure(Unit.OFFERS, "offers that ran out of time")
def leg_timed_out(leg: Leg, limits: Thresholds) -> int:
    """Rang for 20 s: 1."""
    return int(leg.outcome is Outcome.MISSED)


@LEGS.measure(Unit.OFFERS, "offers the agent declined")
def leg_rejected(leg: Leg, limits: Thresholds) -> int:
    """Declined after 2 s: 1."""
    return int(leg.outcome is Outcome.REJECTED)


@LEGS.measure(Unit.OFFERS, "offers withdrawn because the customer left or the agent was gone")
def leg_withdrawn(leg: Leg, limits: Thresholds) -> int:
    """The customer hung up while it rang: 1."""
    return int(leg.outcome is Outcome.WITHDRAWN)


@LEGS.measure(Unit.OFFERS, "offers accepted")
def leg_accepted(leg: Leg, limits: Thresholds) -> int:
    """Rang twice, answered once, dialled once: 1."""
    return int(leg.is_offer and leg.outcome is Outcome.ACCEPTED)


@LEGS.measure(Unit.SECONDS, "sum of AgentInteractionDuration")
def leg_interaction_seconds(leg: Leg, limits: Thresholds) -> int:
    """Talked 180 s, of it 20 s on hold: 160."""
    agent = leg.record.agent
    return agent.interaction_seconds if agent and leg.is_handled else 0


@LEGS.measure(Unit.SECONDS, "sum of AfterContactWorkDuration")
def leg_wrap_up_seconds(leg: Leg, limits: Thresholds) -> int:
    """Wrapped up for 30 s: 30."""
    agent = leg.record.agent
    return agent.wrap_up_seconds if agent and leg.is_handled else 0


@LEGS.measure(Unit.SECONDS, "sum of interaction, hold and after contact work")
def leg_handle_seconds(leg: Leg, limits: Thresholds) -> int:
    """Talked 160 s, held 20 s, wrapped up 30 s: 210."""
    agent = leg.record.agent
    return agent.handle_seconds if agent and leg.is_handled else 0


# --- of ledger lines: what contacts cost ----------------------------------------------------------


@LEDGER.measure(Unit.LINES, "ledger lines")
def ledger_lines(line: LedgerLine, limits: Thresholds) -> int:
    """A line, what takes it back, and the right one: 3."""
    return 1


@LEDGER.measure(Unit.PIECES, "sum of quantities")
def ledger_quantity(line: LedgerLine, limits: Thresholds) -> int:
    """253 s taken back and 253 s made anew: 253."""
    return line.quantity


@LEDGER.measure(Unit.AMOUNT, "sum of amounts")
def ledger_amount(line: LedgerLine, limits: Thresholds) -> int:
    """253 s and 180 s at 0.0180 and 0.0022 a minute: 0.145777."""
    return int(line.amount.scaleb(6))


# --- ratios ---------------------------------------------------------------------------------------


def percent(
    metric_id: str, above: str, below: str, example: str, connect: str | None = None
) -> Ratio:
    """The share of one total in another."""
    formula = f"{above} / {below} x 100"
    return Ratio(metric_id, Unit.PERCENT, formula, above, below, 100, example, connect)


def average(
    metric_id: str, above: str, below: str, example: str, connect: str | None = None
) -> Ratio:
    """Seconds of one total for each of another."""
    formula = f"{above} / {below}"
    return Ratio(metric_id, Unit.SECONDS, formula, above, below, 1, example, connect)


_SAME_DAY = "100 queued; 78 answered in time, 12 later; 4 gave up in time (3 shortly), 6 later: "

for _ratio in (
    average(
        "average_speed_of_answer",
        "queue_answer_seconds",
        "contacts_answered",
        "Answered after 10 and 21 s: 15.50.",
        "AVG_QUEUE_ANSWER_TIME",
    ),
    average(
        "average_abandon_time",
        "queue_abandon_seconds",
        "contacts_abandoned",
        "Gave up after 4 and 30 s: 17.00.",
        "AVG_ABANDON_TIME",
    ),
    average(
        "average_handle_time",
        "handle_seconds",
        "contacts_handled",
        "Handled for 210 and 90 s: 150.00.",
        "AVG_HANDLE_TIME",
    ),
    average(
        "average_interaction_time",
        "interaction_seconds",
        "contacts_handled",
        "Talked for 160 and 80 s: 120.00.",
        "AVG_INTERACTION_TIME",
    ),
    average(
        "average_interaction_and_hold_time",
        "interaction_and_hold_seconds",
        "contacts_handled",
        "Talked for 180 and 80 s, holds included: 130.00.",
        "AVG_INTERACTION_AND_HOLD_TIME",
    ),
    average(
        "average_wrap_up_time",
        "wrap_up_seconds",
        "contacts_handled",
        "Wrapped up for 30 s, and not at all: 15.00.",
        "AVG_AFTER_CONTACT_WORK_TIME",
    ),
    average(
        "average_hold_time",
        "hold_seconds",
        "contacts_put_on_hold",
        "On hold for 20 s, and not at all: 20.00.",
        "AVG_HOLD_TIME",
    ),
    average(
        "average_hold_time_of_handled",
        "hold_seconds",
        "contacts_handled",
        "On hold for 20 s, and not at all: 10.00.",
        "AVG_HOLD_TIME_ALL_CONTACTS",
    ),
    average(
        "average_contact_time",
        "contact_seconds",
        "contacts",
        "From ring to end 210 and 90 s: 150.00.",
        "AVG_CONTACT_DURATION",
    ),
    Ratio(
        "average_holds",
        Unit.PIECES,
        "holds / contacts_handled",
        "holds",
        "contacts_handled",
        1,
        "Put on hold twice, and not at all: 1.00.",
        "AVG_HOLDS",
    ),
    percent(
        "abandonment_rate",
        "contacts_abandoned",
        "contacts_queued",
        _SAME_DAY + "10.00.",
        "ABANDONMENT_RATE",
    ),
    percent(
        "service_level_of_offered",
        "contacts_answered_in_time",
        "contacts_queued",
        _SAME_DAY + "78.00.",
    ),
    percent(
        "service_level_without_short_abandons",
        "contacts_answered_in_time",
        "contacts_queued_in_earnest",
        _SAME_DAY + "80.41.",
    ),
    percent(
        "service_level_connect",
        "contacts_removed_in_time",
        "contacts_queued",
        _SAME_DAY + "82.00.",
        "SERVICE_LEVEL",
    ),
    percent(
        "service_level_of_handled",
        "contacts_answered_in_time",
        "contacts_answered",
        _SAME_DAY + "86.67.",
    ),
):
    CONTACTS.add(_ratio)

for _ratio in (
    average(
        "leg_average_handle_time",
        "leg_handle_seconds",
        "leg_handled",
        "Handled for 210 and 90 s: 150.00.",
        "AVG_HANDLE_TIME",
    ),
    percent(
        "leg_answer_rate",
        "leg_accepted",
        "leg_offers",
        "Rang three times, answered twice: 66.67.",
        "AGENT_ANSWER_RATE",
    ),
):
    LEGS.add(_ratio)


def described(catalogues: Iterable[Catalogue[Any]]) -> Mapping[str, Mapping[str, str | None]]:
    """Every metric for a reader: unit, formula, worked example, Connect's name."""
    return {
        metric_id: {
            "unit": metric.unit.value,
            "formula": metric.formula,
            "example": metric.example,
            "connect": metric.connect,
        }
        for catalogue in catalogues
        for metric_id, metric in catalogue.metrics.items()
    }
