"""Brings the tariffs of `tariffs.yaml` to the center, and rates the contacts of some days anew.

Run with the environment of the deployed functions: `python -m infra.tariffs` adds the versions that
are missing; `python -m infra.tariffs 2026-03-01 2026-03-31` then makes the contacts that ended on
these days of the UTC calendar cost what they do by the tariffs and cost centres of now. Both may
run twice. Prints, as JSON, the versions that are new and how many contacts were rated.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import yaml

from chalicelib import bootstrap
from chalicelib.adapters.lake import S3RecordLake
from chalicelib.core.civil_day import days_between, read_day
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.ids import ContactId
from chalicelib.core.tariff import Tariff, TariffBook, read_tariff
from chalicelib.services.center_ports import PartStore
from chalicelib.services.contact_records import ContactRecordsService
from chalicelib.services.ports import ContactStore

SOURCE = Path(__file__).with_name("tariffs.yaml")


def main(arguments: Sequence[str]) -> None:
    days = days_of(arguments)
    new = publish(bootstrap.center_store(), tariffs())
    lake = S3RecordLake(bootstrap.objects(bootstrap.settings().lake_bucket))
    ended = [ContactId(each) for day in days for each in lake.listing(day)]
    rated = rerate(ended, bootstrap.contact_store(), bootstrap.contact_records())
    print(json.dumps({"new": new, "rated": rated}))


def tariffs(source: Path = SOURCE) -> tuple[Tariff, ...]:
    """As they are written down there. Rejected names field and value of what is none."""
    rows = yaml.safe_load(source.read_text())
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Rejected(f"{source.name} is no list of tariffs", field="tariffs", value=rows)
    return tuple(read_tariff(row) for row in rows)


def publish(store: PartStore, found: Sequence[Tariff]) -> list[int]:
    """Adds the versions that the center does not have. Conflict when it has one that says something
    else: ledger lines name it, so it stays. Rejected when the versions do not fit each other."""
    center = store.latest()
    known = {tariff.version: tariff for tariff in center.tariffs}
    for tariff in found:
        if known.get(tariff.version, tariff) != tariff:
            message = f"version {tariff.version} is published; correct it by a new one"
            raise Conflict(message, field="version", value=tariff.version)
    new = [tariff for tariff in found if tariff.version not in known]
    TariffBook(zone=center.time_zone, tariffs=(*center.tariffs, *new))
    for tariff in new:
        store.save_part("tariff", str(tariff.version), tariff)
    return [tariff.version for tariff in new]


def rerate(
    contact_ids: Sequence[ContactId], contacts: ContactStore, records: ContactRecordsService
) -> int:
    """Rates these contacts anew, from their facts; how many there were."""
    records.rerate(contacts.facts(contact_id) for contact_id in contact_ids)
    return len(contact_ids)


def days_of(arguments: Sequence[str]) -> list[date]:
    """From the first day to the last; none for no arguments. Rejected for anything else."""
    if not arguments:
        return []
    if len(arguments) != 2:
        raise Rejected("give a first and a last day, or none", field="days", value=list(arguments))
    since, until = (read_day(text) for text in arguments)
    if until < since:
        raise Rejected(f"{until} is before {since}", field="day", value=until.isoformat())
    return days_between(since, until)


if __name__ == "__main__":
    main(sys.argv[1:])
