"""REST: what a caller said, as sound."""

from __future__ import annotations

import io
import wave

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.errors import Rejected
from chalicelib.core.identity import CUSTOMER
from chalicelib.core.ids import ContactId
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

SPEECH_LIMIT = 768 * 1024  # bytes: 17 seconds of 16 bit samples at 16 kHz, as base64


class Sound(Body):
    """`audio`: base64 of a WAV file, or of its samples alone."""

    wait: int
    audio: bytes


@endpoint(
    bp, "POST", "/v1/contacts/{contact_id}/speech", who=CUSTOMER, body=Sound, limit=SPEECH_LIMIT
)
def hear_speech(call: Call, contact_id: str) -> object:
    sound: Sound = call.body
    samples = _samples(sound.audio)
    return bootstrap.speech().hear(call.bearer, ContactId(contact_id), sound.wait, samples)


def _samples(audio: bytes) -> bytes:
    if not audio.startswith(b"RIFF"):
        return audio[: len(audio) // 2 * 2]
    try:
        with wave.open(io.BytesIO(audio)) as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            samples: bytes = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise Rejected(f"audio is no WAV file: {error}", field="audio") from error
    if shape != (1, 2, 16_000):
        raise Rejected("audio has to be 16 kHz, 16 bit and mono", field="audio", value=str(shape))
    return samples
