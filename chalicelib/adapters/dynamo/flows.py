"""Flows and modules in DynamoDB: entries that change, versions that never do, and drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import connection, lost_race
from chalicelib.adapters.dynamo.tables import (
    CenterRow,
    FlowDraftRow,
    FlowVersionRow,
    VersionNoteRow,
)
from chalicelib.core.errors import NotFound
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import FlowId
from chalicelib.services.flow_ports import FlowContent, NewVersion, VersionNote


class DynamoFlowStore:
    """The FlowStore on the table `center`. `changed` is told when the configuration did."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed

    def entry(self, flow_id: FlowId) -> FlowEntry:
        try:
            row = CenterRow.get("center", f"flow#{flow_id}", consistent_read=True)
        except CenterRow.DoesNotExist:
            raise NotFound(f"no flow {flow_id!r}", field="flowId", value=flow_id) from None
        return codec.load(row.document, FlowEntry)

    def save_flow(
        self,
        before: FlowEntry | None,
        after: FlowEntry,
        *,
        draft: FlowContent | None = None,
        made: NewVersion | None = None,
    ) -> FlowEntry:
        revision = before.revision if before else 0
        after = replace(after, revision=revision + 1)
        with self._transaction(after) as transaction:
            row = CenterRow(*_entry_key(after), document=codec.dump(after))
            row.revision = after.revision
            transaction.save(row, condition=_stands_at(before))
            if before is None or before.name != after.name:
                name = CenterRow(*_name_key(after), document=after.flow_id)
                transaction.save(name, condition=CenterRow.pk.does_not_exist())
            if before is not None and before.name != after.name:
                transaction.delete(CenterRow(*_name_key(before)))
            if draft is not None:
                transaction.save(_draft_row(after, draft))
            elif before is not None and before.draft and not after.draft:
                transaction.delete(FlowDraftRow(f"flow#{after.flow_id}", "draft"))
            if made is not None:
                version = _version_row(after, made)
                transaction.save(version, condition=FlowVersionRow.pk.does_not_exist())
                transaction.save(_note_row(after.flow_id, made.about))
        return after

    def delete_flow(self, entry: FlowEntry) -> None:
        with self._transaction(entry) as transaction:
            transaction.delete(CenterRow(*_entry_key(entry)), condition=_stands_at(entry))
            transaction.delete(CenterRow(*_name_key(entry)))
            transaction.delete(FlowDraftRow(f"flow#{entry.flow_id}", "draft"))

    def content(self, flow_id: FlowId, version: int) -> FlowContent | None:
        try:
            row = FlowVersionRow.get(*_version_key(flow_id, version), consistent_read=True)
        except FlowVersionRow.DoesNotExist:
            return None
        return FlowContent(content=row.content, settings=row.settings or "")

    def draft(self, flow_id: FlowId) -> FlowContent | None:
        try:
            row = FlowDraftRow.get(f"flow#{flow_id}", "draft", consistent_read=True)
        except FlowDraftRow.DoesNotExist:
            return None
        return FlowContent(content=row.content, settings=row.settings or "")

    def notes(self, flow_id: FlowId) -> dict[int, VersionNote]:
        rows = VersionNoteRow.query(
            f"flow#{flow_id}", VersionNoteRow.sk.startswith("note#"), consistent_read=True
        )
        notes = [codec.load(row.document, VersionNote) for row in rows]
        return {note.version: note for note in notes}

    def annotate(self, flow_id: FlowId, note: VersionNote) -> None:
        _note_row(flow_id, note).save()

    @contextmanager
    def _transaction(self, entry: FlowEntry) -> Iterator[TransactWrite]:
        self._changed()
        message = f"flow {entry.name!r} was changed by somebody else"
        with (
            lost_race(message),
            TransactWrite(connection=connection(FlowVersionRow)) as transaction,
        ):
            yield transaction


# --- rows of a flow -------------------------------------------------------------------------------


def _stands_at(before: FlowEntry | None) -> Condition:
    if before is None or before.revision == 0:
        return CenterRow.revision.does_not_exist()
    return CenterRow.revision == before.revision


def _entry_key(entry: FlowEntry) -> tuple[str, str]:
    return "center", f"flow#{entry.flow_id}"


def _name_key(entry: FlowEntry) -> tuple[str, str]:
    return "names", f"flow#{entry.name}"


def _version_key(flow_id: FlowId, version: int) -> tuple[str, str]:
    return f"flow#{flow_id}", f"version#{version:08d}"


def _version_row(entry: FlowEntry, made: NewVersion) -> FlowVersionRow:
    return FlowVersionRow(
        *_version_key(entry.flow_id, made.about.version),
        name=entry.name,
        type=entry.type,
        content=made.content.content,
        settings=made.content.settings or None,
    )


def _note_row(flow_id: FlowId, note: VersionNote) -> VersionNoteRow:
    key = f"note#{note.version:08d}"
    return VersionNoteRow(f"flow#{flow_id}", key, document=codec.dump(note))


def _draft_row(entry: FlowEntry, draft: FlowContent) -> FlowDraftRow:
    settings = draft.settings or None
    return FlowDraftRow(f"flow#{entry.flow_id}", "draft", content=draft.content, settings=settings)
