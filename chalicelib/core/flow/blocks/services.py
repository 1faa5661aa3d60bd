"""Blocks that ask the center's own services: customers, cases, tasks, tables, messages, numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chalicelib.core.flow import spec
from chalicelib.core.flow.blocks.asking import Question, asks, everything
from chalicelib.core.flow.exchange import Port
from chalicelib.core.flow.model import Problem
from chalicelib.core.flow.spec import Block, Parameter, bad_value, required
from chalicelib.core.flow.turn import NO_MATCHING_CONDITION, NO_MATCHING_ERROR, Outcome, Turn

LONGEST_DELAY_SECONDS = 259_200  # three days, between attempts to call back
TASK_DELAY_SECONDS = 518_400
AGENT_METRICS = ("NumberOfAgentsAvailable", "NumberOfAgentsStaffed", "NumberOfAgentsOnline")
QUEUE_METRICS = ("OldestContactInQueueAgeSeconds", "NumberOfContactsInQueue")
CONTACT_METRICS = ("PositionInQueue", "EstimatedWaitTimeSeconds")  # ours: see also GetMetricData
MOST_QUERIES = 5

_NUMBERS = (
    "Equals",
    "NumberGreaterThan",
    "NumberGreaterOrEqualTo",
    "NumberLessThan",
    "NumberLessOrEqualTo",
)


def _customer(verb: str) -> Callable[[Turn], Outcome]:
    """Profiles add to `$.Customer`: what one block read stays when the next reads more."""
    return asks(Question(port=Port.CUSTOMER, verb=verb, keeps="Customer", adds=True))


def _case(verb: str) -> Callable[[Turn], Outcome]:
    return asks(Question(port=Port.CASE, verb=verb, keeps="Case"))


def _asking(port: Port, verb: str, keeps: str | None = None) -> Callable[[Turn], Outcome]:
    return asks(Question(port=port, verb=verb, keeps=keeps))


def queue_named(turn: Turn) -> Mapping[str, object] | None:
    """The parameters with the queue that is meant: by name, an agent's, or the working queue."""
    request = dict(everything(turn))
    for name in ("QueueId", "AgentId"):
        if name in turn.action.parameters:
            reference = turn.whole(turn.parameter(name))
            return None if reference is None else {**request, name: reference}
    queue = turn.target_queue
    return None if queue is None else {**request, "QueueId": queue.queue_id}


def _callback(turn: Turn) -> Mapping[str, object] | None:
    request = queue_named(turn)
    number = turn.session.callback_number or turn.customer_number
    if request is None or not number:
        return None
    return {**request, "CallbackNumber": number}


def _metric_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    if "QueueId" in parameters and "AgentId" in parameters:
        yield Problem(f"{spec.BAD_NAME}: only one of QueueId, AgentId is possible", "AgentId")


def _query_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    queries = parameters.get("Queries")
    if isinstance(queries, list) and not 1 <= len(queries) <= MOST_QUERIES:
        yield bad_value(len(queries), "Queries")


def _task_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    if "DelaySeconds" in parameters and "ScheduledTime" in parameters:
        yield Problem(
            f"{spec.BAD_NAME}: only one of DelaySeconds, ScheduledTime is possible", "ScheduledTime"
        )


_QUEUE_OR_AGENT = (Parameter("QueueId", spec.reference), Parameter("AgentId", spec.reference))
_PROFILE = (
    required("ProfileRequestData", spec.mapping),
    Parameter("ProfileResponseData", spec.mapping_or_listing),
)
_TABLE = required("DataTableId", spec.reference)
_DELAY = spec.number(1, LONGEST_DELAY_SECONDS)

CUSTOMERS: Mapping[str, Block] = {
    "GetCustomerProfile": Block(run=_customer("get"), parameters=_PROFILE),
    "CreateCustomerProfile": Block(run=_customer("create"), parameters=_PROFILE),
    "UpdateCustomerProfile": Block(run=_customer("update"), parameters=_PROFILE),
    "GetCustomerProfileObject": Block(run=_customer("get_object"), parameters=_PROFILE),
    "GetCalculatedAttributesForCustomerProfile": Block(
        run=_customer("get_calculated"), parameters=_PROFILE
    ),
    "AssociateContactToCustomerProfile": Block(run=_customer("associate"), parameters=_PROFILE),
}

CASES: Mapping[str, Block] = {
    "CreateCase": Block(
        run=_case("create"),
        parameters=(
            required("LinkContactToCase", spec.flag),
            required("CaseTemplateId", spec.reference),
            Parameter("CaseRequestFields", spec.mapping),
            Parameter("ContactToLink", spec.one_of("Current", "Related")),
        ),
    ),
    "GetCase": Block(
        run=_case("get"),
        parameters=(
            required("LinkContactToCase", spec.flag),
            required("GetLastUpdatedCase", spec.flag),
            Parameter("CustomerId", spec.reference),
            Parameter("CaseRequestFields", spec.mapping),
            Parameter("CaseResponseFields", spec.listing),
            Parameter("ContactToLink", spec.one_of("Current", "Related")),
        ),
    ),
    "UpdateCase": Block(
        run=_case("update"),
        parameters=(
            required("LinkContactToCase", spec.flag),
            required("CaseId", spec.reference),
            Parameter("CaseRequestFields", spec.mapping),
            Parameter("ContactToLink", spec.one_of("Current", "Related")),
        ),
    ),
}

TASKS: Mapping[str, Block] = {
    "CreateTask": Block(
        run=_asking(Port.TASK, "create", "Task"),
        parameters=(
            required("Name", spec.text),
            Parameter("ContactFlowId", spec.reference),
            Parameter("Description", spec.text),
            Parameter("Attributes", spec.mapping),
            Parameter("References", spec.mapping),
            Parameter("DelaySeconds", spec.number_or_reference(1, TASK_DELAY_SECONDS)),
            Parameter("ScheduledTime", spec.text),
            Parameter("TaskTemplateId", spec.reference),
        ),
        check=_task_problems,
        exactly_one=("ContactFlowId", "TaskTemplateId"),
    ),
    "ResumeContact": Block(run=_asking(Port.TASK, "resume"), channels=frozenset({"TASK"})),
}

TABLES: Mapping[str, Block] = {
    "EvaluateDataTableValues": Block(
        run=asks(Question(port=Port.TABLE, verb="evaluate", keeps="DataTables", adds=True)),
        parameters=(_TABLE, required("Queries", spec.listing)),
        check=_query_problems,
    ),
    "ListDataTableValues": Block(
        run=_asking(Port.TABLE, "list", "DataTableList"),
        parameters=(_TABLE, Parameter("PrimaryKeyGroups", spec.listing)),
    ),
    "UpsertDataTableValues": Block(
        run=_asking(Port.TABLE, "upsert"),
        parameters=(
            _TABLE,
            Parameter("LockVersion", spec.anything),
            required("DataTableUpsertAttributes", spec.listing),
        ),
    ),
}

MESSAGES: Mapping[str, Block] = {
    "RenderMessageTemplate": Block(
        run=_asking(Port.TEMPLATE, "render", "Template"),
        parameters=(
            required("WisdomKnowledgeBaseArn", spec.reference),
            required("WisdomMessageTemplateArn", spec.reference),
        ),
        is_open=True,
    ),
    "CreateContact": Block(
        run=_asking(Port.CONTACT, "create", "Contact"),
        parameters=(required("Channel", spec.text), Parameter("RelatedContact", spec.text)),
        is_open=True,
    ),
    "StartOutboundEmailContact": Block(
        run=_asking(Port.CONTACT, "start_email"),
        parameters=(
            required("FromEmailAddress", spec.mapping),
            required("DestinationEmailAddress", spec.anything),
            Parameter("EmailMessage", spec.mapping),
        ),
        is_open=True,
    ),
    "StartOutboundChatContact": Block(
        run=_asking(Port.CONTACT, "start_chat", "Contact"),
        parameters=(
            required("SourceEndpoint", spec.mapping),
            required("DestinationEndpoint", spec.mapping),
            required("ContactFlowArn", spec.reference),
            Parameter("ContactSubtype", spec.text),
            Parameter("InitialSystemMessage", spec.mapping),
            Parameter("RelatedContact", spec.text),
        ),
        is_open=True,
    ),
    "CreatePersistentContactAssociation": Block(
        run=_asking(Port.CONTACT, "associate"),
        parameters=(
            required("RehydrationType", spec.text),
            required("SourceContactId", spec.reference),
        ),
        channels=spec.CHAT,
        flow_types=spec.INBOUND | spec.QUEUED,
    ),
    "LoadContactContent": Block(
        run=_asking(Port.CONTACT, "load_content", "Email"),
        parameters=(required("ContentType", spec.text),),
        channels=frozenset({"EMAIL"}),
    ),
    "CreateWisdomSession": Block(
        run=_asking(Port.ASSISTANT, "create_session", "Wisdom"),
        parameters=(required("WisdomAssistantArn", spec.reference),),
        channels=spec.VOICE_AND_CHAT | {"EMAIL"},
    ),
}

NUMBERS: Mapping[str, Block] = {
    "CheckMetricData": Block(
        run=asks(Question(port=Port.METRICS, verb="check", decides=True, request=queue_named)),
        parameters=(
            required("MetricType", spec.one_of(*AGENT_METRICS, *QUEUE_METRICS, *CONTACT_METRICS)),
            *_QUEUE_OR_AGENT,
        ),
        check=_metric_problems,
        results=None,
        operators=_NUMBERS,
        needs_condition=True,
        errors=spec.needs(NO_MATCHING_ERROR, NO_MATCHING_CONDITION),
        flow_types=spec.ANSWERED_BY_CUSTOMER,
    ),
    "GetMetricData": Block(
        run=asks(Question(port=Port.METRICS, verb="get", keeps="Metrics", request=queue_named)),
        parameters=(*_QUEUE_OR_AGENT, Parameter("QueueChannel", spec.reference)),
        check=_metric_problems,
        is_open=True,
    ),
    "CreateCallbackContact": Block(
        run=asks(Question(port=Port.CALLBACK, verb="create", keeps="Callback", request=_callback)),
        parameters=(
            required("InitialCallDelaySeconds", _DELAY),
            required("MaximumConnectionAttempts", spec.number(0, 1_000)),  # exports hold 0
            required("RetryDelaySeconds", _DELAY),
            *_QUEUE_OR_AGENT,
            Parameter("ContactFlowId", spec.reference),
            Parameter("CallerId", spec.anything),
        ),
        check=_metric_problems,
        channels=spec.VOICE,
        flow_types=spec.ANSWERED_BY_CUSTOMER,
    ),
}

BLOCKS: Mapping[str, Block] = {**CUSTOMERS, **CASES, **TASKS, **TABLES, **MESSAGES, **NUMBERS}
