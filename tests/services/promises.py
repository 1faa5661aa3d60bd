"""A house that promises something for complaints, and says who may decide refunds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chalicelib.core.authority import Authority, Step
from chalicelib.core.contact import Contact
from chalicelib.core.events import Channel
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.sla import Limit, SlaPolicy
from chalicelib.core.ticket import Ticket, TicketDraft
from chalicelib.services.feedback_inviter import FeedbackInviter, Letterhead
from chalicelib.services.planning import Planner
from chalicelib.services.ticket_clocks import TicketClocks
from chalicelib.services.ticket_notices import TicketNotices
from chalicelib.services.tickets import TicketsService
from tests.caller import OFFICE
from tests.fakes.world import RecordingMessenger
from tests.house import PROFILE, House, a_center

COMPLAINT = SlaPolicy(
    kind="complaint", hours_id=OFFICE.hours_id, limits={Limit.RESOLUTION: 4 * 3600}
)
REFUNDS = Authority(
    action="refund",
    currency="USD",
    steps=(Step("agent", Decimal("500.00")), Step("supervisor")),
)
LETTERHEAD = Letterhead(sender="feedback@acme.example", form_url="https://acme.example/api")
WORKER = replace(PROFILE, concurrency={**PROFILE.concurrency, Channel.TASK: 10})


class Promising:
    """Ben and Cleo take tasks, Sue has no routing profile. The clock stands but for `at`."""

    def __init__(self, hours: HoursOfOperation = OFFICE) -> None:
        self.house = House(
            a_center(
                hours=(hours,),
                profiles=(WORKER,),
                sla_policies=(COMPLAINT,),
                authorities=(REFUNDS,),
            )
        )
        house = self.house
        self.tickets = TicketsService(
            house.tickets,
            house.customers,
            user=house.center.user,
            terms=lambda: house.center.center().terms,
            now=house.now,
            new_id=house.new_id,
        )
        self.clocks = TicketClocks(house.tickets, now=house.now)
        self.planner = Planner(house.contacts, house.center, now=house.now, new_id=house.new_id)
        self.messenger = RecordingMessenger()
        self.notices = TicketNotices(
            tickets=house.tickets,
            center=house.center,
            planner=self.planner,
            alerts=house.alerts,
            inviter=self.inviting(LETTERHEAD),
            now=house.now,
        )

    def inviting(self, letterhead: Letterhead) -> FeedbackInviter:
        house = self.house
        return FeedbackInviter(
            feedback=house.feedback_store,
            customers=house.customers,
            contacts=house.contacts,
            center=house.center,
            messenger=self.messenger,
            planner=self.planner,
            hours=house.hours,
            letterhead=letterhead,
            new_secret=lambda: f"a-secret-of-some-length-{house.new_id()}",
        )

    def opens(self, at: datetime, **said: object) -> Ticket:
        self.house.at = at
        draft = TicketDraft(**{"subject": "Broken lamp", "owner": "ben", **said})  # type: ignore[arg-type]  # names as in TicketDraft
        return self.tickets.create(draft, by="ben")

    def sweeps(self, at: datetime) -> None:
        """As the schedule does every minute; and once more, as it may."""
        self.house.at = at
        for _ in range(2):
            self.notices.run()

    def now(self, ticket: Ticket) -> Ticket:
        return self.house.tickets.get(ticket.ticket_id)

    @property
    def tasks(self) -> list[Contact]:
        changes = [change for commit in self.house.contacts.commits for change in commit.changes]
        return [c.after for c in changes if c.after.channel is Channel.TASK and c.before is None]

    @property
    def alerts(self) -> list[str]:
        """What supervisors are shown at this moment, oldest first."""
        return [alert.text for alert in reversed(self.house.alerts.recent(self.house.at))]
