"""Requests signed with SigV4: recomputed with botocore's own signer and compared.

API Gateway's IAM authorizer accepts only the scope `execute-api`, while AWS SDKs sign calls of
Connect for `connect`; so the signature is checked here, with keys that we issue.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chalicelib.core.identity import Caller, Unidentified

_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential="
    r"(?P<key>[^/,]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
_SKEW = timedelta(minutes=5)
_MUST_BE_SIGNED = frozenset({"host", "x-amz-date"})
_SERVICES = frozenset({"connect", "execute-api"})


class AccessKeys(Protocol):
    def get(self, access_key_id: str) -> tuple[str, frozenset[str]] | None: ...


class SignedRequests:
    """Verifies SigV4. `prefixes` are the paths under which clients reach us, as they sign them."""

    def __init__(
        self, keys: AccessKeys, *, prefixes: Sequence[str], now: Callable[[], datetime]
    ) -> None:
        self._keys = keys
        self._prefixes = prefixes
        self._now = now

    def verify(self, event: Mapping[str, Any], headers: Mapping[str, str], body: bytes) -> Caller:
        """The machine behind API Gateway's event; Unidentified when the signature is not right."""
        found = _HEADER.fullmatch(headers.get("authorization", ""))
        if found is None or found["service"] not in _SERVICES:
            raise Unidentified("the Authorization header is not a SigV4 signature for connect")
        if not set(found["headers"].split(";")) >= _MUST_BE_SIGNED:
            raise Unidentified("host and x-amz-date must be signed")
        self._check_time(headers.get("x-amz-date", ""), found["day"])
        body_digest = sha256(body).hexdigest()
        if headers.get("x-amz-content-sha256", body_digest) != body_digest:
            raise Unidentified("x-amz-content-sha256 is not the body's")
        key = self._keys.get(found["key"])
        if key is None:
            raise Unidentified("unknown access key")
        secret, groups = key
        expected = self._expected(event, headers, body, found, secret)
        if not any(hmac.compare_digest(found["signature"], each) for each in expected):
            raise Unidentified("the signature does not match the request")
        return Caller(kind="machine", username=found["key"], groups=groups)

    def _check_time(self, stamp: str, day: str) -> None:
        try:
            signed_at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise Unidentified("x-amz-date is missing or not a time") from error
        if not stamp.startswith(day) or abs(self._now() - signed_at) > _SKEW:
            raise Unidentified("the signature is too old or from the future")

    def _expected(
        self,
        event: Mapping[str, Any],
        headers: Mapping[str, str],
        body: bytes,
        found: re.Match[str],
        secret: str,
    ) -> Iterator[str]:
        """The signature for each path under which the client may have seen this door."""
        context = event["requestContext"]
        for prefix in self._prefixes:
            base = prefix.format(api_id=context.get("apiId", ""), stage=context.get("stage", ""))
            request = AWSRequest(
                method=context["httpMethod"],
                url=f"https://{headers.get('host', '')}{base}{_path(event)}{_query(event)}",
                data=body,
                headers={name: headers.get(name, "") for name in found["headers"].split(";")},
            )
            request.context["timestamp"] = headers["x-amz-date"]
            signer = SigV4Auth(Credentials(found["key"], secret), found["service"], found["region"])
            canonical = signer.canonical_request(request)
            yield signer.signature(signer.string_to_sign(request, canonical), request)


def _path(event: Mapping[str, Any]) -> str:
    path: str = event["requestContext"]["resourcePath"]
    for name, value in (event.get("pathParameters") or {}).items():
        path = path.replace("{" + name + "}", value)
    return path


def _query(event: Mapping[str, Any]) -> str:
    params = event.get("multiValueQueryStringParameters") or {}
    pairs = [(name, value) for name, values in params.items() for value in values]
    return "?" + urlencode(pairs, quote_via=quote, safe="-_.~") if pairs else ""
