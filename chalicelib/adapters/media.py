"""A browser's WebM/Opus chunks made into one Ogg/Opus file, without decoding, in pure Python.

Browsers cut their stream anywhere, even inside a header, and leave sizes open and the length out.
So the reader walks the elements flat, and after a chunk that never arrived looks for the next
cluster. See docs/decisions/0007-remux-recordings-in-python.md.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from chalicelib.services.ports import Recording

# EBML element ids (RFC 8794, RFC 9559)
_SEGMENT, _CLUSTER, _BLOCK_GROUP, _INFO, _TRACKS, _TRACK = (
    0x18538067,
    0x1F43B675,
    0xA0,
    0x1549A966,
    0x1654AE6B,
    0xAE,
)
_CLUSTER_TIME, _TIME_SCALE, _SIMPLE_BLOCK, _BLOCK = 0xE7, 0x2AD7B1, 0xA3, 0xA1
_CODEC_PRIVATE, _DISCARD_PADDING = 0x63A2, 0x75A2
_OPENED = frozenset({_SEGMENT, _CLUSTER, _BLOCK_GROUP, _INFO, _TRACKS, _TRACK})  # read inside
_HEADER = frozenset({_INFO, _TRACKS, _TRACK})  # may hold ids that we do not list
_SKIPPED = frozenset(
    {0x1A45DFA3, 0x114D9B74, 0x1C53BB6B, 0x1254C367, 0xEC, 0xBF, 0xA7, 0xAB, 0x9B, 0xFB}
)
_READ = frozenset(
    {_CLUSTER_TIME, _TIME_SCALE, _SIMPLE_BLOCK, _BLOCK, _CODEC_PRIVATE, _DISCARD_PADDING}
)
_CLUSTER_MARK = _CLUSTER.to_bytes(4)
_BLOCK_MARK = b"\xa3"

_RATE = 48_000  # Opus counts at 48 kHz whatever it carries (RFC 7845)
_CHUNK_SECONDS = 2  # what our recorder asks of the browser; only a guess's starting point
_HOLE_SECONDS = 0.25  # less is jitter of the browser's stamps, not lost audio
_LONGEST_FILL_SECONDS = 12 * 3600  # stamps are the browser's word: they buy no endless file
_PLAUSIBLE_BLOCK = 8192
_DEFAULT_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, _RATE, 0, 0)
_TAGS = b"OpusTags" + struct.pack("<I", 9) + b"trunkline" + struct.pack("<I", 0)


def remux(chunks: Sequence[bytes]) -> Recording | None:
    """One Ogg Opus file of all the chunks; an empty chunk is one that never arrived.

    Where audio is missing there is silence of the same length. None when no audio is found.
    """
    timeline = _Timeline()
    for is_lost, run in groupby(chunks, key=lambda chunk: not chunk):
        parts = list(run)
        if is_lost:
            timeline.lose(len(parts))
        else:
            timeline.read(b"".join(parts))
    if not timeline.packets:
        return None
    return _ogg(timeline, serial=zlib.crc32(b"".join(chunk[:256] for chunk in chunks)))


# --- reading WebM -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Timeline:
    """The packets found so far, with silence where there was a hole."""

    head: bytes = _DEFAULT_HEAD
    packets: list[bytes] = field(default_factory=list)
    filled_samples: int = 0
    discarded_samples: int = 0
    _tick: float = 0.001  # seconds per unit of time
    _cluster: float | None = 0.0  # its start in seconds; None: its header was lost
    _due: float = 0.0  # when the next block should begin
    _due_after_loss: float = 0.0

    def lose(self, chunks: int) -> None:
        """Chunks are missing here, and with them perhaps the header of the next blocks' cluster."""
        self._cluster = None
        self._due_after_loss = self._due + chunks * _CHUNK_SECONDS

    def read(self, data: bytes) -> None:
        for identity, payload in _elements(data):
            if identity == _CLUSTER_TIME:
                self._cluster = int.from_bytes(payload) * self._tick
            elif identity in (_SIMPLE_BLOCK, _BLOCK):
                self._block(payload)
            elif identity == _TIME_SCALE:
                self._tick = int.from_bytes(payload) / 1e9 or self._tick
            elif identity == _CODEC_PRIVATE and _is_head(payload):
                self.head = payload
            elif identity == _DISCARD_PADDING:
                self.discarded_samples = int.from_bytes(payload, signed=True) * _RATE // 10**9

    def _block(self, payload: bytes) -> None:
        packet = payload[4:]
        samples = packet_samples(packet)
        if not samples or payload[3] & 0x06:  # Opus in WebM is never laced
            return
        offset = int.from_bytes(payload[1:3], signed=True) * self._tick
        if self._cluster is None:
            self._cluster = self._due_after_loss - offset
        at = self._cluster + offset
        if at - self._due >= _HOLE_SECONDS:
            self._fill(at - self._due)
        self.packets.append(packet)
        self.discarded_samples = 0
        self._due = at + samples / _RATE

    def _fill(self, seconds: float) -> None:
        """Silence of this length, in packets of up to 120 ms."""
        left = _LONGEST_FILL_SECONDS - self.filled_samples / _RATE
        frames = round(max(0.0, min(seconds, left)) * 50)
        whole, rest = divmod(frames, 6)
        self.packets += [_silence(6)] * whole + ([_silence(rest)] if rest else [])
        self.filled_samples += frames * _RATE // 50


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every element that is read, in order; what is damaged is passed over."""
    at, end = 0, len(data)
    header_end = 0  # below here unknown elements are skipped by their size
    while at < end:
        identity, start, size = _element_at(data, at)
        if identity in _OPENED:
            if identity in _HEADER:
                header_end = max(header_end, start + size)
            at = start
        elif identity in _READ and start + size <= end:
            yield identity, data[start : start + size]
            at = start + size
        elif identity in _SKIPPED or (identity and start + size <= header_end):
            at = start + size
        else:
            at = _resync(data, at + 1)


def _element_at(data: bytes, at: int) -> tuple[int, int, int]:
    """Id, where the payload begins, and its size (0 where it is left open); id 0: none here."""
    id_length = 9 - data[at].bit_length()
    if id_length > 4 or at + id_length >= len(data):
        return 0, at, 0
    identity = int.from_bytes(data[at : at + id_length])
    at += id_length
    size_length = 9 - data[at].bit_length()
    if size_length > 8 or at + size_length > len(data):
        return 0, at, 0
    bits = 7 * size_length
    size = int.from_bytes(data[at : at + size_length]) & ((1 << bits) - 1)
    return identity, at + size_length, 0 if size == (1 << bits) - 1 else size


def _resync(data: bytes, at: int) -> int:
    """The next place that begins a cluster, or a block that another element follows."""
    cluster = data.find(_CLUSTER_MARK, at)
    limit = cluster if cluster >= 0 else len(data)
    while (at := data.find(_BLOCK_MARK, at, limit)) >= 0:
        if _is_block(data, at):
            return at
        at += 1
    return limit


def _is_block(data: bytes, at: int) -> bool:
    _, start, size = _element_at(data, at)
    after = start + size
    if not 5 <= size <= _PLAUSIBLE_BLOCK or after > len(data) or data[start + 3] & 0x7F:
        return False
    return after == len(data) or data[after] == 0xA3 or data.startswith(_CLUSTER_MARK, after)


def _is_head(private: bytes) -> bool:
    """An OpusHead of one or two channels, the only kind a browser's recorder writes."""
    return len(private) >= 19 and private.startswith(b"OpusHead") and private[9] in (1, 2)


# --- Opus ---------------------------------------------------------------------------------------


def packet_samples(packet: bytes) -> int:
    """How long a packet is, at 48 kHz, by its first bytes (RFC 6716, 3.1); 0 when it is none."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:
        frame = (480, 960)[config & 1]
    else:
        frame = (120, 240, 480, 960)[config & 3]
    if code < 3:
        frames = 1 if code == 0 else 2
    else:
        frames = packet[1] & 0x3F if len(packet) > 1 else 0
    samples = frame * frames
    return samples if samples <= 5760 else 0  # 120 ms is the most a packet may hold


def _silence(frames: int) -> bytes:
    """A stereo packet of `frames` times 20 ms that decodes to nothing."""
    return bytes((0xFF, frames)) + b"\xff\xfe" * frames


# --- writing Ogg --------------------------------------------------------------------------------


def _ogg(timeline: _Timeline, *, serial: int) -> Recording:
    pre_skip: int = struct.unpack_from("<H", timeline.head, 10)[0]
    pages = [
        _page([timeline.head], serial=serial, number=0, granule=0, flags=2),
        _page([_TAGS], serial=serial, number=1, granule=0, flags=0),
    ]
    granule = 0
    batches = list(_batches(timeline.packets))
    for index, (batch, samples) in enumerate(batches):
        granule += samples
        is_last = index == len(batches) - 1
        if is_last:  # the browser's own end, never before the page's beginning
            granule -= min(max(timeline.discarded_samples, 0), samples)
        flags = 4 if is_last else 0
        pages.append(_page(batch, serial=serial, number=index + 2, granule=granule, flags=flags))
    return Recording(
        ogg=b"".join(pages),
        seconds=max(0, granule - pre_skip) / _RATE,
        channels=timeline.head[9],
        filled_seconds=timeline.filled_samples / _RATE,
    )


def _batches(packets: Sequence[bytes]) -> Iterator[tuple[list[bytes], int]]:
    """Packets for one page each: a second at most (players seek by pages), and 255 segments."""
    batch: list[bytes] = []
    samples = segments = 0
    for packet in packets:
        more = packet_samples(packet)
        if batch and (samples + more > _RATE or segments + len(packet) // 255 + 1 > 255):
            yield batch, samples
            batch, samples, segments = [], 0, 0
        batch.append(packet)
        samples += more
        segments += len(packet) // 255 + 1
    yield batch, samples


def _page(packets: Sequence[bytes], *, serial: int, number: int, granule: int, flags: int) -> bytes:
    lacing = b"".join(b"\xff" * (len(p) // 255) + bytes((len(p) % 255,)) for p in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, number, 0, len(lacing))
    page = head + lacing + b"".join(packets)
    return page[:22] + struct.pack("<I", page_checksum(page)) + page[26:]


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def page_checksum(page: bytes) -> int:
    """Ogg's CRC-32 (RFC 3533), by way of zlib's.

    Same polynomial, but bits run the other way and nothing is inverted: so bytes and result are
    mirrored, and C code does the work that a loop here would need minutes for.
    """
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_REVERSED))
