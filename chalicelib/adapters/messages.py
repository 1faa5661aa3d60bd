"""Text messages by SNS, e-mails by SES, and what a carrier says a number can take."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from chalicelib.services.messaging import Email, Undeliverable
from chalicelib.services.ports import Unavailable

logger = logging.getLogger(__name__)

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
# Neither service knows "the same again": a request that is made twice is two messages.
_CONFIG = Config(connect_timeout=1, read_timeout=10, retries={"total_max_attempts": 1})


def sending_client(session: Any, region: str, service: str) -> Any:
    """A client for messages: it waits for long, and asks once."""
    return session.create_client(service, region_name=region, config=_CONFIG)


class AwsMessenger:
    """The Messenger port."""

    def __init__(self, sns: Any, ses: Any, takes_texts: TakesTexts) -> None:
        self._sns = sns
        self._ses = ses
        self._takes_texts = takes_texts

    def send_text(self, number: str, text: str) -> None:
        with _asked():
            takes_texts = self._takes_texts(number)
        if not takes_texts:
            raise Undeliverable("the number takes no text messages", field="number")
        with _asked(), _sent("text"):
            self._sns.publish(PhoneNumber=number, Message=text)

    def send_email(self, email: Email) -> None:
        body = {"Text": {"Data": email.text}}
        if email.html:
            body["Html"] = {"Data": email.html}
        simple = {"Subject": {"Data": email.subject}, "Body": body}
        with _asked(), _sent("email"):
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
def _sent(kind: str) -> Iterator[None]:
    """A request that nobody answered has most likely arrived, and rather no message than two."""
    try:
        yield
    except ReadTimeoutError:
        logger.warning("message not confirmed", extra={"kind": kind})


@contextmanager
def _asked() -> Iterator[None]:
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
