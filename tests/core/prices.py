"""Tariffs and calls for tests of what contacts cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.core import events as e
from chalicelib.core.contact_record import AgentWork, ContactRecord, QueueStay
from chalicelib.core.ids import AgentId, ContactId, QueueId, RoutingProfileId
from chalicelib.core.tariff import Tariff, TariffBook, read_tariff
from tests.core.records import INSTANCE

NEW_YORK = "America/New_York"
SALES, SUPPORT = QueueId("q-Sales"), QueueId("q-Support")
CENTRES = {SALES: "CC-100", SUPPORT: "CC-200"}


def voice(price: str) -> dict[str, object]:
    return {"kind": "SERVICE", "channel": "VOICE", "unit": "MINUTE", "price": price}


def line(price: str, way: str = "INBOUND", prefix: str = "+1") -> dict[str, object]:
    return {"kind": "LINE", "way": way, "prefix": prefix, "unit": "MINUTE", "price": price}


def tariff(
    version: int = 1,
    since: str = "2026-01-01",
    *prices: Mapping[str, object],
    **more: object,
) -> Tariff:
    """Unless prices are named: 0.0180 a minute of service, 0.0022 a minute of the line."""
    named = list(prices) or [voice("0.0180"), line("0.0022")]
    words = {key.replace("_", " "): value for key, value in more.items()}
    row = {"version": version, "from": since, "currency": "USD", "prices": named, **words}
    return read_tariff(row)


def book(*tariffs: Tariff, zone: str = NEW_YORK) -> TariffBook:
    return TariffBook(zone=zone, tariffs=tariffs or (tariff(),))


def stay(queue_id: QueueId, since: datetime, until: datetime) -> QueueStay:
    return QueueStay(
        queue_id=queue_id,
        name=queue_id.removeprefix("q-"),
        enqueued_at=since,
        dequeued_at=until,
    )


def call(
    contact_id: str,
    began_at: datetime,
    seconds: int,
    *queues: QueueId,
    moved_after: int = 0,
) -> ContactRecord:
    """A customer who called our number in the United States; from queue to queue they went
    after so many seconds each."""
    ended_at = began_at + timedelta(seconds=seconds)
    stays = [
        stay(queue_id, began_at + timedelta(seconds=n * moved_after), ended_at)
        for n, queue_id in enumerate(queues)
    ]
    return ContactRecord(
        contact_id=ContactId(contact_id),
        instance_arn=INSTANCE,
        channel=e.Channel.VOICE,
        initiation_method=e.InitiationMethod.INBOUND,
        initiated_at=began_at,
        disconnected_at=ended_at,
        disconnect_reason=e.DisconnectReason.CUSTOMER_DISCONNECT,
        pre_disconnect_state="CONNECTED",
        last_update_at=ended_at,
        last_fact=9,
        customer_endpoint=e.Endpoint("+442079460123"),
        system_endpoint=e.Endpoint("+12025550100"),
        queue=stays[-1] if stays else None,
        earlier_queues=tuple(stays[:-1]),
    )


def transferred(
    record: ContactRecord, contact_id: str, seconds: int, queue: QueueId
) -> ContactRecord:
    """The contact in which the customer of this one goes on."""
    following = call(contact_id, record.disconnected_at, seconds, queue)
    return replace(
        following,
        initiation_method=e.InitiationMethod.TRANSFER,
        begun_by=record.initiation_method,
        previous_contact_id=record.contact_id,
        initial_contact_id=record.contact_id,
    )


def answered(record: ContactRecord, after: int) -> ContactRecord:
    """An agent was there from so many seconds on."""
    work = AgentWork(
        agent_id=AgentId("a-ben"),
        username="ben",
        routing_profile_id=RoutingProfileId("p-1"),
        routing_profile_name="Everything",
        connected_at=record.initiated_at + timedelta(seconds=after),
        disconnected_at=record.disconnected_at,
    )
    return replace(record, agent=work)
