"""Builds each service with its adapters, once and late; reads the clock, makes ids and secrets.

Imports stand inside the functions, so that a Lambda loads what it uses and nothing else.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib import config

if TYPE_CHECKING:
    from chalicelib.adapters.announcer import SocketAnnouncer
    from chalicelib.adapters.dynamo.bots import DynamoBotStore
    from chalicelib.adapters.dynamo.center import DynamoCenterStore
    from chalicelib.adapters.dynamo.connections import DynamoConnectionStore
    from chalicelib.adapters.dynamo.contacts import DynamoContactStore
    from chalicelib.adapters.dynamo.customers import DynamoCustomerStore
    from chalicelib.adapters.dynamo.flows import DynamoFlowStore
    from chalicelib.adapters.dynamo.places import DynamoPlaces
    from chalicelib.adapters.dynamo.routing import DynamoRoutingStore
    from chalicelib.adapters.dynamo.templates import DynamoTemplates
    from chalicelib.adapters.objects import S3ObjectStore
    from chalicelib.adapters.recording_jobs import SqsRecordingJobs
    from chalicelib.adapters.report_requests import SqsReportRequests
    from chalicelib.adapters.signatures import SignedRequests
    from chalicelib.adapters.sockets import ApiGatewaySockets
    from chalicelib.adapters.timers import SqsTimers
    from chalicelib.adapters.tokens import CognitoTokens, PoolTokens
    from chalicelib.services.alarm_clock import AlarmClock
    from chalicelib.services.asking import Respondent, Respondents
    from chalicelib.services.bot_ports import BotRuntime, Hearing
    from chalicelib.services.bots import BotRespondent, BotService
    from chalicelib.services.callbacks import Callbacks
    from chalicelib.services.canary import CanaryService
    from chalicelib.services.chat import ChatService
    from chalicelib.services.configuration import ConfigurationService
    from chalicelib.services.contact_records import ContactRecordsService
    from chalicelib.services.contacts import ContactsService
    from chalicelib.services.customers import CustomersService
    from chalicelib.services.data_tables import DataTablesService
    from chalicelib.services.desk import DeskService
    from chalicelib.services.flow_editing import FlowEditing
    from chalicelib.services.flow_library import FlowLibrary
    from chalicelib.services.flow_turns import FlowTurns
    from chalicelib.services.flow_usage import FlowUsage
    from chalicelib.services.flow_versions import FlowVersions
    from chalicelib.services.flows import FlowService
    from chalicelib.services.follow_up import FollowUp
    from chalicelib.services.lines import LineReports
    from chalicelib.services.menus import MenuService
    from chalicelib.services.messaging import Messenger
    from chalicelib.services.places import PlacesService
    from chalicelib.services.planning import Planner
    from chalicelib.services.ports import Speech
    from chalicelib.services.prompts import PromptsService
    from chalicelib.services.queues import QueuesService
    from chalicelib.services.reactions import Reactions
    from chalicelib.services.recordings import RecordingsService
    from chalicelib.services.report_catalog import ReportCatalog
    from chalicelib.services.reports import ReportsService
    from chalicelib.services.routing import RoutingService
    from chalicelib.services.screen_pop import ScreenPop
    from chalicelib.services.socket_room import SocketRoom
    from chalicelib.services.speech import SpeechService
    from chalicelib.services.tags import TagsService
    from chalicelib.services.templates import Templates
    from chalicelib.services.tickets import TicketsService
    from chalicelib.services.views import ViewsService
    from chalicelib.services.work import WorkService


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def new_secret() -> str:
    return secrets.token_urlsafe(32)


@cache
def settings() -> config.Settings:
    return config.settings()


# --- who is calling -------------------------------------------------------------------------------


@cache
def people() -> CognitoTokens:
    from chalicelib.adapters.tokens import CognitoTokens

    known = settings()
    return CognitoTokens(
        jwks_url=known.jwks_url, issuer=known.token_issuer, client_id=known.user_pool_client_id
    )


@cache
def machines() -> SignedRequests:
    from chalicelib.adapters.dynamo.center import DynamoAccessKeys
    from chalicelib.adapters.signatures import SignedRequests

    _tables()
    prefixes = [prefix.strip() for prefix in settings().signed_path_prefixes.split(",")]
    return SignedRequests(DynamoAccessKeys(), prefixes=["", *prefixes], now=now)


# --- services -------------------------------------------------------------------------------------


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
        functions=LambdaFunctions(_session(), known.aws_region, known.function_prefix),
        respondents=respondents(),
        announcer=announcer(),
        matcher=routing(),
        now=now,
        new_id=new_id,
    )


@cache
def respondents() -> Respondents:
    """Who answers what flows ask."""
    from chalicelib.core.flow import Port
    from chalicelib.services.asking import Respondents

    return Respondents(
        {
            Port.AGENT: _colleagues,
            Port.ASSISTANT: _assistants,
            Port.BOT: _bot_respondent,
            Port.CALLBACK: callbacks,
            Port.CASE: _cases,
            Port.CONTACT: _related_contacts,
            Port.CUSTOMER: _profiles,
            Port.TASK: _tasks,
            Port.TEMPLATE: _templates,
            Port.LINE: _line_answers,
            Port.METRICS: _queue_metrics,
            Port.TABLE: _table_answers,
            Port.VIEW: _view_answers,
        }
    )


@cache
def _line_answers() -> Respondent:
    from chalicelib.adapters.practice_exchange import PracticeExchange
    from chalicelib.services.lines import LineAnswers

    exchange = PracticeExchange(center_store(), timers(), now)
    return LineAnswers(exchange, _Late(recordings))


@cache
def _queue_metrics() -> Respondent:
    from chalicelib.services.queue_metrics import QueueMetrics

    return QueueMetrics(routing_store(), center_store())


@cache
def _view_answers() -> Respondent:
    from chalicelib.services.view_answers import ViewAnswers

    return ViewAnswers(views(), _Late(_sign_ins))


@cache
def _sign_ins() -> PoolTokens:
    from chalicelib.adapters.tokens import PoolTokens

    known = settings()

    def named(address: str) -> str:
        """The address of our own pool, as one of any."""
        return address.replace(known.user_pool_id, "{pool}").replace(known.aws_region, "{region}")

    return PoolTokens(jwks_url=named(known.jwks_url), issuer=named(known.token_issuer))


@cache
def views() -> ViewsService:
    from chalicelib.adapters.dynamo.views import DynamoViewStore
    from chalicelib.services.views import ViewsService

    _tables()
    return ViewsService(DynamoViewStore(), now=now, new_id=new_id)


@cache
def _table_answers() -> Respondent:
    from chalicelib.services.table_answers import TableAnswers

    return TableAnswers(data_tables())


@cache
def _assistants() -> Respondent:
    from chalicelib.services.assistants import Assistants

    return Assistants()


@cache
def callbacks() -> Callbacks:
    from chalicelib.services.callbacks import Callbacks

    return Callbacks(planner(), center_store(), _Late(desk), to_e164)


@cache
def _cases() -> Respondent:
    from chalicelib.services.cases import Cases

    return Cases(tickets())


@cache
def _profiles() -> Respondent:
    from chalicelib.services.profiles import Profiles

    return Profiles(customer_store(), contact_store(), to_e164)


@cache
def _tasks() -> Respondent:
    from chalicelib.services.tasks import Tasks

    return Tasks(planner())


@cache
def _templates() -> Templates:
    from chalicelib.services.templates import Templates

    return Templates(templates())


@cache
def _related_contacts() -> Respondent:
    from chalicelib.services.related_contacts import RelatedContacts

    return RelatedContacts(
        contacts=contact_store(),
        planner=planner(),
        messenger=_messenger(),
        templates=_templates(),
        to_e164=to_e164,
    )


@cache
def planner() -> Planner:
    from chalicelib.services.planning import Planner

    return Planner(contact_store(), center_store(), now=now, new_id=new_id)


@cache
def templates() -> DynamoTemplates:
    from chalicelib.adapters.dynamo.templates import DynamoTemplates

    _tables()
    return DynamoTemplates()


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
def place_store() -> DynamoPlaces:
    from chalicelib.adapters.dynamo.places import DynamoPlaces

    _tables()
    return DynamoPlaces()


def _messenger() -> Messenger:
    """Where there is no carrier to ask, the numbers that practise to be landlines are known."""
    from chalicelib.adapters.messages import AwsMessenger, asked_of_carrier

    landlines = settings().practice_landlines
    if landlines:
        known = frozenset(landlines.split(","))
        takes_texts = lambda number: number not in known  # noqa: E731  # the other one is a closure too
    else:
        takes_texts = asked_of_carrier(_Late(lambda: _client("pinpoint-sms-voice-v2")))
    return AwsMessenger(_Late(lambda: _client("sns")), _Late(lambda: _client("sesv2")), takes_texts)


@cache
def data_tables() -> DataTablesService:
    from chalicelib.adapters.dynamo.data_tables import DynamoDataTableStore
    from chalicelib.services.data_tables import DataTablesService

    _tables()
    return DataTablesService(DynamoDataTableStore(), now=now, new_id=new_id)


@cache
def _colleagues() -> Respondent:
    from chalicelib.services.colleagues import Colleagues

    return Colleagues(center_store(), routing_store())


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
    )


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
def chat() -> ChatService:
    from chalicelib.services.chat import ChatService

    return ChatService(
        contacts=contact_store(),
        announcer=announcer(),
        desk=desk(),
        listener=_Late(flows),
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
def recordings() -> RecordingsService:
    from chalicelib.adapters.media import remux
    from chalicelib.services.recordings import RecordingsService

    return RecordingsService(objects(settings().recordings_bucket), remux, now)


@cache
def customers() -> CustomersService:
    from chalicelib.services.customers import CustomersService

    return CustomersService(customer_store(), to_e164)


@cache
def tickets() -> TicketsService:
    from chalicelib.adapters.dynamo.tickets import DynamoTicketStore
    from chalicelib.services.tickets import TicketsService

    _tables()
    return TicketsService(
        DynamoTicketStore(),
        customer_store(),
        is_staff=lambda username: center_store().user(username) is not None,
        now=now,
        new_id=new_id,
    )


@cache
def screen_pop() -> ScreenPop:
    from chalicelib.services.screen_pop import ScreenPop

    return ScreenPop(customer_store(), to_e164)


@cache
def follow_up() -> FollowUp:
    from chalicelib.services.follow_up import FollowUp

    return FollowUp(routing=routing_store(), timers=timers(), announcer=announcer(), now=now)


@cache
def reactions() -> Reactions:
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
    )


@cache
def canaries() -> CanaryService:
    from chalicelib.adapters.dynamo.canary import DynamoCanaryCounts
    from chalicelib.services.canary import CanaryService

    return CanaryService(flow_store(), DynamoCanaryCounts(), center_store(), now)


@cache
def bots() -> BotService:
    from chalicelib.services.bots import BotService

    return BotService(bot_store(), now)


@cache
def _bot_respondent() -> BotRespondent:
    from chalicelib.services.bots import BotRespondent

    return BotRespondent(bot_store(), _lex)


@cache
def speech() -> SpeechService:
    from chalicelib.services.speech import SpeechService

    return SpeechService(chat().contact_of, _hearing(), flows())


# --- adapters -------------------------------------------------------------------------------------


@cache
def contact_store() -> DynamoContactStore:
    from chalicelib.adapters.dynamo.contacts import DynamoContactStore

    _tables()
    return DynamoContactStore()


@cache
def routing_store() -> DynamoRoutingStore:
    from chalicelib.adapters.dynamo.routing import DynamoRoutingStore

    _tables()
    return DynamoRoutingStore()


@cache
def center_store() -> DynamoCenterStore:
    from chalicelib.adapters.dynamo.center import DynamoCenterStore

    _tables()
    return DynamoCenterStore(now)


@cache
def flow_store() -> DynamoFlowStore:
    from chalicelib.adapters.dynamo.flows import DynamoFlowStore

    _tables()
    return DynamoFlowStore(center_store().forget)


@cache
def connection_store() -> DynamoConnectionStore:
    from chalicelib.adapters.dynamo.connections import DynamoConnectionStore

    _tables()
    return DynamoConnectionStore()


@cache
def customer_store() -> DynamoCustomerStore:
    from chalicelib.adapters.dynamo.customers import DynamoCustomerStore

    _tables()
    return DynamoCustomerStore()


@cache
def announcer() -> SocketAnnouncer:
    from chalicelib.adapters.announcer import SocketAnnouncer
    from chalicelib.adapters.speech import CachedSpeech

    return SocketAnnouncer(
        connections=connection_store(),
        routing=routing_store(),
        sockets=sockets(),
        voice=CachedSpeech(_speech, objects(settings().prompts_bucket), _recording),
    )


@cache
def sockets() -> ApiGatewaySockets:
    from chalicelib.adapters.sockets import ApiGatewaySockets

    known = settings()
    return ApiGatewaySockets(known.websocket_management_url, known.aws_region, _session())


@cache
def timers() -> SqsTimers:
    from chalicelib.adapters.timers import SqsTimers

    return SqsTimers(_Late(_sqs), settings().timers_queue_url)


@cache
def recording_jobs() -> SqsRecordingJobs:
    from chalicelib.adapters.recording_jobs import SqsRecordingJobs

    return SqsRecordingJobs(_Late(_sqs), settings().recordings_queue_url)


@cache
def objects(bucket: str) -> S3ObjectStore:
    from chalicelib.adapters.objects import S3ObjectStore

    return S3ObjectStore(_Late(_s3), bucket, public_url=settings().storage_public_url)


def park_fact(record: Any) -> None:
    """Puts a stream record aside that could not be digested, for an operator to look at."""
    import json

    _sqs().send_message(
        QueueUrl=settings().parked_facts_queue_url, MessageBody=json.dumps(record, default=str)
    )


def _recording(reference: str) -> str | None:
    prompt = center_store().center().prompt(reference)
    return prompt.key if prompt else None


@cache
def bot_store() -> DynamoBotStore:
    from chalicelib.adapters.dynamo.bots import DynamoBotStore

    _tables()
    return DynamoBotStore(now)


@cache
def _lex() -> BotRuntime:
    from chalicelib.adapters import lex

    return lex.LexRuntime(lex.lex_clients(_session()))


def _hearing() -> Hearing:
    from chalicelib.adapters import hearing, lex

    if settings().speech_engine == "espeak":
        return hearing.PocketSphinxHearing()
    return lex.LexHearing(lex.lex_clients(_session()), settings().hearing_bot_alias)


def _speech() -> Speech:
    from chalicelib.adapters import speech

    if settings().speech_engine == "espeak":
        return speech.EspeakSpeech()
    return speech.PollySpeech(speech.polly_client(settings().aws_region))


@cache
def _tables() -> None:
    """Says once which table each model lies in."""
    from chalicelib.adapters.dynamo import shared, tables

    known = settings()
    shared.share(_session())
    homes = {
        known.contacts_table: tables.IN_CONTACTS,
        known.routing_table: tables.IN_ROUTING,
        known.center_table: tables.IN_CENTER,
        known.connections_table: tables.IN_CONNECTIONS,
        known.customers_table: tables.IN_CUSTOMERS,
        known.tickets_table: tables.IN_TICKETS,
        known.reports_table: tables.IN_REPORTS,
        known.data_tables_table: tables.IN_DATA_TABLES,
    }
    for table, models in homes.items():
        for model in models:
            shared.bind(model, table, known.aws_region, known.aws_endpoint_url or None)


class _Late:
    """A client that is made when it is first used: a call uses few of those that it could."""

    def __init__(self, made: Callable[[], Any]) -> None:
        self._made = made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made(), name)


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()


def _sqs() -> Any:
    return _client("sqs")


@cache
def _client(service: str) -> Any:
    from botocore.config import Config

    return _session().create_client(
        service,
        region_name=settings().aws_region,
        config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3}),
    )


@cache
def _s3() -> Any:
    from chalicelib.adapters.objects import s3_client

    return s3_client(settings().aws_region, settings().aws_endpoint_url or None, _session())


# --- what pages are told --------------------------------------------------------------------------


def to_e164(raw: str) -> str | None:
    from chalicelib.adapters.numbering import to_e164

    return to_e164(raw)


def customer_socket_url(connection_token: str) -> str:
    from urllib.parse import quote

    return f"{settings().websocket_public_url}?connection={quote(connection_token, safe='')}"


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
        routing=routing(),
        desk=desk(),
        sockets=sockets(),
        timers=timers(),
        now=now,
    )


@cache
def line_reports() -> LineReports:
    from chalicelib.services.lines import LineReports

    return LineReports(contact_store(), flows(), desk())


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


@cache
def flow_library() -> FlowLibrary:
    return _library(is_module=False)


@cache
def module_library() -> FlowLibrary:
    return _library(is_module=True)


def _library(*, is_module: bool) -> FlowLibrary:
    from chalicelib.services.flow_library import FlowLibrary

    return FlowLibrary(flow_store(), center_store(), now=now, new_id=new_id, is_module=is_module)


@cache
def flow_versions() -> FlowVersions:
    return _versions(flow_library())


@cache
def module_versions() -> FlowVersions:
    return _versions(module_library())


def _versions(library: FlowLibrary) -> FlowVersions:
    from chalicelib.services.flow_versions import FlowVersions

    return FlowVersions(library, flow_store(), flow_usage(), now=now, new_id=new_id)


@cache
def flow_editing() -> FlowEditing:
    from chalicelib.services.flow_editing import FlowEditing  # lint and diff: only where used

    return FlowEditing(flow_store(), center_store(), now=now)


@cache
def flow_usage() -> FlowUsage:
    from chalicelib.services.flow_usage import FlowUsage

    return FlowUsage(flow_store(), center_store())


@cache
def prompts() -> PromptsService:
    from chalicelib.services.prompts import PromptsService

    store, audio = center_store(), objects(settings().prompts_bucket)
    return PromptsService(store, audio, flow_usage(), now=now, new_id=new_id)


@cache
def tags() -> TagsService:
    from chalicelib.services.tags import TagsService

    return TagsService(flow_store(), center_store())


@cache
def queues() -> QueuesService:
    from chalicelib.services.queues import QueuesService

    return QueuesService(center_store(), flow_usage())


@cache
def contact_records() -> ContactRecordsService:
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.services.contact_records import ContactRecordsService

    center = center_store().center()
    return ContactRecordsService(
        S3RecordLake(objects(settings().lake_bucket)),
        _report_requests(),
        instance_arn=center.arn,
        zone=center.time_zone,
        now=now,
    )


@cache
def reports() -> ReportsService:
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.warehouse import DuckDbWarehouse  # 65 MB: only where reports are built
    from chalicelib.services.reports import ReportsService

    _tables()
    return ReportsService(
        S3RecordLake(objects(settings().lake_bucket)),
        DuckDbWarehouse(),
        S3Exports(objects(settings().exports_bucket)),
        DynamoReportRuns(),
        zone=center_store().center().time_zone,
        now=now,
        new_id=new_id,
    )


@cache
def report_catalog() -> ReportCatalog:
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.services.report_catalog import ReportCatalog

    _tables()
    return ReportCatalog(
        DynamoReportRuns(),
        S3Exports(objects(settings().exports_bucket)),
        _report_requests(),
        zone=center_store().center().time_zone,
        now=now,
    )


@cache
def _report_requests() -> SqsReportRequests:
    from chalicelib.adapters.report_requests import SqsReportRequests

    return SqsReportRequests(_Late(_sqs), settings().reports_queue_url)


@cache
def menus() -> MenuService:
    from chalicelib.services.menus import MenuService

    return MenuService(center_store())
