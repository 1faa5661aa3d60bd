"""The switchboard: the Chalice app, its blueprints, and the WebSocket handlers.

WebSocket handlers stand here because Chalice does not wrap those of blueprints. What is deployed of
them are the functions that they call (`Handler` in infra/resources.yaml): people wait for a new
worker, which would load the whole API with this module.
"""

from __future__ import annotations

from typing import Any

from chalice import Chalice
from chalice.app import WebsocketEvent

from chalicelib.entrypoints import (
    agent_statuses,
    agents,
    bots,
    callbacks,
    canary,
    contact_api,
    contact_metrics,
    contacts,
    current_data,
    customers,
    data_table_values,
    data_tables,
    erasures,
    facts,
    feedback,
    flow_editing,
    flow_modules,
    flow_versions,
    flows,
    hierarchy,
    history,
    hours,
    hours_overrides,
    live,
    lookup,
    menus,
    metric_data,
    participant,
    predefined_attributes,
    proficiencies,
    promises,
    prompts,
    queues,
    quick_connects,
    recordings,
    report_deliveries,
    reports,
    rewards,
    routing_profiles,
    settings,
    socket,
    speech,
    starting,
    tags,
    teams,
    tickets,
    timers,
    transfers,
    users,
    views,
    work,
    wrap_ups,
)

app = Chalice(app_name="trunkline")
app.experimental_feature_flags.update(["WEBSOCKETS"])
for module in (
    agent_statuses,
    agents,
    bots,
    callbacks,
    canary,
    contact_api,
    contact_metrics,
    contacts,
    current_data,
    customers,
    data_table_values,
    data_tables,
    erasures,
    facts,
    feedback,
    flow_editing,
    flow_modules,
    flow_versions,
    flows,
    hierarchy,
    history,
    hours,
    hours_overrides,
    live,
    lookup,
    menus,
    metric_data,
    participant,
    predefined_attributes,
    proficiencies,
    promises,
    prompts,
    queues,
    quick_connects,
    recordings,
    report_deliveries,
    reports,
    rewards,
    routing_profiles,
    settings,
    speech,
    starting,
    tags,
    teams,
    tickets,
    timers,
    transfers,
    work,
    wrap_ups,
    users,
    views,
):
    app.register_blueprint(module.bp)


@app.on_ws_connect(name="websocket_connect")
def websocket_connect(event: WebsocketEvent) -> Any:
    return socket.websocket_connect(event.to_dict(), event.context)


@app.on_ws_message(name="websocket_message")
def websocket_message(event: WebsocketEvent) -> Any:
    return socket.websocket_message(event.to_dict(), event.context)


@app.on_ws_disconnect(name="websocket_disconnect")
def websocket_disconnect(event: WebsocketEvent) -> Any:
    return socket.websocket_disconnect(event.to_dict(), event.context)
