"""The life of a contact, and everybody who takes part in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.authoring import canaries
from chalicelib.bootstrap.devices import announcer, carrier, hearing, sockets, to_e164
from chalicelib.bootstrap.files import (
    alerts,
    calling_hours,
    customers,
    feedback,
    planner,
    recordings,
    screen_pop,
    tickets,
    waiting,
)
from chalicelib.bootstrap.reporting import contact_records, late_news
from chalicelib.bootstrap.respondents import respondents
from chalicelib.bootstrap.stores import (
    agent_stream,
    callback_book,
    center_store,
    connection_store,
    contact_bus,
    contact_store,
    objects,
    recording_jobs,
    routing_store,
    timers,
)
from chalicelib.bootstrap.world import Late, new_id, new_secret, now, pause, session, settings

if TYPE_CHECKING:
    from chalicelib.services.agent_calls import AgentCalls
    from chalicelib.services.agent_events import AgentEventsService, AgentHeartbeats
    from chalicelib.services.agent_reactions import AgentReactions
    from chalicelib.services.alarm_clock import AlarmClock
    from chalicelib.services.callback_line import CallbackLine
    from chalicelib.services.callback_list import CallbackList
    from chalicelib.services.callbacks import Callbacks
    from chalicelib.services.chat import ChatService
    from chalicelib.services.configuration import ConfigurationService
    from chalicelib.services.contact_control import ContactControl
    from chalicelib.services.contacts import ContactsService
    from chalicelib.services.desk import DeskService
    from chalicelib.services.destinations import Destinations
    from chalicelib.services.flow_turns import FlowTurns
    from chalicelib.services.flows import FlowService
    from chalicelib.services.follow_up import FollowUp
    from chalicelib.services.forwarding import Forwarding
    from chalicelib.services.lines import LineReports
    from chalicelib.services.reactions import Reactions
    from chalicelib.services.routing import RoutingService
    from chalicelib.services.socket_room import SocketRoom
    from chalicelib.services.speech import SpeechService
    from chalicelib.services.sweep import Sweep
    from chalicelib.services.transfers import TransferService
    from chalicelib.services.waiting_explained import WaitingExplained


@cache
def flows() -> FlowService:
    from chalicelib.services.flows import FlowService

    return FlowService(
        contacts=contact_store(),
        center=center_store(),
        turns=flow_turns(),
        identify=customers().identified,
        now=now,
        new_id=new_id,
        new_secret=new_secret,
    )


@cache
def flow_turns() -> FlowTurns:
    from chalicelib.adapters.functions import LambdaFunctions
    from chalicelib.services.flow_turns import FlowTurns

    known = settings()
    return FlowTurns(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        functions=LambdaFunctions(session(), known.aws_region, known.function_prefix),
        respondents=respondents(callbacks),
        announcer=announcer(),
        matcher=routing(),
        now=now,
        new_id=new_id,
    )


@cache
def callbacks() -> Callbacks:
    from chalicelib.services.callbacks import Callbacks

    return Callbacks(
        planner=planner(),
        contacts=contact_store(),
        center=center_store(),
        book=callback_book(),
        hours=calling_hours(),
        ender=Late(desk),
        to_e164=to_e164,
    )


@cache
def callback_line() -> CallbackLine:
    from chalicelib.services.callback_line import CallbackLine

    return CallbackLine(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        turns=flow_turns(),
        hours=calling_hours(),
        timers=timers(),
        now=now,
    )


@cache
def callback_list() -> CallbackList:
    from chalicelib.services.callback_list import CallbackList

    return CallbackList(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        book=callback_book(),
        teller=flow_turns(),
        to_e164=to_e164,
        now=now,
    )


@cache
def routing() -> RoutingService:
    from chalicelib.services.routing import RoutingService

    return RoutingService(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        timers=timers(),
        announcer=announcer(),
        now=now,
        new_id=new_id,
        pause=pause,
    )


@cache
def waiting_explained() -> WaitingExplained:
    from chalicelib.services.waiting_explained import WaitingExplained

    return WaitingExplained(contact_store(), routing_store(), center_store(), now)


@cache
def desk() -> DeskService:
    from chalicelib.services.desk import DeskService

    return DeskService(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        announcer=announcer(),
        sockets=sockets(),
        matcher=routing(),
        turns=flow_turns(),
        now=now,
    )


@cache
def destinations() -> Destinations:
    from chalicelib.services.destinations import Destinations

    return Destinations(center=center_store(), routing=routing_store(), to_e164=to_e164, now=now)


@cache
def transfers() -> TransferService:
    from chalicelib.services.transfers import TransferService

    return TransferService(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        destinations=destinations(),
        turns=flow_turns(),
        now=now,
    )


@cache
def agent_calls() -> AgentCalls:
    from chalicelib.services.agent_calls import AgentCalls

    return AgentCalls(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        turns=flow_turns(),
        planner=planner(),
        ender=desk(),
        alerts=alerts(),
        identify=customers().identified,
        to_e164=to_e164,
        now=now,
        new_id=new_id,
        new_secret=new_secret,
    )


@cache
def chat() -> ChatService:
    from chalicelib.services.chat import ChatService

    return ChatService(
        contacts=contact_store(),
        announcer=announcer(),
        desk=desk(),
        listener=Late(flows),
        now=now,
        new_id=new_id,
    )


@cache
def contacts() -> ContactsService:
    from chalicelib.adapters.dynamo.contact_index import DynamoContactIndex
    from chalicelib.adapters.transcripts import S3Transcripts
    from chalicelib.services.contacts import ContactsService

    return ContactsService(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        recordings=recordings(),
        jobs=recording_jobs(),
        transcripts=S3Transcripts(objects(settings().recordings_bucket)),
        pops=screen_pop(),
        index=DynamoContactIndex(),
        now=now,
    )


@cache
def follow_up() -> FollowUp:
    from chalicelib.services.follow_up import FollowUp

    return FollowUp(
        routing=routing_store(),
        timers=timers(),
        announcer=announcer(),
        forwarding=Late(forwarding),
        now=now,
    )


@cache
def forwarding() -> Forwarding:
    from chalicelib.adapters.numbering import numbering_plan
    from chalicelib.services.forwarding import Forwarding

    return Forwarding(
        contacts=contact_store(),
        center=center_store(),
        carrier=carrier(),
        desks=desk(),
        plan=numbering_plan,
    )


@cache
def contact_control() -> ContactControl:
    from chalicelib.services.contact_control import ContactControl

    return ContactControl(contacts=contact_store(), desk=desk(), matcher=routing(), now=now)


@cache
def agent_events() -> AgentEventsService:
    from chalicelib.adapters.agent_days import S3AgentDays
    from chalicelib.services.agent_events import AgentEventsService

    days = S3AgentDays(objects(settings().lake_bucket))
    return AgentEventsService(agent_stream(), days, center_store(), late_news())


@cache
def agent_heartbeats() -> AgentHeartbeats:
    from chalicelib.adapters.dynamo.heart_beats import DynamoHeartBeats
    from chalicelib.services.agent_events import AgentHeartbeats

    return AgentHeartbeats(
        stream=agent_stream(),
        beats=DynamoHeartBeats(),
        routing=routing_store(),
        center=center_store(),
        now=now,
    )


@cache
def agent_reactions() -> AgentReactions:
    from chalicelib.services.agent_reactions import AgentReactions

    return AgentReactions(
        matcher=routing(), transfers=Late(transfers), alerts=alerts(), publisher=agent_events()
    )


@cache
def reactions() -> Reactions:
    from chalicelib.services.contact_events import ContactEventsService
    from chalicelib.services.reactions import Reactions

    return Reactions(
        store=contact_store(),
        contacts=contacts(),
        routing=routing(),
        chat=chat(),
        tickets=tickets(),
        customers=customers(),
        records=contact_records(),
        recordings=recording_jobs(),
        canaries=canaries(),
        callbacks=callbacks(),
        waiting=waiting(),
        events=ContactEventsService(contact_bus(), center_store()),
        callback_line=callback_line(),
        agent_calls=agent_calls(),
        transfers=transfers(),
        feedback=feedback(),
    )


@cache
def speech() -> SpeechService:
    from chalicelib.services.speech import SpeechService

    return SpeechService(chat().contact_of, hearing(), flows())


@cache
def configuration() -> ConfigurationService:
    from chalicelib.services.configuration import ConfigurationService, PublicAddresses

    known = settings()
    cognito = f"https://cognito-idp.{known.aws_region}.amazonaws.com"
    addresses = PublicAddresses(
        region=known.aws_region,
        user_pool_id=known.user_pool_id,
        client_id=known.user_pool_client_id,
        cognito_endpoint=known.identity_public_url or cognito,
        websocket_url=known.websocket_public_url,
    )
    return ConfigurationService(center_store(), addresses)


@cache
def alarm_clock() -> AlarmClock:
    from chalicelib.services.alarm_clock import AlarmClock

    return AlarmClock(
        contacts=contact_store(),
        connections=connection_store(),
        flows=flows(),
        lines=line_reports(),
        callback_line=callback_line(),
        routing=routing(),
        desk=desk(),
        sweep=sweep(),
        sockets=sockets(),
        timers=timers(),
        now=now,
    )


@cache
def sweep() -> Sweep:
    from chalicelib.services.sweep import Sweep

    return Sweep(
        routing=routing_store(),
        center=center_store(),
        matcher=routing(),
        desks=desk(),
        agent_lost=lambda contact_id: transfers().agent_lost(contact_id),
        timers=timers(),
        now=now,
    )


@cache
def line_reports() -> LineReports:
    from chalicelib.services.lines import LineReports

    return LineReports(contact_store(), flows(), desk(), Late(forwarding))


@cache
def socket_room() -> SocketRoom:
    from chalicelib.services.socket_room import SocketRoom

    return SocketRoom(
        connections=connection_store(),
        contacts=contact_store(),
        center=center_store(),
        desk=desk(),
        chat=chat(),
        lines=announcer(),
        timers=timers(),
        now=now,
    )
