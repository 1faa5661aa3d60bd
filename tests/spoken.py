"""Somebody's voice: espeak-ng's, as a microphone at 16 kHz would give it."""

from __future__ import annotations

import io
import wave
from functools import cache
from multiprocessing import get_context
from typing import Any

import numpy as np

from chalicelib.adapters.speech import EspeakSpeech

RATE = 16_000


def samples(text: str, *, voice: str = "Joanna") -> bytes:
    """The words with a little silence and noise around them: 16 bit, one channel."""
    with wave.open(io.BytesIO(_said(text, voice))) as w:
        rate = w.getframerate()
        frames = w.readframes(w.getnframes())
    raw: Any = np.frombuffer(frames, np.int16).astype(float)
    places = np.arange(0, len(raw), rate / RATE)
    said = np.interp(places, np.arange(len(raw)), np.convolve(raw, [0.5, 0.5], "same"))
    silence = np.zeros(RATE // 4)
    whole = np.concatenate([silence, said / np.abs(said).max() * 12_000, silence])
    noise = np.random.default_rng(1).normal(0, 30, len(whole))
    heard: bytes = (whole + noise).astype(np.int16).tobytes()
    return heard


@cache
def _said(text: str, voice: str) -> bytes:
    """The same each time: the library sounds a little different after whatever it said before."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with context.Pool(1) as fresh:
        return fresh.apply(_say, (text, voice))


def _say(text: str, voice: str) -> bytes:
    return EspeakSpeech().render(text, language="en-US", voice=voice).body


def wav(pcm: bytes, *, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes(pcm)
    return file.getvalue()
