"""Who may decide how much: a ladder of roles for each action, and what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.core.errors import Rejected
from chalicelib.core.identity import GROUPS

MOST_DECIDED = Decimal("1000000000")  # of any currency
MOST_PLACES = 4  # behind the point: some currencies have three, none has more
REASON_LIMIT = 1_000  # characters
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Step:
    """What one role may decide; `up_to` None: any amount."""

    role: str
    up_to: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The roles that decide about an action, least first. One that could not be obeyed cannot be
    built: every step goes further than the one before, and the last one decides any amount."""

    action: str  # "refund"
    currency: str  # ISO 4217
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not self.action.strip():
            raise Rejected("action is empty", field="action", value=self.action)
        limits = [step.up_to for step in self.steps]
        if not limits or limits.pop() is not None:
            raise Rejected(f"nobody decides any amount of {self.action!r}", field="steps")
        known = [limit for limit in limits if limit is not None]
        if len(known) < len(limits) or known != sorted(set(known)):
            message = f"each step of {self.action!r} goes further than the one before"
            raise Rejected(message, field="steps", value=[str(limit) for limit in limits])
        for step in self.steps:
            if step.role not in GROUPS:
                message = f"role {step.role!r} is not one of {', '.join(sorted(GROUPS))}"
                raise Rejected(message, field="steps", value=step.role)

    @property
    def authority_id(self) -> str:
        return f"{self.action}:{self.currency}"

    def role_for(self, amount: Decimal) -> str:
        """The least role that may decide it."""
        return next(step.role for step in self.steps if _reaches(step, amount))

    def may_decide(self, roles: Iterable[str], amount: Decimal) -> bool:
        """Whether somebody with these roles may."""
        return any(step.role in set(roles) and _reaches(step, amount) for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something that a ticket needs decided, and what came of it. `is_granted` None: nothing yet.

    `role`: whose list it stands in until then.
    """

    action: str
    amount: Decimal
    currency: str
    role: str
    by: str
    at: datetime
    reason: str = ""
    is_granted: bool | None = None
    decided_by: str = ""
    decided_at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.action} of {self.amount:f} {self.currency}"


def authority_for(known: Iterable[Authority], action: str, currency: str) -> Authority:
    """Who decides about it; Rejected, listing what is decided at all, when nobody does."""
    ladders = {(each.action, each.currency): each for each in known}
    if (action, currency) not in ladders:
        listed = ", ".join(f"{name} in {unit}" for name, unit in ladders) or "nothing"
        message = f"{action!r} in {currency!r} is not one of {listed}"
        raise Rejected(message, field="action", value=action)
    return ladders[action, currency]


def check_amount(amount: Decimal) -> Decimal:
    """The amount as it came; Rejected when nobody could pay it."""
    exponent = amount.as_tuple().exponent
    if not amount.is_finite() or not 0 < amount <= MOST_DECIDED:
        message = f"amount {amount} is not more than 0 and at most {MOST_DECIDED}"
        raise Rejected(message, field="amount", value=str(amount))
    if isinstance(exponent, int) and -exponent > MOST_PLACES:
        message = f"amount {amount} has more than {MOST_PLACES} places behind the point"
        raise Rejected(message, field="amount", value=str(amount))
    return amount


def check_currency(currency: str) -> str:
    """Rejected when it is no code of three capital letters."""
    if not _CURRENCY.fullmatch(currency):
        message = f"currency {currency!r} is not three capital letters"
        raise Rejected(message, field="currency", value=currency)
    return currency


def check_reason(reason: str) -> str:
    """Without blanks around it; Rejected when it is empty or too long."""
    stripped = reason.strip()
    if not stripped or len(stripped) > REASON_LIMIT:
        message = f"a reason has 1 to {REASON_LIMIT} characters, not {len(stripped)}"
        raise Rejected(message, field="reason", value=reason[:40])
    return stripped


def _reaches(step: Step, amount: Decimal) -> bool:
    return step.up_to is None or amount <= step.up_to
