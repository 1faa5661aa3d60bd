"""Who signs in, in tests of doors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from chalice.test import Client

from chalicelib.core.identity import Caller


@dataclass(frozen=True)
class People:
    """Takes the token for the caller's group."""

    username: str

    def verify(self, token: str) -> Caller:
        return Caller(kind="person", username=self.username, groups=frozenset({token}))


def ask_app(method: str, path: str, body: object, group: str) -> tuple[int, Any]:
    """Status and JSON of a request with JSON, by somebody of this group."""
    from app import app  # a blueprint can be registered only once in a process

    headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
    with Client(app) as client:
        raw = b"" if body is None else json.dumps(body).encode()
        answer = client.http.request(method, path, headers=headers, body=raw)
    return answer.status_code, answer.json_body
