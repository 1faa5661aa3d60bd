"""What is sent, and how refusals are told from services that are away."""

from __future__ import annotations

from collections.abc import Callable

import botocore.session
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.adapters.messages import AwsMessenger, asked_of_carrier, sending_client
from chalicelib.services.messaging import Email, Undeliverable
from chalicelib.services.ports import Unavailable

LETTER = Email(sender="care@acme.example", to="ana@customer.example", subject="Hi", text="Hello")


class Service:
    """Keeps what it is asked; fails as it is told."""

    def __init__(self, error: Exception | None = None, kind: str = "MOBILE") -> None:
        self.error = error
        self.kind = kind
        self.asked: list[dict[str, object]] = []

    def publish(self, **asked: object) -> None:
        self._keep(asked)

    def send_email(self, **asked: object) -> None:
        self._keep(asked)

    def carrier_lookup(self, **asked: object) -> dict[str, str]:
        self._keep(asked)
        return {"PhoneNumberType": self.kind}

    def _keep(self, asked: dict[str, object]) -> None:
        if self.error is not None:
            raise self.error
        self.asked.append(asked)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Any")


def messenger(
    service: Service, takes_texts: Callable[[str], bool] = lambda number: True
) -> AwsMessenger:
    return AwsMessenger(service, service, takes_texts)


def test_a_text_goes_to_the_number() -> None:
    service = Service()
    messenger(service).send_text("+12025550123", "Main St 1")

    assert [{"PhoneNumber": "+12025550123", "Message": "Main St 1"}] == service.asked


@pytest.mark.parametrize("kind", ["LANDLINE", "INVALID"])
def test_the_carrier_says_what_takes_no_texts(kind: str) -> None:
    """Asked before anything is sent, since a landline would swallow the message without a word."""
    service = Service()
    asked = messenger(service, asked_of_carrier(Service(kind=kind)))

    with pytest.raises(Undeliverable):
        asked.send_text("+12025550140", "x")
    assert [] == service.asked


@pytest.mark.parametrize("kind", ["MOBILE", "VOIP", "PREPAID", "OTHER"])
def test_every_other_number_is_tried(kind: str) -> None:
    service = Service()
    messenger(service, asked_of_carrier(Service(kind=kind))).send_text("+12025550123", "x")

    assert 1 == len(service.asked)


def test_an_email_goes_out_with_what_it_has() -> None:
    service = Service()
    messenger(service).send_email(LETTER)

    (asked,) = service.asked
    assert ("care@acme.example", {"ToAddresses": ["ana@customer.example"]}) == (
        asked["FromEmailAddress"],
        asked["Destination"],
    )
    simple = {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "Hello"}}}
    assert {"Simple": simple} == asked["Content"]


@pytest.mark.parametrize("code", ["MessageRejected", "OptedOut", "BadRequestException"])
def test_what_is_refused_will_never_arrive(code: str) -> None:
    with pytest.raises(Undeliverable, match=code):
        messenger(Service(refusal(code))).send_email(LETTER)


@pytest.mark.parametrize(
    "error", [refusal("ThrottlingException"), ConnectTimeoutError(endpoint_url="x")]
)
def test_a_service_that_is_away_may_come_back(error: Exception) -> None:
    with pytest.raises(Unavailable):
        messenger(Service(error)).send_text("+12025550123", "x")


def unanswered() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="https://sns.test")


def test_a_message_that_nobody_confirmed_counts_as_sent(caplog: pytest.LogCaptureFixture) -> None:
    """It has arrived most likely: whoever sent it again would send it twice."""
    messenger(Service(unanswered())).send_text("+12025550123", "Main St 1")
    messenger(Service(unanswered())).send_email(LETTER)

    assert ["message not confirmed"] * 2 == caplog.messages


def test_a_number_that_the_carrier_did_not_tell_of_has_got_nothing() -> None:
    """Only asking took too long, so it may be tried again."""
    service = Service()

    with pytest.raises(Unavailable):
        messenger(service, asked_of_carrier(Service(unanswered()))).send_text("+12025550123", "x")
    assert [] == service.asked


@pytest.mark.parametrize("service", ["sns", "sesv2"])
def test_a_message_is_given_away_once(service: str) -> None:
    """The usual clients ask three times when the answer is late."""
    client = sending_client(botocore.session.get_session(), "us-east-1", service)

    assert 1 == client.meta.config.retries["total_max_attempts"]
