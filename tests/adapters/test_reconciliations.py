"""What was found of a day lies in the bucket, and is read as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from chalicelib.adapters.reconciliations import S3Reconciliations
from chalicelib.core.civil_day import civil_day
from chalicelib.core.ids import ContactId
from chalicelib.core.reconciliation import Lack, Missing, Reconciliation
from tests.fakes.objects import InMemoryObjectStore
from tests.given import MONDAY

DAY = date(2026, 3, 8)
FOUND = Reconciliation(
    period=civil_day(DAY, "America/New_York"),
    at=MONDAY,
    contacts=1037,
    going_on=1,
    records=1036,
    recorded=1037,
    segments=1036,
    missing=(
        Missing(lack=Lack.OBJECT, contact_id=ContactId("c-1"), segment="s1", key="recordings/x"),
        Missing(lack=Lack.RECORD, contact_id=ContactId("c-2"), is_rebuilt=True),
    ),
)


def test_what_was_kept_is_found() -> None:
    """The newest look at a day counts; of another day nothing is known."""
    found = S3Reconciliations(InMemoryObjectStore())
    found.keep(replace(FOUND, missing=()))
    found.keep(FOUND)

    assert found.find(DAY) == FOUND
    assert found.find(date(2026, 3, 9)) is None


def test_auditors_read_it_as_json() -> None:
    objects = InMemoryObjectStore()
    S3Reconciliations(objects).keep(FOUND)

    (body,) = objects.bodies.values()
    told = json.loads(body)

    assert (told["day"], told["from"], told["to"]) == (
        "2026-03-08",
        "2026-03-08T05:00:00Z",
        "2026-03-09T04:00:00Z",
    )
    assert told["missing"][0] == {
        "lack": "OBJECT",
        "contactId": "c-1",
        "segment": "s1",
        "key": "recordings/x",
        "isRebuilt": False,
    }
