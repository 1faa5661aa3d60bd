"""What every RoutingStore promises of agents, openings and presence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from chalicelib.adapters.dynamo.contacts import DynamoContactStore
from chalicelib.adapters.dynamo.routing import DynamoRoutingStore
from chalicelib.adapters.dynamo.tables import IN_CONTACTS, IN_ROUTING
from chalicelib.core import lifecycle as contacts_core
from chalicelib.core import routing as core
from chalicelib.core.center import AVAILABLE, OFFLINE, Proficiency, User
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, OfferId, RoutingProfileId
from chalicelib.core.routing import Agent, AgentChange, DeskEvent
from chalicelib.services.ports import Commit, ContactStore, Presence, RoutingStore
from tests.fakes.contacts import InMemoryContactStore, InMemoryRoutingStore
from tests.given import MONDAY, a_contact, later
from tests.house import BEN, BREAK, CLEO, PROFILE, a_center

TAB, OTHER_TAB = ConnectionId("ws-1"), ConnectionId("ws-2")


@dataclass(frozen=True)
class Stores:
    contacts: ContactStore
    routing: RoutingStore

    def save(self, before: Agent | None, after: Agent, *, seconds: int = 0) -> Agent:
        change = AgentChange(
            before=before,
            after=after,
            profile=PROFILE,
            at=later(seconds=seconds),
            kind=DeskEvent.STATUS_CHANGED,
        )
        self.contacts.commit(Commit(agents=[change]))
        saved = self.routing.agent(after.agent_id)
        assert saved is not None
        return saved

    def idle(self, agent_id: AgentId, *, seconds: int = 0) -> Agent:
        """An agent who is available since then."""
        agent = an_agent(agent_id, status=AVAILABLE, idle_since=later(seconds=seconds))
        return self.save(None, agent)


@pytest.fixture(params=["fake", "dynamo", "simulated"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        routing = InMemoryRoutingStore()
        return Stores(InMemoryContactStore(routing), routing)
    bind = "bind_tables" if request.param == "dynamo" else "bind_simulated"
    request.getfixturevalue(bind)(contacts=[*IN_CONTACTS], routing=[*IN_ROUTING])
    return Stores(DynamoContactStore(), DynamoRoutingStore())


def test_agents_are_found_together(stores: Stores) -> None:
    """Those who never worked are left out."""
    ben, cleo = stores.idle(BEN), stores.idle(CLEO)
    found = stores.routing.agents_among([CLEO, BEN, AgentId("a-nobody")])

    assert [ben, cleo] == sorted(found, key=lambda agent: agent.agent_id)
    assert not stores.routing.agents_among([])


def an_agent(agent_id: AgentId = BEN, **fields: object) -> Agent:
    known = {
        "agent_id": agent_id,
        "username": agent_id.removeprefix("a-"),
        "name": "Ben Ode",
        "profile_id": PROFILE.profile_id,
        "status_since": MONDAY,
        "idle_since": MONDAY,
    }
    return Agent(**{**known, **fields})  # type: ignore[arg-type]  # names as in Agent


def open_for(stores: Stores, channel: Channel = Channel.VOICE) -> list[str]:
    return [o.agent_id for o in stores.routing.openings(PROFILE.profile_id, channel)]


# --- agents ---------------------------------------------------------------------------------------


def test_an_agent_is_read_as_committed(stores: Stores) -> None:
    """With slots, next status and all; the version is one more than what it was made from."""
    contact = contacts_core.offer(
        contacts_core.enqueue(
            contacts_core.initiate(a_contact(fact_count=0, queue=None, agent=None), at=MONDAY),
            a_center().queues[0],
            at=MONDAY,
        ),
        User(username="ben", agent_id=BEN, name="Ben"),
        offer_id=OfferId("o-1"),
        at=MONDAY,
    ).after
    rung = core.ring(an_agent(status=AVAILABLE), contact, PROFILE, at=MONDAY)
    agent = replace(rung, next_status=BREAK)

    assert stores.save(None, agent) == replace(agent, version=1, openings=(), changed_at=MONDAY)
    assert stores.routing.agent(CLEO) is None


def test_of_two_changes_of_one_agent_the_second_is_a_conflict(stores: Stores) -> None:
    """Also of two first sign-ins."""
    first = stores.save(None, an_agent())
    stores.save(first, replace(first, status=AVAILABLE))

    with pytest.raises(Conflict):
        stores.save(first, replace(first, status=BREAK))
    with pytest.raises(Conflict):
        stores.save(None, an_agent())

    agent = stores.routing.agent(BEN)
    assert agent is not None
    assert (agent.status, agent.version) == (AVAILABLE, 2)


def test_contact_and_agent_change_together_or_not_at_all(stores: Stores) -> None:
    """An offer that lost the race for the agent leaves the contact in line."""
    agent = stores.idle(BEN)
    stores.save(agent, replace(agent, status=BREAK))
    begun = contacts_core.initiate(a_contact(fact_count=0, queue=None, agent=None), at=MONDAY)
    stale = AgentChange(
        before=agent,
        after=agent,
        profile=PROFILE,
        at=MONDAY,
        kind=DeskEvent.CONTACT_OFFERED,
    )

    with pytest.raises(Conflict):
        stores.contacts.commit(Commit(contact=begun, agents=[stale]))

    with pytest.raises(NotFound):
        stores.contacts.get(ContactId("c-1"))


# --- openings -------------------------------------------------------------------------------------


def test_openings_follow_the_agent(stores: Stores) -> None:
    """There when available, on every channel of the profile; gone with the next status."""
    agent = stores.idle(BEN)
    seen = [open_for(stores), open_for(stores, Channel.CHAT)]
    stores.save(agent, replace(agent, status=BREAK))

    assert [*seen, open_for(stores), open_for(stores, Channel.CHAT)] == [["a-ben"]] * 2 + [[]] * 2


def test_openings_are_of_one_profile_and_channel(stores: Stores) -> None:
    stores.idle(BEN)

    assert list(stores.routing.openings(RoutingProfileId("rp-other"), Channel.VOICE)) == []
    assert open_for(stores, Channel.TASK) == []


def test_openings_are_longest_idle_first_and_none_is_left_out(stores: Stores) -> None:
    """Behind a row of closed laptops there may sit the one agent who is there; the first few come
    by themselves."""
    order = [AgentId(f"a-{n:02}") for n in range(40)]
    for agent_id in reversed(order):
        stores.idle(agent_id, seconds=int(agent_id[2:]))

    assert open_for(stores) == order


def test_an_opening_is_renewed_with_its_rank(stores: Stores) -> None:
    """Idle since later means further back; there is one row per agent and channel."""
    agent = stores.idle(BEN)
    stores.idle(CLEO, seconds=5)
    assert open_for(stores) == ["a-ben", "a-cleo"]

    stores.save(agent, replace(agent, idle_since=later(seconds=9)))

    assert open_for(stores) == ["a-cleo", "a-ben"]


def test_who_holds_less_comes_first(stores: Stores) -> None:
    """However long the other was idle."""
    agent = stores.idle(BEN)
    stores.idle(CLEO, seconds=50)
    chat = core.Slot(
        contact_id=ContactId("c-1"),
        channel=Channel.CHAT,
        state=core.SlotState.CONNECTED,
        since=MONDAY,
    )
    stores.save(agent, replace(agent, slots=(chat,)))

    assert open_for(stores, Channel.CHAT) == ["a-cleo", "a-ben"]
    assert open_for(stores) == ["a-cleo"]


def test_an_opening_says_what_the_agent_masters(stores: Stores) -> None:
    """Renewed at once when that changes, in the same place of the line."""
    agent = stores.idle(BEN)
    vietnamese = (Proficiency("Language", "Vietnamese", 3.0),)
    stores.save(agent, replace(agent, proficiencies=vietnamese))

    (opening,) = stores.routing.openings(PROFILE.profile_id, Channel.VOICE)

    assert (vietnamese, MONDAY) == (opening.proficiencies, opening.idle_since)


def test_openings_leave_with_the_routing_profile_they_were_made_under(stores: Stores) -> None:
    """Whatever the profile has become since."""
    agent = stores.idle(BEN)
    other = replace(PROFILE, profile_id=RoutingProfileId("rp-2"), concurrency={Channel.CHAT: 1})
    moved = AgentChange(
        before=agent,
        after=replace(agent, profile_id=other.profile_id),
        profile=other,
        at=MONDAY,
        kind=DeskEvent.STATUS_CHANGED,
    )
    stores.contacts.commit(Commit(agents=[moved]))

    assert [[], []] == [open_for(stores), open_for(stores, Channel.CHAT)]
    assert 1 == len(list(stores.routing.openings(other.profile_id, Channel.CHAT)))


# --- the desk's events ----------------------------------------------------------------------------


def test_every_change_is_an_event_for_the_desk_numbered_like_the_agent(stores: Stores) -> None:
    """So a desk that knows number n gets n+1, n+2, … and nothing twice."""
    agent = stores.save(None, an_agent())
    for status in (AVAILABLE, BREAK, OFFLINE):
        agent = stores.save(agent, replace(agent, status=status), seconds=1)

    missed = stores.routing.desk_events(BEN, after=2)

    assert [(m.seq, m.agent.status) for m in missed] == [(3, BREAK), (4, OFFLINE)]
    assert missed[-1].agent == agent
    assert missed[-1].at == later(seconds=1)
    assert stores.routing.desk_events(BEN, after=4) == []
    assert stores.routing.desk_events(CLEO, after=0) == []


# --- presence -------------------------------------------------------------------------------------


def test_the_last_connection_and_word_of_an_agent_are_known(stores: Stores) -> None:
    stores.routing.seen(BEN, TAB, at=MONDAY)
    stores.routing.seen(BEN, OTHER_TAB, at=later(seconds=30))
    stores.routing.seen(CLEO, TAB, at=MONDAY)

    assert stores.routing.presence(BEN) == Presence(BEN, OTHER_TAB, later(seconds=30))
    assert [p.agent_id for p in stores.routing.online()] == [BEN, CLEO]


def test_only_the_present_connection_can_leave(stores: Stores) -> None:
    """A tab that was replaced closes later: that must not sign the new one out."""
    stores.routing.seen(BEN, TAB, at=MONDAY)
    stores.routing.seen(BEN, OTHER_TAB, at=MONDAY)

    stores.routing.gone(BEN, TAB)
    assert stores.routing.presence(BEN) is not None
    stores.routing.gone(BEN, OTHER_TAB)
    stores.routing.gone(CLEO, TAB)

    assert stores.routing.presence(BEN) == Presence(BEN, None, MONDAY)
    assert [Presence(BEN, None, MONDAY)] == list(stores.routing.online())


def test_presences_are_found_together(stores: Stores) -> None:
    """Those of whom nothing was ever heard are left out; asked for twice is told once."""
    stores.routing.seen(BEN, TAB, at=MONDAY)
    stores.routing.seen(CLEO, TAB, at=MONDAY)
    found = stores.routing.presences([CLEO, BEN, AgentId("a-nobody"), BEN])

    assert [BEN, CLEO] == sorted(presence.agent_id for presence in found)
    assert not stores.routing.presences([])


def test_who_is_forgotten_is_not_online_unless_heard_of_meanwhile(stores: Stores) -> None:
    stores.routing.seen(BEN, TAB, at=MONDAY)
    stores.routing.seen(CLEO, TAB, at=MONDAY)
    known = stores.routing.online()
    stores.routing.seen(CLEO, TAB, at=later(seconds=1))

    for presence in known:
        stores.routing.forget(presence)

    assert [CLEO] == [presence.agent_id for presence in stores.routing.online()]
