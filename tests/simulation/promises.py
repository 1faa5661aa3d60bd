"""What must hold of the rows at every moment, and what once nothing is on its way any more."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.claim_steps import Protocol
from tests.simulation.claims import AGENTS, CONTACTS, IDLE, Now, Rows, Slot, Worker, agent, contact

_HELD = {Now.RINGS: "rings", Now.TALKS: "talks"}
_PLACES = {Now.QUEUED: "waiting", Now.RINGS: "ringing"}


def broken_by(rows: Rows) -> str:
    """The first promise that rows break, whatever is under way; "" when they keep all."""
    return next(iter(_broken(rows)), "")


def _broken(rows: Rows) -> Iterator[str]:
    for c in CONTACTS:
        yield from _of_contact(rows, c)
    for a in AGENTS:
        slot = rows.agents[a].slot
        if slot is not None and slot.state != "missed":
            held = rows.contacts[slot.contact]
            if (held.agent, _HELD.get(held.state)) != (a, slot.state):
                yield f"{agent(a)} is reserved for {contact(slot.contact)}, which is {held.state}"
        if rows.openings[a] != rows.agents[a].is_free:
            yield f"the opening of {agent(a)} is not what the agent's row says"
    uncounted = sum(row.kind == "count" for row in rows.due)
    if rows.depth + uncounted != sum(row.is_in_queue for row in rows.contacts):
        yield f"the counter says {rows.depth}, which is not how many are in the queue"


def _of_contact(rows: Rows, c: int) -> Iterator[str]:
    row = rows.contacts[c]
    holders = [
        a
        for a in AGENTS
        if (slot := rows.agents[a].slot) and slot.contact == c and slot.state != "missed"
    ]
    if len(holders) > 1:
        yield f"two agents are on {contact(c)}"
    if row.agent is not None:
        slot = rows.agents[row.agent].slot
        if slot is not None and slot.contact != c and slot.state != "missed":
            yield f"{agent(row.agent)} has two contacts"
        elif slot != Slot(c, _HELD[row.state]):
            yield f"{contact(c)} is {row.state} at {agent(row.agent)}, who does not know"
    if rows.places[c] != _PLACES.get(row.state):
        yield f"{contact(c)} is {row.state}, and its place in the line is {rows.places[c]}"


def broken_at_rest(protocol: Protocol, rows: Rows) -> str:
    """What is wrong if nothing more will happen by itself: no worker is busy, no message is due.

    Where messages are not sure to come, the sweep comes: it is what must put things right.
    """
    if not protocol.is_reliable:
        return _broken_after_sweep(protocol, rows)
    return "" if rows.due else _left_standing(rows)


def _left_standing(rows: Rows) -> str:
    free = [a for a in AGENTS if rows.agents[a].is_free]
    if free and rows.waiting:
        who = contact(min(rows.waiting))
        return f"{who} waits beside {agent(free[0])}, who is free, and nobody will look"
    return ""


def _broken_after_sweep(protocol: Protocol, rows: Rows) -> str:
    """The sweep ends all offers, as if the time of each were over, and looks for every contact."""
    found = {rows}
    for c in CONTACTS:
        found = {after for each in found for after in _done(protocol, each, "expire", c)}
    for each in found:
        if any(row.state is Now.RINGS for row in each.contacts):
            return "an offer that is over outlives the sweep"
    for c in CONTACTS:
        found = {after for each in found for after in _done(protocol, each, "contact", c)}
    return next((why for each in found if (why := _left_standing(each))), "")


def _done(protocol: Protocol, rows: Rows, job: str, c: int) -> set[Rows]:
    """What can stand once one worker, alone, has done the job."""
    ends: set[Rows] = set()
    open_ = [(rows, Worker(job, "begin", contact=c))]
    while open_:
        before, worker = open_.pop()
        for step in protocol.steps(before, worker):
            after = step.rows._replace(due=frozenset())
            if step.worker is not IDLE:
                open_.append((after, protocol.after(step.worker, step.wrote, after.waiting)))
            elif step.is_own:
                ends.add(after)
    return ends
