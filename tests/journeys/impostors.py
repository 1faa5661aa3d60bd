"""Proofs of identity that are none: each wrong in exactly one way."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.journeys.center import Center

PASSWORD = "Journey-pass-2026"


class Mint:
    """Makes tokens of the center's pool: good ones, with the pool's own key, and forged ones."""

    def __init__(self, center: Center, home: Path) -> None:
        self._model = center.token("admin")
        pool = center.facts["user_pool_id"]
        self._key = (home / "state" / "cognito-pool-keys" / f"{pool}-id.pem").read_bytes()
        self._forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self, *, is_forged: bool = False, **changed: Any) -> str:
        """The admin's token with these claims changed; a forged one is signed by somebody else,
        who says that the pool did."""
        claims = jwt.decode(self._model, options={"verify_signature": False})
        key_id = jwt.get_unverified_header(self._model)["kid"]
        key = self._forger if is_forged else self._key
        return jwt.encode({**claims, **changed}, key, algorithm="RS256", headers={"kid": key_id})

    def expired(self) -> str:
        """Good until an hour ago."""
        now = int(time.time())
        return self.token(iat=now - 7200, auth_time=now - 7200, exp=now - 3600)

    def unsigned(self) -> str:
        claims = jwt.decode(self._model, options={"verify_signature": False})
        return jwt.encode(claims, "", algorithm="none")


def access_token(center: Center) -> str:
    """Of the right pool, for the wrong purpose."""
    user = center.facts["users"]["admin"]
    tokens = _sign_in(center, center.facts["client_id"], user["username"], user["password"])
    return tokens["AccessToken"]


@contextmanager
def somebody(center: Center, pool_id: str, client_id: str, group: str | None) -> Iterator[str]:
    """The id token of a new user, who is gone afterwards."""
    cognito, name = center.aws("cognito-idp"), f"journey-{uuid.uuid4()}"
    cognito.admin_create_user(UserPoolId=pool_id, Username=name, MessageAction="SUPPRESS")
    try:
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=name, Password=PASSWORD, Permanent=True
        )
        if group:
            cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=name, GroupName=group)
        yield _sign_in(center, client_id, name, PASSWORD)["IdToken"]
    finally:
        cognito.admin_delete_user(UserPoolId=pool_id, Username=name)


@contextmanager
def admin_of_another_pool(center: Center) -> Iterator[str]:
    """The id token of an admin, in a user pool that is not the center's."""
    cognito = center.aws("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="somebody-elses")["UserPool"]["Id"]
    try:
        cognito.create_group(UserPoolId=pool_id, GroupName="admin")
        client = cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )
        client_id = client["UserPoolClient"]["ClientId"]
        with somebody(center, pool_id, client_id, "admin") as token:
            yield token
    finally:
        cognito.delete_user_pool(UserPoolId=pool_id)


def signed(center: Center, method: str, path: str, body: bytes, secret: str) -> Mapping[str, str]:
    """The headers of a request signed for Connect with this secret."""
    request = AWSRequest(
        method=method,
        url=center.facts["api"] + path,
        data=body,
        headers={"Content-Type": "application/json"},
    )
    credentials = Credentials(center.facts["access_key_id"], secret)
    SigV4Auth(credentials, "connect", center.facts["region"]).add_auth(request)
    return dict(request.headers.items())


def _sign_in(center: Center, client_id: str, username: str, password: str) -> dict[str, str]:
    answer = center.aws("cognito-idp").initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )
    result: dict[str, str] = answer["AuthenticationResult"]
    return result
