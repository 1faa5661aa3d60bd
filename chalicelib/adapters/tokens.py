"""Cognito's tokens: signature, issuer, audience and time are checked; groups are read."""

from __future__ import annotations

import re

import jwt

from chalicelib.core.identity import GROUPS, Caller, Unidentified

_POOL = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]_[A-Za-z0-9]{1,55}")


class PoolTokens:
    """Id tokens of any user pool; `jwks_url` and `issuer` with {region} and {pool} to be named."""

    def __init__(self, *, jwks_url: str, issuer: str) -> None:
        self._jwks_url = jwks_url
        self._issuer = issuer
        self._known: dict[tuple[str, str], CognitoTokens] = {}

    def verify(self, pool: str, client_id: str, token: str) -> Caller:
        """Who signed in to this client of this pool; Unidentified."""
        if not _POOL.fullmatch(pool):
            raise Unidentified("there is no such user pool")
        if (pool, client_id) not in self._known:
            named = {"region": pool.partition("_")[0], "pool": pool}
            self._known[pool, client_id] = CognitoTokens(
                jwks_url=self._jwks_url.format(**named),
                issuer=self._issuer.format(**named),
                client_id=client_id,
            )
        return self._known[pool, client_id].verify(token)


class CognitoTokens:
    """Verifies id tokens of one user pool and one app client."""

    def __init__(self, *, jwks_url: str, issuer: str, client_id: str) -> None:
        self._keys = jwt.PyJWKClient(jwks_url, cache_keys=True, timeout=3)
        self._issuer = issuer
        self._client_id = client_id

    def verify(self, token: str) -> Caller:
        """The person behind the token; Unidentified when it is not a good one of ours."""
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                issuer=self._issuer,
                audience=self._client_id,
                options={"require": ["exp", "iat", "iss", "aud", "token_use", "cognito:username"]},
            )
        except jwt.PyJWTError as error:
            raise Unidentified(f"the token is not valid: {type(error).__name__}") from error
        if claims["token_use"] != "id":
            raise Unidentified("this door takes id tokens")
        groups = frozenset(claims.get("cognito:groups", ())) & GROUPS
        return Caller(kind="person", username=claims["cognito:username"], groups=groups)
