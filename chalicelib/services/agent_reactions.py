"""What follows from a change of an agent at work; it may run twice and acts once."""

from __future__ import annotations

from typing import Protocol

from chalicelib.core.ids import AgentId
from chalicelib.core.routing import Agent, is_signed_in
from chalicelib.services.agent_events import AgentEventsService
from chalicelib.services.alerts import Alerts


class Matcher(Protocol):
    """Finds contacts for free agents."""

    def match_agent(self, agent_id: AgentId) -> None:
        """Offers waiting contacts to the agent until no slot or no contact is left."""
        ...


class Transfers(Protocol):
    """Finds others for whoever waits for one agent alone."""

    def give_back_all(self, agent_id: AgentId) -> None:
        """Nobody waits for the agent any more who would wait in vain."""
        ...


class AgentReactions:
    """The guarantee behind what services do inline: an agent who became free gets a contact, who
    waits for one that has left is back in line, supervisors learn whom to look after, and other
    systems of every change."""

    def __init__(
        self,
        *,
        matcher: Matcher,
        transfers: Transfers,
        alerts: Alerts,
        publisher: AgentEventsService,
    ) -> None:
        self._matcher = matcher
        self._transfers = transfers
        self._alerts = alerts
        self._publisher = publisher

    def react(self, before: Agent | None, after: Agent) -> None:
        """After a commit took the agent from one state to the other; None: a first sign-in.

        The match comes first: people wait for it, and none of them for an event. It reads the
        agent anew: whoever committed has mostly found a contact by now, and there is no more to do.
        """
        try:
            if _is_freer(before, after):
                self._matcher.match_agent(after.agent_id)
            if before is not None and is_signed_in(before) and not is_signed_in(after):
                self._transfers.give_back_all(after.agent_id)
        finally:
            self._alerts.note(before, after)
            self._publisher.publish(before, after)


def _is_freer(before: Agent | None, after: Agent) -> bool:
    """On some channel there is room where there was none, or fewer contacts are in hand."""
    held = {opening.channel: opening.held for opening in (before.openings if before else ())}
    return any(o.channel not in held or o.held < held[o.channel] for o in after.openings)
