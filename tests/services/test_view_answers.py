"""Views in a chat: what is shown, who answers how, and who signs in."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow import Port
from chalicelib.core.ids import ContactId
from chalicelib.core.view import ViewContent
from chalicelib.services.flows import Started
from chalicelib.services.view_answers import ViewAnswers
from chalicelib.services.views import NewView, ViewsService
from tests.fakes.flows import GoodTokens, InMemoryViewStore
from tests.given import MONDAY
from tests.house import House, document

MANAGED = Path(__file__).parents[2] / "flows" / "views"
RESPONSE = "application/vnd.amazonaws.connect.message.interactive.response"
POOL = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abc"
FORM = {
    "Heading": "Hello $.Attributes.name",
    "Sections": [{"Heading": "You", "Items": [{"Type": "FormInput", "Name": "email"}]}],
}


@pytest.fixture
def views() -> ViewsService:
    ids = count(1)
    service = ViewsService(InMemoryViewStore(), now=lambda: MONDAY, new_id=lambda: f"v-{next(ids)}")
    for path in MANAGED.glob("*.json"):
        about = json.loads(path.read_text())
        content = ViewContent(
            template=json.dumps(about["Template"]),
            actions=tuple(about["Actions"]),
            input_schema=json.dumps(about["InputSchema"]),
        )
        service.provide(about["Name"], content, about["Description"])
    return service


@pytest.fixture
def house(views: ViewsService) -> House:
    house = House()
    answers = ViewAnswers(views, GoodTokens())
    house.respondents[Port.VIEW] = lambda: answers
    return house


def ends(identifier: str, text: str) -> dict[str, object]:
    return {
        "Identifier": identifier,
        "Type": "MessageParticipant",
        "Parameters": {"Text": text},
        "Transitions": {"NextAction": "End"},
    }


def shows(house: House, data: object = FORM, view: str = "form", **more: object) -> Started:
    """A chat whose flow shows a view, and says which way it went."""
    shown: dict[str, object] = {
        "Identifier": "Show",
        "Type": "ShowView",
        "Parameters": {
            "ViewResource": {"Id": view, "Version": "Latest"},
            "ViewData": data,
            "InvocationTimeLimitSeconds": "60",
            **more,
        },
        "Transitions": {
            "NextAction": "Sorry",
            "Conditions": [
                {
                    "NextAction": "Thanks",
                    "Condition": {"Operator": "Equals", "Operands": ["Submit"]},
                }
            ],
            "Errors": [
                {"ErrorType": "NoMatchingCondition", "NextAction": "Other"},
                {"ErrorType": "NoMatchingError", "NextAction": "Sorry"},
                {"ErrorType": "TimeLimitExceeded", "NextAction": "Late"},
            ],
        },
    }
    thanks = ends("Thanks", "Thanks, $.Views.ViewResultData.FormData.email")
    house.publish(
        "Show", document(shown, thanks, ends("Other", "Another way."), ends("Late", "Too late."))
    )
    return house.chats("Show", attributes={"name": "Ana"})


def answers(house: House, started: Started, action: str, **data: object) -> None:
    content = json.dumps({"templateType": "ViewResource", "action": action, "data": data})
    house.chat.send(started.participant_token, RESPONSE, content, None)
    house.later(1)


def read(house: House, contact_id: ContactId) -> list[str]:
    return [item.content for item in house.contacts.items(contact_id)]


def shown(house: House, started: Started) -> Any:
    """The last view in the transcript."""
    views = [
        c for c in read(house, started.contact_id) if '"templateType": "ViewResource", "v' in c
    ]
    return json.loads(views[-1])["data"]["content"]


def trace(house: House, contact_id: ContactId) -> str:
    return str(house.events(contact_id, BlockExecuted))


def test_a_view_is_filled_with_the_flows_data(house: House) -> None:
    """What the flow did not give is not there; the contact's attributes are in place."""
    view = shown(house, shows(house))
    (component,) = view["Content"]["Template"]["Body"]

    assert ("form", 1) == (view["Id"], view["Version"])
    assert "Submit" in view["Content"]["Actions"]
    assert {"Head": {"Title": "Hello Ana"}} == {"Head": view["Content"]["Template"]["Head"]}
    assert {"Heading", "Sections"} == set(component["Props"])


def test_the_action_decides_and_the_data_are_attributes(house: House) -> None:
    started = shows(house)
    answers(house, started, "Submit", FormData={"email": "ana@customer.example"})

    assert "Thanks, ana@customer.example" == read(house, started.contact_id)[-1]


def test_an_action_that_no_branch_names_is_another_way(house: House) -> None:
    started = shows(house)
    answers(house, started, "Cancel")

    assert "Another way." == read(house, started.contact_id)[-1]


def test_an_unknown_action_is_told_and_the_view_stays(house: House) -> None:
    started = shows(house)
    answers(house, started, "Explode")
    assert "That is not one of the choices: Submit, Next" in read(house, started.contact_id)[-1]

    answers(house, started, "Submit", FormData={"email": "a@b.c"})
    assert "Thanks, a@b.c" == read(house, started.contact_id)[-1]


def test_plain_words_are_kept_and_the_view_stays(house: House) -> None:
    started = shows(house)
    house.chat.send(started.participant_token, "text/plain", "what is this?", None)
    house.later(1)
    answers(house, started, "Submit", FormData={"email": "a@b.c"})

    assert "what is this?" in read(house, started.contact_id)
    assert "Thanks, a@b.c" == read(house, started.contact_id)[-1]


def test_whoever_talks_on_does_not_get_more_time(house: House) -> None:
    """The limit is from when the view was shown."""
    started = shows(house)
    for _ in range(5):
        house.later(11)
        house.chat.send(started.participant_token, "text/plain", "hm", None)
    house.streams()
    house.later(8)
    house.rings_what_is_due()

    assert "Too late." == read(house, started.contact_id)[-1]


def test_an_answer_after_the_limit_is_too_late(house: House) -> None:
    """The timer may come late; the limit counts all the same."""
    started = shows(house)
    house.later(60)
    answers(house, started, "Submit", FormData={"email": "a@b.c"})

    assert "Too late." == read(house, started.contact_id)[-1]


def test_a_hidden_answer_is_in_no_transcript_and_no_trace(house: House) -> None:
    """The flow has it all the same."""
    hidden = {"HideResponseOn": ["TRANSCRIPT"]}
    started = shows(house, SensitiveDataConfiguration=hidden)
    answers(house, started, "Submit", FormData={"card": "4111-1111"})
    contact = house.contact(started.contact_id)

    assert "4111" not in str(read(house, started.contact_id))
    assert '"isHidden": true' in str(read(house, started.contact_id))
    assert "4111" not in trace(house, started.contact_id)
    assert "4111" not in str(house.announcer.said)
    assert "4111-1111" in str(contact.session.results["Views"])


@pytest.mark.parametrize(
    ("view", "data", "why"),
    [
        ("form", {"Heading": "Hi"}, "ViewData.Sections is missing"),
        ("form", {"Sections": "none"}, "ViewData.Sections is no array"),
        ("form", {"Sections": []}, "ViewData.Sections has 0 items"),
        ("list", {"Items": [{"Id": "1"}]}, "ViewData.Items[0].Heading is missing"),
        ("confirmation", {"Heading": "x" * 17_000}, "the limit is 16384"),
        ("nothing", {}, "no view 'nothing:Latest'"),
    ],
)
def test_what_cannot_be_shown_takes_the_error_branch(
    house: House, view: str, data: object, why: str
) -> None:
    """The trace names the place."""
    started = shows(house, data, view)

    assert ["Sorry."] == read(house, started.contact_id)
    assert why in trace(house, started.contact_id)


def test_data_of_customers_are_never_looked_at_for_references(house: House) -> None:
    started = shows(house, {"Heading": "$.Attributes.name", "Sections": [{"Heading": "x"}]})
    assert "Ana" == shown(house, started)["Content"]["Template"]["Head"]["Title"]

    house.later(1)
    contact = house.chats("Show", attributes={"name": "$.Sections"})
    assert "$.Sections" == shown(house, contact)["Content"]["Template"]["Head"]["Title"]


def test_a_view_of_our_own_is_shown_by_name_version_and_draft(
    house: House, views: ViewsService
) -> None:
    def template(text: str) -> str:
        return json.dumps({"Body": [{"Type": "Text", "Props": {"Text": text}}]})

    view = views.create(
        NewView(name="Hours", template=template("One"), actions=["Ok"], status="PUBLISHED", tags={})
    )
    views.publish_version(view.view_id, "", None)
    views.update(view.view_id, template("Two"), ["Ok"], "PUBLISHED")
    views.update(view.view_id, template("Three"), ["Ok"], "SAVED")
    arn = f"arn:aws:connect:us-east-1:0:instance/i-1/view/{view.view_id}"

    for reference, text in (
        ("view:Hours", "Two"),
        (f"{arn}:$LATEST", "Two"),
        (f"{arn}:1", "One"),
        (f"{view.view_id}:$SAVED", "Three"),
    ):
        started = shows(house, {}, reference)
        body = shown(house, started)["Content"]["Template"]["Body"]
        assert text == body[0]["Props"]["Text"]


# --- signing in -----------------------------------------------------------------------------------


def signs_in(house: House) -> Started:
    """A chat that asks its customer to sign in."""
    asks: dict[str, object] = {
        "Identifier": "Who",
        "Type": "AuthenticateParticipant",
        "Parameters": {
            "CognitoConfiguration": {"UserPoolArn": POOL, "AppClientId": "app"},
            "TimeLimitMinutes": "2",
        },
        "Transitions": {
            "NextAction": "Hello",
            "Conditions": [
                {
                    "NextAction": "Stranger",
                    "Condition": {"Operator": "Equals", "Operands": ["OptedOut"]},
                }
            ],
            "Errors": [
                {"ErrorType": "TimeLimitExceeded", "NextAction": "Late"},
                {"ErrorType": "NoMatchingError", "NextAction": "Sorry"},
            ],
        },
    }
    said = "$.SegmentAttributes['connect:CustomerAuthentication'].Status"
    house.publish(
        "Who",
        document(asks, ends("Hello", said), ends("Stranger", "Hello."), ends("Late", "Too late.")),
    )
    return house.chats("Who")


def test_a_customer_signs_in_and_the_contact_knows(house: House) -> None:
    started = signs_in(house)
    props = shown(house, started)["Content"]["Template"]["Body"][0]["Props"]
    assert {"UserPoolId": "us-east-1_abc", "ClientId": "app", "Region": "us-east-1"} == props

    answers(house, started, "SignedIn", idToken="us-east-1_abc/app/ana")

    assert "AUTHENTICATED" == read(house, started.contact_id)[-1]
    segment = house.contact(started.contact_id).session.details["SegmentAttributes"]
    assert "'AssociatedCustomerId': 'ana'" in str(segment)
    assert "us-east-1_abc/app/ana" not in str(read(house, started.contact_id))


def test_a_bad_token_may_be_tried_again(house: House) -> None:
    started = signs_in(house)
    answers(house, started, "SignedIn", idToken="us-east-1_other/app/ana")
    assert "That did not sign you in. Please try again." == read(house, started.contact_id)[-1]

    answers(house, started, "SignedIn", idToken="us-east-1_abc/app/ana")
    assert "AUTHENTICATED" == read(house, started.contact_id)[-1]


def test_a_customer_may_stay_a_stranger(house: House) -> None:
    started = signs_in(house)
    answers(house, started, "OptedOut")

    assert "Hello." == read(house, started.contact_id)[-1]


def test_whoever_does_not_sign_in_in_time_goes_on_without(house: House) -> None:
    started = signs_in(house)
    house.streams()
    house.later(122)
    house.rings_what_is_due()

    assert "Too late." == read(house, started.contact_id)[-1]
