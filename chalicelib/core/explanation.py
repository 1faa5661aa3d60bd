"""Why a contact went where it went: its facts, and how long each block took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.events import BlockExecuted, Fact, FlowStarted
from chalicelib.core.ids import FlowId


@dataclass(frozen=True, slots=True)
class Explained:
    """`took_ms` of a block: since its flow began or did something, waiting for people included."""

    fact: Fact
    took_ms: int | None = None


def explanation(facts: Iterable[Fact]) -> list[Explained]:
    """In order; a block that invoked a module took as long as that."""
    last: dict[FlowId, datetime] = {}
    told = []
    for fact in sorted(facts, key=lambda fact: fact.seq):
        took_ms = None
        if isinstance(fact.event, BlockExecuted):
            since = fact.at - last.get(fact.event.flow_id, fact.at)
            took_ms = round(since.total_seconds() * 1_000)
        if isinstance(fact.event, BlockExecuted | FlowStarted):
            last[fact.event.flow_id] = fact.at
        told.append(Explained(fact, took_ms))
    return told
