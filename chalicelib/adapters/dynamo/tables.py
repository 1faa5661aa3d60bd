"""Every PynamoDB model: which rows lie in which table, and under which keys.

A row holds its keys, the few attributes that conditions look at, and the rest as one JSON
document (docs/decisions/0002). Keys: `pk` | `sk`.
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

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


class OnceRow(Row):
    """contacts: `<contact id>` | `once#<item id>`: this transcript item is in already."""


class AgentRow(Row):
    """routing: `agent#<agent id>` | `state`. `version` is also the desk's event sequence."""

    version = NumberAttribute()
    document = UnicodeAttribute()


class DeskEventRow(Row):
    """routing: `agent#<agent id>` | `event#<seq, 12 digits>`; gone after a day."""

    document = UnicodeAttribute()
    expires_at = NumberAttribute()


class WaitingRow(Row):
    """routing: `waiting#<queue id>#<channel>#<line>` | `<priority>#<ranked at>#<contact id>`; the
    line is a shard's number, or stands for what is asked of agents. While the contact rings the
    row stands under `ringing#<queue id>#<channel>`."""

    contact_id = UnicodeAttribute()
    line = UnicodeAttribute(null=True)


class LineRow(Row):
    """routing: `lines#<queue id>#<channel>` | `<line>`: what contacts in that line ask of agents.
    Gone when nobody has stood in it for a week."""

    expression = UnicodeAttribute()
    expires_at = NumberAttribute()


class OpeningRow(Row):
    """routing: `open#<profile id>#<channel>` | `<contacts held>#<idle since>#<agent id>`."""

    agent_id = UnicodeAttribute()
    proficiencies = UnicodeAttribute(null=True)


class PresenceRow(Row):
    """routing: `online#0` | `<agent id>`: who is signed in, and when last heard of."""

    connection_id = UnicodeAttribute(null=True)  # none: the desk is closed
    heartbeat_at = UnicodeAttribute()


class HeartBeatsRow(Row):
    """routing: `heartbeats` | `last`: up to when agents' heartbeats have been published."""

    at = UnicodeAttribute()


class DepthRow(Row):
    """routing: `depth#<queue id>` | `<channel>`, or `<channel>#<shard>` of a split queue without a
    limit: contacts in it, ringing included; `particular`: those that ask for certain agents."""

    waiting = NumberAttribute(default=0)
    particular = NumberAttribute(default=0)


class CallbackRow(Row):
    """routing: `callbacks` | `<E.164>`: the one promise to call this number that stands."""

    contact_id = UnicodeAttribute()
    document = UnicodeAttribute()


class AlertRow(Row):
    """routing: `alerts` | `<when it happened>#<alert id>`; gone after a day."""

    document = UnicodeAttribute()
    expires_at = NumberAttribute()


class StretchRow(Row):
    """routing: `pace#<queue id>#<channel>` | `<began at>`: the contacts that left this line within
    five minutes, added up; `contacts` tells which are in. Gone after a week."""

    handled = NumberAttribute(default=0)
    handle_ms = NumberAttribute(default=0)
    gave_up = NumberAttribute(default=0)
    waited_ms = NumberAttribute(default=0)
    contacts = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class BasisRow(Row):
    """routing: `pace#<queue id>#<channel>` | `basis`: what estimates were made from last."""

    document = UnicodeAttribute()


class CenterRow(Row):
    """center: `center` | `<kind>#<id>`: one object of the configuration; `settings`: the rest.

    `revision` counts the changes of a flow's entry. `names` | `flow#<name>`: a name that is taken.
    """

    document = UnicodeAttribute()
    revision = NumberAttribute(null=True)


class UserRow(Row):
    """center: `user#<username>` | `user`; the same under `agent#<agent id>` | `user`, and, among
    all of them, under `users` | `<username>`. `revision` counts the changes."""

    document = UnicodeAttribute()
    revision = NumberAttribute(null=True)


class FlowVersionRow(Row):
    """center: `flow#<flow id>` | `version#<8 digits>`; written once, never changed."""

    name = UnicodeAttribute()
    type = UnicodeAttribute()
    content = UnicodeAttribute()
    settings = UnicodeAttribute(null=True)


class BotRow(Row):
    """center: `bots` | `<name>`: a bot as an admin wrote it."""

    document = UnicodeAttribute()


class VersionNoteRow(Row):
    """center: `flow#<flow id>` | `note#<8 digits>`: what is known of a version besides that."""

    document = UnicodeAttribute()


class FlowDraftRow(Row):
    """center: `flow#<flow id>` | `draft`."""

    content = UnicodeAttribute()
    settings = UnicodeAttribute(null=True)


class CanaryContactRow(Row):
    """center: `canary#<flow id>#<began at>` | `contact#<contact id>`: one contact, counted once."""

    version = NumberAttribute()
    failed = NumberAttribute(default=0)
    expires_at = NumberAttribute()


class CanaryMinuteRow(Row):
    """center: `canary#<flow id>#<began at>` | `minute#<minute>#<version, 8 digits>`."""

    contacts = NumberAttribute(default=0)
    errors = NumberAttribute(default=0)
    expires_at = NumberAttribute(null=True)


class FirstFlowRow(Row):
    """center: `contacts#<flow id>` | `<initiated at>#<contact id>`: its first flow was this one;
    gone after a month."""

    expires_at = NumberAttribute()


class MessageTemplateRow(Row):
    """center: `template` | `<name>`: a message to be filled in and sent."""

    document = UnicodeAttribute()


class PlaceRow(Row):
    """center: `places` | `<place id>`: a branch; `zip#<code>` | `point`: where a zip code is, or
    all that begin with these three digits."""

    document = UnicodeAttribute()


class AccessKeyRow(Row):
    """center: `key#<access key id>` | `key`: a key of a machine caller, with its groups."""

    secret = UnicodeAttribute()
    document = UnicodeAttribute()


class ConnectionRow(Row):
    """connections: `connection#<id>` | `who`: whose socket it is; gone after a day."""

    document = UnicodeAttribute()
    expires_at = NumberAttribute()


class CustomerSocketRow(Row):
    """connections: `contact#<contact id>` | `customer`: the customer's newest socket."""

    connection_id = UnicodeAttribute()
    expires_at = NumberAttribute()


class CustomersRow(Row):
    """customers: everything of one customer under one key, so that one query fills a screen pop.

    `<customer id>` | `profile`
    `<customer id>` | `open#<created at>#<ticket id>`: an open ticket; sorts above the contacts
    `<customer id>` | `contact#<initiated at>#<contact id>`: a line of history; `facts` it tells of
    `<customer id>` | `archived#<created at>#<ticket id>`: a resolved or closed ticket
    `phone#<matching key>` | `<customer id>`, and so `email#<address>` and `account#<number>`
    `name#<first letter>` | `<name from one of its words on>#<customer id>`
    """

    document = UnicodeAttribute()
    facts = NumberAttribute(null=True)
    version = NumberAttribute(null=True)  # of a profile that was ever changed


class TicketsRow(Row):
    """tickets: a ticket with its notes and history, and the lists that it stands in.

    `<ticket id>` | `state`: with `version`
    `<ticket id>` | `change#<version, 8 digits>`: the lines of history of one version
    `<ticket id>` | `note#<time>#<note id>`
    `status#<status>` | `<created at>#<ticket id>`
    `owner#<status>#<username>` | `<created at>#<ticket id>`
    `role#<status>#<role>` | `<created at>#<ticket id>`: for this role to decide
    `due` | `<when somebody has to be told something>#<ticket id>`
    """

    document = UnicodeAttribute()
    version = NumberAttribute(null=True)


class InvitedRow(Row):
    """customers: `<customer id>` | `quiet`: when the customer was asked for feedback last;
    `<customer id>` | `quiet#<invitation id>`: every time. Both sort below a screen pop."""

    invitation_id = UnicodeAttribute()
    asked_at = UnicodeAttribute()


class FeedbackRow(Row):
    """tickets: `feedback#<civil day>` | `<invitation id>`: whom we asked, and the answers."""

    version = NumberAttribute()
    document = UnicodeAttribute()


class ReportRunRow(Row):
    """reports: `report#<report>` | `<civil day>#<revision, 6 digits>`: a revision being written or
    published; conditions look at `state`, `claimant` and `claimed_until`."""

    state = UnicodeAttribute()
    claimant = UnicodeAttribute()
    claimed_until = UnicodeAttribute()
    document = UnicodeAttribute()


class DeliveryRow(Row):
    """reports: `deliveries` | `<consumer>`: which reports are brought to whom."""

    document = UnicodeAttribute()


class DeliveryNoteRow(Row):
    """reports: `delivery#<consumer>#<report>` | `<civil day>#<revision, 6 digits>`: what became of
    that revision on its way there."""

    document = UnicodeAttribute()


class NoticeRow(Row):
    """reports: `notices#<consumer>#<report>` | `<civil day>#<revision, 6 digits>#<address>`: an
    e-mail that is `sent`, or being sent by somebody who has until then."""

    state = UnicodeAttribute()


class EndedRow(Row):
    """routing: `ended#<UTC hour>` | `<disconnected at>#<contact id>`: written with the end of the
    contact; gone after some weeks."""

    expires_at = NumberAttribute()


class ViewRow(Row):
    """center: `views` | `<view id>`: a view with its draft and what is shown;
    `view#<view id>` | `version#<8 digits>`: a version, written once."""

    revision = NumberAttribute()
    document = UnicodeAttribute()


class DataTableRow(Row):
    """data-tables: `tables` | `<table id>`: a schema; `table#<table id>` | `<key>`: a record.

    `version` counts what was stored.
    """

    version = NumberAttribute(null=True)
    document = UnicodeAttribute(null=True)


IN_CONTACTS = (ContactRow, FactsRow, ItemRow, OnceRow)
IN_ROUTING = (
    AgentRow,
    DeskEventRow,
    WaitingRow,
    LineRow,
    OpeningRow,
    PresenceRow,
    HeartBeatsRow,
    DepthRow,
    CallbackRow,
    AlertRow,
    StretchRow,
    BasisRow,
    EndedRow,
)
IN_CENTER = (
    MessageTemplateRow,
    PlaceRow,
    CenterRow,
    UserRow,
    FlowVersionRow,
    BotRow,
    CanaryContactRow,
    CanaryMinuteRow,
    VersionNoteRow,
    FlowDraftRow,
    FirstFlowRow,
    ViewRow,
    AccessKeyRow,
)
IN_CONNECTIONS = (ConnectionRow, CustomerSocketRow)
IN_CUSTOMERS = (CustomersRow, InvitedRow)
IN_TICKETS = (TicketsRow, FeedbackRow)
IN_REPORTS = (ReportRunRow, DeliveryRow, DeliveryNoteRow, NoticeRow)
IN_DATA_TABLES = (DataTableRow,)
