"""A center whose queues, hours and quick connects are set up by their services."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from chalicelib.core.center import Center
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.hours import HoursService
from chalicelib.services.queues import QueuesService
from chalicelib.services.quick_connects import QuickConnectsService
from chalicelib.services.ticket_clocks import TicketClocks
from tests.caller import OFFICE
from tests.fakes.people import InMemoryTicketStore
from tests.given import MONDAY
from tests.house import USERS
from tests.services.test_flow_library import UNFINISHED, Shop

TO_AGENT, TO_QUEUE, WHISPER = "AGENT_TRANSFER", "QUEUE_TRANSFER", "OUTBOUND_WHISPER"


class Office:
    """Sales and Support, which nobody serves yet; Ben, Cleo and Sue; one calendar."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.store = self.shop.store
        self.store.users = {user.username: user for user in USERS}
        self.store.configuration = replace(
            self.store.configuration, hours=(OFFICE,), profiles=(), dispositions=()
        )
        self.at = MONDAY
        usage, ids = FlowUsage(self.store, self.store), count(1)

        def new_id() -> str:
            return f"id-{next(ids)}"

        self.queues = QueuesService(self.store, usage, now=lambda: self.at, new_id=new_id)
        self.tickets = InMemoryTicketStore()
        clocks = TicketClocks(self.tickets, now=lambda: self.at)
        self.hours = HoursService(self.store, usage, clocks, now=lambda: self.at, new_id=new_id)
        self.quick_connects = QuickConnectsService(
            self.store, usage, now=lambda: self.at, new_id=new_id
        )

    @property
    def center(self) -> Center:
        return self.store.latest()

    def flow(self, name: str, type_: str, content: str = UNFINISHED) -> FlowEntry:
        return self.shop.create(name, content, type_, is_draft=True)
