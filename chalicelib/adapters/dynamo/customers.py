"""Customers in DynamoDB: one partition per customer, index rows for numbers and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError
from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import code_of, connection, lost_race, unless_there
from chalicelib.adapters.dynamo.tables import CustomersRow
from chalicelib.core.customer import (
    Customer,
    CustomerBrief,
    HistoryLine,
    fold,
    index_keys,
    name_keys,
)
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import CustomerId
from chalicelib.core.merging import Change, survivors
from chalicelib.core.telephone import matching_key
from chalicelib.core.ticket import Ticket
from chalicelib.services.ports import CustomerFile, Unavailable

_FILE_ROWS = 100  # a screen pop shows the newest of a long history
_KEY_LIMIT = 200  # characters of a name in a sort key, which holds 1,024 bytes
_OVERLOADED = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)


class DynamoCustomerStore:
    """The CustomerStore on the table `customers`."""

    def create(self, customer: Customer) -> None:
        customer_id = customer.customer_id
        profile = CustomersRow(customer_id, "profile", document=codec.dump(customer))
        with (
            _reachable(),
            lost_race(f"customer {customer_id!r} exists"),
            TransactWrite(connection=connection(CustomersRow)) as transaction,
        ):
            transaction.save(profile, condition=CustomersRow.pk.does_not_exist())
            for pk, sk in _index_keys(customer):
                transaction.save(CustomersRow(pk, sk, document=codec.dump(customer.brief)))

    def save(self, before: Customer, after: Customer) -> None:
        self.save_together([(before, after)])

    def save_together(self, changes: Sequence[Change]) -> None:
        named = ", ".join(f"{b.customer_id!r} at version {b.version}" for b, _ in changes)
        with (
            _reachable(),
            lost_race(f"not, or no longer: customer {named}"),
            TransactWrite(connection=connection(CustomersRow)) as transaction,
        ):
            for before, after in changes:
                _write_next(transaction, before, after)

    def records(self, customer_ids: Sequence[CustomerId]) -> Sequence[Customer]:
        keys = [(customer_id, "profile") for customer_id in dict.fromkeys(customer_ids)]
        with _reachable():
            rows = list(CustomersRow.batch_get(keys, consistent_read=True)) if keys else []
        found = {row.pk: codec.load(row.document, Customer) for row in rows}
        return [found[customer_id] for customer_id, _ in keys if customer_id in found]

    def get_many(self, customer_ids: Sequence[CustomerId]) -> Sequence[Customer]:
        return survivors(customer_ids, self.records)

    def file(self, customer_id: CustomerId) -> CustomerFile:
        """Downwards from `profile`: the customer, open tickets, contacts; archived ones last."""
        customer, rows = _partition(customer_id)
        if customer is not None and customer.merged is not None:
            (customer,) = self.get_many([customer.merged.into])
            _, rows = _partition(customer.customer_id)
        if customer is None:
            raise NotFound(f"no customer {customer_id!r}", field="customerId", value=customer_id)
        if customer.absorbed:
            rows = _newest_of([rows, *(_partition(each)[1] for each in customer.absorbed)])
        return CustomerFile(
            customer=customer,
            history=_all_of(rows, "contact#", HistoryLine),
            open_tickets=_all_of(rows, "open#", Ticket),
            redirected_from=None if customer.customer_id == customer_id else customer_id,
        )

    def with_phone(self, phone: str) -> Sequence[CustomerBrief]:
        return self.known_by("phone", matching_key(phone))

    def known_by(self, kind: str, value: str) -> Sequence[CustomerBrief]:
        with _reachable():
            rows = list(CustomersRow.query(f"{kind}#{value}", consistent_read=True))
        return [codec.load(row.document, CustomerBrief) for row in rows]

    def named(self, name: str, *, limit: int) -> Sequence[CustomerBrief]:
        key = fold(name)[:_KEY_LIMIT]
        if not key:
            return []
        with _reachable():
            rows = list(
                CustomersRow.query(
                    f"name#{key[0]}",
                    CustomersRow.sk.startswith(key),
                    consistent_read=True,
                    limit=limit,
                )
            )
        briefs = [codec.load(row.document, CustomerBrief) for row in rows]
        return list({brief.customer_id: brief for brief in briefs}.values())

    def contacts_of(self, customer_id: CustomerId) -> Sequence[HistoryLine]:
        with _reachable():
            rows = CustomersRow.query(
                customer_id,
                CustomersRow.sk.startswith("contact#"),
                scan_index_forward=False,
                consistent_read=True,
            )
            return [codec.load(row.document, HistoryLine) for row in rows]

    def write_line(self, customer_id: CustomerId, line: HistoryLine, *, facts: int) -> None:
        row = CustomersRow(
            customer_id,
            f"contact#{codec.stamp(line.initiated_at)}#{line.contact_id}",
            document=codec.dump(line),
            facts=facts,
        )
        newer = CustomersRow.pk.does_not_exist() | (CustomersRow.facts < facts)
        with _reachable(), unless_there():
            row.save(newer)


def ticket_key(ticket: Ticket) -> tuple[str, str] | None:
    """Where the ticket lies in its customer's partition; None: it has no customer."""
    if ticket.customer_id is None:
        return None
    shelf = "open" if ticket.status.is_open else "archived"
    return ticket.customer_id, f"{shelf}#{codec.stamp(ticket.created_at)}#{ticket.ticket_id}"


def _write_next(transaction: TransactWrite, before: Customer, after: Customer) -> None:
    """The next version of one customer, with those of its index rows that differ."""
    after = codec.replaced(after, {"version": before.version + 1})
    is_current = CustomersRow.version == before.version
    if before.version == 1:  # as it was entered
        is_current = CustomersRow.pk.exists() & CustomersRow.version.does_not_exist()
    profile = CustomersRow(
        after.customer_id, "profile", document=codec.dump(after), version=after.version
    )
    transaction.save(profile, condition=is_current)
    known, wanted = _index_keys(before), _index_keys(after)
    for pk, sk in known:
        if (pk, sk) not in wanted:
            transaction.delete(CustomersRow(pk, sk))
    for pk, sk in wanted:
        if (pk, sk) not in known or before.brief != after.brief:
            transaction.save(CustomersRow(pk, sk, document=codec.dump(after.brief)))


def _index_keys(customer: Customer) -> list[tuple[str, str]]:
    names = [
        (f"name#{key[0]}", f"{key[:_KEY_LIMIT]}#{customer.customer_id}")
        for key in name_keys(customer)
    ]
    others = [
        (f"{kind}#{value[:_KEY_LIMIT]}", str(customer.customer_id))
        for kind, value in index_keys(customer)
    ]
    return list(dict.fromkeys(names + others))


def _partition(customer_id: CustomerId) -> tuple[Customer | None, list[CustomersRow]]:
    """The profile, and the newest of what lies below it. One request."""
    with _reachable():
        rows = list(
            CustomersRow.query(
                customer_id,
                CustomersRow.sk.between("contact#", "profile"),
                scan_index_forward=False,
                consistent_read=True,
                limit=_FILE_ROWS,
            )
        )
    if not rows or rows[0].sk != "profile":
        return None, rows
    return codec.load(rows[0].document, Customer), rows[1:]


def _newest_of(partitions: Sequence[Sequence[CustomersRow]]) -> list[CustomersRow]:
    """As one partition would have it; what lies in several is the same and told once."""
    rows = {row.sk: row for partition in reversed(partitions) for row in partition}
    return [rows[sk] for sk in sorted(rows, reverse=True)][: _FILE_ROWS - 1]


def _all_of[T](rows: Sequence[CustomersRow], prefix: str, shape: type[T]) -> tuple[T, ...]:
    return tuple(codec.load(row.document, shape) for row in rows if row.sk.startswith(prefix))


@contextmanager
def _reachable() -> Iterator[None]:
    """Tells a store that is away or overloaded from one that we use wrongly."""
    try:
        yield
    except PynamoDBException as error:
        if (
            isinstance(error.cause, (HTTPClientError, NoConnection))
            or code_of(error) in _OVERLOADED
        ):
            raise Unavailable("the customers cannot be reached") from error
        raise


__all__ = ["DynamoCustomerStore", "ticket_key"]
