"""Views in DynamoDB: all under one key, the versions of each under another."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import connection, lost_race
from chalicelib.adapters.dynamo.tables import ViewRow
from chalicelib.core.view import View, ViewVersion

_VIEWS = "views"


class DynamoViewStore:
    """The ViewStore on the table `center`."""

    def views(self) -> Sequence[View]:
        return [codec.load(row.document, View) for row in ViewRow.query(_VIEWS)]

    def view(self, view_id: str) -> View | None:
        try:
            row = ViewRow.get(_VIEWS, view_id, consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return codec.load(row.document, View)

    def save(self, view: View, version: ViewVersion | None = None) -> None:
        after = codec.replaced(view, {"revision": view.revision + 1})
        row = ViewRow(_VIEWS, view.view_id, revision=after.revision, document=codec.dump(after))
        is_current = (
            ViewRow.revision == view.revision if view.revision else ViewRow.pk.does_not_exist()
        )
        with (
            lost_race(f"view {view.name!r} has changed"),
            TransactWrite(connection=connection(ViewRow)) as transaction,
        ):
            transaction.save(row, condition=is_current)
            if version is not None:
                transaction.save(
                    ViewRow(
                        *_place(view.view_id, version.number),
                        revision=1,
                        document=codec.dump(version),
                    )
                )

    def versions(self, view_id: str) -> Sequence[ViewVersion]:
        rows = ViewRow.query(f"view#{view_id}", consistent_read=True)
        return [codec.load(row.document, ViewVersion) for row in rows]

    def version(self, view_id: str, number: int) -> ViewVersion | None:
        try:
            row = ViewRow.get(*_place(view_id, number), consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return codec.load(row.document, ViewVersion)

    def delete(self, view_id: str, number: int | None = None) -> None:
        if number is not None:
            ViewRow(*_place(view_id, number)).delete()
            return
        ViewRow(_VIEWS, view_id).delete()
        with ViewRow.batch_write() as batch:
            for row in ViewRow.query(f"view#{view_id}", consistent_read=True):
                batch.delete(row)


def _place(view_id: str, number: int) -> tuple[str, str]:
    return f"view#{view_id}", f"version#{number:08d}"
