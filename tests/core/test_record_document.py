"""The JSON form is Amazon Connect's, so that who reads theirs reads ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.record_document import document
from tests.core.records import a_handled_call, folded, record

CORPUS = Path(__file__).parents[2] / "../shared/corpus/events"


def _json() -> Any:
    return json.loads(json.dumps(document(folded(a_handled_call()))))


def test_moments_are_whole_seconds_of_utc() -> None:
    """Connect's records have no fractions, and lengths are what the moments are apart."""
    written = _json()

    assert written["InitiationTimestamp"] == "2026-03-08T16:00:00Z"
    assert written["Queue"]["EnqueueTimestamp"] == "2026-03-08T16:00:04Z"
    assert written["Queue"]["DequeueTimestamp"] == "2026-03-08T16:00:34Z"
    assert written["Queue"]["Duration"] == 30
    assert written["LastUpdateTimestamp"] == "2026-03-08T16:02:00Z"


def test_agent_and_queue_carry_names_and_arns() -> None:
    """An ARN below the instance's, so that joins with Connect's own data work."""
    written = _json()

    assert written["Agent"]["Username"] == "mia"
    assert written["Agent"]["ARN"] == f"{written['InstanceARN']}/agent/a-mia"
    assert written["Queue"]["ARN"] == f"{written['InstanceARN']}/queue/q-Support"
    assert written["AWSAccountId"] == "000000000000"
    assert written["AgentConnectionAttempts"] == 2


def test_what_connect_does_not_tell_stands_in_a_section_of_ours() -> None:
    """Offers, the state before the end, disposition and ticket."""
    ours = _json()["Trunkline"]

    assert [offer["Outcome"] for offer in ours["Offers"]] == ["MISSED", "ACCEPTED"]
    assert [offer["Username"] for offer in ours["Offers"]] == ["ben", "mia"]
    assert (ours["PreDisconnectState"], ours["Disposition"]) == ("CONNECTED", "sale")
    assert (ours["TicketId"], ours["AgentId"], ours["QueueId"]) == ("t-1", "a-mia", "q-Support")


def test_a_recording_is_listed_where_connect_lists_it() -> None:
    """The first as Recording, all of them as Recordings."""
    written = _json()

    assert written["Recording"]["Location"] == "recordings/recordings/2026/03/08/c-1/s1.ogg"
    assert written["Recordings"][0]["StopTimestamp"] == "2026-03-08T16:01:34Z"
    assert written["Recordings"][0]["StorageType"] == "S3"


def test_a_contact_without_agent_and_queue_has_nulls_there() -> None:
    """Keys stay, so that readers with fixed columns find them."""
    written = document(record(queue=None))

    assert written["Agent"] is None
    assert written["Queue"] is None
    assert written["Recordings"] is None


def test_every_key_of_a_real_record_is_in_ours() -> None:
    """A real record of Connect has no key that ours lacks."""
    found = sorted(CORPUS.glob("contact-record__*.json"))
    if not found:
        pytest.skip("the corpus of real records is not beside this checkout")

    missing = set(json.loads(found[0].read_text())) - set(_json())

    assert missing == set()
