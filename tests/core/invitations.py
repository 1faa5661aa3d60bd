"""Invitations with any answers, at random from a seed."""

from __future__ import annotations

from random import Random

from chalicelib.core.civil_day import Period
from chalicelib.core.feedback import Invitation, Way
from chalicelib.core.ids import QueueId
from tests.core.test_feedback import an_invitation, some_answers


def random_invitation(chance: Random, number: int, of: Period) -> Invitation:
    """Of some agent, queue and reason, or of none; answered never, once or several times."""
    invitation = an_invitation(
        f"F-{number}",
        day=of.days[0],
        invited_at=of.from_at,
        way=chance.choice(list(Way)),
        agent=chance.choice(["ben", "mai", ""]),
        queue_id=QueueId(chance.choice(["q-1", "q-2", ""])),
        reason=chance.choice(["solved", "bug", ""]),
    )
    for n in range(chance.randrange(4)):
        service, solution = (chance.choice([None, 1, 2, 3, 4, 5]) for _ in range(2))
        invitation = invitation.answered(some_answers(f"a-{n}", service=service, solution=solution))
    return invitation
