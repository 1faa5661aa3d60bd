"""Messages that flows send, and contacts that went before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import (
    Channel,
    ConversationContinued,
    DisconnectReason,
    Endpoint,
)
from chalicelib.core.flow import Port
from chalicelib.core.ids import ContactId
from chalicelib.core.template import MessageTemplate
from chalicelib.services.asking import Concluded, Reply
from chalicelib.services.letters import plain_text
from chalicelib.services.messaging import Undeliverable
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import Unavailable
from chalicelib.services.related_contacts import RelatedContacts
from chalicelib.services.templates import Templates
from chalicelib.services.transcript import transcript
from tests.fakes.center import InMemoryTemplates
from tests.fakes.world import RecordingMessenger
from tests.given import ANAS_NUMBER
from tests.house import House, action, document
from tests.services.inquiries import inquiry, refusal_of, value_of

ADDRESS = MessageTemplate(
    name="Address", subject="Where we are", text="Come to {{Attributes.street}}."
)
ENVELOPE = {
    "FromEmailAddress": {"EmailAddress": "care@acme.example"},
    "DestinationEmailAddress": "ana@customer.example",
}


class Desk:
    def __init__(self) -> None:
        self.house = house = House()
        self.messenger = RecordingMessenger(landlines={"+12025550140"})
        self.templates = Templates(InMemoryTemplates(ADDRESS))
        self.planner = Planner(house.contacts, house.center, now=house.now, new_id=house.new_id)
        self.related = RelatedContacts(
            contacts=house.contacts,
            planner=self.planner,
            messenger=self.messenger,
            templates=self.templates,
            to_e164=to_e164,
        )
        house.respondents[Port.CONTACT] = lambda: self.related
        house.respondents[Port.TEMPLATE] = lambda: self.templates
        self.contact = house.contact(house.rings("Menu", attributes={"street": "Main St 1"}))

    def ask(self, verb: str, *, key: object = "k", **request: object) -> Reply:
        return self.related.ask(
            inquiry(self.house, self.contact, Port.CONTACT, verb, request, key=str(key))
        )

    def texts(self, number: str = ANAS_NUMBER, text: str = "Main St 1", key: str = "k") -> Reply:
        return self.ask(
            "start_chat",
            key=key,
            SourceEndpoint={"Type": "CONNECT_PHONENUMBER_ARN", "Address": "arn"},
            DestinationEndpoint={"Type": "TELEPHONE_NUMBER", "Address": number},
            ContactFlowArn="flow:Hello",
            ContactSubtype="connect:SMS",
            InitialSystemMessage={"Content": text},
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- text messages ------------------------------------------------------------------------------


def test_a_text_message_is_sent_and_is_a_chat_of_its_own(desk: Desk) -> None:
    chat = desk.house.contact(ContactId(str(value_of(desk.texts())["ContactId"])))

    assert [(ANAS_NUMBER, "Main St 1")] == desk.messenger.texts
    assert (Channel.CHAT, Endpoint(ANAS_NUMBER)) == (chat.channel, chat.customer_endpoint)
    assert desk.contact.contact_id == chat.related_contact_id
    (item,) = desk.house.contacts.items(chat.contact_id)
    assert ("SYSTEM", "Main St 1") == (item.role, item.content)


def test_the_chat_goes_through_its_flow_and_waits_for_no_browser(desk: Desk) -> None:
    chat = desk.house.contact(ContactId(str(value_of(desk.texts())["ContactId"])))
    desk.house.rings_what_is_due()
    desk.house.later(600)
    desk.house.rings_what_is_due()

    assert ContactState.QUEUED is desk.house.contact(chat.contact_id).state


def test_a_message_is_sent_once_however_often_it_is_asked(desk: Desk) -> None:
    """A turn that lost a race asks again."""
    assert desk.texts() == desk.texts()
    assert 1 == len(desk.messenger.texts)


@pytest.mark.parametrize(
    ("number", "text"),
    [("+12025550140", "x"), ("", "x"), ("12", "x"), (ANAS_NUMBER, " "), (ANAS_NUMBER, "x" * 1601)],
)
def test_what_cannot_be_sent_is_refused_and_leaves_nothing(
    desk: Desk, number: str, text: str
) -> None:
    """A landline, a withheld number, nothing to say."""
    with pytest.raises(Rejected):
        desk.texts(number, text)
    assert [desk.contact.contact_id] == list(desk.house.contacts.contacts)


def test_nothing_is_sent_when_its_flow_is_not_there(desk: Desk) -> None:
    with pytest.raises(Rejected, match="no published flow"):
        desk.ask(
            "start_chat",
            DestinationEndpoint={"Address": ANAS_NUMBER},
            ContactFlowArn="flow:Nowhere",
            InitialSystemMessage={"Content": "x"},
        )
    assert [] == desk.messenger.texts


def test_a_landline_is_the_error_branch_of_the_flow(desk: Desk) -> None:
    """As in: the address is read again."""
    house = desk.house
    house.publish(
        "Text",
        document(
            action(
                "Text",
                "StartOutboundChatContact",
                "Sent",
                SourceEndpoint={"Address": "arn", "Type": "CONNECT_PHONENUMBER_ARN"},
                DestinationEndpoint={
                    "Address": "$.CustomerEndpoint.Address",
                    "Type": "TELEPHONE_NUMBER",
                },
                ContactFlowArn="flow:Hello",
                ContactSubtype="connect:SMS",
                InitialSystemMessage={"Content": "Main St 1"},
            ),
            action("Sent", "MessageParticipant", "End", Text="It is on its way."),
        ),
    )
    heard = []
    for number in (ANAS_NUMBER, "+12025550140"):
        started = house.chats("Text", customer_endpoint=Endpoint(number))
        heard += [item.content for item in house.contacts.items(started.contact_id)]

    assert ["It is on its way.", "Sorry."] == heard


# --- e-mail -------------------------------------------------------------------------------------


def test_a_rendered_template_is_sent_as_an_email_that_is_a_contact(desk: Desk) -> None:
    """RenderMessageTemplate, CreateContact, StartOutboundEmailContact: as flows do it."""
    house = desk.house
    arn = "arn:aws:wisdom:us-east-1:000000000000:message-template/kb/Address"
    house.publish(
        "Mail",
        document(
            action(
                "Render",
                "RenderMessageTemplate",
                "Create",
                WisdomKnowledgeBaseArn="kb",
                WisdomMessageTemplateArn=arn,
            ),
            action("Create", "CreateContact", "Send", Channel="EMAIL", RelatedContact="CURRENT"),
            action("Send", "StartOutboundEmailContact", "Sent", **ENVELOPE),
            action("Sent", "MessageParticipant", "End", Text="Sent as $.Contact.ContactId"),
        ),
    )
    started = house.chats("Mail", attributes={"street": "Main St 1"})
    house.streams()

    (email,) = desk.messenger.emails
    assert ("care@acme.example", "ana@customer.example", "Where we are") == (
        email.sender,
        email.to,
        email.subject,
    )
    assert "Come to Main St 1." == email.text
    items = house.contacts.items(started.contact_id)
    (said,) = [item.content for item in items if item.type == "MESSAGE"]
    contact = house.contact(ContactId(said.removeprefix("Sent as ")))
    assert (Channel.EMAIL, ContactState.COMPLETED) == (contact.channel, contact.state)
    assert started.contact_id == contact.related_contact_id
    assert Endpoint("ana@customer.example", "EMAIL_ADDRESS") == contact.customer_endpoint


def test_an_email_needs_no_contact_created_before(desk: Desk) -> None:
    raw = {"Subject": "Hi", "Body": "<p>One</p>Two &amp; <b>three</b>", "ContentType": "text/html"}
    message = {"MessageSourceType": "RAW", "RawMessage": raw}
    for _ in range(2):
        sent = desk.ask("start_email", EmailMessage=message, **ENVELOPE)

    (email,) = desk.messenger.emails
    assert ("One\nTwo & three", raw["Body"]) == (email.text, email.html)
    contact = desk.house.contact(ContactId(str(value_of(sent)["ContactId"])))
    assert ContactState.COMPLETED is contact.state


def test_an_email_by_a_template_that_is_named(desk: Desk) -> None:
    message = {
        "MessageSourceType": "TEMPLATE",
        "TemplatedMessageConfig": {"MessageTemplateId": "template:Address"},
    }
    desk.ask("start_email", EmailMessage=message, **ENVELOPE)

    assert "Come to Main St 1." == desk.messenger.emails[0].text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"FromEmailAddress": {"EmailAddress": "nobody"}}, "FromEmailAddress"),
        ({"DestinationEmailAddress": ""}, "DestinationEmailAddress"),
        ({"EmailMessage": {"RawMessage": {"Subject": "x"}}}, "EmailMessage"),
        ({"EmailMessage": None}, "EmailMessage"),
    ],
)
def test_an_email_without_address_or_words_is_not_sent(
    desk: Desk, wrong: dict[str, object], field: str
) -> None:
    message = {"RawMessage": {"Subject": "x", "Body": "y"}}
    with pytest.raises(Rejected) as refused:
        desk.ask("start_email", **{"EmailMessage": message, **ENVELOPE, **wrong})
    assert field == refused.value.field
    assert [] == desk.messenger.emails


def test_mail_that_cannot_be_reached_is_the_error_branch_and_may_be_tried_again(
    desk: Desk,
) -> None:
    message = {"RawMessage": {"Subject": "x", "Body": "y"}}
    desk.messenger.is_down = True
    with pytest.raises(Unavailable):
        desk.ask("start_email", EmailMessage=message, **ENVELOPE)

    desk.messenger.is_down = False
    desk.ask("start_email", EmailMessage=message, **ENVELOPE)
    assert 1 == len(desk.messenger.emails)


def test_an_email_that_was_begun_and_never_sent_is_given_up(desk: Desk) -> None:
    """Its flow ended in between; an hour later nothing is left of it."""
    house = desk.house
    draft = ContactId(str(value_of(desk.ask("create", Channel="EMAIL"))["ContactId"]))
    house.streams()
    house.later(3_600)
    house.rings_what_is_due()

    assert DisconnectReason.EXPIRED is house.contact(draft).disconnect_reason


def test_only_emails_are_created_by_flows(desk: Desk) -> None:
    with pytest.raises(Rejected, match="VOICE"):
        desk.ask("create", Channel="VOICE")


def test_a_hole_in_a_template_is_an_error_of_its_own(desk: Desk) -> None:
    nobody = replace(desk.contact, session=replace(desk.contact.session, attributes={}))
    asked = inquiry(
        desk.house, nobody, Port.TEMPLATE, "render", {"WisdomMessageTemplateArn": "Address"}
    )

    assert "TemplateRenderingError" == refusal_of(desk.templates.ask(asked))
    with pytest.raises(NotFound):
        desk.templates.named("template:Nothing")


def test_what_a_customer_has_written_is_loaded(desk: Desk) -> None:
    contact_id = desk.planner.make(
        LaterContact(
            contact_id=contact_id_for("mail"),
            channel=Channel.EMAIL,
            initiation_method=desk.contact.initiation_method,
            begins_at=desk.house.at,
            flow="Hello",
            item=("CUSTOMER", "My lamp is broken."),
        )
    )
    desk.contact = desk.house.contact(contact_id)

    loaded = value_of(desk.ask("load_content", ContentType="EmailMessage"))

    assert {"EmailMessage": {"Plaintext": "My lamp is broken."}} == loaded
    with pytest.raises(Rejected):
        desk.ask("load_content", ContentType="Attachment")


def test_html_is_read_without_its_tags() -> None:
    html = "<head><style>p {}</style></head><p>Dear  Ana,</p><div>5 &lt; 6<br>Bye</div>"

    assert "Dear Ana,\n5 < 6\nBye" == plain_text(html)


# --- what went before ---------------------------------------------------------------------------


def test_an_earlier_chat_is_read_before_this_one(desk: Desk) -> None:
    """By the customer and by the agent, oldest first."""
    house = desk.house
    first = house.chats("Hello", initial_message="one")
    house.later(1)
    second = house.chats("Hello", initial_message="two")
    desk.contact = house.contact(second.contact_id)

    linked = desk.ask("associate", RehydrationType="From Segment", SourceContactId=first.contact_id)

    assert isinstance(linked, Concluded)
    fact = ConversationContinued(source_contact_id=first.contact_id, is_entire=False)
    assert (fact,) == linked.facts
    contact = replace(desk.contact, continues=first.contact_id)
    said = [i.content for i in transcript(house.contacts, contact) if i.role == "CUSTOMER"]
    assert ["one", "two"] == said


def test_an_entire_past_session_goes_back_to_its_beginning(desk: Desk) -> None:
    house = desk.house
    chats = [house.chats("Hello", initial_message=word) for word in ("one", "two", "three")]
    one, two, three = (house.contact(chat.contact_id) for chat in chats)
    house.contacts.contacts[two.contact_id] = replace(two, continues=one.contact_id)

    def said(is_entire: bool) -> list[str]:
        contact = replace(three, continues=two.contact_id, continues_entire=is_entire)
        items = transcript(house.contacts, contact)
        return [item.content for item in items if item.role == "CUSTOMER"]

    assert (["two", "three"], ["one", "two", "three"]) == (said(False), said(True))


def test_nobody_reads_another_customers_chat(desk: Desk) -> None:
    """Whose chat it is decides, not who knows its id."""
    house = desk.house
    other = house.chats("Hello", customer_endpoint=Endpoint("+12025550188"))
    desk.contact = house.contact(house.chats("Hello").contact_id)

    with pytest.raises(Rejected, match="another customer"):
        desk.ask(
            "associate",
            RehydrationType="ENTIRE_PAST_SESSION",
            SourceContactId=other.contact_id,
        )
    with pytest.raises(Rejected, match="earlier chat"):
        desk.ask(
            "associate",
            RehydrationType="ENTIRE_PAST_SESSION",
            SourceContactId=desk.contact.contact_id,
        )


def test_attributes_of_the_related_contact_are_set_while_it_lasts(desk: Desk) -> None:
    house, call = desk.house, desk.contact
    desk.contact = replace(call, related_contact_id=call.contact_id)

    for _ in range(2):
        desk.ask("update_related", Attributes={"seen": "yes"}, TargetContact="Related")

    assert "yes" == house.contact(call.contact_id).attributes["seen"]
    assert 1 == house.facts(call.contact_id).count("AttributesUpdated")
    with pytest.raises(Rejected, match="more than a contact can know"):
        desk.ask("update_related", Attributes={"a": "x" * 33_000})


def test_the_related_contact_is_called_what_a_flow_says(desk: Desk) -> None:
    """As when a task names the call that it came from."""
    house, call = desk.house, desk.contact
    desk.contact = replace(call, related_contact_id=call.contact_id)
    order = {"Order": {"Type": "STRING", "Value": "7"}}

    for _ in range(2):
        desk.ask("update_related", Name="Lamp", References=order, TargetContact="Related")

    details = house.contact(call.contact_id).session.details
    assert ("Lamp", order) == (details["Name"], details["References"])
    assert 1 == house.facts(call.contact_id).count("DetailsUpdated")


def test_a_related_contact_that_has_ended_stays_as_it_was(desk: Desk) -> None:
    house, call = desk.house, desk.contact
    house.desk.end(call.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    desk.contact = replace(call, related_contact_id=call.contact_id)

    with pytest.raises(Rejected, match="has ended"):
        desk.ask("update_related", Attributes={"seen": "yes"})


def test_there_may_be_no_related_contact(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.ask("update_related", Attributes={"seen": "yes"})


def test_undeliverable_names_the_number_nowhere() -> None:
    """Logs know no telephone numbers."""
    with pytest.raises(Undeliverable) as refused:
        RecordingMessenger(landlines={ANAS_NUMBER}).send_text(ANAS_NUMBER, "x")
    assert ANAS_NUMBER not in str(refused.value)
