"""Transcripts of finished chats, as JSON in the recordings bucket."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC

from chalicelib.adapters.announcer import item_document
from chalicelib.core.contact import Contact
from chalicelib.core.events import TranscriptStored
from chalicelib.services.ports import ChatItem, ObjectStore


class S3Transcripts:
    """The Transcripts port; Amazon Connect's shape of a stored transcript."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def store(self, contact: Contact, items: Sequence[ChatItem]) -> TranscriptStored:
        day = contact.initiated_at.astimezone(UTC)
        key = f"transcripts/{day:%Y/%m/%d}/{contact.contact_id}.json"
        document = {
            "Version": "2019-08-26",
            "ContactId": contact.contact_id,
            "Participants": sorted({item.participant_id for item in items if item.participant_id}),
            "Transcript": [item_document(item) for item in items],
        }
        body = json.dumps(document, ensure_ascii=False).encode()
        self._objects.put(key, body, content_type="application/json")
        sent = sum(1 for item in items if item.type == "MESSAGE")  # not who joined and left
        return TranscriptStored(bucket=self._objects.bucket, key=key, messages=sent)
