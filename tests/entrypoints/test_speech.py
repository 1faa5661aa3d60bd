"""Sound over REST: files and bare samples, and what is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.ids import ContactId
from chalicelib.services.speech import Understood
from tests.spoken import wav

SAMPLES = bytes(range(200)) * 2


class Ear:
    """A SpeechService that remembers what it was given."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ContactId, int, bytes]] = []

    def hear(self, token: str, contact_id: ContactId, wait: int, samples: bytes) -> Understood:
        self.heard.append((token, contact_id, wait, samples))
        return Understood("sales", 0.9)


type Speak = Callable[..., tuple[int, Any]]


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Ear:
    ear = Ear()
    monkeypatch.setattr(bootstrap, "speech", lambda: ear)
    return ear


@pytest.fixture
def speak(ear: Ear) -> Speak:
    from app import app  # a blueprint can be registered only once in a process

    def run(audio: bytes | str) -> tuple[int, Any]:
        text = audio if isinstance(audio, str) else base64.b64encode(audio).decode()
        with Client(app) as client:
            answer = client.http.post(
                "/v1/contacts/c-1/speech",
                headers={"Content-Type": "application/json", "Authorization": "Bearer secret"},
                body=json.dumps({"wait": 7, "audio": text}).encode(),
            )
        return answer.status_code, answer.json_body

    return run


def test_samples_of_a_file_and_bare_ones_are_the_same(speak: Speak, ear: Ear) -> None:
    for audio in (SAMPLES, SAMPLES + b"x", wav(SAMPLES)):
        assert (200, {"text": "sales", "confidence": 0.9}) == speak(audio)

    assert [("secret", "c-1", 7, SAMPLES)] * 3 == ear.heard


@pytest.mark.parametrize("audio", [b"RIFF", b"RIFFnonsense", wav(SAMPLES, rate=8_000)])
def test_a_file_that_cannot_be_heard_is_refused(speak: Speak, ear: Ear, audio: bytes) -> None:
    status, said = speak(audio)

    assert (422, "audio", []) == (status, said["field"], ear.heard)


def test_a_quarter_of_a_minute_is_taken_and_a_whole_one_is_not(speak: Speak, ear: Ear) -> None:
    """More than other strangers may send, for sound is large."""
    assert 200 == speak(bytes(16 * 32_000))[0]
    assert 413 == speak(bytes(60 * 32_000))[0]
    assert 1 == len(ear.heard)


def test_what_is_no_base64_is_unreadable(speak: Speak, ear: Ear) -> None:
    assert (400, []) == (speak("not base64!")[0], ear.heard)
