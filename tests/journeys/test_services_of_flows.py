"""Flows that ask the center's services, published and driven from outside, on the artifact."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import pytest

from tests.house import action, document, to_queue
from tests.journeys.center import Center, Desk, eventually
from tests.journeys.customers import Caller
from tests.journeys.numbers import BUSY, called_now

pytestmark = pytest.mark.journey

KEY_4 = "/v1/menus/main/4"  # leads where a test wants to call, and back
ANA, LANDLINE = "+12025550123", "+12025550140"


class Chatter:
    """A chat in a flow that was published for it."""

    def __init__(
        self, center: Center, flow_id: str, phone: str | None = ANA, **attributes: str
    ) -> None:
        self.center = center
        self.contact_id, self.said = "", list[str]()
        started = center.connect().start_chat_contact(
            InstanceId=center.instance_id,
            ContactFlowId=flow_id,
            ParticipantDetails={"DisplayName": "Ana"},
            Attributes={"phone": phone or "", **attributes},
        )
        self.contact_id = started["ContactId"]
        joined = center.connect("connectparticipant").create_participant_connection(
            ParticipantToken=started["ParticipantToken"], Type=["CONNECTION_CREDENTIALS"]
        )
        self.token = joined["ConnectionCredentials"]["ConnectionToken"]

    def reads(self) -> list[str]:
        """What the center has written so far."""
        page = self.center.connect("connectparticipant").get_transcript(
            ConnectionToken=self.token, MaxResults=100
        )
        return [i["Content"] for i in page["Transcript"] if i["Type"] == "MESSAGE"]

    def branches(self) -> dict[str, str]:
        """Which way every block was left."""
        blocks = self.center.explain(self.contact_id, "BlockExecuted")
        return {block["blockId"]: block["branch"] for block in blocks}


class Publisher:
    def __init__(self, center: Center) -> None:
        self.center = center
        self.made: list[str] = []

    def __call__(self, *actions: dict[str, object], content: str = "") -> str:
        made = self.center.connect().create_contact_flow(
            InstanceId=self.center.instance_id,
            Name=f"Journey {uuid4()}",
            Type="CONTACT_FLOW",
            Content=content or document(*actions),
        )
        self.made.append(made["ContactFlowId"])
        return str(made["ContactFlowId"])


@pytest.fixture
def publish(center: Center) -> Iterator[Publisher]:
    """Publishes flows of these blocks; they are gone after the test."""
    publisher = Publisher(center)
    yield publisher
    center.request("PUT", KEY_4, {"target": "flow:Nearest place"}, role="admin")
    for flow_id in publisher.made:
        center.connect().delete_contact_flow(InstanceId=center.instance_id, ContactFlowId=flow_id)


def test_a_flow_finds_makes_and_changes_a_customer(center: Center, publish: Publisher) -> None:
    """Profiles are the customers that agents see; the contact is theirs from then on."""
    account = f"A-{uuid4()}"
    found = {"IdentifierName": "_account", "IdentifierValue": account}
    flow_id = publish(
        action("Find nobody", "GetCustomerProfile", "Sorry", ProfileRequestData=found)
        | {
            "Transitions": {
                "NextAction": "Sorry",
                "Errors": [
                    {"ErrorType": "NoneFoundError", "NextAction": "Enter"},
                    {"ErrorType": "MultipleFoundError", "NextAction": "Sorry"},
                    {"ErrorType": "NoMatchingError", "NextAction": "Sorry"},
                ],
            }
        },
        action(
            "Enter",
            "CreateCustomerProfile",
            "Move",
            ProfileRequestData={
                "FirstName": "Journey",
                "LastName": "Smith",
                "AccountNumber": account,
                "Attributes.tier": "gold",
            },
        ),
        action(
            "Move",
            "UpdateCustomerProfile",
            "Find",
            ProfileRequestData={"ProfileId": "$.Customer.ProfileId", "City": "Lisbon"},
        ),
        action("Find", "GetCustomerProfile", "Count", ProfileRequestData=found),
        action(
            "Count",
            "GetCalculatedAttributesForCustomerProfile",
            "Tie",
            ProfileRequestData={"ProfileId": "$.Customer.ProfileId"},
        ),
        action(
            "Tie",
            "AssociateContactToCustomerProfile",
            "Hello",
            ProfileRequestData={
                "ProfileId": "$.Customer.ProfileId",
                "ContactId": "$.ContactId",
            },
        ),
        action(
            "Hello",
            "MessageParticipant",
            "End",
            Text="Hello $.Customer.FirstName of $.Customer.City, $.Customer.Attributes.tier, "
            "$.Customer.CalculatedAttributes._contact_count contacts",
        ),
    )
    chat = Chatter(center, flow_id)

    assert ["Hello Journey of Lisbon, gold, 0 contacts"] == chat.reads()
    assert "NoneFoundError" == chat.branches()["Find nobody"]
    customer_id = center.contact(chat.contact_id)["customerId"]
    customer = center.get(f"/v1/customers/{customer_id}", role="agent")["customer"]
    assert ("Journey Smith", "Lisbon") == (customer["name"], customer["details"]["City"])


def test_a_flow_opens_finds_and_changes_a_case(center: Center, publish: Publisher) -> None:
    """Cases are the tickets that agents see."""
    serial = f"S-{uuid4()}"
    same = {"serial_number": serial}
    flow_id = publish(
        action(
            "Open",
            "CreateCase",
            "Find",
            LinkContactToCase="true",
            CaseTemplateId="case-template:Repair",
            CaseRequestFields={"title": "Broken lamp", "summary": "It flickers", **same},
        ),
        action(
            "Find",
            "GetCase",
            "Solve",
            LinkContactToCase="false",
            GetLastUpdatedCase="false",
            CustomerId="",
            CaseRequestFields=same,
        ),
        action(
            "Solve",
            "UpdateCase",
            "Tell",
            LinkContactToCase="false",
            CaseId="$.Case.case_id",
            CaseRequestFields={"status": "resolved"},
        ),
        action("Tell", "MessageParticipant", "End", Text="$.Case.reference_number $.Case.status"),
    )
    chat = Chatter(center, flow_id)

    (said,) = chat.reads()
    number, status = said.split()
    ticket = center.get(f"/v1/tickets/{number}", role="agent")
    assert ("resolved", "Broken lamp", serial) == (
        status,
        ticket["subject"],
        ticket["details"]["serial_number"],
    )
    assert chat.contact_id in ticket["contactIds"]
    assert number == center.contact(chat.contact_id)["ticketId"]


def test_a_task_made_by_a_flow_is_done_by_an_agent(center: Center, publish: Publisher) -> None:
    """Offered like a call, worked on without one, ended by the agent; then it has a record."""
    flow_id = publish(
        action(
            "Make",
            "CreateTask",
            "Tell",
            Name="Call Ana back",
            Description="She asked for a price",
            ContactFlowId="flow:Task",
            References={"Order": {"Type": "STRING", "Value": "7"}},
            Attributes={"queue": "queue:Support"},
        ),
        action("Tell", "MessageParticipant", "End", Text="$.Task.ContactId"),
    )
    (task_id,) = Chatter(center, flow_id).reads()

    with center.desk("agent") as desk:
        desk.must("status", name="Available")
        offer = desk.offered(task_id)
        assert ("TASK", "Support", "Call Ana back") == (
            offer["channel"],
            offer["queueName"],
            offer["customerName"],
        )
        desk.must("accept", contactId=task_id, offerId=offer["offerId"])
        desk.must("hangup", contactId=task_id)
        desk.wrap_up(task_id, subject="Called back")
    record = eventually(lambda: center.record(task_id), "record of the task")
    assert ("TASK", "FLOW", "AGENT_DISCONNECT") == (
        record["Channel"],
        record["InitiationMethod"],
        record["DisconnectReason"],
    )


def test_a_task_of_another_system_begins_at_its_time(center: Center) -> None:
    """Stock boto3; asked twice with one token it is one task."""
    connect, token = center.connect(), str(uuid4())
    about: dict[str, Any] = {
        "InstanceId": center.instance_id,
        "ContactFlowId": center.flow_id("Task"),
        "Name": "Check the stock",
        "Attributes": {"queue": "queue:Billing"},
        "ClientToken": token,
    }
    task_id = connect.start_task_contact(**about)["ContactId"]
    assert task_id == connect.start_task_contact(**about)["ContactId"]

    def queued() -> bool:
        return bool(center.contact(task_id)["state"] == "QUEUED")

    assert eventually(queued, "task in its queue")
    with pytest.raises(connect.exceptions.ClientError, match="Name"):
        connect.start_task_contact(**{**about, "Name": "x" * 513, "ClientToken": str(uuid4())})
    _give_up(center, task_id)


def test_a_letter_is_loaded_by_its_flow_and_answered_by_template(
    center: Center, publish: Publisher
) -> None:
    """An e-mail comes in, a case is opened for it, and the customer is told its number."""
    flow_id = publish(
        action("Load", "LoadContactContent", "Open", ContentType="EmailMessage"),
        action(
            "Open",
            "CreateCase",
            "Write",
            LinkContactToCase="true",
            CaseTemplateId="case-template:General",
            CaseRequestFields={"title": "$.Name", "summary": "$.Email.EmailMessage.Plaintext"},
        ),
        action(
            "Write",
            "RenderMessageTemplate",
            "Create",
            WisdomKnowledgeBaseArn="kb",
            WisdomMessageTemplateArn="template:Case opened",
        ),
        action("Create", "CreateContact", "Send", Channel="EMAIL", RelatedContact="CURRENT"),
        action(
            "Send",
            "StartOutboundEmailContact",
            "End",
            FromEmailAddress={"EmailAddress": "care@acme.example"},
            DestinationEmailAddress="$.CustomerEndpoint.Address",
        ),
    )
    subject = f"Broken lamp {uuid4()}"
    letter = center.connect().start_email_contact(
        InstanceId=center.instance_id,
        FromEmailAddress={"EmailAddress": "ana@customer.example", "DisplayName": "Ana"},
        DestinationEmailAddress="care@acme.example",
        EmailMessage={
            "MessageSourceType": "RAW",
            "RawMessage": {"Subject": subject, "Body": "It flickers.", "ContentType": "text/plain"},
        },
        ContactFlowId=flow_id,
    )["ContactId"]

    sent = eventually(lambda: _mail_about(center, subject), "answer by e-mail")

    ticket_id = eventually(lambda: center.contact(letter)["ticketId"], "ticket")
    ticket = center.get(f"/v1/tickets/{ticket_id}", role="agent")
    assert ("It flickers.", f"{subject} ({ticket_id})") == (
        ticket["details"]["summary"],
        sent["Subject"],
    )
    assert "C-ana" == center.contact(letter)["customerId"]


def test_a_caller_gets_the_address_of_the_nearest_place_by_text(
    center: Center, publish: Publisher
) -> None:
    """Zip code, three places in order of distance, 1: the address is on the phone."""
    for number in (ANA, LANDLINE):
        with _caller_in(center, "Nearest place", number) as caller:
            caller.presses("20001")
            _hears(caller, "1: ")
            caller.presses("1")
            if number == ANA:
                _hears(caller, "on its way to your phone")
            else:
                _hears(caller, "takes no text messages")
    texts = _texts_to(center, ANA)
    assert texts
    assert texts[-1].startswith("Acme ")
    assert [] == _texts_to(center, LANDLINE)


def test_a_wrong_zip_code_three_times_is_a_colleagues_work(center: Center) -> None:
    """Asked again twice, and then somebody helps."""
    with _caller_in(center, "Nearest place", ANA) as caller:
        for _ in range(3):
            caller.presses("00000")
        _hears(caller, "A colleague will help you")
        caller.say("played", wait=caller.told("drain")["wait"])
        caller.hears_the_queue()
        assert "Support" == center.contact(caller.contact_id)["queue"]["name"]


def test_a_call_back_is_tried_until_there_is_no_attempt_left(
    center: Center, publish: Publisher
) -> None:
    """Queued after its delay, dialled when an agent takes it; the line is busy both times."""
    busy = called_now(BUSY)
    flow_id = publish(
        action("Choose", "UpdateContactTargetQueue", "Promise", QueueId="queue:Support"),
        action(
            "Promise",
            "CreateCallbackContact",
            "Bye",
            InitialCallDelaySeconds="1",
            MaximumConnectionAttempts="2",
            RetryDelaySeconds="1",
        ),
        action("Bye", "MessageParticipant", "End", Text="We will call you."),
    )
    name = next(f["name"] for f in _flows(center) if f["flowId"] == flow_id)
    with center.desk("agent") as desk:
        eventually(lambda: _is_promised(center, name, busy), "promise to call back")
        desk.must("status", name="Available")
        for _ in range(2):
            offer = desk.offered()
            contact_id = offer["contactId"]
            pop = center.get(f"/v1/contacts/{contact_id}/pop", role="agent")
            assert ("CALLBACK", busy) == (pop["initiationMethod"], pop["customerEndpoint"])
            desk.must("accept", contactId=contact_id, offerId=offer["offerId"])
            desk.told("ContactDisconnected", contact_id)
            reason = center.contact(contact_id)["disconnectReason"]
            assert "OUTBOUND_ATTEMPT_FAILED" == reason
            desk.wrap_up(contact_id)


def test_a_later_chat_goes_on_from_the_earlier_one(center: Center, publish: Publisher) -> None:
    """What was written before is read by the customer and by the agent."""
    first = Chatter(center, publish(content=to_queue("Sales")))
    center.connect("connectparticipant").send_message(
        ConnectionToken=first.token, ContentType="text/plain", Content="My lamp flickers"
    )
    link = action(
        "Link",
        "CreatePersistentContactAssociation",
        "Hello",
        RehydrationType="ENTIRE_PAST_SESSION",
        SourceContactId="$.Attributes.before",
    )
    hello = action("Hello", "MessageParticipant", "Choose", Text="Welcome back.")
    second = Chatter(
        center, publish(content=to_queue("Sales", link, hello)), before=first.contact_id
    )

    read = second.reads()
    assert read.index("My lamp flickers") < read.index("Welcome back.")
    seen = center.get(f"/v1/contacts/{second.contact_id}/transcript", role="supervisor")
    assert "My lamp flickers" in [item.get("Content") for item in seen["items"]]
    for chat in (first, second):
        center.connect("connectparticipant").disconnect_participant(ConnectionToken=chat.token)


def test_an_assistant_keeps_a_session_for_the_contact(center: Center, publish: Publisher) -> None:
    flow_id = publish(
        action("Begin", "CreateWisdomSession", "Tell", WisdomAssistantArn="assistant/acme"),
        action("Tell", "MessageParticipant", "End", Text="$.Wisdom.SessionArn"),
    )
    chat = Chatter(center, flow_id)

    (arn,) = chat.reads()
    (fact,) = center.explain(chat.contact_id, "AssistantSessionStarted")
    assert ("acme", arn) == (fact["assistant"], fact["sessionArn"])


def _flows(center: Center) -> Any:
    """As the console lists them."""
    return center.get("/v1/flows", role="admin")["flows"]


def _caller_in(center: Center, flow: str, number: str) -> Caller:
    """A call that key 4 of the main menu has led to the flow."""
    center.request("PUT", KEY_4, {"target": f"flow:{flow}"}, role="admin")
    caller = Caller(center, number)
    caller.presses("1")
    caller.presses("4")
    return caller


def _is_promised(center: Center, flow: str, number: str) -> bool:
    """Whether a caller came to the flow; a worker may know it some seconds later only."""
    with _caller_in(center, flow, number) as caller:
        turn = caller.wait_for(
            lambda f: "We will call you" in json.dumps(f) or '"loop"' in json.dumps(f), "promise"
        )
        return "We will call you" in json.dumps(turn)


def _hears(caller: Caller, words: str) -> None:
    """Waits until the caller is told this; turns before it stay to be answered."""

    def told(frame: dict[str, Any]) -> bool:
        return frame["topic"] == "trunkline/call" and words in json.dumps(frame["content"])

    frame = caller.wait_for(told, repr(words))
    caller.frames.insert(0, frame)


def _texts_to(center: Center, number: str) -> list[str]:
    """What a telephone of this number has received; the emulator keeps it."""
    told = _kept(center, "/_ministack/sns/sms-messages")
    messages: Mapping[str, Sequence[Mapping[str, str]]] = told["sms_messages"]
    return [message["Message"] for message in messages.get(number, ())]


def _mail_about(center: Center, subject: str) -> Mapping[str, Any] | None:
    told = _kept(center, "/_ministack/ses/messages")
    mails = [mail for account in told["messages"].values() for mail in account]
    return next((mail for mail in mails if subject in str(mail.get("Subject"))), None)


def _kept(center: Center, path: str) -> Any:
    with urllib.request.urlopen(center.facts["aws_endpoint"] + path, timeout=10) as answer:
        return json.loads(answer.read())


def _give_up(center: Center, contact_id: str) -> None:
    """Takes the contact out of its queue by doing it."""
    with Desk(center, "agent") as desk:
        desk.must("status", name="Available")
        desk.accept(contact_id)
        desk.must("hangup", contactId=contact_id)
        desk.wrap_up(contact_id)
