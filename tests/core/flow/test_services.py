"""Blocks that ask the center's services: the question out, the answer kept, every error told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from chalicelib.core.flow import Answered, Ask, Port, Refused, Session, Step, Timeout, WaitKind
from chalicelib.core.ids import QueueId
from tests.core.flow.build import begin, block, branches, flow, go_on

ANA = {"Address": "+12025550123", "Type": "TELEPHONE_NUMBER"}
QUEUED = Session(target_queue_id=QueueId("q-sales"))


def asked(type_name: str, parameters: Mapping[str, object], **known: object) -> tuple[Step, Ask]:
    """The step that asks, and what it asks."""
    published = flow(block("Ask", type_name, parameters, "End", fails="Failed"))
    scope = {"CustomerEndpoint": ANA, **known}
    step = begin(published, session=QUEUED, scope=scope)
    assert isinstance(step.effect, Ask)
    return step, step.effect


@pytest.mark.parametrize(
    ("type_name", "parameters", "port", "verb", "root"),
    [
        ("GetCustomerProfile", {"ProfileRequestData": {}}, Port.CUSTOMER, "get", "Customer"),
        ("CreateCustomerProfile", {"ProfileRequestData": {}}, Port.CUSTOMER, "create", "Customer"),
        ("UpdateCustomerProfile", {"ProfileRequestData": {}}, Port.CUSTOMER, "update", "Customer"),
        ("GetCase", {"CustomerId": "c"}, Port.CASE, "get", "Case"),
        ("CreateCase", {"CaseTemplateId": "t"}, Port.CASE, "create", "Case"),
        ("UpdateCase", {"CaseId": "c"}, Port.CASE, "update", "Case"),
        ("CreateTask", {"Name": "Call Ana"}, Port.TASK, "create", "Task"),
        ("EvaluateDataTableValues", {"Queries": []}, Port.TABLE, "evaluate", "DataTables"),
        ("ListDataTableValues", {"DataTableId": "t"}, Port.TABLE, "list", "DataTableList"),
        ("GetMetricData", {}, Port.METRICS, "get", "Metrics"),
        (
            "CreateWisdomSession",
            {"WisdomAssistantArn": "a"},
            Port.ASSISTANT,
            "create_session",
            "Wisdom",
        ),
        ("RenderMessageTemplate", {}, Port.TEMPLATE, "render", "Template"),
    ],
)
def test_an_answer_is_kept_where_paths_find_it(
    type_name: str, parameters: dict[str, object], port: Port, verb: str, root: str
) -> None:
    """`$.Case.status` after GetCase, `$.Task.ContactId` after CreateTask, and so on."""
    published = flow(
        block("Ask", type_name, parameters, "Say", fails="Failed"),
        block("Say", "UpdateContactAttributes", {"Attributes": {"got": f"$.{root}.x"}}, "End"),
    )
    step = begin(published, session=QUEUED)
    assert isinstance(step.effect, Ask)
    assert (step.effect.port, step.effect.verb) == (port, verb)

    after = go_on(step, Answered({"x": "42"}), published)

    assert after.session.attributes == {"got": "42"}
    assert branches(after)[0] == ("Ask", "next")


def test_what_is_asked_has_its_references_replaced() -> None:
    """A task is about this caller, not about `$.CustomerEndpoint.Address`."""
    name = "Call $.CustomerEndpoint.Address"
    _, question = asked("CreateTask", {"Name": name, "References": {"n": {"Value": name}}})

    assert question.request["Name"] == "Call +12025550123"
    assert question.request["References"] == {"n": {"Value": "Call +12025550123"}}


@pytest.mark.parametrize("error_type", ["NoneFoundError", "MultipleFoundError"])
def test_an_error_of_the_service_takes_its_own_branch(error_type: str) -> None:
    """Nobody found and too many found are told apart."""
    published = flow(
        block(
            "Ask",
            "GetCustomerProfile",
            {"ProfileRequestData": {}},
            "End",
            fails={error_type: "Failed", "NoMatchingError": "End"},
        )
    )
    step = go_on(begin(published), Refused(error_type), published)

    assert branches(step)[0] == ("Ask", error_type)


@pytest.mark.parametrize(
    "reply",
    [Timeout(), Refused(), Refused("NeverHeardOf"), Answered({"x": "y" * 40_000})],
    ids=["late", "refused", "unknown error", "too big"],
)
def test_no_answer_and_no_good_answer_are_errors(reply: Refused | Timeout | Answered) -> None:
    """The flow goes on by its error branch, and keeps nothing."""
    published = flow(block("Ask", "GetCase", {}, "End", fails="Failed"))

    step = go_on(begin(published), reply, published)

    assert step.trace[0].next_block_id == "Failed"
    assert step.session.results == {}


def test_profiles_add_to_what_is_known_of_the_customer() -> None:
    """Calculated attributes do not wipe out the name."""
    published = flow(
        block("Find", "GetCustomerProfile", {"ProfileRequestData": {}}, "More"),
        block(
            "More", "GetCalculatedAttributesForCustomerProfile", {"ProfileRequestData": {}}, "End"
        ),
    )
    step = go_on(begin(published), Answered({"FirstName": "Ana"}), published)
    step = go_on(step, Answered({"CalculatedAttributes": {"calls": 3}}), published)

    assert step.session.results["Customer"] == {
        "FirstName": "Ana",
        "CalculatedAttributes": {"calls": 3},
    }


def test_answers_without_end_are_kept_as_far_as_a_contact_can_hold_them() -> None:
    """Each is small enough; what would be too much together takes the error branch."""
    published = flow(
        block("Find", "GetCustomerProfile", {"ProfileRequestData": {}}, "Find", fails="Failed")
    )
    step, answers = begin(published), 0
    while not step.is_ended and answers < 10:
        step = go_on(step, Answered({f"note {answers}": "x" * 30_000}), published)
        answers += 1

    assert 5 == answers
    assert "more answers than a contact can keep" == step.trace[0].given["failure"]
    assert 4 == len(step.session.results["Customer"])  # type: ignore[arg-type]


def test_a_metric_is_asked_of_the_working_queue_and_compared_as_a_number() -> None:
    """More than nobody staffed: 2 is, 0 is not."""
    staffed = block(
        "Check",
        "CheckMetricData",
        {"MetricType": "NumberOfAgentsStaffed"},
        fails={"NoMatchingCondition": "Failed", "NoMatchingError": "Failed"},
        when={"2": "End"},
    )
    published = flow(staffed)
    step = begin(published, session=QUEUED)
    assert isinstance(step.effect, Ask)
    assert step.effect.request["QueueId"] == "q-sales"

    assert go_on(step, Answered(result="2"), published).trace[0].next_block_id == "End"
    assert go_on(step, Answered(result="0"), published).trace[0].branch == "NoMatchingCondition"


def test_without_a_queue_there_is_nothing_to_measure() -> None:
    """Neither named nor set before."""
    published = flow(block("Check", "GetMetricData", {}, "End", fails="Failed"))

    assert branches(begin(published))[0] == ("Check", "NoMatchingError")


def test_a_callback_goes_to_the_number_that_was_set_or_to_the_callers_own() -> None:
    """Whoever keys in another number is called there."""
    parameters = {
        "InitialCallDelaySeconds": "60",
        "MaximumConnectionAttempts": "2",
        "RetryDelaySeconds": "600",
    }
    _, own = asked("CreateCallbackContact", parameters)
    published = flow(
        block(
            "Set", "UpdateContactCallbackNumber", {"CallbackNumber": "$.StoredCustomerInput"}, "C"
        ),
        block("C", "CreateCallbackContact", parameters, "End"),
    )
    session = Session(target_queue_id=QueueId("q-sales"), stored_input="+12025550177")
    other = go_on(begin(published, session=session), Answered(), published).effect

    assert own.request["CallbackNumber"] == "+12025550123"
    assert isinstance(other, Ask)
    assert other.request["CallbackNumber"] == "+12025550177"
    assert other.request["QueueId"] == "q-sales"


def test_services_answer_in_time_or_not_at_all() -> None:
    """The wait is a little longer than what the service is given."""
    step, question = asked("GetCase", {})

    assert question.limit_seconds == 8
    assert step.session.wait is not None
    assert (step.session.wait.kind, step.session.wait.seconds) == (WaitKind.ANSWER, 10)


def test_a_service_that_refuses_for_ever_does_not_hold_the_caller_for_ever() -> None:
    """Refusals are no sign of a person, so a circle of them meets the limit."""
    published = flow(block("Ask", "GetCase", {}, "Ask", fails="Ask"))
    step = begin(published)
    for _ in range(2_500):
        if step.is_ended:
            break
        step = go_on(step, Refused(), published)

    assert step.is_ended
