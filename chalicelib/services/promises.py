"""What an admin promises for each kind of ticket, and which role may decide how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.core.authority import Authority, Step
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.sla import Limit, SlaPolicy
from chalicelib.services.center_ports import PartStore


@dataclass(frozen=True, kw_only=True)
class Promises:
    """All that is set up: policies by kind, authorities by action and currency."""

    policies: Sequence[SlaPolicy]
    authorities: Sequence[Authority]


class PromisesService:
    """A change counts for tickets that are opened after it: what was promised stays promised."""

    def __init__(self, store: PartStore) -> None:
        self._store = store

    def list(self) -> Promises:
        center = self._store.center()
        return Promises(
            policies=sorted(center.sla_policies, key=lambda policy: policy.kind),
            authorities=sorted(center.authorities, key=lambda each: each.authority_id),
        )

    def promise(
        self, kind: str, *, hours: str, limits: Mapping[Limit, int], warn_seconds: int
    ) -> SlaPolicy:
        """The policy as it is now, new or changed; `hours` by id, name or ARN.

        Rejected when there are no such hours, or nobody could obey it.
        """
        calendar = self._store.latest().hours_of(hours)
        if calendar is None:
            message = f"there are no hours of operation {hours!r}"
            raise Rejected(message, field="hoursId", value=hours)
        policy = SlaPolicy(
            kind=kind, hours_id=calendar.hours_id, limits=limits, warn_seconds=warn_seconds
        )
        self._store.save_part("sla-policy", kind, policy)
        return policy

    def withdraw(self, kind: str) -> None:
        """Nothing is promised of new tickets of this kind any more; NotFound."""
        if not any(policy.kind == kind for policy in self._store.latest().sla_policies):
            raise NotFound(f"nothing is promised of {kind!r}", field="kind", value=kind)
        self._store.delete_part("sla-policy", kind)

    def authorise(self, action: str, currency: str, steps: Sequence[Step]) -> Authority:
        """The ladder of roles as it is now, new or changed; Rejected when it leads nowhere."""
        authority = Authority(action=action, currency=currency, steps=tuple(steps))
        self._store.save_part("authority", authority.authority_id, authority)
        return authority
