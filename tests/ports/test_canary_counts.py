"""What every store of a canary's counts promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamo.canary import DynamoCanaryCounts
from chalicelib.adapters.dynamo.tables import CanaryContactRow, CanaryMinuteRow
from chalicelib.core.canary import Tally
from chalicelib.core.ids import ContactId, FlowId
from chalicelib.services.canary import CanaryCounts, Trial
from tests.fakes.contacts import InMemoryCanaryCounts
from tests.given import MONDAY

TRIAL = Trial(flow_id=FlowId("f-1"), started_at=MONDAY)
ANA, BO = ContactId("c-ana"), ContactId("c-bo")


@pytest.fixture(params=["fake", "dynamo"])
def counts(request: pytest.FixtureRequest) -> CanaryCounts:
    if request.param == "fake":
        return InMemoryCanaryCounts()
    request.getfixturevalue("bind_tables")(center=[CanaryContactRow, CanaryMinuteRow])
    return DynamoCanaryCounts()


def test_a_contact_counts_once_however_often_it_is_told(counts: CanaryCounts) -> None:
    """Its beginning and its error; the stream brings each at least once."""
    for _ in range(3):
        counts.begin(TRIAL, ANA, 13, at=MONDAY)
        counts.fail(TRIAL, ANA, 13, at=MONDAY + timedelta(minutes=2))

    assert {13: Tally(contacts=1, errors=1)} == counts.tallies(TRIAL, since=MONDAY)


def test_versions_and_trials_count_apart(counts: CanaryCounts) -> None:
    """Another flow's, and another trial of the same flow, are nobody's business here."""
    for trial in (
        TRIAL,
        replace(TRIAL, flow_id=FlowId("f-2")),
        replace(TRIAL, started_at=MONDAY + timedelta(hours=1)),
    ):
        counts.begin(trial, ANA, 13, at=MONDAY)
    counts.begin(TRIAL, BO, 12, at=MONDAY)

    assert {12: Tally(contacts=1), 13: Tally(contacts=1)} == counts.tallies(TRIAL, since=MONDAY)


def test_an_error_counts_only_for_whom_the_trial_saw_begin_that_version(
    counts: CanaryCounts,
) -> None:
    """A contact of before the trial, or of another version, says nothing about this one."""
    counts.begin(TRIAL, BO, 12, at=MONDAY)
    counts.fail(TRIAL, ANA, 13, at=MONDAY)
    counts.fail(TRIAL, BO, 13, at=MONDAY)

    assert {12: Tally(contacts=1)} == counts.tallies(TRIAL, since=MONDAY)


def test_only_what_was_counted_since_then_is_told(counts: CanaryCounts) -> None:
    """By whole minutes: the one that `since` lies in counts."""
    for minute, contact in enumerate((ANA, BO, ContactId("c-cy"))):
        counts.begin(TRIAL, contact, 13, at=MONDAY + timedelta(minutes=minute, seconds=10))

    assert {13: Tally(contacts=2)} == counts.tallies(TRIAL, since=MONDAY + timedelta(seconds=100))
    assert {} == counts.tallies(TRIAL, since=MONDAY + timedelta(minutes=9))
