"""Tasks and e-mails that other systems start."""

from __future__ import annotations

import pytest

from chalicelib.core.contact import ContactState
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import Channel, Endpoint
from chalicelib.core.ids import CustomerId
from chalicelib.services.planning import Planner
from chalicelib.services.work import WorkService
from tests.given import a_customer
from tests.house import House


@pytest.fixture
def house() -> House:
    house = House()
    house.customers.create(a_customer())
    return house


@pytest.fixture
def work(house: House) -> WorkService:
    return WorkService(
        planner=Planner(house.contacts, house.center, now=house.now, new_id=house.new_id),
        contacts=house.contacts,
        customers=house.customers,
        center=house.center,
        now=house.now,
        new_id=house.new_id,
    )


def letter(**fields: object) -> dict[str, object]:
    raw = {"Subject": "Broken lamp", "Body": "It flickers.", "ContentType": "text/plain"}
    return {
        "FromEmailAddress": {"EmailAddress": "Ana@Example.com", "DisplayName": "Ana"},
        "DestinationEmailAddress": "care@acme.example",
        "EmailMessage": {"MessageSourceType": "RAW", "RawMessage": raw},
        **fields,
    }


def test_a_task_of_another_system_goes_through_its_flow(house: House, work: WorkService) -> None:
    contact_id = work.start_task({"Name": "Check the stock", "ContactFlowId": "To Sales"})
    house.rings_what_is_due()

    task = house.contact(contact_id)
    assert (Channel.TASK, ContactState.QUEUED) == (task.channel, task.state)


def test_the_same_client_token_is_the_same_task(work: WorkService) -> None:
    """Whoever had no answer asks again."""
    request = {"Name": "Once", "ContactFlowId": "To Sales", "ClientToken": "t-1"}

    assert work.start_task(request) == work.start_task(request)


def test_a_task_about_a_contact_is_about_its_customer(house: House, work: WorkService) -> None:
    call = house.rings("Menu")
    request = {"Name": "x", "ContactFlowId": "To Sales", "RelatedContactId": call}

    task = house.contact(work.start_task(request))

    assert (call, CustomerId("C-ana")) == (task.related_contact_id, task.customer_id)
    with pytest.raises(NotFound):
        work.start_task({**request, "RelatedContactId": "c-none"})


def test_an_email_is_read_by_whoever_gets_the_contact(house: House, work: WorkService) -> None:
    contact_id = work.start_email(letter(ContactFlowId="To Sales"))
    house.rings_what_is_due()

    mail = house.contact(contact_id)
    assert (Channel.EMAIL, ContactState.QUEUED) == (mail.channel, mail.state)
    assert (Endpoint("Ana@Example.com", "EMAIL_ADDRESS"), CustomerId("C-ana")) == (
        mail.customer_endpoint,
        mail.customer_id,
    )
    assert "Broken lamp" == mail.session.details["Name"]
    (item,) = house.contacts.items(contact_id)
    assert ("CUSTOMER", "It flickers.") == (item.role, item.content)


def test_html_is_kept_as_its_words(house: House, work: WorkService) -> None:
    raw = {"Subject": "x", "Body": "<p>It <b>flickers</b>.</p>", "ContentType": "text/html"}
    contact_id = work.start_email(letter(EmailMessage={"RawMessage": raw}, ContactFlowId="Hello"))

    assert "It flickers." == house.contacts.items(contact_id)[0].content


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"FromEmailAddress": {"EmailAddress": "nobody"}}, "FromEmailAddress"),
        ({"EmailMessage": {"RawMessage": {"Subject": "", "Body": "x"}}}, "Subject"),
        ({"EmailMessage": {"RawMessage": {"Subject": "x", "Body": ""}}}, "Body"),
        ({"EmailMessage": {"RawMessage": {"Subject": "x", "Body": "x" * 200_001}}}, "Body"),
        ({"ContactFlowId": "Nowhere"}, "ContactFlowId"),
    ],
)
def test_a_letter_that_is_none_is_refused(
    work: WorkService, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        work.start_email(letter(**{"ContactFlowId": "Hello", **wrong}))
    assert field == refused.value.field
