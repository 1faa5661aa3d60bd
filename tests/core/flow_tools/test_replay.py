"""Recorded contacts in another version: the same inputs, perhaps another end."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.flow import Flow, PublishedFlow
from chalicelib.core.flow_tools.center import Center
from chalicelib.core.flow_tools.replay import Record, read_record, replay
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
        facts.append(
            {
                "type": "BlockExecuted",
                "blockType": "InvokeLambdaFunction",
                "given": {"LambdaFunctionARN": "function:who", **given},
                "changed": changed,
            }
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
