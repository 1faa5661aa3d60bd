"""Routing profiles: which queues their agents serve, and how many contacts at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import AvailabilityTimer, CrossChannel, ProfileQueue, RoutingProfile
from chalicelib.core.errors import Duplicate, InUse, NotFound, Refusal, Rejected, TooMany
from chalicelib.core.events import Channel
from chalicelib.core.ids import QueueId
from chalicelib.services.routing_profiles import Media, NewRoutingProfile
from tests.given import MONDAY, later
from tests.house import BEN, PROFILE, SALES, SUPPORT
from tests.services.staffing import Staff

CALLS = ProfileQueue(queue_id=SALES, channel=Channel.VOICE, priority=2, delay_seconds=30)
CHATS = ProfileQueue(queue_id=SUPPORT, channel=Channel.CHAT)
NEW = NewRoutingProfile(
    name="Evenings",
    description="After five",
    default_outbound_queue_id=SALES,
    media=(
        Media(channel=Channel.VOICE, concurrency=1),
        Media(channel=Channel.CHAT, concurrency=10, cross_channel=CrossChannel.ANY),
    ),
    queues=(CALLS,),
    availability_timer=AvailabilityTimer.LAST_INBOUND,
    tags={"team": "a"},
)


@pytest.fixture
def staff() -> Staff:
    return Staff()


def create(staff: Staff, new: NewRoutingProfile = NEW) -> RoutingProfile:
    return staff.profiles.create(staff.center, new)


def test_a_routing_profile_is_made_of_queues_and_channels(staff: Staff) -> None:
    """Ids may be ARNs."""
    arn = f"{staff.center.arn}/queue/{SALES}"
    entry = replace(CALLS, queue_id=QueueId(arn))

    made = create(staff, replace(NEW, default_outbound_queue_id=arn, queues=(entry,)))

    assert made == staff.profiles.find(staff.center, staff.center.profile_arn(made.profile_id))
    assert ((CALLS,), SALES) == (made.queues, made.default_outbound_queue_id)
    assert {Channel.VOICE: 1, Channel.CHAT: 10} == made.concurrency
    assert CrossChannel.ANY is made.cross_channel[Channel.CHAT]
    assert (AvailabilityTimer.LAST_INBOUND, MONDAY) == (made.availability_timer, made.changed_at)
    assert ["Evenings", "General"] == [p.name for p in staff.profiles.listed(staff.center)]


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"name": "General"}, Duplicate, "Name"),
        ({"name": ""}, Rejected, "Name"),
        ({"description": ""}, Rejected, "Description"),
        ({"description": "x" * 251}, Rejected, "Description"),
        ({"default_outbound_queue_id": "q-9"}, NotFound, "DefaultOutboundQueueId"),
        ({"media": ()}, Rejected, "MediaConcurrencies"),
        ({"media": (*NEW.media, NEW.media[0])}, Rejected, "MediaConcurrencies"),
        (
            {"media": (Media(channel=Channel.VOICE, concurrency=2),)},
            Rejected,
            "MediaConcurrencies.Concurrency",
        ),
        (
            {"media": (Media(channel=Channel.TASK, concurrency=11),)},
            Rejected,
            "MediaConcurrencies.Concurrency",
        ),
        ({"queues": (replace(CALLS, priority=0),)}, Rejected, "QueueConfigs.Priority"),
        ({"queues": (replace(CALLS, priority=100),)}, Rejected, "QueueConfigs.Priority"),
        ({"queues": (replace(CALLS, delay_seconds=-1),)}, Rejected, "QueueConfigs.Delay"),
        ({"queues": (replace(CALLS, delay_seconds=10_000),)}, Rejected, "QueueConfigs.Delay"),
        (
            {"queues": (replace(CALLS, queue_id=QueueId("q-9")),)},
            NotFound,
            "QueueConfigs.QueueReference.QueueId",
        ),
        ({"queues": (CALLS,) * 11}, Rejected, "QueueConfigs"),
    ],
)
def test_what_no_routing_profile_can_be_is_refused(
    staff: Staff, changes: dict[str, object], error: type[Refusal], field: str
) -> None:
    with pytest.raises(error) as refused:
        create(staff, replace(NEW, **changes))  # type: ignore[arg-type]  # fields of NewRoutingProfile

    assert field == refused.value.field
    assert (PROFILE,) == staff.center.profiles


def test_a_routing_profile_changes_part_by_part(staff: Staff) -> None:
    """Media are set anew as a whole; all else stays."""
    made, staff.at = create(staff), later(minutes=1)
    profiles, profile_id = staff.profiles, made.profile_id

    profiles.rename(staff.center, profile_id, name="Nights", text=None)
    profiles.rename(staff.center, profile_id, name=None, text="After nine")
    profiles.set_media(staff.center, profile_id, [Media(channel=Channel.TASK, concurrency=0)])
    profiles.set_outbound_queue(staff.center, profile_id, SUPPORT)
    profiles.set_timer(staff.center, profile_id, AvailabilityTimer.LAST_ACTIVITY)

    known = profiles.find(staff.center, profile_id)
    assert ("Nights", "After nine", SUPPORT) == (
        known.name,
        known.description,
        known.default_outbound_queue_id,
    )
    assert ({Channel.TASK: 0}, (CALLS,)) == (known.concurrency, known.queues)
    assert later(minutes=1) == known.changed_at


def test_queues_of_a_routing_profile_come_change_and_go(staff: Staff) -> None:
    """Each is a pair of queue and channel; one that is there gets the new priority and delay."""
    made = create(staff)
    profiles, profile_id = staff.profiles, made.profile_id
    urgent = replace(CALLS, priority=1, delay_seconds=0)

    profiles.add_queues(staff.center, profile_id, [CHATS, urgent])
    assert [urgent, CHATS] == profiles.queues(staff.center, profile_id)
    profiles.change_queues(staff.center, profile_id, [CALLS])
    assert [CALLS, CHATS] == profiles.queues(staff.center, profile_id)
    gone = [(SALES, Channel.VOICE), (SALES, Channel.CHAT)]
    profiles.remove_queues(staff.center, profile_id, gone)

    assert [CHATS] == profiles.queues(staff.center, profile_id)
    with pytest.raises(NotFound, match="VOICE"):
        profiles.change_queues(staff.center, profile_id, [CALLS])


def test_fifty_pairs_of_queue_and_channel_are_the_most(staff: Staff) -> None:
    queues = [
        replace(queue, queue_id=QueueId(f"q-{n}"), name=f"Queue {n}")
        for queue in staff.center.queues[:1]
        for n in range(51)
    ]
    for queue in queues:
        staff.store.save_part("queue", queue.queue_id, queue)
    entries = [replace(CALLS, queue_id=queue.queue_id) for queue in queues]
    made = create(staff, replace(NEW, queues=()))
    for n in range(0, 50, 10):
        staff.profiles.add_queues(staff.center, made.profile_id, entries[n : n + 10])

    with pytest.raises(TooMany, match="50"):
        staff.profiles.add_queues(staff.center, made.profile_id, entries[50:])


def test_a_routing_profile_that_users_have_is_not_deleted(staff: Staff) -> None:
    """The refusal names them."""
    made = create(staff)
    staff.users.set_profile(staff.center, BEN, made.profile_id)
    assert {PROFILE.profile_id: 1, made.profile_id: 1} == staff.profiles.sizes()

    with pytest.raises(InUse, match="user 'ben'"):
        staff.profiles.delete(staff.center, made.profile_id)
    staff.users.set_profile(staff.center, BEN, PROFILE.profile_id)
    staff.profiles.delete(staff.center, made.profile_id)

    with pytest.raises(NotFound):
        staff.profiles.find(staff.center, made.profile_id)
