"""Every PynamoDB model: which rows lie in which table, and under which keys.

A row holds its keys, the few attributes that conditions look at, and the rest as one JSON
document (docs/decisions/0002). Keys: `pk` | `sk`.
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters.dynamo.shared import Row


class ContactRow(Row):
    """contacts: `<contact id>` | `state`. `version` counts commits, `facts` the facts so far."""

    version = NumberAttribute()
    document = UnicodeAttribute()


class FactsRow(Row):
    """contacts: `<contact id>` | `facts#<seq of the first, 8 digits>`: the facts of one commit."""

    document = UnicodeAttribute()


class ItemRow(Row):
    """contacts: `<contact id>` | `item#<time>#<id>`: one message or event of a chat transcript."""

    document = UnicodeAttribute()


class AgentRow(Row):
    """routing: `agent#<agent id>` | `state`. `version` is also the desk's event sequence."""

    version = NumberAttribute()
    document = UnicodeAttribute()


class DeskEventRow(Row):
    """routing: `agent#<agent id>` | `event#<seq, 12 digits>`; gone after a day."""

    document = UnicodeAttribute()
    expires_at = NumberAttribute()


class WaitingRow(Row):
    """routing: `waiting#<queue id>#<channel>#<shard>` | `<priority>#<ranked at>#<contact id>`."""

    contact_id = UnicodeAttribute()
    offer_id = UnicodeAttribute(null=True)


class OpeningRow(Row):
    """routing: `open#<profile id>#<channel>` | `<contacts held>#<idle since>#<agent id>`."""

    agent_id = UnicodeAttribute()


class PresenceRow(Row):
    """routing: `online#0` | `<agent id>`: who is signed in, and when last heard of."""

    connection_id = UnicodeAttribute()
    heartbeat_at = UnicodeAttribute()


class DepthRow(Row):
    """routing: `depth#<queue id>` | `<channel>`: contacts waiting, kept where a limit is set."""

    waiting = NumberAttribute(default=0)
