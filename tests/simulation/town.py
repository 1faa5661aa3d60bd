"""The contact center that is simulated: queues, routing profiles, agents, and short flows."""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.adapters.dynamo.tables import FlowVersionRow
from chalicelib.core.center import (
    BUILT_IN,
    AgentStatus,
    Center,
    CrossChannel,
    Disposition,
    PracticeNumber,
    PracticeOutcome,
    Proficiency,
    ProfileQueue,
    Queue,
    RoutingProfile,
    StatusType,
    User,
)
from chalicelib.core.events import Channel
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import AgentId, FlowId, InstanceId, QueueId, RoutingProfileId
from tests.house import action, document, to_queue

VOICE, CHAT, TASK = Channel.VOICE, Channel.CHAT, Channel.TASK
SALES, SUPPORT, BILLING = (QueueId(name) for name in ("sales", "support", "billing"))
QUEUES = (
    Queue(queue_id=SALES, name="Sales", hours_id="always", wrap_up_seconds=15, shards=3),
    Queue(queue_id=SUPPORT, name="Support", hours_id="always", max_contacts=4),
    Queue(queue_id=BILLING, name="Billing", hours_id="always", wrap_up_seconds=30, shards=2),
)


def _serves(queue_id: QueueId, channel: Channel, priority: int, delay: int = 0) -> ProfileQueue:
    return ProfileQueue(queue_id=queue_id, channel=channel, priority=priority, delay_seconds=delay)


PROFILES = (
    RoutingProfile(
        profile_id=RoutingProfileId("general"),
        name="General",
        queues=(
            _serves(SALES, VOICE, 1),
            _serves(SALES, CHAT, 1),
            _serves(SUPPORT, VOICE, 2),
            _serves(SUPPORT, CHAT, 2),
            _serves(SALES, TASK, 3),
        ),
        concurrency={VOICE: 1, CHAT: 2, TASK: 2},
    ),
    RoutingProfile(
        profile_id=RoutingProfileId("service"),
        name="Service",
        queues=(
            _serves(SUPPORT, VOICE, 1),
            _serves(SUPPORT, CHAT, 1),
            _serves(BILLING, VOICE, 1),
            _serves(SALES, VOICE, 2, 12),
            _serves(SALES, CHAT, 2, 6),
        ),
        concurrency={VOICE: 1, CHAT: 3},
        cross_channel={CHAT: CrossChannel.ANY},
    ),
    RoutingProfile(
        profile_id=RoutingProfileId("money"),
        name="Money",
        queues=(
            _serves(BILLING, VOICE, 1),
            _serves(BILLING, TASK, 1),
            _serves(SALES, VOICE, 1, 8),
        ),
        concurrency={VOICE: 1, TASK: 3},
    ),
)
_NAMES = ("ben", "cleo", "dan", "eva", "finn", "gus", "hana", "ivo")
USERS = tuple(
    User(
        username=name,
        agent_id=AgentId(f"a-{name}"),
        name=name.title(),
        profile_id=PROFILES[number % len(PROFILES)].profile_id,
        proficiencies=(Proficiency("Language", "Vietnamese", 3.0),) if number % 2 else (),
    )
    for number, name in enumerate(_NAMES)
)
QUEUES_OF = {"VOICE": (SALES, SUPPORT, BILLING), "CHAT": (SALES, SUPPORT), "TASK": (SALES, BILLING)}
TELEPHONES = ("+12025550181", "+12025550183", "+12025550184")
BREAK = AgentStatus(status_id="break", name="Break", type=StatusType.CUSTOM)


def center() -> Center:
    return Center(
        instance_id=InstanceId("simulated"),
        name="Simulated",
        time_zone="America/New_York",
        main_number="+12025550100",
        voice_flow="To Sales",
        chat_flow="To Sales",
        queues=QUEUES,
        profiles=PROFILES,
        statuses=(*BUILT_IN, BREAK),
        practice_numbers=(
            PracticeNumber(number=TELEPHONES[0], rings_seconds=3, talks_seconds=20),
            PracticeNumber(number=TELEPHONES[1], outcome=PracticeOutcome.BUSY),
            PracticeNumber(number=TELEPHONES[2], outcome=PracticeOutcome.NO_ANSWER),
        ),
        dispositions=(Disposition(disposition_id="solved", label="Solved"),),
    )


def _hooked(to: str, queue_flow: str) -> str:
    hook = action(
        "Set",
        "UpdateContactEventHooks",
        "Choose",
        EventHooks={"CustomerQueue": f"flow:{queue_flow}"},
    )
    return to_queue(to, hook)


def _looping(*then: dict[str, object], seconds: int) -> str:
    """A queue flow: every so many seconds these blocks."""
    loop = action(
        "Loop",
        "MessageParticipantIteratively",
        "",
        Messages=[{"Text": "La la."}],
        InterruptFrequencySeconds=str(seconds),
    )
    first = then[0]["Identifier"]
    interrupted = {"Operator": "Equals", "Operands": ["MessagesInterrupted"]}
    loop["Transitions"] = {
        "NextAction": first,
        "Conditions": [{"NextAction": first, "Condition": interrupted}],
    }
    return document(loop, *then)


def _moving(to: str) -> dict[str, object]:
    block = action("Move", "DequeueContactAndTransferToQueue", "Loop", QueueId=f"queue:{to}")
    errors = [
        {"ErrorType": e, "NextAction": "Loop"} for e in ("QueueAtCapacity", "NoMatchingError")
    ]
    block["Transitions"] = {"Errors": errors}
    return block


def _urgent(to: str) -> str:
    rank = action("Rank", "UpdateContactRoutingBehavior", "Choose", QueuePriority="1")
    return to_queue(to, rank)


def _particular(to: str) -> str:
    expression = {
        "AttributeCondition": {
            "Name": "Language",
            "Value": "Vietnamese",
            "ProficiencyLevel": 2,
            "ComparisonOperator": "NumberGreaterOrEqualTo",
        }
    }
    steps = [{"Expression": expression, "Expiry": {"DurationInSeconds": 15}}]
    wish = action(
        "Wish", "UpdateContactRoutingCriteria", "Choose", RoutingCriteria={"Steps": steps}
    )
    return to_queue(to, wish)


_AGED = action("Age", "UpdateContactRoutingBehavior", "Loop", QueueTimeAdjustmentSeconds="30")
_FLOWS = (
    ("To Sales", "CONTACT_FLOW", to_queue("Sales")),
    ("To Support", "CONTACT_FLOW", to_queue("Support")),
    ("To Billing", "CONTACT_FLOW", to_queue("Billing")),
    ("Urgent sales", "CONTACT_FLOW", _urgent("Sales")),
    ("Vietnamese", "CONTACT_FLOW", _particular("Sales")),
    ("Restless", "CONTACT_FLOW", _hooked("Sales", "Move on")),
    ("Aging", "CONTACT_FLOW", _hooked("Billing", "Grow old")),
    ("Move on", "CUSTOMER_QUEUE", _looping(_moving("Support"), seconds=9)),
    ("Grow old", "CUSTOMER_QUEUE", _looping(_AGED, seconds=11)),
)
VOICE_FLOWS = (
    "To Sales",
    "To Support",
    "To Billing",
    "Urgent sales",
    "Vietnamese",
    "Restless",
    "Aging",
)
CHAT_FLOWS = ("To Sales", "To Support")
TASK_FLOWS = ("To Sales", "To Billing")


def build(agents: int) -> None:
    """Everything that an admin would have set up, with so many of the agents."""
    store = bootstrap.center_store()
    store.save_settings(center())
    for name, kind, content in _FLOWS:
        flow_id = FlowId(name.lower().replace(" ", "-"))
        store.save_part(
            "flow", flow_id, FlowEntry(flow_id=flow_id, name=name, type=kind, version=1)
        )
        FlowVersionRow(
            f"flow#{flow_id}", "version#00000001", name=name, type=kind, content=content
        ).save()
    for user in USERS[:agents]:
        store.save_user(user)
