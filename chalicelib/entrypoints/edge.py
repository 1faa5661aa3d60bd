"""What every entry point shares: who is calling, what they may, and how errors leave the house.

Chalice's own middleware does not run in event Lambdas, so these decorators do the work. No other
module may catch every exception.
"""

from __future__ import annotations

import contextlib
import functools
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools import Logger
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.core.errors import (
    Conflict,
    Denied,
    Duplicate,
    InUse,
    NotFound,
    NotPublished,
    Refusal,
    TooMany,
)
from chalicelib.core.identity import ANYBODY, CUSTOMER, Caller, Unidentified, Who
from chalicelib.entrypoints import page, wire

logger = Logger()

BODY_LIMIT = 1024 * 1024  # bytes; a flow's content is the largest, letters escaped twice over
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
STRANGERS_BODY_LIMIT = 256 * 1024  # of whoever need not prove who they are


@dataclass(frozen=True)
class Call:
    """One request as a handler sees it: admitted, read and typed."""

    caller: Caller
    query: Mapping[str, str] = field(default_factory=dict)
    queries: Mapping[str, Sequence[str]] = field(default_factory=dict)  # those given several times
    body: Any = None
    bearer: str = ""
    form: Mapping[str, str] = field(default_factory=dict)  # of a page's fields


@dataclass(frozen=True)
class Route:
    """A route and who may call it; the matrix test walks all of them."""

    method: str
    path: str
    who: Who
    style: str


ROUTES: list[Route] = []


def endpoint(
    bp: Blueprint,
    method: str,
    path: str,
    *,
    who: Who,
    body: type | None = None,
    limit: int | None = None,
    status: int = 200,
    style: str = "v1",
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Registers a REST handler: `handler(call, **path_parameters) -> JSON-able`.

    `limit` of the body in bytes, where it is not the usual one. `style` "connect" answers errors in
    the shape that AWS SDKs understand; "page": the handler makes HTML, errors are pages too, and
    what is posted is a form.
    """
    usual = BODY_LIMIT if who.groups else STRANGERS_BODY_LIMIT
    is_page = style == "page"
    admit = functools.partial(_admit, who=who, body=body, limit=limit or usual, is_page=is_page)

    def register(handler: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(handler)
        def serve(**parameters: str) -> Response:
            return _answer(bp, handler, parameters, admit=admit, status=status, style=style)

        ROUTES.append(Route(method, path, who, style))
        taken = [_JSON, *([_FORM] if is_page else [])]  # of other types Chalice answers 415
        bp.route(path, methods=[method], name=handler.__name__, cors=False, content_types=taken)(
            serve
        )
        return handler

    return register


def _answer(
    bp: Blueprint,
    handler: Callable[..., object],
    parameters: Mapping[str, str],
    *,
    admit: Callable[[Any], Call],
    status: int,
    style: str,
) -> Response:
    refuse = _REFUSALS[style]
    call: Call | None = None
    try:
        call = admit(bp.current_request)
        result = handler(call, **{name: unquote(value) for name, value in parameters.items()})
    except (Refusal, Unidentified) as error:
        if call and isinstance(error, Denied):
            _note_denied(bp.current_request, call.caller)
        who = call.caller.username if call else ""  # nobody: _admit has told who was not let in
        told = {"route": handler.__name__, "error": type(error).__name__, "username": who}
        logger.info("refused", extra=told)
        return refuse(error)
    except Exception as error:  # noqa: BLE001  # the edge: a client gets an answer, whatever broke
        logger.error("failed", extra={"route": handler.__name__, **_without_words(error)})
        return _BROKEN[style]
    if style == "page":
        return _page(status, str(result))
    return _json(status, wire.shaped(result) if style == "v1" else result)


class TooLarge(Refusal):
    """The body is over the limit."""


def _admit(request: Any, *, who: Who, body: type | None, limit: int, is_page: bool) -> Call:
    raw = request.raw_body or b""
    if len(raw) > limit:
        raise TooLarge(f"the body has {len(raw)} bytes, the limit is {limit}", field="body")
    bearer = _bearer(request.headers)
    caller = _identify(request, who, raw, bearer)
    if not who.admits(caller):
        _note_denied(request, caller)
        raise Denied(f"not for {', '.join(sorted(caller.groups)) or caller.kind}")
    query = request.query_params
    return Call(
        caller=caller,
        query=dict(query or {}),
        queries={name: query.getlist(name) for name in query or ()},
        body=wire.read(raw, body) if body is not None else None,
        bearer=bearer,
        form=wire.read_form(raw) if is_page else {},
    )


def _note_denied(request: Any, caller: Caller) -> None:
    """Who asked for what that is not theirs; the line itself says when. The path as it is declared:
    what stands in it may be a number or a name."""
    told = {
        "username": caller.username or caller.kind,
        "groups": sorted(caller.groups),
        "method": request.method,
        "path": request.context.get("resourcePath"),
    }
    logger.warning("denied", extra=told)


def _identify(request: Any, who: Who, raw: bytes, bearer: str) -> Caller:
    if who in (ANYBODY, CUSTOMER):
        return Caller(kind=who.name)  # a customer's token opens one contact: the service checks it
    authorization = request.headers.get("authorization", "")
    if authorization.startswith("AWS4-HMAC-SHA256"):
        return bootstrap.machines().verify(request.to_original_event(), request.headers, raw)
    if not bearer:
        raise Unidentified("no token")
    return bootstrap.people().verify(bearer)


def _bearer(headers: Mapping[str, str]) -> str:
    token = headers.get("authorization", "")
    if token.lower().startswith("bearer "):
        return token[7:].strip()
    return headers.get("x-amz-bearer", "")


# --- errors on their way out ----------------------------------------------------------------------


def _status(error: Refusal | Unidentified) -> int:
    for kind, status in (
        (Unidentified, 401),
        (TooLarge, 413),
        (wire.Malformed, 400),
        (NotFound, 404),
        (Denied, 403),
        (Conflict, 409),
    ):
        if isinstance(error, kind):
            return status
    return 422


def _refuse_v1(error: Refusal | Unidentified) -> Response:
    return _json(_status(error), refusal(error))


def refusal(error: Refusal | Unidentified) -> dict[str, object]:
    """The body of a refused request; also the `error` of a refused desk command."""
    names = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, Unidentified):
        return {**names, "error": "Unauthenticated"}
    said: dict[str, object] = {**names, "field": error.field, "value": _short(error.value)}
    if isinstance(error, Conflict) and error.current is not None:
        said["current"] = wire.shaped(error.current)
    if isinstance(error, Conflict) and error.difference:
        said["difference"] = {
            name: {"yours": wire.shaped(yours), "theirs": wire.shaped(theirs)}
            for name, (yours, theirs) in error.difference.items()
        }
    for more in ("problems", "findings", "changes", "users"):
        said[more] = wire.shaped(getattr(error, more, None))
    return {name: value for name, value in said.items() if value is not None}


_CONNECT_ERRORS = {
    400: ("InvalidRequestException", 400),
    401: ("AccessDeniedException", 403),
    403: ("AccessDeniedException", 403),
    404: ("ResourceNotFoundException", 404),
    409: ("ResourceConflictException", 409),
    413: ("InvalidRequestException", 400),
    422: ("InvalidParameterException", 400),
}


def _refuse_connect(error: Refusal | Unidentified) -> Response:
    name, status = _CONNECT_ERRORS[_status(error)]
    for kind, special in _CONNECT_SPECIALS:
        name = special if isinstance(error, kind) else name
    body: dict[str, object] = {"Message": str(error)}
    if isinstance(error, InUse):
        body |= {"ResourceType": "CONTACT_FLOW", "ResourceId": error.value}
    problems = getattr(error, "problems", None)
    if problems:
        name, status = f"{type(error).__name__}Exception", 400
        body[_PROBLEMS.get(name, "problems")] = [{"message": problem} for problem in problems]
    return _json(status, body, {"x-amzn-ErrorType": name})


_CONNECT_SPECIALS = (
    (Duplicate, "DuplicateResourceException"),
    (InUse, "ResourceInUseException"),
    (TooMany, "LimitExceededException"),
    (NotPublished, "ContactFlowNotPublishedException"),
)
_PROBLEMS = {"InvalidContactFlowModuleException": "Problems"}


def _refuse_page(error: Refusal | Unidentified) -> Response:
    return _page(_status(error), page.refused(str(error)))


_REFUSALS: dict[str, Callable[[Refusal | Unidentified], Response]] = {
    "v1": _refuse_v1,
    "connect": _refuse_connect,
    "page": _refuse_page,
}


def _json(status: int, body: object, headers: Mapping[str, str] | None = None) -> Response:
    text = wire.encoded(body) if status != 204 else ""
    return Response(
        body=text,
        status_code=status,
        headers={
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
    )


def _page(status: int, html: str) -> Response:
    """Pages run no script, fetch nothing, stand in no frame, and tell nobody their address, which
    holds what opens them."""
    return Response(
        body=html,
        status_code=status,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                "frame-ancestors 'none'; base-uri 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        },
    )


def _short(value: object) -> object:
    return value if value is None or isinstance(value, int | float | bool) else str(value)[:200]


_BROKEN = {
    "v1": _json(500, {"error": "InternalServiceError", "message": "something broke here"}),
    "connect": _json(
        500,
        {"Message": "something broke here"},
        {"x-amzn-ErrorType": "InternalServiceException"},
    ),
    "page": _page(500, page.refused("Something broke here. Please try again later.")),
}


# --- event Lambdas --------------------------------------------------------------------------------


def _without_words(error: Exception) -> dict[str, object]:
    """What broke and where. Not the message: that may quote a number, a name or a text."""
    cause = error.__cause__ or error.__context__
    response = getattr(error, "response", None) or getattr(cause, "response", None) or {}
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "cause": type(cause).__name__ if cause else None,
        "code": response.get("Error", {}).get("Code") if isinstance(response, dict) else None,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def function[**P, R](handler: Callable[P, R]) -> Callable[P, R]:
    """Around every event Lambda: log lines carry its name, a failure is one line with a trace."""

    @functools.wraps(handler)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        logger.append_keys(function=handler.__name__)
        try:
            return handler(*args, **kwargs)
        except Exception as error:
            logger.error("failed", extra=_without_words(error))
            raise

    return run


_TRIES = 3
_LONG_SECONDS = 10  # of the 60 that a stream's function has


def each_record(
    event: Iterable[Any],
    handle: Callable[[Any], object],
    *,
    park: Callable[[Mapping[str, Any]], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, list[dict[str, str]]]:
    """Handles every record on its own and names those that failed, so that only they come again.

    With `park` a record that fails three times, or once after a while, is put aside and the batch
    goes on: a poison record must not block a stream's shard, nor one that waits in vain outlast
    the function.
    """
    tries = 1 if park is None else _TRIES
    failures: list[dict[str, str]] = []
    for record in event:
        raw = record.to_dict()
        identifier = raw.get("messageId") or raw["dynamodb"]["SequenceNumber"]
        if _digested(handle, record, identifier, tries=tries, clock=clock):
            continue
        if park is None:
            failures.append({"itemIdentifier": identifier})
        else:
            park(raw)
    return {"batchItemFailures": failures}


@contextlib.contextmanager
def alone(identifier: str) -> Iterator[None]:
    """What breaks in here is logged, and keeps nothing else from being done."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # the edge: one must not fail the others
        logger.error("failed alone", extra={"identifier": identifier, **_without_words(error)})


def _digested(
    handle: Callable[[Any], object],
    record: Any,
    identifier: str,
    *,
    tries: int,
    clock: Callable[[], float],
) -> bool:
    """Within so many tries; once they took long there is no time for another."""
    enough = clock() + _LONG_SECONDS
    for _ in range(tries):
        if _handled(handle, record, identifier):
            return True
        if clock() > enough:
            break
    return False


def _handled(handle: Callable[[Any], object], record: Any, identifier: str) -> bool:
    try:
        handle(record)
    except Exception as error:  # noqa: BLE001  # the edge: one record must not fail the others
        logger.error("record failed", extra={"record": identifier, **_without_words(error)})
        return False
    return True
