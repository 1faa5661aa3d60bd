"""The configuration as the pages need it: before anybody signs in, and for whoever did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.core.center import Center, Disposition, RoutingProfile, Status, User
from chalicelib.core.identity import Caller
from chalicelib.core.ids import AgentId, QueueId, RoutingProfileId
from chalicelib.services.ports import CenterStore


@dataclass(frozen=True, kw_only=True)
class PublicAddresses:
    """Where browsers find what stands outside of the REST API."""

    region: str
    user_pool_id: str
    client_id: str
    cognito_endpoint: str
    websocket_url: str


@dataclass(frozen=True, kw_only=True)
class ContactFlows:
    voice: str
    chat: str


@dataclass(frozen=True, kw_only=True)
class PublicSettings(PublicAddresses):
    """What a page must know before anybody signs in; no secret among it."""

    center_name: str
    main_number: str
    contact_flows: ContactFlows


@dataclass(frozen=True, kw_only=True)
class ServedQueue:
    """`closing_script` None: the usual one."""

    id: QueueId
    name: str
    closing_script: str | None = None


@dataclass(frozen=True, kw_only=True)
class Profile:
    id: RoutingProfileId
    name: str
    queues: Sequence[ServedQueue]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A disposition as the desk offers it; no queues named: in all of them."""

    id: str
    label: str
    queue_ids: Sequence[QueueId]


@dataclass(frozen=True, kw_only=True)
class DeskSetup:
    """What the desk of somebody who takes contacts must know."""

    agent_id: AgentId
    routing_profile: Profile
    statuses: Sequence[Status]
    dispositions: Sequence[Outcome]
    ice_servers: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Me:
    username: str
    name: str
    groups: Sequence[str]
    agent: DeskSetup | None


class ConfigurationService:
    """Reads only; nothing here decides anything."""

    def __init__(self, center: CenterStore, addresses: PublicAddresses) -> None:
        self._center = center
        self._addresses = addresses

    def public(self) -> PublicSettings:
        center, known = self._center.center(), self._addresses
        return PublicSettings(
            center_name=center.name,
            main_number=center.main_number,
            contact_flows=ContactFlows(voice=center.voice_flow, chat=center.chat_flow),
            region=known.region,
            user_pool_id=known.user_pool_id,
            client_id=known.client_id,
            cognito_endpoint=known.cognito_endpoint,
            websocket_url=known.websocket_url,
        )

    def me(self, caller: Caller) -> Me:
        """Who somebody is, and, when they take contacts, what their desk must know."""
        center, user = self._center.center(), self._center.user(caller.username)
        profile = center.profile(user.profile_id) if user and user.profile_id else None
        return Me(
            username=caller.username,
            name=user.name if user else caller.username,
            groups=sorted(caller.groups),
            agent=_desk(center, user, profile) if user and profile else None,
        )


def _desk(center: Center, user: User, profile: RoutingProfile) -> DeskSetup:
    served = {entry.queue_id for entry in profile.queues}
    queues = [
        ServedQueue(id=queue.queue_id, name=queue.name, closing_script=queue.closing_script or None)
        for queue in center.queues
        if queue.queue_id in served
    ]
    return DeskSetup(
        agent_id=user.agent_id,
        routing_profile=Profile(id=profile.profile_id, name=profile.name, queues=queues),
        statuses=center.choices,
        dispositions=[_outcome(disposition) for disposition in center.dispositions],
    )


def _outcome(disposition: Disposition) -> Outcome:
    return Outcome(
        id=disposition.disposition_id, label=disposition.label, queue_ids=disposition.queue_ids
    )
