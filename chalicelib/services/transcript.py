"""What was written in a chat, and in the chats that it goes on from."""

from __future__ import annotations

from chalicelib.core.contact import Contact
from chalicelib.services.ports import ChatItem, ContactStore


def transcript(contacts: ContactStore, contact: Contact) -> list[ChatItem]:
    """The contact's items after those of the chats that it continues, oldest first."""
    items = list(contacts.items(contact.contact_id))
    seen, is_entire, before = {contact.contact_id}, True, contact.continues
    while before is not None and before not in seen and is_entire:
        items = [*contacts.items(before), *items]
        seen.add(before)
        source = contacts.get(before)
        is_entire = contact.continues_entire
        before = source.continues
    return items
