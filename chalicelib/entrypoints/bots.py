"""REST: bots, for the admins who write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.entrypoints.edge import Call, endpoint

if TYPE_CHECKING:
    from chalicelib.core.bots import Bot

bp = Blueprint(__name__)

READERS = groups("admin", "supervisor")


@endpoint(bp, "GET", "/v1/bots", who=READERS)
def list_bots(call: Call) -> object:
    return {"bots": [_summary(bot) for bot in bootstrap.bots().list()]}


@endpoint(bp, "GET", "/v1/bots/{name}", who=READERS)
def get_bot(call: Call, name: str) -> object:
    return bootstrap.bots().document(name)


@endpoint(bp, "PUT", "/v1/bots/{name}", who=groups("admin"), body=dict[str, object])
def put_bot(call: Call, name: str) -> object:
    return _summary(bootstrap.bots().save(name, call.body))


@endpoint(bp, "GET", "/v1/bots/{name}/understanding", who=READERS)
def try_bot(call: Call, name: str) -> object:
    found = bootstrap.bots().understand(name, call.query.get("text", ""))
    return {"understood": found}


def _summary(bot: Bot) -> dict[str, object]:
    intents = [intent.name for intent in bot.intents]
    return {"name": bot.name, "languages": bot.languages, "intents": intents}
