"""Text to speech: espeak-ng in this process, Amazon Polly, and a cache in front of either."""

from __future__ import annotations

import ctypes
import hashlib
import logging
import struct
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.flow import Prompt
from chalicelib.services.ports import ObjectInfo, ObjectStore, Speech, SpeechFailed, SpokenAudio

logger = logging.getLogger(__name__)

# --- espeak-ng ----------------------------------------------------------------------------------

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: espeak_Synth returns when the callback had it all
_DONT_EXIT = 0x8000  # a missing voice must not end the process
_UTF8, _SSML, _END_PAUSE = 0x01, 0x10, 0x1000
_RATE_PARAMETER = 1
_WORDS_PER_MINUTE = 160  # its own 175 is hard to follow by ear alone
_MALE_VOICES = frozenset(
    {"Matthew", "Joey", "Justin", "Kevin", "Stephen", "Brian", "Arthur", "Russell", "Gregory"}
)

_OnSamples = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class EspeakSpeech:
    """Speech with the espeak-ng library, as 16 bit mono WAV.

    The library is one global machine: a lock lets one text through at a time, and it is set up
    once per process.
    """

    engine = "espeak-1"

    def render(self, text: str, *, language: str, voice: str, is_ssml: bool = False) -> SpokenAudio:
        with _Library.lock:
            library = _library()
            library.choose(language, "m3" if voice in _MALE_VOICES else "f3")
            samples = library.speak(text, is_ssml)
        if not samples:
            raise SpeechFailed(f"espeak-ng made no sound of {len(text)} characters")
        return SpokenAudio(_wav(samples, library.sample_rate), "audio/wav")


class _Library:
    """The loaded library; every use of it is under the lock."""

    lock = threading.Lock()

    def __init__(self, path: str, data_path: str) -> None:
        self._espeak = ctypes.CDLL(path)
        self._samples = bytearray()
        self._callback = _OnSamples(self._collect)  # kept: the library calls it for ever
        home = str(Path(data_path).parent).encode()
        self.sample_rate: int = self._espeak.espeak_Initialize(_SYNCHRONOUS, 0, home, _DONT_EXIT)
        if self.sample_rate <= 0:
            raise SpeechFailed(f"espeak-ng does not start with the data in {data_path}")
        self._espeak.espeak_ng_SetRandSeed(
            1
        )  # it would take the clock, and never sound alike twice
        self._espeak.espeak_SetSynthCallback(self._callback)

    def choose(self, language: str, variant: str) -> None:
        """The voice of the language, else of its first part: en-NZ is spoken as en."""
        for name in (language.lower(), language.split("-")[0].lower()):
            if self._espeak.espeak_SetVoiceByName(f"{name}+{variant}".encode()) == 0:
                # choosing a voice resets the rate
                self._espeak.espeak_SetParameter(_RATE_PARAMETER, _WORDS_PER_MINUTE, 0)
                return
        raise SpeechFailed(f"espeak-ng has no voice for {language!r}")

    def speak(self, text: str, is_ssml: bool) -> bytes:
        self._samples.clear()
        raw = text.encode()
        flags = _UTF8 | _END_PAUSE | (_SSML if is_ssml else 0)
        code = self._espeak.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, flags, None, None)
        if code != 0:
            raise SpeechFailed(f"espeak-ng refused the text with code {code}")
        return bytes(self._samples)

    def _collect(self, samples: Any, count: int, _events: object) -> int:
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0


@cache
def _library() -> _Library:
    try:
        import espeakng_loader  # noqa: PLC0415  # on the laptop only; never in the Lambda zip
    except ImportError as error:
        raise SpeechFailed(
            "the speech engine 'espeak' needs the package espeakng-loader, which is not installed"
        ) from error
    return _Library(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())


def _wav(samples: bytes, rate: int) -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


# --- Amazon Polly -------------------------------------------------------------------------------


def polly_client(region: str) -> Any:
    """A client whose time-outs suit a caller who waits in silence."""
    return botocore.session.get_session().create_client(
        "polly",
        region_name=region,
        config=Config(
            connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2}
        ),
    )


class PollySpeech:
    """Speech by Amazon Polly as MP3: neural where the voice has it, else standard.

    The voice decides the language; Polly has none that speaks Vietnamese, for instance, and
    a voice that Polly does not know is SpeechFailed.
    """

    engine = "polly-neural"

    def __init__(self, client: Any) -> None:
        self._client = client

    def render(self, text: str, *, language: str, voice: str, is_ssml: bool = False) -> SpokenAudio:
        request = {
            "OutputFormat": "mp3",
            "Text": text,
            "TextType": "ssml" if is_ssml else "text",
            "VoiceId": voice,
            "LanguageCode": language,
        }
        try:
            try:
                reply = self._client.synthesize_speech(Engine="neural", **request)
            except self._client.exceptions.EngineNotSupportedException:
                reply = self._client.synthesize_speech(Engine="standard", **request)
            return SpokenAudio(reply["AudioStream"].read(), reply["ContentType"])
        except (ClientError, BotoCoreError) as error:
            raise SpeechFailed(
                f"Polly cannot speak {language!r} as {voice!r}: {_reason(error)}"
            ) from error


def _reason(error: ClientError | BotoCoreError) -> str:
    """Never the message: it may repeat the text, and the text may name the customer."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return type(error).__name__


# --- cache --------------------------------------------------------------------------------------

_LINK_SECONDS = 3600
_KNOWN_KEYS = 1024
_REMEMBERED = timedelta(days=1)
_FRESH = timedelta(days=28)  # and a day of memory, and the link's hour: the bucket keeps 30 days


class CachedSpeech:
    """Prompts as links to audio; each text is rendered once, by whichever Lambda needs it first.

    Keys seen are remembered for a day, so a warm Lambda answers without a request to S3. The bucket
    lets go of speech in time, for it may say the name of somebody who was forgotten since: what
    would be gone soon is rendered anew.
    """

    def __init__(
        self,
        speech: Callable[[], Speech],
        objects: ObjectStore,
        recording: Callable[[str], str | None],
        now: Callable[[], datetime],
    ) -> None:
        """`recording`: where in `objects` the audio of a stored prompt lies."""
        self._speech = cache(speech)  # built when first needed: most turns find their audio made
        self._objects = objects
        self._recording = recording
        self._now = now
        self._known: OrderedDict[str, datetime] = OrderedDict()

    def url(self, prompt: Prompt) -> str | None:
        """Where a browser finds the audio; None when it cannot be spoken (the text remains)."""
        spoken = prompt.ssml or prompt.text
        if not spoken:
            return self._recorded(prompt)
        engine = self._speech()
        key = _key(engine.engine, prompt, spoken)
        if not self._is_known(key):
            if not self._ensure(engine, key, prompt, spoken):
                return None
            self._remember(key)
        return self._objects.presigned_get(key, expires_seconds=_LINK_SECONDS)

    def _recorded(self, prompt: Prompt) -> str | None:
        uri = prompt.media_uri or ""
        if uri:
            return uri if uri.startswith("https://") else None
        key = self._recording(prompt.prompt_id or "")
        return self._objects.presigned_get(key, expires_seconds=_LINK_SECONDS) if key else None

    def _ensure(self, engine: Speech, key: str, prompt: Prompt, spoken: str) -> bool:
        stored = self._objects.describe(key)
        if stored is not None and self._is_fresh(stored):
            return True
        try:
            audio = engine.render(
                spoken,
                language=prompt.language_code,
                voice=prompt.voice_id,
                is_ssml=prompt.ssml is not None,
            )
        except SpeechFailed as error:
            logger.warning(
                "prompt not spoken",
                extra={
                    "language": prompt.language_code,
                    "voice": prompt.voice_id,
                    "reason": str(error),
                },
            )
            return stored is not None
        about = {"rendered-at": self._now().isoformat()}
        self._objects.put(key, audio.body, content_type=audio.media_type, metadata=about)
        return True

    def _is_fresh(self, stored: ObjectInfo) -> bool:
        rendered_at = stored.metadata.get("rendered-at")
        if rendered_at is None:  # before the bucket let go of any
            return False
        return self._now() - datetime.fromisoformat(rendered_at) < _FRESH

    def _is_known(self, key: str) -> bool:
        seen_at = self._known.get(key)
        if seen_at is None or self._now() - seen_at > _REMEMBERED:
            return False
        self._known.move_to_end(key)
        return True

    def _remember(self, key: str) -> None:
        self._known[key] = self._now()
        self._known.move_to_end(key)
        if len(self._known) > _KNOWN_KEYS:
            self._known.popitem(last=False)


def _key(engine: str, prompt: Prompt, spoken: str) -> str:
    """Names what is heard: anything that changes the sound changes the key."""
    kind = "ssml" if prompt.ssml is not None else "text"
    parts = "\n".join((engine, prompt.voice_id, prompt.language_code, kind, spoken))
    return f"speech/{hashlib.sha256(parts.encode()).hexdigest()}"
