"""The center of the acceptance scenarios: four queues, agents A01 to A10, a Monday at nine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from chalicelib.core.center import (
    Center,
    Disposition,
    Proficiency,
    ProfileQueue,
    Queue,
    RoutingProfile,
    User,
)
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, QueueId, RoutingProfileId
from chalicelib.core.routing import SlotState
from tests.given import MONDAY
from tests.house import DONE, House, a_center, action, to_queue

SALES, SUPPORT, BILLING, VIETNAMESE = (
    QueueId(name) for name in ("sales", "support", "billing", "vietnamese")
)
LIMITS = {SALES: 50, SUPPORT: 5, BILLING: 50, VIETNAMESE: 50}
EVERYTHING = tuple((queue_id, 1, 0) for queue_id in LIMITS)


def a_profile(
    entries: Sequence[tuple[QueueId, int, int]] = EVERYTHING, *, name: str = "everything"
) -> RoutingProfile:
    """Of (queue, priority, delay); calls and chats."""
    return RoutingProfile(
        profile_id=RoutingProfileId(name),
        name=name,
        queues=tuple(
            ProfileQueue(queue_id=queue_id, channel=channel, priority=priority, delay_seconds=delay)
            for queue_id, priority, delay in entries
            for channel in (Channel.VOICE, Channel.CHAT)
        ),
        concurrency={Channel.VOICE: 1, Channel.CHAT: 2},
    )


def center(profile: RoutingProfile | None = None) -> Center:
    queues = tuple(
        Queue(queue_id=queue_id, name=queue_id.capitalize(), hours_id="office", max_contacts=most)
        for queue_id, most in LIMITS.items()
    )
    solved = Disposition(disposition_id="solved", label="Solved")
    return a_center(queues=queues, profiles=(profile or a_profile(),), dispositions=(solved,))


class Acme(House):
    """The house with that center. Seconds count from Monday 14:00 UTC."""

    def __init__(
        self,
        profile: RoutingProfile | None = None,
        *,
        speaks: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(center(profile))
        for number in range(1, 11):
            name = f"A{number:02}"
            level = (speaks or {}).get(name)
            known = (Proficiency("Language", "Vietnamese", level),) if level else ()
            self.center.save_user(
                User(
                    username=name,
                    agent_id=AgentId(name),
                    name=name,
                    profile_id=self.center.center().profiles[0].profile_id,
                    proficiencies=known,
                )
            )
        for queue in self.center.center().queues:
            self.publish(queue.name, to_queue(queue.name))

    def comes_to(self, second: float) -> None:
        """Time passes, and what is due meanwhile happens when it is due."""
        until = MONDAY + timedelta(seconds=second)
        self.streams()
        while (due := min((t.due_at for t in self.timers.timers), default=until)) < until:
            self.at = max(self.at, due)
            self.rings_what_is_due()
        self.at = until
        self.rings_what_is_due()

    def enters(self, queue_id: QueueId, **more: object) -> ContactId:
        return self.rings(queue_id.capitalize(), **more)

    def rings(self, flow: str | None = None, **more: object) -> ContactId:
        """Somebody calls, and stays at the telephone."""
        contact_id = super().rings(flow, **more)
        self.opens_a_socket(contact_id, f"ws-{contact_id}")
        return contact_id

    def comes(self, name: str) -> AgentId:
        """The agent signs in and is available."""
        return self.signs_in(name).agent_id

    def takes(self, name: str) -> ContactId:
        """The agent answers what rings there."""
        (ringing,) = self.ringing_at(name)
        self.answers(AgentId(name), ringing)
        return ringing

    def finishes(self, name: str) -> None:
        """The agent ends the talk and the work after it, and is free."""
        agent_id = AgentId(name)
        for slot in self.agent(agent_id).slots:
            self.desk.hang_up(agent_id, slot.contact_id)
            self.desk.complete(agent_id, slot.contact_id, DONE)

    def breathes(self, name: str) -> None:
        self.desk.heartbeat(AgentId(name), ConnectionId(f"ws-{name}"))

    def ringing_at(self, name: str) -> list[ContactId]:
        slots = self.agent(AgentId(name)).slots
        return [slot.contact_id for slot in slots if slot.state is SlotState.CONNECTING]


def asks_for_vietnamese(*steps: tuple[float, int | None]) -> str:
    """A flow into the Vietnamese queue for agents of these levels, each for so many seconds."""
    criteria = {
        "Steps": [
            {
                "Expression": {
                    "AttributeCondition": {
                        "Name": "Language",
                        "Value": "Vietnamese",
                        "ProficiencyLevel": level,
                        "ComparisonOperator": "NumberGreaterOrEqualTo",
                    }
                },
                **({"Expiry": {"DurationInSeconds": seconds}} if seconds else {}),
            }
            for level, seconds in steps
        ]
    }
    ask = action("Ask", "UpdateContactRoutingCriteria", "Choose", RoutingCriteria=criteria)
    return to_queue("Vietnamese", ask)
