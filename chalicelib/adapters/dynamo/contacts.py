"""Contacts in DynamoDB: one transaction per commit, over the contact and all rows it implies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec, ended, routing
from chalicelib.adapters.dynamo.shared import (
    CONDITION_FAILED,
    connection,
    lost_race,
    unless_there,
    was_crowded,
)
from chalicelib.adapters.dynamo.tables import ContactRow, FactsRow, ItemRow, OnceRow
from chalicelib.core.contact import Change, Contact
from chalicelib.core.erasure import erased_fact
from chalicelib.core.errors import NotFound, QueueFull
from chalicelib.core.events import Fact
from chalicelib.core.ids import ContactId
from chalicelib.services.ports import ChatItem, Commit, erased_item

_FACTS_BYTES = 200_000  # per row; DynamoDB takes 400 KB
_LONGEST_ID = 256  # characters; ours have 36
_TRIES = 8  # when transactions were in each other's way, most of all at a queue's counter


class DynamoContactStore:
    """The ContactStore on the tables `contacts` and `routing`."""

    def __init__(self) -> None:
        self._lines = routing.Lines()

    def get(self, contact_id: ContactId) -> Contact:
        missing = NotFound(f"no contact {contact_id!r}", field="contactId", value=contact_id)
        if not 1 <= len(contact_id) <= _LONGEST_ID:
            raise missing  # DynamoDB would call such a key an error
        try:
            row = ContactRow.get(contact_id, "state", consistent_read=True)
        except ContactRow.DoesNotExist:
            raise missing from None
        return codec.load_contact(row.document)

    def among(self, contact_ids: Sequence[ContactId]) -> Sequence[Contact]:
        keys = [(contact_id, "state") for contact_id in dict.fromkeys(contact_ids)]
        rows = ContactRow.batch_get(keys, consistent_read=True)
        return [codec.load_contact(row.document) for row in rows]

    def commit(self, commit: Commit) -> None:
        if commit.capacity == 0:
            raise QueueFull("the queue takes no contacts")
        for change in commit.changes:
            if change.facts:
                self._lines.note(change.before, change.after, change.facts[-1].at)
        with lost_race("the contact or the agent changed meanwhile"):
            try:
                _insist(lambda: self._transact(commit))
            except TransactWriteError as error:
                if commit.capacity is not None and _only_the_counter_refused(error):
                    raise QueueFull("the queue is full") from error
                raise

    def _transact(self, commit: Commit) -> None:
        with TransactWrite(connection=connection(ContactRow)) as transaction:
            for agent in commit.agents:
                routing.write_agent(transaction, agent)
            for item in commit.items:
                transaction.save(_item_row(item))
            for change in commit.changes:
                _write_contact(transaction, change)
                # The depth row is the only update, and PynamoDB sends updates last.
                routing.count_depth(transaction, change.before, change.after, commit.capacity)

    def facts(self, contact_id: ContactId) -> Sequence[Fact]:
        rows = FactsRow.query(contact_id, FactsRow.sk.startswith("facts#"), consistent_read=True)
        return [fact for row in rows for fact in codec.load_facts(row.document, contact_id)]

    def ended(self, from_at: datetime, to_at: datetime) -> Iterator[ContactId]:
        return ended.between(from_at, to_at)

    def add_item(self, item: ChatItem) -> None:
        once = OnceRow(item.contact_id, f"once#{item.item_id}")

        def write() -> None:
            with TransactWrite(connection=connection(ItemRow)) as transaction:
                transaction.save(once, condition=OnceRow.pk.does_not_exist())
                transaction.save(_item_row(item))

        with unless_there():
            _insist(write)

    def items(self, contact_id: ContactId) -> Sequence[ChatItem]:
        rows = ItemRow.query(contact_id, ItemRow.sk.startswith("item#"), consistent_read=True)
        return [codec.load(row.document, ChatItem) for row in rows]

    def erase_words(self, contact_id: ContactId) -> None:
        for row in FactsRow.query(
            contact_id, FactsRow.sk.startswith("facts#"), consistent_read=True
        ):
            facts = codec.load_facts(row.document, contact_id)
            row.document = codec.dump_facts(tuple(erased_fact(fact) for fact in facts))
            row.save()
        for item in self.items(contact_id):
            _item_row(erased_item(item)).save()


def _insist(write: Callable[[], None]) -> None:
    """Tries again while the transaction was merely in another one's way."""
    for _ in range(_TRIES - 1):
        try:
            write()
        except TransactWriteError as error:
            if not was_crowded(error):
                raise
        else:
            return
    write()


def _write_contact(transaction: TransactWrite, change: Change) -> None:
    before, after = change.before, change.after
    version = before.version if before else 0
    after = replace(after, version=version + 1)
    row = ContactRow(
        after.contact_id, "state", version=after.version, document=codec.dump_contact(after)
    )
    condition = ContactRow.version == version if before else ContactRow.pk.does_not_exist()
    transaction.save(row, condition=condition)
    for facts in _chunks(change.facts):
        sort_key = f"facts#{facts[0].seq:08d}"
        transaction.save(
            FactsRow(after.contact_id, sort_key, document=codec.dump_facts(facts)),
            condition=FactsRow.pk.does_not_exist(),
        )
    routing.move_place(transaction, before, after)
    ended.note(transaction, before, after)


def _chunks(facts: Sequence[Fact]) -> Iterator[tuple[Fact, ...]]:
    chunk: list[Fact] = []
    size = 0
    for fact in facts:
        length = len(codec.dump_facts((fact,)))
        if chunk and size + length > _FACTS_BYTES:
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(fact)
        size += length
    if chunk:
        yield tuple(chunk)


def _item_row(item: ChatItem) -> ItemRow:
    sort_key = f"item#{codec.stamp(item.at)}#{item.item_id}"
    return ItemRow(item.contact_id, sort_key, document=codec.dump(item))


def _only_the_counter_refused(error: TransactWriteError) -> bool:
    """The counter comes last, and its condition says: full. A conflict there says: crowded."""
    *others, counter = error.cancellation_reasons or [None]
    return counter is not None and counter.code in CONDITION_FAILED and not any(others)
