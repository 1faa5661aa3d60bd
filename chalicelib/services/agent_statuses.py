"""Agent statuses as Amazon Connect's API speaks of them: made, changed, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.core.center import BUILT_IN, AgentStatus, Center, StatusState, StatusType
from chalicelib.core.errors import Rejected, TooMany
from chalicelib.core.tags import checked_tags
from chalicelib.services.center_ports import PartStore
from chalicelib.services.parts import description, found, free_name

STATUSES_LIMIT = 50
ORDERS = range(1, 51)
_BUILT_IN = frozenset(each.name for each in BUILT_IN)


@dataclass(frozen=True, kw_only=True)
class NewAgentStatus:
    name: str
    state: str
    description: str = ""
    display_order: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangedAgentStatus:
    """What is None stays; `is_unordered` takes the display order away."""

    name: str | None = None
    description: str | None = None
    state: str | None = None
    display_order: int | None = None
    is_unordered: bool = False


class AgentStatusesService:
    """The agent statuses of one center."""

    def __init__(
        self, store: PartStore, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id

    def listed(self, center: Center, types: Collection[str] = ()) -> list[AgentStatus]:
        """By name; those of these types."""
        for each in types:
            if each not in StatusType.__members__:
                message = f"type {each!r} is not one of {', '.join(StatusType)}"
                raise Rejected(message, field="AgentStatusTypes", value=each)
        wanted = [each for each in center.agent_statuses if not types or each.type in types]
        return sorted(wanted, key=lambda status: status.name)

    def find(self, center: Center, reference: str) -> AgentStatus:
        known, field = center.agent_statuses, "AgentStatusId"
        return found(known, reference, lambda s: s.status_id, noun="agent status", field=field)

    def create(self, center: Center, new: NewAgentStatus) -> AgentStatus:
        """One that gets its agents no contacts: the other types are built in."""
        if len(center.agent_statuses) >= STATUSES_LIMIT:
            message = f"there are at most {STATUSES_LIMIT} agent statuses"
            raise TooMany(message, field="Name", value=new.name)
        status = AgentStatus(
            status_id=self._new_id(),
            name=_free(center, new.name),
            type=StatusType.CUSTOM,
            description=description(new.description),
            state=_state(new.state),
            display_order=_order(new.display_order),
            tags=checked_tags(new.tags),
        )
        return self._save(status)

    def change(self, center: Center, reference: str, changed: ChangedAgentStatus) -> None:
        """Whoever is in a status that is renamed or disabled stays in it until they choose."""
        before = self.find(center, reference)
        after = replace(before, **_given(changed))  # type: ignore[arg-type]  # fields of the same names
        if after.name != before.name:
            _free(center, after.name)
        is_other = (after.name, after.state) != (before.name, before.state)
        if before.name in _BUILT_IN and is_other:
            message = f"{before.name!r} is built in: it keeps its name, and stays enabled"
            raise Rejected(message, field="AgentStatusId", value=reference)
        self._save(after)

    def _save(self, status: AgentStatus) -> AgentStatus:
        status = replace(status, changed_at=self._now())
        self._store.save_part("status", status.status_id, status)
        return status


def _given(changed: ChangedAgentStatus) -> dict[str, object]:
    given: dict[str, object] = {}
    if changed.name is not None:
        given["name"] = changed.name
    if changed.description is not None:
        given["description"] = description(changed.description)
    if changed.state is not None:
        given["state"] = _state(changed.state)
    if changed.display_order is not None or changed.is_unordered:
        given["display_order"] = None if changed.is_unordered else _order(changed.display_order)
    return given


def _free(center: Center, name: str) -> str:
    return free_name(name, [s.name for s in center.agent_statuses], noun="agent status")


def _state(state: str) -> StatusState:
    if state not in StatusState.__members__:
        message = f"state {state!r} is neither ENABLED nor DISABLED"
        raise Rejected(message, field="State", value=state)
    return StatusState(state)


def _order(order: int | None) -> int | None:
    if order is not None and order not in ORDERS:
        message = f"DisplayOrder is from {ORDERS[0]} to {ORDERS[-1]}, not {order}"
        raise Rejected(message, field="DisplayOrder", value=order)
    return order
