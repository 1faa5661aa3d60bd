"""Ways through a flow: what can be reached, and circles that nobody can break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from chalicelib.core.flow.model import Action, Flow

type Ways = Mapping[str, tuple[str, ...]]


def targets(action: Action) -> Iterator[str]:
    """Every block this one may lead to, in the order of the document."""
    if action.next_action:
        yield action.next_action
    yield from (condition.target for condition in action.conditions if condition.target)
    yield from (target for _, target in action.errors if target)


def ways(flow: Flow, *, leaves_out: Callable[[Action], bool] = lambda action: False) -> Ways:
    """Where each block leads; nowhere for those left out."""
    return {
        name: () if leaves_out(action) else tuple(t for t in targets(action) if t in flow.actions)
        for name, action in flow.actions.items()
    }


def reached(start: str, known: Ways) -> set[str]:
    """All blocks on some way from here, this one included."""
    found, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting.extend(known[name])
    return found


def circles(known: Ways) -> list[list[str]]:
    """Groups of blocks that lead back to themselves, each in the order of the document."""
    order = list(known)
    backwards: dict[str, list[str]] = {name: [] for name in order}
    for name in order:
        for target in known[name]:
            backwards[target].append(name)
    left, groups = set(order), list[list[str]]()
    for name in reversed(_finished(order, known)):
        if name not in left:
            continue
        group = reached(name, {n: tuple(backwards[n]) for n in left}) if backwards[name] else {name}
        left -= group
        if len(group) > 1 or name in known[name]:
            groups.append([member for member in order if member in group])
    return groups


def _finished(order: Iterable[str], known: Ways) -> list[str]:
    """Blocks in the order in which a walk into depth is done with them."""
    done, seen = list[str](), set[str]()
    for start in order:
        stack: list[tuple[str, Iterator[str]]] = []
        if start not in seen:
            seen.add(start)
            stack.append((start, iter(known[start])))
        while stack:
            name, rest = stack[-1]
            following = next((target for target in rest if target not in seen), None)
            if following is None:
                done.append(name)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(known[following])))
    return done
