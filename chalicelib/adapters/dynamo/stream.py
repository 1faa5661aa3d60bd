"""Records of the streams of the tables contacts and routing, as what they say happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.adapters.dynamo import codec
from chalicelib.core.contact import Contact
from chalicelib.core.events import Fact
from chalicelib.core.ids import ContactId
from chalicelib.core.routing import Agent


@dataclass(frozen=True)
class FactsWritten:
    """The facts of one commit."""

    contact_id: ContactId
    facts: Sequence[Fact]


@dataclass(frozen=True)
class StateWritten:
    """A commit took the contact from one state to another; `before` None: it began."""

    before: Contact | None
    after: Contact


def read_change(record: Mapping[str, Any]) -> FactsWritten | StateWritten | None:
    """None for records that nothing hangs on: transcripts, removals."""
    if record["eventName"] == "REMOVE":
        return None
    row = record["dynamodb"]["NewImage"]
    contact_id, sort_key = ContactId(row["pk"]["S"]), row["sk"]["S"]
    if sort_key == "state":
        old = record["dynamodb"].get("OldImage")
        before = codec.load_contact(old["document"]["S"]) if old else None
        return StateWritten(before, codec.load_contact(row["document"]["S"]))
    if sort_key.startswith("facts#") and record["eventName"] == "INSERT":
        return FactsWritten(contact_id, codec.load_facts(row["document"]["S"], contact_id))
    return None


@dataclass(frozen=True)
class AgentWritten:
    """A commit took the agent from one state to another; `before` None: a first sign-in."""

    before: Agent | None
    after: Agent


def read_agent_change(record: Mapping[str, Any]) -> AgentWritten | None:
    """None for rows that are no agent's state, and for removals."""
    row = record["dynamodb"].get("NewImage")
    if row is None or row["sk"]["S"] != "state" or not row["pk"]["S"].startswith("agent#"):
        return None
    old = record["dynamodb"].get("OldImage")
    before = codec.load(old["document"]["S"], Agent) if old else None
    return AgentWritten(before, codec.load(row["document"]["S"], Agent))
