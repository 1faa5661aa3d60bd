"""What is kept, and where: tables, objects, queues of work."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.world import Late, client, now, s3, session, settings, sqs

if TYPE_CHECKING:
    from chalicelib.adapters.agent_events import KinesisAgentEvents
    from chalicelib.adapters.contact_events import EventBridgeContactEvents
    from chalicelib.adapters.dynamo.alerts import DynamoAlertStore
    from chalicelib.adapters.dynamo.bots import DynamoBotStore
    from chalicelib.adapters.dynamo.callbacks import DynamoCallbackStore
    from chalicelib.adapters.dynamo.center import DynamoCenterStore
    from chalicelib.adapters.dynamo.connections import DynamoConnectionStore
    from chalicelib.adapters.dynamo.contacts import DynamoContactStore
    from chalicelib.adapters.dynamo.customers import DynamoCustomerStore
    from chalicelib.adapters.dynamo.feedback import DynamoFeedbackStore
    from chalicelib.adapters.dynamo.flows import DynamoFlowStore
    from chalicelib.adapters.dynamo.pace import DynamoPaceStore
    from chalicelib.adapters.dynamo.places import DynamoPlaces
    from chalicelib.adapters.dynamo.routing import DynamoRoutingStore
    from chalicelib.adapters.dynamo.templates import DynamoTemplates
    from chalicelib.adapters.dynamo.tickets import DynamoTicketStore
    from chalicelib.adapters.dynamo.users import DynamoUserStore
    from chalicelib.adapters.erasure_jobs import SqsErasureJobs
    from chalicelib.adapters.objects import S3ObjectStore
    from chalicelib.adapters.recording_jobs import SqsRecordingJobs
    from chalicelib.adapters.report_requests import SqsReportRequests
    from chalicelib.adapters.timers import SqsTimers


@cache
def template_store() -> DynamoTemplates:
    from chalicelib.adapters.dynamo.templates import DynamoTemplates

    bind_tables()
    return DynamoTemplates()


@cache
def place_store() -> DynamoPlaces:
    from chalicelib.adapters.dynamo.places import DynamoPlaces

    bind_tables()
    return DynamoPlaces()


@cache
def contact_store() -> DynamoContactStore:
    from chalicelib.adapters.dynamo.contacts import DynamoContactStore

    bind_tables()
    return DynamoContactStore()


@cache
def routing_store() -> DynamoRoutingStore:
    from chalicelib.adapters.dynamo.routing import DynamoRoutingStore

    bind_tables()
    return DynamoRoutingStore()


@cache
def alert_store() -> DynamoAlertStore:
    from chalicelib.adapters.dynamo.alerts import DynamoAlertStore

    bind_tables()
    return DynamoAlertStore()


@cache
def center_store() -> DynamoCenterStore:
    from chalicelib.adapters.dynamo.center import DynamoCenterStore

    bind_tables()
    return DynamoCenterStore(now)


@cache
def user_store() -> DynamoUserStore:
    from chalicelib.adapters.dynamo.users import DynamoUserStore

    bind_tables()
    return DynamoUserStore(center_store().forget_user)


@cache
def flow_store() -> DynamoFlowStore:
    from chalicelib.adapters.dynamo.flows import DynamoFlowStore

    bind_tables()
    return DynamoFlowStore(center_store().forget)


@cache
def connection_store() -> DynamoConnectionStore:
    from chalicelib.adapters.dynamo.connections import DynamoConnectionStore

    bind_tables()
    return DynamoConnectionStore()


@cache
def customer_store() -> DynamoCustomerStore:
    from chalicelib.adapters.dynamo.customers import DynamoCustomerStore

    bind_tables()
    return DynamoCustomerStore()


@cache
def ticket_store() -> DynamoTicketStore:
    from chalicelib.adapters.dynamo.tickets import DynamoTicketStore

    bind_tables()
    return DynamoTicketStore()


@cache
def feedback_store() -> DynamoFeedbackStore:
    from chalicelib.adapters.dynamo.feedback import DynamoFeedbackStore

    bind_tables()
    return DynamoFeedbackStore()


@cache
def callback_book() -> DynamoCallbackStore:
    from chalicelib.adapters.dynamo.callbacks import DynamoCallbackStore

    bind_tables()
    return DynamoCallbackStore()


@cache
def pace_store() -> DynamoPaceStore:
    from chalicelib.adapters.dynamo.pace import DynamoPaceStore

    bind_tables()
    return DynamoPaceStore()


@cache
def timers() -> SqsTimers:
    from chalicelib.adapters.timers import SqsTimers

    return SqsTimers(Late(sqs), settings().timers_queue_url)


@cache
def recording_jobs() -> SqsRecordingJobs:
    from chalicelib.adapters.recording_jobs import SqsRecordingJobs

    return SqsRecordingJobs(Late(sqs), settings().recordings_queue_url)


@cache
def erasure_jobs() -> SqsErasureJobs:
    from chalicelib.adapters.erasure_jobs import SqsErasureJobs

    return SqsErasureJobs(Late(sqs), settings().erasures_queue_url)


@cache
def agent_stream() -> KinesisAgentEvents:
    from chalicelib.adapters.agent_events import KinesisAgentEvents

    return KinesisAgentEvents(Late(lambda: client("kinesis")), settings().agent_events_stream)


@cache
def contact_bus() -> EventBridgeContactEvents:
    from chalicelib.adapters.contact_events import EventBridgeContactEvents

    return EventBridgeContactEvents(Late(lambda: client("events")), settings().contact_events_bus)


@cache
def objects(bucket: str) -> S3ObjectStore:
    from chalicelib.adapters.objects import S3ObjectStore

    return S3ObjectStore(Late(s3), bucket, public_url=settings().storage_public_url)


def park_fact(record: Any) -> None:
    """Puts a stream record aside that could not be digested, for an operator to look at."""
    import json

    sqs().send_message(
        QueueUrl=settings().parked_facts_queue_url, MessageBody=json.dumps(record, default=str)
    )


def recording(reference: str) -> str | None:
    prompt = center_store().center().prompt(reference)
    return prompt.key if prompt else None


@cache
def bot_store() -> DynamoBotStore:
    from chalicelib.adapters.dynamo.bots import DynamoBotStore

    bind_tables()
    return DynamoBotStore(now)


@cache
def bind_tables() -> None:
    """Says once which table each model lies in."""
    from chalicelib.adapters.dynamo import shared, tables

    known = settings()
    shared.share(session())
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


@cache
def report_requests() -> SqsReportRequests:
    from chalicelib.adapters.report_requests import SqsReportRequests

    return SqsReportRequests(Late(sqs), settings().reports_queue_url)
