"""Sessions of the agents' assistant."""

from __future__ import annotations

from chalicelib.core.events import AssistantSessionStarted
from chalicelib.core.flow import Port
from chalicelib.services.asking import Concluded
from chalicelib.services.assistants import Assistants
from tests.house import House
from tests.services.inquiries import inquiry


def test_a_contact_has_one_session_with_an_assistant_however_often_it_is_asked() -> None:
    """The agent's page finds it by the ARN that the flow puts into the contact's data."""
    house = House()
    contact = house.contact(house.rings("Menu"))
    request = {"WisdomAssistantArn": "arn:aws:wisdom:us-east-1:000000000000:assistant/acme"}

    first, again = (
        Assistants().ask(
            inquiry(house, contact, Port.ASSISTANT, "create_session", request, key=key)
        )
        for key in ("1", "2")
    )

    assert isinstance(first, Concluded)
    assert first == again
    arn = str(first.answer.value["SessionArn"])
    assert (AssistantSessionStarted(assistant="acme", session_arn=arn),) == first.facts
    assert arn.startswith("arn:aws:wisdom:us-east-1:000000000000:session/acme/")
