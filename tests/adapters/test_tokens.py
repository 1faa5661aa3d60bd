"""Cognito's id tokens: the good one, and everything that looks like one."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from chalicelib.adapters.tokens import CognitoTokens, PoolTokens
from chalicelib.core.identity import Unidentified

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"
CLIENT = "client-1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FORGED = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> CognitoTokens:
    """With the pool's keys where they would be fetched from."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    keys = {"keys": [{**public, "kid": "k-1", "use": "sig", "alg": "RS256"}]}
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda self: keys)
    return CognitoTokens(jwks_url="https://keys.test", issuer=ISSUER, client_id=CLIENT)


def claims(changed: Mapping[str, object]) -> dict[str, object]:
    """Of ben's id token; None leaves a claim out."""
    now = int(time.time())
    known = {
        "iss": ISSUER,
        "aud": CLIENT,
        "token_use": "id",
        "iat": now,
        "exp": now + 3600,
        "cognito:username": "ben",
        "cognito:groups": ["agent"],
    }
    return {name: value for name, value in {**known, **changed}.items() if value is not None}


def token(
    changed: Mapping[str, object] | None = None,
    *,
    key: Any = KEY,
    kid: str | None = "k-1",
    alg: str = "RS256",
) -> str:
    headers = {"kid": kid} if kid else {}
    return jwt.encode(claims(changed or {}), key, algorithm=alg, headers=headers)


def signed_with_the_public_key() -> str:
    """What a verifier accepts that lets the token choose between RS256 and HS256."""
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "k-1"}, claims({})]
    text = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    signature = base64url_encode(hmac.digest(public, text, "sha256"))
    return b".".join((text, signature)).decode()


def test_a_good_token_names_a_person_and_their_groups(tokens: CognitoTokens) -> None:
    """Groups that are not ours are left out."""
    caller = tokens.verify(token({"cognito:groups": ["agent", "supervisor", "root"]}))

    assert (caller.kind, caller.username) == ("person", "ben")
    assert caller.groups == {"agent", "supervisor"}


@pytest.fixture
def pools(tokens: CognitoTokens) -> PoolTokens:
    """Of any user pool; keys are fetched as `tokens` does."""
    issuer = "https://cognito-idp.{region}.amazonaws.com/{pool}"
    return PoolTokens(jwks_url=f"{issuer}/jwks.json", issuer=issuer)


def test_a_token_is_of_the_pool_and_the_client_that_were_asked(pools: PoolTokens) -> None:
    """Another client of the same pool is somebody else's door."""
    of_eu = {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"}

    assert "ben" == pools.verify("eu-west-1_abc", CLIENT, token(of_eu)).username
    for pool, client in (("eu-west-1_abc", "client-2"), ("eu-west-1_xyz", CLIENT)):
        with pytest.raises(Unidentified):
            pools.verify(pool, client, token(of_eu))


@pytest.mark.parametrize("pool", ["", "us-east-1", "evil.test/us-east-1_a", "us-east-1_a/../b"])
def test_what_is_no_pool_is_never_asked(pools: PoolTokens, pool: str) -> None:
    with pytest.raises(Unidentified, match="no such user pool"):
        pools.verify(pool, CLIENT, token())


def test_somebody_in_no_group_is_known_but_may_nothing(tokens: CognitoTokens) -> None:
    assert tokens.verify(token({"cognito:groups": None})).groups == frozenset()


_NOW = int(time.time())


@pytest.mark.parametrize(
    "bad",
    [
        token({"exp": _NOW - 1}),
        token({"exp": None}),
        token(key=FORGED),
        token(kid="k-2"),
        token(kid=None),
        token({"iss": ISSUER.replace("pool", "other")}),
        token({"aud": "client-2"}),
        token({"aud": None, "client_id": CLIENT, "token_use": "access"}),
        token({"token_use": "access"}),
        token({"token_use": None}),
        token(key="", alg="none"),
        signed_with_the_public_key(),
        token()[:-4] + "AAAA",
        "",
        "a.b.c",
        "…",
        "c-1.p-1.secret",
    ],
    ids=[
        "expired",
        "without end",
        "forged key",
        "unknown key",
        "no key named",
        "other pool",
        "other client",
        "access token",
        "access token with an audience",
        "of no use",
        "alg none",
        "signed with the public key",
        "signature cut",
        "empty",
        "not a token",
        "not even text",
        "a customer's token",
    ],
)
def test_anything_else_is_nobody(tokens: CognitoTokens, bad: str) -> None:
    """And the error does not repeat the token."""
    with pytest.raises(Unidentified) as refused:
        tokens.verify(bad)

    assert not bad or bad not in str(refused.value)


def test_a_changed_group_breaks_the_signature(tokens: CognitoTokens) -> None:
    """Nobody promotes themselves."""
    head, _, signature = token().split(".")
    body = token({"cognito:groups": ["admin"]}, key=FORGED).split(".")[1]

    with pytest.raises(Unidentified):
        tokens.verify(f"{head}.{body}.{signature}")


def test_a_token_without_a_name_is_nobody(tokens: CognitoTokens) -> None:
    with pytest.raises(Unidentified):
        tokens.verify(token({"cognito:username": None}))
