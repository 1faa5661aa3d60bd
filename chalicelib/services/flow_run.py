"""One turn of a contact's flows in the making: the change so far, and what each leg is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.core import events as e
from chalicelib.core.center import Center, Queue
from chalicelib.core.contact import Change, Contact, ContactState, Dialog, Leg, LegFlow
from chalicelib.core.errors import Conflict, QueueFull
from chalicelib.core.flow import (
    Answered,
    Ask,
    Command,
    Disconnect,
    FlowType,
    Happening,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    Refused,
    Session,
    Step,
)
from chalicelib.core.ids import FlowId
from chalicelib.core.lifecycle import enqueue, rank_anew, transfer
from chalicelib.core.transfers import room_in
from chalicelib.services.asking import Concluded, Pending

_NOTHING = Refused(reason="nothing happened")  # what no wait but an answered one takes


class Unstored(Exception):
    """A function is to be called for a contact that it could not look up yet."""


@dataclass(frozen=True, slots=True)
class _Sofar:
    """What can be gone back to."""

    change: Change
    told: Mapping[Leg, tuple[Command, ...]]


@dataclass(kw_only=True)
class FlowRun:
    """What happened last, on which leg, and all that has come of it so far."""

    change: Change
    at: datetime
    happening: Happening = _NOTHING
    leg: Leg = Leg.CUSTOMER
    capacity: int | None = None
    is_over: bool = False  # a flow has ended the contact
    functions_seconds: float = 0.0  # that the functions called so far have taken
    is_first: bool = False  # of a contact that can be stored before it
    told: Mapping[Leg, tuple[Command, ...]] = field(default_factory=dict)
    _before_queue: _Sofar | None = field(default=None, init=False)

    @property
    def contact(self) -> Contact:
        return self.change.after

    @property
    def flow(self) -> LegFlow:
        """Where the leg that runs stands."""
        return self.contact.leg(self.leg)

    def take(self, step: Step, center: Center) -> None:
        """Keeps what a step did: its blocks as facts, its session, its commands."""
        session = self.flow.session
        running = session.flow_id
        starting = list(step.started)  # one may wait in its first block and have no trace yet
        for block in step.trace:
            while block.flow_id != running and starting and starting[0].flow_id == block.flow_id:
                self._note_flow(starting.pop(0), center)
            running = block.flow_id
            self._note(block)
        for flow in starting:
            self._note_flow(flow, center)
        self._note_changes(session, step.session)
        ended = _outermost(session, step) if step.is_ended else None
        if ended is not None:
            self._note(e.FlowEnded(flow_id=ended))
        self._stand(replace(self.flow, session=step.session))
        if step.session.routing != session.routing:
            self.change = rank_anew(self.change, at=self.at)
        self._tell(step.commands)

    def enter(self, queue: Queue | None, *, is_transfer: bool) -> None:
        """Takes the place for granted; the commit says whether it was."""
        before = _Sofar(self.change, self.told)
        try:
            if queue is None:
                raise Conflict("no such queue")
            place = transfer if is_transfer else enqueue
            self.change = place(self.change, queue, at=self.at)
        except Conflict:
            self.refuse("NoMatchingError")
        else:
            self._before_queue, self.capacity = before, room_in(queue, self.contact)
            self.happening = QueueEntered()

    def refuse_queue(self) -> None:
        """Back to before the queue was entered, with the refusal as what happened. Numbers of waits
        are not given again: what was made under one of them is there."""
        if self._before_queue is None:
            raise QueueFull("the queue is full")
        waits = self.flow.session.waits
        self.change, self.told = self._before_queue.change, self._before_queue.told
        self._stand(replace(self.flow, session=replace(self.flow.session, waits=waits)))
        self.capacity = self._before_queue = None
        self.is_over = False
        self.refuse("QueueAtCapacity")

    def refuse(self, error_type: str) -> None:
        """No place; whoever stands in a queue works on in that one."""
        stay = self.contact.queue
        if stay is not None and self.contact.is_in_queue:
            session = replace(self.flow.session, target_queue_id=stay.queue_id)
            self._stand(replace(self.flow, session=session))
        self.happening = QueueRefused(error_type)

    def hold(self, ask: Ask, pending: Pending) -> None:
        """The flow waits for a person, who is told what the respondent says."""
        dialog = Dialog(ask=ask, memory=pending.memory, is_private=pending.is_private)
        flow, wait = replace(self.flow, dialog=dialog), self.flow.session.wait
        if wait is not None and pending.seconds is not None:
            wait = replace(wait, seconds=pending.seconds)
            flow = replace(flow, session=replace(flow.session, wait=wait))
        self._stand(flow)
        self._tell(pending.commands)

    def concluded(self, reply: Answered | Concluded | Refused) -> Answered | Refused:
        """The answer itself; what it made known of the contact is noted."""
        if not isinstance(reply, Concluded):
            return reply
        for event in reply.facts:
            self._note(event)
        self._tell(reply.commands)
        return reply.answer

    def heard(self, key: str, *, goes_on: bool) -> None:
        """A person has answered; a dialog that goes on waits under a new number, so that what was
        said before is not heard again."""
        flow = self.flow
        session, dialog = flow.session, flow.dialog if goes_on else None
        if goes_on and session.wait is not None:
            number = session.waits + 1
            wait = replace(session.wait, number=number)
            session = replace(session, wait=wait, waits=number)
        self._stand(replace(flow, session=session, dialog=dialog, last_said=key))

    def forget_dialog(self) -> None:
        """Whoever was asked is not waited for any more."""
        if self.flow.dialog is not None:
            self._stand(replace(self.flow, dialog=None))

    def turned(self) -> Change:
        """The change with what each leg's device is told, under a new number.

        Without new commands what it was told last still counts, while the flow waits as it did.
        """
        before, contact = self.change.before, self.contact
        for leg, commands in self.told.items():
            flow = contact.leg(leg)
            waited = before.leg(leg).session.wait if before else None
            turn = commands or (flow.turn if waited == flow.session.wait else ())
            flow = replace(flow, turn=turn, turn_number=flow.turn_number + 1)
            contact = contact.with_leg(leg, flow)
        return replace(self.change, after=contact)

    def _stand(self, flow: LegFlow) -> None:
        self.change = replace(self.change, after=self.contact.with_leg(self.leg, flow))
        self.told = {**self.told, self.leg: self.told.get(self.leg, ())}

    def _tell(self, commands: tuple[Command, ...]) -> None:
        """While an agent has the contact, a flow that ends does not end it; a guide never does."""
        ends = any(isinstance(command, Disconnect) for command in commands)
        is_bystander = self.leg is Leg.GUIDE or self.contact.state is ContactState.CONNECTED
        self.is_over = self.is_over or (ends and not is_bystander)
        said = tuple(command for command in commands if not isinstance(command, Disconnect))
        self.told = {**self.told, self.leg: (*self.told.get(self.leg, ()), *said)}

    def _note(self, event: e.ContactEvent) -> None:
        self.change = self.change.then(event, self.at)

    def _note_flow(self, flow: PublishedFlow, center: Center) -> None:
        begun = self.contact.flow_versions
        started = e.FlowStarted(
            flow_id=flow.flow_id,
            flow_name=flow.name,
            flow_version=flow.version,
            flow_type=flow.type,
            chosen="kept" if flow.flow_id in begun else center.why(flow.flow_id, flow.version),
        )
        self._note(started)

    def _note_changes(self, before: Session, after: Session) -> None:
        attributes = _changed(before.attributes, after.attributes)
        if attributes:
            self._note(e.AttributesUpdated(attributes=attributes))
        details = _changed(before.details, after.details)
        if details:
            self._note(e.DetailsUpdated(details=details))


def _changed[V](before: Mapping[str, V], after: Mapping[str, V]) -> dict[str, V]:
    if before is after:
        return {}
    return {key: value for key, value in after.items() if before.get(key) != value}


def _outermost(session: Session, step: Step) -> FlowId | None:
    """The flow that the contact was in last, whatever modules that had invoked."""
    begun = [flow.flow_id for flow in step.started if flow.type is not FlowType.MODULE]
    if begun:
        return begun[-1]
    return session.invocations[0].flow_id if session.invocations else session.flow_id
