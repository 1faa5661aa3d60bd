"""Every order of steps of the claim protocol, breadth first, and what holds in all of them.

Two workers are alike and so are two agents: of states that differ only in who is who one is looked
at. Rows and workers are numbered, and a state is three numbers in one; what a worker can do is
worked out once for the rows and the step it is at, whatever the other one does.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.simulation.claim_steps import Protocol, Step
from tests.simulation.claims import EMPTY, IDLE, Row, Rows, Worker
from tests.simulation.promises import broken_at_rest, broken_by

_BITS = 10  # for each worker: more than there are steps that one can be at
_PAIR = (1 << 2 * _BITS) - 1
_MASK = (1 << _BITS) - 1
_CALLED = ("worker A", "worker B")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked through, and the story of the first promise that was broken, if one was."""

    states: int
    transitions: int
    depth: int
    broken: str = ""
    story: tuple[str, ...] = ()


class Broken(Exception):
    """A promise is not kept in this state, or by a step that it makes possible."""

    def __init__(self, promise: str, state: int = 0, *, is_by_step: bool = False) -> None:
        super().__init__(promise)
        self.promise, self.state, self.is_by_step = promise, state, is_by_step


class _Numbers[T]:
    """Things by number, in the order in which they were met."""

    def __init__(self) -> None:
        self.all: list[T] = []
        self._known: dict[T, int] = {}

    def of(self, thing: T) -> int:
        number = self._known.get(thing)
        if number is None:
            number = self._known[thing] = len(self.all)
            self.all.append(thing)
        return number


class _Worked[K, V](dict[K, V]):
    """Answers, each worked out when it is first asked for."""

    def __init__(self, answer: Callable[[K], V]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, key: K) -> V:
        made = self[key] = self._answer(key)
        return made


class _Seen:
    """States that were met, a bit each."""

    def __init__(self) -> None:
        self._bits = _Worked[int, bytearray](lambda _: bytearray(1 << (2 * _BITS - 3)))
        self.count = 0

    def is_new(self, state: int) -> bool:
        bits, at, bit = self._bits[state >> 2 * _BITS], (state & _PAIR) >> 3, 1 << (state & 7)
        if bits[at] & bit:
            return False
        bits[at] |= bit
        self.count += 1
        return True


# Rows afterwards, and with the agents exchanged, both shifted to where they belong in a state; the
# worker; and what becomes of other workers, None: nothing.
type _Move = tuple[int, int, int, dict[int, int] | None]


class Explorer:
    """Looks at all that a protocol makes possible, until a promise is broken."""

    def __init__(self, protocol: Protocol, first: Rows = EMPTY) -> None:
        self._protocol, self._first = protocol, first
        self._rows, self._workers = _Numbers[Rows](), _Numbers[Worker]()
        self._workers.of(IDLE)
        self._mirrored: dict[int, int] = _Worked(
            lambda n: self._number(self._rows.all[n].mirrored())
        )
        self._mirror: dict[int, int] = _Worked(
            lambda n: self._workers.of(self._workers.all[n].mirrored())
        )
        self._mirror_pairs: dict[int, int] = _Worked(self._mirror_pair)
        self._fades = _Worked(self._fade)
        self._moves: dict[int, list[_Move]] = _Worked(lambda key: self._moves_of(key, is_own=False))
        self._own_moves: dict[int, list[_Move]] = _Worked(
            lambda key: self._moves_of(key, is_own=True)
        )
        self._people: dict[int, list[_Move]] = _Worked(self._people_of)
        self._at_rest: dict[int, str] = _Worked(
            lambda n: broken_at_rest(protocol, self._rows.all[n])
        )
        self._layers: list[array[int]] = []
        self._seen = _Seen()
        self._transitions = 0

    def explore(self) -> Found:
        """All states from the first on, or up to the nearest that breaks a promise."""
        layer = array("Q", [self._state(self._number(self._first), 0, 0)])
        self._seen.is_new(layer[0])
        while layer:
            self._layers.append(layer)
            try:
                layer = self._next(layer)
            except Broken as broken:
                return self._found(broken.promise, self._story(broken))
        return self._found()

    def comes_to_rest(self) -> bool:
        """Whether workers, left alone in any state that was found, end whatever they are at: the
        steps that they make of themselves never lead back to where they began."""
        done, path = _Seen(), set[int]()

        def is_endless(state: int) -> bool:
            path.add(state)
            for after in self._own_successors(state):
                if after in path or (done.is_new(after) and is_endless(after)):
                    return True
            path.remove(state)
            return False

        every = (state for layer in self._layers for state in layer)
        return not any(done.is_new(state) and is_endless(state) for state in every)

    def _found(self, broken: str = "", story: Iterable[str] = ()) -> Found:
        return Found(
            states=self._seen.count,
            transitions=self._transitions,
            depth=len(self._layers) - 1,
            broken=broken,
            story=tuple(story),
        )

    def _next(self, layer: array[int]) -> array[int]:
        found = array("Q")
        is_new, add = self._seen.is_new, found.append
        for state in layer:
            if not state & _PAIR and (promise := self._at_rest[state >> 2 * _BITS]):
                raise Broken(promise, state)
            try:
                after = self._successors(state)
            except Broken as broken:
                raise Broken(broken.promise, state, is_by_step=True) from None
            self._transitions += len(after)
            for each in after:
                if is_new(each):
                    add(each)
        return found

    # --- states -----------------------------------------------------------------------------------

    def _successors(self, state: int) -> list[int]:
        """Whatever either worker, or anybody else, can do next."""
        rows, a, b = state >> 2 * _BITS, state >> _BITS & _MASK, state & _MASK
        found = self._after(self._moves, rows, a, b)
        mirror = self._mirror_pairs
        for one, two, _, fade in self._people[rows]:
            c, d = (a, b) if fade is None else (fade[a], fade[b])
            pair = c << _BITS | d if c < d else d << _BITS | c
            one |= pair
            two |= mirror[pair]
            found.append(one if one < two else two)
        return found

    def _own_successors(self, state: int) -> list[int]:
        rows, a, b = state >> 2 * _BITS, state >> _BITS & _MASK, state & _MASK
        return self._after(self._own_moves, rows, a, b)

    def _after(self, moves: dict[int, list[_Move]], rows: int, a: int, b: int) -> list[int]:
        """Of each state, and the same with the agents exchanged, the lower stands for both. This
        runs some ten million times."""
        found: list[int] = []
        mirror, add = self._mirror_pairs, found.append
        for me, other in ((a, b),) if a == b else ((a, b), (b, a)):
            for one, two, worker, fade in moves[rows << _BITS | me]:
                left = other if fade is None else fade[other]
                pair = worker << _BITS | left if worker < left else left << _BITS | worker
                one |= pair
                two |= mirror[pair]
                add(one if one < two else two)
        return found

    def _state(self, rows: int, a: int, b: int) -> int:
        pair = min(a, b) << _BITS | max(a, b)
        one, two = rows << 2 * _BITS | pair, self._mirrored[rows] << 2 * _BITS
        return min(one, two | self._mirror_pairs[pair])

    def _mirror_pair(self, pair: int) -> int:
        a, b = self._mirror[pair >> _BITS], self._mirror[pair & _MASK]
        return min(a, b) << _BITS | max(a, b)

    def _number(self, rows: Rows) -> int:
        if self._protocol.is_reliable:
            return self._rows.of(rows.without_idle_talk())
        return self._rows.of(rows._replace(due=frozenset()))

    # --- steps ------------------------------------------------------------------------------------

    def _moves_of(self, key: int, *, is_own: bool) -> list[_Move]:
        rows, worker = self._rows.all[key >> _BITS], self._workers.all[key & _MASK]
        steps = self._protocol.steps(rows, worker)
        moves = [self._move(step) for step in steps if step.is_own or not is_own]
        return list({(move[0], move[2], id(move[3])): move for move in moves}.values())

    def _people_of(self, rows: int) -> list[_Move]:
        return [self._move(step) for step in self._protocol.people(self._rows.all[rows])]

    def _move(self, step: Step) -> _Move:
        if promise := step.broken or broken_by(step.rows):
            raise Broken(promise)
        number = self._number(step.rows)
        worker = self._workers.of(self._protocol.after(step.worker, step.wrote, step.rows.waiting))
        if worker > _MASK:
            raise OverflowError(f"more than {_MASK} steps that a worker can be at")
        fade = self._fades[step.wrote, step.rows.waiting] if step.wrote else None
        return number << 2 * _BITS, self._mirrored[number] << 2 * _BITS, worker, fade

    def _fade(self, key: tuple[frozenset[Row], frozenset[int]]) -> dict[int, int]:
        """What becomes of any worker when these rows are written and then these contacts wait."""
        wrote, waiting = key
        workers, after = self._workers, self._protocol.after
        return _Worked(lambda n: workers.of(after(workers.all[n], wrote, waiting)))

    # --- stories ----------------------------------------------------------------------------------

    def _story(self, broken: Broken) -> Iterator[str]:
        """How it came to that, with the names that everybody keeps."""
        rows, workers = self._first, (IDLE, IDLE)
        for state in self._way_to(broken.state)[1:]:
            who, step, rows, workers = next(
                (who, step, after, then)
                for who, step, after, then in self._possible(rows, workers)
                if self._named(after, then) == state
            )
            yield f"{who}{step.says}"
        for who, step, _, _ in self._possible(rows, workers):
            if broken.is_by_step and (step.broken or broken_by(step.rows)):
                yield f"{who}{step.says}"
                return

    def _way_to(self, state: int) -> list[int]:
        """States from the first to this one: before each stands one of the layer before."""
        way = [state]
        at = next(n for n, layer in enumerate(self._layers) if state in layer)
        for layer in reversed(self._layers[:at]):
            way.append(next(each for each in layer if way[-1] in self._successors(each)))
        return way[::-1]

    def _possible(
        self, rows: Rows, workers: tuple[Worker, Worker]
    ) -> Iterator[tuple[str, Step, Rows, tuple[Worker, Worker]]]:
        """Who can do what, and what stands then."""
        for step in self._protocol.people(rows):
            yield "", step, *self._settled(step, workers)
        for n, who in enumerate(_CALLED):
            for step in self._protocol.steps(rows, workers[n]):
                then = (step.worker, workers[1]) if n == 0 else (workers[0], step.worker)
                yield f"{who} ", step, *self._settled(step, then)

    def _settled(
        self, step: Step, workers: tuple[Worker, Worker]
    ) -> tuple[Rows, tuple[Worker, Worker]]:
        rows, waiting = self._rows.all[self._number(step.rows)], step.rows.waiting
        first, second = (self._protocol.after(each, step.wrote, waiting) for each in workers)
        return rows, (first, second)

    def _named(self, rows: Rows, workers: tuple[Worker, Worker]) -> int:
        first, second = (self._workers.of(worker) for worker in workers)
        return self._state(self._number(rows), first, second)
