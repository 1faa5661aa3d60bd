"""Our own wiring on the simulated cloud: each worker builds, and remembers, for itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from chalicelib import bootstrap
from chalicelib.adapters import speech
from chalicelib.adapters.dynamo import shared
from chalicelib.bootstrap import stores, world
from chalicelib.core.identity import Caller, Unidentified
from tests.simulation.cloud import Cloud
from tests.simulation.scheduler import Scheduler, Worker

TABLES = (
    "contacts",
    "routing",
    "center",
    "customers",
    "tickets",
    "connections",
    "reports",
    "data_tables",
)
_BUCKETS = ("recordings", "lake", "exports", "prompts")
_ONCE_PER_PROCESS = ("settings", "bind_tables")


@contextmanager
def wired(cloud: Cloud, scheduler: Scheduler) -> Iterator[None]:
    """While it lasts every entry point runs on this cloud, in the worker that runs just now."""
    ids = _Counter()
    instead: dict[str, Any] = {
        "session": lambda: cloud,
        "now": scheduler.now,
        "new_id": ids,
        "pause": lambda lost: None,  # no time passes but the scheduler's
        "new_secret": ids,
        "people": lambda: _People(),
    }
    undo: list[Callable[[], None]] = []
    _replace(undo, _wiring(instead, scheduler))
    _set(undo, speech, "CachedSpeech", lambda *_: _Silence())
    clients, lent = shared.Row._clients[:], shared.Row._session
    try:
        with _environment():
            _fresh()
            yield
    finally:
        for each in reversed(undo):
            each()
        shared.Row._clients[:], shared.Row._session = clients, lent
        _fresh_wiring()


class PerWorker:
    """A cached function of the wiring, with a cache in each worker."""

    def __init__(self, made: Callable[..., Any], scheduler: Scheduler) -> None:
        self._made = made
        self._scheduler = scheduler

    def __call__(self, *args: Any) -> Any:
        worker: Worker = self._scheduler.worker
        key = (self._made, *args)
        if key not in worker.caches:
            worker.caches[key] = self._made(*args)
        return worker.caches[key]


def _wiring(instead: Mapping[str, Any], scheduler: Scheduler) -> Iterator[tuple[Any, str, Any]]:
    """Everything that modules of the wiring know under a name that is to mean something else."""
    kept: dict[int, PerWorker] = {}
    for name in [name for name in sys.modules if name.startswith("chalicelib.bootstrap")]:
        module = sys.modules[name]
        for attribute, value in list(vars(module).items()):
            if attribute in instead:
                yield module, attribute, instead[attribute]
            elif hasattr(value, "cache_parameters") and attribute not in _ONCE_PER_PROCESS:
                made = kept.setdefault(id(value), PerWorker(value.__wrapped__, scheduler))
                yield module, attribute, made


def _replace(undo: list[Callable[[], None]], wiring: Iterator[tuple[Any, str, Any]]) -> None:
    for module, name, value in list(wiring):
        _set(undo, module, name, value)


def _set(undo: list[Callable[[], None]], where: Any, name: str, value: Any) -> None:
    was = getattr(where, name)
    setattr(where, name, value)
    undo.append(lambda: setattr(where, name, was))


def _fresh() -> None:
    """The models take the client of this cloud. Binding them costs some milliseconds, once."""
    shared.Row._clients.clear()
    stores.bind_tables()


def _fresh_wiring() -> None:
    for cached in (world.settings, stores.bind_tables):
        cached.cache_clear()


class _Counter:
    """Ids that a run gives again when it is repeated, and none twice to threads."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"{next(self._numbers):06d}"


class _People:
    """Whoever says so is a member of staff; who may do what is tested elsewhere."""

    def verify(self, token: str) -> Caller:
        kind, _, username = token.partition(":")
        if kind != "staff":
            raise Unidentified("the token is not one of ours")
        return Caller(kind="person", username=username, groups=frozenset({"agent", "supervisor"}))


class _Silence:
    """The Voice port without audio."""

    def url(self, prompt: object) -> str | None:
        return None


@contextmanager
def _environment() -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(_settings())
    _fresh_wiring()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _settings() -> dict[str, str]:
    queue = "https://sqs.us-east-1.amazonaws.com/1"
    return {
        **{f"{name.upper()}_TABLE": name for name in TABLES},
        **{f"{name.upper()}_BUCKET": name for name in _BUCKETS},
        **{
            f"{name.upper()}_QUEUE_URL": f"{queue}/{name}"
            for name in ("timers", "recordings", "reports", "erasures")
        },
        "PARKED_FACTS_QUEUE_URL": f"{queue}/parked",
        "AGENT_EVENTS_STREAM": "agent-events",
        "CONTACT_EVENTS_BUS": "contact-events",
        "USER_POOL_ID": "simulated",
        "USER_POOL_CLIENT_ID": "simulated",
        "TOKEN_ISSUER": "simulated",
        "JWKS_URL": "http://simulated",
        "WEBSOCKET_MANAGEMENT_URL": "http://simulated",
        "WEBSOCKET_PUBLIC_URL": "ws://simulated",
        "FUNCTION_PREFIX": "simulated",
        "SPEECH_ENGINE": "polly",
        "SIGNED_PATH_PREFIXES": "/api",
        "ATHENA_WORKGROUP": "simulated",
        "ATHENA_DATABASE": "simulated",
        "ATHENA_ABOVE_MB": "200",
        "INSTANCE_ID": "simulated",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "simulated",
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }


__all__ = ["TABLES", "PerWorker", "bootstrap", "wired"]
