"""What is kept of a flow under its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.canary import Canary, Outcome
from chalicelib.core.flow_entry import FlowAlias, FlowEntry, split_qualifier
from chalicelib.core.ids import ContactId, FlowId
from tests.given import MONDAY

PROD = FlowAlias(alias_id="al-1", name="prod", version=2)
MAIN = FlowEntry(
    flow_id=FlowId("f-1"),
    name="Main",
    type="CONTACT_FLOW",
    version=3,
    newest=5,
    removed=(4,),
    aliases=(PROD,),
)


def test_versions_that_can_be_named_come_newest_first() -> None:
    """Without those taken off the list; an entry from before they were counted has its live one."""
    assert MAIN.versions == [5, 3, 2, 1]
    assert replace(MAIN, newest=0, removed=()).versions == [3, 2, 1]
    assert replace(MAIN, version=0, newest=0).versions == []


@pytest.mark.parametrize(
    ("qualifier", "version"),
    [
        ("", 3),
        ("$LATEST", 3),
        ("5", 5),
        ("4", None),
        ("6", None),
        ("0", None),
        ("05", None),
        ("٥", None),
        ("9" * 5000, None),
        ("prod", 2),
        ("al-1", 2),
        ("Prod", None),
        ("$SAVED", None),
    ],
)
def test_a_qualifier_names_a_version(qualifier: str, version: int | None) -> None:
    """None, a number, an alias by name or id; a draft is no version."""
    assert MAIN.version_of(qualifier) == version


def test_what_was_never_published_has_no_latest() -> None:
    draft = replace(MAIN, version=0, newest=0)

    assert (draft.version_of(""), draft.status, MAIN.status) == (None, "SAVED", "PUBLISHED")


def test_another_live_version_ends_the_trial_against_the_old_one() -> None:
    """The entry itself says so; the same version again changes nothing."""
    canary = Canary(version=5, against=3, percent=99, started_at=MONDAY)
    tried = replace(MAIN, canary=canary)

    after = tried.made_live(2, MONDAY)

    assert tried.made_live(3, MONDAY) is tried
    assert (after.version, after.trial, after.changed_at) == (2, None, MONDAY)
    assert after.canary is not None
    assert after.canary.end is not None
    assert after.canary.end.outcome is Outcome.SUPERSEDED
    assert after.version_for(ContactId("c-1")) == 2


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("f-1", ("f-1", "")),
        ("f-1:3", ("f-1", "3")),
        ("arn:aws:connect:us-east-1:0:instance/i-1/contact-flow/f-1", ("f-1", "")),
        ("arn:aws:connect:us-east-1:0:instance/i-1/contact-flow/f-1:$SAVED", ("f-1", "$SAVED")),
        ("", ("", "")),
    ],
)
def test_an_id_or_an_arn_may_carry_a_qualifier(reference: str, parts: tuple[str, str]) -> None:
    assert split_qualifier(reference) == parts
