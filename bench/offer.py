"""How soon a waiting contact rings at an agent who becomes available, on the deployed artifact.

`python -m bench.offer`, on the running laptop, warm. A call waits; an agent's desk says "Available"
over its WebSocket, and the clock runs until that desk hears of the offer, which is written by then:
the message through API Gateway's Lambda, the commit of the status, the look for contacts, the
offer's transaction, and the way back. The agent turns the call down and goes on a break, and again.
The peer is one bare TransactWriteItems of two rows from this process, made in turn with it.
"""

from __future__ import annotations

import time
from typing import Any

from bench.center import center
from bench.lines import Line, percentile, ratio_of, tell
from tests.journeys.center import Center, Desk
from tests.journeys.customers import Caller

TIMES = 40
WARM_UP = 4
_AWAY = "Lunch"


def measure(measured: Center) -> list[Line]:
    dynamodb, table = measured.aws("dynamodb"), measured.facts["tables"]["reports"]
    offers: list[float] = []
    transactions: list[float] = []
    with measured.desk() as desk, Caller(measured) as caller:
        desk.must("status", name=_AWAY)
        caller.asks_for_support()
        caller.hears_the_queue()
        for n in range(WARM_UP + TIMES):
            transaction, offer = _transaction(dynamodb, table), _offer(desk, caller.contact_id, n)
            if n >= WARM_UP:
                transactions.append(transaction)
                offers.append(offer)
    p50, p95 = (1e3 * percentile(offers, share) for share in (0.5, 0.95))
    peer50, peer95 = (1e3 * percentile(transactions, share) for share in (0.5, 0.95))
    return [
        Line(
            what="from `Available` to the offer, WebSocket",
            ours=f"p50 {p50:.0f} ms, p95 {p95:.0f} ms",
            peer=f"TransactWriteItems: p50 {peer50:.1f} ms, p95 {peer95:.1f} ms",
            ratio=ratio_of(offers, transactions),
        )
    ]


def _offer(desk: Desk, contact_id: str, number: int) -> float:
    """Seconds from the status to the offer; afterwards all is as it was."""
    began = time.monotonic()
    chosen = {"type": "status", "requestId": f"bench-{number}", "name": "Available"}
    desk.send("trunkline/desk", chosen)
    offer = desk.offered(contact_id)
    took = time.monotonic() - began
    desk.must("reject", contactId=contact_id, offerId=offer["offerId"])
    desk.told("OfferEnded", contact_id)
    desk.must("status", name=_AWAY)  # which clears what was missed
    return took


def _transaction(dynamodb: Any, table: str) -> float:
    """Seconds for two rows that nobody else has to do with; no stream tells of this table."""
    rows = [{"pk": {"S": "bench"}, "sk": {"S": str(n)}} for n in range(2)]
    began = time.monotonic()
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": row}} for row in rows]
    )
    return time.monotonic() - began


if __name__ == "__main__":
    with center() as deployed:
        tell(measure(deployed))
