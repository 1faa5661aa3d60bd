"""Finished chats as they are kept."""

from __future__ import annotations

import json
from datetime import timedelta

from chalicelib.adapters.transcripts import S3Transcripts
from chalicelib.services.ports import ChatItem
from tests.fakes.objects import InMemoryObjectStore
from tests.given import MONDAY
from tests.house import House


def test_a_transcript_has_everything_and_counts_what_was_written() -> None:
    """Who joined and left is in it, and is no message that anybody pays for."""
    house = House()
    contact = house.contact(house.chats(initial_message="Hello").contact_id)
    objects = InMemoryObjectStore("recordings")
    items = [
        ChatItem(
            item_id=f"i-{n}",
            contact_id=contact.contact_id,
            at=MONDAY + timedelta(seconds=n),
            type=kind,
            content_type="text/plain",
        )
        for n, kind in enumerate(("PARTICIPANT_JOINED", "MESSAGE", "EVENT", "MESSAGE"))
    ]

    stored = S3Transcripts(objects).store(contact, items)

    assert stored.messages == 2
    assert len(json.loads(objects.get(stored.key))["Transcript"]) == 4
