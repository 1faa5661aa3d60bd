"""Many objects of a bucket: one per contact makes many small requests of a busy day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

from chalicelib.services.ports import ObjectStore

_AT_ONCE = 500  # objects held in memory while they pass


def bodies(objects: ObjectStore, keys: Iterable[str], *, readers: int) -> Iterator[bytes]:
    """In the order of the keys, read by so many threads."""
    with ThreadPoolExecutor(readers) as pool:
        for some in batched(keys, _AT_ONCE):
            yield from pool.map(objects.get, some)
