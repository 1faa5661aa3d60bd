"""What customers think of how they were helped: whom we may ask, and what they have answered."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.customer import Customer
from chalicelib.core.errors import Rejected, TooMany
from chalicelib.core.ids import CustomerId, QueueId, TicketId

VALID_FOR = timedelta(days=14)  # from the invitation on, answers count
QUIET_FOR = timedelta(days=30)  # after an invitation nobody asks the same customer again
TRIED_FOR = timedelta(days=1)  # after the ticket was closed; who is asked later has forgotten
LOWEST, HIGHEST = 1, 5
COMMENT_LIMIT = 1_000  # characters
INVITATION = "feedbackInvitation"  # the attribute of a call that says which one it is
MOST_ANSWERS = 20  # to one invitation


class Way(StrEnum):
    """How a customer is asked."""

    MAIL = "mail"
    CALL = "call"


class Obstacle(StrEnum):
    """Why a customer is not asked; as the ticket's history tells it."""

    NO_CUSTOMER = "no customer is known"
    FORGOTTEN = "the customer was forgotten"
    OPTED_OUT = "the customer does not want to be asked"
    ASKED_LATELY = "the customer was asked less than 30 days ago"
    NO_ADDRESS = "no e-mail address is known"
    NO_NUMBER = "no telephone number is known"
    NO_SENDER = "the center has no address that it writes from"
    NO_FLOW = "the center has no flow that asks"
    REFUSED = "the message was refused"
    TOO_LATE = "nobody could be asked for a day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a customer answered at once; a question that was left out is None."""

    answer_id: str
    at: datetime
    way: Way
    service: int | None = None  # how satisfied with whoever helped, 1 to 5
    solution: int | None = None  # how satisfied with what came of it, 1 to 5
    comment: str = ""

    @property
    def is_partial(self) -> bool:
        return self.service is None or self.solution is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One customer asked about one closed ticket, and everything that was answered, oldest first.

    `agent`, `queue_id` and `reason` (a disposition) are those of the ticket's last contact; empty:
    it had none. `digest` is that of the secret which opens the form; the secret is never kept.
    """

    invitation_id: str
    ticket_id: TicketId
    customer_id: CustomerId
    way: Way
    invited_at: datetime
    day: date  # the civil day of the center on which the ticket was closed
    agent: str = ""  # a username
    agent_name: str = ""
    queue_id: QueueId = QueueId("")
    queue_name: str = ""
    reason: str = ""
    digest: str = ""
    answers: tuple[Answers, ...] = ()
    version: int = 1

    @property
    def newest(self) -> Answers | None:
        """The answers that count."""
        return self.answers[-1] if self.answers else None

    def is_valid(self, at: datetime) -> bool:
        """Whether what is answered at this moment counts."""
        return at - self.invited_at <= VALID_FOR

    def answered(self, answers: Answers) -> Invitation:
        """The next version, with these answers; the same one when it has them already.

        TooMany when somebody answers over and over.
        """
        if any(each.answer_id == answers.answer_id for each in self.answers):
            return self
        if len(self.answers) >= MOST_ANSWERS:
            raise TooMany(f"an invitation takes {MOST_ANSWERS} answers", field="answers")
        return replace(self, answers=(*self.answers, answers), version=self.version + 1)

    def without_words(self) -> Invitation:
        """The next version, with marks only; the same one when nobody wrote anything."""
        kept = tuple(replace(each, comment="") for each in self.answers)
        if kept == self.answers:
            return self
        return replace(self, answers=kept, version=self.version + 1)


def obstacle_to(
    way: Way, family: Sequence[Customer], asked_at: datetime | None, *, at: datetime
) -> Obstacle | None:
    """Why this customer must not be asked in this way now; None: may be.

    `family`: the customer first, then everybody merged into it, whose wishes count like the
    customer's own; empty: nobody knows who it is. `asked_at`: when one of them was asked last.
    """
    if not family:
        return Obstacle.NO_CUSTOMER
    if family[0].erasure is not None:
        return Obstacle.FORGOTTEN
    if any(each.is_opted_out for each in family):
        return Obstacle.OPTED_OUT
    if asked_at is not None and at - asked_at < QUIET_FOR:
        return Obstacle.ASKED_LATELY
    if way is Way.MAIL and not address_of(family[0]):
        return Obstacle.NO_ADDRESS
    if way is Way.CALL and not family[0].phones:
        return Obstacle.NO_NUMBER
    return None


def way_named(name: str) -> Way | None:
    """How a customer is asked; None for `none`. Rejected, listing all three, for any other name."""
    if name == "none":
        return None
    try:
        return Way(name)
    except ValueError:
        raise Rejected(
            f"feedback {name!r} is not one of {', '.join(Way)}, none", field="feedback", value=name
        ) from None


def address_of(customer: Customer) -> str:
    """The first e-mail address that can be one; empty: there is none."""
    return next((each for each in customer.emails if "@" in each.strip("@ ")), "")


def invitation_id_for(ticket_id: TicketId, closed_at: datetime, day: date) -> str:
    """The invitation that a closing leads to: the same at every attempt, and of this day."""
    source = f"feedback:{ticket_id}:{closed_at.isoformat()}"
    return f"F-{day:%Y%m%d}-{b32encode(sha256(source.encode()).digest())[:16].decode()}"


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def read_answers(answer_id: str, given: Mapping[str, str], *, way: Way, at: datetime) -> Answers:
    """What was answered, checked field by field: `service` and `solution` from 1 to 5, `comment`.

    Rejected names the field and the value; also when there is no mark at all.
    """
    for name in given:
        if name not in ("service", "solution", "comment"):
            raise Rejected(f"nobody asked for {name[:40]!r}", field=name[:40], value=None)
    comment = given.get("comment", "").strip()
    if len(comment) > COMMENT_LIMIT:
        raise Rejected(
            f"comment has {len(comment)} characters, the limit is {COMMENT_LIMIT}",
            field="comment",
            value=len(comment),
        )
    service, solution = (_mark(given.get(name, ""), name) for name in ("service", "solution"))
    if service is None and solution is None:
        raise Rejected("no question was answered", field="service", value=None)
    return Answers(
        answer_id=answer_id, at=at, way=way, service=service, solution=solution, comment=comment
    )


def _mark(written: str, name: str) -> int | None:
    if not written:
        return None
    if written not in {str(mark) for mark in range(LOWEST, HIGHEST + 1)}:
        raise Rejected(
            f"{name} {written[:20]!r} is not a number from {LOWEST} to {HIGHEST}",
            field=name,
            value=written[:20],
        )
    return int(written)
