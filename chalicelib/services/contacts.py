"""A contact after the talk: its explanation, its recordings, and who may see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core import events as e
from chalicelib.core.contact import Change, Contact, StoredSegment
from chalicelib.core.errors import Denied, NotFound, Rejected
from chalicelib.core.events import Channel
from chalicelib.core.explanation import Explained, explanation
from chalicelib.core.identity import Caller
from chalicelib.core.ids import ContactId
from chalicelib.core.routing import SlotState
from chalicelib.services.ports import (
    CenterStore,
    ChatItem,
    Commit,
    ContactIndex,
    ContactStore,
    RecordingJob,
    RecordingJobs,
    RoutingStore,
    Transcripts,
    UploadGrant,
)
from chalicelib.services.races import insist
from chalicelib.services.recordings import (
    RecordingsService,
    StitchedRecording,
    check_segment,
    segment_started_at,
)
from chalicelib.services.screen_pop import Pop, ScreenPop
from chalicelib.services.transcript import transcript

MOST_LISTED = 1_000


@dataclass(frozen=True, kw_only=True)
class Playback:
    """A link to listen to one segment."""

    url: str
    expires_at: datetime
    seconds: float
    channels: int
    sha256: str


class ContactsService:
    """Reads contacts for people, and keeps their recordings."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        recordings: RecordingsService,
        jobs: RecordingJobs,
        transcripts: Transcripts,
        pops: ScreenPop,
        index: ContactIndex,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._recordings = recordings
        self._jobs = jobs
        self._transcripts = transcripts
        self._pops = pops
        self._index = index
        self._now = now

    def get(self, contact_id: ContactId, caller: Caller) -> Contact:
        """The contact, for whoever may see it: its agent, supervisors, admins."""
        contact = self._contacts.get(contact_id)
        if not caller.is_in("supervisor", "admin") and not self._is_theirs(contact, caller):
            raise Denied("not your contact", field="contactId", value=contact_id)
        return contact

    def explain(self, contact_id: ContactId, caller: Caller) -> Sequence[Explained]:
        """Every fact: each block, its input, its branch, its time, and all that came of it."""
        self.get(contact_id, caller)
        return explanation(self._contacts.facts(contact_id))

    def index(self, contact: Contact) -> None:
        """Notes a finished contact under the flow that it began with, if it met one."""
        for flow_id in [*contact.flow_versions][:1]:
            self._index.note(flow_id, contact.contact_id, at=contact.initiated_at)

    def latest(self, flow: str, limit: int) -> Sequence[ContactId]:
        """The newest finished contacts that began with this flow, named as flows name it."""
        if not 1 <= limit <= MOST_LISTED:
            raise Rejected(f"limit is from 1 to {MOST_LISTED}", field="limit", value=limit)
        found = self._center.center().flow(flow)
        if found is None:
            raise NotFound(f"no flow {flow!r}", field="flow", value=flow)
        return self._index.latest(found[0].flow_id, limit=limit)

    def transcript(self, contact_id: ContactId, caller: Caller) -> Sequence[ChatItem]:
        return transcript(self._contacts, self.get(contact_id, caller))

    def keep_transcript(self, contact: Contact) -> None:
        """Stores a finished chat, once."""
        if contact.channel is not Channel.CHAT or contact.transcript_key is not None:
            return
        items = self._contacts.items(contact.contact_id)
        self.append(
            contact.contact_id,
            self._transcripts.store(contact, items),
            unless=lambda now: now.transcript_key is not None,
        )

    def pop(self, contact_id: ContactId, caller: Caller) -> Pop:
        """What the agent who is offered the contact, and nobody else, sees of its customer."""
        return self._pops.build(self.get(contact_id, caller), at=self._now())

    def grant(self, contact_id: ContactId, caller: Caller) -> UploadGrant:
        """The right to upload the recording: for the agent who has the contact only."""
        agent = self._contacts.get(contact_id).agent
        if agent is None or agent.username != caller.username:
            raise Denied("not your contact", field="contactId", value=contact_id)
        return self._recordings.grant(contact_id)

    def finish_segment(
        self,
        contact_id: ContactId,
        segment: str,
        caller: Caller,
        *,
        chunks: int,
        started_at: datetime,
    ) -> None:
        """The desk has uploaded the whole segment."""
        self.grant(contact_id, caller)
        check_segment(segment)
        self._jobs.order(
            RecordingJob(
                contact_id=contact_id, segment=segment, started_at=started_at, chunks=chunks
            )
        )

    def stitch(self, job: RecordingJob) -> None:
        """Makes the files and notes each as a fact; the same chunks twice are one fact."""
        if job.segment is not None:
            return self._stitch(job, job.segment)
        for segment in self._recordings.segments(job.contact_id):
            with suppress(Rejected):  # a name that no desk of ours gives must not cost the others
                self._stitch(job, segment)
        return None

    def _stitch(self, job: RecordingJob, segment: str) -> None:
        started_at = job.started_at or self._started_at(job.contact_id, segment)
        stitched = self._recordings.stitch(job.contact_id, segment, started_at, chunks=job.chunks)
        if stitched is not None:
            self._note(job.contact_id, stitched)

    def play(self, contact_id: ContactId, segment: str, caller: Caller) -> Playback:
        """A 15-minute link, and an audit fact that says who got it."""
        contact = self.get_for_listening(contact_id, caller)
        stored = self._segment(contact, segment)
        if stored is None:
            raise NotFound(f"no segment {segment!r}", field="segment", value=segment)
        url, expires_at = self._recordings.link(stored.key)
        played = e.RecordingPlayed(
            segment=segment, username=caller.username, link_expires_at=expires_at
        )
        self.append(contact_id, played)
        return Playback(
            url=url,
            expires_at=expires_at,
            seconds=stored.seconds,
            channels=stored.channels,
            sha256=stored.sha256,
        )

    def get_for_listening(self, contact_id: ContactId, caller: Caller) -> Contact:
        """Supervisors; the contact's agent; and an agent who talks to the same customer now."""
        contact = self._contacts.get(contact_id)
        if caller.is_in("supervisor") or self._is_theirs(contact, caller):
            return contact
        if caller.is_in("agent") and self._serves_customer_of(contact, caller):
            return contact
        raise Denied("not for you to listen to", field="contactId", value=contact_id)

    def _serves_customer_of(self, contact: Contact, caller: Caller) -> bool:
        user = self._center.user(caller.username)
        agent = self._routing.agent(user.agent_id) if user else None
        if agent is None or contact.customer_id is None:
            return False
        held = [slot for slot in agent.slots if slot.state is not SlotState.MISSED]
        served = {self._contacts.get(slot.contact_id).customer_id for slot in held}
        return self._pops.is_among(contact.customer_id, [each for each in served if each])

    def _is_theirs(self, contact: Contact, caller: Caller) -> bool:
        if contact.agent is not None and contact.agent.username == caller.username:
            return True
        user = self._center.user(caller.username)
        offered_to = contact.offer.agent_id if contact.offer else None
        return user is not None and offered_to == user.agent_id

    def _note(self, contact_id: ContactId, stitched: StitchedRecording) -> None:
        def is_noted(contact: Contact) -> bool:
            stored = self._segment(contact, stitched.segment)
            return stored is not None and stored.sha256 == stitched.sha256

        event = e.RecordingStored(
            segment=stitched.segment,
            bucket=stitched.bucket,
            key=stitched.key,
            seconds=stitched.seconds,
            channels=stitched.channels,
            size_bytes=stitched.size_bytes,
            sha256=stitched.sha256,
            started_at=stitched.started_at,
            missing_chunks=stitched.missing_chunks,
        )
        self.append(contact_id, event, unless=is_noted)

    def append(
        self,
        contact_id: ContactId,
        event: e.ContactEvent,
        *,
        unless: Callable[[Contact], bool] = lambda contact: False,
    ) -> None:
        """Adds a fact that became known, whatever else happens to the contact meanwhile.

        `unless` looks at the state that the fact would follow: so one of two at once adds it.
        """

        def add() -> None:
            contact = self._contacts.get(contact_id)
            if not unless(contact):
                change = Change.of(contact).then(event, self._now())
                self._contacts.commit(Commit(contact=change))

        insist(add)

    def _started_at(self, contact_id: ContactId, segment: str) -> datetime:
        """As the desk said when it finished the segment; else by the segment's own name."""
        stored = self._segment(self._contacts.get(contact_id), segment)
        return stored.started_at if stored else segment_started_at(segment)

    @staticmethod
    def _segment(contact: Contact, segment: str) -> StoredSegment | None:
        return next((s for s in contact.recordings if s.segment == segment), None)
