"""A center with a customer to be forgotten: Ana, who called, wrote, and has a ticket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.adapters.dynamo import codec
from chalicelib.core import events as e
from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.ticket import Note
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.erasure import ErasureService
from chalicelib.services.ports import ChatItem
from tests.fakes.world import RecordedErasures
from tests.given import ANAS_NUMBER, MONDAY, a_customer, a_ticket
from tests.house import BEN, DONE, House

ANA, ANNA = CustomerId("C-ana"), CustomerId("C-anna")
# What nobody but Ana has.
WORDS = ("Ana", "Silva", "Anna", "2025550123", "2025550188", "example.com", "elephant")


class Killed(BaseException):
    """The worker was killed."""


class Forgetting(House):
    """`writes` counts what the erasure wrote; before the one numbered `dies_at` it is killed."""

    def __init__(self, dies_at: int = 0, *, is_written: bool = False) -> None:
        super().__init__()
        self.erasures = RecordedErasures()
        self.writes, self._dies_at, self._is_written = 0, dies_at, is_written
        self._live()
        self.erasure = ErasureService(
            customers=self.customers,
            contacts=self.contacts,
            tickets=self.tickets,
            recordings=self.objects,
            jobs=self.erasures,
            feedback=self.feedback,
            now=self.now,
        )
        self._watch()

    def _live(self) -> None:
        """Ana calls twice and chats; as Anna, who is merged into her, she called before."""
        self.customers.create(a_customer())
        anna = a_customer("C-anna", name="Anna Sylva", phones=("+12025550188",))
        self.customers.create(anna)
        self.signs_in("ben")
        self.call = self.handled(customer=ANAS_NUMBER)
        self.older = self.handled(customer="+12025550188")
        self.chatted = self.handled(channel=Channel.CHAT)
        CustomerMerging(self.customers, self.now).merge(ANA, ANNA, version=1, by="sue")
        note = Note(note_id="n-1", at=MONDAY, by="ben", text="Ana lost an elephant")
        ticket = a_ticket("T-17", subject="Ana's elephant", customer_id=ANA)
        self.tickets.create(ticket, note)
        self.streams()

    def handled(self, customer: str = ANAS_NUMBER, channel: Channel = Channel.VOICE) -> ContactId:
        started = self.starts(
            channel=channel,
            customer_endpoint=e.Endpoint(customer),
            attributes={"pet": "elephant"},
            display_name="Ana",
        )
        contact_id = started.contact_id
        self.answers(BEN, contact_id)
        if channel is Channel.CHAT:
            self.contacts.add_item(said(contact_id))
        self.desk.hang_up(BEN, contact_id)
        self.desk.complete(BEN, contact_id, replace(DONE, note="an elephant of Ana's"))
        self.is_recorded(contact_id)
        self.streams()
        return contact_id

    def is_recorded(self, contact_id: ContactId, segment: str = "s1") -> None:
        """Audio of the contact is in the bucket, with the chunks that it was made of."""
        key = f"recordings/2026/03/02/{contact_id}/{segment}.ogg"
        for each in (key, f"parts/{contact_id}/{segment}/000000"):
            self.objects.put(each, b"trumpet", content_type="audio/ogg")
        self.contacts_service.append(
            contact_id,
            e.RecordingStored(
                segment=segment,
                bucket="recordings",
                key=key,
                seconds=2.0,
                channels=2,
                size_bytes=7,
                sha256="0",
                started_at=MONDAY,
            ),
        )

    def works_off(self) -> None:
        """The queue brings every job that is there; a killed one again. What was told to come
        later does not come yet."""
        while self.erasures.ordered:
            job, delay = self.erasures.ordered.pop(0)
            if delay:
                continue
            try:
                self.erasure.run(job)
            except Killed:
                self.erasures.ordered.insert(0, (job, 0))
        self.streams()

    def everything(self) -> str:
        """All that is kept anywhere."""
        kept: list[Any] = [
            *map(codec.dump, self.customers.customers.values()),
            *(codec.dump(line) for _, line in self.customers.lines.values()),
            *map(codec.dump_contact, self.contacts.contacts.values()),
            *(codec.dump_facts(tuple(facts)) for facts in self.contacts.written.values()),
            *(codec.dump(item) for each in self.contacts.transcripts for item in self.items(each)),
            *(codec.dump(self.tickets.get(TicketId(each))) for each in self.tickets.tickets),
            *map(codec.dump, self.feedback_store.invitations.values()),
            *(f"{key} {body!r}" for key, body in sorted(self.objects.bodies.items())),
            *(f"{key} {body!r}" for key, body in sorted(self.lake.bodies.items())),
        ]
        return json.dumps(kept, indent=1, ensure_ascii=False)

    def items(self, contact_id: ContactId) -> list[ChatItem]:
        return list(self.contacts.items(contact_id))

    # --- killing it ---

    def _watch(self) -> None:
        for target, name in (
            (self.customers, "save_together"),
            (self.customers, "save"),
            (self.contacts, "erase_words"),
            (self.contacts, "commit"),
            (self.tickets, "erase_words"),
            (self.tickets, "save"),
            (self.objects, "erase"),
            (self.erasures, "order"),
        ):
            setattr(target, name, self._mortal(getattr(target, name)))

    def _mortal(self, write: Callable[..., object]) -> Callable[..., object]:
        def run(*args: Any, **kwargs: Any) -> object:
            self.writes += 1
            is_last = self.writes == self._dies_at
            if is_last and not self._is_written:
                raise Killed
            answer = write(*args, **kwargs)
            if is_last:
                raise Killed
            return answer

        return run


def said(contact_id: ContactId) -> ChatItem:
    return ChatItem(
        item_id="m-1",
        contact_id=contact_id,
        at=MONDAY,
        type="MESSAGE",
        content_type="text/plain",
        content="My elephant is gone",
        role="CUSTOMER",
        display_name="Ana",
    )
