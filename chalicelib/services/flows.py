"""Contacts and their flows: a contact begins, its customer answers, the flow goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from chalicelib.core import events as e
from chalicelib.core.center import Center
from chalicelib.core.contact import Change, Contact, ContactState, Customer, enqueue, initiate
from chalicelib.core.errors import QueueFull, Rejected
from chalicelib.core.events import Channel, DisconnectReason, Endpoint, InitiationMethod
from chalicelib.core.flow import (
    Ask,
    Command,
    Disconnect,
    EnterQueue,
    FlowEntered,
    Happening,
    InvokeLambda,
    PlayLoop,
    PlayPrompt,
    Prompt,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    Refused,
    Session,
    Step,
    Timeout,
    advance,
    spoken_text,
)
from chalicelib.core.ids import ContactId, FlowId, ParticipantId
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
        flow = self._entry_flow(new, center)
        contact_id = ContactId(self._new_id())
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

    def reply(self, contact_id: ContactId, wait: int, happening: Happening) -> None:
        """The customer's device answers a wait. An answer to an earlier wait changes nothing."""

        def answer() -> None:
            contact = self._contacts.get(contact_id)
            waits_for = contact.session.wait
            if contact.state.is_live and waits_for is not None and waits_for.number == wait:
                self._run(Change.of(contact), happening)

        insist(answer)

    def time_out(self, contact_id: ContactId, key: str) -> None:
        """The server's own timer for a wait: for devices that fell silent, and for Wait blocks."""
        self.reply(contact_id, int(key), Timeout())

    def _entry_flow(self, new: NewContact, center: Center) -> PublishedFlow:
        default = center.chat_flow if new.channel is Channel.CHAT else center.voice_flow
        reference = new.flow or default
        entry = center.flow(reference)
        flow = self._center.flow(entry.flow_id, entry.version) if entry else None
        if flow is None:
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

    def _run(self, change: Change, happening: Happening, items: tuple[ChatItem, ...] = ()) -> None:
        """One turn. A full queue is learnt at the commit: then the flow is told so and goes on."""
        run = _Run(change=change, happening=happening)
        while True:
            self._advance(run)
            commit = self._to_commit(run, items)
            try:
                self._contacts.commit(commit)
            except QueueFull:
                run.refuse_queue()
                continue
            break
        self._follow_up(commit)

    def _advance(self, run: _Run) -> None:
        """Advances until the flow waits or ends, calling functions on the way."""
        center = self._center.center()
        library = CenterLibrary(center, self._center)
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
            run.take(step)
            match step.effect:
                case InvokeLambda() as call:
                    run.happening = self._functions.invoke(call, run.change.after, center)
                case EnterQueue(queue_id=queue_id):
                    run.enter(center, queue_id)
                case Ask(port=port):
                    run.happening = Refused(reason=f"nobody answers for {port} here")
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
        """Prompts on a chat are messages of the system."""
        return [
            ChatItem(
                item_id=self._new_id(),
                contact_id=contact.contact_id,
                at=run.at + timedelta(microseconds=place),  # keeps their order
                type="MESSAGE",
                content_type="text/plain",
                content=spoken_text(prompt),
                role="SYSTEM",
                display_name="SYSTEM_MESSAGE",
            )
            for place, prompt in enumerate(_prompts(run.commands), start=1)
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


class _Run:
    """One turn in the making: the change so far, the commands so far, and what happened last."""

    def __init__(self, *, change: Change, happening: Happening) -> None:
        self.change = change
        self.happening = happening
        self.commands: list[Command] = []
        self.capacity: int | None = None
        self.at = change.after.initiated_at
        self._before_queue: tuple[Change, list[Command]] | None = None

    def take(self, step: Step) -> None:
        """Keeps what a step did: its blocks as facts, its session, its commands."""
        flow_id = self.change.after.session.flow_id
        starting = list(step.started)  # one may wait in its first block and have no trace yet
        for block in step.trace:
            while starting and block.flow_id != flow_id:
                flow_id = self._note_flow(starting.pop(0))
            self.change = self.change.then(block, self.at)
        for flow in starting:
            flow_id = self._note_flow(flow)
        before = self.change.after.session.attributes
        changed = {k: v for k, v in step.session.attributes.items() if before.get(k) != v}
        if changed:
            self.change = self.change.then(e.AttributesUpdated(attributes=changed), self.at)
        if step.is_ended and flow_id is not None:
            self.change = self.change.then(e.FlowEnded(flow_id=flow_id), self.at)
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

    def refuse_queue(self) -> None:
        """Back to before the queue was entered, with the refusal as what happened."""
        if self._before_queue is None:
            raise QueueFull("the queue is full")
        self.change, self.commands = self._before_queue
        self.capacity = self._before_queue = None
        self.happening = QueueRefused("QueueAtCapacity")

    def _note_flow(self, flow: PublishedFlow) -> FlowId:
        started = e.FlowStarted(
            flow_id=flow.flow_id,
            flow_name=flow.name,
            flow_version=flow.version,
            flow_type=flow.type,
        )
        self.change = self.change.then(started, self.at)
        return flow.flow_id


def scope_of(contact: Contact, center: Center) -> dict[str, object]:
    """The system attributes, as JSONPath in flows sees them."""
    return {
        "ContactId": contact.contact_id,
        "InitialContactId": contact.contact_id,
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


def _prompts(commands: list[Command]) -> list[Prompt]:
    prompts: list[Prompt] = []
    for command in commands:
        match command:
            case PlayPrompt(prompt=prompt):
                prompts.append(prompt)
            case PlayLoop(prompts=looped):
                prompts.extend(looped)
    return prompts
