"""Tags on flows, modules, users and the parts of the configuration, by ARN."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from chalicelib.core.center import (
    AgentStatus,
    Center,
    Queue,
    RoutingProfile,
    StoredPrompt,
    User,
)
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.hierarchy import HierarchyGroup
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ids import AgentId
from chalicelib.core.quick_connect import QuickConnect
from chalicelib.core.tags import checked_tags
from chalicelib.services.center_ports import PartStore
from chalicelib.services.flow_ports import FlowStore
from chalicelib.services.user_ports import UserStore

type Tags = Mapping[str, str]
type Part = (
    StoredPrompt
    | Queue
    | HoursOfOperation
    | QuickConnect
    | RoutingProfile
    | AgentStatus
    | HierarchyGroup
)


@dataclass(frozen=True, slots=True)
class _Tagged:
    """Something that has tags; `kind` and `identifier` as the store of parts calls it."""

    arn: str
    thing: FlowEntry | User | Part
    kind: str = ""
    identifier: str = ""


class TagsService:
    def __init__(self, flows: FlowStore, parts: PartStore, users: UserStore) -> None:
        self._flows = flows
        self._parts = parts
        self._users = users

    def tags(self, arn: str) -> Tags:
        return self._tagged(arn).thing.tags

    def tag(self, arn: str, tags: Tags) -> None:
        """Adds these; a key that is there gets the new value."""
        if not tags:
            raise Rejected("there are no tags to set", field="tags")
        self._change(arn, lambda known: checked_tags({**known, **checked_tags(tags)}))

    def untag(self, arn: str, keys: Collection[str]) -> None:
        """A key that is not there is no error."""
        if not keys:
            raise Rejected("there are no keys to take away", field="tagKeys")
        self._change(arn, lambda known: {k: v for k, v in known.items() if k not in keys})

    def _change(self, arn: str, changed: Callable[[Tags], Tags]) -> None:
        known = self._tagged(arn)
        thing = known.thing
        tags = changed(thing.tags)
        if isinstance(thing, FlowEntry):
            self._flows.save_flow(thing, replace(thing, tags=tags))
        elif isinstance(thing, User):
            self._users.save(thing, replace(thing, tags=tags))
        else:
            self._parts.save_part(known.kind, known.identifier, replace(thing, tags=tags))

    def _tagged(self, arn: str) -> _Tagged:
        wanted = arn.partition(":instance/")[2].partition(":")[0]
        center = self._parts.latest()
        for known in _all(center):
            if known.arn.partition(":instance/")[2] == wanted:
                return known
        instance_id, _, agent_id = wanted.partition("/agent/")
        user = self._users.find(AgentId(agent_id)) if instance_id == center.instance_id else None
        if user is not None:
            return _Tagged(arn, user)
        raise NotFound(f"nothing with tags is called {arn!r}", field="resourceArn", value=arn)


def _all(center: Center) -> Iterator[_Tagged]:
    for entry in center.flows:
        yield _Tagged(center.flow_arn(entry), entry)
    for prompt in center.prompts:
        yield _Tagged(center.prompt_arn(prompt), prompt, "prompt", prompt.prompt_id)
    for queue in center.queues:
        yield _Tagged(center.queue_arn(queue.queue_id), queue, "queue", queue.queue_id)
    for hours in center.hours:
        yield _Tagged(center.hours_arn(hours.hours_id), hours, "hours", hours.hours_id)
    for each in center.quick_connects:
        arn = center.quick_connect_arn(each.quick_connect_id)
        yield _Tagged(arn, each, "quick-connect", each.quick_connect_id)
    for profile in center.profiles:
        arn = center.profile_arn(profile.profile_id)
        yield _Tagged(arn, profile, "profile", profile.profile_id)
    for status in center.agent_statuses:
        yield _Tagged(center.status_id_arn(status.status_id), status, "status", status.status_id)
    for group in center.hierarchy_groups:
        arn = center.hierarchy_group_arn(group)
        yield _Tagged(arn, group, "hierarchy-group", group.group_id)
