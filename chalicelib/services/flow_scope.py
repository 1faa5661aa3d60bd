"""What of a contact a flow can name: the system attributes, and the chance it has been given."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from chalicelib.core.center import Center
from chalicelib.core.contact import AgentLeg, Contact, ContactState, Leg
from chalicelib.core.events import Channel, Endpoint
from chalicelib.core.ids import ContactId
from chalicelib.core.segment_attributes import subtype


def scope_of(contact: Contact, center: Center, leg: Leg = Leg.CUSTOMER) -> dict[str, object]:
    """The system attributes, as JSONPath in flows sees them. To a guide the contact is the chat
    with the agent that it is itself."""
    is_guide = leg is Leg.GUIDE
    is_with_agent = contact.agent is not None and contact.state is ContactState.CONNECTED
    return {
        "ContactId": contact.contact_id,
        "InitialContactId": contact.chain_id,
        "PreviousContactId": contact.previous_contact_id or contact.contact_id,
        "RelatedContactId": contact.related_contact_id,
        "Channel": str(Channel.CHAT if is_guide else contact.channel),
        "InitiationMethod": str(contact.initiation_method),
        "InstanceARN": center.arn,
        "AwsRegion": center.region,
        "CustomerId": contact.customer_id,
        "CustomerEndpoint": _endpoint(contact.customer_endpoint, contact.customer.name),
        "SystemEndpoint": _endpoint(contact.system_endpoint, center.name),
        "Queue": _queue(contact, center),
        "Agent": _agent(contact.agent, center) if contact.agent and is_with_agent else None,
        "Name": None,
        "Description": None,
        "References": {},
        "Tags": {},
        "SegmentAttributes": segment_attributes(contact)
        | ({"connect:Subtype": "connect:Guide"} if is_guide else {}),
        "LanguageCode": contact.session.language_code,
    }


def segment_attributes(contact: Contact) -> dict[str, object]:
    """Those that every contact has; flows may add some."""
    return {
        "connect:Subtype": subtype(contact.channel, contact.origin),
        "connect:Direction": "INBOUND" if contact.expects_customer else "OUTBOUND",
    }


def chance_of(contact_id: ContactId) -> float:
    """From 0 to 1, as likely each, and the same whenever the contact is looked at again."""
    return int(digest(contact_id)[:8], 16) / 0x1_0000_0000


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _endpoint(endpoint: Endpoint | None, name: str | None) -> Mapping[str, object] | None:
    if endpoint is None:
        return None
    return {"Address": endpoint.address, "Type": endpoint.type, "DisplayName": name}


def _queue(contact: Contact, center: Center) -> Mapping[str, object] | None:
    stay = contact.queue
    return {"Name": stay.name, "ARN": center.queue_arn(stay.queue_id)} if stay else None


def _agent(agent: AgentLeg, center: Center) -> Mapping[str, object]:
    first, _, last = agent.name.partition(" ")
    return {
        "UserName": agent.username,
        "FirstName": first,
        "LastName": last,
        "ARN": f"{center.arn}/agent/{agent.agent_id}",
    }
