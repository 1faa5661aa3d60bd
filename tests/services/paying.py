"""An office that pays rewards: figures of agents as contacts make them, and marks of customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from chalicelib.adapters.payouts import S3Payouts, reward_rule
from chalicelib.core.center import User
from chalicelib.core.ids import AgentId, CustomerId
from chalicelib.services.rewards import FIGURES, RewardsService
from tests.core.records import record
from tests.fakes.center import InMemoryCenterStore, InMemoryUserStore
from tests.house import a_center
from tests.services.reporting import Office

FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (2, 3, 4))
NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
AFTER_MARCH = datetime(2026, 4, 17, 6, 0, tzinfo=UTC)  # its figures are final
AFTER_APRIL = datetime(2026, 5, 17, 6, 0, tzinfo=UTC)


class PayOffice(Office):
    """A01 and A02 sign in as a01 and a02; A02 reaches no service level unless told otherwise."""

    def __init__(self, **joined: str) -> None:
        super().__init__()
        self.at = AFTER_MARCH
        users = [
            User(
                username=name.lower(),
                agent_id=AgentId(name),
                name=name,
                tags={"joined": joined[name]} if name in joined else {},
            )
            for name in ("A01", "A02")
        ]
        self.center = InMemoryCenterStore(a_center(), users)
        self.payouts = S3Payouts(self.objects)
        self.rewards = RewardsService(
            rule=reward_rule(),
            payouts=self.payouts,
            exports=self.exports,
            runs=self.runs,
            users=InMemoryUserStore(self.center),
            now=self.now,
            new_id=self.new_id,
        )

    def helps(self, name: str, *, waited: int = 5, at: datetime = NOON, customers: int = 4) -> None:
        """Helps so many customers at once, each of whom waited so long."""
        for n in range(customers):
            contact_id = f"{name}-{at:%m%d}-{n}"
            known = record(
                contact_id,
                at=at + timedelta(hours=n),
                agent=name,
                waited=waited,
                disposition="solved",
            )
            self.keep(replace(known, customer_id=CustomerId(f"cu-{contact_id}")))

    def mark(self, username: str, mark: int, day: str = "2026-03-10") -> None:
        line = f'{{"agent":"{username}","queue_id":"","service":{mark},"is_newest":true}}\n'
        key = f"feedback/dt={day}/{username}-{mark}.jsonl"
        self.bucket.put(key, line.encode(), content_type="application/x-ndjson")

    def figures(self, month: date = MARCH) -> dict[str, dict[str, str]]:
        """The report that is paid by, made now; by agent."""
        return {row["agent_id"]: row for row in self.csv(self.build(FIGURES, month))}

    def in_march(self) -> None:
        """A01 reaches three goals, A02 two: customers waited too long."""
        self.helps("A01")
        self.helps("A02", waited=30)
        for name in ("A01", "A02"):
            self.mark(name, 5)
        self.figures()
