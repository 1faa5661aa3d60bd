"""The past of acme's demo customers: real contacts with facts, recordings that can be played.

They are committed like any other contact, so the deployed center itself makes of them what it
makes of every contact: history, tickets, records, reports of the days gone by.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import av
import numpy as np

from chalicelib import bootstrap
from chalicelib.adapters.speech import EspeakSpeech
from chalicelib.core import lifecycle as contacts
from chalicelib.core.center import Center, Queue, User
from chalicelib.core.contact import Change, Contact, Customer
from chalicelib.core.errors import Conflict
from chalicelib.core.events import (
    Channel,
    CustomerIdentified,
    DisconnectReason,
    Endpoint,
    InitiationMethod,
    RecordingStored,
)
from chalicelib.core.ids import ContactId, CustomerId, OfferId, ParticipantId
from chalicelib.core.lifecycle import WrapUp
from chalicelib.services.ports import ChatItem, Commit
from chalicelib.services.recordings import recording_key

RATE = 48_000
CUSTOMER, AGENT = 0, 1  # channels of a recording: left and right


@dataclass(frozen=True)
class Past:
    """One contact some days ago: who said what, and what came of it."""

    contact_id: str
    days: float
    channel: Channel
    queue: str
    agent: str
    lines: Sequence[tuple[int, str]]
    wrap_up: WrapUp


ANAS = (
    Past(
        "acme-2026-0001",
        31,
        Channel.VOICE,
        "Billing",
        "ben",
        (
            (CUSTOMER, "Hello, I was charged twice in October."),
            (AGENT, "I see it. I have refunded the second charge."),
            (CUSTOMER, "Thank you, that was quick."),
        ),
        WrapUp(
            disposition="payment",
            is_satisfied=True,
            ticket_status="resolved",
            ticket_subject="Charged twice in October",
        ),
    ),
    Past(
        "acme-2026-0002",
        9,
        Channel.CHAT,
        "Sales",
        "ben",
        (
            (CUSTOMER, "Do you have a router for a larger flat?"),
            (AGENT, "Yes, the model 40. Shall I send you one?"),
            (CUSTOMER, "Please do."),
        ),
        WrapUp(
            disposition="sale",
            is_satisfied=True,
            ticket_status="closed",
            ticket_subject="Router model 40",
        ),
    ),
    Past(
        "acme-2026-0003",
        0.5,
        Channel.VOICE,
        "Support",
        "ben",
        (
            (CUSTOMER, "My new router drops the line every evening."),
            (
                AGENT,
                "I will send you a new cable, and call you tomorrow to hear whether it helped.",
            ),
        ),
        WrapUp(
            disposition="follow-up",
            note="Sent a new cable. Call back to hear whether it helped.",
            ticket_status="follow-up",
            ticket_subject="Router drops the line every evening",
        ),
    ),
)


def give_a_past(
    customer_id: CustomerId, name: str, phone: str, past: Sequence[Past], *, now: datetime
) -> None:
    """Commits the contacts; one that is there already stays."""
    for each in past:
        at = now - timedelta(days=each.days)
        contact = Contact(
            contact_id=ContactId(each.contact_id),
            instance_id=bootstrap.center_store().center().instance_id,
            channel=each.channel,
            initiation_method=_METHODS[each.channel],
            initiated_at=at,
            customer=Customer(participant_id=ParticipantId(f"{each.contact_id}-c"), name=name),
            customer_endpoint=Endpoint(phone),
            system_endpoint=Endpoint(bootstrap.center_store().center().main_number),
        )
        change = contacts.initiate(contact, at=at).then(
            CustomerIdentified(customer_id=customer_id, is_new=False), at
        )
        _live_through(change, each, at)


def _live_through(change: Change, past: Past, at: datetime) -> None:
    """From the queue to the wrap-up, at the pace of somebody who works."""
    center = bootstrap.center_store().center()
    queue, user = _queue(center, past.queue), _user(past.agent)
    profile = center.profile(user.profile_id) if user.profile_id else None
    if profile is None:
        raise LookupError(f"{past.agent} has no routing profile")
    offer_id = OfferId(f"{past.contact_id}-o")
    change = contacts.enqueue(change, queue, at=at + timedelta(seconds=20))
    change = contacts.offer(change, user, offer_id=offer_id, at=at + timedelta(seconds=32))
    answered_at = at + timedelta(seconds=36)
    change = contacts.connect(change, offer_id, user, profile, at=answered_at)
    change, seconds = _record(change, past, answered_at)
    ended_at = answered_at + timedelta(seconds=seconds)
    reason = DisconnectReason.CUSTOMER_DISCONNECT
    change = contacts.disconnect(change, reason, at=ended_at, queue=queue)
    change = contacts.complete(change, past.wrap_up, at=ended_at + timedelta(seconds=25))
    items = _items(change.after, past, answered_at) if past.channel is Channel.CHAT else []
    try:
        bootstrap.contact_store().commit(Commit(contact=change, items=items))
    except Conflict:
        return  # from an earlier run


def _record(change: Change, past: Past, at: datetime) -> tuple[Change, float]:
    """Speaks a call's lines into a stereo file; a chat has none, and takes a while to type."""
    if past.channel is not Channel.VOICE:
        return change, 75.0 * len(past.lines)
    ogg, seconds = spoken(past.lines)
    key = recording_key(change.after.contact_id, "demo", at)
    objects = bootstrap.objects(bootstrap.settings().recordings_bucket)
    objects.put(key, ogg, content_type="audio/ogg")
    stored = RecordingStored(
        segment="demo",
        bucket=objects.bucket,
        key=key,
        seconds=seconds,
        channels=2,
        size_bytes=len(ogg),
        sha256=hashlib.sha256(ogg).hexdigest(),
        started_at=at,
    )
    return change.then(stored, at), seconds


def spoken(lines: Sequence[tuple[int, str]]) -> tuple[bytes, float]:
    """The lines one after the other, each on its speaker's channel, as Ogg Opus."""
    speech, voices = EspeakSpeech(), ("Joanna", "Matthew")
    parts = []
    for speaker, text in lines:
        heard = _samples(speech.render(text, language="en-US", voice=voices[speaker]).body)
        stereo: Any = np.zeros((2, len(heard) + RATE // 3), dtype=np.float32)
        stereo[speaker, : len(heard)] = heard
        parts.append(stereo)
    sound = np.concatenate(parts, axis=1)
    return _opus(sound), sound.shape[1] / RATE


def _samples(wav: bytes) -> Any:
    with av.open(io.BytesIO(wav)) as file:
        resampler = av.AudioResampler("fltp", "mono", RATE)
        decoded = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate([part.to_ndarray()[0] for part in decoded])


def _opus(sound: Any) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="ogg") as file:
        stream = file.add_stream("libopus", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", "stereo")
        frame.sample_rate = RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def _items(contact: Contact, past: Past, at: datetime) -> list[ChatItem]:
    names = (contact.customer.name or "Customer", contact.agent.name if contact.agent else "")
    return [
        ChatItem(
            item_id=f"{contact.contact_id}-{number}",
            contact_id=contact.contact_id,
            at=at + timedelta(seconds=60 * number),
            type="MESSAGE",
            content_type="text/plain",
            content=text,
            participant_id=f"{contact.contact_id}-{speaker}",
            role=("CUSTOMER", "AGENT")[speaker],
            display_name=names[speaker],
        )
        for number, (speaker, text) in enumerate(past.lines)
    ]


def _queue(center: Center, name: str) -> Queue:
    queue = center.queue(f"queue:{name}")
    if queue is None:
        raise LookupError(f"acme has no queue {name}")
    return queue


def _user(username: str) -> User:
    user = bootstrap.center_store().user(username)
    if user is None:
        raise LookupError(f"acme has no user {username}")
    return user


_METHODS = {Channel.VOICE: InitiationMethod.WEBRTC_API, Channel.CHAT: InitiationMethod.API}
