"""The center at this moment as the console and scripts read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.adapters.announcer import agent_document
from chalicelib.core.alert import Alert
from chalicelib.core.contact import Contact
from chalicelib.core.live import AgentNow, LineNow, Snapshot, Standing


def live_document(snapshot: Snapshot) -> Mapping[str, object]:
    return {
        "at": snapshot.at,
        "queues": [_line(line, snapshot) for line in snapshot.lines],
        "agents": [_agent(each) for each in snapshot.agents],
        "statuses": snapshot.statuses,
        "alerts": [_alert(alert) for alert in snapshot.alerts],
    }


def standing_document(standing: Standing, at: datetime) -> Mapping[str, object]:
    """A contact in a line."""
    contact, place = standing.contact, standing.place
    endpoint = contact.customer_endpoint
    return {
        "contactId": contact.contact_id,
        "channel": contact.channel,
        "position": standing.position,
        "priority": place.priority,
        "since": contact.queue.entered_at if contact.queue else place.entered_at,
        "waitSeconds": contact.wait_seconds(at),
        "state": "RINGING" if contact.offer else "WAITING",
        "customerName": contact.customer.name,
        "customerEndpoint": endpoint.address if endpoint else None,
        "agentName": standing.agent_name,
    }


def moved_document(contact: Contact) -> Mapping[str, object]:
    """Where the contact waits now."""
    stay = contact.queue
    return {
        "contactId": contact.contact_id,
        "queueId": stay.queue_id if stay else None,
        "queueName": stay.name if stay else None,
        "since": stay.entered_at if stay else None,
    }


def _line(line: LineNow, snapshot: Snapshot) -> Mapping[str, object]:
    agents = line.agents
    return {
        "queueId": line.queue.queue_id,
        "name": line.queue.name,
        "channel": line.channel,
        "waiting": line.waiting,
        "ringing": line.ringing,
        "scheduled": line.scheduled,
        "oldestSeconds": line.oldest_seconds(snapshot.at),
        "limit": line.queue.max_contacts,
        "staffed": agents.staffed,
        "available": agents.available,
        "onContact": agents.on_contact,
        "afterContactWork": agents.after_contact_work,
        "missed": agents.missed,
        "estimatedWaitSeconds": line.estimated_wait_seconds,
    }


def _agent(each: AgentNow) -> Mapping[str, object]:
    agent = each.agent
    name = each.profile.name if each.profile else None
    return {
        **agent_document(agent),
        "routingProfile": {"id": agent.profile_id, "name": name},
        "isReachable": each.is_reachable,
        "lastHeardAt": each.heard_at,
        "missedInRow": agent.missed_in_row,
        "activity": each.activity,
    }


def _alert(alert: Alert) -> Mapping[str, object]:
    return {
        "id": alert.alert_id,
        "at": alert.at,
        "kind": alert.kind,
        "agentId": alert.agent_id,
        "queueId": alert.queue_id,
        "ticketId": alert.ticket_id,
        "text": alert.text,
    }
