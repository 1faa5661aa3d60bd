"""Where payouts lie, in which bytes, and the rule that they are made by."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import yaml

from chalicelib.core import csv_file
from chalicelib.core.civil_day import Grain, name_of
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.payout import Payout
from chalicelib.core.rewards import COLUMNS, RewardRule, read_rule, row
from chalicelib.services.ports import ObjectStore

FILE = Path(__file__).parent.parent / "rewards.yaml"
_LINK_SECONDS = 900
_SEAL = "payout.json"


def reward_rule(file: Path = FILE) -> RewardRule:
    """Rejected, by field and value, when it is none."""
    return read_rule(yaml.safe_load(file.read_text("utf-8")))


class S3Payouts:
    """The Payouts port: `exports/rewards/dt=<first day>/rewards-<month>.csv`, and what is paid once
    `payout.json` is there beside it."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def of(self, day: date) -> Payout | None:
        try:
            return msgspec.json.decode(self._objects.get(_folder(day) + _SEAL), type=Payout)
        except NotFound:
            return None

    def keep(self, payout: Payout) -> None:
        day = payout.period.from_day
        if self.of(day) is not None:
            name = payout.period.name
            raise Conflict(f"rewards of {name} are paid already", field="period", value=name)
        file = BytesIO()
        csv_file.write(COLUMNS, map(row, payout.lines), file)
        self._objects.put(_csv(day), file.getvalue(), content_type="text/csv; charset=utf-8")
        seal = msgspec.json.encode(payout)
        self._objects.put(_folder(day) + _SEAL, seal, content_type="application/json")

    def link(self, day: date) -> str:
        name = _csv(day).rpartition("/")[2]
        return self._objects.presigned_get(
            _csv(day), expires_seconds=_LINK_SECONDS, download_as=name
        )


def _folder(day: date) -> str:
    return f"exports/rewards/dt={day.isoformat()}/"


def _csv(day: date) -> str:
    return f"{_folder(day)}rewards-{name_of(Grain.MONTH, day)}.csv"
