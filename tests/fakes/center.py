"""The configuration of a center, and who works there, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.core import place as where
from chalicelib.core.bots import Bot
from chalicelib.core.center import Center, StoredPrompt, User
from chalicelib.core.errors import (
    Duplicate,
    LostRace,
    NotFound,
    Rejected,
)
from chalicelib.core.flow import (
    FlowType,
    PublishedFlow,
    parse,
)
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import (
    AgentId,
    FlowId,
    QueueId,
)
from chalicelib.core.template import MessageTemplate
from chalicelib.services.bot_ports import Reaction, Utterance
from chalicelib.services.flow_ports import FlowContent, NewVersion, VersionNote
from chalicelib.services.ports import (
    Unavailable,
)


class InMemoryTemplates:
    """A TemplateStore in a dict."""

    def __init__(self, *templates: MessageTemplate) -> None:
        self.templates = {template.name: template for template in templates}

    def template(self, name: str) -> MessageTemplate | None:
        return self.templates.get(name)

    def save_template(self, template: MessageTemplate) -> None:
        self.templates[template.name] = template


class InMemoryPlaces:
    """A PlaceStore and a Geocoder; `is_lost`: it does not know where anything is."""

    def __init__(
        self, places: Sequence[where.Place] = (), points: Mapping[str, where.Point] | None = None
    ) -> None:
        self.listed = list(places)
        self.points = dict(points or {})
        self.is_lost = False

    def places(self) -> Sequence[where.Place]:
        return list(self.listed)

    def locate(self, zip_code: str) -> where.Point | None:
        if self.is_lost:
            raise Unavailable("zip codes cannot be looked up")
        return self.points.get(zip_code) or self.points.get(zip_code[:3])

    def save_places(self, places: Sequence[where.Place], points: Mapping[str, where.Point]) -> None:
        self.listed += places
        self.points |= points


_PARTS = {  # by kind: where in the configuration, and by which field they are told apart
    "queue": ("queues", "queue_id"),
    "hours": ("hours", "hours_id"),
    "quick-connect": ("quick_connects", "quick_connect_id"),
    "profile": ("profiles", "profile_id"),
    "status": ("statuses", "status_id"),
    "hierarchy-level": ("hierarchy_levels", "level_id"),
    "hierarchy-group": ("hierarchy_groups", "group_id"),
    "attribute": ("attributes", "name"),
    "tariff": ("tariffs", "version"),
    "prompt": ("prompts", "prompt_id"),
    "disposition": ("dispositions", "disposition_id"),
    "sla-policy": ("sla_policies", "kind"),
    "authority": ("authorities", "authority_id"),
}


class InMemoryUserStore:
    """The users of an InMemoryCenterStore."""

    def __init__(self, center: InMemoryCenterStore) -> None:
        self._center = center
        self.meanwhile: list[Callable[[], object]] = []  # what somebody else does before a save

    def users(self) -> list[User]:
        return sorted(self._center.users.values(), key=lambda user: user.username)

    def find(self, agent_id: AgentId) -> User | None:
        return self._center.agent(agent_id)

    def add(self, user: User) -> User:
        if user.username in self._center.users:
            message = f"a user named {user.username!r} exists"
            raise Duplicate(message, field="Username", value=user.username)
        self._center.save_user(user)
        return user

    def save(self, before: User, after: User) -> User:
        while self.meanwhile:
            self.meanwhile.pop(0)()
        known = self._center.users.get(before.username)
        if known is None or known.revision != before.revision:
            raise LostRace(f"user {before.username!r} was changed by somebody else")
        after = replace(after, revision=before.revision + 1)
        self._center.save_user(after)
        return after

    def delete(self, user: User) -> None:
        self._center.users.pop(user.username, None)


class InMemorySignIns:
    """The SignIns port: who can sign in, with which password, and in which groups."""

    def __init__(self) -> None:
        self.passwords: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.groups: dict[str, set[str]] = {}

    def create(self, user: User, password: str) -> None:
        if user.username in self.passwords:
            message = f"somebody signs in as {user.username!r} already"
            raise Duplicate(message, field="Username", value=user.username)
        if len(password) < 12:
            raise Rejected("Password has 12 characters or more", field="Password")
        self.passwords[user.username] = password
        self.names[user.username] = user.name
        self.groups[user.username] = set(user.groups)

    def rename(self, user: User) -> None:
        self._known(user.username)
        self.names[user.username] = user.name

    def set_groups(self, username: str, groups: Collection[str]) -> None:
        self._known(username)
        self.groups[username] = set(groups)

    def delete(self, username: str) -> None:
        self.passwords.pop(username, None)
        self.names.pop(username, None)
        self.groups.pop(username, None)

    def _known(self, username: str) -> None:
        if username not in self.passwords:
            raise NotFound(f"nobody signs in as {username!r}", field="UserId", value=username)


class InMemoryCenterStore:
    """A CenterStore and a FlowStore: both look at one configuration."""

    def __init__(self, center: Center, users: Sequence[User] = ()) -> None:
        self.configuration = center
        self.users = {user.username: user for user in users}
        self.versions: dict[tuple[FlowId, int], PublishedFlow] = {}
        self.contents: dict[tuple[FlowId, int], FlowContent] = {}
        self.drafts: dict[FlowId, FlowContent] = {}
        self.known_notes: dict[tuple[FlowId, int], VersionNote] = {}
        self.bots: set[str] = set()

    def center(self) -> Center:
        return self.configuration

    def latest(self) -> Center:
        return self.configuration

    def user(self, username: str) -> User | None:
        return self.users.get(username)

    def agent(self, agent_id: AgentId) -> User | None:
        return next((user for user in self.users.values() if user.agent_id == agent_id), None)

    def has_bot(self, name: str) -> bool:
        return name in self.bots

    def flow(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        return self.versions.get((flow_id, version))

    def publish(self, entry: FlowEntry, content: str) -> None:
        """What a test is given: this flow in this version, live."""
        self._make(entry, VersionNote(version=entry.version), FlowContent(content=content))
        self._put(replace(entry, newest=max(entry.newest, entry.version)))

    def save_settings(self, center: Center) -> None:
        """Parts that are not named stay, and so do flows and prompts."""
        known, given = self.configuration, center
        self.configuration = replace(
            given,
            queues=given.queues or known.queues,
            profiles=given.profiles or known.profiles,
            hours=given.hours or known.hours,
            dispositions=given.dispositions or known.dispositions,
            flows=known.flows,
            quick_connects=given.quick_connects or known.quick_connects,
            hierarchy_levels=given.hierarchy_levels or known.hierarchy_levels,
            hierarchy_groups=given.hierarchy_groups or known.hierarchy_groups,
            attributes=given.attributes or known.attributes,
            prompts=known.prompts,
        )

    def save_user(self, user: User) -> None:
        self.users[user.username] = user

    # --- flows ---

    def entry(self, flow_id: FlowId) -> FlowEntry:
        found = next((e for e in self.configuration.flows if e.flow_id == flow_id), None)
        if found is None:
            raise NotFound(f"no flow {flow_id!r}", field="flowId", value=flow_id)
        return found

    def save_flow(
        self,
        before: FlowEntry | None,
        after: FlowEntry,
        *,
        draft: FlowContent | None = None,
        made: NewVersion | None = None,
    ) -> FlowEntry:
        self._must_stand(before, after)
        if made is not None:
            if (after.flow_id, made.about.version) in self.contents:
                raise LostRace(f"version {made.about.version} of flow {after.name!r} exists")
            self._make(after, made.about, made.content)
        if draft is not None:
            self.drafts[after.flow_id] = draft
        elif after.draft is None:
            self.drafts.pop(after.flow_id, None)
        after = replace(after, revision=(before.revision if before else 0) + 1)
        self._put(after)
        return after

    def delete_flow(self, entry: FlowEntry) -> None:
        self._must_stand(entry, entry)
        self.drafts.pop(entry.flow_id, None)
        flows = tuple(e for e in self.configuration.flows if e.flow_id != entry.flow_id)
        self.configuration = replace(self.configuration, flows=flows)

    def content(self, flow_id: FlowId, version: int) -> FlowContent | None:
        return self.contents.get((flow_id, version))

    def draft(self, flow_id: FlowId) -> FlowContent | None:
        return self.drafts.get(flow_id)

    def notes(self, flow_id: FlowId) -> dict[int, VersionNote]:
        return {v: note for (each, v), note in self.known_notes.items() if each == flow_id}

    def annotate(self, flow_id: FlowId, note: VersionNote) -> None:
        self.known_notes[flow_id, note.version] = note

    # --- prompts, queues and other parts ---

    def save_prompt(self, prompt: StoredPrompt) -> None:
        self.save_part("prompt", prompt.prompt_id, prompt)

    def delete_prompt(self, prompt_id: str) -> None:
        self.delete_part("prompt", prompt_id)

    def delete_queue(self, queue_id: QueueId) -> None:
        self.delete_part("queue", queue_id)

    def save_part(self, kind: str, identifier: str, part: object) -> None:
        self._set_part(kind, identifier, (part,))

    def delete_part(self, kind: str, identifier: str) -> None:
        self._set_part(kind, identifier, ())

    def _set_part(self, kind: str, identifier: str, parts: tuple[object, ...]) -> None:
        name, key = _PARTS[kind]
        known = getattr(self.configuration, name)
        others = [each for each in known if str(getattr(each, key)) != identifier]
        changed: dict[str, Any] = {name: (*others, *parts)}
        self.configuration = replace(self.configuration, **changed)

    def _must_stand(self, before: FlowEntry | None, after: FlowEntry) -> None:
        known = self.configuration.flows
        there = next((e for e in known if e.flow_id == after.flow_id), None)
        is_taken = any(e.name == after.name and e.flow_id != after.flow_id for e in known)
        if (there and there.revision) != (before and before.revision) or is_taken:
            raise LostRace(f"flow {after.name!r} was changed by somebody else")

    def _make(self, entry: FlowEntry, about: VersionNote, content: FlowContent) -> None:
        key = (entry.flow_id, about.version)
        flow = parse(content.content, strict=False)
        self.contents[key], self.known_notes[key] = content, about
        self.versions[key] = PublishedFlow(*key, entry.name, FlowType(entry.type), flow)

    def _put(self, entry: FlowEntry) -> None:
        others = [each for each in self.configuration.flows if each.flow_id != entry.flow_id]
        self.configuration = replace(self.configuration, flows=(*others, entry))


class InMemoryBotStore:
    """A BotStore that is always fresh."""

    def __init__(self) -> None:
        self.bots: dict[str, tuple[Bot, object]] = {}

    def get(self, name: str) -> Bot:
        return self._known(name)[0]

    def document(self, name: str) -> object:
        return self._known(name)[1]

    def list(self) -> Sequence[Bot]:
        return [bot for _, (bot, _) in sorted(self.bots.items())]

    def save(self, bot: Bot, document: object) -> None:
        self.bots[bot.name] = (bot, document)

    def _known(self, name: str) -> tuple[Bot, object]:
        if name not in self.bots:
            raise NotFound(f"no bot {name!r}", field="name", value=name)
        return self.bots[name]


class NoBotRuntime:
    """A BotRuntime that cannot be reached."""

    def react(self, said: Utterance) -> Reaction:
        raise Unavailable("nobody runs bots here")
