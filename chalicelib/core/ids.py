"""The identifiers that name things across rooms; all are opaque strings."""

from typing import NewType

ID_LIMIT = 256  # characters; longer ones are nobody's, and no key of a table

InstanceId = NewType("InstanceId", str)
ContactId = NewType("ContactId", str)
ParticipantId = NewType("ParticipantId", str)
OfferId = NewType("OfferId", str)
AgentId = NewType("AgentId", str)
QueueId = NewType("QueueId", str)
RoutingProfileId = NewType("RoutingProfileId", str)
HoursId = NewType("HoursId", str)
FlowId = NewType("FlowId", str)
QuickConnectId = NewType("QuickConnectId", str)
CustomerId = NewType("CustomerId", str)
TicketId = NewType("TicketId", str)
ConnectionId = NewType("ConnectionId", str)
HierarchyGroupId = NewType("HierarchyGroupId", str)
