"""A small contact center in memory: every service of the heart, on fakes and one clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count

from chalicelib.adapters.agent_days import S3AgentDays
from chalicelib.adapters.feedback_rows import S3FeedbackRows
from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.adapters.number_zones import time_zones_of
from chalicelib.adapters.numbering import numbering_plan, to_e164
from chalicelib.adapters.practice_exchange import PracticeExchange
from chalicelib.adapters.transcripts import S3Transcripts
from chalicelib.core.center import (
    BUILT_IN,
    AgentStatus,
    Center,
    Disposition,
    ProfileQueue,
    Queue,
    RoutingProfile,
    Status,
    StatusType,
    User,
)
from chalicelib.core.contact import Contact
from chalicelib.core.events import (
    Channel,
    ContactEvent,
    Endpoint,
    InitiationMethod,
)
from chalicelib.core.flow import Port, Said
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import (
    AgentId,
    ConnectionId,
    ContactId,
    FlowId,
    InstanceId,
    OfferId,
    QueueId,
    RoutingProfileId,
)
from chalicelib.core.lifecycle import WrapUp
from chalicelib.core.routing import Agent
from chalicelib.services.agent_calls import AgentCalls
from chalicelib.services.agent_events import AgentEventsService, AgentHeartbeats
from chalicelib.services.agent_reactions import AgentReactions
from chalicelib.services.alarm_clock import AlarmClock
from chalicelib.services.alerts import Alerts
from chalicelib.services.asking import Respondent, Respondents
from chalicelib.services.bots import BotRespondent
from chalicelib.services.callback_line import CallbackLine
from chalicelib.services.callback_list import CallbackList
from chalicelib.services.callbacks import Callbacks
from chalicelib.services.calling_hours import CallingHours
from chalicelib.services.canary import CanaryService
from chalicelib.services.chat import ChatService
from chalicelib.services.contact_control import ContactControl
from chalicelib.services.contact_events import ContactEventsService
from chalicelib.services.contact_records import ContactRecordsService
from chalicelib.services.contacts import ContactsService
from chalicelib.services.current_data import CurrentData
from chalicelib.services.customers import CustomersService
from chalicelib.services.desk import DeskService
from chalicelib.services.destinations import Destinations
from chalicelib.services.feedback import FeedbackService
from chalicelib.services.flow_turns import FlowTurns
from chalicelib.services.flows import FlowService, NewContact, Started
from chalicelib.services.follow_up import FollowUp
from chalicelib.services.forwarding import Forwarding
from chalicelib.services.late_news import LateNews
from chalicelib.services.ledger import LedgerService
from chalicelib.services.lines import LineReports
from chalicelib.services.live import Live
from chalicelib.services.planning import Planner
from chalicelib.services.ports import Connection, DeskMessage, Recording
from chalicelib.services.queue_metrics import QueueMetrics
from chalicelib.services.reactions import Reactions
from chalicelib.services.recordings import RecordingsService
from chalicelib.services.routing import RoutingService
from chalicelib.services.screen_pop import ScreenPop
from chalicelib.services.supervision import Supervision
from chalicelib.services.sweep import Sweep
from chalicelib.services.teams import Teams
from chalicelib.services.ticket_reach import TicketReach
from chalicelib.services.tickets import TicketsService
from chalicelib.services.transfers import TransferService
from chalicelib.services.waiting import WaitingService
from tests.fakes.center import (
    InMemoryBotStore,
    InMemoryCenterStore,
    InMemoryUserStore,
    NoBotRuntime,
)
from tests.fakes.contacts import (
    InMemoryAlertStore,
    InMemoryCallbackStore,
    InMemoryCanaryCounts,
    InMemoryContactIndex,
    InMemoryContactStore,
    InMemoryPaceStore,
    InMemoryRoutingStore,
)
from tests.fakes.feedback import InMemoryFeedbackStore
from tests.fakes.objects import InMemoryObjectStore
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.fakes.reporting import InMemoryReportRequests
from tests.fakes.world import (
    FakeFunctions,
    InMemoryConnectionStore,
    InMemoryHeartBeats,
    RecordedAgentEvents,
    RecordedContactEvents,
    RecordedJobs,
    RecordedTimers,
    RecordingAnnouncer,
    RecordingSockets,
)
from tests.given import ANAS_NUMBER, MONDAY

ZONE = "America/New_York"
SALES, SUPPORT = QueueId("q-sales"), QueueId("q-support")
BEN, CLEO = AgentId("a-ben"), AgentId("a-cleo")
BREAK = Status("Break", StatusType.CUSTOM)
PROFILE = RoutingProfile(
    profile_id=RoutingProfileId("rp-1"),
    name="General",
    queues=(
        ProfileQueue(queue_id=SALES, channel=Channel.VOICE),
        ProfileQueue(queue_id=SALES, channel=Channel.CHAT),
        ProfileQueue(queue_id=SUPPORT, channel=Channel.VOICE, priority=2),
    ),
    concurrency={Channel.VOICE: 1, Channel.CHAT: 2},
)
USERS = (
    User(username="ben", agent_id=BEN, name="Ben Ode", profile_id=PROFILE.profile_id),
    User(username="cleo", agent_id=CLEO, name="Cleo Park", profile_id=PROFILE.profile_id),
    User(username="sue", agent_id=AgentId("a-sue"), name="Sue Lind"),
)
DONE = WrapUp(disposition="solved", ticket_status="closed")


def a_center(**fields: object) -> Center:
    """Sales (a minute of after contact work) and Support (five places)."""
    known = {
        "instance_id": InstanceId("i-1"),
        "name": "acme",
        "time_zone": ZONE,
        "main_number": "+12025550100",
        "voice_flow": "To Sales",
        "chat_flow": "To Sales",
        "queues": (
            Queue(queue_id=SALES, name="Sales", hours_id="h-1", wrap_up_seconds=60),
            Queue(queue_id=SUPPORT, name="Support", hours_id="h-1", max_contacts=5),
        ),
        "profiles": (PROFILE,),
        "statuses": (
            *BUILT_IN,
            AgentStatus(status_id="Break", name=BREAK.name, type=BREAK.type),
        ),
        "dispositions": (
            Disposition(disposition_id="sale", label="Sale", queue_ids=(SALES,)),
            Disposition(disposition_id="solved", label="Solved"),
            Disposition(disposition_id="bug", label="Bug", queue_ids=(SUPPORT,)),
        ),
    }
    return Center(**{**known, **fields})  # type: ignore[arg-type]  # names as in Center


def action(identifier: str, kind: str, to: str = "", **parameters: object) -> dict[str, object]:
    """One block of a document; whatever fails goes to `Sorry`."""
    errors = [{"ErrorType": "NoMatchingError", "NextAction": "Sorry"}]
    if kind == "TransferContactToQueue":
        errors.append({"ErrorType": "QueueAtCapacity", "NextAction": "Full"})
    onward: dict[str, object] = {"NextAction": to, "Errors": errors} if to else {"Errors": errors}
    return {"Identifier": identifier, "Type": kind, "Parameters": parameters, "Transitions": onward}


def document(*actions: dict[str, object]) -> str:
    """A flow of these blocks, and of the ends that they lead to."""
    ends = [
        action("Full", "MessageParticipant", "End", Text="All lines are busy."),
        action("Sorry", "MessageParticipant", "End", Text="Sorry."),
        {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}},
    ]
    start = actions[0]["Identifier"]
    return json.dumps({"Version": "2019-10-30", "StartAction": start, "Actions": [*actions, *ends]})


def to_queue(name: str, *before: dict[str, object]) -> str:
    """Takes a place in the queue."""
    return document(
        *before,
        action("Choose", "UpdateContactTargetQueue", "Enter", QueueId=f"queue:{name}"),
        action("Enter", "TransferContactToQueue", "End"),
    )


MENU = document(
    {
        "Identifier": "Ask",
        "Type": "GetParticipantInput",
        "Parameters": {
            "Text": "Press 1 for Sales.",
            "StoreInput": "False",
            "InputTimeLimitSeconds": "5",
        },
        "Transitions": {
            "NextAction": "Sorry",
            "Conditions": [
                {"NextAction": "Choose", "Condition": {"Operator": "Equals", "Operands": ["1"]}}
            ],
            "Errors": [
                {"ErrorType": "InputTimeLimitExceeded", "NextAction": "Sorry"},
                {"ErrorType": "NoMatchingCondition", "NextAction": "Sorry"},
                {"ErrorType": "NoMatchingError", "NextAction": "Sorry"},
            ],
        },
    },
    action("Choose", "UpdateContactTargetQueue", "Enter", QueueId="queue:Sales"),
    action("Enter", "TransferContactToQueue", "End"),
)
LOOK_UP = document(
    action(
        "Ask",
        "InvokeLambdaFunction",
        "Known",
        LambdaFunctionARN="function:look_up",
        InvocationTimeLimitSeconds="3",
    ),
    action("Known", "MessageParticipant", "End", Text="Hello $.External.name."),
)


class JoiningRemux:
    """Joins chunks with a bar."""

    def __call__(self, chunks: Sequence[bytes]) -> Recording | None:
        return Recording(b"|".join(chunks), 2.0 * len(chunks), 2)


class House:
    """Services on fakes. Time stands still but for `later`; ids count up."""

    def __init__(self, center: Center | None = None) -> None:
        self.at = MONDAY
        self._ids = count(1)
        self.routing_store = InMemoryRoutingStore()
        self.contacts = InMemoryContactStore(self.routing_store)
        self.center = InMemoryCenterStore(center or a_center(), USERS)
        self.customers = InMemoryCustomerStore()
        self.connections = InMemoryConnectionStore()
        self.timers = RecordedTimers()
        self.announcer = RecordingAnnouncer()
        self.carrier = PracticeExchange(self.center, self.timers, self.now)
        self.sockets = RecordingSockets()
        self.functions = FakeFunctions()
        self.bots = InMemoryBotStore()
        self.respondents: dict[Port, Callable[[], Respondent]] = {
            Port.BOT: lambda: BotRespondent(self.bots, NoBotRuntime),
        }
        self.tickets = InMemoryTicketStore(self.customers)
        self.objects = InMemoryObjectStore("recordings")
        self.lake = InMemoryObjectStore("lake")
        self.feedback_store = InMemoryFeedbackStore()
        self.canary_counts = InMemoryCanaryCounts()
        self.index = InMemoryContactIndex()
        self.callback_book = InMemoryCallbackStore()
        self.alerts = Alerts(InMemoryAlertStore())
        self.pace = InMemoryPaceStore()
        self.jobs = RecordedJobs()
        self.pauses: list[int] = []  # after lost races
        self.agent_stream = RecordedAgentEvents()
        self.contact_bus = RecordedContactEvents()
        self._streamed = 0
        self._wire()
        for name, content in (
            ("To Sales", to_queue("Sales")),
            ("To Support", to_queue("Support")),
            (
                "Hello",
                to_queue("Sales", action("Hi", "MessageParticipant", "Choose", Text="Hello.")),
            ),
            ("Menu", MENU),
            ("Look up", LOOK_UP),
        ):
            self.publish(name, content)

    def _wire(self) -> None:
        self.waiting = WaitingService(
            pace=self.pace, contacts=self.contacts, routing=self.routing_store
        )
        self.customer_service = CustomersService(self.customers, to_e164)
        self.routing = RoutingService(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            timers=self.timers,
            announcer=self.announcer,
            now=self.now,
            new_id=self.new_id,
            pause=self.pauses.append,
        )
        self.turns = FlowTurns(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            functions=self.functions,
            respondents=Respondents(self.respondents),
            announcer=self.announcer,
            matcher=self.routing,
            now=self.now,
            new_id=self.new_id,
        )
        self.desk = DeskService(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            announcer=self.announcer,
            sockets=self.sockets,
            matcher=self.routing,
            turns=self.turns,
            tickets=TicketReach(
                self.tickets, self.customers, Teams(self.center, InMemoryUserStore(self.center))
            ),
            now=self.now,
        )
        self.destinations = Destinations(
            center=self.center, routing=self.routing_store, to_e164=to_e164, now=self.now
        )
        self.transfers = TransferService(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            destinations=self.destinations,
            turns=self.turns,
            now=self.now,
        )
        self.chat = ChatService(
            contacts=self.contacts,
            announcer=self.announcer,
            desk=self.desk,
            listener=self,
            now=self.now,
            new_id=self.new_id,
        )
        self.flows = FlowService(
            contacts=self.contacts,
            center=self.center,
            turns=self.turns,
            identify=self.customer_service.identified,
            now=self.now,
            new_id=self.new_id,
            new_secret=lambda: f"secret-{next(self._ids)}",
        )
        self.forwarding = Forwarding(
            contacts=self.contacts,
            center=self.center,
            carrier=self.carrier,
            desks=self.desk,
            plan=numbering_plan,
        )
        self.follow_up = FollowUp(
            routing=self.routing_store,
            timers=self.timers,
            announcer=self.announcer,
            forwarding=self.forwarding,
            now=self.now,
        )
        self.sweep = Sweep(
            routing=self.routing_store,
            center=self.center,
            matcher=self.routing,
            desks=self.desk,
            agent_lost=self.transfers.agent_lost,
            timers=self.timers,
            now=self.now,
        )
        self.hours = CallingHours(time_zones_of, self.center)
        self.callback_line = CallbackLine(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            turns=self.turns,
            hours=self.hours,
            timers=self.timers,
            now=self.now,
        )
        self.alarm_clock = AlarmClock(
            contacts=self.contacts,
            connections=self.connections,
            flows=self.flows,
            lines=LineReports(self.contacts, self.flows, self.desk, self.forwarding),
            callback_line=self.callback_line,
            routing=self.routing,
            desk=self.desk,
            sweep=self.sweep,
            sockets=self.sockets,
            timers=self.timers,
            now=self.now,
        )
        self._wire_what_follows()
        self._wire_supervision()

    def _wire_supervision(self) -> None:
        self.live = Live(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            alerts=self.alerts,
            scheduled=self.callback_list.scheduled,
            estimates=self.waiting,
            now=self.now,
        )
        self.current_data = CurrentData(self.live, self.center)
        self.supervision = Supervision(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            desk=self.desk,
            destinations=self.destinations,
            transfers=self.transfers,
        )

    def _wire_what_follows(self) -> None:
        self.recordings = RecordingsService(self.objects, JoiningRemux(), self.now)
        self.contacts_service = ContactsService(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            recordings=self.recordings,
            jobs=self.jobs,
            transcripts=S3Transcripts(self.objects),
            pops=ScreenPop(self.customers, to_e164),
            index=self.index,
            now=self.now,
        )
        self.canaries = CanaryService(self.center, self.canary_counts, self.center, self.now)
        self.callbacks = Callbacks(
            planner=Planner(self.contacts, self.center, now=self.now, new_id=self.new_id),
            contacts=self.contacts,
            center=self.center,
            book=self.callback_book,
            hours=self.hours,
            ender=self.desk,
            to_e164=to_e164,
        )
        self.callback_list = CallbackList(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            book=self.callback_book,
            teller=self.turns,
            to_e164=to_e164,
            now=self.now,
        )
        self.respondents[Port.CALLBACK] = lambda: self.callbacks
        self.contact_control = ContactControl(
            contacts=self.contacts, desk=self.desk, matcher=self.routing, now=self.now
        )
        metrics = QueueMetrics(self.routing_store, self.center, self.waiting)
        self.respondents[Port.METRICS] = lambda: metrics
        self.report_requests = InMemoryReportRequests()
        self.late_news = LateNews(self.report_requests, zone=ZONE, now=self.now)
        self.agent_events = AgentEventsService(
            self.agent_stream,
            S3AgentDays(self.lake, readers=1),
            self.center,
            self.late_news,
        )
        self.agent_reactions = AgentReactions(
            matcher=self.routing,
            transfers=self.transfers,
            alerts=self.alerts,
            publisher=self.agent_events,
        )
        self.heartbeats = AgentHeartbeats(
            stream=self.agent_stream,
            beats=InMemoryHeartBeats(),
            routing=self.routing_store,
            center=self.center,
            now=self.now,
        )
        self.agent_calls = AgentCalls(
            contacts=self.contacts,
            routing=self.routing_store,
            center=self.center,
            turns=self.turns,
            planner=Planner(self.contacts, self.center, now=self.now, new_id=self.new_id),
            ender=self.desk,
            alerts=self.alerts,
            identify=self.customer_service.identified,
            to_e164=to_e164,
            now=self.now,
            new_id=self.new_id,
            new_secret=lambda: f"secret-{next(self._ids)}",
        )
        self.records = ContactRecordsService(
            S3RecordLake(self.lake, readers=1),
            LedgerService(S3Ledger(self.lake, readers=1), self.center),
            self.late_news,
            instance_arn=self.center.center().arn,
        )
        self.feedback = FeedbackService(
            feedback=self.feedback_store,
            customers=self.customers,
            rows=S3FeedbackRows(self.lake),
            now=self.now,
            new_id=self.new_id,
        )
        self.reactions = Reactions(
            store=self.contacts,
            contacts=self.contacts_service,
            routing=self.routing,
            chat=self.chat,
            tickets=TicketsService(
                self.tickets,
                self.customers,
                user=self.center.user,
                terms=lambda: self.center.center().terms,
                now=self.now,
                new_id=self.new_id,
            ),
            customers=self.customer_service,
            records=self.records,
            recordings=self.jobs,
            canaries=self.canaries,
            callbacks=self.callbacks,
            waiting=self.waiting,
            events=ContactEventsService(self.contact_bus, self.center),
            agent_calls=self.agent_calls,
            transfers=self.transfers,
            callback_line=self.callback_line,
            feedback=self.feedback,
        )

    def hear(self, contact_id: ContactId, said: Said) -> None:
        """As the chat's listener."""
        self.flows.hear(contact_id, said)

    def welcome(self, contact_id: ContactId, key: str) -> None:
        self.flows.welcome(contact_id, key)

    def streams(self) -> None:
        """The tables' streams bring what was committed since, and what follows is done."""
        while self._streamed < len(self.contacts.commits):
            commit = self.contacts.commits[self._streamed]
            self._streamed += 1
            for agent in commit.agents:
                self.agent_reactions.react(agent.before, DeskMessage.of(agent).agent)
            for change in commit.changes:
                self.follow_up.follow(change.before, change.settled.after)
                self.reactions.react(change.after.contact_id, change.facts)

    def rings_what_is_due(self) -> None:
        """Every timer whose time has come, as the queue brings them."""
        self.streams()
        due = [timer for timer in self.timers.timers if timer.due_at <= self.at]
        self.timers.timers = [timer for timer in self.timers.timers if timer.due_at > self.at]
        for timer in due:
            self.alarm_clock.ring(timer)
        self.streams()

    def now(self) -> datetime:
        return self.at

    def new_id(self) -> str:
        return f"id-{next(self._ids)}"

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def publish(
        self, name: str, content: str, *, version: int = 1, type_: str = "CONTACT_FLOW"
    ) -> None:
        flow_id = FlowId(name.lower())
        entry = FlowEntry(flow_id=flow_id, name=name, type=type_, version=version)
        self.center.publish(entry, content)

    # --- people ---------------------------------------------------------------------------------

    def starts(
        self, flow: str | None = None, *, channel: Channel = Channel.VOICE, **more: object
    ) -> Started:
        known = {
            "channel": channel,
            "initiation_method": InitiationMethod.INBOUND,
            "display_name": "Ana",
            "customer_endpoint": Endpoint(ANAS_NUMBER),
            "flow": flow,
        }
        return self.flows.start(NewContact(**{**known, **more}))  # type: ignore[arg-type]

    def rings(self, flow: str | None = None, **more: object) -> ContactId:
        """Somebody calls; the contact runs to where its flow first waits."""
        return self.starts(flow, **more).contact_id  # type: ignore[arg-type]

    def chats(self, flow: str | None = None, **more: object) -> Started:
        return self.starts(flow, channel=Channel.CHAT, **more)

    def signs_in(self, username: str, status: str = "Available") -> Agent:
        user = self.center.users[username]
        self.desk.hello(username, ConnectionId(f"ws-{username}"), after=0)
        self.desk.set_status(user.agent_id, status)
        return self.routing_store.agents[user.agent_id]

    def opens_a_socket(self, contact_id: ContactId, socket: str = "ws-ana") -> None:
        """The customer's page is there."""
        connection = Connection(connection_id=ConnectionId(socket), contact_id=contact_id)
        self.connections.add(connection, at=self.at)

    def answers(self, agent_id: AgentId, contact_id: ContactId) -> None:
        self.desk.accept(agent_id, contact_id, self.offer_of(contact_id))

    # --- questions ------------------------------------------------------------------------------

    def contact(self, contact_id: ContactId) -> Contact:
        return self.contacts.get(contact_id)

    def agent(self, agent_id: AgentId) -> Agent:
        return self.routing_store.agents[agent_id]

    def offer_of(self, contact_id: ContactId) -> OfferId:
        offer = self.contact(contact_id).offer
        assert offer is not None, f"{contact_id} rings nowhere"
        return offer.offer_id

    def rings_at(self, contact_id: ContactId) -> AgentId | None:
        offer = self.contact(contact_id).offer
        return offer.agent_id if offer else None

    def facts(self, contact_id: ContactId) -> list[str]:
        return [type(fact.event).__name__ for fact in self.contacts.facts(contact_id)]

    def events[E: ContactEvent](self, contact_id: ContactId, kind: type[E]) -> list[E]:
        found = [fact.event for fact in self.contacts.facts(contact_id)]
        return [event for event in found if isinstance(event, kind)]
