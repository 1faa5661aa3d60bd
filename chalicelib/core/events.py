"""The facts a contact consists of; what happened, in the past tense, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.core.ids import (
    AgentId,
    ContactId,
    CustomerId,
    FlowId,
    HierarchyGroupId,
    OfferId,
    QueueId,
    RoutingProfileId,
    TicketId,
)


class Channel(StrEnum):
    VOICE = "VOICE"
    CHAT = "CHAT"
    TASK = "TASK"
    EMAIL = "EMAIL"


class InitiationMethod(StrEnum):
    """Amazon Connect's names (botocore, service model connect)."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
    TRANSFER = "TRANSFER"
    QUEUE_TRANSFER = "QUEUE_TRANSFER"
    CALLBACK = "CALLBACK"
    API = "API"
    DISCONNECT = "DISCONNECT"
    MONITOR = "MONITOR"
    EXTERNAL_OUTBOUND = "EXTERNAL_OUTBOUND"
    WEBRTC_API = "WEBRTC_API"
    AGENT_REPLY = "AGENT_REPLY"
    FLOW = "FLOW"


class DisconnectReason(StrEnum):
    """The part of Amazon Connect's disconnect reasons that can happen here."""

    CUSTOMER_DISCONNECT = "CUSTOMER_DISCONNECT"
    AGENT_DISCONNECT = "AGENT_DISCONNECT"
    AGENT_NETWORK_DISCONNECT = "AGENT_NETWORK_DISCONNECT"
    TRANSFERRED = "TRANSFERRED"
    CONTACT_FLOW_DISCONNECT = "CONTACT_FLOW_DISCONNECT"
    CUSTOMER_NEVER_ARRIVED = "CUSTOMER_NEVER_ARRIVED"
    THIRD_PARTY_DISCONNECT = "THIRD_PARTY_DISCONNECT"
    OUTBOUND_ATTEMPT_FAILED = "OUTBOUND_ATTEMPT_FAILED"
    EXPIRED = "EXPIRED"
    API = "API"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a party; `type` is TELEPHONE_NUMBER (E.164), VOIP or EMAIL_ADDRESS."""

    address: str
    type: str = "TELEPHONE_NUMBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactInitiated:
    channel: Channel
    initiation_method: InitiationMethod
    customer_endpoint: Endpoint | None
    system_endpoint: Endpoint | None
    customer_name: str | None
    attributes: Mapping[str, str] = field(default_factory=dict)
    previous_contact_id: ContactId | None = None  # that this one goes on from
    initial_contact_id: ContactId | None = None  # the first of the chain; None: this one
    begun_by: InitiationMethod | None = None  # how that first one began
    is_internal: bool = False  # between two agents: no customer, and no queue of customers


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStarted:
    """A flow or a module begins; `chosen` says why in this version."""

    flow_id: FlowId
    flow_name: str
    flow_version: int
    flow_type: str
    chosen: str = "live"  # or canary: on trial; kept: begun before; named: by number or alias


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockExecuted:
    """One block of a flow: with what, which way out, what it changed."""

    flow_id: FlowId
    flow_version: int
    block_id: str
    block_type: str
    given: Mapping[str, str] = field(default_factory=dict)  # resolved parameters and input
    branch: str = "next"  # next, an error type, `Equals 2`, `action_limit`, `end`, `no_branch`
    next_block_id: str | None = None
    changed: Mapping[str, str] = field(default_factory=dict)  # what it set, by JSONPath


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEnded:
    flow_id: FlowId


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactQueued:
    queue_id: QueueId
    queue_name: str
    priority: int
    is_limited: bool = False  # the queue has a capacity, or may get one: all are counted in one
    shard: int = 0  # of a hot queue's line
    ranked_at: datetime | None = None  # since when it counts as waiting; None: since now
    criteria: str = ""  # what agents must master, as core.criteria spells it
    step_ends_at: datetime | None = None  # of the first of its steps; None: never
    transferred_from: QueueId | None = None  # the queue whose place it gave up for this one
    moved_by: str = ""  # a supervisor's user name, where it was not the contact's flow
    keeps_place: bool = False  # whoever it was handed to did not take it: no way of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRanked:
    """The waiting contact moved in its line: another priority, another age."""

    priority: int
    ranked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingCriteriaSet:
    """The waiting contact asks for other agents: its steps begin anew. "": for anybody."""

    criteria: str
    step_ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingStepExpired:
    """Nobody was found in time: the next step begins. `wanted` "": anybody in the queue will do."""

    step: int  # the one that begins; counted from 0
    ends_at: datetime | None
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOffered:
    offer_id: OfferId
    agent_id: AgentId
    expires_at: datetime
    why: str
    username: str = ""
    agent_name: str = ""


class OfferOutcome(StrEnum):
    """Why an offer was not taken."""

    MISSED = "MISSED"  # nobody answered in time
    REJECTED = "REJECTED"  # the agent said no
    WITHDRAWN = "WITHDRAWN"  # the customer left, or the agent could not be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded:
    """The offer is over without an answer; the contact keeps its place in the queue."""

    offer_id: OfferId
    agent_id: AgentId
    outcome: OfferOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnnounced:
    """What a flow was told of the contact's place in line and of the time it takes.

    `wait_seconds` None: nobody can tell. `why`: what the estimate was made from. `moved_by`: why
    the place is higher than the one told before. Priority and moment are those of the place.
    """

    queue_id: QueueId
    place: int
    wait_seconds: int | None
    why: str
    priority: int
    counts_since: datetime
    moved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPostponed:
    """Where the customer is, nobody may be called any more for now: it leaves the queue, and comes
    back to its place."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackCancelled:
    """The customer is not to be called any more. `by`: a user name, or `the caller`."""

    by: str


@dataclass(frozen=True, slots=True)
class GroupThen:
    """A group of the company as it was called when somebody of it answered."""

    group_id: HierarchyGroupId
    name: str

    def arn(self, instance_arn: str) -> str:
        return f"{instance_arn}/agent-group/{self.group_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactConnected:
    """An agent answered: customer and agent talk, as soon as no whisper runs any more."""

    agent_id: AgentId
    username: str
    agent_name: str
    routing_profile_id: RoutingProfileId
    routing_profile_name: str
    hierarchy: tuple[GroupThen, ...] = ()  # where the agent stands, highest group first
    wrap_up_limit_seconds: int = 0  # of this agent's after contact work; 0 is none
    line: str | None = None  # the number on which the agent talks; None: at the desk


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactJoined:
    """The whispers are over: from here on, customer and agent talk."""

    agent_id: AgentId


class Party(StrEnum):
    """Who can be put on hold."""

    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    CONTACT = "CONTACT"  # a task as a whole: it is put aside


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHeld:
    party: Party
    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactResumed:
    party: Party
    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDisconnected:
    """The agent hung up, and the customer goes on in a flow."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDisconnected:
    reason: DisconnectReason
    was_in: str  # the state it ended from, see core.contact.ContactState


class TransferKind(StrEnum):
    """Where to a contact was handed over; the first four as quick connects name them."""

    QUEUE = "QUEUE"
    USER = "USER"
    PHONE_NUMBER = "PHONE_NUMBER"
    FLOW = "FLOW"
    AGENT_LOST = "AGENT_LOST"  # nobody chose it: the agent's desk fell silent


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTransferred:
    """The customer goes on in another contact, and this one ends for them.

    `target` is the queue's, agent's or flow's id, or the number. `by` is who did it by name.
    """

    to: ContactId
    kind: TransferKind
    target: str = ""
    by: str = ""
    endpoint: Endpoint | None = None  # outside of the center


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterContactWorkStarted:
    agent_id: AgentId
    ends_at: datetime | None  # when the server ends it; None: when the agent does


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterContactWorkEnded:
    """`disposition` None: not given, the server ended the work (a to-do for the agent)."""

    agent_id: AgentId
    is_by_server: bool
    disposition: str | None
    is_satisfied: bool = False  # the customer said so: no more questions
    note: str = ""
    ticket_id: TicketId | None = None  # the one the agent chose, or the id of the one to open
    ticket_status: str | None = None
    ticket_subject: str = ""
    feedback: str = ""  # how the customer is asked once this has closed the ticket: mail, call


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCompleted:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributesUpdated:
    """Attributes of the contact that have a new value; whole, while a block's trace is cut."""

    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsUpdated:
    """What flows newly call the contact: its name, description, references, tags …"""

    details: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerIdentified:
    """`customer_id` None: several customers share the address, none was chosen."""

    customer_id: CustomerId | None
    is_new: bool
    candidates: tuple[CustomerId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLinked:
    ticket_id: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStored:
    """One segment of the recording lies in the bucket. Stereo: customer left, agent right."""

    segment: str
    bucket: str
    key: str
    seconds: float
    channels: int
    size_bytes: int
    sha256: str
    started_at: datetime
    missing_chunks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPlayed:
    """An audit line: who was given a link to listen, until when it is good."""

    segment: str
    username: str
    link_expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptStored:
    bucket: str
    key: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantSessionStarted:
    """The agents' assistant looks after this contact, under the session's ARN."""

    assistant: str
    session_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationContinued:
    """A chat goes on where an earlier one ended. `is_entire`: with all that one went on from."""

    source_contact_id: ContactId
    is_entire: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHoldChanged:
    """Whether the contact may be erased: not while it is held."""

    is_held: bool
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactErased:
    """The contact says nothing of its customer any more: neither its facts nor its recordings."""

    by: str


type ContactEvent = (
    ContactInitiated
    | FlowStarted
    | BlockExecuted
    | FlowEnded
    | ContactQueued
    | ContactRanked
    | RoutingCriteriaSet
    | RoutingStepExpired
    | ContactOffered
    | OfferEnded
    | PlaceAnnounced
    | CallbackPostponed
    | CallbackCancelled
    | ContactConnected
    | ContactJoined
    | ContactHeld
    | ContactResumed
    | AgentDisconnected
    | ContactTransferred
    | ContactDisconnected
    | AfterContactWorkStarted
    | AfterContactWorkEnded
    | ContactCompleted
    | AttributesUpdated
    | DetailsUpdated
    | CustomerIdentified
    | TicketLinked
    | RecordingStored
    | RecordingPlayed
    | TranscriptStored
    | AssistantSessionStarted
    | ConversationContinued
    | LegalHoldChanged
    | ContactErased
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event of one contact with its place: `seq` counts from 1 without gaps."""

    contact_id: ContactId
    seq: int
    at: datetime
    event: ContactEvent

    @property
    def fact_id(self) -> str:
        return f"{self.contact_id}:{self.seq}"
