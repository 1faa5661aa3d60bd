"""Cognito's tokens: signature, issuer, audience and time are checked; groups are read."""

from __future__ import annotations

import jwt

from chalicelib.core.identity import GROUPS, Caller, Unidentified


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
