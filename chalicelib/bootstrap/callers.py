"""Who is calling: people with tokens, machines with keys."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.stores import bind_tables
from chalicelib.bootstrap.world import now, settings

if TYPE_CHECKING:
    from chalicelib.adapters.signatures import SignedRequests
    from chalicelib.adapters.tokens import CognitoTokens, PoolTokens


@cache
def people() -> CognitoTokens:
    from chalicelib.adapters.tokens import CognitoTokens

    known = settings()
    return CognitoTokens(
        jwks_url=known.jwks_url, issuer=known.token_issuer, client_id=known.user_pool_client_id
    )


@cache
def machines() -> SignedRequests:
    from chalicelib.adapters.dynamo.center import DynamoAccessKeys
    from chalicelib.adapters.signatures import SignedRequests

    bind_tables()
    prefixes = [prefix.strip() for prefix in settings().signed_path_prefixes.split(",")]
    return SignedRequests(DynamoAccessKeys(), prefixes=["", *prefixes], now=now)


@cache
def sign_ins() -> PoolTokens:
    from chalicelib.adapters.tokens import PoolTokens

    known = settings()

    def named(address: str) -> str:
        """The address of our own pool, as one of any."""
        return address.replace(known.user_pool_id, "{pool}").replace(known.aws_region, "{region}")

    return PoolTokens(jwks_url=named(known.jwks_url), issuer=named(known.token_issuer))
