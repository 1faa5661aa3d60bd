"""Scenario 8: priority, delay, first come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.ids import ContactId
from chalicelib.core.routing import SlotState
from tests.acme import BILLING, SALES, SUPPORT, Acme, a_profile

PROFILE = a_profile([(SALES, 1, 0), (SUPPORT, 1, 30), (BILLING, 2, 0)])


@pytest.mark.parametrize(
    ("free_at", "order"),
    [((20, 40, 50), ["A1", "S1", "B1"]), ((31, 32, 33), ["S1", "A1", "B1"])],
)
def test_whoever_may_be_taken_goes_by_the_profiles_priority_and_then_by_age(
    free_at: tuple[float, ...], order: list[str]
) -> None:
    """S1 in Support and B1 in Billing since second 0, A1 in Sales since second 10."""
    acme = Acme(PROFILE)
    names = {acme.enters(SUPPORT): "S1", acme.enters(BILLING): "B1"}
    acme.comes_to(10)
    names[acme.enters(SALES)] = "A1"

    taken = []
    for agent, second in zip(("A01", "A02", "A03"), free_at, strict=True):
        acme.comes_to(second)
        acme.comes(agent)
        taken.append(names[acme.takes(agent)])

    assert order == taken


def test_the_delayed_contact_rings_by_itself_when_its_delay_is_over() -> None:
    """Nothing else happens in that second."""
    acme = Acme(PROFILE)
    contact_id = acme.enters(SUPPORT)
    acme.comes("A01")
    acme.comes_to(29.9)
    before = acme.rings_at(contact_id)
    acme.comes_to(30)

    assert (None, "A01") == (before, acme.rings_at(contact_id))


@pytest.mark.parametrize("attempt", range(3))
def test_of_equal_time_stamps_the_contact_id_decides(attempt: int) -> None:
    """The same on every run, whoever was written first."""
    acme = Acme(PROFILE)
    ids = sorted(acme.enters(SALES) for _ in range(5))

    taken: list[ContactId] = []
    for name in ("A01", "A02", "A03", "A04", "A05"):
        acme.comes(name)
        taken.append(acme.takes(name))

    assert ids == taken


def test_a_worker_whose_clock_stepped_back_takes_nobody_out_of_turn() -> None:
    """Five seconds behind, in the worker that matches."""
    acme = Acme(PROFILE)
    first = acme.enters(SALES)
    acme.comes_to(1)
    second = acme.enters(SALES)
    acme.at -= timedelta(seconds=5)
    acme.comes("A01")
    acme.comes("A02")

    assert ("A01", "A02") == (acme.rings_at(first), acme.rings_at(second))
    (slot,) = acme.agent(acme.comes("A01")).slots
    assert SlotState.CONNECTING is slot.state
