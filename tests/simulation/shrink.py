"""Makes a run that went wrong shorter, as long as the same promise is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.simulation.faults import Kind, Mishap
from tests.simulation.simulation import Plan, Result, simulate

_MOST_TRIES = 150


def shrunk(found: Result, *, tries: int = _MOST_TRIES) -> Result:
    """The smallest run that was found, told as a story; each try is one run."""
    if found.quiet_steps == 0:  # it went wrong before the recovery, which only costs time
        found = replace(found, plan=replace(found.plan, recovers=False))
    shrinker = _Shrinker(found, tries)
    shrinker.go()
    return simulate(replace(shrinker.best.plan, tells=True))


class _Shrinker:
    def __init__(self, found: Result, tries: int) -> None:
        self.best = found
        self._promise = found.violations[0].promise
        self._tries = tries

    def go(self) -> None:
        for kind in (*Kind, *Mishap):
            self._is_enough(replace(self.best.plan, off=self.best.plan.off | {kind}))
        self._have_fewer("customers")
        self._have_fewer("agents")
        self._spare_faults()
        self._have_fewer("customers")

    def _is_enough(self, plan: Plan) -> bool:
        """Whether less does as well; then it is the best from now on."""
        if self._tries <= 0:
            return False
        self._tries -= 1
        result = simulate(plan)
        if not result.violations or result.violations[0].promise != self._promise:
            return False
        self.best = result
        return True

    def _have_fewer(self, name: str) -> None:
        """By half of them, then by a quarter, at last by one."""
        step = max(1, int(getattr(self.best.plan, name) or 2) // 2)
        while step:
            left = int(getattr(self.best.plan, name)) - step
            fewer: dict[str, Any] = {name: left}
            if left < 1 or not self._is_enough(replace(self.best.plan, **fewer)):
                step //= 2

    def _spare_faults(self) -> None:
        """The latest ones first, in halves, then one by one: what came before stays as it was."""
        size = max(1, len(self.best.happened) // 2)
        while size:
            numbers = [fault.number for fault in self.best.happened]
            for end in range(len(numbers), 0, -size):
                some = set(numbers[max(0, end - size) : end])
                if some <= {fault.number for fault in self.best.happened}:
                    self._is_enough(replace(self.best.plan, spared=self.best.plan.spared | some))
            size //= 2
