"""WebM chunks to Ogg, judged by a decoder that is not ours."""

from __future__ import annotations

import io
import random
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from chalicelib.adapters.media import packet_samples, page_checksum, remux
from chalicelib.services.ports import Recording

type Samples = np.ndarray[Any, Any]

CUSTOMER_HZ, AGENT_HZ = 440, 880
# four chunks as Chromium 156 wrote them: 2 s each, 440 Hz left, 880 Hz right, 64 kb/s
CHUNKS = [
    path.read_bytes()
    for path in sorted((Path(__file__).parent / "fixtures/mediarecorder").glob("*.webm"))
]
SECONDS = 8.1


def decoded(recording: Recording | None) -> Samples:
    """Both channels' samples at 48 kHz, by FFmpeg."""
    assert recording is not None
    resampler = av.AudioResampler("fltp", "stereo", 48000)
    with av.open(io.BytesIO(recording.ogg)) as file:
        frames = [
            part.to_ndarray()
            for frame in file.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    samples: Samples = np.concatenate(frames, axis=1)
    return samples


def level(samples: Samples, hz: int) -> float:
    """Decibels of one frequency in one channel."""
    window = np.hanning(samples.size)
    spectrum = np.abs(np.fft.rfft(samples * window)) / window.sum() * 2
    at = round(hz * samples.size / 48000)
    return float(20 * np.log10(spectrum[at - 3 : at + 4].max() + 1e-9))


def webm(seconds: float, *, layout: str = "stereo", live: bool = False) -> bytes:
    """A file as FFmpeg writes it, with tones left and right."""
    file = io.BytesIO()
    time = np.arange(int(48000 * seconds)) / 48000
    tones = np.stack([np.sin(2 * np.pi * hz * time) * 0.3 for hz in (CUSTOMER_HZ, AGENT_HZ)])
    samples = tones.astype("f4")[: 2 if layout == "stereo" else 1]
    options = {"live": "1"} if live else {}
    with av.open(file, "w", format="webm", options=options) as out:
        stream = out.add_stream("libopus", rate=48000)
        stream.layout = layout
        stream.bit_rate = 64000
        for start in range(0, samples.shape[1], 960):
            part = np.ascontiguousarray(samples[:, start : start + 960])
            frame = av.AudioFrame.from_ndarray(part, "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def test_a_browsers_recording_keeps_length_and_sides() -> None:
    """Customer left, agent right, every moment there."""
    recording = remux(CHUNKS)

    left, right = decoded(recording)
    assert recording is not None
    assert recording.channels == 2
    assert recording.filled_seconds == 0
    assert recording.seconds == pytest.approx(SECONDS, abs=0.06)
    assert left.size / 48000 == pytest.approx(recording.seconds, abs=0.001)
    assert level(left, CUSTOMER_HZ) > -15 > -60 > level(left, AGENT_HZ)
    assert level(right, AGENT_HZ) > -15 > -60 > level(right, CUSTOMER_HZ)


@pytest.mark.parametrize("live", [True, False], ids=["open sizes", "known sizes"])
@pytest.mark.parametrize("layout", ["stereo", "mono"])
def test_files_of_another_writer_keep_their_length_and_channels(layout: str, live: bool) -> None:
    """Block groups, discard padding, pre-skip and known sizes are read as well."""
    recording = remux([webm(3.3, layout=layout, live=live)])

    assert recording is not None
    assert recording.channels == (2 if layout == "stereo" else 1)
    assert decoded(recording).shape[1] / 48000 == pytest.approx(3.3, abs=0.06)
    assert recording.seconds == pytest.approx(3.3, abs=0.06)


def test_where_the_stream_is_cut_makes_no_difference() -> None:
    """Chunks are slices of one stream, cut even inside an element's id."""
    whole = b"".join(CHUNKS)
    sliced = [whole[at : at + 777] for at in range(0, len(whole), 777)]

    one, other = remux([whole]), remux(sliced)

    assert one is not None
    assert other is not None
    assert decoded(one).tobytes() == decoded(other).tobytes()


def test_a_lost_chunk_is_silence_and_the_rest_keeps_its_time() -> None:
    """Second n of the file is second n of the talk, whatever the network did."""
    recording = remux([CHUNKS[0], b"", *CHUNKS[2:]])

    left, _ = decoded(recording)
    assert recording is not None
    assert recording.seconds == pytest.approx(SECONDS, abs=0.06)
    assert recording.filled_seconds == pytest.approx(2.0, abs=0.15)
    assert np.abs(left[int(2.2 * 48000) : int(3.9 * 48000)]).max() < 0.001
    assert level(left[int(4.3 * 48000) :], CUSTOMER_HZ) > -15


def test_a_chunk_lost_without_a_trace_is_found_by_the_clusters_times() -> None:
    """Even when nobody says that a chunk is missing, time is kept."""
    recording = remux([CHUNKS[0], *CHUNKS[2:]])

    assert recording is not None
    assert recording.seconds == pytest.approx(SECONDS, abs=0.06)


def test_without_the_first_chunk_the_rest_can_be_heard() -> None:
    """The stream's header was in it; what our recorder would have written stands in."""
    left, right = decoded(remux([b"", *CHUNKS[1:]]))

    assert left.size / 48000 == pytest.approx(SECONDS, abs=0.06)
    assert np.abs(left[: int(1.9 * 48000)]).max() < 0.001
    assert level(left[int(2.5 * 48000) :], CUSTOMER_HZ) > -15
    assert level(right[int(2.5 * 48000) :], AGENT_HZ) > -15


def test_of_a_cut_off_chunk_the_whole_blocks_are_kept() -> None:
    """A killed tab loses what was not sent, and only that."""
    recording = remux([*CHUNKS[:3], CHUNKS[3][: len(CHUNKS[3]) // 2]])

    assert recording is not None
    assert 6.8 < recording.seconds < 7.2
    assert decoded(recording).shape[1] / 48000 == pytest.approx(recording.seconds, abs=0.001)


@pytest.mark.parametrize("chunks", [[], [b""], [b"", b""], [b"\x00" * 5000], [b"no audio"]])
def test_what_holds_no_audio_gives_nothing(chunks: list[bytes]) -> None:
    """Better no file than one that does not play."""
    assert remux(chunks) is None


def test_damage_anywhere_never_costs_the_recording() -> None:
    """A block with a broken header is passed over; the others stay."""
    rng = random.Random(26)
    whole = bytearray(b"".join(CHUNKS))
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(rng.randrange(1, 30)):
            damaged[rng.randrange(300, len(damaged))] = rng.randrange(256)

        recording = remux([bytes(damaged)])

        assert recording is not None
        assert recording.seconds - recording.filled_seconds > SECONDS / 2


def test_stamps_from_far_ahead_do_not_make_an_endless_file() -> None:
    """Times in the stream are the browser's word; silence is bounded by half a day."""
    ages_later = bytes.fromhex("1f43b67501ffffffffffffffe788ffffffffffffff00")
    silence = b"\xa3\x87\x81\x00\x00\x80\xfc\xff\xfe"

    recording = remux([CHUNKS[0], ages_later + silence * 3])

    assert recording is not None
    assert recording.filled_seconds == 12 * 3600
    assert len(recording.ogg) < 16 * 2**20


def test_the_same_chunks_give_the_same_bytes() -> None:
    """A recording's checksum can be made again from its parts."""
    assert remux(CHUNKS) == remux(CHUNKS)


def test_every_page_carries_its_checksum_and_the_last_one_the_end() -> None:
    """Pages are whole: first and last are marked, none is damaged by us."""
    recording = remux(CHUNKS)
    assert recording is not None
    at, flags = 0, []
    while at < len(recording.ogg):
        segments = recording.ogg[at + 26]
        size = 27 + segments + sum(recording.ogg[at + 27 : at + 27 + segments])
        page = recording.ogg[at : at + size]
        blank = page[:22] + b"\0\0\0\0" + page[26:]
        assert struct.unpack_from("<I", page, 22)[0] == page_checksum(blank) == slow_checksum(blank)
        flags.append(page[5])
        at += size

    assert (flags[0], flags[-1]) == (2, 4)
    assert set(flags[1:-1]) == {0}


def slow_checksum(data: bytes) -> int:
    """RFC 3533's checksum as its text has it, a bit at a time."""
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x104C11DB7 if register & 0x80000000 else 0)
    return register


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"\xfc\xff\xfe", 960),  # CELT, one frame of 20 ms
        (b"\xff\x03", 2880),  # CELT, three of 20 ms
        (b"\x18", 2880),  # SILK, one of 60 ms
        (b"\x61", 960),  # hybrid, two of 10 ms
        (b"\x82", 240),  # CELT, two of 2.5 ms
        (b"\xff\x3f", 0),  # longer than Opus allows
        (b"\xff", 0),
        (b"", 0),
    ],
)
def test_a_packets_length_is_read_from_its_first_bytes(packet: bytes, samples: int) -> None:
    """The lengths of RFC 6716, table 2."""
    assert packet_samples(packet) == samples
