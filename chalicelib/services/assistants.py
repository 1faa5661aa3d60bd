"""Answers flows that want the agents' assistant beside a contact."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from chalicelib.core.center import ACCOUNT
from chalicelib.core.events import AssistantSessionStarted
from chalicelib.core.flow import Answered
from chalicelib.services.asking import Concluded, Inquiry, Reply


class Assistants:
    """The respondent of Port.ASSISTANT: a session per contact and assistant, kept as a fact."""

    def ask(self, inquiry: Inquiry) -> Reply:
        assistant = inquiry.text("WisdomAssistantArn").rsplit("/", 1)[-1]
        seed = f"assistant:{inquiry.contact.contact_id}:{assistant}"
        session_id = UUID(bytes=sha256(seed.encode()).digest()[:16], version=4)
        region = inquiry.center.region
        arn = f"arn:aws:wisdom:{region}:{ACCOUNT}:session/{assistant}/{session_id}"
        fact = AssistantSessionStarted(assistant=assistant, session_arn=arn)
        return Concluded(answer=Answered({"SessionArn": arn}), facts=(fact,))


__all__ = ["Assistants"]
