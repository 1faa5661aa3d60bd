"""A version on trial: whom it gets, what counts against it, when it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.canary import (
    Canary,
    End,
    Outcome,
    Tally,
    is_error,
    verdict,
    window,
)
from chalicelib.core.errors import Rejected
from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import ContactId, FlowId
from tests.given import MONDAY

MAIN = FlowId("f-main")
CANARY = Canary(version=13, against=12, percent=10, started_at=MONDAY)
OVER = End(outcome=Outcome.REMOVED, at=MONDAY, why="removed by ben")
CONTACTS = [ContactId(f"c-{number}") for number in range(2_000)]


def an_entry(canary: Canary | None = CANARY, version: int = 12) -> FlowEntry:
    return FlowEntry(flow_id=MAIN, name="Main", type="CONTACT_FLOW", version=version, canary=canary)


def a_block(branch: str, to: str | None = "Next") -> BlockExecuted:
    return BlockExecuted(
        flow_id=MAIN,
        flow_version=13,
        block_id="Block",
        block_type="Any",
        branch=branch,
        next_block_id=to,
    )


# --- whom it gets -----------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [1, 10, 50, 99])
def test_about_so_many_percent_of_the_contacts_get_it(percent: int) -> None:
    """Within two points of a hundred, over 2,000 contacts."""
    canary = replace(CANARY, percent=percent)

    taken = sum(canary.takes(MAIN, contact) for contact in CONTACTS)

    assert abs(taken / len(CONTACTS) - percent / 100) < 0.02


def test_a_contact_gets_the_same_whenever_it_is_asked_for() -> None:
    """Nothing is remembered, and nothing drawn."""
    assert [CANARY.takes(MAIN, c) for c in CONTACTS] == [CANARY.takes(MAIN, c) for c in CONTACTS]


def test_a_higher_percentage_takes_none_of_its_contacts_away() -> None:
    """Who had the new version at 10 % has it at 50 %."""
    more = replace(CANARY, percent=50)

    assert all(more.takes(MAIN, c) for c in CONTACTS if CANARY.takes(MAIN, c))


def test_two_flows_draw_apart() -> None:
    """Else the same unlucky tenth would try everything that is new."""
    both = [c for c in CONTACTS if CANARY.takes(MAIN, c) and CANARY.takes(FlowId("f-2"), c)]

    assert len(both) < 60


def test_an_entry_gives_some_the_version_on_trial_and_all_others_the_live_one() -> None:
    versions = [an_entry().version_for(contact) for contact in CONTACTS]

    assert {12, 13} == set(versions)
    assert 150 < versions.count(13) < 250


@pytest.mark.parametrize(
    "entry",
    [an_entry(None), an_entry(CANARY.ended(OVER)), an_entry(CANARY, version=14)],
    ids=["never one", "over", "another version is live"],
)
def test_without_a_trial_everybody_gets_the_live_version(entry: FlowEntry) -> None:
    """A trial is one against the version that was live: with another one it is over."""
    assert {entry.version} == {entry.version_for(contact) for contact in CONTACTS}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("percent", 0),
        ("percent", 100),
        ("error_rate", -0.1),
        ("error_rate", 1.1),
        ("window_seconds", 59),
        ("window_seconds", 3_601),
        ("minimum_contacts", 0),
    ],
)
def test_a_number_out_of_bounds_is_refused(field: str, value: float) -> None:
    with pytest.raises(Rejected, match="is from"):
        replace(CANARY, **{field: value}).check()  # type: ignore[arg-type]  # as parametrised


# --- what counts against it -------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        a_block("NoMatchingError"),
        a_block("NoMatchingError", None),
        a_block("action_limit"),
        a_block("no_branch", None),
        a_block("InputTimeLimitExceeded", None),
    ],
    ids=lambda block: f"{block.branch} to {block.next_block_id}",
)
def test_what_nobody_foresaw_is_an_error(block: BlockExecuted) -> None:
    """A block that fails, a flow that turns in circles, a branch that is not there."""
    assert is_error(block)


@pytest.mark.parametrize(
    "block",
    [
        a_block("next"),
        a_block("Equals 2"),
        a_block("InputTimeLimitExceeded"),
        a_block("NoMatchingCondition"),
        a_block("QueueAtCapacity"),
        a_block("NoneFoundError"),
        a_block("waiting", "Block"),
        a_block("module"),
        a_block("end", None),
        a_block("return", None),
        a_block("flow_deleted", None),
    ],
    ids=lambda block: block.branch,
)
def test_what_customers_do_and_what_has_its_branch_is_none(block: BlockExecuted) -> None:
    """No key, a wrong key, a full queue, a customer whom nobody knows, an end on purpose."""
    assert not is_error(block)


# --- when it is taken back --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contacts", "errors", "is_failed"),
    [(20, 1, True), (19, 19, False), (50, 1, False), (100, 2, False), (100, 3, True)],
)
def test_it_fails_with_more_errors_than_allowed_of_enough_contacts(
    contacts: int, errors: int, is_failed: bool
) -> None:
    """2 % of at least 20; exactly 2 % is allowed."""
    end = verdict(CANARY, Tally(contacts=contacts, errors=errors), MONDAY)

    assert is_failed == (end is not None)


def test_the_verdict_says_why_with_the_numbers() -> None:
    end = verdict(CANARY, Tally(contacts=40, errors=3), MONDAY)

    assert end is not None
    assert (Outcome.FAILED, MONDAY, None) == (end.outcome, end.at, end.by)
    assert (
        "3 of 40 contacts of version 13 ran into an error within 300 s: 7.5%, more than 2.0%"
        == end.why
    )


def test_the_window_is_in_whole_minutes_and_begins_with_the_trial() -> None:
    """Five minutes back, but never before the canary was there."""
    assert MONDAY == window(CANARY, MONDAY + timedelta(minutes=2))
    assert MONDAY + timedelta(minutes=15) == window(CANARY, MONDAY + timedelta(minutes=20.5))
