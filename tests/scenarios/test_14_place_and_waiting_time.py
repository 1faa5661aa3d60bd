"""Scenario 14: the place and the waiting time. The estimate's error over ten thousand simulated
calls is tests/core/test_waiting_times.py."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib.core.events import DisconnectReason, Endpoint, PlaceAnnounced
from chalicelib.core.flow import CollectInput, spoken_text
from chalicelib.core.ids import ContactId
from tests.acme import Acme
from tests.caller import FLOWS
from tests.given import MONDAY
from tests.house import action, to_queue

QUEUE = {"CustomerQueue": "flow:Customer queue"}
WAITING = 12


class Line(Acme):
    """Twelve callers wait in Sales, and hear our own flow for that."""

    def __init__(self) -> None:
        super().__init__()
        flow = (FLOWS / "customer-queue.json").read_text()
        self.publish("Customer queue", flow, type_="CUSTOMER_QUEUE")
        hook = action("Hook", "UpdateContactEventHooks", "Choose", EventHooks=QUEUE)
        self.publish("Sales", to_queue("Sales", hook))
        first = action("First", "UpdateContactRoutingBehavior", "Hook", QueuePriority="1")
        self.publish("Gold", to_queue("Sales", first, hook))
        self._numbers = iter(range(100, 200))
        self.callers = [self.calls() for _ in range(WAITING)]

    def calls(self, flow: str = "Sales") -> ContactId:
        self.comes_to((self.at - MONDAY).total_seconds() + 1)
        endpoint = Endpoint(f"+12025550{next(self._numbers)}")
        return self.rings(flow, customer_endpoint=endpoint)

    def goes_on(self, seconds: float) -> None:
        """Time passes; telephones report silence, and the ends of what they play."""
        until = (self.at - MONDAY).total_seconds() + seconds
        while (now := (self.at - MONDAY).total_seconds()) < until:
            for caller in self.callers:
                contact = self.contact(caller)
                if contact.state.is_live and contact.session.wait is not None:
                    self.flows.time_out(caller, str(contact.session.wait.number))
            self.comes_to(min(until, now + 30))

    def told(self, caller: ContactId) -> list[PlaceAnnounced]:
        return self.events(caller, PlaceAnnounced)

    def asked(self, caller: ContactId) -> str:
        """The question that the caller hears just now."""
        turn = self.contact(caller).turn
        return " ".join(
            spoken_text(c.prompt) for c in turn if isinstance(c, CollectInput) and c.prompt
        )


def test_with_nobody_staffed_it_says_that_nobody_can_tell() -> None:
    acme = Line()

    assert "You are number 12 in line. We cannot tell how long it will take." in acme.asked(
        acme.callers[-1]
    )
    assert acme.told(acme.callers[-1])[-1].wait_seconds is None


def test_with_agents_it_says_how_long() -> None:
    """Four agents, each busy with a call, and the usual four minutes for each."""
    acme = Line()
    for name in ("A01", "A02", "A03", "A04"):
        acme.comes(name)
        acme.takes(name)
    acme.comes_to((acme.at - MONDAY).total_seconds() + 15)

    caller = acme.calls()

    assert "You are number 9 in line. It will take about 9 minutes." in acme.asked(caller)


def test_it_is_recomputed_every_fifteen_seconds() -> None:
    acme = Line()
    for name in ("A01", "A02"):
        acme.comes(name)
        acme.takes(name)
    first = acme.calls()
    acme.comes("A03")
    acme.comes_to((acme.at - MONDAY).total_seconds() + 13)
    soon, later = acme.calls(), acme.calls()

    whys = [acme.told(each)[-1].why for each in (first, soon, later)]
    counted = [why.rpartition("counted ")[2] for why in whys]
    assert counted[0] == counted[1] or counted[1] == counted[2]
    assert 2 == len(set(counted))


@pytest.mark.parametrize("seed", range(5))
def test_no_place_rises_unless_somebody_important_came_and_the_trace_names_them(seed: int) -> None:
    """Callers leave, agents take and refuse, gold customers come: in any order."""
    acme, random = Line(), Random(seed)
    acme.comes("A01")
    gold = []
    for _ in range(25):
        match random.choice(("leave", "take", "refuse", "gold", "wait", "wait")):
            case "leave":
                acme.desk.end(random.choice(acme.callers), DisconnectReason.CUSTOMER_DISCONNECT)
            case "take" if acme.ringing_at("A01"):
                acme.takes("A01")
                acme.finishes("A01")
            case "refuse" if acme.ringing_at("A01"):
                (contact_id,) = acme.ringing_at("A01")
                acme.desk.reject(acme.comes("A01"), contact_id, acme.offer_of(contact_id))
                acme.desk.set_status(acme.comes("A01"), "Available")
            case "gold":
                gold.append(acme.calls("Gold"))
        acme.goes_on(31)

    rises = [
        (before, after)
        for told in map(acme.told, acme.callers)
        for before, after in zip(told, told[1:], strict=False)
        if after.place > before.place
    ]
    for before, after in rises:
        named = [each for each in gold if each in after.moved_by]
        assert after.place - before.place <= len(named)
    for caller in acme.callers:
        assert acme.told(caller)
    moved = [fact for told in map(acme.told, acme.callers) for fact in told if fact.moved_by]
    assert len(rises) == len(moved)
