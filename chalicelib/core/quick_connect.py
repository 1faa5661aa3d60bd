"""Quick connects: named places where an agent sends a contact with one click."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.core.ids import AgentId, FlowId, QueueId, QuickConnectId

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


class QuickConnectType(StrEnum):
    """Where it leads: an agent's own line, a queue, a telephone, or a flow alone."""

    USER = "USER"
    QUEUE = "QUEUE"
    PHONE_NUMBER = "PHONE_NUMBER"
    FLOW = "FLOW"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickConnect:
    """`flow_id`: the flow that the new contact goes through; None, as for any telephone: straight
    there.

    Of `agent_id`, `queue_id` and `phone_number` that one is given which the type names.
    """

    quick_connect_id: QuickConnectId
    name: str
    type: QuickConnectType
    flow_id: FlowId | None = None
    agent_id: AgentId | None = None
    queue_id: QueueId | None = None
    phone_number: str = ""  # E.164
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None


def is_e164(number: str) -> bool:
    """Whether it is written with plus, country and nothing but digits, 15 of them at most."""
    return _E164.fullmatch(number) is not None
