"""How somebody takes contacts."""

from __future__ import annotations

import pytest

from chalicelib.core.phone import shorter


@pytest.mark.parametrize(
    ("queues", "agents", "together"),
    [(60, 0, 60), (0, 30, 30), (60, 30, 30), (30, 60, 30), (0, 0, 0)],
)
def test_the_smaller_limit_of_after_contact_work_wins(
    queues: int, agents: int, together: int
) -> None:
    """The queue's or the agent's; nought is no limit."""
    assert together == shorter(queues, agents)
