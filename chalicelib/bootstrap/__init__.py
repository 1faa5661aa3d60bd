"""Builds each service with its adapters, once and late; reads the clock, makes ids and secrets.

Imports of services and adapters stand inside the functions, so that a Lambda loads what it uses and
nothing else. A module here builds on those before it: world, stores, callers, devices, files,
authoring, respondents, reporting, contacts.
"""

from chalicelib.bootstrap.authoring import (
    bots,
    canaries,
    data_tables,
    flow_editing,
    flow_library,
    flow_versions,
    menus,
    module_library,
    module_versions,
    prompts,
    queues,
    tags,
    views,
)
from chalicelib.bootstrap.callers import machines, people
from chalicelib.bootstrap.contacts import (
    agent_reactions,
    alarm_clock,
    chat,
    configuration,
    contacts,
    desk,
    flows,
    follow_up,
    reactions,
    routing,
    socket_room,
    speech,
    sweep,
)
from chalicelib.bootstrap.devices import announcer, customer_socket_url, sockets, to_e164
from chalicelib.bootstrap.files import customers, places, tickets, work
from chalicelib.bootstrap.reporting import report_catalog, reports
from chalicelib.bootstrap.stores import (
    center_store,
    connection_store,
    contact_store,
    objects,
    park_fact,
    place_store,
    routing_store,
    template_store,
)
from chalicelib.bootstrap.world import now, settings

__all__ = [
    "agent_reactions",
    "alarm_clock",
    "announcer",
    "bots",
    "canaries",
    "center_store",
    "chat",
    "configuration",
    "connection_store",
    "contact_store",
    "contacts",
    "customer_socket_url",
    "customers",
    "data_tables",
    "desk",
    "flow_editing",
    "flow_library",
    "flow_versions",
    "flows",
    "follow_up",
    "machines",
    "menus",
    "module_library",
    "module_versions",
    "now",
    "objects",
    "park_fact",
    "people",
    "place_store",
    "places",
    "prompts",
    "queues",
    "reactions",
    "report_catalog",
    "reports",
    "routing",
    "routing_store",
    "settings",
    "socket_room",
    "sockets",
    "speech",
    "sweep",
    "tags",
    "template_store",
    "template_store",
    "tickets",
    "to_e164",
    "views",
    "work",
]
