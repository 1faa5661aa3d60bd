"""The participant's door: tokens, messages, transcripts."""

from __future__ import annotations

import pytest

from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Denied, NotFound, Rejected
from chalicelib.core.events import ContactDisconnected, DisconnectReason
from chalicelib.core.identity import Unidentified
from chalicelib.core.ids import ContactId
from chalicelib.services.chat import CONTENT_LIMIT, TEXT_LIMIT
from chalicelib.services.flows import Started
from chalicelib.services.ports import ChatItem
from tests.house import BEN, CLEO, House, action, document

EVENT = "application/vnd.amazonaws.connect.event."


@pytest.fixture
def house() -> House:
    house = House()
    house.signs_in("ben")
    return house


@pytest.fixture
def ana(house: House) -> Started:
    """Ana's chat, waiting for an answer."""
    return house.chats()


@pytest.fixture
def talking(house: House, ana: Started) -> Started:
    house.answers(BEN, ana.contact_id)
    return ana


def says(house: House, who: Started, text: str, once: str | None = None) -> ChatItem:
    return house.chat.send(who.participant_token, "text/plain", text, once)


def said(house: House, who: Started) -> list[tuple[str, str]]:
    return [(item.role, item.content) for item in house.contacts.items(who.contact_id)]


# --- tokens ---------------------------------------------------------------------------------------


def test_a_token_admits_to_its_own_contact_for_a_day(house: House, ana: Started) -> None:
    admission = house.chat.connect(ana.participant_token)

    assert admission.contact_id == ana.contact_id
    assert (admission.expires_at - house.at).days == 1
    assert house.chat.contact_of(admission.connection_token).contact_id == ana.contact_id


def test_a_foreign_or_broken_token_opens_nothing(house: House, ana: Started) -> None:
    """Not with another's secret, not with a part of one; the error says nothing of which."""
    other = house.chats()
    contact, participant, secret = ana.participant_token.split(".")
    theirs = other.participant_token.split(".")

    for bad in (
        "",
        "x",
        f"{contact}.{participant}",
        f"{contact}.{participant}.",
        f"{contact}.{participant}.{theirs[2]}",
        f"{contact}.{theirs[1]}.{secret}",
        f"{theirs[0]}.{participant}.{secret}",
        f"c-x.{participant}.{secret}",
        f"{ana.participant_token}x",
        f"{ana.participant_token}.x",
        "é.é.é",
    ):
        with pytest.raises(Unidentified, match="the token is not one of ours"):
            house.chat.contact_of(bad)


def test_a_digest_is_no_token(house: House, ana: Started) -> None:
    """What stands in the table opens nothing."""
    contact = house.contact(ana.contact_id)
    digest = contact.customer.token_digest

    with pytest.raises(Unidentified):
        house.chat.contact_of(f"{contact.contact_id}.{contact.customer.participant_id}.{digest}")


def test_an_ended_contact_takes_no_messages_but_can_be_read(house: House, talking: Started) -> None:
    says(house, talking, "Thanks")
    house.chat.leave(talking.participant_token)

    with pytest.raises(Denied):
        says(house, talking, "One more")
    with pytest.raises(Denied):
        house.chat.send_event(talking.participant_token, f"{EVENT}typing", "", None)
    page = house.chat.transcript(
        talking.participant_token, limit=10, is_newest_first=False, next_token=None
    )
    assert [item.content for item in page.items] == ["Thanks"]


def test_a_token_that_is_found_days_later_reads_nothing(house: House, talking: Started) -> None:
    says(house, talking, "My card is 4111")
    house.chat.leave(talking.participant_token)
    house.later(24 * 3600 + 1)

    with pytest.raises(Denied, match="more than a day ago"):
        house.chat.transcript(
            talking.participant_token, limit=10, is_newest_first=False, next_token=None
        )


def test_a_caller_does_not_chat(house: House) -> None:
    call = house.starts()

    with pytest.raises(Rejected, match="VOICE, not CHAT"):
        says(house, call, "Hello")


# --- messages -------------------------------------------------------------------------------------


def test_a_message_is_kept_and_told_to_both(house: House, talking: Started) -> None:
    item = says(house, talking, "مرحبا 👋")

    assert said(house, talking) == [("CUSTOMER", "مرحبا 👋")]
    assert house.announcer.said[-1] == item
    assert (item.display_name, item.participant_id) == ("Ana", talking.participant_id)


def test_the_same_client_token_twice_is_one_message(house: House, ana: Started) -> None:
    """The network failed after the first; the answer names the same message."""
    first = says(house, ana, "Hello", "once")
    house.later(2)
    second = says(house, ana, "Hello", "once")

    assert first.item_id == second.item_id
    assert said(house, ana) == [("CUSTOMER", "Hello")]


def test_the_same_client_token_in_two_chats_is_two_messages(house: House, ana: Started) -> None:
    other = house.chats()

    assert says(house, ana, "Hi", "1").item_id != says(house, other, "Hi", "1").item_id


def test_a_customer_who_writes_again_has_returned_to_a_flow_that_waits(house: House) -> None:
    """Told twice, they returned once; a flow that only lets time pass is left alone."""
    waits = action("Wait", "Wait", "Sorry", TimeLimitSeconds="60", Events=["CustomerReturned"])
    returned = {"Operator": "Equals", "Operands": ["CustomerReturned"]}
    waits["Transitions"] = {
        "NextAction": "Sorry",
        "Conditions": [{"NextAction": "Hi", "Condition": returned}],
        "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "Sorry"}],
    }
    again = action("Hi", "MessageParticipant", "Wait", Text="There you are.")
    house.publish("Patient", document(waits, again))
    house.publish("Pause", document(action("Wait", "Wait", "Sorry", TimeLimitSeconds="60")))
    ana, bob = house.chats("Patient"), house.chats("Pause")

    for who in (ana, ana, bob):
        says(house, who, "Hello?", "once")

    assert said(house, ana) == [("CUSTOMER", "Hello?"), ("SYSTEM", "There you are.")]
    assert said(house, bob) == [("CUSTOMER", "Hello?")]


def test_messages_without_a_client_token_are_all_different(house: House, ana: Started) -> None:
    for once in (None, None, ""):
        says(house, ana, "Hi", once)

    assert len(said(house, ana)) == 3


@pytest.mark.parametrize(
    ("content_type", "length"),
    [
        ("text/plain", TEXT_LIMIT),
        ("text/markdown", TEXT_LIMIT),
        ("application/json", CONTENT_LIMIT),
    ],
)
def test_a_message_has_a_limit(house: House, ana: Started, content_type: str, length: int) -> None:
    """At the limit it goes through; one more, or nothing at all, does not."""
    house.chat.send(ana.participant_token, content_type, "x" * length, None)

    for wrong in ("x" * (length + 1), ""):
        with pytest.raises(Rejected) as refused:
            house.chat.send(ana.participant_token, content_type, wrong, None)
        assert refused.value.field == "Content"
    assert len(said(house, ana)) == 1


def test_an_unknown_content_type_is_refused_by_name(house: House, ana: Started) -> None:
    with pytest.raises(Rejected) as refused:
        house.chat.send(ana.participant_token, "text/html", "<b>", None)

    assert (refused.value.field, refused.value.value) == ("ContentType", "text/html")


def test_typing_is_passed_on_and_not_kept(house: House, talking: Started) -> None:
    house.chat.send_event(talking.participant_token, f"{EVENT}typing", "", None)
    house.chat.typing(BEN, talking.contact_id)

    assert said(house, talking) == []
    assert [item.role for item in house.announcer.said] == ["CUSTOMER", "AGENT"]


def test_an_unknown_event_is_refused(house: House, talking: Started) -> None:
    """A customer cannot say that the chat has ended."""
    for name in (f"{EVENT}chat.ended", f"{EVENT}participant.left", "text/plain", ""):
        with pytest.raises(Rejected):
            house.chat.send_event(talking.participant_token, name, "", None)


# --- the agent's side -----------------------------------------------------------------------------


def test_an_agents_message_is_one_however_often_it_is_requested(
    house: House, talking: Started
) -> None:
    for _ in range(2):
        house.chat.say(BEN, talking.contact_id, "Good morning", "r-1")

    assert said(house, talking) == [("AGENT", "Good morning")]
    (item,) = house.contacts.items(talking.contact_id)
    assert item.display_name == "Ben Ode"


def test_only_the_agent_of_the_chat_speaks_in_it(house: House, talking: Started) -> None:
    with pytest.raises(Denied):
        house.chat.say(CLEO, talking.contact_id, "Hello", "r-1")
    with pytest.raises(Denied):
        house.chat.typing(BEN, house.chats("Hello").contact_id)
    with pytest.raises(NotFound):
        house.chat.say(BEN, ContactId("c-x"), "Hello", "r-1")


def test_nobody_speaks_to_a_customer_who_has_left(house: House, talking: Started) -> None:
    house.chat.leave(talking.participant_token)

    with pytest.raises(Rejected, match="has left"):
        house.chat.say(BEN, talking.contact_id, "Hello?", "r-1")


def test_an_agents_message_has_the_same_limits(house: House, talking: Started) -> None:
    with pytest.raises(Rejected):
        house.chat.say(BEN, talking.contact_id, "x" * (TEXT_LIMIT + 1), "r-1")


# --- leaving --------------------------------------------------------------------------------------


def test_leaving_ends_the_customers_side(house: House, talking: Started) -> None:
    """Twice is once; the agent has after contact work."""
    for _ in range(2):
        house.chat.leave(talking.participant_token)

    assert house.contact(talking.contact_id).state is ContactState.ENDED
    (ended,) = house.events(talking.contact_id, ContactDisconnected)
    assert ended.reason is DisconnectReason.CUSTOMER_DISCONNECT


def test_leaving_the_queue_completes_the_contact(house: House) -> None:
    house.desk.set_status(BEN, "Break")
    ana = house.chats()

    house.chat.leave(ana.participant_token)

    assert house.contact(ana.contact_id).state is ContactState.COMPLETED
    assert house.routing_store.waiting == set()


def test_that_somebody_joined_is_noted_once(house: House, talking: Started) -> None:
    contact = house.contact(talking.contact_id)
    for seconds in (0, 3):
        house.later(seconds)
        house.chat.note(contact, "participant.joined", role="AGENT", name="Ben Ode")

    (item,) = house.contacts.items(talking.contact_id)
    assert item.content_type == f"{EVENT}participant.joined"


# --- transcripts ----------------------------------------------------------------------------------


def pages(house: House, who: Started, *, limit: int, is_newest_first: bool) -> list[list[str]]:
    found, token = list[list[str]](), None
    while True:
        page = house.chat.transcript(
            who.participant_token, limit=limit, is_newest_first=is_newest_first, next_token=token
        )
        found.append([item.content for item in page.items])
        token = page.next_token
        if token is None:
            return found


def test_a_transcript_is_read_page_by_page_from_either_end(house: House, ana: Started) -> None:
    """Every message once, in order, and no page beyond the last."""
    for number in range(5):
        house.later(1)
        says(house, ana, str(number))

    assert pages(house, ana, limit=2, is_newest_first=False) == [["0", "1"], ["2", "3"], ["4"]]
    assert pages(house, ana, limit=5, is_newest_first=True) == [["4", "3", "2", "1", "0"]]


def test_a_customer_may_still_come_in_to_read_why_the_flow_ended_the_chat(house: House) -> None:
    """For as long as it takes to open the page, no longer."""
    house.publish("Bye", document(action("Say", "MessageParticipant", "End", Text="Closed.")))
    ana = house.chats("Bye")

    admission = house.chat.connect(ana.participant_token)
    house.later(24 * 3600)

    assert admission.contact_id == ana.contact_id
    with pytest.raises(Denied):
        house.chat.connect(ana.participant_token)


@pytest.mark.parametrize("token", ["", "x", "-1", "99999999", "²", "9" * 5_000])
def test_a_next_token_that_is_none_of_ours_is_harmless(
    house: House, ana: Started, token: str
) -> None:
    says(house, ana, "Hi")

    page = house.chat.transcript(
        ana.participant_token, limit=5, is_newest_first=False, next_token=token
    )

    assert page.next_token is None


def test_a_customer_without_a_name_is_customer(house: House) -> None:
    nameless = house.chats(display_name=None)

    assert says(house, nameless, "Hi").display_name == "Customer"
