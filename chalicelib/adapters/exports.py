"""Where the files of reports lie in their bucket."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

import msgspec

from chalicelib.core import revision
from chalicelib.core.errors import NotFound
from chalicelib.core.revision import Manifest
from chalicelib.services.ports import ObjectStore

LINK_SECONDS = 900
_MANIFEST = "manifest.json"


class S3Exports:
    """The Exports port: `exports/<report>/dt=<first day of the period>/r<revision>/`, and the same
    below the prefix of whoever has it delivered."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def write(
        self, report: str, day: date, revision: int, *, name: str, body: BinaryIO, media_type: str
    ) -> None:
        key = _folder(report, day, revision) + name
        self._objects.put(key, body, content_type=media_type)

    def read(self, report: str, day: date, revision: int, *, name: str) -> BinaryIO:
        return self._objects.open(_folder(report, day, revision) + name)

    def seal(self, manifest: Manifest) -> None:
        body = msgspec.json.format(msgspec.json.encode(revision.document(manifest)), indent=2)
        folder = _folder(manifest.report, manifest.period.day, manifest.revision)
        self._objects.put(folder + _MANIFEST, body, content_type="application/json")

    def manifest(self, report: str, day: date, revision_: int) -> Manifest | None:
        try:
            body = self._objects.get(_folder(report, day, revision_) + _MANIFEST)
        except NotFound:
            return None
        return revision.read(msgspec.json.decode(body, type=dict[str, object]))

    def link(self, report: str, day: date, revision: int, *, name: str) -> str:
        key = _folder(report, day, revision) + name
        return self._objects.presigned_get(key, expires_seconds=LINK_SECONDS, download_as=name)

    def deliver(self, manifest: Manifest, *, prefix: str) -> None:
        of = manifest.report, manifest.period.day, manifest.revision
        for name in (*(file.name for file in manifest.files), _MANIFEST):
            self._objects.copy(_folder(*of) + name, _folder(*of, top=prefix) + name)


def _folder(report: str, day: date, revision: int, *, top: str = "exports/") -> str:
    return f"{top}{report}/dt={day.isoformat()}/r{revision}/"
