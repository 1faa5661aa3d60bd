"""Where it lies what was found of each day: in the exports bucket, for finance and for auditors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from chalicelib.core.civil_day import civil_day, read_day
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import ContactId
from chalicelib.core.moments import iso
from chalicelib.core.reconciliation import Lack, Missing, Reconciliation
from chalicelib.core.record_document import stamp
from chalicelib.services.ports import ObjectStore


class S3Reconciliations:
    """The Reconciliations port: `reconciliations/dt=<day>/reconciliation.json`; the bucket keeps
    the versions of every look at a day."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def keep(self, reconciliation: Reconciliation) -> None:
        body = msgspec.json.format(msgspec.json.encode(_document(reconciliation)), indent=2)
        key = _key(reconciliation.period.day)
        self._objects.put(key, body, content_type="application/json")

    def find(self, day: date) -> Reconciliation | None:
        try:
            body = self._objects.get(_key(day))
        except NotFound:
            return None
        return _read(msgspec.json.decode(body))


def _key(day: date) -> str:
    return f"reconciliations/dt={day.isoformat()}/reconciliation.json"


_COUNTS = {
    "contacts": "contacts",
    "goingOn": "going_on",
    "records": "records",
    "recorded": "recorded",
    "segments": "segments",
}


def _document(found: Reconciliation) -> dict[str, object]:
    return {
        "day": found.period.name,
        "zone": found.period.zone,
        "from": stamp(found.period.from_at),
        "to": stamp(found.period.to_at),
        "at": iso(found.at),
        **{name: getattr(found, field) for name, field in _COUNTS.items()},
        "missing": [
            {
                "lack": each.lack.value,
                "contactId": each.contact_id,
                "segment": each.segment,
                "key": each.key,
                "isRebuilt": each.is_rebuilt,
            }
            for each in found.missing
        ],
    }


def _read(raw: Mapping[str, Any]) -> Reconciliation:
    return Reconciliation(
        period=civil_day(read_day(raw["day"]), raw["zone"]),
        at=datetime.fromisoformat(raw["at"]),
        missing=tuple(
            Missing(
                lack=Lack(each["lack"]),
                contact_id=ContactId(each["contactId"]),
                segment=each["segment"],
                key=each["key"],
                is_rebuilt=each["isRebuilt"],
            )
            for each in raw["missing"]
        ),
        **{field: raw[name] for name, field in _COUNTS.items()},
    )
