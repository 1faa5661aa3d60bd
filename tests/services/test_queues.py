"""Queues: made, changed part by part, and taken away when nobody names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.core.center import Menu, OutboundCaller, Queue, QueueStatus
from chalicelib.core.errors import Duplicate, InUse, NotFound, Refusal, Rejected, TooMany
from chalicelib.core.ids import FlowId, QuickConnectId
from chalicelib.services.queues import NewQueue
from chalicelib.services.quick_connects import Destination, NewQuickConnect
from tests.caller import OFFICE
from tests.given import MONDAY
from tests.house import SALES, SUPPORT
from tests.services.setting_up import TO_QUEUE, WHISPER, Office
from tests.services.test_flow_library import SUPPORT as TO_SUPPORT
from tests.services.test_flow_library import Shop


@pytest.fixture
def office() -> Office:
    return Office()


def create(office: Office, **more: object) -> Queue:
    new = NewQueue(name="Returns", hours_id=OFFICE.hours_id)
    return office.queues.create(office.center, replace(new, **more))  # type: ignore[arg-type]


def telephone(office: Office, name: str) -> QuickConnectId:
    to = Destination(type="PHONE_NUMBER", phone_number="+12025550150")
    made = office.quick_connects.create(office.center, NewQuickConnect(name=name, destination=to))
    return made.quick_connect_id


def test_a_queue_is_made_with_all_that_belongs_to_it(office: Office) -> None:
    """Ids may be ARNs; what is kept are ids."""
    bank, whisper = telephone(office, "Bank"), office.flow("Hello", WHISPER)
    center = office.center
    caller = OutboundCaller(
        name="Acme", number="+12025550111", flow_id=FlowId(center.flow_arn(whisper))
    )

    queue = create(
        office,
        hours_id=center.hours_arn(OFFICE.hours_id),
        description="What comes back",
        max_contacts=0,
        outbound_caller=caller,
        quick_connect_ids=[center.quick_connect_arn(bank)],
        tags={"team": "a"},
    )

    assert office.center.queue("Returns") == queue
    assert (queue.hours_id, queue.max_contacts, queue.status) == (OFFICE.hours_id, 0, "ENABLED")
    assert queue.outbound_caller == replace(caller, flow_id=whisper.flow_id)
    assert (queue.quick_connect_ids, queue.changed_at) == ((bank,), MONDAY)


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        ({"name": "Sales"}, Duplicate, "Name"),
        ({"name": ""}, Rejected, "Name"),
        ({"name": "x" * 128}, Rejected, "Name"),
        ({"description": "x" * 251}, Rejected, "Description"),
        ({"hours_id": "never"}, NotFound, "HoursOfOperationId"),
        ({"max_contacts": -1}, Rejected, "MaxContacts"),
        ({"quick_connect_ids": ["nobody"]}, NotFound, "QuickConnectIds"),
        ({"tags": {"aws:x": "y"}}, Rejected, "tags"),
        (
            {"outbound_caller": OutboundCaller(number="555")},
            Rejected,
            "OutboundCallerConfig.OutboundCallerIdNumberId",
        ),
        (
            {"outbound_caller": OutboundCaller(name="x" * 256)},
            Rejected,
            "OutboundCallerConfig.OutboundCallerIdName",
        ),
        (
            {"outbound_caller": OutboundCaller(flow_id=FlowId("f-x"))},
            NotFound,
            "OutboundCallerConfig.OutboundFlowId",
        ),
    ],
)
def test_a_queue_that_cannot_be_is_refused_by_field(
    office: Office, wrong: dict[str, object], error: type[Refusal], field: str
) -> None:
    """And is not made."""
    with pytest.raises(error) as refused:
        create(office, **wrong)

    assert refused.value.field == field
    assert len(office.center.queues) == 2


def test_only_an_outbound_whisper_is_heard_by_those_who_are_called(office: Office) -> None:
    flow = office.flow("Transfer", TO_QUEUE)

    with pytest.raises(Rejected, match="flow 'Transfer' is a QUEUE_TRANSFER"):
        create(office, outbound_caller=OutboundCaller(flow_id=flow.flow_id))


def test_a_queue_changes_part_by_part(office: Office) -> None:
    """What is not given stays; each change is dated."""
    queues, center = office.queues, office.center
    queues.rename(center, SALES, name="Selling", text="Of lamps")
    queues.rename(office.center, SALES, name=None, text="Of lamps and chairs")
    queues.rename(office.center, SALES, name="Selling", text=None)
    queues.set_status(office.center, SALES, "DISABLED")
    queues.limit(office.center, SALES, 7)
    queues.set_hours(office.center, SALES, OFFICE.hours_id)
    queues.set_outbound_caller(office.center, SALES, OutboundCaller(name="Acme"))

    sales = office.queues.find(office.center, SALES)

    assert (sales.name, sales.description) == ("Selling", "Of lamps and chairs")
    assert (sales.status, sales.max_contacts) == (QueueStatus.DISABLED, 7)
    assert (sales.hours_id, sales.outbound_caller.name) == (OFFICE.hours_id, "Acme")
    assert (sales.wrap_up_seconds, sales.changed_at) == (60, MONDAY)
    queues.limit(office.center, SALES, None)
    assert queues.find(office.center, SALES).max_contacts is None


@pytest.mark.parametrize(
    "change",
    [
        lambda o: o.queues.rename(o.center, SALES, name="Support", text=None),
        lambda o: o.queues.set_status(o.center, SALES, "CLOSED"),
        lambda o: o.queues.limit(o.center, SALES, -1),
        lambda o: o.queues.set_hours(o.center, SALES, "never"),
        lambda o: o.queues.set_status(o.center, "q-x", "ENABLED"),
        lambda o: o.queues.listed(o.center, ["PRIVATE"]),
    ],
)
def test_a_change_that_cannot_be_leaves_the_queue_as_it_is(
    office: Office, change: Callable[[Office], None]
) -> None:
    before = office.center

    with pytest.raises(Refusal):
        change(office)

    assert office.center == before


def test_quick_connects_are_attached_and_detached_one_by_one(office: Office) -> None:
    """Twice is once; one that is not attached is no error. Told by name."""
    boss, bank = telephone(office, "Boss"), telephone(office, "Bank")
    queues = office.queues

    queues.attach(office.center, SALES, [boss])
    queues.attach(office.center, SALES, [bank, boss])

    assert [each.name for each in queues.quick_connects(office.center, SALES)] == ["Bank", "Boss"]
    assert [each.name for each in office.center.quick_connects_of(SALES)] == ["Boss", "Bank"]
    queues.detach(office.center, SALES, [office.center.quick_connect_arn(boss), "nobody"])
    assert [each.name for each in queues.quick_connects(office.center, SALES)] == ["Bank"]
    with pytest.raises(NotFound):
        queues.attach(office.center, SALES, ["nobody"])


def test_a_queue_has_fifty_quick_connects_at_most(office: Office) -> None:
    many = [telephone(office, f"Number {n}") for n in range(51)]
    office.queues.attach(office.center, SALES, many[:50])

    with pytest.raises(TooMany):
        office.queues.attach(office.center, SALES, many[50:])
    with pytest.raises(Rejected):
        office.queues.attach(office.center, SUPPORT, many)


def test_a_queue_that_nobody_names_goes(office: Office) -> None:
    """By id or ARN."""
    queues, center = office.queues, office.center
    assert [queue.name for queue in queues.listed(center)] == ["Sales", "Support"]
    assert [queue.name for queue in queues.listed(center, ["STANDARD"])] == ["Sales", "Support"]

    queues.delete(center, SALES)
    queues.delete(center, center.queue_arn(SUPPORT))

    assert office.center.queues == ()
    with pytest.raises(NotFound):
        queues.delete(office.center, SALES)


def test_a_queue_that_two_flows_use_stays_and_both_are_named(office: Office) -> None:
    """Also routing profiles, menus, quick connects, outcomes and drafts: whoever wants it gone
    knows where to go first."""
    office.shop.create("Calls", TO_SUPPORT)
    office.shop.create("Chats", TO_SUPPORT)
    office.shop.create("Soon", TO_SUPPORT, is_draft=True)
    to = Destination(
        type="QUEUE", queue_id=SUPPORT, flow_id=office.flow("Transfer", TO_QUEUE).flow_id
    )
    office.quick_connects.create(office.center, NewQuickConnect(name="Help", destination=to))
    menu = Menu(menu_id="main", entries={"1": "queue:Sales", "2": "queue:Support"})
    served = Shop().store.center()
    office.store.configuration = replace(
        office.center,
        menus=(menu,),
        profiles=served.profiles,
        dispositions=served.dispositions,
    )

    with pytest.raises(InUse) as refused:
        office.queues.delete(office.center, SUPPORT)

    assert refused.value.users == [
        "flow 'Calls'",
        "flow 'Chats'",
        "the draft of flow 'Soon'",
        "routing profile 'General'",
        "menu 'main'",
        "quick connect 'Help'",
        "outcome 'Bug'",
    ]
    assert office.center.queue("Support") is not None


def test_agents_call_out_for_a_profile_from_a_queue_that_stays(office: Office) -> None:
    """Although nobody is served from it."""
    (profile,) = Shop().store.center().profiles
    bare = replace(profile, queues=(), default_outbound_queue_id=SALES)
    office.store.configuration = replace(office.center, profiles=(bare,))

    with pytest.raises(InUse, match="routing profile 'General'"):
        office.queues.delete(office.center, SALES)
