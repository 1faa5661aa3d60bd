"""Contacts and their flows: a contact begins, its customer answers, the flow goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from chalicelib.core import events as e
from chalicelib.core.center import Center
from chalicelib.core.contact import (
    Change,
    Contact,
    ContactState,
    Customer,
    Dialog,
    enqueue,
    initiate,
)
from chalicelib.core.errors import QueueFull, Rejected
from chalicelib.core.events import Channel, DisconnectReason, Endpoint, InitiationMethod
from chalicelib.core.flow import (
    Answered,
    Ask,
    Command,
    Disconnect,
    EnterQueue,
    FlowEntered,
    FlowType,
    Happening,
    InputReceived,
    InvokeLambda,
    Listen,
    PlayLoop,
    PlayPrompt,
    PresentView,
    Prompt,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    Refused,
    Said,
    Session,
    Step,
    Timeout,
    advance,
    spoken_text,
)
from chalicelib.core.ids import ContactId, FlowId, ParticipantId
from chalicelib.services.asking import Concluded, Inquiry, Pending, Respondents
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ending import ended
from chalicelib.services.ports import (
    Announcer,
    CenterStore,
    ChatItem,
    Commit,
    ContactStore,
    Functions,
    RoutingStore,
)
from chalicelib.services.races import insist

USUAL_PRIORITY = 5
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
LAST_PRIORITY = 9_999_999_999  # ten digits: as many as a place in the line is written with


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """What a door knows of a contact that begins."""

    channel: Channel
    initiation_method: InitiationMethod
    display_name: str | None = None
    customer_endpoint: Endpoint | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    flow: str | None = None  # a flow's id, ARN or name; None: the channel's own
    initial_message: str | None = None


@dataclass(frozen=True, kw_only=True)
class Started:
    """A contact that has begun. Its token is told once and never stored; it opens sockets too."""

    contact_id: ContactId
    participant_id: ParticipantId
    participant_token: str


class Identify(Protocol):
    """Finds or makes the customer behind an endpoint; None when nobody can be named."""

    def __call__(
        self,
        contact_id: ContactId,
        endpoint: Endpoint | None,
        *,
        at: datetime,
        name: str = "",
        channel: Channel = Channel.VOICE,
    ) -> e.CustomerIdentified | None: ...


class Matcher(Protocol):
    def match_contact(self, contact_id: ContactId, known: Contact | None = None) -> None: ...


class FlowService:
    """Runs flows turn by turn: load, advance, commit, tell."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        functions: Functions,
        respondents: Respondents,
        announcer: Announcer,
        identify: Identify,
        matcher: Matcher,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        new_secret: Callable[[], str],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._functions = functions
        self._respondents = respondents
        self._announcer = announcer
        self._identify = identify
        self._matcher = matcher
        self._now = now
        self._new_id = new_id
        self._new_secret = new_secret

    def start(self, new: NewContact) -> Started:
        """A contact begins and its flow runs to where it first waits."""
        at = self._now()
        center = self._center.center()
        contact_id = ContactId(self._new_id())
        flow = self._entry_flow(new, center, contact_id)
        secret, participant_id = self._new_secret(), ParticipantId(self._new_id())
        customer = Customer(
            participant_id=participant_id, name=new.display_name, token_digest=digest(secret)
        )
        contact = Contact(
            contact_id=contact_id,
            instance_id=center.instance_id,
            channel=new.channel,
            initiation_method=new.initiation_method,
            initiated_at=at,
            customer=customer,
            customer_endpoint=new.customer_endpoint,
            system_endpoint=Endpoint(center.main_number),
            session=Session(attributes=dict(new.attributes)),
        )
        change = initiate(contact, at=at)
        identified = self._identify(
            contact_id,
            new.customer_endpoint,
            at=at,
            name=new.display_name or "",
            channel=new.channel,
        )
        if identified is not None:
            change = change.then(identified, at)
        first = self._first_message(contact, new, at)
        self._run(change, FlowEntered(flow), first)
        return Started(
            contact_id=contact_id,
            participant_id=participant_id,
            participant_token=f"{contact_id}.{participant_id}.{secret}",
        )

    def begin(self, contact_id: ContactId) -> None:
        """The time of a planned contact has come: it meets its flow, or takes its place."""

        def go() -> None:
            contact = self._contacts.get(contact_id)
            plan = contact.plan
            if plan is None or not contact.state.is_live:
                return
            center = self._center.center()
            run = _Run(change=Change.of(contact).update(plan=None), at=self._now())
            queue = center.queue(plan.queue_id) if plan.queue_id else None
            library = CenterLibrary(center, self._center, contact_id)
            flow = library.flow(plan.flow) if plan.flow else None
            if flow is not None:
                run.happening = FlowEntered(flow)
                self._advance(run)
            elif queue is not None:
                run.change = enqueue(run.change, queue, at=run.at)
            else:  # deleted since: nobody could ever take it
                run.commands.append(Disconnect())
            self._commit(run)

        insist(go)

    def reply(self, contact_id: ContactId, wait: int, happening: Happening) -> None:
        """The customer's device answers a wait. An answer to an earlier wait changes nothing.

        In a dialog, keys and silence are for whoever the flow asked.
        """

        def answer() -> None:
            contact = self._awaiting(contact_id, wait)
            if contact is None:
                return
            if contact.dialog is None:
                self._run(Change.of(contact), happening)
            elif isinstance(happening, InputReceived | Timeout):
                keys = happening.digits if isinstance(happening, InputReceived) else ""
                self._converse(contact, contact.dialog, Said(digits=keys))

        insist(answer)

    def hear(self, contact_id: ContactId, said: Said, wait: int | None = None) -> None:
        """A person answers whoever the flow asked; nothing, when nobody listens (any more)."""

        def listen() -> None:
            contact = self._awaiting(contact_id, wait)
            if contact is None or contact.dialog is None:
                return
            if not said.key or said.key != contact.last_said:
                self._converse(contact, contact.dialog, said)

        insist(listen)

    def time_out(self, contact_id: ContactId, key: str) -> None:
        """The server's own timer for a wait: for devices that fell silent, for Wait blocks, and
        for people who never answer."""

        def give_up() -> None:
            contact = self._awaiting(contact_id, int(key))
            if contact is not None:
                self._run(Change.of(contact).update(dialog=None), Timeout())

        insist(give_up)

    def _awaiting(self, contact_id: ContactId, wait: int | None) -> Contact | None:
        """The contact, if its flow waits; with a number, if it is this wait."""
        contact = self._contacts.get(contact_id)
        awaited = contact.session.wait
        is_awaited = awaited is not None and wait in (None, awaited.number)
        return contact if contact.state.is_live and is_awaited else None

    def _entry_flow(self, new: NewContact, center: Center, contact_id: ContactId) -> PublishedFlow:
        default = center.chat_flow if new.channel is Channel.CHAT else center.voice_flow
        reference = new.flow or default
        flow = CenterLibrary(center, self._center, contact_id).flow(reference)
        if flow is None or flow.type is FlowType.MODULE:
            raise Rejected(
                f"no published flow {reference!r}", field="ContactFlowId", value=reference
            )
        return flow

    def _first_message(
        self, contact: Contact, new: NewContact, at: datetime
    ) -> tuple[ChatItem, ...]:
        if not new.initial_message:
            return ()
        item = ChatItem.of_customer(
            contact,
            item_id=self._new_id(),
            at=at,
            kind="MESSAGE",
            content_type="text/plain",
            content=new.initial_message,
        )
        return (item,)

    def _converse(self, contact: Contact, dialog: Dialog, said: Said) -> None:
        center = self._center.center()
        at = self._now()
        reply = self._respondents.hear(
            _inquiry(dialog.ask, contact, center, at), dialog.memory, said
        )
        change = Change.of(contact).update(last_said=said.key)
        if isinstance(reply, Pending):
            run = _Run(change=change.update(session=_waiting_anew(contact.session)), at=at)
            run.hold(dialog.ask, reply)
            self._commit(run)
        else:
            run = _Run(change=change.update(dialog=None), at=at)
            run.happening = run.concluded(reply)
            self._advance(run)
            self._commit(run)

    def _run(self, change: Change, happening: Happening, items: tuple[ChatItem, ...] = ()) -> None:
        """One turn, and all that follows from it."""
        run = _Run(change=change, happening=happening, at=self._now())
        self._advance(run)
        self._commit(run, items)

    def _commit(self, run: _Run, items: tuple[ChatItem, ...] = ()) -> None:
        """A full queue is learnt at the commit: then the flow is told so and goes on."""
        while True:
            commit = self._to_commit(run, items)
            try:
                self._contacts.commit(commit)
            except QueueFull:
                run.refuse_queue()
                self._advance(run)
                continue
            break
        self._follow_up(commit)

    def _advance(self, run: _Run) -> None:
        """Advances until the flow waits or ends, calling functions on the way."""
        center = self._center.center()
        contact = run.change.after
        library = CenterLibrary(center, self._center, contact.contact_id, contact.flow_versions)
        while True:
            run.at = self._now()
            step = advance(
                run.change.after.session,
                run.happening,
                scope=scope_of(run.change.after, center),
                library=library,
                at=run.at,
                chance=chance_of(run.change.after.contact_id),
            )
            run.take(step, center)
            match step.effect:
                case InvokeLambda() as call:
                    run.happening = self._functions.invoke(call, run.change.after, center)
                case EnterQueue(queue_id=queue_id):
                    run.enter(center, queue_id)
                case Ask() as ask:
                    inquiry = _inquiry(ask, run.change.after, center, run.at)
                    reply = self._respondents.ask(inquiry)
                    if isinstance(reply, Pending):
                        run.hold(ask, reply)
                        return
                    run.happening = run.concluded(reply)
                case None:
                    return

    def _to_commit(self, run: _Run, items: tuple[ChatItem, ...]) -> Commit:
        contact = run.change.after
        if any(isinstance(command, Disconnect) for command in run.commands):
            commit = ended(
                run.change,
                DisconnectReason.CONTACT_FLOW_DISCONNECT,
                at=run.at,
                center=self._center.center(),
                routing=self._routing,
            )
        else:
            turn = tuple(run.commands) or contact.turn
            change = run.change.update(turn=turn, turn_number=contact.turn_number + 1)
            commit = Commit(contact=change, capacity=run.capacity)
        said = items
        if contact.channel is Channel.CHAT:
            said = (*items, *self._messages(contact, run))
        return replace(commit, items=said)

    def _messages(self, contact: Contact, run: _Run) -> list[ChatItem]:
        """What a flow says or shows on a chat are messages of the system."""
        return [
            ChatItem(
                item_id=self._new_id(),
                contact_id=contact.contact_id,
                at=run.at + timedelta(microseconds=place),  # keeps their order
                type="MESSAGE",
                content_type=content_type,
                content=content,
                role="SYSTEM",
                display_name="SYSTEM_MESSAGE",
            )
            for place, (content_type, content) in enumerate(_messages(run.commands), start=1)
        ]

    def _follow_up(self, commit: Commit) -> None:
        if commit.contact is None:
            return
        contact = commit.contact.settled.after
        if commit.contact.before is not None:  # a customer who just began asks for the first turn
            self._announcer.turn(contact)
        if commit.items:
            self._announcer.items(contact, commit.items)
        if any(isinstance(fact.event, e.ContactQueued) for fact in commit.contact.facts):
            self._matcher.match_contact(contact.contact_id, contact)


_NOTHING = Refused(reason="nothing happened")  # what no wait but an answered one takes


class _Run:
    """One turn in the making: the change so far, the commands so far, and what happened last."""

    def __init__(self, *, change: Change, at: datetime, happening: Happening = _NOTHING) -> None:
        self.change = change
        self.happening = happening
        self.commands: list[Command] = []
        self.capacity: int | None = None
        self.at = at
        self._before_queue: tuple[Change, list[Command]] | None = None

    def take(self, step: Step, center: Center) -> None:
        """Keeps what a step did: its blocks as facts, its session, its commands."""
        session = self.change.after.session
        running = session.flow_id
        starting = list(step.started)  # one may wait in its first block and have no trace yet
        for block in step.trace:
            while block.flow_id != running and starting and starting[0].flow_id == block.flow_id:
                self._note_flow(starting.pop(0), center)
            running = block.flow_id
            self.change = self.change.then(block, self.at)
        for flow in starting:
            self._note_flow(flow, center)
        before = session.attributes
        changed = {k: v for k, v in step.session.attributes.items() if before.get(k) != v}
        if changed:
            self.change = self.change.then(e.AttributesUpdated(attributes=changed), self.at)
        ended = _outermost(session, step) if step.is_ended else None
        if ended is not None:
            self.change = self.change.then(e.FlowEnded(flow_id=ended), self.at)
        self.change = self.change.update(session=step.session)
        self.commands.extend(step.commands)

    def enter(self, center: Center, queue_id: str) -> None:
        """Takes the place for granted; the commit says whether it was."""
        queue = center.queue(queue_id)
        if queue is None or self.change.after.state is not ContactState.IN_FLOW:
            self.happening = QueueRefused("NoMatchingError")
            return
        self._before_queue = (self.change, list(self.commands))
        wished = self.change.after.session.routing.priority or USUAL_PRIORITY
        priority = min(wished, LAST_PRIORITY)
        self.change = enqueue(self.change, queue, at=self.at, priority=priority)
        self.capacity = queue.max_contacts
        self.happening = QueueEntered()

    def hold(self, ask: Ask, pending: Pending) -> None:
        """The flow waits for a person, who is told what the respondent says."""
        self.change = self.change.update(dialog=Dialog(ask=ask, memory=pending.memory))
        self.commands.extend(pending.commands)

    def concluded(self, reply: Answered | Concluded | Refused) -> Answered | Refused:
        """The answer itself; what it made known of the contact is noted."""
        if not isinstance(reply, Concluded):
            return reply
        for event in reply.facts:
            self.change = self.change.then(event, self.at)
        return reply.answer

    def refuse_queue(self) -> None:
        """Back to before the queue was entered, with the refusal as what happened."""
        if self._before_queue is None:
            raise QueueFull("the queue is full")
        self.change, self.commands = self._before_queue
        self.capacity = self._before_queue = None
        self.happening = QueueRefused("QueueAtCapacity")

    def _note_flow(self, flow: PublishedFlow, center: Center) -> None:
        begun = self.change.after.flow_versions
        started = e.FlowStarted(
            flow_id=flow.flow_id,
            flow_name=flow.name,
            flow_version=flow.version,
            flow_type=flow.type,
            chosen="kept" if flow.flow_id in begun else center.why(flow.flow_id, flow.version),
        )
        self.change = self.change.then(started, self.at)


def _outermost(session: Session, step: Step) -> FlowId | None:
    """The flow that the contact was in last, whatever modules that had invoked."""
    begun = [flow.flow_id for flow in step.started if flow.type is not FlowType.MODULE]
    if begun:
        return begun[-1]
    return session.invocations[0].flow_id if session.invocations else session.flow_id


def scope_of(contact: Contact, center: Center) -> dict[str, object]:
    """The system attributes, as JSONPath in flows sees them."""
    return {
        "ContactId": contact.contact_id,
        "InitialContactId": contact.contact_id,
        "RelatedContactId": contact.related_contact_id,
        "Channel": str(contact.channel),
        "InitiationMethod": str(contact.initiation_method),
        "InstanceARN": center.arn,
        "AwsRegion": center.region,
        "CustomerId": contact.customer_id,
        "CustomerEndpoint": _endpoint(contact.customer_endpoint),
        "SystemEndpoint": _endpoint(contact.system_endpoint),
        "LanguageCode": contact.session.language_code,
    }


def chance_of(contact_id: ContactId) -> float:
    """From 0 to 1, as likely each, and the same whenever the contact is looked at again."""
    return int(digest(contact_id)[:8], 16) / 0x1_0000_0000


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _endpoint(endpoint: Endpoint | None) -> dict[str, object] | None:
    return {"Address": endpoint.address, "Type": endpoint.type} if endpoint else None


def _inquiry(ask: Ask, contact: Contact, center: Center, at: datetime) -> Inquiry:
    key = f"{contact.contact_id}:{contact.session.waits}"
    return Inquiry(ask=ask, contact=contact, center=center, at=at, key=key)


def _waiting_anew(session: Session) -> Session:
    """The same wait under a new number, so that what was said before is not heard again."""
    if session.wait is None:
        return session
    number = session.waits + 1
    return replace(session, wait=replace(session.wait, number=number), waits=number)


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
