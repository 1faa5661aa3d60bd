"""What flows ask about cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import CaseTemplate
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import TicketLinked
from chalicelib.core.flow import Port
from chalicelib.core.ids import ContactId, TicketId
from chalicelib.core.sla import Terms
from chalicelib.core.ticket import TicketStatus
from chalicelib.services.asking import Concluded, Reply
from chalicelib.services.cases import Cases
from chalicelib.services.tickets import TicketsService
from tests.given import a_customer
from tests.house import House, a_center, action, document
from tests.services.inquiries import inquiry, refusal_of, value_of

REPAIR = CaseTemplate(case_template_id="ct-1", name="Repair", fields=("serial_number",))


class Desk:
    def __init__(self) -> None:
        self.house = House(a_center(case_templates=(REPAIR,)))
        self.house.customers.create(a_customer())
        tickets = TicketsService(
            self.house.tickets,
            self.house.customers,
            user=self.house.center.user,
            terms=Terms,
            now=self.house.now,
            new_id=self.house.new_id,
        )
        self.tickets = tickets
        self.cases = Cases(tickets)
        self.contact = self.house.contact(self.house.rings("Menu"))

    def ask(self, verb: str, *, key: str = "", **request: object) -> Reply:
        known = {"LinkContactToCase": "false", **request}
        return self.cases.ask(inquiry(self.house, self.contact, Port.CASE, verb, known, key=key))

    def creates(self, key: str = "k", link: str = "false", **fields: object) -> Reply:
        return self.ask(
            "create",
            key=key,
            LinkContactToCase=link,
            CaseTemplateId="case-template:Repair",
            CaseRequestFields={"title": "Broken lamp", **fields},
        )

    def finds(self, *, latest: str = "false", link: str = "false", **fields: object) -> Reply:
        return self.ask(
            "get", GetLastUpdatedCase=latest, LinkContactToCase=link, CaseRequestFields=fields
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_case_is_a_ticket_with_the_fields_of_its_template(desk: Desk) -> None:
    case = value_of(desk.creates(serial_number="S-9", summary="It flickers"))

    ticket = desk.tickets.get(TicketId(str(case["case_id"])))
    assert ("Broken lamp", "C-ana", TicketStatus.OPEN) == (
        ticket.subject,
        ticket.customer_id,
        ticket.status,
    )
    assert {"serial_number": "S-9", "summary": "It flickers"} == ticket.details
    assert ("S-9", "open", "Repair") == (
        case["serial_number"],
        case["status"],
        case["template"],
    )


def test_a_case_is_created_once_however_often_it_is_asked(desk: Desk) -> None:
    """A turn that lost a race asks again."""
    first, second = value_of(desk.creates("same")), value_of(desk.creates("same"))
    third = value_of(desk.creates("other"))

    assert first["case_id"] == second["case_id"] != third["case_id"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"CaseTemplateId": "Nothing", "CaseRequestFields": {"title": "x"}}, "CaseTemplateId"),
        ({"CaseTemplateId": "Repair", "CaseRequestFields": {"shoe": "43"}}, "shoe"),
        ({"CaseTemplateId": "Repair", "CaseRequestFields": {}}, "title"),
        (
            {"CaseTemplateId": "Repair", "CaseRequestFields": {"title": "x", "status": "gone"}},
            "status",
        ),
        (
            {"CaseTemplateId": "Repair", "CaseRequestFields": {"title": "x" * 4_101}},
            "title",
        ),
        (
            {
                "CaseTemplateId": "Repair",
                "CaseRequestFields": {"title": "x", "customer_id": "C-none"},
            },
            "customerId",
        ),
    ],
)
def test_what_no_case_can_have_is_named(
    desk: Desk, request_: dict[str, object], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        desk.ask("create", **request_)  # type: ignore[arg-type]  # none of them is the key
    assert field == refused.value.field
    assert {} == desk.house.tickets.tickets


def test_the_contact_is_linked_by_a_fact(desk: Desk) -> None:
    made = desk.creates(link="true")

    assert isinstance(made, Concluded)
    ticket_id = TicketId(str(made.answer.value["case_id"]))
    assert (TicketLinked(ticket_id=ticket_id),) == made.facts
    assert (desk.contact.contact_id,) == desk.tickets.get(ticket_id).contact_ids


def test_a_related_contact_that_is_not_there_cannot_be_linked(desk: Desk) -> None:
    fields = {"title": "x"}
    made = desk.ask(
        "create",
        LinkContactToCase="true",
        ContactToLink="Related",
        CaseTemplateId="Repair",
        CaseRequestFields=fields,
    )
    assert "ContactNotLinked" == refusal_of(made)

    desk.contact = replace(desk.contact, related_contact_id=ContactId("c-before"))
    desk.ask(
        "create",
        key="b",
        LinkContactToCase="true",
        ContactToLink="Related",
        CaseTemplateId="Repair",
        CaseRequestFields=fields,
    )
    linked = {c for t in desk.house.tickets.tickets.values() for c in t.contact_ids}
    assert {ContactId("c-before")} == linked


def test_one_none_and_several_cases_are_found(desk: Desk) -> None:
    assert "NoneFound" == refusal_of(desk.finds())
    desk.creates("1", serial_number="S-1")
    assert "S-1" == value_of(desk.finds())["serial_number"]
    desk.house.later(60)
    desk.creates("2", serial_number="S-2")

    assert "MultipleFound" == refusal_of(desk.finds())
    assert "S-2" == value_of(desk.finds(latest="true"))["serial_number"]
    assert "S-1" == value_of(desk.finds(serial_number="S-1"))["serial_number"]
    assert "NoneFound" == refusal_of(desk.finds(serial_number="S-3"))


def test_a_case_is_found_by_its_reference_number(desk: Desk) -> None:
    number = value_of(desk.creates())["reference_number"]

    assert number == value_of(desk.finds(reference_number=number))["case_id"]
    assert "NoneFound" == refusal_of(desk.finds(case_id="T-none"))


def test_only_the_fields_asked_for_come_back(desk: Desk) -> None:
    desk.creates(summary="long")
    found = desk.ask("get", GetLastUpdatedCase="true", CustomerId="", CaseResponseFields=["title"])

    assert {"case_id", "title"} == set(value_of(found))


def test_a_case_that_is_found_can_be_linked(desk: Desk) -> None:
    case = value_of(desk.creates())["case_id"]

    found = desk.finds(link="true")

    assert isinstance(found, Concluded)
    assert (desk.contact.contact_id,) == desk.tickets.get(TicketId(str(case))).contact_ids


def test_a_case_is_updated_whoever_changes_it_meanwhile(desk: Desk) -> None:
    case = str(value_of(desk.creates())["case_id"])
    updated = desk.ask(
        "update", CaseId=case, CaseRequestFields={"status": "Resolved", "serial_number": "S-9"}
    )

    assert ("resolved", "S-9") == (
        value_of(updated)["status"],
        value_of(updated)["serial_number"],
    )
    told = [line.change for line in desk.tickets.get(TicketId(case)).history]
    assert "serial_number set" in told


def test_an_update_of_no_case_or_to_a_state_it_cannot_take_is_refused(desk: Desk) -> None:
    case = value_of(desk.creates())["case_id"]
    with pytest.raises(NotFound):
        desk.ask("update", CaseId="T-none", CaseRequestFields={})
    with pytest.raises(Rejected, match="owner"):
        desk.ask("update", CaseId=case, CaseRequestFields={"status": "follow-up"})


def test_a_flow_opens_a_case_and_tells_its_number(desk: Desk) -> None:
    house = desk.house
    house.respondents[Port.CASE] = lambda: desk.cases
    house.publish(
        "Case",
        document(
            action(
                "Open",
                "CreateCase",
                "Say",
                LinkContactToCase="true",
                CaseTemplateId="case-template:Repair",
                CaseRequestFields={"title": "Lamp of $.CustomerEndpoint.Address"},
            ),
            action("Say", "MessageParticipant", "End", Text="Your number is $.Case.case_id."),
        ),
    )

    started = house.chats("Case")

    contact = house.contact(started.contact_id)
    assert contact.ticket_id is not None
    said = [item.content for item in house.contacts.items(started.contact_id)]
    assert said == [f"Your number is {contact.ticket_id}."]
    assert "Lamp of +12025550123" == desk.tickets.get(contact.ticket_id).subject
