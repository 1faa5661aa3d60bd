"""Sockets as they open, speak between people, and close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.errors import Denied, NotFound
from chalicelib.core.events import DisconnectReason
from chalicelib.core.identity import Caller, Unidentified
from chalicelib.core.ids import AgentId, ConnectionId, ContactId
from chalicelib.services.ports import Connection, TimerKind
from chalicelib.services.socket_room import SocketRoom
from tests.house import BEN, House

PAGE, DESK, STAFF = ConnectionId("ws-ana"), ConnectionId("ws-ben"), ConnectionId("ws-sue")


class Lines:
    """Straight lines that keep what went through."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, object]] = []

    def to_customer(self, contact_id: ContactId, topic: str, content: object) -> bool:
        self.told.append((contact_id, topic, content))
        return True

    def to_agent(self, agent_id: AgentId, topic: str, content: object) -> bool:
        self.told.append((agent_id, topic, content))
        return True


def person(username: str, *groups: str) -> Caller:
    return Caller(kind="person", username=username, groups=frozenset(groups))


@pytest.fixture
def house() -> House:
    house = House()
    house.signs_in("ben")
    return house


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def room(house: House, lines: Lines) -> SocketRoom:
    return SocketRoom(
        connections=house.connections,
        contacts=house.contacts,
        center=house.center,
        desk=house.desk,
        chat=house.chat,
        lines=lines,
        timers=house.timers,
        now=house.now,
    )


def call(house: House, room: SocketRoom) -> ContactId:
    """Ana's page is open, and Ben's desk; they talk."""
    ana = house.starts()
    room.open_for_customer(PAGE, ana.participant_token)
    room.open_for_staff(DESK, person("ben", "agent"))
    house.answers(BEN, ana.contact_id)
    return ana.contact_id


# --- opening --------------------------------------------------------------------------------------


def test_an_agents_socket_is_a_desk(house: House, room: SocketRoom) -> None:
    room.open_for_staff(DESK, person("ben", "agent"))

    assert room.whose(DESK).agent_id == BEN


@pytest.mark.parametrize(
    "caller",
    [person("sue", "supervisor"), person("ben", "finance"), person("ann", "agent")],
    ids=["no profile", "not an agent any more", "no user of ours"],
)
def test_other_staff_has_a_socket_and_no_desk(room: SocketRoom, caller: Caller) -> None:
    room.open_for_staff(STAFF, caller)

    assert room.whose(STAFF).agent_id is None
    assert room.whose(STAFF).groups == tuple(sorted(caller.groups))


def test_somebody_in_no_group_has_no_socket(room: SocketRoom) -> None:
    with pytest.raises(Denied):
        room.open_for_staff(STAFF, person("eve"))
    with pytest.raises(NotFound):
        room.whose(STAFF)


def test_a_customers_socket_is_of_the_contact_that_the_token_opens(
    house: House, room: SocketRoom
) -> None:
    ana = house.starts()
    room.open_for_customer(PAGE, ana.participant_token)

    assert room.contact_of(room.whose(PAGE)).contact_id == ana.contact_id
    assert room.whose(PAGE).agent_id is None


def test_a_token_of_nothing_or_of_a_call_that_ended_opens_nothing(
    house: House, room: SocketRoom
) -> None:
    ended = house.starts()
    house.desk.end(ended.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    with pytest.raises(Unidentified):
        room.open_for_customer(PAGE, "c-1.p-1.s")
    with pytest.raises(Denied):
        room.open_for_customer(PAGE, ended.participant_token)


def test_staff_does_not_speak_for_a_call(room: SocketRoom) -> None:
    room.open_for_staff(DESK, person("ben", "agent"))

    with pytest.raises(Denied) as denied:
        room.contact_of(room.whose(DESK))
    assert denied.value.field == "topic"


# --- heartbeats -----------------------------------------------------------------------------------


def test_a_desk_that_speaks_often_is_written_less_often(house: House, room: SocketRoom) -> None:
    """Often enough to be believed: three times in the time after which a desk counts as gone."""
    room.open_for_staff(DESK, person("ben", "agent"))
    written = []
    for _ in range(9):
        room.heard(room.whose(DESK))
        presence = house.routing_store.presence(BEN)
        assert presence is not None
        written.append(presence.heartbeat_at)
        house.later(10)

    assert len(set(written)) == 3
    assert written[-1] >= house.at - timedelta(seconds=40)


def test_a_customers_heartbeat_is_nobodys_presence(house: House, room: SocketRoom) -> None:
    room.open_for_customer(PAGE, house.starts().participant_token)

    room.heard(room.whose(PAGE))

    assert [p.agent_id for p in house.routing_store.online()] == [BEN]


# --- signalling -----------------------------------------------------------------------------------


def test_signals_go_to_the_other_end_with_who_they_are_from(
    house: House, room: SocketRoom, lines: Lines
) -> None:
    """What a page says of itself does not count."""
    contact_id = call(house, room)
    forged = {"type": "offer", "from": "agent", "contactId": "c-other"}

    assert room.relay(room.whose(PAGE), forged)
    assert room.relay(
        room.whose(DESK), {"type": "answer", "from": "customer", "contactId": contact_id}
    )

    to_agent = {"type": "offer", "from": "customer", "contactId": contact_id}
    to_customer = {"type": "answer", "from": "agent", "contactId": contact_id}
    assert lines.told == [
        (BEN, "trunkline/signal", to_agent),
        (contact_id, "trunkline/signal", to_customer),
    ]


def test_nobody_signals_into_anothers_call(house: House, room: SocketRoom, lines: Lines) -> None:
    """Neither another agent, nor somebody without a desk, nor to a contact that is not there."""
    contact_id = call(house, room)
    cleos = Connection(connection_id=STAFF, username="cleo", agent_id=AgentId("a-cleo"))
    sues = Connection(connection_id=STAFF, username="sue")

    for connection in (cleos, sues):
        with pytest.raises(Denied):
            room.relay(connection, {"contactId": contact_id})
    for unknown in ({"contactId": "c-x"}, {}):
        with pytest.raises((NotFound, Denied)):
            room.relay(room.whose(DESK), unknown)
    assert lines.told == []


def test_a_caller_whom_nobody_has_answered_signals_to_nobody(
    house: House, room: SocketRoom, lines: Lines
) -> None:
    room.open_for_customer(PAGE, house.starts("Menu").participant_token)

    assert not room.relay(room.whose(PAGE), {"type": "hello"})
    assert lines.told == []


# --- closing --------------------------------------------------------------------------------------


def test_a_caller_gets_ten_seconds_to_come_back(house: House, room: SocketRoom) -> None:
    call(house, room)
    room.close(PAGE)

    (timer,) = [t for t in house.timers.of(TimerKind.CUSTOMER) if t.key]
    assert (timer.key, timer.due_at - house.at) == (PAGE, timedelta(seconds=10))


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_reload_does_not_end_the_call_and_a_closed_page_does(
    house: House, room: SocketRoom, comes_back: bool
) -> None:
    ana = house.starts()
    room.open_for_customer(PAGE, ana.participant_token)
    room.close(PAGE)
    if comes_back:
        room.open_for_customer(ConnectionId("ws-again"), ana.participant_token)

    house.later(10)
    house.rings_what_is_due()

    assert house.contact(ana.contact_id).state.is_live is comes_back


def test_a_desk_that_closes_is_not_there_any_more(house: House, room: SocketRoom) -> None:
    room.open_for_staff(DESK, person("ben", "agent"))
    room.close(DESK)

    presence = house.routing_store.presence(BEN)
    assert presence is not None
    assert not presence.is_reachable(house.at)
    with pytest.raises(NotFound):
        room.whose(DESK)


def test_closing_what_is_not_open_is_harmless(house: House, room: SocketRoom) -> None:
    room.close(ConnectionId("ws-x"))

    assert house.timers.timers == []
