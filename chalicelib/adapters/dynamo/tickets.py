"""Tickets in DynamoDB: a save is one transaction over the ticket and every list it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.customers import ticket_key
from chalicelib.adapters.dynamo.shared import Row, connection, lost_race
from chalicelib.adapters.dynamo.tables import CustomersRow, TicketsRow
from chalicelib.core.erasure import erased_change, erased_note
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import CustomerId, TicketId
from chalicelib.core.ticket import Note, Ticket, TicketChange, TicketStatus

_DUE = "due"
_LOOKED_AT = 2_000  # of an owner's, for those that wait for a role: there is no list of both

type _Key = tuple[type[Row], str, str]


class DynamoTicketStore:
    """The TicketStore on the table `tickets`, with a copy per customer in `customers`."""

    def create(self, ticket: Ticket, note: Note | None = None) -> None:
        with (
            lost_race(f"ticket {ticket.ticket_id!r} exists"),
            TransactWrite(connection=connection(TicketsRow)) as transaction,
        ):
            transaction.save(_state(ticket), condition=TicketsRow.pk.does_not_exist())
            _write_rest(transaction, ticket, note)

    def get(self, ticket_id: TicketId) -> Ticket:
        rows = list(TicketsRow.query(ticket_id, consistent_read=True))
        if not rows or rows[-1].sk != "state":
            raise NotFound(f"no ticket {ticket_id!r}", field="ticketId", value=ticket_id)
        changes = [row.document for row in rows if row.sk.startswith("change#")]
        notes = [row.document for row in rows if row.sk.startswith("note#")]
        return replace(
            codec.load(rows[-1].document, Ticket),
            notes=tuple(codec.load(document, Note) for document in notes),
            history=tuple(
                line for document in changes for line in codec.load(document, list[TicketChange])
            ),
        )

    def save(self, before: Ticket, after: Ticket, note: Note | None = None) -> None:
        with (
            lost_race(f"ticket {before.ticket_id!r} is no longer at version {before.version}"),
            TransactWrite(connection=connection(TicketsRow)) as transaction,
        ):
            transaction.save(_state(after), condition=TicketsRow.version == before.version)
            for model, pk, sk in _listed(before) - _listed(after):
                transaction.delete(model(pk, sk))
            _write_rest(transaction, after, note)

    def add_note(self, ticket_id: TicketId, note: Note) -> None:
        _note(ticket_id, note).save()

    def erase_words(self, ticket_id: TicketId) -> None:
        for row in TicketsRow.query(ticket_id, consistent_read=True):
            if row.sk.startswith("note#"):
                row.document = codec.dump(erased_note(codec.load(row.document, Note)))
            elif row.sk.startswith("change#"):
                lines = codec.load(row.document, list[TicketChange])
                row.document = codec.dump([erased_change(line) for line in lines])
            else:
                continue
            row.save()

    def listed(
        self, status: TicketStatus, *, owner: str | None = None, role: str = "", limit: int
    ) -> Sequence[Ticket]:
        looked_at = _LOOKED_AT if owner is not None and role else limit
        found = _newest(TicketsRow, _list_key(status, owner, role), "", looked_at)
        return [ticket for ticket in found if role in ("", ticket.role)][:limit]

    def opened(self, since: datetime, until: datetime) -> Iterator[Ticket]:
        """The open ones first and last: what is opened again meanwhile is found there."""
        found: set[TicketId] = set()
        opened = TicketsRow.sk.between(codec.stamp(since), codec.stamp(until))
        for status in (*TicketStatus, TicketStatus.OPEN):
            rows = TicketsRow.query(_list_key(status, None), opened, consistent_read=True)
            for ticket in (codec.load(row.document, Ticket) for row in rows):
                if ticket.ticket_id not in found:
                    found.add(ticket.ticket_id)
                    yield ticket

    def due(self, at: datetime, *, limit: int) -> Sequence[Ticket]:
        until = f"{codec.stamp(at)}#~"  # sorts behind every ticket of this very moment
        rows = TicketsRow.query(_DUE, TicketsRow.sk <= until, consistent_read=True, limit=limit)
        return [codec.load(row.document, Ticket) for row in rows]

    def of_customer(self, customer_id: CustomerId, *, limit: int) -> Sequence[Ticket]:
        shelves = ("open#", "archived#")
        found = [t for shelf in shelves for t in _newest(CustomersRow, customer_id, shelf, limit)]
        return sorted(found, key=lambda t: (t.created_at, t.ticket_id), reverse=True)[:limit]


def _write_rest(transaction: TransactWrite, ticket: Ticket, note: Note | None) -> None:
    """The lines of history of this version, a row per list, and the note."""
    lines = [line for line in ticket.history if line.version == ticket.version]
    change = TicketsRow(
        ticket.ticket_id, f"change#{ticket.version:08d}", document=codec.dump(lines)
    )
    transaction.save(change)
    summary = codec.dump(_summary(ticket))
    for model, pk, sk in sorted(_listed(ticket), key=lambda key: key[1:]):
        transaction.save(model(pk, sk, document=summary))
    if note is not None:
        transaction.save(_note(ticket.ticket_id, note))


def _summary(ticket: Ticket) -> Ticket:
    return replace(ticket, notes=(), history=())


def _state(ticket: Ticket) -> TicketsRow:
    document = codec.dump(_summary(ticket))
    return TicketsRow(ticket.ticket_id, "state", document=document, version=ticket.version)


def _note(ticket_id: TicketId, note: Note) -> TicketsRow:
    sort_key = f"note#{codec.stamp(note.at)}#{note.note_id}"
    return TicketsRow(ticket_id, sort_key, document=codec.dump(note))


def _listed(ticket: Ticket) -> set[_Key]:
    """The rows that list this ticket."""
    place = f"{codec.stamp(ticket.created_at)}#{ticket.ticket_id}"
    keys: set[_Key] = {(TicketsRow, _list_key(ticket.status, None), place)}
    if ticket.owner is not None:
        keys.add((TicketsRow, _list_key(ticket.status, ticket.owner), place))
    if ticket.role:
        keys.add((TicketsRow, _list_key(ticket.status, None, ticket.role), place))
    if ticket.next_look_at is not None:
        keys.add((TicketsRow, _DUE, f"{codec.stamp(ticket.next_look_at)}#{ticket.ticket_id}"))
    with_customer = ticket_key(ticket)
    if with_customer is not None:
        keys.add((CustomersRow, *with_customer))
    return keys


def _list_key(status: TicketStatus, owner: str | None, role: str = "") -> str:
    if owner is not None:
        return f"owner#{status}#{owner}"
    return f"role#{status}#{role}" if role else f"status#{status}"


def _newest(model: type[Row], pk: str, prefix: str, limit: int) -> list[Ticket]:
    rows = model.query(
        pk,
        model.sk.startswith(prefix) if prefix else None,
        scan_index_forward=False,
        consistent_read=True,
        limit=limit,
    )
    return [codec.load(row.document, Ticket) for row in rows]


__all__ = ["DynamoTicketStore"]
