"""What everything stands on: the clock, ids, the environment, clients made late."""

from __future__ import annotations

import random
import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from chalicelib import config


def now() -> datetime:
    return datetime.now(UTC) + _ahead()


def _ahead() -> timedelta:
    """How far a laptop's clock was set, so that days can be lived in minutes; nothing in AWS."""
    if not settings().clock_file:
        return timedelta()
    try:
        with open(settings().clock_file) as file:
            return timedelta(seconds=float(file.read()))
    except FileNotFoundError:
        return timedelta()


def pause(lost: int) -> None:
    """After so many lost races in a row: up to twice as long after each, and for each who lost
    another while, so that not all come back at once."""
    time.sleep(random.uniform(0.0, 0.02 * 2**lost))


def new_id() -> str:
    return str(uuid.uuid4())


def new_secret() -> str:
    return secrets.token_urlsafe(32)


@cache
def settings() -> config.Settings:
    return config.settings()


class Late:
    """A client that is made when it is first used: a call uses few of those that it could."""

    def __init__(self, made: Callable[[], Any]) -> None:
        self._made = made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made(), name)


@cache
def session() -> Any:
    import botocore.session

    return botocore.session.get_session()


def sqs() -> Any:
    return client("sqs")


@cache
def client(service: str) -> Any:
    from botocore.config import Config

    return session().create_client(
        service,
        region_name=settings().aws_region,
        config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3}),
    )


@cache
def s3() -> Any:
    from chalicelib.adapters.objects import s3_client

    return s3_client(settings().aws_region, settings().aws_endpoint_url or None, session())
