"""How flows and modules look in Amazon Connect's API, as far as it is the same."""

from __future__ import annotations

from chalicelib.core.center import Center
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.search import Found
from chalicelib.entrypoints.connect_shapes import without_nothing
from chalicelib.services.flow_library import Described


def about(center: Center, entry: FlowEntry) -> dict[str, object]:
    """All but the content."""
    return without_nothing(
        {
            "Arn": center.flow_arn(entry),
            "Id": entry.flow_id,
            "Name": entry.name,
            "State": entry.state,
            "Status": entry.status,
            "Description": entry.description or None,
            "Tags": dict(entry.tags),
        }
    )


def described(center: Center, found: Described) -> dict[str, object]:
    """With one content; a draft's is SAVED and has no version."""
    note = found.about
    parts = {
        "Status": "PUBLISHED" if note else "SAVED",
        "Content": found.content.content,
        "Version": note.version if note else None,
        "VersionDescription": (note.note or None) if note else None,
    }
    return {**about(center, found.entry), **without_nothing(parts)}


def searched(entry: FlowEntry) -> Found:
    return Found(
        texts={
            "name": entry.name,
            "description": entry.description,
            "type": entry.type,
            "state": entry.state,
            "status": entry.status,
        },
        tags=entry.tags,
    )
