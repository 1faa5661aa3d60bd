"""Text messages by SNS, e-mails by SES, and what a carrier says a number can take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.services.messaging import Email, Undeliverable
from chalicelib.services.ports import Unavailable

type TakesTexts = Callable[[str], bool]

_REFUSED = frozenset(
    {
        "InvalidParameter",
        "InvalidParameterException",
        "OptedOut",
        "OptedOutException",
        "MessageRejected",
        "BadRequestException",
        "MailFromDomainNotVerifiedException",
    }
)
_CANNOT_TAKE_TEXTS = ("LANDLINE", "INVALID")


class AwsMessenger:
    """The Messenger port."""

    def __init__(self, sns: Any, ses: Any, takes_texts: TakesTexts) -> None:
        self._sns = sns
        self._ses = ses
        self._takes_texts = takes_texts

    def send_text(self, number: str, text: str) -> None:
        with _sent():
            if not self._takes_texts(number):
                raise Undeliverable("the number takes no text messages", field="number")
            self._sns.publish(PhoneNumber=number, Message=text)

    def send_email(self, email: Email) -> None:
        body = {"Text": {"Data": email.text}}
        if email.html:
            body["Html"] = {"Data": email.html}
        simple = {"Subject": {"Data": email.subject}, "Body": body}
        with _sent():
            self._ses.send_email(
                FromEmailAddress=email.sender,
                Destination={"ToAddresses": [email.to]},
                Content={"Simple": simple},
            )


def asked_of_carrier(client: Any) -> TakesTexts:
    """What kind of number it is, from the carriers' own register."""

    def takes_texts(number: str) -> bool:
        found = client.carrier_lookup(PhoneNumber=number)
        return found.get("PhoneNumberType") not in _CANNOT_TAKE_TEXTS

    return takes_texts


@contextmanager
def _sent() -> Iterator[None]:
    """Tells a message that is refused from a service that is away."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _REFUSED:
            raise Undeliverable(f"the message was refused: {code}", field="message") from error
        raise Unavailable(f"messages cannot be sent: {code}") from error
    except BotoCoreError as error:
        raise Unavailable(f"messages cannot be sent: {type(error).__name__}") from error
