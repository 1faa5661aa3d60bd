"""Routing criteria: what an agent must master to get a contact, one step after the other.

The grammar is Amazon Connect's (`RoutingCriteria` of UpdateContactRoutingCriteria and of the API).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from chalicelib.core.center import Proficiency
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId

MOST_STEPS = 5
MOST_PARTS = {"AndExpression": 8, "OrExpression": 3}
LOWEST_LEVEL, HIGHEST_LEVEL = 1.0, 5.0
LONGEST_STEP_SECONDS = 7 * 86_400
NAME_LIMIT = 64  # characters
MOST_AGENTS = 10  # preferred ones in a step


@dataclass(frozen=True, slots=True)
class Able:
    """Whoever can be asked to take a contact, as far as criteria see them."""

    agent_id: AgentId
    proficiencies: tuple[Proficiency, ...] = ()


@dataclass(frozen=True, slots=True)
class Masters:
    """The level of a proficiency lies between two; who lacks it has none."""

    name: str
    value: str
    least: float
    most: float = HIGHEST_LEVEL

    def admits(self, able: Able) -> bool:
        return any(
            (known.name, known.value) == (self.name, self.value)
            and self.least <= known.level <= self.most
            for known in able.proficiencies
        )

    def __str__(self) -> str:
        levels = f"≥ {self.least:g}" if self.most == HIGHEST_LEVEL else self._between
        return f"{self.value} {levels}"

    @property
    def _between(self) -> str:
        return f"{self.least:g} to {self.most:g}"


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """Preferred agents."""

    agent_ids: tuple[AgentId, ...]

    def admits(self, able: Able) -> bool:
        return able.agent_id in self.agent_ids

    def __str__(self) -> str:
        return f"preferred: {', '.join(self.agent_ids)}"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Expression, ...]

    def admits(self, able: Able) -> bool:
        return all(part.admits(able) for part in self.parts)

    def __str__(self) -> str:
        return " and ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Expression, ...]

    def admits(self, able: Able) -> bool:
        return any(part.admits(able) for part in self.parts)

    def __str__(self) -> str:
        return " or ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    part: Expression

    def admits(self, able: Able) -> bool:
        return not self.part.admits(able)

    def __str__(self) -> str:
        return f"not {_bracketed(self.part)}"


type Expression = Masters | IsOneOf | All | Any | Not


@dataclass(frozen=True, slots=True)
class Step:
    """Who may get the contact, and for how many seconds nobody else; None: for ever."""

    expression: Expression
    seconds: int | None
    text: str  # the expression as it was given, in one spelling: what names the line

    @property
    def line(self) -> str:
        """The line in which contacts of this step wait: the same for the same expression."""
        return f"c{sha256(self.text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Criteria:
    steps: tuple[Step, ...]

    def step(self, index: int) -> Step | None:
        """None: all have expired, so anybody in the queue will do."""
        return self.steps[index] if index < len(self.steps) else None

    def can_ever_admit(self, able: Able) -> bool:
        """In this step or a later one, or when the last one has expired."""
        return self.steps[-1].seconds is not None or any(
            step.expression.admits(able) for step in self.steps
        )

    def ends_at(self, index: int, since: datetime) -> datetime | None:
        step = self.step(index)
        if step is None or step.seconds is None:
            return None
        return since + timedelta(seconds=step.seconds)


def spelled(document: Mapping[str, object]) -> str:
    """Criteria in one spelling, to be kept and compared; "" for none."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")) if document else ""


@lru_cache(maxsize=512)
def read(text: str) -> Criteria | None:
    """Criteria that were spelled before; None when there are none."""
    return parse(json.loads(text)) if text else None


@lru_cache(maxsize=512)
def read_expression(text: str) -> Expression:
    """One step's expression, as its line is described."""
    return _expression(json.loads(text), "Expression")


def parse(document: object) -> Criteria:
    """Criteria as flows and the API give them; Rejected, naming the field and the value."""
    steps = document.get("Steps") if isinstance(document, Mapping) else None
    if not isinstance(steps, Sequence) or isinstance(steps, str) or not 1 <= len(steps):
        raise Rejected("routing criteria need steps", field="RoutingCriteria.Steps", value=steps)
    if len(steps) > MOST_STEPS:
        raise Rejected(
            f"at most {MOST_STEPS} steps", field="RoutingCriteria.Steps", value=len(steps)
        )
    where = "RoutingCriteria.Steps"
    return Criteria(tuple(_step(step, f"{where}[{n}]") for n, step in enumerate(steps)))


def lacking(expression: Expression, able: Able) -> str:
    """Why this agent does not fit: the first part that is missing."""
    if isinstance(expression, All):
        missing = next(part for part in expression.parts if not part.admits(able))
        return lacking(missing, able)
    if isinstance(expression, Masters):
        return f"lacks {expression}"
    if isinstance(expression, IsOneOf):
        return "is not a preferred agent"
    return f"does not meet ({expression})"


# --- reading --------------------------------------------------------------------------------------


def _step(raw: object, where: str) -> Step:
    if not isinstance(raw, Mapping):
        raise Rejected("a step is an object", field=where, value=raw)
    given = raw.get("Expression")
    expression = _expression(given, f"{where}.Expression")
    expiry = raw.get("Expiry")
    if expiry is None or expiry == {}:
        seconds = None
    else:
        seconds = _seconds(expiry, f"{where}.Expiry.DurationInSeconds")
    return Step(expression, seconds, json.dumps(given, sort_keys=True, separators=(",", ":")))


def _seconds(expiry: object, where: str) -> int:
    given = expiry.get("DurationInSeconds") if isinstance(expiry, Mapping) else None
    seconds = _number(given, where)
    if not 1 <= seconds <= LONGEST_STEP_SECONDS or seconds != int(seconds):
        raise Rejected(f"a step lasts 1 to {LONGEST_STEP_SECONDS} s", field=where, value=given)
    return int(seconds)


def _expression(raw: object, where: str, *, depth: int = 0) -> Expression:
    if not isinstance(raw, Mapping) or depth > 3:
        raise Rejected("this is no expression", field=where, value=raw)
    kinds = [kind for kind in _KINDS if raw.get(kind)]
    if len(kinds) != 1 or set(raw) - set(_KINDS):
        raise Rejected(
            f"an expression has exactly one of {', '.join(_KINDS)}", field=where, value=sorted(raw)
        )
    kind = kinds[0]
    where = f"{where}.{kind}"
    match kind:
        case "AttributeCondition":
            return _condition(raw[kind], where)
        case "NotAttributeCondition":
            return Not(_condition(raw[kind], where))
        case "AndExpression":
            return All(tuple(_parts(raw[kind], where, kind, depth)))
    return Any(tuple(_parts(raw[kind], where, kind, depth)))


_KINDS = ("AttributeCondition", "AndExpression", "OrExpression", "NotAttributeCondition")


def _parts(raw: object, where: str, kind: str, depth: int) -> Iterator[Expression]:
    most = MOST_PARTS[kind]
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not 1 <= len(raw) <= most:
        raise Rejected(f"1 to {most} expressions stand here", field=where, value=raw)
    for number, part in enumerate(raw):
        yield _expression(part, f"{where}[{number}]", depth=depth + 1)


def _condition(raw: object, where: str) -> Expression:
    if not isinstance(raw, Mapping):
        raise Rejected("a condition is an object", field=where, value=raw)
    operator = raw.get("ComparisonOperator")
    if operator == "Match" or "MatchCriteria" in raw:
        return _preferred(raw.get("MatchCriteria"), f"{where}.MatchCriteria")
    name, value = (_text(raw.get(key), f"{where}.{key}") for key in ("Name", "Value"))
    if operator == "Range":
        levels = raw.get("Range")
        levels = levels if isinstance(levels, Mapping) else {}
        least, most = (
            _level(levels.get(key), f"{where}.Range.{key}")
            for key in ("MinProficiencyLevel", "MaxProficiencyLevel")
        )
        if least > most:
            raise Rejected(
                f"{least:g} is more than {most:g}", field=f"{where}.Range", value=dict(levels)
            )
        return Masters(name, value, least, most)
    if operator not in (None, "NumberGreaterOrEqualTo"):
        raise Rejected(
            "ComparisonOperator is NumberGreaterOrEqualTo, Range or Match",
            field=f"{where}.ComparisonOperator",
            value=operator,
        )
    return Masters(name, value, _level(raw.get("ProficiencyLevel"), f"{where}.ProficiencyLevel"))


def _preferred(raw: object, where: str) -> IsOneOf:
    agents = raw.get("AgentsCriteria") if isinstance(raw, Mapping) else None
    ids = agents.get("AgentIds") if isinstance(agents, Mapping) else None
    is_list = isinstance(ids, Sequence) and not isinstance(ids, str)
    if not is_list or not 1 <= len(ids) <= MOST_AGENTS:  # type: ignore[arg-type]  # it is a list
        raise Rejected(
            f"1 to {MOST_AGENTS} agents are preferred",
            field=f"{where}.AgentsCriteria.AgentIds",
            value=ids,
        )
    return IsOneOf(tuple(AgentId(str(each).rsplit("/", 1)[-1]) for each in ids))  # type: ignore[union-attr]


def _text(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not 1 <= len(raw) <= NAME_LIMIT:
        raise Rejected(f"1 to {NAME_LIMIT} characters stand here", field=where, value=raw)
    return raw


def _level(raw: object, where: str) -> float:
    level = _number(raw, where)
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise Rejected(f"a level is {LOWEST_LEVEL} to {HIGHEST_LEVEL}", field=where, value=raw)
    return level


def _number(raw: object, where: str) -> float:
    """Flows write numbers as text, too."""
    try:
        return float(raw) if isinstance(raw, str | int | float) else float("nan")
    except ValueError:
        raise Rejected("a number stands here", field=where, value=raw) from None


def _bracketed(part: Expression) -> str:
    return f"({part})" if isinstance(part, All | Any) else str(part)
