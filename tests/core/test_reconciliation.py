"""What is missing of a day, by pure rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.civil_day import civil_day
from chalicelib.core.contact import AgentLeg, Contact, ContactState, StoredSegment
from chalicelib.core.events import Channel
from chalicelib.core.flow import Session
from chalicelib.core.ids import ContactId
from chalicelib.core.reconciliation import (
    Lack,
    Missing,
    Reconciliation,
    reconcile,
    should_have_audio,
)
from tests.given import MONDAY, a_contact

DAY = civil_day(date(2026, 3, 2), "America/New_York")
AT = datetime.fromisoformat("2026-03-03T06:00:00+00:00")


def segment(contact_id: str, name: str = "s1", sha256: str = "0" * 64) -> StoredSegment:
    return StoredSegment(
        segment=name,
        bucket="recordings",
        key=f"recordings/2026/03/02/{contact_id}/{name}.ogg",
        seconds=60.0,
        channels=2,
        sha256=sha256,
        started_at=MONDAY,
    )


def recorded(contact_id: str = "c-1", *segments: str, **fields: Any) -> Contact:
    """A call with recording on, and these segments."""
    known = {
        "state": ContactState.COMPLETED,
        "disconnected_at": MONDAY,
        "session": Session(recorded_participants=("Agent", "Customer")),
        "recordings": tuple(segment(contact_id, name) for name in segments),
    }
    return a_contact(contact_id, **{**known, **fields})


def found(*contacts: Contact, gone: tuple[str, ...] = (), **records: int) -> Reconciliation:
    """Each has one record, unless told otherwise; `gone`: keys that end so are not there."""
    counts = Counter[str](contact.contact_id for contact in contacts)
    counts.update({name.replace("_", "-"): number - 1 for name, number in records.items()})
    return reconcile(
        DAY,
        contacts,
        records=counts,
        has_object=lambda key: not (gone and key.endswith(gone)),
        at=AT,
    )


def test_a_day_on_which_all_is_there_lacks_nothing() -> None:
    """Counted: contacts, records, calls that should have audio, and their segments."""
    result = found(recorded("c-1", "s1", "s2"), recorded("c-2", "s1"), a_contact("c-3"))

    assert (result.contacts, result.records, result.recorded, result.segments) == (3, 3, 2, 3)
    assert result.missing == ()


def test_a_segment_that_is_gone_is_named_with_where_it_should_lie() -> None:
    result = found(recorded("c-1", "s1", "s2"), gone=("c-1/s2.ogg",))

    key = "recordings/2026/03/02/c-1/s2.ogg"
    assert result.missing == (
        Missing(lack=Lack.OBJECT, contact_id=ContactId("c-1"), segment="s2", key=key),
    )
    assert result.segments == 1


def test_a_recorded_call_without_any_sound_is_missed() -> None:
    assert [each.lack for each in found(recorded()).missing] == [Lack.AUDIO]


def test_a_segment_without_checksum_proves_nothing() -> None:
    """Whether it is what was stored nobody can say."""
    contact = recorded(recordings=(segment("c-1", sha256=""),))

    assert [each.lack for each in found(contact).missing] == [Lack.CHECKSUM]


def test_a_contact_without_record_and_one_with_two_are_named() -> None:
    result = found(recorded("c-1", "s1"), recorded("c-2", "s1"), c_1=0, c_2=2)

    assert [(m.contact_id, m.lack) for m in result.missing] == [
        ("c-1", Lack.RECORD),
        ("c-2", Lack.ONE_RECORD),
    ]
    assert result.records == 0


def test_who_still_wraps_up_has_no_record_and_lacks_none() -> None:
    result = found(recorded("c-1", "s1", state=ContactState.ENDED), c_1=0)

    assert (result.going_on, result.missing) == (1, ())


@pytest.mark.parametrize(
    "fields",
    [
        {"session": Session()},  # consent was refused: the flow has recording off
        {"channel": Channel.CHAT},
        {"agent": None},  # nobody answered
        {"erased_at": MONDAY},
    ],
)
def test_what_is_not_recorded_is_not_missed(fields: dict[str, Any]) -> None:
    contact = recorded(**fields)

    assert not should_have_audio(contact)
    assert found(contact).missing == ()


def test_a_talk_on_the_agent_s_telephone_has_no_audio() -> None:
    """Nothing of ours hears it."""
    agent = a_contact().agent
    assert isinstance(agent, AgentLeg)

    assert not should_have_audio(recorded(agent=replace(agent, line="+12025550155")))


def test_what_was_made_again_is_not_missing_any_more() -> None:
    result = found(recorded("c-1", "s1"), c_1=0)
    rebuilt = replace(result, missing=tuple(replace(m, is_rebuilt=True) for m in result.missing))

    assert (len(result.open), rebuilt.open) == (1, ())


@given(st.lists(st.sets(st.integers(0, 3), max_size=4), max_size=8), st.sets(st.integers(0, 31)))
def test_every_segment_is_there_or_named(segments: list[set[int]], gone: set[int]) -> None:
    """There are as many as were stored, less those that are named; nothing is named twice."""
    contacts = [
        recorded(f"c-{n}", *(f"s{each}" for each in sorted(names)))
        for n, names in enumerate(segments)
    ]
    ends = tuple(f"c-{each // 4}/s{each % 4}.ogg" for each in gone)

    result = found(*contacts, gone=ends)

    lost = [each.key for each in result.missing if each.lack is Lack.OBJECT]
    assert result.segments + len(lost) == sum(len(names) for names in segments)
    assert len(set(lost)) == len(lost)
    assert all(key is not None and key.endswith(ends) for key in lost)
