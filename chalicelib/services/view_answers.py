"""What flows show to people: views, whose actions are the answers, and the request to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.core.errors import Rejected
from chalicelib.core.flow import Answered, PlayPrompt, PresentView, Prompt, Refused, Said
from chalicelib.core.identity import Caller, Unidentified
from chalicelib.core.moments import iso
from chalicelib.core.view import DATA_BYTES, filled, size_of
from chalicelib.services.asking import Inquiry, Pending, Reply
from chalicelib.services.views import ViewsService

SIGN_IN = "sign-in"
SIGNED_IN, OPTED_OUT = "SignedIn", "OptedOut"
USUAL_MINUTES = 5


class SignIns(Protocol):
    """User pools of customers."""

    def verify(self, pool: str, client_id: str, token: str) -> Caller:
        """Who signed in to this client of this pool (an id or ARN); Unidentified."""
        ...


class ViewAnswers:
    """The respondent of Port.VIEW."""

    def __init__(self, views: ViewsService, sign_ins: SignIns) -> None:
        self._views = views
        self._sign_ins = sign_ins

    def ask(self, inquiry: Inquiry) -> Reply:
        match inquiry.ask.verb:
            case "show":
                data = inquiry.ask.request.get("ViewData") or {}
                if not isinstance(data, Mapping):
                    raise Rejected("ViewData is no object", field="ViewData")
                _check_size(inquiry, data)
                return self._shown(inquiry, _wanted(inquiry), data, is_private=_hides(inquiry))
            case "authenticate":
                return self._shown(inquiry, SIGN_IN, _pool(inquiry), is_private=True)
        raise Rejected(f"views do not {inquiry.ask.verb}")

    def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
        """Plain words are no answer, and lost neither: the view stays, until its time is over."""
        left = (datetime.fromisoformat(str(memory["until"])) - inquiry.at).total_seconds()
        if left <= 0:
            return Refused("TimeLimitExceeded", "no answer in time")
        waiting = Pending(memory=memory, seconds=left, is_private=bool(memory["isPrivate"]))
        actions = memory["actions"]
        if not said.action or not isinstance(actions, list):
            return waiting
        if said.action not in actions:
            choices = ", ".join(map(str, actions))
            return _saying(waiting, inquiry, f"That is not one of the choices: {choices}.")
        if inquiry.ask.verb == "authenticate":
            return self._signed_in(inquiry, said, waiting)
        value = {"Action": said.action, "ViewResultData": dict(said.data)}
        return Answered(value, result=said.action, is_private=waiting.is_private)

    def _shown(
        self, inquiry: Inquiry, reference: str, data: Mapping[str, object], *, is_private: bool
    ) -> Pending:
        view, content, version = self._views.found(reference)
        document = {
            "Id": view.view_id,
            "Arn": f"{inquiry.center.arn}/view/{view.view_id}",
            "Name": view.name,
            "Version": version,
            "Content": {"Actions": list(content.actions), "Template": filled(content, data)},
        }
        limit = inquiry.ask.limit_seconds or USUAL_MINUTES * 60
        memory: dict[str, object] = {
            "actions": list(content.actions),
            "until": iso(inquiry.at + timedelta(seconds=limit)),
            "isPrivate": is_private,
        }
        return Pending(memory=memory, commands=(PresentView(document),), is_private=is_private)

    def _signed_in(self, inquiry: Inquiry, said: Said, waiting: Pending) -> Reply:
        if said.action == OPTED_OUT:
            return Answered(result=OPTED_OUT)
        pool = _pool(inquiry)
        token, client_id = str(said.data.get("idToken", "")), str(pool["ClientId"])
        try:
            person = self._sign_ins.verify(str(pool["UserPoolId"]), client_id, token)
        except Unidentified:
            return _saying(waiting, inquiry, "That did not sign you in. Please try again.")
        known = {
            "IdentityProvider": pool["UserPoolId"],
            "ClientId": client_id,
            "Status": "AUTHENTICATED",
            "AssociatedCustomerId": person.username,
            "AuthenticationMethod": "CONNECT",
        }
        return Answered({"connect:CustomerAuthentication": known})


def _saying(waiting: Pending, inquiry: Inquiry, text: str) -> Pending:
    prompt = Prompt(text=text, language_code=inquiry.contact.session.language_code)
    return replace(waiting, commands=(PlayPrompt(prompt),))


def _wanted(inquiry: Inquiry) -> str:
    """The view with its qualifier, which may stand in a field of its own."""
    resource, identifier = inquiry.ask.request.get("ViewResource"), inquiry.text("View")
    version = resource.get("Version") if isinstance(resource, Mapping) else None
    has_own = ":" in identifier.rsplit("/", 1)[-1].removeprefix("view:")
    return f"{identifier}:{version}" if version and not has_own else identifier


def _check_size(inquiry: Inquiry, data: Mapping[str, object]) -> None:
    """With the contact's attributes: a page gets both."""
    size = size_of(data) + size_of(inquiry.contact.session.attributes)
    if size > DATA_BYTES:
        raise Rejected(
            f"ViewData and attributes have {size} bytes, the limit is {DATA_BYTES}",
            field="ViewData",
        )


def _hides(inquiry: Inquiry) -> bool:
    sensitive = inquiry.ask.request.get("SensitiveDataConfiguration")
    places = sensitive.get("HideResponseOn") if isinstance(sensitive, Mapping) else None
    return isinstance(places, list) and "TRANSCRIPT" in places


def _pool(inquiry: Inquiry) -> Mapping[str, object]:
    """The pool and client that the block names, as the page needs them."""
    given = inquiry.ask.request.get("CognitoConfiguration")
    if not isinstance(given, Mapping) or not given.get("AppClientId"):
        raise Rejected("CognitoConfiguration names no AppClientId", field="CognitoConfiguration")
    pool = str(given.get("UserPoolArn", "")).rsplit("/", 1)[-1]
    if "_" not in pool:
        raise Rejected(
            f"CognitoConfiguration.UserPoolArn {pool!r} is no user pool",
            field="CognitoConfiguration.UserPoolArn",
            value=pool,
        )
    return {
        "UserPoolId": pool,
        "ClientId": str(given["AppClientId"]),
        "Region": pool.partition("_")[0],
    }
