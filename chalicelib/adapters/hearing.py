"""Speech to words on the laptop: PocketSphinx, which knows beforehand what may be said."""

from __future__ import annotations

import math
import re
import threading
from array import array
from collections.abc import Sequence
from functools import cache
from typing import Any

from chalicelib.core.bots import NUMBER, spoken
from chalicelib.services.bot_ports import Heard
from chalicelib.services.ports import Unavailable

_DIGIT = "zero | oh | one | two | three | four | five | six | seven | eight | nine"
_DOUBTFUL = 5.0
_FRAME = 160  # samples: 10 ms at 16 kHz
_BEFORE, _AFTER = 12, 40  # frames of quiet that are kept around a voice
_QUIET = 0.04  # of the loudest frame
_WORD = re.compile(r"[a-z']+")


class PocketSphinxHearing:
    """The Hearing port for English. It takes the likeliest of the hints, and tells how likely."""

    def words(self, samples: bytes, *, hints: Sequence[str], language: str) -> Heard:
        if not language.startswith("en"):
            raise Unavailable(f"nobody here understands spoken {language!r}")
        with _Ear.lock:
            return _ear().hear(samples, tuple(hints))


class _Ear:
    """One decoder for the process: it takes an eighth of a second and 60 MB to make."""

    lock = threading.Lock()

    def __init__(self, sphinx: Any) -> None:
        self._decoder = sphinx.Decoder(lm=None, loglevel="FATAL")
        self._decoder.add_allphone_file("sounds", None)
        self._grammars: dict[tuple[str, ...], str] = {}

    def hear(self, samples: bytes, hints: tuple[str, ...]) -> Heard:
        if hints not in self._grammars:
            self._grammars[hints] = self._learn(hints)
        # of any number of digits, one more would be made out where the quiet ends so soon
        voice = samples if NUMBER in hints else _voice_in(samples)
        text, score, frames = self._decode(self._grammars[hints], voice)
        if not text:
            return Heard("")
        _, freely, _ = self._decode("sounds", voice)
        return Heard(text, _confidence(1000 * math.log(freely / score) / frames))

    def _decode(self, search: str, samples: bytes) -> tuple[str, float, int]:
        """The words, how likely they are, and of how many frames, pauses left out."""
        decoder = self._decoder
        decoder.activate_search(search)
        decoder.reinit_feat()  # else it would hear each voice through the ones before
        decoder.start_utt()
        decoder.process_raw(samples, full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if not best:
            return "", 0.0, 0
        spoken_in = (s.end_frame - s.start_frame for s in decoder.seg() if s.word[:1] not in "<(")
        return best.hypstr.strip(), float(best.best_score), max(1, sum(spoken_in))

    def _learn(self, hints: Sequence[str]) -> str:
        """A grammar of the phrases whose words the dictionary has, each perhaps politely put."""
        phrases = [self._phrase(hint) for hint in hints]
        known = sorted({phrase for phrase in phrases if phrase})
        if not known:
            raise Unavailable("none of the words that may be said is known here")
        name = f"hints{len(self._grammars)}"
        self._decoder.add_jsgf_string(
            name,
            f"#JSGF V1.0; grammar {name}; <digit> = {_DIGIT}; "
            f"public <said> = [i want] ({' | '.join(known)}) [please];",
        )
        return name

    def _phrase(self, hint: str) -> str:
        if hint == NUMBER:
            return "<digit>+"
        words = _WORD.findall(spoken(hint).lower())
        is_known = words and all(self._decoder.lookup_word(word) for word in words)
        return " ".join(words) if is_known else ""


def _voice_in(samples: bytes) -> bytes:
    """The voice with as much quiet around it each time: sounds are measured against the whole."""
    heard = array("h", samples)
    starts = range(0, len(heard), _FRAME)
    loudness = [sum(map(abs, heard[start : start + _FRAME])) for start in starts]
    least = _QUIET * max(loudness, default=0)
    loud = [number for number, each in enumerate(loudness) if each > least]
    if not loud:
        return samples
    first, last = max(0, loud[0] - _BEFORE), loud[-1] + 1 + _AFTER
    return heard[first * _FRAME : last * _FRAME].tobytes()


def _confidence(lost: float) -> float:
    """From what is lost by listening for the hints alone and not for any sounds.

    Measured with two voices: words of the grammar lose 1.5 to 4.7, others 2.5 to 16.
    """
    return round(1 / (1 + math.exp(lost - _DOUBTFUL)), 2)


@cache
def _ear() -> _Ear:
    try:
        import pocketsphinx  # noqa: PLC0415  # on the laptop only; never in the Lambda zip
    except ImportError:
        raise Unavailable(
            "listening needs the package pocketsphinx, which is not installed"
        ) from None
    return _Ear(pocketsphinx)
