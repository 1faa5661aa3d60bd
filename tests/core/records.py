"""Contact records and facts for tests: from a few words, or at random from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from chalicelib.core import events as e
from chalicelib.core.contact_record import (
    AgentWork,
    ContactRecord,
    OfferMade,
    Outcome,
    QueueStay,
    fold,
)
from chalicelib.core.ids import (
    AgentId,
    ContactId,
    CustomerId,
    FlowId,
    OfferId,
    QueueId,
    RoutingProfileId,
    TicketId,
)

INSTANCE = "arn:aws:connect:us-east-1:000000000000:instance/acme"
NOON = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)


def told(
    events: Sequence[tuple[float, e.ContactEvent]], *, contact_id: str = "c-1"
) -> list[e.Fact]:
    """Facts from (seconds after noon, event)."""
    return [
        e.Fact(
            contact_id=ContactId(contact_id),
            seq=seq,
            at=NOON + timedelta(seconds=after),
            event=event,
        )
        for seq, (after, event) in enumerate(events, start=1)
    ]


def initiated(channel: e.Channel = e.Channel.VOICE) -> e.ContactInitiated:
    return e.ContactInitiated(
        channel=channel,
        initiation_method=e.InitiationMethod.INBOUND,
        customer_endpoint=e.Endpoint("+12025550123"),
        system_endpoint=e.Endpoint("+18005550100"),
        customer_name="Ana",
        attributes={"language": "en-US"},
    )


def queued(queue: str = "Support") -> e.ContactQueued:
    return e.ContactQueued(queue_id=QueueId(f"q-{queue}"), queue_name=queue, priority=5)


def offered(offer: str, agent: str) -> e.ContactOffered:
    return e.ContactOffered(
        offer_id=OfferId(offer),
        agent_id=AgentId(agent),
        expires_at=NOON,
        why="longest idle",
        username=agent.removeprefix("a-"),
        agent_name=agent.removeprefix("a-").capitalize(),
    )


def offer_ended(offer: str, agent: str, outcome: e.OfferOutcome) -> e.OfferEnded:
    return e.OfferEnded(offer_id=OfferId(offer), agent_id=AgentId(agent), outcome=outcome)


def connected(agent: str) -> e.ContactConnected:
    return e.ContactConnected(
        agent_id=AgentId(agent),
        username=agent.removeprefix("a-"),
        agent_name=agent.removeprefix("a-").capitalize(),
        routing_profile_id=RoutingProfileId("p-1"),
        routing_profile_name="Everything",
    )


def disconnected(was_in: str = "CONNECTED") -> e.ContactDisconnected:
    return e.ContactDisconnected(reason=e.DisconnectReason.CUSTOMER_DISCONNECT, was_in=was_in)


def wrapped_up(agent: str, disposition: str | None = "sale") -> e.AfterContactWorkEnded:
    return e.AfterContactWorkEnded(
        agent_id=AgentId(agent), is_by_server=disposition is None, disposition=disposition
    )


def recorded(segment: str = "s1", seconds: float = 60.0) -> e.RecordingStored:
    return e.RecordingStored(
        segment=segment,
        bucket="recordings",
        key=f"recordings/2026/03/08/c-1/{segment}.ogg",
        seconds=seconds,
        channels=2,
        size_bytes=1000,
        sha256="0" * 64,
        started_at=NOON + timedelta(seconds=34),
    )


def a_handled_call() -> list[e.Fact]:
    """Rings at noon, queued after 4 s, missed by Ben, answered by Mia after 30 s in the queue,
    talks 60 s, wrapped up in 20 s, and its recording comes last."""
    return told(
        [
            (0.9, initiated()),
            (1, e.FlowStarted(flow_id=FlowId("f"), flow_name="Main", flow_version=1, flow_type="")),
            (4.2, queued()),
            (5, offered("o-1", "a-ben")),
            (25, offer_ended("o-1", "a-ben", e.OfferOutcome.MISSED)),
            (26, offered("o-2", "a-mia")),
            (34.8, connected("a-mia")),
            (35, e.AttributesUpdated(attributes={"topic": "support"})),
            (35, e.CustomerIdentified(customer_id=CustomerId("cu-1"), is_new=False)),
            (94.1, disconnected()),
            (94.1, e.AfterContactWorkStarted(agent_id=AgentId("a-mia"), ends_at=None)),
            (114, wrapped_up("a-mia")),
            (114, e.ContactCompleted()),
            (116, e.TicketLinked(ticket_id=TicketId("t-1"))),
            (120, recorded()),
        ]
    )


def folded(facts: Sequence[e.Fact]) -> ContactRecord:
    record = fold(facts, instance_arn=INSTANCE)
    assert record is not None
    return record


def record(
    contact_id: str = "c-1",
    *,
    at: datetime = NOON,
    queue: str | None = "Support",
    waited: int = 0,
    agent: str | None = None,
    talked: int = 60,
    wrapped: int = 0,
    missed_by: Sequence[str] = (),
    outcome: Outcome = Outcome.MISSED,
    channel: e.Channel = e.Channel.VOICE,
    disposition: str | None = None,
) -> ContactRecord:
    """A contact that ended at `at`, after so many seconds of waiting, talking, wrapping up."""
    answered_at = at - timedelta(seconds=talked if agent else 0)
    enqueued_at = answered_at - timedelta(seconds=waited)
    offers = [_offer(contact_id, n, by, enqueued_at, outcome) for n, by in enumerate(missed_by)]
    if agent and queue:
        offers.append(_offer(contact_id, len(offers), agent, answered_at, Outcome.ACCEPTED))
    return ContactRecord(
        contact_id=ContactId(contact_id),
        instance_arn=INSTANCE,
        channel=channel,
        initiation_method=e.InitiationMethod.INBOUND if queue else e.InitiationMethod.OUTBOUND,
        initiated_at=enqueued_at,
        disconnected_at=at,
        disconnect_reason=e.DisconnectReason.CUSTOMER_DISCONNECT,
        pre_disconnect_state="CONNECTED" if agent else "IN_QUEUE" if queue else "IN_FLOW",
        last_update_at=at + timedelta(seconds=wrapped),
        last_fact=9,
        queue=_stay(queue, enqueued_at, answered_at) if queue else None,
        offers=tuple(offers),
        agent=_work(agent, answered_at, at, wrapped) if agent else None,
        disposition=disposition,
    )


def _offer(contact_id: str, number: int, agent: str, at: datetime, outcome: Outcome) -> OfferMade:
    return OfferMade(
        offer_id=OfferId(f"{contact_id}-{number}"),
        agent_id=AgentId(agent),
        username=agent.removeprefix("a-"),
        offered_at=at,
        ended_at=at,
        outcome=outcome,
    )


def _stay(queue: str, since: datetime, until: datetime) -> QueueStay:
    return QueueStay(
        queue_id=QueueId(f"q-{queue}"), name=queue, enqueued_at=since, dequeued_at=until
    )


def _work(agent: str, since: datetime, until: datetime, wrapped: int) -> AgentWork:
    return AgentWork(
        agent_id=AgentId(agent),
        username=agent.removeprefix("a-"),
        routing_profile_id=RoutingProfileId("p-1"),
        routing_profile_name="Everything",
        connected_at=since,
        disconnected_at=until,
        wrap_up_started_at=until,
        wrap_up_ended_at=until + timedelta(seconds=wrapped),
    )


def random_records(chance: Random, count: int) -> list[ContactRecord]:
    """Contacts of every kind that ended within the two days around noon."""
    return [_varied(chance, _random_record(chance, f"c-{n:05}")) for n in range(count)]


def _varied(chance: Random, found: ContactRecord) -> ContactRecord:
    """What is rare: moved on to another contact, connected without an offer, taken twice."""
    match chance.randrange(12):
        case 0:
            return replace(found, next_contact_id=ContactId("c-next"))
        case 1:
            return replace(found, transfer_completed_at=found.disconnected_at)
        case 2:
            return replace(found, offers=())
        case 3:
            nameless = tuple(replace(offer, username="") for offer in found.offers)
            return replace(found, offers=nameless)
        case 4:
            taken = _offer(found.contact_id, 9, "a-ben", NOON, Outcome.ACCEPTED)
            return replace(found, offers=(*found.offers, taken))
        case 5:
            return replace(found, begun_by=chance.choice(list(e.InitiationMethod)))
        case 6:
            return replace(found, is_internal=True, queue=None, offers=())
        case _:
            return found


def _random_record(chance: Random, contact_id: str) -> ContactRecord:
    agents = ["a-ana", "a-ben", "a-mia", "a-zoë"]
    queue = chance.choice([None, "Sales", "Support", "Việt Nam", '=HYPERLINK("x"),\n'])
    return record(
        contact_id,
        at=NOON + timedelta(seconds=chance.randrange(-86_400, 86_400)),
        queue=queue,
        waited=chance.choice([0, 3, 5, 6, 19, 20, 21, chance.randrange(900)]),
        agent=chance.choice([None, *agents]) if queue else chance.choice([None, "a-ana"]),
        talked=chance.randrange(600),
        wrapped=chance.randrange(90),
        missed_by=chance.sample(agents, chance.randrange(3)) if queue else (),
        outcome=chance.choice([Outcome.MISSED, Outcome.REJECTED, Outcome.WITHDRAWN]),
        channel=chance.choice([e.Channel.VOICE, e.Channel.CHAT]),
        disposition=chance.choice([None, "sale", "@cmd", 'a "quote", and\r\nmore', "شكرا"]),
    )
