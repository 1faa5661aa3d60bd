"""Quick connects: each leads somewhere that there is, through a flow that fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import OutboundCaller
from chalicelib.core.errors import Duplicate, InUse, NotFound, Refusal, Rejected
from chalicelib.core.ids import FlowId
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType, is_e164
from chalicelib.services.quick_connects import Destination, NewQuickConnect
from tests.given import MONDAY
from tests.house import BEN, SALES, SUPPORT
from tests.services.setting_up import TO_AGENT, TO_QUEUE, WHISPER, Office
from tests.services.test_flow_library import RETURN

NUMBER = Destination(type="PHONE_NUMBER", phone_number="+12025550150")


@pytest.fixture
def office() -> Office:
    """With a flow of each type that a quick connect may lead through."""
    office = Office()
    office.flow("To agent", TO_AGENT)
    office.flow("To queue", TO_QUEUE)
    office.flow("Survey", "CONTACT_FLOW")
    office.flow("Whisper", WHISPER)
    return office


def flow(office: Office, name: str) -> FlowId:
    found = office.center.flow(f"flow:{name}")
    assert found is not None
    return found[0].flow_id


def create(office: Office, to: Destination = NUMBER, name: str = "Bank") -> QuickConnect:
    new = NewQuickConnect(name=name, destination=to, description="Ask there", tags={"team": "a"})
    return office.quick_connects.create(office.center, new)


def test_a_quick_connect_leads_to_an_agent_a_queue_a_telephone_or_a_flow(office: Office) -> None:
    """Ids may be ARNs. It carries what its type needs and nothing else."""
    arn = office.center.arn
    agent, queue = flow(office, "To agent"), flow(office, "To queue")
    wanted = {
        "USER": Destination(type="USER", user_id=f"{arn}/agent/{BEN}", flow_id=agent),
        "QUEUE": Destination(
            type="QUEUE", queue_id=f"{arn}/queue/{SALES}", flow_id=f"{arn}/contact-flow/{queue}"
        ),
        "PHONE_NUMBER": replace(NUMBER, queue_id=SALES, flow_id=queue),
        "FLOW": Destination(type="FLOW", flow_id=flow(office, "Survey")),
    }

    made = [create(office, to, name) for name, to in wanted.items()]

    assert office.quick_connects.listed(office.center) == sorted(made, key=lambda q: q.name)
    assert {q.type: (q.agent_id, q.queue_id, q.phone_number, q.flow_id) for q in made} == {
        "USER": (BEN, None, "", agent),
        "QUEUE": (None, SALES, "", queue),
        "PHONE_NUMBER": (None, None, "+12025550150", None),
        "FLOW": (None, None, "", flow(office, "Survey")),
    }
    assert {(q.description, q.changed_at) for q in made} == {("Ask there", MONDAY)}
    queues = office.quick_connects.listed(office.center, ["QUEUE"])
    assert [each.name for each in queues] == ["QUEUE"]


@pytest.mark.parametrize(
    ("to", "error", "field"),
    [
        (Destination(type="FAX"), Rejected, "QuickConnectType"),
        (Destination(type="PHONE_NUMBER"), Rejected, "PhoneConfig.PhoneNumber"),
        (replace(NUMBER, phone_number="2025550150"), Rejected, "PhoneConfig.PhoneNumber"),
        (replace(NUMBER, phone_number="+0123"), Rejected, "PhoneConfig.PhoneNumber"),
        (Destination(type="USER", user_id=BEN), Rejected, "UserConfig.ContactFlowId"),
        (
            Destination(type="USER", user_id=BEN, flow_id="gone"),
            NotFound,
            "UserConfig.ContactFlowId",
        ),
        (
            Destination(type="USER", user_id=BEN, flow_id="To queue"),
            Rejected,
            "UserConfig.ContactFlowId",
        ),
        (
            Destination(type="USER", user_id="a-nobody", flow_id="To agent"),
            NotFound,
            "UserConfig.UserId",
        ),
        (Destination(type="USER", flow_id="To agent"), Rejected, "UserConfig.UserId"),
        (
            Destination(type="QUEUE", queue_id=SALES, flow_id="To agent"),
            Rejected,
            "QueueConfig.ContactFlowId",
        ),
        (
            Destination(type="QUEUE", queue_id="q-x", flow_id="To queue"),
            NotFound,
            "QueueConfig.QueueId",
        ),
        (Destination(type="QUEUE", flow_id="To queue"), Rejected, "QueueConfig.QueueId"),
        (Destination(type="FLOW", flow_id="Whisper"), Rejected, "FlowConfig.ContactFlowId"),
        (Destination(type="FLOW"), Rejected, "FlowConfig.ContactFlowId"),
    ],
)
def test_one_that_leads_nowhere_is_refused_by_field(
    office: Office, to: Destination, error: type[Refusal], field: str
) -> None:
    """No user, no queue, no number in E.164, no flow, or one of a type that does not fit."""
    if to.flow_id and to.flow_id != "gone":
        to = replace(to, flow_id=flow(office, to.flow_id))

    with pytest.raises(error) as refused:
        create(office, to)

    assert refused.value.field == f"QuickConnectConfig.{field}"
    assert office.center.quick_connects == ()


def test_a_module_is_no_flow_to_lead_through(office: Office) -> None:
    module = office.shop.module("Part", RETURN)

    with pytest.raises(NotFound):
        create(office, Destination(type="FLOW", flow_id=module.flow_id))


def test_names_are_given_once_and_descriptions_have_an_end(office: Office) -> None:
    bank = create(office)
    create(office, name="Boss")
    service = office.quick_connects

    with pytest.raises(Duplicate):
        create(office)
    with pytest.raises(Duplicate):
        service.rename(office.center, bank.quick_connect_id, name="Boss", text=None)
    with pytest.raises(Rejected):
        service.rename(office.center, bank.quick_connect_id, name=None, text="x" * 251)
    with pytest.raises(Rejected, match="type 'FAX'"):
        service.listed(office.center, ["FAX"])
    assert office.quick_connects.find(office.center, bank.quick_connect_id) == bank


def test_a_quick_connect_is_renamed_and_led_elsewhere(office: Office) -> None:
    """What it led to before is forgotten; the rest stays."""
    bank = create(office)
    service, identifier = office.quick_connects, bank.quick_connect_id
    service.rename(office.center, identifier, name="Sales", text="")
    to = Destination(type="QUEUE", queue_id=SALES, flow_id=flow(office, "To queue"))
    service.lead(office.center, office.center.quick_connect_arn(identifier), to)

    found = service.find(office.center, identifier)

    assert (found.name, found.description, found.tags) == ("Sales", "", {"team": "a"})
    assert (found.type, found.queue_id, found.phone_number) == (
        QuickConnectType.QUEUE,
        SALES,
        "",
    )


def test_one_that_queues_offer_is_not_deleted(office: Office) -> None:
    """They are named; detached from all of them, it goes."""
    bank = create(office).quick_connect_id
    for queue in (SALES, SUPPORT):
        office.queues.attach(office.center, queue, [bank])

    with pytest.raises(InUse) as refused:
        office.quick_connects.delete(office.center, bank)

    assert set(refused.value.users) == {"queue 'Sales'", "queue 'Support'"}
    for queue in (SALES, SUPPORT):
        office.queues.detach(office.center, queue, [bank])
    office.quick_connects.delete(office.center, bank)
    with pytest.raises(NotFound):
        office.quick_connects.find(office.center, bank)


def test_flows_that_quick_connects_and_queues_lead_through_are_not_deleted(
    office: Office,
) -> None:
    """Nor is the fact lost which ones do."""
    create(office, Destination(type="FLOW", flow_id=flow(office, "Survey")))
    caller = OutboundCaller(flow_id=flow(office, "Whisper"))
    office.queues.set_outbound_caller(office.center, SALES, caller)

    with pytest.raises(InUse, match="quick connect 'Bank'"):
        office.shop.delete(flow(office, "Survey"))
    with pytest.raises(InUse, match="queue 'Sales'"):
        office.shop.delete(flow(office, "Whisper"))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+12025550150", True),
        ("+358401234567", True),
        ("+0123", False),
        ("12025550150", False),
        ("+1 202 555 0150", False),
        ("+1234567890123456", False),
        ("", False),
        ("+", False),
        ("+12025550150\n", False),
    ],
)
def test_a_number_in_e164_has_a_plus_a_country_and_digits_only(number: str, expected: bool) -> None:
    assert is_e164(number) is expected
