"""What flows ask about customers."""

from __future__ import annotations

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core.contact import Contact
from chalicelib.core.customer import history_line
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import CustomerIdentified
from chalicelib.core.flow import Answered, Port
from chalicelib.core.ids import CustomerId
from chalicelib.services.asking import Concluded, Reply
from chalicelib.services.profiles import Profiles
from tests.given import a_customer
from tests.house import House, action, document
from tests.services.inquiries import inquiry, refusal_of, value_of


class Desk:
    """A house with Ana in it, and somebody on the line."""

    def __init__(self) -> None:
        self.house = House()
        self.house.customers.create(a_customer(details={"AccountNumber": "A-7"}))
        self.profiles = Profiles(self.house.customers, self.house.contacts, to_e164)
        self.contact = self.house.contact(self.house.rings("Menu"))

    def ask(self, verb: str, *, key: str = "", only: object = None, **data: object) -> Reply:
        request = {"ProfileRequestData": data, "ProfileResponseData": only}
        contact: Contact = self.contact
        return self.profiles.ask(
            inquiry(self.house, contact, Port.CUSTOMER, verb, request, key=key)
        )

    def finds(self, name: str, value: str) -> Reply:
        return self.ask("get", IdentifierName=name, IdentifierValue=value)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_phone", "(202) 555-0123"),
        ("_email", " Ana@Example.com"),
        ("_account", "A-7"),
        ("_profileId", "C-ana"),
        ("_fullName", "silva"),
    ],
)
def test_a_customer_is_found_by_every_key(desk: Desk, name: str, value: str) -> None:
    assert "C-ana" == value_of(desk.finds(name, value))["ProfileId"]


def test_a_customer_is_found_by_an_earlier_contact(desk: Desk) -> None:
    assert "C-ana" == value_of(desk.finds("_ctrContactId", desk.contact.contact_id))["ProfileId"]
    assert "NoneFoundError" == refusal_of(desk.finds("_ctrContactId", "c-nowhere"))


def test_nobody_and_several_are_errors_of_their_own(desk: Desk) -> None:
    desk.house.customers.create(a_customer("C-twin"))

    assert "NoneFoundError" == refusal_of(desk.finds("_email", "nobody@example.com"))
    assert "NoneFoundError" == refusal_of(desk.finds("_phone", "no number"))
    assert "MultipleFoundError" == refusal_of(desk.finds("_email", "ana@example.com"))


def test_criteria_are_met_all_or_any(desk: Desk) -> None:
    """Two share the number; the account tells them apart."""
    desk.house.customers.create(a_customer("C-twin"))
    both = [
        {"IdentifierName": "_phone", "IdentifierValue": "+12025550123"},
        {"IdentifierName": "_account", "IdentifierValue": "A-7"},
    ]

    found = desk.ask("get", SearchCriteria=both, LogicalOperator="AND")

    assert "C-ana" == value_of(found)["ProfileId"]
    any_of = desk.ask("get", SearchCriteria=both, LogicalOperator="OR")
    assert "MultipleFoundError" == refusal_of(any_of)


def test_an_unknown_key_is_named(desk: Desk) -> None:
    with pytest.raises(Rejected, match="_shoe"):
        desk.finds("_shoe", "43")


def test_only_the_fields_asked_for_come_back(desk: Desk) -> None:
    found = desk.ask("get", only=["LastName"], IdentifierName="_account", IdentifierValue="A-7")

    assert {"ProfileId": "C-ana", "LastName": "Silva"} == value_of(found)


def test_a_profile_is_created_once_however_often_it_is_asked(desk: Desk) -> None:
    """A turn that lost a race asks again."""
    for _ in range(2):
        made = desk.ask("create", key="k", FirstName="Mai", PhoneNumber="202 555 0177")

    customer = desk.house.customers.customers[CustomerId(str(value_of(made)["ProfileId"]))]
    assert ("Mai", ("+12025550177",)) == (customer.name, customer.phones)
    assert 2 == len(desk.house.customers.customers)


def test_a_wrong_number_creates_nobody(desk: Desk) -> None:
    with pytest.raises(Rejected) as refused:
        desk.ask("create", FirstName="Mai", PhoneNumber="12")
    assert "PhoneNumber" == refused.value.field
    assert 1 == len(desk.house.customers.customers)


def test_an_update_is_of_the_contacts_own_customer_unless_said(desk: Desk) -> None:
    desk.ask("update", City="Lisbon")

    ana = desk.house.customers.customers[CustomerId("C-ana")]
    assert ("Lisbon", 2) == (ana.details["City"], ana.version)


def test_an_update_of_nobody_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.ask("update", ProfileId="C-none", City="Lisbon")


def test_the_latest_contact_and_ticket_are_objects_of_the_profile(desk: Desk) -> None:
    line = history_line(desk.contact)
    desk.house.customers.write_line(CustomerId("C-ana"), line, facts=1)

    latest = value_of(desk.ask("get_object", ObjectType="CTR", UseLatest="true"))

    assert {"contactId": desk.contact.contact_id}.items() <= latest["ObjectAttributes"].items()  # type: ignore[attr-defined]
    no_ticket = desk.ask("get_object", ObjectType="Case", UseLatest="true")
    assert "NoneFoundError" == refusal_of(no_ticket)


def test_calculated_attributes_come_from_the_history(desk: Desk) -> None:
    desk.house.customers.write_line(CustomerId("C-ana"), history_line(desk.contact), facts=1)

    known = value_of(desk.ask("get_calculated"))["CalculatedAttributes"]

    assert {"_contact_count": "1", "_last_channel": "VOICE"}.items() <= known.items()  # type: ignore[attr-defined]


def test_a_contact_is_tied_to_another_customer_by_a_fact(desk: Desk) -> None:
    desk.house.customers.create(a_customer("C-mai", phones=()))

    tied = desk.ask("associate", ProfileId="C-mai", ContactId=desk.contact.contact_id)

    assert isinstance(tied, Concluded)
    assert (CustomerIdentified(customer_id=CustomerId("C-mai"), is_new=False),) == tied.facts
    assert isinstance(desk.ask("associate", ProfileId="C-ana"), Answered)
    with pytest.raises(Rejected):
        desk.ask("associate", ProfileId="C-mai", ContactId="another")


def test_more_than_14_000_characters_are_an_error(desk: Desk) -> None:
    fields = {f"Attributes.a{n}": "x" * 250 for n in range(60)}

    assert "NoMatchingError" == refusal_of(desk.ask("update", **fields))


def test_a_flow_greets_by_the_profile_and_ties_the_contact() -> None:
    """The engine, the respondent and the commit together."""
    desk = Desk()
    house = desk.house
    house.customers.create(a_customer("C-mai", name="Mai Tran", phones=("+12025550177",)))
    house.respondents[Port.CUSTOMER] = lambda: desk.profiles
    search = {"IdentifierName": "_phone", "IdentifierValue": "+12025550177"}
    house.publish(
        "Profile",
        document(
            action("Find", "GetCustomerProfile", "Tie", ProfileRequestData=search),
            action(
                "Tie",
                "AssociateContactToCustomerProfile",
                "Hi",
                ProfileRequestData={
                    "ProfileId": "$.Customer.ProfileId",
                    "ContactId": "$.ContactId",
                },
            ),
            action("Hi", "MessageParticipant", "End", Text="Hello $.Customer.FirstName."),
        ),
    )

    started = house.chats("Profile")

    assert "Hello Mai." in [item.content for item in house.contacts.items(started.contact_id)]
    assert "C-mai" == house.contact(started.contact_id).customer_id
