"""SigV4, against requests that botocore itself signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chalicelib.adapters.signatures import SignedRequests
from chalicelib.core.identity import Caller, Unidentified

KEY, SECRET = "AKTRUNKLINE", "a/secret+of=ours"
PREFIX = "/_aws/execute-api/{api_id}/{stage}"
SESSION = botocore.session.Session()
RESOURCES = ("/contact/chat", "/contact-flows/{instance_id}/{flow_id}/content")


class Sent(Exception):
    """Stops a request on its way out."""


@dataclass(frozen=True)
class Signed:
    """A signed request as it leaves the client."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def with_header(self, name: str, value: str | None) -> Signed:
        others = {k: v for k, v in self.headers.items() if k != name}
        return replace(self, headers=others if value is None else {**others, name: value})


def signed(
    operation: str = "start_chat_contact",
    *,
    service: str = "connect",
    key: str = KEY,
    secret: str = SECRET,
    endpoint: str = "https://api.test",
    **arguments: Any,
) -> Signed:
    """What a stock client would send."""
    client = SESSION.create_client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )
    caught: list[Signed] = []

    def catch(request: Any, **_: object) -> None:
        headers = {
            name.lower(): v.decode() if isinstance(v, bytes) else str(v)
            for name, v in request.headers.items()
        }
        headers.setdefault("host", urlsplit(request.url).netloc)
        body = request.body or b""
        raw = body if isinstance(body, bytes) else bytes(body.read())
        caught.append(Signed(request.method, request.url, headers, raw))
        raise Sent

    client.meta.events.register("before-send", catch)
    known = {
        "InstanceId": "i-1",
        "ContactFlowId": "f-1",
        "ParticipantDetails": {"DisplayName": "Ana"},
        "ClientToken": "t-1",
    }
    with pytest.raises(Sent):
        getattr(client, operation)(**(arguments or known))
    return caught[0]


def event_of(request: Signed, resource: str, *, under: str = "") -> dict[str, Any]:
    """The request as API Gateway hands it on: paths as they came, queries decoded."""
    parts = urlsplit(request.url)
    names = {}
    wanted = parts.path.removeprefix(under).split("/")
    for template, value in zip(resource.split("/"), wanted, strict=True):
        if template.startswith("{"):
            names[template[1:-1]] = value
    query = parse_qs(parts.query, keep_blank_values=True)
    return {
        "requestContext": {
            "httpMethod": request.method,
            "resourcePath": resource,
            "apiId": "api1",
            "stage": "api",
        },
        "pathParameters": names or None,
        "multiValueQueryStringParameters": query or None,
    }


class Keys:
    def get(self, access_key_id: str) -> tuple[str, frozenset[str]] | None:
        return (SECRET, frozenset({"admin"})) if access_key_id == KEY else None


def verify(
    request: Signed, resource: str = RESOURCES[0], *, under: str = "", late: timedelta | None = None
) -> Caller:
    def now() -> datetime:
        return datetime.now(UTC) + (late or timedelta())

    requests = SignedRequests(Keys(), prefixes=["", PREFIX], now=now)
    event = event_of(request, resource, under=under)
    return requests.verify(event, request.headers, request.body)


@pytest.fixture(scope="module")
def request_() -> Signed:
    return signed()


# --- what passes ----------------------------------------------------------------------------------


def test_a_stock_clients_request_is_known_by_its_key(request_: Signed) -> None:
    """And brings the groups of the key."""
    caller = verify(request_)

    assert (caller.kind, caller.username) == ("machine", KEY)
    assert caller.groups == {"admin"}


def test_the_path_may_be_seen_under_the_prefix_of_a_stage() -> None:
    """As on the laptop, where everything stands behind one origin."""
    under = PREFIX.format(api_id="api1", stage="api")
    request = signed(endpoint=f"http://127.0.0.1:4566{under}")

    assert verify(request, under=under).username == KEY


@pytest.mark.parametrize(
    "flow_id",
    ["f-1", "a b", "ü", "100%", "a+b", "arn:aws:connect:us-east-1:000000000000:instance/i/x"],
)
def test_odd_characters_in_the_path_are_signed_as_they_are(flow_id: str) -> None:
    """Also an ARN with its slashes."""
    request = signed(
        "update_contact_flow_content", InstanceId="i-1", ContactFlowId=flow_id, Content="{}"
    )

    assert verify(request, RESOURCES[1]).username == KEY


def test_queries_are_signed_in_any_order_with_any_characters() -> None:
    request = signed(
        "list_contact_flows",
        InstanceId="i-1",
        ContactFlowTypes=["CONTACT_FLOW", "AGENT_HOLD"],
        NextToken="a b/+=ü&c~*",
        MaxResults=5,
    )

    assert verify(request, "/contact-flows-summary/{instance_id}").username == KEY


@pytest.mark.parametrize("late", [timedelta(minutes=-4), timedelta(minutes=4)])
def test_clocks_may_differ_by_some_minutes(request_: Signed, late: timedelta) -> None:
    assert verify(request_, late=late).username == KEY


# --- what does not --------------------------------------------------------------------------------


def refused(request: Signed, because: str, **how: Any) -> None:
    with pytest.raises(Unidentified, match=because) as refusal:
        verify(request, **how)
    assert SECRET not in str(refusal.value)


NO_MATCH = "does not match"


def test_a_wrong_secret() -> None:
    refused(signed(secret="another"), NO_MATCH)


def test_an_unknown_key() -> None:
    refused(signed(key="AKOTHER"), "unknown access key")


def test_a_changed_body(request_: Signed) -> None:
    refused(replace(request_, body=request_.body.replace(b"Ana", b"Eva")), NO_MATCH)


def test_another_path(request_: Signed) -> None:
    refused(
        replace(request_, url="https://api.test/contact/voice"), NO_MATCH, resource="/contact/voice"
    )


def test_another_method(request_: Signed) -> None:
    refused(replace(request_, method="POST"), NO_MATCH)


def test_an_added_query(request_: Signed) -> None:
    refused(replace(request_, url=f"{request_.url}?admin=true"), NO_MATCH)


def test_another_host(request_: Signed) -> None:
    refused(request_.with_header("host", "evil.test"), NO_MATCH)


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=1)])
def test_a_signature_too_old_or_from_the_future(request_: Signed, late: timedelta) -> None:
    refused(request_, "too old or from the future", late=late)


def test_a_date_made_young_again(request_: Signed) -> None:
    """A recorded request with today's date: the date is signed."""
    young = (datetime.now(UTC) + timedelta(seconds=90)).strftime("%Y%m%dT%H%M%SZ")

    refused(request_.with_header("x-amz-date", young), NO_MATCH)


@pytest.mark.parametrize("date", [None, "", "yesterday", "2026-03-02T14:00:00Z"])
def test_a_date_that_is_none(request_: Signed, date: str | None) -> None:
    refused(request_.with_header("x-amz-date", date), "not a time")


def test_a_body_swapped_under_an_honest_digest(request_: Signed) -> None:
    """The digest of the old body in the header, another body behind it."""
    digest = sha256(request_.body).hexdigest()
    swapped = replace(request_, body=b"{}").with_header("x-amz-content-sha256", digest)

    refused(swapped, "not the body's")


def test_a_payload_that_claims_to_be_unsigned(request_: Signed) -> None:
    refused(request_.with_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), "not the body's")


def by_hand(
    *, without: str = "", service: str = "connect", unsigned_payload: bool = False
) -> Signed:
    """Signed by botocore's signer, but for a header that is left out of the signature."""
    url, body = "https://api.test/contact/chat", b'{"a": 1}'
    headers = {"host": "api.test", "x-amz-date": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")}
    kept = {name: value for name, value in headers.items() if name != without}
    if unsigned_payload:
        kept["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
    request = AWSRequest(method="PUT", url=url, data=body, headers=kept)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(KEY, SECRET), service, "us-east-1")
    text = signer.canonical_request(request)
    names = ";".join(sorted(name for name in kept))
    signature = signer.signature(signer.string_to_sign(request, text), request)
    scope = f"{KEY}/{headers['x-amz-date'][:8]}/us-east-1/{service}/aws4_request"
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature={signature}"
    )
    sent = {**headers, **kept, "authorization": authorization}
    return Signed("PUT", url, sent, body)


def test_a_request_signed_by_hand_is_as_good() -> None:
    """The measure for the next ones."""
    assert verify(by_hand()).username == KEY
    assert verify(by_hand(service="execute-api")).username == KEY


@pytest.mark.parametrize("header", ["host", "x-amz-date"])
def test_a_signature_that_leaves_out_what_matters(header: str) -> None:
    """A request for one host could be sent to another, or kept for a year."""
    refused(by_hand(without=header), "must be signed")


def test_a_signature_over_no_body() -> None:
    refused(by_hand(unsigned_payload=True), "not the body's")


def test_a_signature_for_another_service() -> None:
    refused(by_hand(service="s3"), "not a SigV4 signature for connect")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=é", "AWS4-HMAC-SHA512 x"],
)
def test_a_header_that_is_no_signature(request_: Signed, header: str) -> None:
    refused(request_.with_header("authorization", header), "not a SigV4 signature")


def test_a_scope_of_another_day(request_: Signed) -> None:
    header = request_.headers["authorization"]
    day = header.split("/")[1]

    refused(
        request_.with_header("authorization", header.replace(f"/{day}/", "/20200101/")),
        "too old",
    )
