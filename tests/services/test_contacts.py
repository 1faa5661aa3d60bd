"""A contact after the talk: who may see what, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.errors import Denied, LostRace, NotFound, Rejected
from chalicelib.core.events import (
    CustomerIdentified,
    DisconnectReason,
    RecordingPlayed,
    RecordingStored,
    TranscriptStored,
)
from chalicelib.core.identity import Caller
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.ports import RecordingJob
from tests.given import a_customer
from tests.house import BEN, CLEO, DONE, House

SEGMENT = "mm98x4w0"


def person(username: str, *groups: str) -> Caller:
    return Caller(kind="person", username=username, groups=frozenset(groups or ("agent",)))


BENS, CLEOS, SUES = person("ben"), person("cleo"), person("sue", "supervisor")


@pytest.fixture
def house() -> House:
    house = House()
    house.customers.create(a_customer())
    house.signs_in("ben")
    return house


@pytest.fixture
def talk(house: House) -> ContactId:
    """Ana talks with Ben."""
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    return contact_id


@pytest.fixture
def recorded(house: House, talk: ContactId) -> ContactId:
    """The talk is over and lies in the bucket."""
    upload(house, talk, 0, 1)
    house.contacts_service.stitch(job(talk))
    house.desk.hang_up(BEN, talk)
    house.desk.complete(BEN, talk, DONE)
    return talk


def upload(house: House, contact_id: ContactId, *numbers: int, segment: str = SEGMENT) -> None:
    for number in numbers:
        key = f"parts/{contact_id}/{segment}/{number:06d}"
        house.objects.put(key, b"chunk %d" % number, content_type="audio/webm")


def job(contact_id: ContactId, segment: str | None = SEGMENT) -> RecordingJob:
    return RecordingJob(contact_id=contact_id, segment=segment)


# --- who may see a contact ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "caller", [BENS, SUES, person("ann", "admin")], ids=["its agent", "supervisor", "admin"]
)
def test_a_contact_is_seen_by_its_agent_and_by_those_above(
    house: House, talk: ContactId, caller: Caller
) -> None:
    facts = [each.fact for each in house.contacts_service.explain(talk, caller)]

    assert house.contacts_service.get(talk, caller).contact_id == talk
    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))


@pytest.mark.parametrize(
    "caller",
    [CLEOS, person("fin", "finance"), person("tim", "trainee"), person("", "agent")],
    ids=["another agent", "finance", "trainee", "nobody"],
)
def test_a_contact_is_seen_by_nobody_else(house: House, talk: ContactId, caller: Caller) -> None:
    service = house.contacts_service
    for look in (service.get, service.explain, service.transcript, service.pop, service.grant):
        with pytest.raises(Denied) as denied:
            look(talk, caller)
        assert denied.value.value == talk


def test_an_agent_sees_a_contact_from_the_first_ring(house: House) -> None:
    """The screen pop comes with the offer, and goes with it; uploading comes with the answer."""
    contact_id = house.rings()

    assert house.contacts_service.pop(contact_id, BENS).customer is not None
    with pytest.raises(Denied):
        house.contacts_service.grant(contact_id, BENS)
    house.routing.expire_offer(contact_id, house.offer_of(contact_id))
    with pytest.raises(Denied):
        house.contacts_service.pop(contact_id, BENS)


def test_an_unknown_contact_is_not_found(house: House) -> None:
    for caller in (BENS, SUES):
        with pytest.raises(NotFound):
            house.contacts_service.get(ContactId("c-x"), caller)


# --- recordings -----------------------------------------------------------------------------------


def test_the_agent_of_the_contact_uploads_and_says_when_it_is_done(
    house: House, talk: ContactId
) -> None:
    """A job is ordered; the file is made elsewhere."""
    grant = house.contacts_service.grant(talk, BENS)
    house.contacts_service.finish_segment(talk, SEGMENT, BENS, chunks=3, started_at=house.at)

    assert grant.prefix == f"parts/{talk}/"
    ((ordered, delay),) = house.jobs.ordered
    assert (ordered.segment, ordered.chunks, delay) == (SEGMENT, 3, 0)


def test_nobody_else_finishes_a_recording(house: House, talk: ContactId) -> None:
    for caller in (CLEOS, SUES):
        with pytest.raises(Denied):
            house.contacts_service.finish_segment(
                talk, SEGMENT, caller, chunks=1, started_at=house.at
            )
    assert house.jobs.ordered == []


@pytest.mark.parametrize("segment", ["../../x", "A", "", "x" * 17])
def test_what_is_no_segment_is_refused_at_the_door(
    house: House, talk: ContactId, segment: str
) -> None:
    with pytest.raises(Rejected) as refused:
        house.contacts_service.finish_segment(talk, segment, BENS, chunks=1, started_at=house.at)

    assert (refused.value.field, house.jobs.ordered) == ("segment", [])


def test_a_stitched_segment_is_a_fact_with_length_and_digest(
    house: House, recorded: ContactId
) -> None:
    (stored,) = house.events(recorded, RecordingStored)

    assert (stored.seconds, stored.channels, stored.missing_chunks) == (4.0, 2, 0)
    assert len(stored.sha256) == 64
    assert house.objects.get(stored.key) == b"chunk 0|chunk 1"


def test_stitching_twice_is_one_fact(house: House, recorded: ContactId) -> None:
    """The desk finished it, and the end of the contact collects what is there."""
    house.contacts_service.stitch(job(recorded))
    house.contacts_service.stitch(job(recorded, None))

    assert len(house.events(recorded, RecordingStored)) == 1


def test_stitching_twice_at_once_is_one_fact(house: House, talk: ContactId) -> None:
    """Two workers made the same file; the second sees the fact when it looks again."""
    upload(house, talk, 0)
    house.contacts.meanwhile = [lambda: house.contacts_service.stitch(job(talk))]

    house.contacts_service.stitch(job(talk))

    assert len(house.events(talk, RecordingStored)) == 1


def test_a_chunk_that_came_late_makes_a_new_fact_of_the_same_segment(
    house: House, recorded: ContactId
) -> None:
    upload(house, recorded, 2)

    house.contacts_service.stitch(job(recorded))

    assert [event.seconds for event in house.events(recorded, RecordingStored)] == [4.0, 6.0]
    (segment,) = house.contact(recorded).recordings
    assert segment.seconds == 6.0


def test_every_segment_of_a_contact_is_collected(house: House, talk: ContactId) -> None:
    """Also beside one whose name no desk of ours ever gave."""
    upload(house, talk, 0)
    upload(house, talk, 0, 1, segment="mm98x5aa")
    upload(house, talk, 0, segment="zzzzzzzzzzzzzzzz")

    house.contacts_service.stitch(job(talk, None))

    assert [r.segment for r in house.contact(talk).recordings] == [SEGMENT, "mm98x5aa"]


def test_nothing_uploaded_is_no_fact(house: House, talk: ContactId) -> None:
    house.contacts_service.stitch(job(talk))
    house.contacts_service.stitch(job(talk, None))

    assert house.events(talk, RecordingStored) == []


# --- listening ------------------------------------------------------------------------------------


@pytest.mark.parametrize("caller", [BENS, SUES], ids=["its agent", "supervisor"])
def test_a_link_is_good_for_fifteen_minutes_and_leaves_a_line_of_audit(
    house: House, recorded: ContactId, caller: Caller
) -> None:
    playback = house.contacts_service.play(recorded, SEGMENT, caller)

    (played,) = house.events(recorded, RecordingPlayed)
    assert playback.expires_at == house.at + timedelta(minutes=15)
    assert (played.username, played.segment) == (caller.username, SEGMENT)
    assert played.link_expires_at == playback.expires_at


@pytest.mark.parametrize(
    "caller",
    [
        CLEOS,
        person("fin", "finance"),
        person("tim", "trainee"),
        person("ann", "admin"),
        person("nobody", "agent"),
    ],
    ids=["another agent", "finance", "trainee", "admin", "no user of ours"],
)
def test_nobody_else_listens_and_nothing_is_noted(
    house: House, recorded: ContactId, caller: Caller
) -> None:
    with pytest.raises(Denied):
        house.contacts_service.play(recorded, SEGMENT, caller)

    assert house.events(recorded, RecordingPlayed) == []


def test_an_agent_who_serves_the_same_customer_now_may_listen(
    house: House, recorded: ContactId
) -> None:
    """From the ring to the end of the wrap-up, and no longer."""
    house.desk.set_status(BEN, "Break")
    house.signs_in("cleo")
    again = house.rings()
    assert house.rings_at(again) == CLEO

    assert house.contacts_service.play(recorded, SEGMENT, CLEOS).channels == 2
    house.answers(CLEO, again)
    house.desk.hang_up(CLEO, again)
    house.desk.complete(CLEO, again, DONE)

    with pytest.raises(Denied):
        house.contacts_service.play(recorded, SEGMENT, CLEOS)


def test_a_customer_who_was_merged_since_is_the_same_one(house: House, recorded: ContactId) -> None:
    """The old contact still says the old id."""
    house.customers.create(a_customer("C-a2", name="A. Silva", phones=("+12025550188",)))
    merging = CustomerMerging(house.customers, house.now)
    merging.merge(CustomerId("C-a2"), CustomerId("C-ana"), version=1, by="sue")
    house.desk.set_status(BEN, "Break")
    house.signs_in("cleo")
    again = house.rings()
    assert house.rings_at(again) == CLEO

    assert house.contact(again).customer_id == "C-a2"
    assert house.contacts_service.play(recorded, SEGMENT, CLEOS).channels == 2


def test_an_agent_who_missed_the_customer_serves_nobody(house: House, recorded: ContactId) -> None:
    """A miss stays on the desk until it is cleared: that opens no archive."""
    house.desk.set_status(BEN, "Break")
    house.signs_in("cleo")
    again = house.rings()
    house.routing.expire_offer(again, house.offer_of(again))

    with pytest.raises(Denied):
        house.contacts_service.play(recorded, SEGMENT, CLEOS)


def test_an_agent_who_serves_somebody_else_may_not(house: House, recorded: ContactId) -> None:
    """Nor with a contact of nobody in particular."""
    house.desk.set_status(BEN, "Break")
    house.signs_in("cleo")
    house.answers(CLEO, house.rings(customer_endpoint=None))

    with pytest.raises(Denied):
        house.contacts_service.play(recorded, SEGMENT, CLEOS)


def test_an_unknown_segment_is_not_found(house: House, recorded: ContactId) -> None:
    with pytest.raises(NotFound) as missing:
        house.contacts_service.play(recorded, "s9", BENS)

    assert missing.value.value == "s9"
    assert house.events(recorded, RecordingPlayed) == []


# --- facts that come later ------------------------------------------------------------------------

NAMED = CustomerIdentified(customer_id=CustomerId("C-rui"), is_new=False)


def test_a_fact_is_added_whatever_else_happens(house: House, talk: ContactId) -> None:
    house.contacts.meanwhile = [lambda: house.desk.hang_up(BEN, talk)]

    house.contacts_service.append(talk, NAMED)

    assert house.contact(talk).customer_id == "C-rui"
    assert house.facts(talk)[-1] == "CustomerIdentified"


def test_a_fact_that_came_true_in_between_is_not_added(house: House, talk: ContactId) -> None:
    house.contacts.meanwhile = [lambda: house.contacts_service.append(talk, NAMED)]

    house.contacts_service.append(talk, NAMED, unless=lambda now: now.customer_id == "C-rui")

    assert house.facts(talk).count("CustomerIdentified") == 2  # the one of its beginning, and one


def test_a_contact_that_never_stands_still_is_a_conflict(house: House, talk: ContactId) -> None:
    def disturb() -> None:
        house.contacts_service.append(talk, NAMED)

    house.contacts.meanwhile = [step for _ in range(5) for step in (disturb, lambda: None)]

    with pytest.raises(LostRace):
        house.contacts_service.append(talk, NAMED)


def test_a_finished_chat_is_kept_once(house: House) -> None:
    ana = house.chats(initial_message="Hello")
    house.chat.leave(ana.participant_token)
    contact = house.contact(ana.contact_id)

    for _ in range(2):
        house.contacts_service.keep_transcript(contact)

    (stored,) = house.events(ana.contact_id, TranscriptStored)
    assert stored.messages == 1
    assert b"Hello" in house.objects.get(stored.key)


def test_a_call_has_no_transcript(house: House, talk: ContactId) -> None:
    house.contacts_service.keep_transcript(house.contact(talk))

    assert house.events(talk, TranscriptStored) == []


# --- contacts of a flow ---------------------------------------------------------------------------


def test_finished_contacts_are_listed_under_the_flow_they_began_with(house: House) -> None:
    """Newest first, by any name of the flow; one that goes on is not listed yet."""
    first = house.rings("Look up")
    house.later(60)
    second = house.rings("Look up")
    house.rings("Menu")
    for contact_id in (second, first, first):
        house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        house.streams()

    for name in ("Look up", "flow:Look up", "look up"):
        assert [second, first] == house.contacts_service.latest(name, 10)
    assert [second] == house.contacts_service.latest("Look up", 1)
    assert [] == house.contacts_service.latest("Menu", 10)


@pytest.mark.parametrize("limit", [0, 1_001])
def test_nobody_lists_more_than_a_thousand_contacts(house: House, limit: int) -> None:
    with pytest.raises(Rejected, match="limit is from 1 to 1000"):
        house.contacts_service.latest("Menu", limit)


def test_contacts_of_a_flow_that_is_not_there_are_not_found(house: House) -> None:
    with pytest.raises(NotFound, match="no flow 'Nowhere'"):
        house.contacts_service.latest("Nowhere", 10)
