"""Where exports lie, and that without a manifest they are not there."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from chalicelib.adapters.exports import S3Exports
from chalicelib.core.civil_day import civil_day
from chalicelib.core.revision import ExportFile, Manifest
from tests.fakes.objects import InMemoryObjectStore

DAY = date(2026, 3, 8)


def a_manifest() -> Manifest:
    file = ExportFile(name="daily-agents-2026-03-08-r1.csv", format="csv", rows=0, sha256="0" * 64)
    return Manifest(
        report="daily-agents",
        period=civil_day(DAY, "America/New_York"),
        revision=1,
        schema_version=1,
        is_provisional=False,
        files=(file,),
    )


def test_a_revision_without_manifest_is_not_there() -> None:
    """Files alone do not count: their writer may have died between them."""
    exports = S3Exports(InMemoryObjectStore())
    exports.write("daily-agents", DAY, 1, name="a.csv", body=BytesIO(b"x"), media_type="text/csv")

    assert exports.manifest("daily-agents", DAY, 1) is None
    exports.seal(a_manifest())
    assert exports.manifest("daily-agents", DAY, 1) == a_manifest()


def test_exports_lie_by_report_day_and_revision() -> None:
    """Finance's scripts find them by name."""
    objects = InMemoryObjectStore()
    exports = S3Exports(objects)
    exports.write("daily-agents", DAY, 1, name="a.csv", body=BytesIO(b"x"), media_type="text/csv")
    exports.seal(a_manifest())

    folder = "exports/daily-agents/dt=2026-03-08/r1/"
    assert list(objects.bodies) == [f"{folder}a.csv", f"{folder}manifest.json"]
    assert exports.read("daily-agents", DAY, 1, name="a.csv").read() == b"x"
    assert folder in exports.link("daily-agents", DAY, 1, name="a.csv")
