"""One run: a seed, a center, its people, what goes wrong, and what must hold at every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from chalicelib import bootstrap
from chalicelib.core.events import Channel
from chalicelib.entrypoints import agents, edge, facts, socket, timers
from tests.simulation import town
from tests.simulation.cloud import Cloud
from tests.simulation.dynamo import Dynamo
from tests.simulation.faults import RATES, Fault, Faults, scaled
from tests.simulation.invariants import Invariants, Violation
from tests.simulation.people import Agent, Customer, Supervisor
from tests.simulation.scheduler import Scheduler
from tests.simulation.story import Story
from tests.simulation.wiring import TABLES, wired

HANDLERS = {
    "on_contact_fact": facts.on_contact_fact,
    "on_agent_changed": agents.on_agent_changed,
    "on_timer": timers.on_timer,
    "on_sweep_due": timers.on_sweep_due,
    "opened": socket.opened,
    "spoke": socket.spoke,
    "closed": socket.closed,
}
_STEP_SECONDS = 0.004, 0.02, 0.1  # that a call takes on a good, a usual and a bad day
_RECOVERY_SECONDS = 4_000.0  # in which everything must come to an end once nothing goes wrong


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is simulated. `wildness`: how much goes wrong, 1 being the usual; None: by the seed.

    `spared`: faults, by number, that do not happen after all.
    """

    seed: int
    steps: int = 10_000
    agents: int | None = None
    customers: int | None = None
    wildness: float | None = None
    off: frozenset[str] = frozenset()  # kinds of faults that never happen
    spared: frozenset[int] = frozenset()
    recovers: bool = True  # afterwards nothing goes wrong any more, and all must come to an end
    tells: bool = False


@dataclass(frozen=True, kw_only=True)
class Result:
    plan: Plan
    steps: int  # with everything that goes wrong
    quiet_steps: int  # of the recovery
    contacts: int
    offers: int
    faults: Counter[str]
    happened: Sequence[Fault]
    violations: Sequence[Violation]
    story: Sequence[str] = ()
    counts: Counter[str] = field(default_factory=Counter)


def simulate(plan: Plan) -> Result:
    """The same plan gives the same result, step for step."""
    return completed(Run(plan))


def completed(run: Run) -> Result:
    with wired(run.cloud, run.scheduler):
        level = edge.logger.log_level
        edge.logger.setLevel("CRITICAL")
        try:
            run.go()
        finally:
            run.scheduler.close()
            edge.logger.setLevel(level)
    return run.result()


class Run:
    """Its parts, as they are put together; a race puts other ones in (racing.py)."""

    def __init__(self, plan: Plan) -> None:
        dice = self._dice = Random(f"{plan.seed}:run")
        wildness = plan.wildness if plan.wildness is not None else dice.choice([0.15, 0.5, 1, 2])
        agents = dice.randint(3, 7)
        customers = plan.steps // 150
        self.plan = replace(
            plan,
            agents=plan.agents or agents,
            customers=plan.customers if plan.customers is not None else customers,
        )
        self.scheduler = self._new_scheduler(dice.choice(_STEP_SECONDS))
        rates = scaled({k: v for k, v in RATES.items() if k not in plan.off}, wildness)
        self.faults = Faults(self.scheduler, Random(f"{plan.seed}:faults"), rates, plan.spared)
        self.scheduler.latency = self.faults.latency
        self.dynamo = self._new_tables(dice.choice([2, 5, 1_000]))
        self.cloud = self._new_cloud(Random(f"{plan.seed}:cloud"))
        self.story = Story(self.scheduler, self.faults, is_told=plan.tells)
        self.invariants = Invariants(self.dynamo, self.scheduler, self.faults, town.center())
        self.cloud.watchers += [self.invariants.written, self.story.written]
        self.cloud.on_start = self.invariants.started
        self.scheduler.on_death = self.story.died
        self.scheduler.on_end = self.invariants.finished
        self._wild_steps: int | None = None
        self._spread = dice.uniform(1, 6)  # seconds between customers

    def _new_scheduler(self, step_seconds: float) -> Scheduler:
        dice = Random(f"{self.plan.seed}:scheduler")
        return Scheduler(dice, skew_seconds=2.0, step_seconds=step_seconds)

    def _new_tables(self, page_rows: int) -> Dynamo:
        return Dynamo(TABLES, page_rows=page_rows)

    def _new_cloud(self, dice: Random) -> Cloud:
        return Cloud(self.dynamo, self.scheduler, self.faults, dice, handlers=HANDLERS)

    def go(self) -> None:
        town.build(self.plan.agents or 1)
        self.agents = [
            Agent(user, self.cloud, Random(f"{self.plan.seed}:{user.username}"))
            for user in town.USERS[: self.plan.agents]
        ]
        for agent in self.agents:
            agent.colleagues = [other.user.agent_id for other in self.agents]
            agent.begin()
        self.supervisor = self._supervisor()
        self.supervisor.begin()
        self.customers = [self._customer(n) for n in range(self.plan.customers or 0)]
        at = 5.0
        for customer in self.customers:
            self.scheduler.after(at, customer.begin)
            at += self._dice.expovariate(1 / self._spread) if self._dice.random() < 0.7 else 0.0
        self.scheduler.after(self._dice.uniform(0, 10), self.cloud.sweep_every_minute)
        last = at + 60
        self.scheduler.run(
            until=lambda: (
                self._is_wrong()
                or self.scheduler.step >= self.plan.steps
                or self.scheduler.clock > last
            )
        )
        if self.plan.recovers and not self._is_wrong():
            self._recover()

    def _supervisor(self) -> Supervisor:
        return Supervisor(
            self.cloud,
            Random(f"{self.plan.seed}:supervisor"),
            agents=[agent.user for agent in self.agents],
            waiting=self.invariants.waiting,
            live=self.invariants.live,
        )

    def _customer(self, number: int) -> Customer:
        dice = Random(f"{self.plan.seed}:customer {number}")
        channel = dice.choices([Channel.VOICE, Channel.CHAT, Channel.TASK], weights=[6, 3, 1])[0]
        flows = {
            Channel.VOICE: town.VOICE_FLOWS,
            Channel.CHAT: town.CHAT_FLOWS,
            Channel.TASK: town.TASK_FLOWS,
        }[channel]
        return Customer(channel, dice.choice(flows), self.cloud, dice, number=number)

    def _recover(self) -> None:
        """Nothing goes wrong any more, and everybody does their work: all must come to an end."""
        self.faults.is_on = False
        self.scheduler.step_seconds = min(self.scheduler.step_seconds, _STEP_SECONDS[0])
        self._wild_steps = self.scheduler.step
        self.supervisor.is_at_work = False
        for agent in self.agents:
            agent.is_good = True
            bootstrap.center_store().save_user(agent.user)  # every queue has its agents again
        self.cloud.bring_back_the_dead()
        end = self.scheduler.clock + _RECOVERY_SECONDS
        self.scheduler.run(
            until=lambda: (
                self._is_wrong()
                or (self.invariants.is_all_over and self.cloud.is_quiet)
                or self.scheduler.clock > end
            )
        )
        if not self._is_wrong():
            self.invariants.ended(self.cloud)

    def _is_wrong(self) -> bool:
        return bool(self.invariants.violations)

    def result(self) -> Result:
        return Result(
            plan=self.plan,
            steps=self.scheduler.step if self._wild_steps is None else self._wild_steps,
            quiet_steps=self.scheduler.step - (self._wild_steps or self.scheduler.step),
            contacts=self.invariants.contact_count,
            offers=self.invariants.counts["offers"],
            faults=self.faults.counts,
            happened=self.faults.happened,
            violations=self.invariants.violations,
            story=self.story.told(self.invariants.violations),
            counts=self.invariants.counts,
        )
