"""`python -m tests.simulation`: many seeds side by side, the mutants, the model, then the race.

`--seed 17` repeats one run and, where it goes wrong, makes it short and tells its story; `--race`
is the race alone, in threads on an emulator.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

_WANTED_STEPS = 1_000_000
_WANTED_SEEDS = 100
_STEPS_OF_A_SEED = 8_000
_MODEL = "tests.simulation.model"
_RACES, _RACING_CUSTOMERS, _RACING_AGENTS = 3, 60, 8


def main(arguments: Sequence[str]) -> int:
    asked = _asked(arguments)
    if asked.seed is not None:
        return _one(asked.seed, asked.steps_of_a_seed)
    if asked.race:
        return 0 if _race(asked.first) else 1
    began = time.monotonic()
    is_right = _seeds(asked)
    if asked.mutants:
        is_right = _mutants(asked.processes) and is_right
    if asked.model and importlib.util.find_spec(_MODEL) is not None:
        print("the model, exhaustively:", flush=True)
        is_right = (
            subprocess.run([sys.executable, "-m", _MODEL], check=False).returncode == 0 and is_right
        )
    if asked.race is None:
        is_right = _race(asked.first) and is_right
    print(f"{'all holds' if is_right else 'IT DOES NOT HOLD'}; {time.monotonic() - began:.0f} s")
    return 0 if is_right else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeat this one")
    parser.add_argument("--first", type=int, default=1, help="the first of many seeds")
    parser.add_argument("--steps", type=int, default=_WANTED_STEPS, help="in all")
    parser.add_argument("--steps-of-a-seed", type=int, default=_STEPS_OF_A_SEED)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-mutants", dest="mutants", action="store_false")
    parser.add_argument("--no-model", dest="model", action="store_false")
    parser.add_argument("--race", action=argparse.BooleanOptionalAction, help="nothing else")
    return parser.parse_args(arguments)


# --- one seed -------------------------------------------------------------------------------------


def _one(seed: int, steps: int) -> int:
    from tests.simulation.shrink import shrunk
    from tests.simulation.simulation import Plan, simulate

    result = simulate(Plan(seed=seed, steps=steps))
    print(f"seed {seed}: {result.steps} steps, {result.contacts} contacts, {result.offers} offers")
    if not result.violations:
        print("every promise was kept")
        return 0
    print(result.violations[0])
    print("making it shorter …", flush=True)
    short = shrunk(result)
    faults = len(short.happened)
    print(f"{short.plan.agents} agents, {short.plan.customers} customers, {faults} faults:")
    print("\n".join(short.story))
    return 1


# --- many -----------------------------------------------------------------------------------------


def _seeds(asked: argparse.Namespace) -> bool:
    """At least so many steps, of at least so many seeds; those that are under way are finished."""
    began, steps, done = time.monotonic(), 0, 0
    faults: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    with ProcessPoolExecutor(asked.processes) as pool:
        seeds = iter(range(asked.first, sys.maxsize))
        running = {
            pool.submit(_run, next(seeds), asked.steps_of_a_seed)
            for _ in range(asked.processes * 2)
        }
        while running:
            future = next(as_completed(running))
            running.remove(future)
            seed, took, happened, counted, violation = future.result()
            steps, done = steps + took, done + 1
            faults.update(happened)
            counts.update(counted)
            if violation:
                wrong.append((seed, violation))
                print(f"seed {seed}: {violation}", flush=True)
            if steps < asked.steps or done < min(_WANTED_SEEDS, asked.steps // 1_000):
                running.add(pool.submit(_run, next(seeds), asked.steps_of_a_seed))
            if done % 20 == 0:
                seconds = time.monotonic() - began
                print(f"{done} seeds, {steps:,} steps, {seconds:.0f} s", flush=True)
    _summary(done, steps, time.monotonic() - began, faults, counts, wrong)
    return not wrong


def _run(seed: int, steps: int) -> tuple[int, int, Counter[str], Counter[str], str]:
    from tests.simulation.simulation import Plan, simulate

    result = simulate(Plan(seed=seed, steps=steps))
    violation = str(result.violations[0]) if result.violations else ""
    counts = result.counts + Counter(
        {"contacts": result.contacts, "steps of recovery": result.quiet_steps}
    )
    return (
        seed,
        result.steps,
        Counter({str(k): n for k, n in result.faults.items()}),
        counts,
        violation,
    )


def _summary(
    seeds: int,
    steps: int,
    seconds: float,
    faults: Counter[str],
    counts: Counter[str],
    wrong: Sequence[tuple[int, str]],
) -> None:
    print(
        f"{steps:,} steps of {seeds} seeds with all faults, {seconds:.0f} s,"
        f" {1000 * seconds / steps:.2f} ms each"
    )
    for name, count in sorted(counts.items()):
        print(f"{count:9,} {name}")
    print("faults:")
    for kind, count in faults.most_common():
        print(f"{count:9,} {kind}")
    print(f"{len(wrong)} violations")
    for seed, _ in wrong[:20]:
        print(f"  python -m tests.simulation --seed {seed}")


# --- mutants --------------------------------------------------------------------------------------


def _mutants(processes: int) -> bool:
    from tests.simulation.mutants import MUTANTS

    survivors = []
    with ProcessPoolExecutor(processes) as pool:
        futures = {pool.submit(_catch, name): name for name in MUTANTS}
        for future in as_completed(futures):
            caught = future.result()
            print(f"{futures[future]}: {caught or 'NOT NOTICED'}", flush=True)
            if not caught:
                survivors.append(futures[future])
    print(f"{len(MUTANTS) - len(survivors)} of {len(MUTANTS)} mutants are noticed")
    return not survivors


def _catch(name: str) -> str:
    from tests.simulation.mutants import MUTANTS, first_catch

    result = first_catch(MUTANTS[name])
    if result is None:
        return ""
    return f"seed {result.plan.seed}, step {result.steps}: {result.violations[0].promise}"


# --- the race -------------------------------------------------------------------------------------


def _race(first_seed: int) -> bool:
    """Where the seed is of no help, so that a violation is told at once and in full."""
    from tests.simulation.racing import THREADS, emulator, race

    is_right = True
    with emulator() as endpoint:
        for seed in range(first_seed, first_seed + _RACES):
            began = time.monotonic()
            result = race(endpoint, customers=_RACING_CUSTOMERS, agents=_RACING_AGENTS, seed=seed)
            print(
                f"raced in {THREADS} threads: {result.contacts} contacts, {result.offers} offers,"
                f" {result.counts['answers']} answers, {result.counts['races lost']} races lost,"
                f" {time.monotonic() - began:.0f} s",
                flush=True,
            )
            for violation in result.violations:
                print(violation)
            is_right = is_right and not result.violations
    return is_right


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of names have an order, too
        environment = {**os.environ, "PYTHONHASHSEED": "0", "POWERTOOLS_LOG_LEVEL": "CRITICAL"}
        os.execve(
            sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], environment
        )
    sys.exit(main(sys.argv[1:]))
