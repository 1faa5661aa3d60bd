"""What a new version of a flow does differently; where its blocks lie and are called is nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.core.flow import Action, Flow, PublishedFlow
from chalicelib.core.flow_tools.coverage import ways_out

ROUNDS = 3  # how far around a block its neighbours help to recognise it
TEXTS = ("Text", "SSML", "PromptId", "Media", "Messages")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: added, removed, text, queue, timeout, parameter, rewired or start."""

    kind: str
    block: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.block}" + (f": {self.detail}" if self.detail else "")


def diff(old: PublishedFlow, new: PublishedFlow) -> list[Change]:
    """Every change of behaviour, block by block."""
    pairs = matched(old.flow, new.flow)
    back = {theirs: ours for ours, theirs in pairs.items()}
    changes = list(_start(old.flow, new.flow, pairs))
    for name, action in old.flow.actions.items():
        if name in pairs:
            changes += _block(old.flow, new.flow, action, pairs)
        else:
            changes.append(Change("removed", label(action), action.type))
    for name, action in new.flow.actions.items():
        if name not in back:
            changes.append(Change("added", label(action), action.type))
    return changes


def label(action: Action) -> str:
    """A block by the name its author gave it; failing that, by what it is and says."""
    if not _UUID.fullmatch(action.identifier):
        return action.identifier
    said = next((str(action.parameters[n]) for n in TEXTS if n in action.parameters), "")
    about = f" “{said[:30]}”" if said else ""
    return f"{action.type} {action.identifier[:8]}{about}"


# --- which block is which ---------------------------------------------------------------------


def matched(old: Flow, new: Flow) -> dict[str, str]:
    """Blocks of the old version with theirs in the new one: by identifier, else by meaning."""
    pairs = {
        name: name
        for name, action in old.actions.items()
        if name in new.actions and new.actions[name].type == action.type
    }
    for rounds in range(ROUNDS, -1, -1):
        _match_unique(old, new, pairs, rounds)
    _match_along(old, new, pairs)
    _match_equal(old, new, pairs)
    return pairs


def _match_unique(old: Flow, new: Flow, pairs: dict[str, str], rounds: int) -> None:
    """Blocks that look like exactly one of the other version, seen with their surroundings."""
    ours = _meanings(old, rounds, set(pairs))
    theirs = _meanings(new, rounds, set(pairs.values()))
    counts, found = Counter(ours.values()), Counter(theirs.values())
    by_meaning = {meaning: name for name, meaning in theirs.items()}
    for name, meaning in ours.items():
        if counts[meaning] == found[meaning] == 1:
            pairs[name] = by_meaning[meaning]


def _match_along(old: Flow, new: Flow, pairs: dict[str, str]) -> None:
    """Blocks of one type that are reached the same way from blocks already matched."""
    waiting = [(old.start, new.start), *pairs.items()]
    while waiting:
        ours, theirs = waiting.pop(0)
        if ours not in pairs and theirs not in pairs.values() and _alike(old, new, ours, theirs):
            pairs[ours] = theirs
        if pairs.get(ours) != theirs or ours not in old.actions:
            continue
        targets = dict(ways_out(new.actions[theirs]))
        for branch, target in ways_out(old.actions[ours]):
            if target not in pairs and branch in targets:
                other = targets[branch]
                if other not in pairs.values() and _alike(old, new, target, other):
                    waiting.append((target, other))


def _match_equal(old: Flow, new: Flow, pairs: dict[str, str]) -> None:
    """What is left and the same, such as two ends, in the order of the documents."""
    taken = set(pairs.values())
    left: dict[int, list[str]] = {}
    for name, meaning in _meanings(new, 0, taken).items():
        left.setdefault(meaning, []).append(name)
    for name, meaning in _meanings(old, 0, set(pairs)).items():
        if left.get(meaning):
            pairs[name] = left[meaning].pop(0)


def _meanings(flow: Flow, rounds: int, done: set[str]) -> dict[str, int]:
    """A number per block that is not matched yet; equal numbers, equal meaning."""
    meaning = {name: hash((a.type, _written(a.parameters))) for name, a in flow.actions.items()}
    for _ in range(rounds):
        meaning = {
            name: hash(
                (
                    meaning[name],
                    tuple(sorted((b, meaning.get(t, 0)) for b, t in ways_out(action))),
                )
            )
            for name, action in flow.actions.items()
        }
    return {name: number for name, number in meaning.items() if name not in done}


def _alike(old: Flow, new: Flow, ours: str, theirs: str) -> bool:
    first, second = old.actions.get(ours), new.actions.get(theirs)
    return first is not None and second is not None and first.type == second.type


# --- what changed -----------------------------------------------------------------------------


def _start(old: Flow, new: Flow, pairs: Mapping[str, str]) -> Iterator[Change]:
    if _now(old, old.start, pairs) != new.start:
        yield Change("start", _name(new, new.start), f"was {_name(old, old.start)}")


def _block(old: Flow, new: Flow, ours: Action, pairs: Mapping[str, str]) -> Iterator[Change]:
    theirs = new.actions[pairs[ours.identifier]]
    for name in dict.fromkeys([*ours.parameters, *theirs.parameters]):
        before, after = ours.parameters.get(name), theirs.parameters.get(name)
        if _written(before) != _written(after):
            detail = f"{name}: {_shown(before)} → {_shown(after)}"
            yield Change(_kind(name), label(theirs), detail)
    rewired = list(_rewired(old, new, ours, theirs, pairs))
    if rewired:
        yield Change("rewired", label(theirs), "; ".join(rewired))


def _rewired(
    old: Flow, new: Flow, ours: Action, theirs: Action, pairs: Mapping[str, str]
) -> Iterator[str]:
    before, after = dict(ways_out(ours)), dict(ways_out(theirs))
    for branch in dict.fromkeys([*before, *after]):
        if branch not in after:
            yield f"{branch} is gone (led to {_name(old, before[branch])})"
        elif branch not in before:
            yield f"{branch} is new (leads to {_name(new, after[branch])})"
        elif _now(old, before[branch], pairs) != after[branch]:
            was = _name(old, before[branch])
            yield f"{branch} leads to {_name(new, after[branch])}, not {was}"


def _now(old: Flow, place: str, pairs: Mapping[str, str]) -> str | None:
    """What this block is in the new flow; nowhere, as drafts have it, is the same in both."""
    return pairs.get(place) if place in old.actions else place


def _kind(parameter: str) -> str:
    if parameter in TEXTS:
        return "text"
    if parameter in ("QueueId", "AgentId"):
        return "queue"
    is_time = "Seconds" in parameter or "TimeLimit" in parameter or "Timeout" in parameter
    return "timeout" if is_time else "parameter"


def _name(flow: Flow, identifier: str) -> str:
    action = flow.actions.get(identifier)
    return label(action) if action else identifier or "nothing"


def _written(value: object) -> str:
    """Equal for what runs equally: `5` and `"5"`, true and `"True"`, keys in any order."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, default=str)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or str(value) in ("True", "False"):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return f"“{value}”" if isinstance(value, str) else _written(value)
