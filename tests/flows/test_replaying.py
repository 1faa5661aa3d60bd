"""The last thousand contacts of a center, in a version that is not live yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.core.center import Queue
from chalicelib.core.events import DisconnectReason
from chalicelib.core.explanation import explanation
from chalicelib.core.flow import InputReceived, PlaybackFinished, WaitKind
from chalicelib.core.ids import QueueId
from chalicelib.entrypoints.contacts import explanation_document
from flows.__main__ import main
from tests.house import House, a_center, action, document

QUEUES = {"1": "Sales", "2": "Support", "3": "Billing"}
SWAPPED = {"1": "Sales", "2": "Billing", "3": "Support"}


def menu(queues: dict[str, str]) -> str:
    """A key for each queue; another version may swap two of them."""
    ask = action(
        "Menu",
        "GetParticipantInput",
        "Sorry",
        Text="Press a key.",
        StoreInput="False",
        InputTimeLimitSeconds="5",
    )
    ask["Transitions"] = {
        "NextAction": "Sorry",
        "Conditions": [
            {"NextAction": queue, "Condition": {"Operator": "Equals", "Operands": [key]}}
            for key, queue in queues.items()
        ],
        "Errors": [
            {"ErrorType": error, "NextAction": "Sorry"}
            for error in ("InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError")
        ],
    }
    choices = [
        action(name, "UpdateContactTargetQueue", "Enter", QueueId=f"queue:{name}")
        for name in QUEUES.values()
    ]
    return document(ask, *choices, action("Enter", "TransferContactToQueue", "End"))


@pytest.fixture(scope="module")
def recorded() -> tuple[list[dict[str, object]], int]:
    """A thousand contacts that the real engine has run, and how many pressed 2 or 3."""
    queues = tuple(
        Queue(queue_id=QueueId(f"q-{name}"), name=name, hours_id="h-1") for name in QUEUES.values()
    )
    house, chance = House(a_center(queues=queues, profiles=())), Random(11)
    house.publish("Main", menu(QUEUES))
    keys = chance.choices(["1", "2", "3", "9", "hangs up"], [70, 15, 6, 4, 5], k=1_000)
    return [contact(house, key) for key in keys], sum(key in ("2", "3") for key in keys)


def contact(house: House, key: str) -> dict[str, object]:
    """It presses the key, or hangs up in the menu."""
    contact_id = house.rings("Main")
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    if key == "hangs up":
        house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    else:
        house.flows.reply(contact_id, wait.number, InputReceived(key))
    last = house.contact(contact_id).session.wait
    if last is not None and last.kind is WaitKind.PLAYBACK:
        house.flows.reply(contact_id, last.number, PlaybackFinished())
    return explanation_document(contact_id, explanation(house.contacts.facts(contact_id)))


@pytest.fixture
def swapped(tmp_path: Path) -> Path:
    """The version with keys 2 and 3 swapped."""
    path = tmp_path / "swapped.json"
    document = json.loads(menu(SWAPPED))
    path.write_text(json.dumps({**document, "Metadata": {"name": "Main"}}))
    return path


def test_exactly_those_who_pressed_a_swapped_key_end_elsewhere(
    recorded: tuple[list[dict[str, object]], int],
    swapped: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of a thousand contacts: how many, which ones, and from where to where."""
    contacts, moved = recorded
    records = tmp_path / "records.jsonl"
    records.write_text("\n".join(map(written, contacts)))

    code = main(["replay", str(swapped), str(records)])
    said = capsys.readouterr().out

    assert 1 == code
    assert 213 == moved
    assert "1,000 contacts: 213 end elsewhere" in said
    assert moved == said.count("queued in Support → queued in Billing\n") + said.count(
        "queued in Billing → queued in Support\n"
    ) - said.count(" × ")


def test_nobody_ends_elsewhere_in_the_version_that_was_recorded(
    recorded: tuple[list[dict[str, object]], int],
    swapped: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Wrong keys, and those who hung up, included."""
    same = json.loads(menu(QUEUES))
    swapped.write_text(json.dumps({**same, "Metadata": {"name": "Main"}}))
    records = tmp_path / "records.jsonl"
    records.write_text("\n".join(map(written, recorded[0])))

    code = main(["replay", str(swapped), str(records)])

    assert (0, "1,000 contacts: 0 end elsewhere\n") == (code, capsys.readouterr().out)


# --- from a running center ----------------------------------------------------------------------


class Api(ThreadingHTTPServer):
    """Answers as the REST of a center does, and keeps what it was asked."""

    def __init__(self, contacts: list[dict[str, object]]) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.contacts = contacts
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str) -> object:
        asked = urlsplit(path)
        if asked.path == "/v1/contacts":
            query = parse_qs(asked.query)
            newest = self.contacts[::-1] if query["flow"] == ["Main"] else []
            return {"contacts": newest[: int(query["limit"][0])]}
        wanted = asked.path.split("/")[3]
        return next(each for each in self.contacts if each["contactId"] == wanted)


class Door(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        body = written(self.server.answer(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Not to the screen."""


@pytest.fixture
def api(
    recorded: tuple[list[dict[str, object]], int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Api]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with Api(recorded[0]) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_last_contacts_of_a_running_center_are_asked_for_signed(
    api: Api, swapped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many as wanted, of this flow, newest first, with a signature on every request."""
    code = main(["replay", str(swapped), "--last", "50", "--endpoint-url", api.url, "--json"])
    document = json.loads(capsys.readouterr().out)

    assert (1, 50, 0) == (code, document["contacts"], document["skipped"])
    assert 51 == len(api.asked)
    assert all(signed.startswith("AWS4-HMAC-SHA256 Credential=AKIA/") for _, signed in api.asked)
    newest = {str(each["contactId"]) for each in api.contacts[-50:]}
    assert {each["contactId"] for each in document["elsewhere"]} <= newest


def test_contacts_come_from_one_place(
    swapped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a file or from a center: neither or both is a mistake."""
    both = [str(tmp_path / "records.jsonl"), "--endpoint-url", "http://127.0.0.1:1"]
    for arguments in ([], both):
        assert 2 == main(["replay", str(swapped), *arguments])
    assert "--endpoint-url" in capsys.readouterr().err


def test_a_center_that_cannot_be_reached_is_told(
    api: Api, swapped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command cannot be carried out: exit code 2, and why."""
    api.shutdown()
    api.server_close()

    assert 2 == main(["replay", str(swapped), "--endpoint-url", api.url])
    assert api.url in capsys.readouterr().err


def written(value: object) -> str:
    return json.dumps(value, default=str)
