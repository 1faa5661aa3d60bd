"""Each number has one formula, and the formula is worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core import events as e
from chalicelib.core.contact_record import ContactRecord, Outcome
from chalicelib.core.metrics import (
    CONTACTS,
    LEGS,
    Measure,
    Ratio,
    Thresholds,
    described,
    legs,
    ratio,
)
from chalicelib.core.report import KINDS
from tests.core.records import (
    connected,
    disconnected,
    folded,
    initiated,
    offered,
    queued,
    random_records,
    record,
    told,
)


def a_day_of_100_queued() -> list[ContactRecord]:
    """78 answered within 20 s, 12 later; 4 gave up within 20 s, 3 of them within 5, 6 later."""
    waits = [20] * 78 + [21] * 12
    answered = [record(waited=wait, agent="a-mia", talked=60, wrapped=30) for wait in waits]
    return answered + [record(waited=wait) for wait in [5, 5, 0, 20, 21, 22, 60, 61, 90, 600]]


def of(metric_id: str, records: Sequence[ContactRecord]) -> object:
    return CONTACTS.evaluate(metric_id, records)


@pytest.mark.parametrize(
    ("metric_id", "percent"),
    [
        ("service_level_of_offered", "78.00"),
        ("service_level_without_short_abandons", "80.41"),
        ("service_level_connect", "82.00"),
        ("service_level_of_handled", "86.67"),
        ("abandonment_rate", "10.00"),
    ],
)
def test_four_service_levels_of_one_day_stand_under_their_own_ids(
    metric_id: str, percent: str
) -> None:
    """Operators mean four different things by service level; nobody has to guess which."""
    assert of(metric_id, a_day_of_100_queued()) == Decimal(percent)


@pytest.mark.parametrize(
    ("metric_id", "number"),
    [
        ("contacts", 101),
        ("contacts_queued", 100),
        ("contacts_handled", 90),
        ("contacts_abandoned", 10),
        ("contacts_answered_in_time", 78),
        ("contacts_abandoned_in_time", 4),
        ("contacts_abandoned_shortly", 3),
        ("contacts_queued_in_earnest", 97),
        ("contacts_removed_in_time", 82),
        ("queue_answer_seconds", 78 * 20 + 12 * 21),
        ("queue_abandon_seconds", 884),
        ("handle_seconds", 90 * 90),
        ("average_speed_of_answer", Decimal("20.13")),
        ("average_abandon_time", Decimal("88.40")),
        ("average_handle_time", Decimal("90.00")),
    ],
)
def test_a_day_counts_as_worked_out_by_hand(metric_id: str, number: object) -> None:
    """The 101st contact ended in the menu: a contact, and in no other number."""
    assert of(metric_id, [*a_day_of_100_queued(), record(queue=None)]) == number


def test_nothing_to_divide_by_is_no_number_and_not_zero() -> None:
    """An empty day has no service level; 0 % would be a lie, 100 % another."""
    for metric_id, metric in CONTACTS.metrics.items():
        expected = None if isinstance(metric, Ratio) else 0
        assert of(metric_id, []) == expected
    for metric_id, leg_metric in LEGS.metrics.items():
        assert LEGS.evaluate(metric_id, []) == (None if isinstance(leg_metric, Ratio) else 0)


def test_a_missed_offer_counts_for_the_agent_who_missed_it() -> None:
    """One contact, two agents: Ben missed it, Mia handled it."""
    found = list(legs([record(agent="a-mia", talked=60, wrapped=30, missed_by=["a-ben"])]))
    by_agent = {leg.agent_id: [leg] for leg in found}

    ben, mia = by_agent[found[0].agent_id], by_agent[found[1].agent_id]

    assert [LEGS.evaluate(m, ben) for m in ("leg_offers", "leg_missed", "leg_handled")] == [1, 1, 0]
    assert [LEGS.evaluate(m, mia) for m in ("leg_offers", "leg_missed", "leg_handled")] == [1, 0, 1]
    assert LEGS.evaluate("leg_handle_seconds", ben) == 0
    assert LEGS.evaluate("leg_handle_seconds", mia) == 90
    assert of("offers_missed", [found[0].record]) == 1


@pytest.mark.parametrize("outcome", [Outcome.MISSED, Outcome.REJECTED, Outcome.WITHDRAWN])
def test_an_offer_not_taken_is_a_missed_one_for_its_queue(outcome: Outcome) -> None:
    """As Connect counts non-response: also when the customer gave up while it rang."""
    assert of("offers_missed", [record(missed_by=["a-ben"], outcome=outcome)]) == 1


def test_a_contact_that_was_never_offered_counts_for_its_agent_as_handled_only() -> None:
    """Dialling out is no offer: it must not raise the answer rate."""
    dialled = list(legs([record(queue=None, agent="a-mia")]))

    assert LEGS.evaluate("leg_handled", dialled) == 1
    assert LEGS.evaluate("leg_offers", dialled) == 0
    assert LEGS.evaluate("leg_answer_rate", dialled) is None


def test_the_threshold_is_part_of_the_question() -> None:
    """20 s is a default, not a law."""
    day = a_day_of_100_queued()

    hasty = CONTACTS.evaluate("service_level_of_offered", day, Thresholds(answer_seconds=19))

    assert hasty == Decimal("0.00")


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.sampled_from([1, 100]))
def test_a_ratio_is_exact_to_two_places_half_up(above: int, below: int, scale: int) -> None:
    """The nearest hundredth, never off by a rounding of binary fractions."""
    found = ratio(above, below, scale=scale)

    assert found is not None
    error = found * below - above * scale
    assert abs(error) * 200 <= below
    assert found.as_tuple().exponent == -2


def test_every_metric_explains_itself() -> None:
    """Unit, formula and a worked example, for the page that finance reads."""
    for metric in [*CONTACTS.metrics.values(), *LEGS.metrics.values()]:
        assert metric.formula
        assert any(character.isdigit() for character in metric.example), metric.metric_id
        if isinstance(metric, Measure):
            assert metric.of.__name__ == metric.metric_id


def test_the_page_that_finance_reads_tells_every_metric_as_it_is_computed() -> None:
    """docs/reports.md is fresh: each metric with unit, formula, example and Connect's id."""
    page = (Path(__file__).parents[2] / "docs/reports.md").read_text()
    lines = [
        f"| `{metric_id}` | {told['unit']} | {told['formula']} | {told['example']} |"
        f" {told['connect'] or ''} |"
        for metric_id, told in described(each.metrics for each in KINDS.values()).items()
    ]

    assert [line for line in lines if line not in page] == []
    section = page.split("\n## Metrics\n")[1].split("\n## ")[0]
    assert section.count("\n| `") == len(lines)


def test_the_page_that_finance_reads_names_every_report() -> None:
    page = (Path(__file__).parents[2] / "docs/reports.md").read_text()

    assert [name for name in definitions() if f"`{name}`" not in page] == []


def test_a_ratio_of_unknown_totals_is_refused_where_it_is_defined() -> None:
    """A typing error in a definition must not wait for the first report."""
    broken = CONTACTS.metrics["abandonment_rate"]
    assert isinstance(broken, Ratio)

    with pytest.raises(ValueError, match="no measure"):
        LEGS.add(broken)


@pytest.mark.parametrize("seed", range(5))
def test_every_contact_goes_one_of_four_ways(seed: int) -> None:
    """Inbound, outbound, called back and internal are all there is."""
    records = random_records(Random(seed), 200)

    ways = ("contacts_inbound", "contacts_outbound", "contacts_callback", "contacts_internal")

    assert 200 == sum(int(CONTACTS.evaluate(way, records) or 0) for way in ways)


def test_a_call_between_agents_moves_no_number_of_any_queue() -> None:
    """It counts once, as internal, whatever line it waited in and whoever missed it."""
    story: list[tuple[float, e.ContactEvent]] = [
        (0, replace(initiated(), is_internal=True)),
        (0, queued("ben")),
        (1, offered("o-1", "a-ben")),
        (5, connected("a-ben")),
        (60, disconnected()),
        (60, e.ContactCompleted()),
    ]
    call = folded(told(story))

    counted = {metric: CONTACTS.evaluate(metric, [call]) for metric in CONTACTS.metrics}

    assert {
        "contacts": 1,
        "contacts_internal": 1,
        "contacts_handled": 1,
        "handle_seconds": 55,
        "interaction_seconds": 55,
        "interaction_and_hold_seconds": 55,
        "contact_seconds": 60,
        "average_handle_time": 55,
        "average_interaction_time": 55,
        "average_interaction_and_hold_time": 55,
        "average_contact_time": 60,
    } == {metric: value for metric, value in counted.items() if value}


def test_a_transfer_stays_the_inbound_call_that_it_was() -> None:
    moved = replace(
        record(), initiation_method=e.InitiationMethod.TRANSFER, begun_by=e.InitiationMethod.INBOUND
    )
    assert 1 == CONTACTS.evaluate("contacts_inbound", [moved])
