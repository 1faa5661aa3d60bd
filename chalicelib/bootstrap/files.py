"""What is known of customers, tickets, places, recordings and what is planned."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.devices import messenger, time_zones_of, to_e164
from chalicelib.bootstrap.stores import (
    alert_store,
    center_store,
    contact_store,
    customer_store,
    erasure_jobs,
    feedback_store,
    objects,
    pace_store,
    place_store,
    routing_store,
    ticket_store,
    user_store,
)
from chalicelib.bootstrap.world import new_id, new_secret, now, settings

if TYPE_CHECKING:
    from chalicelib.core.identity import Caller
    from chalicelib.services.alerts import Alerts
    from chalicelib.services.calling_hours import CallingHours
    from chalicelib.services.contact_metrics import ContactMetrics
    from chalicelib.services.customer_merging import CustomerMerging
    from chalicelib.services.customer_search import CustomerSearch
    from chalicelib.services.customers import CustomersService
    from chalicelib.services.erasure import ErasureService
    from chalicelib.services.escalation import EscalationService
    from chalicelib.services.feedback import FeedbackService
    from chalicelib.services.feedback_inviter import FeedbackInviter
    from chalicelib.services.places import PlacesService
    from chalicelib.services.planning import Planner
    from chalicelib.services.ports import TicketShelf
    from chalicelib.services.recordings import RecordingsService
    from chalicelib.services.screen_pop import ScreenPop
    from chalicelib.services.teams import Teams
    from chalicelib.services.ticket_clocks import TicketClocks
    from chalicelib.services.ticket_notices import TicketNotices
    from chalicelib.services.ticket_reach import ContactReach, TicketReach
    from chalicelib.services.tickets import TicketsService
    from chalicelib.services.waiting import WaitingService
    from chalicelib.services.work import WorkService


@cache
def planner() -> Planner:
    from chalicelib.services.planning import Planner

    return Planner(contact_store(), center_store(), now=now, new_id=new_id)


@cache
def waiting() -> WaitingService:
    from chalicelib.services.waiting import WaitingService

    return WaitingService(pace=pace_store(), contacts=contact_store(), routing=routing_store())


@cache
def contact_metrics() -> ContactMetrics:
    from chalicelib.services.contact_metrics import ContactMetrics

    return ContactMetrics(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        waiting=waiting(),
        now=now,
    )


@cache
def calling_hours() -> CallingHours:
    from chalicelib.services.calling_hours import CallingHours

    return CallingHours(time_zones_of, center_store())


@cache
def work() -> WorkService:
    from chalicelib.services.work import WorkService

    return WorkService(
        planner=planner(),
        contacts=contact_store(),
        customers=customer_store(),
        center=center_store(),
        now=now,
        new_id=new_id,
    )


@cache
def places() -> PlacesService:
    from chalicelib.services.places import PlacesService

    return PlacesService(place_store(), place_store(), center_store(), now)


@cache
def recordings() -> RecordingsService:
    from chalicelib.adapters.media import remux
    from chalicelib.services.recordings import RecordingsService

    return RecordingsService(objects(settings().recordings_bucket), remux, now)


@cache
def customers() -> CustomersService:
    from chalicelib.services.customers import CustomersService

    return CustomersService(customer_store(), to_e164)


@cache
def customer_merging() -> CustomerMerging:
    from chalicelib.services.customer_merging import CustomerMerging

    return CustomerMerging(customer_store(), now)


@cache
def erasure() -> ErasureService:
    from chalicelib.services.erasure import ErasureService

    return ErasureService(
        customers=customer_store(),
        contacts=contact_store(),
        tickets=ticket_store(),
        recordings=objects(settings().recordings_bucket),
        jobs=erasure_jobs(),
        feedback=feedback(),
        now=now,
    )


@cache
def customer_search() -> CustomerSearch:
    from chalicelib.services.customer_search import CustomerSearch

    return CustomerSearch(customer_store(), ticket_store(), to_e164)


@cache
def teams() -> Teams:
    from chalicelib.services.teams import Teams

    return Teams(center_store(), user_store())


@cache
def tickets() -> TicketsService:
    """Everybody's."""
    return _tickets_on(ticket_store())


@cache
def ticket_reach() -> TicketReach:
    from chalicelib.services.ticket_reach import TicketReach

    return TicketReach(ticket_store(), customer_store(), teams())


def tickets_for(caller: Caller) -> TicketsService:
    """Those that this caller may see."""
    from chalicelib.services.ticket_reach import ContactReach

    return _tickets_on(_shelf_for(caller), ContactReach(contact_store(), customer_store()))


def _shelf_for(caller: Caller) -> TicketShelf:
    from chalicelib.services.team_tickets import TeamTickets

    owners = teams().owners_for(caller)
    return ticket_store() if owners is None else TeamTickets(ticket_store(), owners)


def _tickets_on(shelf: TicketShelf, contacts: ContactReach | None = None) -> TicketsService:
    from chalicelib.services.tickets import TicketsService

    return TicketsService(
        shelf,
        customer_store(),
        user=center_store().user,
        terms=lambda: center_store().center().terms,
        now=now,
        new_id=new_id,
        contacts=contacts,
    )


@cache
def ticket_clocks() -> TicketClocks:
    from chalicelib.services.ticket_clocks import TicketClocks

    return TicketClocks(ticket_store(), now=now)


@cache
def ticket_notices() -> TicketNotices:
    from chalicelib.services.ticket_notices import TicketNotices

    return TicketNotices(
        tickets=ticket_store(),
        center=center_store(),
        planner=planner(),
        alerts=alerts(),
        inviter=_feedback_inviter(),
        now=now,
    )


@cache
def feedback() -> FeedbackService:
    from chalicelib.adapters.feedback_rows import S3FeedbackRows
    from chalicelib.services.feedback import FeedbackService

    return FeedbackService(
        feedback=feedback_store(),
        customers=customer_store(),
        rows=S3FeedbackRows(objects(settings().lake_bucket)),
        now=now,
        new_id=new_id,
    )


@cache
def _feedback_inviter() -> FeedbackInviter:
    from chalicelib.services.feedback_inviter import FeedbackInviter, Letterhead

    return FeedbackInviter(
        feedback=feedback_store(),
        customers=customer_store(),
        contacts=contact_store(),
        center=center_store(),
        messenger=messenger(),
        planner=planner(),
        hours=calling_hours(),
        letterhead=Letterhead(
            sender=settings().mail_sender, form_url=settings().public_url.rstrip("/")
        ),
        new_secret=new_secret,
    )


def escalation_for(caller: Caller) -> EscalationService:
    """Of the tickets that this caller may see."""
    from chalicelib.services.escalation import EscalationService

    return EscalationService(_shelf_for(caller), center_store(), alerts(), now=now)


@cache
def alerts() -> Alerts:
    from chalicelib.services.alerts import Alerts

    return Alerts(alert_store())


@cache
def screen_pop() -> ScreenPop:
    from chalicelib.services.screen_pop import ScreenPop

    return ScreenPop(customer_store(), to_e164)
