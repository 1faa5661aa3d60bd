"""Open sockets in DynamoDB. Whose a socket is never changes, so it is remembered."""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import connection as client
from chalicelib.adapters.dynamo.tables import ConnectionRow, CustomerSocketRow
from chalicelib.core.ids import ConnectionId, ContactId
from chalicelib.services.ports import Connection

_KEPT = timedelta(days=1)  # API Gateway closes a socket after two hours
_REMEMBERED = 2_000  # per worker


class DynamoConnectionStore:
    """The ConnectionStore on the table `connections`."""

    def __init__(self) -> None:
        self._whose: dict[ConnectionId, Connection] = {}
        self._customers: dict[ContactId, ConnectionId] = {}

    def add(self, connection: Connection, *, at: datetime) -> None:
        expires_at = int((at + _KEPT).timestamp())
        row = ConnectionRow(
            f"connection#{connection.connection_id}",
            "who",
            document=codec.dump(connection),
            expires_at=expires_at,
        )
        with TransactWrite(connection=client(ConnectionRow)) as transaction:
            transaction.save(row)
            if connection.contact_id is not None:
                socket = CustomerSocketRow(
                    f"contact#{connection.contact_id}",
                    "customer",
                    connection_id=connection.connection_id,
                    expires_at=expires_at,
                )
                transaction.save(socket)

    def remove(self, connection: Connection) -> None:
        """The customer's row stays: it tells who was here once from who never came."""
        ConnectionRow(f"connection#{connection.connection_id}", "who").delete()
        self._whose.pop(connection.connection_id, None)

    def get(self, connection_id: ConnectionId) -> Connection | None:
        if connection_id not in self._whose:
            try:
                row = ConnectionRow.get(f"connection#{connection_id}", "who", consistent_read=True)
            except ConnectionRow.DoesNotExist:
                return None
            if len(self._whose) >= _REMEMBERED:
                self._whose.clear()
            found = self._whose[connection_id] = codec.load(row.document, Connection)
            if found.contact_id is not None:  # who speaks is there
                self._customers.setdefault(found.contact_id, connection_id)
        return self._whose[connection_id]

    def of_customer(self, contact_id: ContactId, *, is_fresh: bool = False) -> ConnectionId | None:
        if is_fresh or contact_id not in self._customers:
            try:
                row = CustomerSocketRow.get(
                    f"contact#{contact_id}", "customer", consistent_read=True
                )
            except CustomerSocketRow.DoesNotExist:
                self._customers.pop(contact_id, None)
                return None
            if len(self._customers) >= _REMEMBERED:
                self._customers.clear()
            self._customers[contact_id] = ConnectionId(row.connection_id)
        return self._customers[contact_id]
