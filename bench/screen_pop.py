"""What a screen pop costs among a million customers.

`python -m bench.screen_pop`, in this process: the real service and store on a DynamoDB in memory
with a million customers, of whom two thousand have three contacts and an open ticket each and are
asked for by chance. Beside each pop one GetItem of the same library, of a profile, in turn with it.
What the network adds is a request's time for each request; here it is counted, not waited for.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from bench.lines import Line, percentile, ratio_of, tell
from bench.metered import Meter, metered
from chalicelib.adapters.dynamo.customers import DynamoCustomerStore
from chalicelib.adapters.dynamo.tables import CustomersRow
from chalicelib.adapters.dynamo.tickets import DynamoTicketStore
from chalicelib.core.contact import Contact, Customer
from chalicelib.core.customer import Customer as KnownCustomer
from chalicelib.core.customer import HistoryLine
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.ids import ContactId, CustomerId, InstanceId, ParticipantId, TicketId
from chalicelib.core.ticket import Ticket, TicketStatus
from chalicelib.services.screen_pop import ScreenPop

CUSTOMERS = 1_000_000
ASKED_FOR = 2_000
_NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)


def measure(customers: int = CUSTOMERS, asked_for: int = ASKED_FOR) -> list[Line]:
    meter = metered()
    _fill(meter, customers, asked_for)
    pop = ScreenPop(DynamoCustomerStore(), lambda number: number)
    requests: set[int] = set()
    pops: list[float] = []
    gets: list[float] = []
    numbers = range(customers - asked_for, customers)
    for number in random.Random(7).sample(numbers, asked_for):
        contact = _calls(number)
        began = time.perf_counter()
        CustomersRow.get(_id(number), "profile", consistent_read=True)
        middle = time.perf_counter()
        meter.reset()
        shown = pop.build(contact, at=_NOW)
        gets.append(middle - began)
        pops.append(time.perf_counter() - middle)
        requests.add(meter.reads + meter.writes)
        assert (3, 1) == (len(shown.history), len(shown.tickets)), shown
    p95, get95 = (1e6 * percentile(times, 0.95) for times in (pops, gets))
    return [
        Line(
            what=f"screen pop among {customers:,} customers, in process",
            ours=f"{max(requests)} request, p95 {p95:.0f} µs",
            peer=f"GetItem: p95 {get95:.0f} µs",
            ratio=ratio_of(pops, gets),
        )
    ]


def _fill(meter: Meter, customers: int, asked_for: int) -> None:
    """The first through the store; the others are copies of its rows under other names."""
    store, tickets = DynamoCustomerStore(), DynamoTicketStore()
    store.create(_customer(0))
    rows = [(row, dict(item)) for row, item in meter.dynamo.rows("routing")]
    for number in range(1, customers - asked_for):
        for (table, pk, sk), item in rows:
            renamed = [part.replace(_id(0), _id(number)) for part in (pk, sk)]
            renamed = [part.replace(_phone(0), _phone(number)) for part in renamed]
            keys = {"pk": {"S": renamed[0]}, "sk": {"S": renamed[1]}}
            meter.dynamo.call("PutItem", {"TableName": table, "Item": {**item, **keys}})
    for number in range(customers - asked_for, customers):
        store.create(_customer(number))
        for days in (31, 9, 2):
            store.write_line(CustomerId(_id(number)), _line(number, days), facts=9)
        tickets.create(_ticket(number))


def _id(number: int) -> str:
    return f"C-{number:07}"


def _phone(number: int) -> str:
    return f"+1212{number:07}"


def _customer(number: int) -> KnownCustomer:
    return KnownCustomer(
        customer_id=CustomerId(_id(number)),
        created_at=_NOW - timedelta(days=90),
        created_by="import",
        phones=(_phone(number),),
        language="en-US",
    )


def _line(number: int, days: int) -> HistoryLine:
    return HistoryLine(
        contact_id=ContactId(f"{_id(number)}-{days}"),
        channel=Channel.VOICE,
        initiated_at=_NOW - timedelta(days=days),
        queue_name="Support",
        agent_name="Ben Okafor",
        disposition="resolved",
        duration_seconds=180,
    )


def _ticket(number: int) -> Ticket:
    return Ticket(
        ticket_id=TicketId(f"T-{number:07}"),
        status=TicketStatus.OPEN,
        subject="Router drops the line every evening",
        customer_id=CustomerId(_id(number)),
        created_at=_NOW - timedelta(days=2),
        updated_at=_NOW - timedelta(days=2),
    )


def _calls(number: int) -> Contact:
    return Contact(
        contact_id=ContactId(f"call-{number}"),
        instance_id=InstanceId("bench"),
        channel=Channel.VOICE,
        initiation_method=InitiationMethod.INBOUND,
        initiated_at=_NOW,
        customer=Customer(participant_id=ParticipantId("customer")),
        customer_id=CustomerId(_id(number)),
        customer_endpoint=Endpoint(_phone(number)),
    )


if __name__ == "__main__":
    tell(measure())
