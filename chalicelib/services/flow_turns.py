"""The one runner of flows: a turn on a leg, all that it asks for, one commit, and who is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.core import events as e
from chalicelib.core.center import Center, Queue
from chalicelib.core.contact import Change, Contact, Dialog, Leg, LegFlow
from chalicelib.core.errors import QueueFull, Refusal
from chalicelib.core.events import Channel, DisconnectReason, Party
from chalicelib.core.flow import (
    BLOCKS,
    Answered,
    Ask,
    Command,
    EnterQueue,
    FlowEntered,
    Happening,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Listen,
    PlayLoop,
    PlayPrompt,
    Port,
    PresentView,
    Prompt,
    QueueEntered,
    Refused,
    Said,
    advance,
    hook_flow,
    spoken_text,
)
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.lifecycle import hold, join_when_over, resume
from chalicelib.core.routing import Agent
from chalicelib.services.asking import Inquiry, Pending, Respondents
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ending import ended
from chalicelib.services.flow_run import FlowRun, Unstored
from chalicelib.services.flow_scope import chance_of, scope_of
from chalicelib.services.ports import (
    Announcer,
    CenterStore,
    ChatItem,
    Commit,
    ContactStore,
    DeskMessage,
    Functions,
    RoutingStore,
)
from chalicelib.services.races import once
from chalicelib.services.slots import agents_after

# Amazon Connect gives a chain of functions 20 s. Here their turn is to be committed by a worker
# that lives 25 s and may have to take it again.
_FUNCTIONS_SECONDS = 12
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
# The flow that is heard while a party is held, and on whose leg.
HOLDS: Mapping[Party, tuple[str, Leg]] = {
    Party.CUSTOMER: ("CustomerHold", Leg.CUSTOMER),
    Party.AGENT: ("AgentHold", Leg.AGENT),
    Party.CONTACT: ("PauseContact", Leg.EVENT),
}
# What runs when the talk is over: beside it, for the agent who hands in the rest.
AT_DISCONNECT = ("DisconnectAgentUI", Leg.GUIDE)
# A guide is written for a chat with the agent, and yet it holds the parties of a call.
_HOLD = "UpdatePreviousContactParticipantState"
_GUIDED = {**BLOCKS, _HOLD: replace(BLOCKS[_HOLD], channels=None)}
_HELD_BY_FLOW = {"CustomerOnHold": Party.CUSTOMER, "AgentOnHold": Party.AGENT}


class Matcher(Protocol):
    def match_contact(self, contact_id: ContactId, known: Contact | None = None) -> bool: ...

    def match_agent(self, agent_id: AgentId, known: Agent | None = None) -> None: ...

    def is_out_of_reach(self, contact: Contact, queue: Queue) -> bool: ...


class FlowTurns:
    """Takes turns of contacts that the caller has read; a lost race is the caller's to repeat."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        functions: Functions,
        respondents: Respondents,
        announcer: Announcer,
        matcher: Matcher,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._functions = functions
        self._respondents = respondents
        self._announcer = announcer
        self._matcher = matcher
        self._now = now
        self._new_id = new_id

    def take(
        self,
        change: Change,
        happening: Happening,
        leg: Leg = Leg.CUSTOMER,
        *,
        items: tuple[ChatItem, ...] = (),
    ) -> None:
        """One turn of the flow on this leg, and all that follows from it.

        Unstored when a function is to be called for a contact that is not yet there.
        """
        is_first = change.before is None
        run = FlowRun(
            change=change, happening=happening, at=self._now(), leg=leg, is_first=is_first
        )
        run.forget_dialog()
        self.advance(run)
        self.commit(run, items)

    def converse(self, contact: Contact, leg: Leg, dialog: Dialog, said: Said) -> None:
        """A person has answered whom the flow asked; it goes on if that was all there is to say."""
        run = FlowRun(change=Change.of(contact), at=self._now(), leg=leg)
        inquiry = _inquiry(dialog.ask, run, self._center.center())
        reply = self._respondents.hear(inquiry, dialog.memory, said)
        run.heard(said.key, goes_on=isinstance(reply, Pending))
        if isinstance(reply, Pending):
            run.hold(dialog.ask, reply)
        else:
            run.happening = run.concluded(reply)
            self.advance(run)
        self.commit(run)

    def with_flows(self, change: Change, *hooks: tuple[str, Leg]) -> Commit:
        """The commit of this change and of the first turns of the flows for its moment."""
        run = FlowRun(change=change, at=self._now())
        for name, leg in hooks:
            self.begin(run, name, leg)
        return self._to_commit(run, ())

    def chooses(self, contact: Contact, name: str) -> bool:
        """Whether there is a flow for this moment of the contact."""
        library = self._library(contact)
        return hook_flow(contact.session, name, library) is not None

    def advance(self, run: FlowRun) -> None:
        """Advances until the flow waits or ends, calling functions on the way."""
        center = self._center.center()
        library = self._library(run.contact)
        while True:
            run.at = self._now()
            step = advance(
                run.flow.session,
                run.happening,
                scope=scope_of(run.contact, center, run.leg),
                library=library,
                at=run.at,
                chance=chance_of(run.contact.contact_id),
                blocks=_GUIDED if run.leg is Leg.GUIDE else BLOCKS,
            )
            run.take(step, center)
            match step.effect:
                case InvokeLambda() as call:
                    run.happening = self._called(run, call, center)
                case EnterQueue(queue_id=queue_id, is_transfer=is_transfer):
                    self._enter(run, library.queue_itself(queue_id), is_transfer=is_transfer)
                case Ask(port=Port.LINE, verb="hold", request=request):
                    run.happening = self._hold_or_resume(run, request)
                case Ask(port=Port.TASK, verb="resume"):
                    run.happening = _resumed(run, Party.CONTACT)
                case Ask() as ask:
                    reply = self._respondents.ask(_inquiry(ask, run, center))
                    if isinstance(reply, Pending):
                        run.hold(ask, reply)
                        return
                    run.happening = run.concluded(reply)
                case None:
                    return

    def commit(self, run: FlowRun, items: tuple[ChatItem, ...] = ()) -> None:
        """A full queue is learnt at the commit: then the flow is told so and goes on."""
        while True:
            commit = self._to_commit(run, items)
            try:
                self._contacts.commit(commit)
            except QueueFull:
                run.refuse_queue()
                self.advance(run)
                continue
            break
        self.tell(commit)

    def hand_over(self, commit: Commit, run: FlowRun) -> None:
        """Commits the end of a contact together with its successor, as far as the run took that.

        Its flow is told of a full queue; QueueFull when the successor has no flow to go on in.
        """
        while True:
            following = self._to_commit(run, ())
            both = replace(
                commit,
                successor=following.contact,
                agents=(*commit.agents, *following.agents),
                items=(*commit.items, *following.items),
                capacity=following.capacity,
            )
            try:
                self._contacts.commit(both)
            except QueueFull:
                run.refuse_queue()
                self.advance(run)
                continue
            break
        self.tell(commit)
        self.tell(following)

    def tell(self, commit: Commit) -> None:
        """What was committed is told to its people, and whoever is free is matched."""
        change = commit.contact
        messages = [DeskMessage.of(agent) for agent in commit.agents]
        if change is not None and is_new_turn(change.before, change.after):
            self._announcer.turn(change.settled.after)
        for message in messages:
            self._announcer.desk(message)
        if change is not None:
            self._tell_more(change, commit.items)
        for message in messages:
            self._matcher.match_agent(message.agent.agent_id, message.agent)

    def _tell_more(self, change: Change, items: Sequence[ChatItem]) -> None:
        contact = change.settled.after
        for leg in legs_told(change.before, contact):
            self._announcer.desk_turn(contact, leg)
        if items:
            self._announcer.items(contact, items)
        if any(isinstance(fact.event, e.ContactQueued) for fact in change.facts):
            self._matcher.match_contact(contact.contact_id, contact)

    def _called(
        self, run: FlowRun, call: InvokeLambda, center: Center
    ) -> LambdaReturned | LambdaFailed:
        """Its answer, in the time that functions have left in this turn."""
        if run.is_first:
            raise Unstored
        left = int(_FUNCTIONS_SECONDS - run.functions_seconds)
        if left < 1:
            return LambdaFailed(f"functions took {_FUNCTIONS_SECONDS} s of this turn already")
        call, began_at = replace(call, limit_seconds=min(call.limit_seconds, left)), self._now()
        reply = once(
            f"{_key(run)} {run.flow.session.action_id} {call.function}",
            lambda: self._functions.invoke(call, run.contact, center),
        )
        run.functions_seconds += (self._now() - began_at).total_seconds()
        return reply

    def _enter(self, run: FlowRun, queue: Queue | None, *, is_transfer: bool) -> None:
        """A contact that asks for more than any agent who is there will ever have is told at once,
        as if the queue were full, and does not wait in vain.

        That it is full counts at the commit; seen before, the queue's flow, of which not all can
        be taken back, does not begin.
        """
        if queue is not None and self._matcher.is_out_of_reach(run.contact, queue):
            run.refuse("QueueAtCapacity")
            return
        run.enter(queue, is_transfer=is_transfer)
        is_placed = isinstance(run.happening, QueueEntered)
        if queue is not None and is_placed and self._is_full(queue, run):
            run.refuse_queue()

    def _is_full(self, queue: Queue, run: FlowRun) -> bool:
        before = run.change.before
        stood = before.queue.queue_id if before and before.is_in_queue and before.queue else None
        if run.capacity is None or stood == queue.queue_id:
            return False
        (depth,) = self._routing.depths([(queue, run.contact.channel)])
        return depth.waiting >= run.capacity

    # --- moments ----------------------------------------------------------------------------------

    def begin(self, run: FlowRun, name: str, leg: Leg) -> None:
        """The flow for a moment begins on its leg, if there is one, within the turn of another."""
        flow = hook_flow(run.contact.session, name, self._library(run.contact))
        if flow is None:
            return
        was_on, run.leg = run.leg, leg
        run.forget_dialog()
        run.happening = FlowEntered(flow)
        self.advance(run)
        run.leg = was_on

    def _hold_or_resume(self, run: FlowRun, request: Mapping[str, object]) -> Happening:
        """A flow beside the talk puts somebody on hold, or goes on with the talk."""
        wished = str(request.get("PreviousContactParticipantState"))
        party = _HELD_BY_FLOW.get(wished)
        try:
            if wished == "OffHold":
                return _resumed(run, Party.CUSTOMER, Party.AGENT)
            if party is None:
                return Refused(reason=f"{wished!r} is nothing a participant can be")
            is_held = run.contact.held is party
            run.change = hold(run.change, party, at=run.at)
        except Refusal as error:
            return Refused(reason=error.message)
        if not is_held:
            self.begin(run, *HOLDS[party])
        return Answered()

    def _library(self, contact: Contact) -> CenterLibrary:
        center = self._center.center()
        return CenterLibrary(center, self._center, contact.contact_id, contact.flow_versions)

    # --- the commit -------------------------------------------------------------------------------

    def _to_commit(self, run: FlowRun, items: tuple[ChatItem, ...]) -> Commit:
        change, center = run.turned(), self._center.center()
        if run.is_over:
            reason = DisconnectReason.CONTACT_FLOW_DISCONNECT
            commit = ended(change, reason, at=run.at, center=center, routing=self._routing)
        else:
            change = join_when_over(change, at=run.at)
            agents = agents_after(change, at=run.at, center=center, routing=self._routing)
            commit = Commit(contact=change, agents=agents, capacity=run.capacity)
        if run.contact.channel is Channel.CHAT:
            items = (*items, *self._messages(run))
        return replace(commit, items=items)

    def _messages(self, run: FlowRun) -> list[ChatItem]:
        """What a flow says or shows to the customer of a chat are messages of the system."""
        said = _messages(run.told.get(Leg.CUSTOMER, ()))
        return [
            ChatItem(
                item_id=self._new_id(),
                contact_id=run.contact.contact_id,
                at=run.at + timedelta(microseconds=place),  # keeps their order
                type="MESSAGE",
                content_type=content_type,
                content=content,
                role="SYSTEM",
                display_name="SYSTEM_MESSAGE",
            )
            for place, (content_type, content) in enumerate(said, start=1)
        ]


def legs_told(before: Contact | None, after: Contact) -> list[Leg]:
    """The legs of the agent's desk that were told something new."""
    known: Mapping[Leg, LegFlow] = before.legs if before else {}
    return [
        leg
        for leg, flow in after.legs.items()
        if leg is not Leg.EVENT and (leg not in known or known[leg].turn_number != flow.turn_number)
    ]


def is_new_turn(before: Contact | None, after: Contact) -> bool:
    """The first one is asked for by whoever arrives; who was transferred is there already."""
    if before is None:
        return after.previous_contact_id is not None
    return before.turn_number != after.turn_number


def _resumed(run: FlowRun, *parties: Party) -> Happening:
    """The talk, or the task, goes on; there must be one that was put aside."""
    if run.contact.held not in parties:
        return Refused(reason="nothing is on hold")
    run.change = resume(run.change, at=run.at)
    return Answered()


def _inquiry(ask: Ask, run: FlowRun, center: Center) -> Inquiry:
    return Inquiry(ask=ask, contact=run.contact, center=center, at=run.at, key=_key(run))


def _key(run: FlowRun) -> str:
    """Names what the flow waits for: the same when a turn that was not committed is repeated."""
    leg = "" if run.leg is Leg.CUSTOMER else f"{run.leg}:"
    return f"{run.contact.contact_id}:{leg}{run.flow.session.waits}"


def _messages(commands: Sequence[Command]) -> Iterator[tuple[str, str]]:
    """Content types and contents of what commands say to the customer of a chat."""
    for command in commands:
        match command:
            case PlayPrompt(prompt=prompt) | Listen(prompt=Prompt() as prompt):
                yield "text/plain", spoken_text(prompt)
            case PlayLoop(prompts=looped):
                yield from (("text/plain", spoken_text(prompt)) for prompt in looped)
            case PresentView(view=view):
                shown = {
                    "templateType": "ViewResource",
                    "version": "1.0",
                    "data": {"content": view},
                }
                yield INTERACTIVE, json.dumps(shown, ensure_ascii=False, default=dict)
