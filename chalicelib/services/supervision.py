"""What supervisors do to agents at work and to contacts that wait."""

from __future__ import annotations

from chalicelib.core.center import User
from chalicelib.core.contact import Contact
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.routing import Agent
from chalicelib.services.desk import DeskService
from chalicelib.services.destinations import Destinations
from chalicelib.services.ports import CenterStore, ContactStore, RoutingStore
from chalicelib.services.transfers import TransferService


class Supervision:
    """Every method is safe to repeat. `by` is the supervisor's user name."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        desk: DeskService,
        destinations: Destinations,
        transfers: TransferService,
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._desk = desk
        self._destinations = destinations
        self._transfers = transfers

    def set_status(self, agent_id: AgentId, name: str, *, by: str) -> Agent:
        """By the rules of the agent's own choice: with contacts in hand, any but a routable status
        is the next one. The agent as it is then."""
        self._user(agent_id)
        self._desk.set_status(agent_id, name, by=by)
        agent = self._routing.agent(agent_id)
        if agent is None:
            raise NotFound(f"agent {agent_id!r} never signed in", field="agentId", value=agent_id)
        return agent

    def set_status_by_id(self, agent_id: AgentId, reference: str, *, by: str) -> Agent:
        """The status by its id or ARN, as Amazon Connect's API names it."""
        center = self._center.center()
        wanted = reference.rsplit("/", 1)[-1]
        status = next((s for s in center.agent_statuses if s.status_id == wanted), None)
        if status is None:
            field = "AgentStatusId"
            raise NotFound(f"no agent status {reference!r}", field=field, value=reference)
        return self.set_status(agent_id, status.name, by=by)

    def dismiss(self, agent_id: AgentId, contact_id: ContactId, *, by: str) -> None:
        """Takes a contact off the desk that is missed, or whose talk is over."""
        self._user(agent_id)
        self._desk.dismiss(agent_id, contact_id, by=by)

    def move(
        self, contact_id: ContactId, *, queue: str | None, agent: str | None, by: str
    ) -> Contact:
        """The waiting contact waits in that queue, or for that agent alone, from now on; one that
        rings stops ringing. Twice is once. Nobody waits for somebody who has gone, or who takes no
        such contacts."""
        if queue is not None and agent is None:
            return self._transfers.move(contact_id, self._destinations.queue(queue, by=by))
        if agent is not None and queue is None:
            user = self._user(AgentId(agent))
            transfer = self._destinations.agent(user.agent_id, by=by)
            return self._transfers.move(contact_id, transfer)
        raise Rejected("either queueId or agentId", field="queueId", value=queue)

    def _user(self, agent_id: AgentId) -> User:
        user = self._center.agent(agent_id)
        if user is None or not user.profile_id:
            raise NotFound(f"no agent {agent_id!r}", field="agentId", value=agent_id)
        return user
