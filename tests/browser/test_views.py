"""What a flow shows in a chat, filled in and chosen from in the customer's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Locator,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)

from tests.browser.stage import browser_of, is_installed, shoot
from tests.journeys.center import Center
from tests.journeys.workshop import Workshop, block, document

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]

SENDING = "**/participant/message"
TIME = {"InvocationTimeLimitSeconds": "300"}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def workshop(center: Center) -> Iterator[Workshop]:
    with Workshop(center) as workshop:
        yield workshop


def shows(name: str, view: str, action: str, to: str, data: dict[str, Any]) -> dict[str, Any]:
    """A block that shows a view and goes on by one action."""
    made = block(name, "ShowView", "End", ViewResource={"Id": view}, ViewData=data, **TIME)
    condition = {"Operator": "Equals", "Operands": [action]}
    made["Transitions"]["Conditions"] = [{"NextAction": to, "Condition": condition}]
    errors = ("NoMatchingCondition", "TimeLimitExceeded", "NoMatchingError")
    made["Transitions"]["Errors"] = [{"ErrorType": e, "NextAction": "End"} for e in errors]
    return made


FORM = {
    "Heading": "About your order",
    "SubHeading": "So that we find it at once.",
    "Sections": [
        {
            "Heading": "Order",
            "Items": [
                {"Type": "FormInput", "Name": "number", "Label": "Number", "Required": True},
                {
                    "Type": "Dropdown",
                    "Name": "reason",
                    "Label": "What is it about?",
                    "Required": True,
                    "Options": [
                        {"Label": "It is late", "Value": "late"},
                        {"Label": "It is broken", "Value": "broken"},
                    ],
                },
                {"Type": "DatePicker", "Name": "since", "Label": "Since when?"},
                {"Type": "Checkbox", "Name": "express", "Label": "It was sent by express"},
            ],
        }
    ],
    "Next": {"Label": "Send"},
}
LIST = {
    "Heading": "How shall we mend it?",
    "Items": [
        {"Heading": "Send it again", "Id": "again", "Description": "Two days"},
        {"Heading": "Money back", "Id": "refund"},
    ],
}
CARDS = {
    "Heading": "Which one is it?",
    "Cards": [
        {
            "Summary": {"Id": "o-7", "Heading": "Lamp", "Status": "On its way"},
            "Detail": {"Heading": "Lamp", "Description": "One piece", "Actions": ["Take this"]},
        },
        {"Summary": {"Id": "o-8", "Heading": "Table"}, "Detail": {}},
    ],
    "NoMatchFound": {"Label": "Neither"},
}


def test_a_customer_fills_in_chooses_and_reads_what_came_of_it(
    center: Center, playwright: Playwright, workshop: Workshop
) -> None:
    """A form, a list, cards: each answered once, in the order that the flow shows them."""
    thanks = "$.Attributes.number is $.Attributes.reason"
    flow = document(
        shows("Form", "form", "Submit", "Keep", FORM),
        block(
            "Keep",
            "UpdateContactAttributes",
            "List",
            Attributes={
                "number": "$.Views.ViewResultData.FormData.number",
                "reason": "$.Views.ViewResultData.FormData.reason",
            },
            TargetContact="Current",
        ),
        shows("List", "list", "ActionSelected", "Cards", LIST),
        shows("Cards", "cards", "ActionSelected", "Thanks", CARDS),
        block("Thanks", "MessageParticipant", "End", Text=thanks),
    )
    with browser_of(playwright, "views", None) as page:
        chat(center, page, workshop.create("Views", flow))
        form = view(page, "About your order")
        form.get_by_label("Number").fill("4711")
        form.get_by_label("What is it about?").select_option("It is broken")
        shoot(page, "view-form")
        form.get_by_test_id("view-submit").click()

        choice = view(page, "How shall we mend it?")
        expect(form.get_by_label("Number")).to_be_disabled()
        shoot(page, "view-list")
        choice.get_by_role("button", name="Money back").click()

        cards = view(page, "Which one is it?")
        cards.get_by_text("Lamp").first.click()
        shoot(page, "view-cards")
        cards.get_by_role("button", name="Take this").click()

        expect(page.get_by_test_id("chat-log")).to_contain_text("4711 is broken")
        shoot(page, "view-answered")


def test_a_view_is_kept_as_it_is_while_an_answer_is_refused_or_underway(
    center: Center, playwright: Playwright, workshop: Workshop
) -> None:
    """What was filled in outlives a refusal; what comes before the reply stays unfolded."""
    flow = document(
        shows("Form", "form", "Submit", "Cards", FORM),
        shows("Cards", "cards", "ActionSelected", "Thanks", CARDS),
        block("Thanks", "MessageParticipant", "End", Text="Thank you, Ana."),
    )
    with browser_of(playwright, "views-refused", None) as page:
        chat(center, page, workshop.create("Refused", flow))
        form = view(page, "About your order")
        form.get_by_label("Number").fill("4711")
        form.get_by_label("What is it about?").select_option("It is late")
        page.route(SENDING, lambda route: route.fulfill(status=409, json={}))
        form.get_by_test_id("view-submit").click()
        expect(page.get_by_text("Not sent. Try again")).to_be_visible()
        expect(form.get_by_label("Number")).to_be_enabled()
        expect(form.get_by_label("Number")).to_have_value("4711")

        def take_late(route: Route) -> None:
            """The reply waits until the next view is there and unfolded."""
            reply = route.fetch()
            view(page, "Which one is it?").get_by_text("Lamp").first.click()
            route.fulfill(response=reply)

        page.unroute(SENDING)
        page.route(SENDING, take_late, times=1)
        form.get_by_test_id("view-submit").click()
        cards = view(page, "Which one is it?")
        expect(page.get_by_text("Sending…")).to_have_count(0)
        expect(page.get_by_text("Not sent. Try again")).to_have_count(0)
        cards.get_by_role("button", name="Take this").click()
        expect(page.get_by_test_id("chat-log")).to_contain_text("Thank you")


def test_a_customer_signs_in_or_goes_on_without(
    center: Center, playwright: Playwright, workshop: Workshop
) -> None:
    """The password goes to the user pool alone; whoever has no account is not stuck."""
    flow_id = workshop.create("Sign in", sign_in_flow(center))
    with browser_of(playwright, "views-sign-in", None, is_dark=True) as page:
        chat(center, page, flow_id)
        signing = page.get_by_test_id("chat-view").last
        expect(signing.get_by_test_id("view-sign-in")).to_be_visible()
        signing.get_by_label("User name").fill("ben")
        signing.get_by_label("Password").fill("wrong")
        signing.get_by_test_id("view-sign-in").click()
        expect(signing.get_by_role("alert")).to_be_visible()
        shoot(page, "view-sign-in")
        signing.get_by_label("Password").fill(center.facts["users"]["agent"]["password"])
        signing.get_by_test_id("view-sign-in").click()
        expect(page.get_by_test_id("chat-log")).to_contain_text("You are ben")

        chat(center, page, flow_id)
        page.get_by_test_id("view-opt-out").click()
        expect(page.get_by_test_id("chat-log")).to_contain_text("stranger")


def sign_in_flow(center: Center) -> str:
    settings = center.request("GET", "/v1/settings")[1]
    arn = f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{settings['userPoolId']}"
    pool = {"UserPoolArn": arn, "AppClientId": settings["clientId"]}
    asks = block(
        "Who", "AuthenticateParticipant", "Known", CognitoConfiguration=pool, TimeLimitMinutes="2"
    )
    opted_out = {"Operator": "Equals", "Operands": ["OptedOut"]}
    asks["Transitions"]["Conditions"] = [{"NextAction": "Stranger", "Condition": opted_out}]
    asks["Transitions"]["Errors"].append({"ErrorType": "TimeLimitExceeded", "NextAction": "End"})
    known = "$.SegmentAttributes['connect:CustomerAuthentication'].AssociatedCustomerId"
    return document(
        asks,
        block("Known", "MessageParticipant", "End", Text=f"You are {known}"),
        block("Stranger", "MessageParticipant", "End", Text="Hello, stranger."),
    )


def chat(center: Center, page: Page, flow_id: str) -> None:
    """Begins a chat in the customer's page; only the flow is chosen for it."""

    def begin(route: Route) -> None:
        started = center.connect().start_chat_contact(
            InstanceId=center.instance_id,
            ContactFlowId=flow_id,
            ParticipantDetails={"DisplayName": "Ana"},
        )
        fields = {"contactId": "ContactId", "participantToken": "ParticipantToken"}
        route.fulfill(status=201, json={ours: started[theirs] for ours, theirs in fields.items()})

    page.unroute_all()
    page.route("**/v1/chats", begin)
    page.goto(center.facts["customer_page"])
    page.get_by_test_id("chat-tab").click()
    page.get_by_test_id("chat-name").fill("Ana")
    page.get_by_test_id("chat-start").click()


def view(page: Page, heading: str) -> Locator:
    """The view with this heading, once it is there."""
    found = page.get_by_test_id("chat-view").filter(has_text=heading)
    expect(found).to_be_visible()
    return found
