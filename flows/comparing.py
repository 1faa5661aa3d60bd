"""`diff` and `replay`: what a new version changes, and for whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from chalicelib.core.flow import PublishedFlow
from chalicelib.core.flow_tools import diff as differences
from chalicelib.core.flow_tools.records import read_record
from chalicelib.core.flow_tools.replay import replay as replayed
from flows import files
from flows.report import FINE, FOUND, Report, plural, progress

type Recorded = Callable[[str], Iterable[Mapping[str, object]]]
"""The contacts that began with the flow of this name, each as `explain` gives it."""


def diff(old: str, new: str) -> Report:
    """The changes of behaviour; layout and metadata are none."""
    before, after = (files.read_flow(Path(path), strict=False) for path in (old, new))
    changes = differences.diff(before, after)
    lines = [str(change) for change in changes] or ["no change"]
    document = [{"kind": c.kind, "block": c.block, "detail": c.detail} for c in changes]
    return Report(lines, {"changes": document}, FOUND if changes else FINE)


def replay(flow: str, recorded: Recorded, center: str | None) -> Report:
    """Recorded contacts in this version; those that end elsewhere, one line each."""
    version = files.read_flow(Path(flow))
    beside = Path(flow).parent / files.CENTER
    named = Path(center) if center else beside if beside.is_file() else None
    known = files.read_center(named).publish(_others(Path(flow)))
    read = [read_record(document) for document in recorded(version.name)]
    usable = [r for r in read if r is not None and r.flow in ("", version.name)]
    ends = [replayed(version, record, known) for record in progress(usable, "contact")]
    elsewhere = [end for end in ends if end.is_elsewhere]
    skipped = len(read) - len(usable)
    lines = [f"{end.contact_id}: {end.was} → {end.now}" for end in elsewhere]
    changed = Counter((end.was, end.now) for end in elsewhere)
    lines += [f"  {count:,} × {was} → {now}" for (was, now), count in changed.most_common()]
    lines.append(f"{plural(len(ends), 'contact')}: {len(elsewhere):,} end elsewhere")
    if skipped:
        lines.append(
            f"{plural(skipped, 'contact')} cannot be replayed: another flow, none, or hidden keys"
        )
    document = {
        "contacts": len(ends),
        "skipped": skipped,
        "elsewhere": [
            {"contactId": e.contact_id, "was": e.was, "now": e.now, "path": list(e.path)}
            for e in elsewhere
        ],
    }
    return Report(lines, document, FOUND if elsewhere else FINE)


def _others(flow: Path) -> Iterator[PublishedFlow]:
    """The flows beside it, that it may lead to."""
    for path in sorted(flow.parent.glob("*.json")):
        if path != flow and files.is_flow(path):
            yield files.read_flow(path)


def from_file(path: Path) -> Iterator[Mapping[str, object]]:
    """One contact per line; Unusable where a line holds none."""
    for number, line in enumerate(files.text_of(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise files.Unusable(f"{path}:{number}: {error}") from error
        yield document if isinstance(document, dict) else {}
