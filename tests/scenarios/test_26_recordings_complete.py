"""Scenario 26: recordings are complete, and what is missing is known before two in the morning."""

from __future__ import annotations

from datetime import datetime

import pytest

from chalicelib.core.errors import Denied
from chalicelib.core.identity import Caller
from chalicelib.core.ids import ContactId
from chalicelib.core.reconciliation import Lack
from tests.services.nights import AT_NIGHT, Night

TWO_O_CLOCK = datetime.fromisoformat("2026-03-03T07:00:00+00:00")  # in New York
CALLS, TRANSFERRED = 1000, 37


@pytest.fixture(scope="module")
def contacts_of() -> tuple[Night, list[ContactId]]:
    """A day of 1,000 recorded calls, of which 37 are transferred, and one without consent."""
    night, contacts = Night(), list[ContactId]()
    for number in range(CALLS):
        contacts += night.talks(is_transferred=number < TRANSFERRED)
    night.talks(is_recorded=False)
    return night, contacts


@pytest.fixture
def day(contacts_of: tuple[Night, list[ContactId]]) -> Night:
    night, _ = contacts_of
    night.at = AT_NIGHT
    return night


def test_1000_calls_of_which_37_were_transferred_are_1037_segments(day: Night) -> None:
    """Each below its day and contact, with checksum, length and channels; nothing is missing, and
    the call without consent has no object and is not missed."""
    found = day.looks()

    stored = [each for c in day.contacts.contacts.values() for each in c.recordings]
    keys = {key for key in day.objects.bodies if key.startswith("recordings/2026/03/02/")}
    assert (found.recorded, found.segments, found.missing) == (1037, 1037, ())
    assert (found.contacts, found.records) == (1038, 1038)
    assert {each.key for each in stored} == keys
    assert all(len(s.sha256) == 64 and s.seconds > 0 and s.channels == 2 for s in stored)


def test_three_objects_removed_by_hand_are_listed_before_two(
    day: Night, contacts_of: tuple[Night, list[ContactId]]
) -> None:
    """Exactly these three; supervisors are told at once."""
    _, contacts = contacts_of
    gone = sorted(contacts[n] for n in (3, 500, 1036))
    keys = [day.contact(contact_id).recordings[0].key for contact_id in gone]
    bodies = {key: day.objects.bodies[key] for key in keys}
    for key in keys:
        day.objects.remove(key)

    found = day.looks()

    assert [(m.lack, m.contact_id, m.key) for m in found.missing] == [
        (Lack.OBJECT, contact_id, key) for contact_id, key in zip(gone, keys, strict=True)
    ]
    assert found.segments == 1034
    assert found.at < TWO_O_CLOCK
    assert day.room.of("2026-03-02") == found
    assert len(day.alerts.recent(day.at)) == 1
    for key, body in bodies.items():
        day.objects.put(key, body, content_type="audio/ogg")


def test_an_agent_of_another_team_may_not_listen(
    day: Night, contacts_of: tuple[Night, list[ContactId]]
) -> None:
    """Nor may finance; a supervisor gets a link for a quarter of an hour, and leaves an audit
    fact."""
    _, contacts = contacts_of
    other = Caller(kind="person", username="A05", groups=frozenset({"agent"}))
    finance = Caller(kind="person", username="fay", groups=frozenset({"finance"}))
    for caller in (other, finance):
        with pytest.raises(Denied):
            day.contacts_service.play(contacts[0], "s1", caller)

    supervisor = Caller(kind="person", username="sue", groups=frozenset({"supervisor"}))
    played = day.contacts_service.play(contacts[0], "s1", supervisor)

    assert (played.expires_at - day.at).total_seconds() == 900
    assert day.facts(contacts[0])[-1] == "RecordingPlayed"
