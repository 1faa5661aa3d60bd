"""The configuration of one contact center: what admins set up and everybody looks up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.core.authority import Authority
from chalicelib.core.events import Channel
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.hierarchy import HierarchyGroup, HierarchyLevel, path_of
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ids import (
    AgentId,
    FlowId,
    HierarchyGroupId,
    InstanceId,
    QueueId,
    QuickConnectId,
    RoutingProfileId,
)
from chalicelib.core.phone import PhoneConfig
from chalicelib.core.quick_connect import QuickConnect
from chalicelib.core.sla import SlaPolicy, Terms
from chalicelib.core.tariff import Tariff

_AGENTS_OWN = "agent:"
COST_CENTRE_TAG = "cost-centre"
_PAID_TAG = "paid"
ACCOUNT = "000000000000"  # ARNs of ours name no AWS account: they identify, they do not authorise


class StatusType(StrEnum):
    ROUTABLE = "ROUTABLE"
    CUSTOM = "CUSTOM"
    OFFLINE = "OFFLINE"


@dataclass(frozen=True, slots=True)
class Status:
    """An agent status; only a ROUTABLE one gets contacts."""

    name: str
    type: StatusType


OFFLINE = Status("Offline", StatusType.OFFLINE)
AVAILABLE = Status("Available", StatusType.ROUTABLE)
NOT_REACHABLE = Status("Not reachable", StatusType.CUSTOM)  # only the center itself chooses it


class StatusState(StrEnum):
    """A DISABLED status is chosen by nobody any more; whoever is in it stays."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStatus:
    """An agent status as admins set it up; agents at work carry its `status`.

    `display_order`: lower ones are shown first, those without one last.
    """

    status_id: str = ""
    name: str
    type: StatusType
    description: str = ""
    state: StatusState = StatusState.ENABLED
    display_order: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None

    @property
    def status(self) -> Status:
        return Status(self.name, self.type)

    @property
    def can_be_chosen(self) -> bool:
        return self.state is StatusState.ENABLED and self.name != NOT_REACHABLE.name

    @property
    def is_paid(self) -> bool:
        """Time in it is paid unless its tag `paid` says no."""
        return self.tags.get(_PAID_TAG) != "no"


BUILT_IN = (
    AgentStatus(status_id="available", name=AVAILABLE.name, type=AVAILABLE.type),
    AgentStatus(status_id="offline", name=OFFLINE.name, type=OFFLINE.type),
    AgentStatus(status_id="not-reachable", name=NOT_REACHABLE.name, type=NOT_REACHABLE.type),
)


class QueueStatus(StrEnum):
    """A DISABLED queue takes no new contacts; those in it stay."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundCaller:
    """What those see and hear whom a queue's agents call; empty: as the center's other calls."""

    name: str = ""
    number: str = ""  # E.164
    flow_id: FlowId | None = None  # an outbound whisper


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`max_contacts` bounds each channel apart; `wrap_up_seconds` 0: the agent ends the work.
    `closing_script`: what the desk shows during it; empty: what it shows everywhere.

    `quick_connect_ids`: where agents may send its contacts, in the order they were attached.
    """

    queue_id: QueueId
    name: str
    hours_id: str
    max_contacts: int | None = None
    wrap_up_seconds: int = 0
    closing_script: str = ""
    shards: int = 1
    description: str = ""
    status: QueueStatus = QueueStatus.ENABLED
    outbound_caller: OutboundCaller = OutboundCaller()
    quick_connect_ids: tuple[QuickConnectId, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None

    @property
    def is_enabled(self) -> bool:
        return self.status is QueueStatus.ENABLED

    @property
    def cost_centre(self) -> str | None:
        """Who pays for its contacts, as a tag says."""
        return self.tags.get(COST_CENTRE_TAG) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileQueue:
    """One entry of a routing profile. Lower `priority` first; `delay_seconds` before eligible."""

    queue_id: QueueId
    channel: Channel
    priority: int = 1
    delay_seconds: int = 0


class CrossChannel(StrEnum):
    """Whether an agent who holds a contact on a channel gets contacts on others meanwhile."""

    CURRENT_ONLY = "ROUTE_CURRENT_CHANNEL_ONLY"
    ANY = "ROUTE_ANY_CHANNEL"


class AvailabilityTimer(StrEnum):
    """What sends an agent to the end of the line of free ones: any contact, or inbound ones."""

    LAST_ACTIVITY = "TIME_SINCE_LAST_ACTIVITY"
    LAST_INBOUND = "TIME_SINCE_LAST_INBOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingProfile:
    """Which queues an agent serves, and how many contacts per channel at once.

    `cross_channel`: by the channel that is held; not named is CURRENT_ONLY.
    """

    profile_id: RoutingProfileId
    name: str
    queues: tuple[ProfileQueue, ...]
    concurrency: Mapping[Channel, int]
    cross_channel: Mapping[Channel, CrossChannel] = field(default_factory=dict)
    description: str = ""
    default_outbound_queue_id: QueueId | None = None
    availability_timer: AvailabilityTimer = AvailabilityTimer.LAST_ACTIVITY
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None

    def serves(self, queue_id: QueueId, channel: Channel) -> bool:
        return any(q.queue_id == queue_id and q.channel == channel for q in self.queues)


@dataclass(frozen=True, slots=True)
class Proficiency:
    """How well somebody masters one value of an attribute, 1.0 to 5.0: Language, Vietnamese, 3.0"""

    name: str
    value: str
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PredefinedAttribute:
    """An attribute that admins declared, with the values that consoles offer for it."""

    name: str
    values: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who signs in. `profile_id` None: takes no contacts.

    `groups`: what they may, as core.identity names it. `revision` counts the changes.
    """

    username: str
    agent_id: AgentId
    name: str
    profile_id: RoutingProfileId | None = None
    proficiencies: tuple[Proficiency, ...] = ()
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    secondary_email: str = ""
    mobile: str = ""  # E.164
    hierarchy_group_id: HierarchyGroupId | None = None
    groups: tuple[str, ...] = ()
    phone: PhoneConfig = PhoneConfig()
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None
    revision: int = field(default=0, compare=False)

    @property
    def can_have_tickets(self) -> bool:
        """Whether they may open what would be theirs; those listed before there were groups may."""
        return not self.groups or not {"agent", "supervisor"}.isdisjoint(self.groups)

    @property
    def first_and_last_name(self) -> tuple[str, str]:
        """Of somebody known by one name, its first word is the first name."""
        return first_and_last(self.name, self.first_name, self.last_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """How a contact ended in the agent's words. No queues named: offered in all of them.

    `resolves`: it says that the customer need not come back.
    """

    disposition_id: str
    label: str
    queue_ids: tuple[QueueId, ...] = ()
    resolves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Where the keys of a menu lead: a key to `queue:Name` or `flow:Name`.

    It is data, not part of a flow: who changes a row changes the next call, and publishes nothing.
    """

    menu_id: str
    entries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPrompt:
    """A recording that flows play; `key` is where its audio lies."""

    prompt_id: str
    name: str
    key: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTemplate:
    """What a kind of case is called, and which fields it has beside title, status and summary."""

    case_template_id: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTemplate:
    """What a kind of task says unless the flow says otherwise, and the flow it goes through."""

    task_template_id: str
    name: str
    flow: str
    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


class PracticeOutcome(StrEnum):
    """How a number of the practice exchange takes a call."""

    PERSON = "PERSON"
    MACHINE = "MACHINE"  # an answering machine without a beep
    MACHINE_BEEP = "MACHINE_BEEP"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeNumber:
    """A number that can be dialled without a telephone company, to try flows with."""

    number: str  # E.164
    outcome: PracticeOutcome = PracticeOutcome.PERSON
    rings_seconds: int = 2
    talks_seconds: int = 10
    presses: str = ""  # what whoever answers presses at once


@dataclass(frozen=True, kw_only=True)
class Center:
    """Everything that decides where a contact goes, but for the flows' content and the users."""

    instance_id: InstanceId
    name: str
    time_zone: str
    main_number: str  # E.164
    voice_flow: str  # names of the flows that new contacts enter
    chat_flow: str
    queues: tuple[Queue, ...] = ()
    profiles: tuple[RoutingProfile, ...] = ()
    hours: tuple[HoursOfOperation, ...] = ()
    statuses: tuple[AgentStatus, ...] = BUILT_IN
    hierarchy_levels: tuple[HierarchyLevel, ...] = ()
    hierarchy_groups: tuple[HierarchyGroup, ...] = ()
    attributes: tuple[PredefinedAttribute, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    menus: tuple[Menu, ...] = ()
    case_templates: tuple[CaseTemplate, ...] = ()
    task_templates: tuple[TaskTemplate, ...] = ()
    sla_policies: tuple[SlaPolicy, ...] = ()
    authorities: tuple[Authority, ...] = ()
    flows: tuple[FlowEntry, ...] = ()
    prompts: tuple[StoredPrompt, ...] = ()
    quick_connects: tuple[QuickConnect, ...] = ()
    practice_numbers: tuple[PracticeNumber, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    forwarding_countries: tuple[str, ...] = ()  # ISO 3166; none named: that of the main number
    region: str = field(default="us-east-1")

    @property
    def arn(self) -> str:
        return f"arn:aws:connect:{self.region}:{ACCOUNT}:instance/{self.instance_id}"

    def queue(self, reference: str) -> Queue | None:
        """A queue that many agents serve; those of single agents are made from the agent."""
        return _find(self.queues, reference, "queue", lambda q: (q.queue_id, q.name))

    def case_template(self, reference: str) -> CaseTemplate | None:
        kind = "case-template"
        return _find(self.case_templates, reference, kind, lambda t: (t.case_template_id, t.name))

    def task_template(self, reference: str) -> TaskTemplate | None:
        kind = "task-template"
        return _find(self.task_templates, reference, kind, lambda t: (t.task_template_id, t.name))

    @property
    def terms(self) -> Terms:
        """What tickets are promised here, and by which calendars."""
        return Terms(self.sla_policies, self.hours)

    def hours_of(self, reference: str) -> HoursOfOperation | None:
        return _find(self.hours, reference, "hours", lambda h: (h.hours_id, h.name))

    def flow(self, reference: str) -> tuple[FlowEntry, str] | None:
        """The flow and the qualifier behind it: `flow:Main`, `flow:Main:live`, `<ARN>:3`."""
        found = _find(self.flows, reference, "flow", lambda f: (f.flow_id, f.name))
        if found is not None:
            return found, ""
        base, _, qualifier = reference.rpartition(":")
        found = _find(self.flows, base, "flow", lambda f: (f.flow_id, f.name))
        return (found, qualifier) if found is not None and qualifier else None

    def why(self, flow_id: FlowId, version: int) -> str:
        """Why a new contact gets this version: it is live, the canary, or was named."""
        entry = next((entry for entry in self.flows if entry.flow_id == flow_id), None)
        if entry is not None and entry.trial is not None and entry.trial.version == version:
            return "canary"
        return "live" if entry is None or entry.version == version else "named"

    def prompt(self, reference: str) -> StoredPrompt | None:
        return _find(self.prompts, reference, "prompt", lambda p: (p.prompt_id, p.name))

    def quick_connect(self, reference: str) -> QuickConnect | None:
        kind, known = "quick-connect", self.quick_connects
        return _find(known, reference, kind, lambda q: (q.quick_connect_id, q.name))

    def quick_connects_of(self, queue_id: QueueId | None) -> list[QuickConnect]:
        """Those attached to a queue that many agents serve, in that queue's order."""
        queue = next((queue for queue in self.queues if queue.queue_id == queue_id), None)
        known = {each.quick_connect_id: each for each in self.quick_connects}
        attached = queue.quick_connect_ids if queue else ()
        return [known[identifier] for identifier in attached if identifier in known]

    def profile(self, profile_id: RoutingProfileId) -> RoutingProfile | None:
        return next((p for p in self.profiles if p.profile_id == profile_id), None)

    def takes(self, user: User, channel: Channel) -> bool:
        """Whether the user's routing profile has such contacts at all."""
        profile = self.profile(user.profile_id) if user.profile_id else None
        return profile is not None and profile.concurrency.get(channel, 0) > 0

    def profiles_for(self, queue_id: QueueId, channel: Channel) -> list[RoutingProfile]:
        return [p for p in self.profiles if p.serves(queue_id, channel)]

    @property
    def agent_statuses(self) -> list[AgentStatus]:
        """All of them in the order in which they are shown; the built-in ones are always there."""
        named = {each.name for each in self.statuses}
        known = [*self.statuses, *(each for each in BUILT_IN if each.name not in named)]
        return sorted(known, key=lambda s: (s.display_order is None, s.display_order or 0))

    @property
    def choices(self) -> list[Status]:
        """The statuses that agents, and supervisors for them, can choose."""
        return [each.status for each in self.agent_statuses if each.can_be_chosen]

    def status(self, name: str) -> Status | None:
        """One that can be chosen."""
        return next((status for status in self.choices if status.name == name), None)

    def hierarchy_path(self, group_id: HierarchyGroupId | None) -> tuple[HierarchyGroup, ...]:
        """The group and all above it, highest first; empty for None."""
        return path_of(self.hierarchy_groups, group_id)

    def dispositions_for(self, queue_id: QueueId | None) -> list[Disposition]:
        return [d for d in self.dispositions if not d.queue_ids or queue_id in d.queue_ids]

    def queue_arn(self, queue_id: QueueId) -> str:
        return f"{self.arn}/queue/{queue_id.replace(':', '/')}"

    def status_arn(self, status: Status) -> str:
        """Of one that was renamed since, the name stands for the id."""
        known = (each.status_id for each in self.agent_statuses if each.name == status.name)
        return self.status_id_arn(next(known, status.name))

    def status_id_arn(self, status_id: str) -> str:
        return f"{self.arn}/agent-state/{status_id}"

    def profile_arn(self, profile_id: RoutingProfileId) -> str:
        return f"{self.arn}/routing-profile/{profile_id}"

    def user_arn(self, agent_id: AgentId) -> str:
        return f"{self.arn}/agent/{agent_id}"

    def hierarchy_group_arn(self, group: HierarchyGroup) -> str:
        return f"{self.arn}/agent-group/{group.group_id}"

    def hierarchy_level_arn(self, level: HierarchyLevel) -> str:
        return f"{self.arn}/agent-group-level/{level.level_id}"

    def hours_arn(self, hours_id: str) -> str:
        return f"{self.arn}/operating-hours/{hours_id}"

    def quick_connect_arn(self, quick_connect_id: QuickConnectId) -> str:
        return f"{self.arn}/transfer-destination/{quick_connect_id}"

    def flow_arn(self, entry: FlowEntry) -> str:
        return f"{self.arn}/{'flow-module' if entry.is_module else 'contact-flow'}/{entry.flow_id}"

    def prompt_arn(self, prompt: StoredPrompt) -> str:
        return f"{self.arn}/prompt/{prompt.prompt_id}"


def first_and_last(name: str, first: str = "", last: str = "") -> tuple[str, str]:
    """As admins gave them; else the first word of the name, and the rest of it."""
    if first or last:
        return first, last
    first, _, last = name.partition(" ")
    return first, last


class Named(Protocol):
    """An agent, as the user that admins know or at work."""

    @property
    def agent_id(self) -> AgentId: ...
    @property
    def username(self) -> str: ...


def agent_queue(user: Named) -> Queue:
    """The line of those who wait for this agent and nobody else."""
    return Queue(queue_id=own_queue_id(user.agent_id), name=user.username, hours_id="")


def own_queue_id(agent_id: AgentId) -> QueueId:
    return QueueId(f"{_AGENTS_OWN}{agent_id}")


def agent_named(reference: str) -> str | None:
    """Whom an agent's own queue names, by id, user name or ARN; None for any other queue."""
    if not reference.startswith(_AGENTS_OWN) and "/queue/agent/" not in reference:
        return None
    return reference.removeprefix(_AGENTS_OWN).rsplit("/", 1)[-1]


def _find[T](things: tuple[T, ...], reference: str, kind: str, names: _Names[T]) -> T | None:
    """By id, by `kind:Name`, by bare name, or by ARN, whose last part is the id."""
    wanted = reference.removeprefix(f"{kind}:")
    if wanted.startswith("arn:"):
        wanted = wanted.rsplit("/", 1)[-1]
    return next((thing for thing in things if wanted in names(thing)), None)


type _Names[T] = Callable[[T], tuple[str, str]]
