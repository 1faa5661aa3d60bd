"""Who may do what: every route and every WebSocket command, for everybody who could ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import websocket

from chalicelib.core.identity import ANYBODY, CUSTOMER, GROUPS
from infra.local.laptop import Laptop
from tests.journeys import impostors
from tests.journeys.center import Center, Desk, Socket
from tests.journeys.customers import Caller, Chatter

pytestmark = pytest.mark.journey

IMPOSTORS = (
    "without a token",
    "expired",
    "forged",
    "unsigned",
    "of another pool",
    "with an access token",
    "with no token at all but a word",
    "with a wrong secret",
)
BODY = b'{"nothing": "known"}'
MESSAGE = b'{"ContentType": "text/plain", "Content": "hello"}'
SOUND = b'{"wait": 1, "audio": "AAAA"}'
REFUSED = (401, 403)  # API Gateway passes our 401 on, the emulator makes every refusal 403
DESK_COMMANDS: tuple[dict[str, object], ...] = (
    {"type": "hello", "after": 0},
    {"type": "status", "name": "Available"},
    {"type": "accept", "contactId": "c", "offerId": "o"},
    {"type": "reject", "contactId": "c", "offerId": "o"},
    {"type": "hangup", "contactId": "c"},
    {"type": "clear", "contactId": "c"},
    {"type": "call", "agentId": "a"},
    {"type": "transfer", "contactId": "c", "quickConnectId": "q"},
    {"type": "complete", "contactId": "c", "disposition": "d", "ticket": {"status": "open"}},
    {"type": "chat", "contactId": "c", "content": "hello"},
    {"type": "typing", "contactId": "c"},
)
CALL_COMMANDS: tuple[dict[str, object], ...] = (
    {"type": "hello"},
    {"type": "input", "wait": 1, "digits": "1"},
    {"type": "said", "wait": 1, "text": "sales"},
    {"type": "timeout", "wait": 1},
    {"type": "played", "wait": 1},
    {"type": "hangup"},
)

type Headers = Callable[[Door], Mapping[str, str]]


@dataclass(frozen=True)
class Door:
    """One route with its path filled in, and what refusing looks like there."""

    method: str
    path: str
    groups: frozenset[str]
    is_open: bool
    is_customers: bool
    style: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def unknown(self) -> int:
        """The status for somebody who did not prove who they are."""
        return 401 if self.style == "v1" else 403

    @property
    def body(self) -> bytes:
        """Complete where the service itself asks who it is, else never enough to do anything."""
        if self.is_customers:
            return MESSAGE if self.style == "connect" else SOUND
        return BODY


class Nowhere(dict[str, str]):
    """Values of path parameters; one that nobody gave names nothing that there is."""

    def __missing__(self, name: str) -> str:
        return f"no-such-{name.replace('_', '-')}"


@dataclass
class Papers:
    """What each impostor shows."""

    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, center: Center, who: str, door: Door) -> Mapping[str, str]:
        if who == "without a token":
            return {}
        if who == "with a wrong secret":
            return impostors.signed(center, door.method, door.path, door.body, "not-the-secret")
        return {"Authorization": f"Bearer {self.tokens[who]}"}


@pytest.fixture(scope="module")
def doors(center: Center) -> list[Door]:
    import app  # noqa: F401  # importing it registers every route
    from chalicelib.entrypoints.edge import ROUTES

    known = Nowhere(instance_id=center.instance_id)
    return [
        Door(
            route.method,
            route.path.format_map(known),
            route.who.groups,
            route.who == ANYBODY,
            route.who == CUSTOMER,
            route.style,
        )
        for route in ROUTES
    ]


@pytest.fixture(scope="module")
def mint(center: Center, laptop: Laptop) -> impostors.Mint:
    return impostors.Mint(center, laptop.home)


@pytest.fixture(scope="module")
def papers(center: Center, mint: impostors.Mint) -> Iterator[Papers]:
    with impostors.admin_of_another_pool(center) as others:
        yield Papers(
            {
                "expired": mint.expired(),
                "forged": mint.token(is_forged=True),
                "unsigned": mint.unsigned(),
                "of another pool": others,
                "with an access token": impostors.access_token(center),
                "with no token at all but a word": "let-me-in",
            }
        )


def test_a_minted_token_opens_doors(center: Center, mint: impostors.Mint) -> None:
    """What the impostors are refused for is the one thing that is wrong with them."""
    headers = {"Authorization": f"Bearer {mint.token()}"}

    assert 200 == center.request("GET", "/v1/me", **headers)[0]


@pytest.mark.parametrize("who", IMPOSTORS)
def test_nobody_passes_a_door_without_proof(
    center: Center, doors: list[Door], papers: Papers, who: str
) -> None:
    """Every route that is not open to anybody refuses, and says so the same way."""
    answered = {
        door.name: _status(center, door, papers.headers(center, who, door))
        for door in doors
        if not door.is_open
    }

    assert {door.name: door.unknown for door in doors if not door.is_open} == answered


@pytest.mark.parametrize("role", sorted(GROUPS))
def test_a_role_passes_exactly_its_own_doors(center: Center, doors: list[Door], role: str) -> None:
    """Refused with 403 where the route does not name the role; elsewhere never for who it is."""
    headers = {"Authorization": f"Bearer {center.token(role)}"}

    _passes_exactly(center, doors, frozenset({role}), lambda _: headers)


def test_somebody_in_no_group_passes_no_door(center: Center, doors: list[Door]) -> None:
    """Being in the user pool is not enough."""
    pool, client = center.facts["user_pool_id"], center.facts["client_id"]
    with impostors.somebody(center, pool, client, None) as token:
        headers = {"Authorization": f"Bearer {token}"}

        _passes_exactly(center, doors, frozenset(), lambda _: headers)


def test_a_machine_passes_the_doors_of_its_keys_groups(center: Center, doors: list[Door]) -> None:
    """A key's groups count as a person's do."""
    secret = center.facts["secret_access_key"]

    _passes_exactly(
        center,
        doors,
        frozenset({"admin"}),
        lambda door: impostors.signed(center, door.method, door.path, door.body, secret),
    )


@pytest.mark.parametrize(
    "who", [who for who in IMPOSTORS if who not in ("without a token", "with a wrong secret")]
)
def test_no_socket_opens_without_proof(center: Center, papers: Papers, who: str) -> None:
    """The handshake itself is refused."""
    assert _handshake(center, f"?token={quote(papers.tokens[who], safe='')}") in REFUSED


@pytest.mark.parametrize(
    "query", ["", "?token=", "?connection=", "?connection=a.b.c", "?connection=x", "?other=1"]
)
def test_no_socket_opens_for_nobody(center: Center, query: str) -> None:
    """Neither without anything, nor with a customer's token that opens no contact."""
    assert _handshake(center, query) in REFUSED


def test_no_socket_opens_with_another_customers_secret(center: Center) -> None:
    """A token is good for its own contact only, whole."""
    with Chatter(center) as ana, Chatter(center) as eve:
        contact, participant, _ = ana.token.split(".")
        forged = ".".join((contact, participant, eve.token.split(".")[2]))

        assert _handshake(center, f"?connection={quote(forged, safe='')}") in REFUSED


def test_no_socket_opens_for_somebody_in_no_group(center: Center) -> None:
    """Known, and not wanted."""
    pool, client = center.facts["user_pool_id"], center.facts["client_id"]
    with impostors.somebody(center, pool, client, None) as token:
        assert _handshake(center, f"?token={quote(token, safe='')}") in REFUSED


@pytest.mark.parametrize("role", sorted(GROUPS - {"agent"}))
def test_only_agents_have_a_desk(center: Center, role: str) -> None:
    """Every command of everybody else is refused, and the socket stays open."""
    with Socket(_socket_url(center, center.token(role))) as socket:
        assert _refusals(socket, "trunkline/desk", DESK_COMMANDS) == ["Denied"] * len(DESK_COMMANDS)
        assert _refusals(socket, "trunkline/call", CALL_COMMANDS) == ["Denied"] * len(CALL_COMMANDS)
        assert socket.is_usable()


def test_an_agent_who_left_the_group_has_no_desk(center: Center, mint: impostors.Mint) -> None:
    """The group decides at every sign-in, not the routing profile that was forgotten."""
    left: dict[str, Any] = {"cognito:username": "mai", "cognito:groups": ["finance"]}
    token = mint.token(**left)

    with Socket(_socket_url(center, token)) as socket:
        assert _refusals(socket, "trunkline/desk", DESK_COMMANDS) == ["Denied"] * len(DESK_COMMANDS)


def test_a_customer_commands_no_desk_and_an_agent_no_call(center: Center) -> None:
    """Each end of a contact has its own commands."""
    with Chatter(center) as ana, center.desk("agent2") as mai:
        assert _refusals(ana, "trunkline/desk", DESK_COMMANDS) == ["Denied"] * len(DESK_COMMANDS)
        assert _refusals(mai, "trunkline/call", CALL_COMMANDS) == ["Denied"] * len(CALL_COMMANDS)


def test_a_customer_cannot_signal_into_another_contact(center: Center) -> None:
    """Whatever contact a customer names, the message goes to the customer's own."""
    with center.desk("agent") as ben, Caller(center) as ana, Caller(center) as eve:
        _talk(ben, ana)
        eve.send("trunkline/signal", {"type": "bye", "contactId": ana.contact_id})
        assert eve.is_usable()
        ana.send("trunkline/signal", {"type": "hello", "id": "1"})

        arrived = ben.wait_for(lambda f: f["topic"] == "trunkline/signal", "signal")["content"]

        assert ("hello", ana.contact_id) == (arrived["type"], arrived["contactId"])


def test_an_agent_sees_and_touches_own_contacts_only(center: Center) -> None:
    """Another agent's contact is closed in every way, while it rings and while they talk."""
    with center.desk("agent") as ben, Caller(center) as ana, center.desk("agent2") as mai:
        ben.must("status", name="Available")
        ana.asks_for_support()
        offer = ben.offered(ana.contact_id)
        assert _reads(center, ana.contact_id) == [403] * 7
        for command in ("accept", "reject"):
            reply = mai.do(command, contactId=ana.contact_id, offerId=offer["offerId"])
            assert not reply["ok"]
        ben.must("accept", contactId=ana.contact_id, offerId=offer["offerId"])

        assert _reads(center, ana.contact_id) == [403] * 7
        assert [False] * 4 == [mai.do(**each)["ok"] for each in _touches(ana.contact_id)]
        mai.send("trunkline/signal", {"type": "bye", "contactId": ana.contact_id})
        assert ("Denied", "contactId") == _error_and_field(mai)
        assert "CONNECTED" == center.contact(ana.contact_id)["state"]


def _passes_exactly(
    center: Center, doors: list[Door], groups: frozenset[str], headers: Headers
) -> None:
    refused, passed = {}, {}
    for door in doors:
        status = _status(center, door, headers(door))
        if door.is_open or door.groups & groups:
            passed[door.name] = status
        else:
            refused[door.name] = status
    # For a customer's door somebody with another token is nobody.
    customers = {door.name: door.unknown for door in doors if door.is_customers}
    assert {**dict.fromkeys(refused, 403), **customers} == refused
    assert {} == {n: s for n, s in passed.items() if s in (401, 403) or s >= 500}
    assert customers.keys() <= refused.keys()


def _status(center: Center, door: Door, headers: Mapping[str, str]) -> int:
    status, said = center.request(door.method, door.path, door.body, **headers)
    assert "Traceback" not in str(said)
    return status


def _handshake(center: Center, query: str) -> int:
    """The status with which the socket was not opened."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(center.facts["websocket"] + query, timeout=30)
    status: int = refused.value.status_code
    return status


def _socket_url(center: Center, token: str) -> str:
    return f"{center.facts['websocket']}?token={quote(token, safe='')}"


def _refusals(socket: Socket, topic: str, commands: tuple[dict[str, object], ...]) -> list[str]:
    found = []
    for number, command in enumerate(commands):
        socket.send(topic, {**command, "requestId": f"q{number}"})
        found.append(str(socket.refusal()["error"]))
    return found


def _error_and_field(socket: Socket) -> tuple[str, str]:
    refusal = socket.refusal()
    return refusal["error"], refusal["field"]


def _talk(ben: Desk, ana: Caller) -> None:
    ben.must("status", name="Available")
    ana.asks_for_support()
    ben.accept(ana.contact_id)


def _reads(center: Center, contact_id: str) -> list[int]:
    """The other agent's look at everything a contact has."""
    base = f"/v1/contacts/{contact_id}"
    finished = {"chunks": 1, "startedAt": "2026-03-02T14:00:00Z"}
    asked: list[tuple[str, str, Any]] = [
        ("GET", base, None),
        ("GET", f"{base}/explain", None),
        ("GET", f"{base}/pop", None),
        ("GET", f"{base}/transcript", None),
        ("GET", f"{base}/recordings/seg1", None),
        ("POST", f"{base}/recording-grant", b"{}"),
        ("POST", f"{base}/recordings/seg1/finish", finished),
    ]
    return [center.request(*each, role="agent2")[0] for each in asked]


def _touches(contact_id: str) -> list[dict[str, Any]]:
    return [
        {"command": "hangup", "contactId": contact_id},
        {"command": "chat", "contactId": contact_id, "content": "hello"},
        {"command": "typing", "contactId": contact_id},
        {
            "command": "complete",
            "contactId": contact_id,
            "disposition": "resolved",
            "ticket": {"status": "open"},
        },
    ]
