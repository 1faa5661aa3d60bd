"""Routing criteria: reading them, meeting them, and the time that their steps have."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.core import criteria as core
from chalicelib.core.center import Proficiency
from chalicelib.core.criteria import Able, Criteria
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId
from tests.given import MONDAY


def masters(value: str = "Vietnamese", level: object = 3, **more: object) -> dict[str, object]:
    condition = {"Name": "Language", "Value": value, "ProficiencyLevel": level, **more}
    return {"AttributeCondition": condition}


def steps(*expressions: object, seconds: int | None = None) -> dict[str, object]:
    expiry = {"Expiry": {"DurationInSeconds": seconds}} if seconds else {}
    return {"Steps": [{"Expression": expression, **expiry} for expression in expressions]}


def able(*known: tuple[str, float], agent_id: str = "a-1") -> Able:
    return Able(
        AgentId(agent_id), tuple(Proficiency("Language", value, level) for value, level in known)
    )


def meets(expression: object, agent: Able) -> bool:
    return core.parse(steps(expression)).steps[0].expression.admits(agent)


@pytest.mark.parametrize(("level", "is_met"), [(2.9, False), (3.0, True), (5.0, True)])
def test_a_level_is_at_least_what_is_asked(level: float, is_met: bool) -> None:
    assert is_met == meets(masters(), able(("Vietnamese", level)))
    assert not meets(masters(), able(("French", level)))


@pytest.mark.parametrize(
    ("level", "is_met"), [(1.9, False), (2.0, True), (3.5, True), (3.6, False)]
)
def test_a_range_has_both_its_ends(level: float, is_met: bool) -> None:
    condition = {
        "Name": "Language",
        "Value": "Vietnamese",
        "ComparisonOperator": "Range",
        "Range": {"MinProficiencyLevel": 2.0, "MaxProficiencyLevel": 3.5},
    }

    assert is_met == meets({"AttributeCondition": condition}, able(("Vietnamese", level)))


def test_conditions_are_joined_and_denied() -> None:
    both = {"AndExpression": [masters("Vietnamese"), masters("French")]}
    either = {"OrExpression": [both, masters("German", 5)]}
    neither = {"NotAttributeCondition": masters("German", 1)["AttributeCondition"]}

    assert meets(both, able(("Vietnamese", 3), ("French", 4)))
    assert not meets(both, able(("Vietnamese", 3)))
    assert meets(either, able(("German", 5)))
    assert meets(neither, able(("Vietnamese", 3)))
    assert not meets(neither, able(("German", 1)))


def test_preferred_agents_are_named_by_id_or_arn() -> None:
    arn = "arn:aws:connect:us-east-1:000000000000:instance/i-1/agent/a-2"
    match = {"AgentsCriteria": {"AgentIds": ["a-1", arn]}}
    condition = {"AttributeCondition": {"ComparisonOperator": "Match", "MatchCriteria": match}}

    met = [meets(condition, able(agent_id=name)) for name in ("a-1", "a-2", "a-3")]
    assert [True, True, False] == met


def test_what_an_agent_lacks_is_said_of_the_first_thing() -> None:
    both = {"AndExpression": [masters("Vietnamese"), masters("French", 4)]}
    expression = core.parse(steps(both)).steps[0].expression

    assert "lacks French ≥ 4" == core.lacking(expression, able(("Vietnamese", 3)))
    assert "Vietnamese ≥ 3 and French ≥ 4" == str(expression)


def test_whoever_may_come_when_the_last_step_is_over_can_ever_fit() -> None:
    """Unless it is never over."""
    nobody = able()

    assert core.parse(steps(masters(), seconds=30)).can_ever_admit(nobody)
    assert not core.parse(steps(masters())).can_ever_admit(nobody)
    assert core.parse(steps(masters(), masters(level=1))).can_ever_admit(able(("Vietnamese", 1)))


def test_steps_follow_each_other_to_the_second() -> None:
    criteria = core.parse(steps(masters(), masters(level=2), seconds=30))

    assert MONDAY + timedelta(seconds=30) == criteria.ends_at(1, MONDAY)
    assert criteria.step(2) is None
    assert criteria.ends_at(2, MONDAY) is None


def test_the_same_wish_is_one_line_however_it_is_written() -> None:
    """The order of keys says nothing; another level is another line."""
    once = core.parse(steps(masters()))
    again = json.loads(json.dumps(steps(masters())), object_pairs_hook=lambda p: dict(p[::-1]))
    other = core.parse(steps(masters(level=2)))

    assert once.steps[0].line == core.parse(again).steps[0].line != other.steps[0].line
    kept = core.read(core.spelled(steps(masters())))
    assert isinstance(kept, Criteria)
    assert once == kept
    assert core.read(core.spelled({})) is None


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "RoutingCriteria.Steps"),
        ({"Steps": []}, "RoutingCriteria.Steps"),
        (steps(*[masters()] * 6), "RoutingCriteria.Steps"),
        (steps("x"), "RoutingCriteria.Steps[0].Expression"),
        (steps({}), "RoutingCriteria.Steps[0].Expression"),
        (steps({**masters(), "OrExpression": [masters()]}), "RoutingCriteria.Steps[0].Expression"),
        (
            steps(masters(level=6)),
            "RoutingCriteria.Steps[0].Expression.AttributeCondition.ProficiencyLevel",
        ),
        (
            steps(masters(level="much")),
            "RoutingCriteria.Steps[0].Expression.AttributeCondition.ProficiencyLevel",
        ),
        (
            steps(masters(value="")),
            "RoutingCriteria.Steps[0].Expression.AttributeCondition.Value",
        ),
        (
            steps(masters(ComparisonOperator="Above")),
            "RoutingCriteria.Steps[0].Expression.AttributeCondition.ComparisonOperator",
        ),
        (
            steps({"AndExpression": [masters()] * 9}),
            "RoutingCriteria.Steps[0].Expression.AndExpression",
        ),
        (
            {"Steps": [{"Expression": masters(), "Expiry": {"DurationInSeconds": 0}}]},
            "RoutingCriteria.Steps[0].Expiry.DurationInSeconds",
        ),
    ],
)
def test_criteria_that_make_no_sense_are_refused_naming_the_field(
    document: object, field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        core.parse(document)

    assert field == refused.value.field


def test_numbers_may_come_as_text() -> None:
    """As flows write them."""
    assert meets(masters(level="3.0"), able(("Vietnamese", 3)))
