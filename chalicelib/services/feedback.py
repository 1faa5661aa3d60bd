"""Takes what customers answer, keeps all of it, and adds it up."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from chalicelib.core.civil_day import days_between
from chalicelib.core.contact import Contact
from chalicelib.core.customer import Customer
from chalicelib.core.errors import Denied, NotFound, Rejected
from chalicelib.core.feedback import (
    INVITATION,
    Answers,
    Invitation,
    Way,
    digest_of,
    read_answers,
)
from chalicelib.core.feedback_results import Results, results_of
from chalicelib.core.ids import CustomerId, TicketId
from chalicelib.services.feedback_inviter import call_id_for
from chalicelib.services.feedback_ports import FeedbackRows, FeedbackStore
from chalicelib.services.ports import CustomerStore
from chalicelib.services.races import insist

MOST_DAYS = 92  # of one question for results
# What the flow that asks writes down, and the question that it is the answer to.
ATTRIBUTES = {"feedbackService": "service", "feedbackSolution": "solution"}
_TOKEN = re.compile(r"(?P<id>F-\d{8}-[A-Z2-7]{16})\.(?P<secret>[A-Za-z0-9_-]{20,100})")


class FeedbackService:
    def __init__(
        self,
        *,
        feedback: FeedbackStore,
        customers: CustomerStore,
        rows: FeedbackRows,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._feedback = feedback
        self._customers = customers
        self._rows = rows
        self._now = now
        self._new_id = new_id

    def is_open(self, token: str) -> bool:
        """Whether what is sent in with this token counts: for 14 days. Changes nothing, however
        often it is asked; Denied for a token that is not one of ours."""
        return self._admitted(token).is_valid(self._now())

    def take(self, token: str, given: Mapping[str, str]) -> bool:
        """Keeps the marks `service` and `solution` (1 to 5, one may be missing) and the `comment`
        beside those that came before; `optOut` = `yes` is the wish not to be asked again, for
        which no mark is needed and no link is too old. False: no marks were counted.

        Denied for a token that is not one of ours; Rejected by field; TooMany at the twenty-first.
        """
        invitation, at = self._admitted(token), self._now()
        said = {name: value for name, value in given.items() if name != "optOut"}
        is_out = _is_out(given)
        is_counted = invitation.is_valid(at) and (not is_out or any(said.values()))
        if is_counted:
            self._keep(invitation, read_answers(self._new_id(), said, way=Way.MAIL, at=at))
        if is_out:
            self.set_wish(invitation.customer_id, is_opted_out=True)
        return is_counted

    def take_call(self, contact: Contact) -> None:
        """What a call that asked has heard until it ended, also when that was after the first
        question. Told twice is told once; any other contact is none of ours."""
        invitation_id = contact.attributes.get(INVITATION, "")
        if contact.contact_id != call_id_for(invitation_id):
            return
        invitation = self._feedback.find(invitation_id)
        at = contact.disconnected_at or self._now()
        if invitation is None or not invitation.is_valid(at):
            return
        heard = {ours: contact.attributes.get(name, "") for name, ours in ATTRIBUTES.items()}
        try:
            answers = read_answers(contact.contact_id, heard, way=Way.CALL, at=at)
        except Rejected:  # nothing was answered
            return
        self._keep(invitation, answers)

    def results(self, first: date, last: date) -> Results:
        """Of the tickets that were closed on these civil days of the center, both included.

        Rejected when the last comes before the first, or there are more than MOST_DAYS.
        """
        if last < first:
            raise Rejected(f"to {last} is before from {first}", field="to", value=last.isoformat())
        days = days_between(first, last)
        if len(days) > MOST_DAYS:
            raise Rejected(
                f"from {first} to {last} are {len(days)} days, the limit is {MOST_DAYS}",
                field="to",
                value=last.isoformat(),
            )
        return results_of(self._feedback.of_days(days))

    def set_wish(self, customer_id: CustomerId, *, is_opted_out: bool) -> Customer:
        """Whether the customer does not want to be asked; NotFound. Of somebody who was merged into
        another, the other one's wish is set."""

        def attempt() -> Customer:
            known = self._customers.get_many([customer_id])
            if not known:
                raise NotFound(
                    f"no customer {customer_id!r}", field="customerId", value=customer_id
                )
            family = [known[0], *self._customers.records(known[0].absorbed)]
            changes = [
                (each, replace(each, is_opted_out=is_opted_out))
                for each in family
                if each.is_opted_out is not is_opted_out
            ]
            if changes:
                self._customers.save_together(changes)
            return replace(known[0], is_opted_out=is_opted_out)

        return insist(attempt)

    def forget(self, customer_ids: Sequence[CustomerId], *, kept: Collection[TicketId]) -> None:
        """What these customers wrote is gone, but about tickets that are `kept`; marks stay, as
        they are counted. Twice is once."""
        for customer_id in customer_ids:
            for invitation in self._feedback.of_customer(customer_id):
                if invitation.ticket_id not in kept:
                    self._change(invitation.invitation_id, Invitation.without_words)

    def _admitted(self, token: str) -> Invitation:
        found = _TOKEN.fullmatch(token)
        invitation = self._feedback.find(found["id"]) if found else None
        if found is None or invitation is None:
            raise Denied("this link is not one of ours", field="token")
        if not hmac.compare_digest(invitation.digest, digest_of(found["secret"])):
            raise Denied("this link is not one of ours", field="token")
        return invitation

    def _keep(self, invitation: Invitation, answers: Answers) -> None:
        """Of somebody who was forgotten meanwhile the marks are kept, and no words."""
        known = self._customers.get_many([invitation.customer_id])
        if any(each.erasure is not None for each in known):
            answers = replace(answers, comment="")
        self._rows.keep(
            self._change(invitation.invitation_id, lambda known: known.answered(answers))
        )

    def _change(self, invitation_id: str, change: Callable[[Invitation], Invitation]) -> Invitation:
        def attempt() -> Invitation:
            known = self._feedback.find(invitation_id)
            if known is None:  # withdrawn since
                raise Denied("this link is not one of ours", field="token")
            after = change(known)
            if after is not known:
                self._feedback.save(known, after)
            return after

        return insist(attempt)


def _is_out(given: Mapping[str, str]) -> bool:
    written = given.get("optOut", "")
    if written not in ("", "yes"):
        raise Rejected(f"optOut {written[:20]!r} is not yes", field="optOut", value=written[:20])
    return written == "yes"


__all__ = ["ATTRIBUTES", "MOST_DAYS", "FeedbackService"]
