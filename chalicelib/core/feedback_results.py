"""What answers come to: how many were asked and answered, and how content they are, by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from chalicelib.core.feedback import Answers, Invitation
from chalicelib.core.metrics import ratio

type _Key = Callable[[Invitation], tuple[str, str]]  # an id and the name that it is shown under


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks that one question got. `total` is their sum; `average` has two places, and is None
    where nobody answered it."""

    count: int
    total: int
    average: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Of everybody who was asked about the same agent, queue or reason. `answered` counts those who
    gave at least one mark, `partial` those of them who left a question out."""

    key: str
    name: str
    invited: int
    answered: int
    partial: int
    answer_rate: Decimal | None  # percent
    service: Marks
    solution: Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The same invitations three times; each list adds up to `all`."""

    all: Result
    agents: tuple[Result, ...]
    queues: tuple[Result, ...]
    reasons: tuple[Result, ...]


KEYS: Mapping[str, _Key] = MappingProxyType(
    {
        "agents": lambda i: (i.agent, i.agent_name or i.agent),
        "queues": lambda i: (i.queue_id, i.queue_name or i.queue_id),
        "reasons": lambda i: (i.reason, i.reason),
    }
)


def results_of(invitations: Iterable[Invitation]) -> Results:
    """Counted by invitations; of each only the newest answers count. An invitation stays in the
    period in which its ticket was closed, whenever it is answered."""
    counted = list(invitations)
    return Results(
        all=_result("", "", counted),
        agents=_grouped(counted, KEYS["agents"]),
        queues=_grouped(counted, KEYS["queues"]),
        reasons=_grouped(counted, KEYS["reasons"]),
    )


def _grouped(invitations: Iterable[Invitation], key_of: _Key) -> tuple[Result, ...]:
    """Sorted by key; the name is that of the newest invitation."""
    groups: dict[str, list[Invitation]] = {}
    for invitation in invitations:
        groups.setdefault(key_of(invitation)[0], []).append(invitation)
    return tuple(
        _result(key, key_of(max(group, key=lambda i: (i.invited_at, i.invitation_id)))[1], group)
        for key, group in sorted(groups.items())
    )


def _result(key: str, name: str, invitations: list[Invitation]) -> Result:
    newest = [i.newest for i in invitations if i.newest is not None]
    return Result(
        key=key,
        name=name,
        invited=len(invitations),
        answered=len(newest),
        partial=sum(answers.is_partial for answers in newest),
        answer_rate=ratio(len(newest), len(invitations), scale=100),
        service=_marks(newest, lambda a: a.service),
        solution=_marks(newest, lambda a: a.solution),
    )


def _marks(newest: Iterable[Answers], of: Callable[[Answers], int | None]) -> Marks:
    given = [mark for answers in newest if (mark := of(answers)) is not None]
    return Marks(count=len(given), total=sum(given), average=ratio(sum(given), len(given)))
