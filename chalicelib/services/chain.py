"""Where a customer is, who may have been transferred: a device goes on under the name it had."""

from __future__ import annotations

from chalicelib.core.contact import Contact
from chalicelib.core.ids import ContactId
from chalicelib.services.ports import ContactStore


def last_of_chain(contacts: ContactStore, contact_id: ContactId) -> Contact:
    """The contact in which the customer of this one goes on; mostly it is this one.

    One read, and one more for each transfer since. NotFound when there is no such contact.
    """
    contact = contacts.get(contact_id)
    while contact.next_contact_id is not None:
        contact = contacts.get(contact.next_contact_id)
    return contact
