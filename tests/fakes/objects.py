"""Objects in memory: of recordings, of the lake, of exports."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from chalicelib.core.errors import (
    NotFound,
)
from chalicelib.services.ports import (
    ObjectInfo,
    UploadGrant,
)


class InMemoryObjectStore:
    """An ObjectStore without a network; counts its calls, since some promises are about them."""

    def __init__(self, bucket: str = "acme") -> None:
        self.bucket = bucket
        self.bodies: dict[str, bytes] = {}
        self.about: dict[str, ObjectInfo] = {}
        self.content_types: dict[str, str] = {}
        self.calls: list[str] = []

    def put(
        self,
        key: str,
        body: bytes | BinaryIO,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.calls.append("put")
        body = body if isinstance(body, bytes) else body.read()
        self.bodies[key] = body
        self.content_types[key] = content_type
        etag = hashlib.sha256(body).hexdigest()
        self.about[key] = ObjectInfo(key, len(body), etag, dict(metadata or {}))

    def get(self, key: str) -> bytes:
        self.calls.append("get")
        if key not in self.bodies:
            raise NotFound(f"no object {key!r}", field="key", value=key)
        return self.bodies[key]

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self.get(key))

    def copy(self, key: str, to: str) -> None:
        body = self.get(key)
        self.put(to, body, content_type=self.content_types[key], metadata=self.about[key].metadata)

    def remove(self, key: str) -> None:
        del self.bodies[key], self.about[key]

    def describe(self, key: str) -> ObjectInfo | None:
        self.calls.append("describe")
        return self.about.get(key)

    def list(self, prefix: str) -> Sequence[ObjectInfo]:
        self.calls.append("list")
        return [
            replace(info, metadata={})
            for key, info in sorted(self.about.items())
            if key.startswith(prefix)
        ]

    def erase(self, prefix: str) -> int:
        self.calls.append("erase")
        gone = [key for key in self.bodies if key.startswith(prefix)]
        for key in gone:
            del self.bodies[key], self.about[key], self.content_types[key]
        return len(gone)

    def presigned_post(self, prefix: str, *, expires_seconds: int, max_bytes: int) -> UploadGrant:
        return UploadGrant(
            f"https://objects.test/{self.bucket}",
            {"key": prefix + "${filename}", "policy": f"{max_bytes} bytes, {expires_seconds} s"},
            prefix,
        )

    def presigned_get(
        self, key: str, *, expires_seconds: int, download_as: str | None = None
    ) -> str:
        return f"https://objects.test/{self.bucket}/{key}?expires={expires_seconds}"
