"""Prompts as audio: the engines, and the cache before them."""

from __future__ import annotations

import io
import sys
import wave
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import botocore.session
import numpy as np
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.adapters import speech
from chalicelib.adapters.speech import CachedSpeech, EspeakSpeech, PollySpeech
from chalicelib.core.flow import Prompt
from chalicelib.services.ports import SpeechFailed, SpokenAudio
from tests.fakes.objects import InMemoryObjectStore
from tests.given import MONDAY

SENTENCE = "Welcome to Acme. For sales, press one. For support, press two."


def samples(audio: SpokenAudio) -> tuple[np.ndarray[Any, Any], float]:
    """The samples of a mono WAV and its length in seconds."""
    with wave.open(io.BytesIO(audio.body)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        data: np.ndarray[Any, Any] = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return data, file.getnframes() / file.getframerate()


# --- espeak-ng ----------------------------------------------------------------------------------


@pytest.fixture
def espeak() -> EspeakSpeech:
    pytest.importorskip("espeakng_loader", reason="the laptop's speech engine is not installed")
    return EspeakSpeech()


def test_a_sentence_is_heard_for_as_long_as_one_speaks_it(espeak: EspeakSpeech) -> None:
    """Not silence, not a blip."""
    data, seconds = samples(espeak.render(SENTENCE, language="en-US", voice="Joanna"))

    assert 3 < seconds < 9
    assert np.abs(data).max() > 3000


def test_a_pause_in_ssml_is_a_pause(espeak: EspeakSpeech) -> None:
    """Markup is obeyed, not read out."""
    plain = espeak.render("One. Two.", language="en-US", voice="Joanna")
    paused = espeak.render(
        "<speak>One. <break time='3s'/> Two.</speak>",
        language="en-US",
        voice="Joanna",
        is_ssml=True,
    )

    assert samples(paused)[1] - samples(plain)[1] > 1.5


def test_vietnamese_is_spoken_by_its_own_voice(espeak: EspeakSpeech) -> None:
    """The language decides the voice, whatever the voice's name."""
    text = "Xin chào, cảm ơn bạn đã gọi."

    vietnamese = espeak.render(text, language="vi-VN", voice="Joanna")
    english = espeak.render(text, language="en-US", voice="Joanna")

    assert vietnamese.body != english.body
    assert 1 < samples(vietnamese)[1] < 6


def test_one_text_sounds_the_same_after_others_and_beside_them(espeak: EspeakSpeech) -> None:
    """The engine is one global machine: neither a former voice nor another thread leaks in."""
    alone = espeak.render(SENTENCE, language="en-US", voice="Joanna")

    with ThreadPoolExecutor(4) as pool:
        turns = [("en-US", "Joanna"), ("vi-VN", "Joanna"), ("en-US", "Matthew")] * 4
        futures = [
            pool.submit(espeak.render, SENTENCE, language=language, voice=voice)
            for language, voice in turns
        ]
        seconds = [samples(future.result())[1] for future in futures]

    assert seconds[::3] == pytest.approx([samples(alone)[1]] * 4, abs=0.02)
    assert seconds[1::3] != pytest.approx(seconds[::3], abs=0.05)


def test_a_language_without_a_voice_is_a_clear_failure(espeak: EspeakSpeech) -> None:
    """Better silence with text than a text read in a wrong language."""
    with pytest.raises(SpeechFailed, match="'xx-YY'"):
        espeak.render("Hello", language="xx-YY", voice="Joanna")


def test_without_the_engines_package_the_failure_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The Lambda zip never carries it; a wrong setting must be readable in the log."""
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    speech._library.cache_clear()

    with pytest.raises(SpeechFailed, match="espeakng-loader"):
        EspeakSpeech().render("Hello", language="en-US", voice="Joanna")


# --- Amazon Polly -------------------------------------------------------------------------------


class Polly:
    """A Polly client that answers from a list, and insists on what it is asked."""

    def __init__(self) -> None:
        self.client = botocore.session.get_session().create_client(
            "polly", "us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
        )
        self.stub = Stubber(self.client)
        self.stub.activate()

    def speaks(self, engine: str, text: str = "Hello", text_type: str = "text") -> None:
        body = b"mp3 by " + engine.encode()
        self.stub.add_response(
            "synthesize_speech",
            {
                "AudioStream": StreamingBody(io.BytesIO(body), len(body)),
                "ContentType": "audio/mpeg",
            },
            self._asked(engine, text, text_type),
        )

    def refuses(self, engine: str, code: str) -> None:
        self.stub.add_client_error(
            "synthesize_speech",
            code,
            "no: Hello",
            expected_params=self._asked(engine, "Hello", "text"),
        )

    def _asked(self, engine: str, text: str, text_type: str) -> dict[str, str]:
        return {
            "Engine": engine,
            "OutputFormat": "mp3",
            "Text": text,
            "TextType": text_type,
            "VoiceId": "Joanna",
            "LanguageCode": "en-US",
        }


def test_polly_speaks_with_its_neural_voice_as_mp3() -> None:
    """The better voice comes first."""
    polly = Polly()
    polly.speaks("neural")

    audio = PollySpeech(polly.client).render("Hello", language="en-US", voice="Joanna")

    assert audio == SpokenAudio(b"mp3 by neural", "audio/mpeg")


def test_polly_is_told_that_a_text_is_ssml() -> None:
    """Markup is obeyed, not read out."""
    polly = Polly()
    polly.speaks("neural", "<speak>Hello</speak>", "ssml")

    PollySpeech(polly.client).render(
        "<speak>Hello</speak>", language="en-US", voice="Joanna", is_ssml=True
    )

    polly.stub.assert_no_pending_responses()


def test_a_voice_without_a_neural_engine_speaks_with_the_standard_one() -> None:
    """An older voice is still a voice."""
    polly = Polly()
    polly.refuses("neural", "EngineNotSupportedException")
    polly.speaks("standard")

    audio = PollySpeech(polly.client).render("Hello", language="en-US", voice="Joanna")

    assert audio.body == b"mp3 by standard"


def test_what_polly_refuses_is_a_failure_that_does_not_repeat_the_text() -> None:
    """The reason is logged; what was to be said may name the customer."""
    polly = Polly()
    polly.refuses("neural", "ThrottlingException")

    with pytest.raises(SpeechFailed, match="ThrottlingException") as failed:
        PollySpeech(polly.client).render("Hello", language="en-US", voice="Joanna")

    assert "Hello" not in str(failed.value)


# --- cache --------------------------------------------------------------------------------------


class CountingSpeech:
    """Speaks by quoting; counts how often."""

    engine = "quote-1"

    def __init__(self) -> None:
        self.renders = 0
        self.is_down = False

    def render(self, text: str, *, language: str, voice: str, is_ssml: bool = False) -> SpokenAudio:
        self.renders += 1
        if language == "xx" or self.is_down:
            raise SpeechFailed("no voice for 'xx'")
        return SpokenAudio(f"{language} {voice} {text}".encode(), "audio/wav")


def nothing(reference: str) -> str | None:
    """No stored prompts here."""
    return None


def now() -> datetime:
    return MONDAY


def test_a_prompt_is_rendered_once_and_then_linked_without_a_request() -> None:
    """A warm Lambda says a known sentence without asking the bucket."""
    engine, objects = CountingSpeech(), InMemoryObjectStore("prompts")
    cached = CachedSpeech(lambda: engine, objects, nothing, now)

    first = cached.url(Prompt(text="Hello"))
    calls = len(objects.calls)
    second = cached.url(Prompt(text="Hello"))

    assert first is not None
    assert first == second
    assert engine.renders == 1
    assert len(objects.calls) == calls
    assert list(objects.bodies.values()) == [b"en-US Joanna Hello"]


def test_another_lambda_finds_what_the_first_one_rendered() -> None:
    """One rendering serves the whole center."""
    engine, objects = CountingSpeech(), InMemoryObjectStore("prompts")

    two = [CachedSpeech(lambda: engine, objects, nothing, now) for _ in range(2)]
    urls = {cached.url(Prompt(text="Hello")) for cached in two}

    assert len(urls) == 1
    assert engine.renders == 1


def test_a_prompt_is_rendered_anew_before_the_bucket_lets_go_of_it() -> None:
    """Speech goes after 30 days, because it may name somebody who was forgotten; nobody is ever
    linked to what has gone."""
    clock = [MONDAY]
    engine, objects = CountingSpeech(), InMemoryObjectStore("prompts")
    cached = CachedSpeech(lambda: engine, objects, nothing, lambda: clock[0])
    stored_at = MONDAY

    for _ in range(30 * 24):
        renders = engine.renders
        assert cached.url(Prompt(text="Hello")) is not None
        stored_at = clock[0] if engine.renders > renders else stored_at
        assert clock[0] + timedelta(hours=1) < stored_at + timedelta(days=30)
        clock[0] += timedelta(hours=3)

    assert 4 == engine.renders


def test_what_is_stored_is_heard_while_the_engine_cannot_render_it_anew() -> None:
    engine, objects = CountingSpeech(), InMemoryObjectStore("prompts")
    prompt = Prompt(text="Hello")
    CachedSpeech(lambda: engine, objects, nothing, now).url(prompt)

    engine.is_down = True
    later = CachedSpeech(lambda: engine, objects, nothing, lambda: MONDAY + timedelta(days=29))

    assert later.url(prompt) is not None


def test_whatever_changes_the_sound_changes_the_link() -> None:
    """Same words in another language, voice or as markup are other audio."""
    cached = CachedSpeech(CountingSpeech, InMemoryObjectStore("prompts"), nothing, now)

    urls = {
        cached.url(prompt)
        for prompt in (
            Prompt(text="Hello"),
            Prompt(ssml="Hello"),
            Prompt(text="Hello", language_code="en-GB"),
            Prompt(text="Hello", voice_id="Matthew"),
            Prompt(text="Hello."),
        )
    }

    assert len(urls) == 5


def test_what_cannot_be_spoken_has_no_link_and_is_tried_again() -> None:
    """The customer still reads the text; a throttled engine gets another chance."""
    engine, objects = CountingSpeech(), InMemoryObjectStore("prompts")
    cached = CachedSpeech(lambda: engine, objects, nothing, now)
    prompt = Prompt(text="Hello", language_code="xx")

    assert (cached.url(prompt), cached.url(prompt)) == (None, None)
    assert engine.renders == 2
    assert not objects.bodies


def test_recorded_audio_is_linked_as_it_is() -> None:
    """A flow may name an audio file of its own; other addresses a browser cannot open."""
    cached = CachedSpeech(CountingSpeech, InMemoryObjectStore("prompts"), nothing, now)

    web = cached.url(Prompt(media_uri="https://audio.test/hello.mp3"))

    assert web == "https://audio.test/hello.mp3"
    assert cached.url(Prompt(media_uri="s3://bucket/hello.mp3")) is None
    assert cached.url(Prompt(prompt_id="p-1")) is None


def test_a_stored_prompt_is_its_recording() -> None:
    """Linked where it lies; nothing is rendered."""
    engine, objects = CountingSpeech(), InMemoryObjectStore("prompts")
    keys = {"p-1": "prompts/p-1/7"}
    cached = CachedSpeech(lambda: engine, objects, keys.get, now)

    url = cached.url(Prompt(prompt_id="p-1"))

    assert url is not None
    assert "/prompts/prompts/p-1/7" in url
    assert cached.url(Prompt(prompt_id="p-2")) is None
    assert engine.renders == 0
