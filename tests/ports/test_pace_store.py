"""What every PaceStore promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.adapters.dynamo.pace import DynamoPaceStore
from chalicelib.adapters.dynamo.tables import BasisRow, StretchRow
from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.waiting import STRETCHES, Basis, Pace, Sample, Stretch
from chalicelib.services.pace_ports import PaceStore
from tests.fakes.contacts import InMemoryPaceStore
from tests.given import MONDAY, later

SALES, VOICE = QueueId("q-sales"), Channel.VOICE
BASIS = Basis(counted_at=MONDAY, agents=2.5, free=0, pace=Pace(handled=4.5, gives_up=0.001))


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> PaceStore:
    if request.param == "fake":
        return InMemoryPaceStore()
    request.getfixturevalue("bind_tables")(routing=[StretchRow, BasisRow])
    return DynamoPaceStore()


def note(store: PaceStore, contact: str, *, minutes: int = 0, **sample: float) -> None:
    known = Sample(**{"waited_seconds": 10.0, **sample})
    store.note(SALES, VOICE, ContactId(contact), known, at=later(minutes=minutes))


def test_contacts_of_five_minutes_are_added_up(store: PaceStore) -> None:
    note(store, "c-1", handle_seconds=100.5)
    note(store, "c-2", minutes=4, handle_seconds=200.0, waited_seconds=30.25)
    note(store, "c-3", minutes=2, waited_seconds=20.0)

    (stretch,) = store.stretches(SALES, VOICE)
    assert stretch == Stretch(
        began_at=MONDAY, handled=2, handle_seconds=300.5, gave_up=1, waited_seconds=60.25
    )


def test_a_contact_told_twice_is_counted_once(store: PaceStore) -> None:
    for _ in range(3):
        note(store, "c-1", handle_seconds=100.0)

    assert 1 == store.stretches(SALES, VOICE)[0].handled


def test_the_newest_stretches_come_first_and_no_more_than_are_looked_at(store: PaceStore) -> None:
    """Quiet minutes are not there at all."""
    for number in range(STRETCHES + 2):
        note(store, f"c-{number}", minutes=10 * number, handle_seconds=1.0)
    store.keep(SALES, VOICE, BASIS)

    found = [stretch.began_at for stretch in store.stretches(SALES, VOICE)]
    assert STRETCHES == len(found)
    newest = later(minutes=10 * (STRETCHES + 1))
    assert [newest - timedelta(minutes=10 * n) for n in range(STRETCHES)] == found


def test_lines_are_apart(store: PaceStore) -> None:
    note(store, "c-1", handle_seconds=100.0)
    store.keep(SALES, VOICE, BASIS)

    assert not store.stretches(SALES, Channel.CHAT)
    assert not store.stretches(QueueId("q-other"), VOICE)
    assert store.basis(SALES, Channel.CHAT) is None


def test_what_was_counted_last_is_read_as_it_was_kept(store: PaceStore) -> None:
    store.keep(SALES, VOICE, Basis(counted_at=MONDAY, agents=0, free=3, pace=Pace()))
    store.keep(SALES, VOICE, BASIS)

    assert BASIS == store.basis(SALES, VOICE)
