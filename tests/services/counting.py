"""Figures of the past by the formulas themselves, and random questions for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.events import DisconnectReason, GroupThen, InitiationMethod
from chalicelib.core.historical_metrics import (
    METRIC_IDS,
    WITHIN,
    Condition,
    Counting,
    Dimension,
    Figure,
    Length,
    Question,
    Trait,
)
from chalicelib.core.ids import HierarchyGroupId, RoutingProfileId
from chalicelib.core.interval_figures import newest
from chalicelib.core.metrics import Leg, Measure, legs
from chalicelib.core.report import KINDS, Dataset
from chalicelib.services.metric_history import Total
from tests.core.records import NOON, random_records

LEVELS = list(Dimension)[-5:]
VALUES: Mapping[Dimension, Sequence[str]] = {
    Dimension.QUEUE: ["q-Sales", "q-Support", "q-Việt Nam", 'q-=HYPERLINK("x"),\n', "q-it's gone"],
    Dimension.CHANNEL: ["VOICE", "CHAT"],
    Dimension.ROUTING_PROFILE: ["p-1", "p-2"],
    Dimension.AGENT: ["a-ana", "a-ben", "a-mia", "a-zoë"],
    Dimension.LEVEL_ONE: ["g-1"],
    Dimension.LEVEL_TWO: ["g-2", "g-other"],
    Dimension.LEVEL_THREE: ["g-3"],
    Dimension.LEVEL_FOUR: ["g-4"],
    Dimension.LEVEL_FIVE: ["g-5"],
}


@dataclass(frozen=True)
class FormulaTotals:
    """The Totals port by core.metrics, one row after the other."""

    records: Sequence[ContactRecord]

    def totals(self, question: Question) -> Iterator[Total]:
        ended = [
            record
            for record in newest(self.records)
            if question.since <= record.disconnected_at < question.until
        ]
        yield from _totals(question, Dataset.CONTACTS, ended)
        yield from _totals(question, Dataset.LEGS, list(legs(ended)))


def _totals(
    question: Question, dataset: Dataset, items: Iterable[ContactRecord | Leg]
) -> Iterator[Total]:
    countings = [each for each in question.countings if each.dataset is dataset]
    groups: defaultdict[tuple[int, tuple[str, ...]], list[ContactRecord | Leg]] = defaultdict(list)
    for item in items if countings else ():
        values = _values(item)
        if all(values.get(each) in wanted for each, wanted in question.filters.items()):
            group = tuple(values.get(each) or "" for each in question.groupings)
            groups[_interval(question, _record(item)), group].append(item)
    for (interval, group), members in groups.items():
        for counting in countings:
            yield Total(interval, group, counting, _count(counting, members))


def _count(counting: Counting, members: Sequence[ContactRecord | Leg]) -> int:
    measure = KINDS[counting.dataset].metrics.metrics[counting.measure]
    assert isinstance(measure, Measure)
    return sum(
        measure.of(member, counting.limits)
        for member in members
        if all(_holds(each, _record(member)) for each in counting.conditions)
    )


def _holds(condition: Condition, record: ContactRecord) -> bool:
    known = {
        Trait.INITIATION_METHOD: record.initiation_method.value,
        Trait.DISCONNECT_REASON: record.disconnect_reason.value,
    }
    return (known[condition.trait] in condition.values) != condition.is_negated


def _interval(question: Question, record: ContactRecord) -> int:
    (found,) = (
        number
        for number, each in enumerate(question.intervals)
        if each.from_at <= record.disconnected_at < each.to_at
    )
    return found


def _record(item: ContactRecord | Leg) -> ContactRecord:
    return item.record if isinstance(item, Leg) else item


def _values(item: ContactRecord | Leg) -> dict[Dimension, str | None]:
    record = _record(item)
    agent = record.agent
    agent_id = item.agent_id if isinstance(item, Leg) else agent.agent_id if agent else None
    path = agent.hierarchy if agent else ()
    return {
        Dimension.QUEUE: record.queue.queue_id if record.queue else None,
        Dimension.CHANNEL: record.channel.value,
        Dimension.AGENT: agent_id,
        Dimension.ROUTING_PROFILE: agent.routing_profile_id if agent else None,
        **{level: group.group_id for level, group in zip(LEVELS, path, strict=False)},
    }


def told_again(chance: Random, records: Sequence[ContactRecord]) -> list[ContactRecord]:
    """The same history as a careless messenger brings it: in any order, some of it twice, and
    before or after its news what was known of a contact earlier."""
    earlier = [
        replace(each, last_fact=each.last_fact - 1, agent=None)
        for each in chance.sample(records, len(records) // 3)
    ]
    told = [*records, *earlier, *chance.sample(records, len(records) // 2)]
    return chance.sample(told, len(told))


def random_history(chance: Random, count: int) -> list[ContactRecord]:
    """Contacts of every kind, with holds, two routing profiles, and groups of up to five levels."""
    return [_worked(chance, record) for record in random_records(chance, count)]


def _worked(chance: Random, record: ContactRecord) -> ContactRecord:
    record = replace(
        record,
        initiated_at=record.initiated_at - timedelta(seconds=chance.randrange(60)),
        pre_disconnect_state=chance.choice(["IN_QUEUE", record.pre_disconnect_state]),
        initiation_method=chance.choice([record.initiation_method, InitiationMethod.CALLBACK]),
        disconnect_reason=chance.choice([record.disconnect_reason, DisconnectReason.API]),
    )
    if record.agent is None:
        return record
    holds = chance.randrange(3)
    second = chance.choice(["g-2", "g-other"])
    groups = ["g-1", second, "g-3", "g-4", "g-5"][: chance.randrange(6)]
    agent = replace(
        record.agent,
        holds=holds,
        hold_seconds=chance.randrange(1 + record.agent.interaction_seconds) if holds else 0,
        routing_profile_id=RoutingProfileId(chance.choice(VALUES[Dimension.ROUTING_PROFILE])),
        hierarchy=tuple(GroupThen(HierarchyGroupId(each), each.upper()) for each in groups),
    )
    return replace(record, agent=agent)


def random_question(chance: Random) -> Question:
    """Of the days around noon: any length, filters and groupings, every metric that they allow."""
    length = chance.choice(list(Length))
    since = NOON + timedelta(minutes=chance.randrange(-2_000, 500))
    minutes = chance.randrange(1, 4_000)
    filters = {
        dimension: tuple(chance.sample(values, chance.randint(1, len(values))))
        for dimension, values in VALUES.items()
        if dimension is Dimension.QUEUE or chance.random() < 0.15
    }
    groupings = chance.sample(list(Dimension), chance.randrange(4))
    is_of_legs = {*filters, *groupings} <= {Dimension.QUEUE, Dimension.CHANNEL, Dimension.AGENT}
    names = [n for n, (of, _) in METRIC_IDS.items() if is_of_legs or of is not Dataset.LEGS]
    return Question(
        since=since,
        until=since + timedelta(minutes=minutes),
        length=length,
        zone=chance.choice(["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
        filters=filters,
        groupings=tuple(groupings),
        figures=tuple(_figure(chance, name) for name in names),
    )


def _figure(chance: Random, name: str) -> Figure:
    conditions = (
        Condition(
            trait=Trait.INITIATION_METHOD,
            values=("INBOUND", "API"),
            is_negated=chance.random() < 0.5,
        ),
        Condition(trait=Trait.DISCONNECT_REASON, values=("CUSTOMER_DISCONNECT",)),
    )
    is_of_legs = METRIC_IDS[name][0] is Dataset.LEGS
    return Figure(
        name=name,
        within_seconds=chance.choice([0, 4, 5, 19, 20, 21, 600]) if name in WITHIN else None,
        conditions=() if is_of_legs else conditions[: chance.randrange(3)],
    )
