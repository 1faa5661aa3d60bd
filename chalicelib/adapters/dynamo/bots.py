"""Our own bots in DynamoDB, kept in memory for some seconds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.adapters.dynamo.tables import BotRow
from chalicelib.core.bots import Bot, read_bot
from chalicelib.core.errors import NotFound

_KEPT = timedelta(seconds=5)


class DynamoBotStore:
    """The BotStore on the table `center`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._bots: dict[str, tuple[datetime, Bot]] = {}

    def get(self, name: str) -> Bot:
        at = self._now()
        known = self._bots.get(name)
        if known is None or at - known[0] > _KEPT:
            known = self._bots[name] = (at, read_bot(self.document(name)))
        return known[1]

    def document(self, name: str) -> object:
        try:
            row = BotRow.get("bots", name)
        except BotRow.DoesNotExist:
            raise NotFound(f"no bot {name!r}", field="name", value=name) from None
        return json.loads(row.document)

    def list(self) -> Sequence[Bot]:
        return [read_bot(json.loads(row.document)) for row in BotRow.query("bots")]

    def save(self, bot: Bot, document: object) -> None:
        BotRow("bots", bot.name, document=json.dumps(document, ensure_ascii=False)).save()
        self._bots.pop(bot.name, None)
