"""Recorded contacts in another version: the same inputs, perhaps another end."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.flow import Flow, PublishedFlow
from chalicelib.core.flow_tools.center import Answer, Center
from chalicelib.core.flow_tools.records import Record, read_record
from chalicelib.core.flow_tools.replay import replay
from tests.core.flow_tools.test_diff import OLD, SWAPPED


def recorded(key: str | None, queue: str | None) -> dict[str, object]:
    """A contact as `explain` gives it."""
    facts: list[dict[str, object]] = [
        {
            "type": "ContactInitiated",
            "at": "2026-03-02T14:00:00.000Z",
            "channel": "VOICE",
            "customerEndpoint": {"address": "+12025550123"},
            "attributes": {"a": "b"},
        },
        {
            "type": "BlockExecuted",
            "blockId": "Menu",
            "blockType": "GetParticipantInput",
            "given": {"digits": key} if key else {},
            "branch": f"Equals {key}" if key else "InputTimeLimitExceeded",
            "changed": {},
        },
    ]
    if queue:
        facts.append({"type": "ContactQueued", "queueName": queue, "queueId": "q"})
    else:
        facts.append({"type": "ContactDisconnected", "reason": "CONTACT_FLOW_DISCONNECT"})
    return {"contactId": f"c-{key}", "facts": facts}


def record(key: str | None, queue: str | None) -> Record:
    found = read_record(recorded(key, queue))
    assert found is not None
    return found


NEW: PublishedFlow = replace(OLD, flow=Flow(OLD.flow.start, {**OLD.flow.actions, "Menu": SWAPPED}))


def test_a_record_holds_what_the_contact_brought() -> None:
    found = record("2", "Support")

    assert ("+12025550123", {"a": "b"}, ("2",)) == (found.number, found.attributes, found.inputs)
    assert ("queued in Support", 14) == (found.end, found.at.hour)


def test_the_version_that_was_recorded_ends_where_it_ended() -> None:
    """Else every replay would cry wolf."""
    records = [record("1", "Sales"), record("2", "Support"), record("9", None), record(None, None)]

    assert not any(replay(OLD, each, Center()).is_elsewhere for each in records)


def test_contacts_that_end_elsewhere_are_told_with_both_ends() -> None:
    """Two keys were swapped: who pressed them goes elsewhere, nobody else."""
    support, sales = (
        replay(NEW, record(k, q), Center()) for k, q in [("2", "Support"), ("1", "Sales")]
    )

    assert ("queued in Support", "queued in Billing") == (support.was, support.now)
    assert support.is_elsewhere
    assert not sales.is_elsewhere


def test_functions_answer_what_they_answered_then() -> None:
    """In order, each by its name; a failure is a failure again."""
    document = recorded("1", "Sales")
    facts = document["facts"]
    assert isinstance(facts, list)
    for given, changed in (({}, {"$.External.kind": "gold"}), ({"failure": "late"}, {})):
        facts.insert(
            -1,
            {
                "type": "BlockExecuted",
                "blockType": "InvokeLambdaFunction",
                "given": {"LambdaFunctionARN": "function:who", **given},
                "changed": changed,
            },
        )

    found = read_record(document)

    assert found is not None
    assert [({"kind": "gold"}, None), (None, "late")] == [
        (reply.payload, reply.failure) for reply in found.replies["who"]
    ]


def test_what_met_no_flow_or_is_hidden_cannot_be_replayed() -> None:
    """An encrypted number is nobody's to type again."""
    assert read_record({"contactId": "c", "facts": []}) is None
    assert read_record(recorded("***", "Sales")) is None


def asked(block_type: str, branch: str, **given: str) -> dict[str, object]:
    """One block of a service, as `explain` gives it."""
    return {"type": "BlockExecuted", "blockType": block_type, "branch": branch, "given": given}


def test_services_answer_what_they_answered_then() -> None:
    """By port and in order: a result, values that are kept, an error."""
    document = recorded("1", "Sales")
    facts = document["facts"]
    assert isinstance(facts, list)
    profile = asked("GetCustomerProfile", "next", asks="CUSTOMER get")
    facts[-1:-1] = [
        {**profile, "changed": {"$.Customer": '{"FirstName": "Ana"}'}},
        asked("GetCustomerProfile", "NoneFoundError", asks="CUSTOMER get", failure="nobody"),
        asked("CheckMetricData", "Equals 3", asks="METRICS check", result="3"),
    ]

    found = read_record(document)

    assert found is not None
    assert {
        "customer": (Answer(value={"FirstName": "Ana"}), Answer(error_type="NoneFoundError")),
        "metrics": (Answer(result="3"),),
    } == found.answers


def test_what_a_person_told_a_bot_is_told_again_in_its_turn() -> None:
    """Keys, words and silence in one order, whoever asked."""
    document = recorded("1", "Sales")
    facts = document["facts"]
    assert isinstance(facts, list)
    facts[-1:-1] = [
        asked("ConnectParticipantWithLexBot", "Equals Billing", asks="BOT x", result="Billing"),
        asked("ConnectParticipantWithLexBot", "InputTimeLimitExceeded", asks="BOT x", failure=""),
    ]

    found = read_record(document)

    assert found is not None
    late = Answer(error_type="InputTimeLimitExceeded")
    assert ("1", Answer(result="Billing"), late) == found.inputs


def test_hours_and_chance_fall_as_they_fell_then() -> None:
    """Each office by its name; a distribution goes the way it went."""
    document = recorded("1", "Sales")
    facts = document["facts"]
    assert isinstance(facts, list)
    facts[-1:-1] = [
        asked("CheckHoursOfOperation", "Equals True", HoursOfOperationId="hours:Office"),
        asked("CheckHoursOfOperation", "Equals False", HoursOfOperationId="hours:Shop"),
        asked("DistributeByPercentage", "NumberLessThan 51", number="37"),
    ]

    found = read_record(document)

    assert found is not None
    assert ({"Office": True, "Shop": False}, 0.365) == (found.is_open, found.chance)


def test_who_hung_up_ends_elsewhere_only_where_a_queue_would_have_taken_them() -> None:
    """Nobody notices what a flow does after the customer has gone."""
    document = recorded(None, None)
    facts = document["facts"]
    assert isinstance(facts, list)
    facts[-1] = {"type": "ContactDisconnected", "reason": "CUSTOMER_DISCONNECT"}
    gone = read_record(document)
    assert gone is not None
    straight = replace(OLD, flow=Flow("Sales", OLD.flow.actions))

    assert ("hung up", "hung up") == (gone.end, replay(OLD, gone, Center()).now)
    assert "queued in Sales" == replay(straight, gone, Center()).now


def test_what_was_done_in_the_queue_is_not_done_before_it() -> None:
    """A key pressed while waiting belongs to the queue's own flow."""
    document = recorded("1", "Sales")
    facts = document["facts"]
    assert isinstance(facts, list)
    facts.append({"type": "BlockExecuted", "blockType": "GetParticipantInput", "given": {}})

    found = read_record(document)

    assert found is not None
    assert ("1",) == found.inputs
