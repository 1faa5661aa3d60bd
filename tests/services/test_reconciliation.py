"""The nightly look at a day: what it finds, makes again, and tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core.alert import AlertKind
from chalicelib.core.civil_day import civil_day
from chalicelib.core.contact import ENDS_KEPT, ContactState
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.ids import ContactId
from chalicelib.core.reconciliation import Lack
from tests.house import ZONE
from tests.services.nights import AT_NIGHT, THE_DAY, Night


@pytest.fixture
def night() -> Night:
    return Night()


def record_of(night: Night, contact_id: ContactId) -> str:
    (key,) = [key for key in night.lake.bodies if key.startswith("records/") and contact_id in key]
    return key


def test_a_day_on_which_all_is_there_is_a_document_that_says_so(night: Night) -> None:
    night.talks()
    night.talks(is_transferred=True)

    found = night.looks()

    assert (found.contacts, found.records, found.recorded, found.segments) == (3, 3, 3, 3)
    assert found.missing == ()
    assert list(night.exports.bodies) == ["reconciliations/dt=2026-03-02/reconciliation.json"]
    assert night.room.of("2026-03-02") == found
    assert night.gauges.values == {"MissingRecords": 0}


def test_an_object_that_was_removed_is_named_and_alerts_once(night: Night) -> None:
    """Twice looked at is once told; put back, it is taken back."""
    (gone,), _ = night.talks(), night.talks()
    (stored,) = night.contact(gone).recordings
    body = night.objects.bodies[stored.key]
    night.objects.remove(stored.key)

    found, again = night.looks(), night.looks()

    assert [(m.lack, m.contact_id, m.key) for m in found.missing] == [
        (Lack.OBJECT, gone, stored.key)
    ]
    assert again.missing == found.missing
    (alert,) = night.alerts.recent(night.at)
    assert (alert.kind, alert.about) == (AlertKind.RECORDS_MISSING, "2026-03-02")
    assert alert.text == "Of 2 contacts of 2026-03-02 there is missing: 1 x object."
    assert night.gauges.values == {"MissingRecords": 1}
    night.objects.put(stored.key, body, content_type="audio/ogg")
    assert night.looks().missing == ()
    assert night.alerts.recent(night.at) == []


def test_an_empty_object_counts_as_none(night: Night) -> None:
    (contact_id,) = night.talks()
    (stored,) = night.contact(contact_id).recordings
    night.objects.put(stored.key, b"", content_type="audio/ogg")

    assert [each.lack for each in night.looks().missing] == [Lack.OBJECT]


def test_a_missing_record_is_made_again_from_the_facts(night: Night) -> None:
    """Byte for byte, and it alerts nobody: there is nothing to do."""
    (contact_id,) = night.talks()
    key = record_of(night, contact_id)
    was = night.lake.bodies[key]
    night.lake.remove(key)

    found = night.looks()

    assert [(m.lack, m.is_rebuilt) for m in found.missing] == [(Lack.RECORD, True)]
    assert night.lake.bodies[key] == was
    assert night.alerts.recent(night.at) == []
    assert night.looks().missing == ()


def test_a_record_that_cannot_be_made_again_alerts(night: Night) -> None:
    """Facts with a gap make no record: half a story would be a lie."""
    (contact_id,) = night.talks()
    night.lake.remove(record_of(night, contact_id))
    del night.contacts.written[contact_id][1]

    found = night.looks()

    assert [(m.lack, m.is_rebuilt) for m in found.missing] == [(Lack.RECORD, False)]
    assert len(night.alerts.recent(night.at)) == 1


def test_a_call_without_consent_has_no_object_and_is_not_missed(night: Night) -> None:
    night.talks(is_recorded=False)

    found = night.looks()

    assert (found.contacts, found.recorded, found.missing) == (1, 0, ())


def test_a_recorded_call_of_which_no_sound_arrived_is_named(night: Night) -> None:
    (contact_id,) = night.talks()
    contact = night.contact(contact_id)
    night.contacts.contacts[contact_id] = replace(contact, recordings=())

    assert [each.lack for each in night.looks().missing] == [Lack.AUDIO]


def test_the_civil_day_decides(night: Night) -> None:
    """A call that ends just after midnight is the next day's."""
    midnight = datetime.fromisoformat("2026-03-03T05:00:00+00:00")
    night.at = midnight - timedelta(seconds=120)
    night.talks()
    night.at = midnight - timedelta(seconds=15)
    night.talks()

    assert night.looks().contacts == 1


def test_a_day_that_is_not_over_cannot_be_looked_at(night: Night) -> None:
    with pytest.raises(Rejected) as refused:
        night.reconciliation.run(THE_DAY)
    with pytest.raises(Rejected):
        night.room.request("2026-03-02")

    assert (refused.value.field, refused.value.value) == ("day", "2026-03-02")
    assert night.requests.reconciliations == []


def test_a_day_that_nobody_remembers_is_not_looked_at_again(night: Night) -> None:
    """It would be found empty, and that would stand where the truth stood."""
    night.talks()
    found = night.looks()
    night.at = civil_day(THE_DAY, ZONE).from_at + ENDS_KEPT

    with pytest.raises(Rejected) as refused:
        night.reconciliation.run(THE_DAY)
    with pytest.raises(Rejected):
        night.room.request("2026-03-02")

    assert (refused.value.field, refused.value.value) == ("day", "2026-03-02")
    assert night.room.of("2026-03-02") == found


def test_nobody_has_looked_yet(night: Night) -> None:
    with pytest.raises(NotFound) as missing:
        night.room.of("2026-03-01")

    assert (missing.value.field, missing.value.value) == ("day", "2026-03-01")


def test_a_night_is_asked_for_until_somebody_has_looked(night: Night) -> None:
    night.at = AT_NIGHT
    assert night.room.request_due()[-1] == THE_DAY
    night.looks()

    assert THE_DAY not in night.room.request_due()


def test_who_still_wrapped_up_is_looked_for_again(night: Night) -> None:
    """Their record comes later; whether it does is seen six hours on."""
    night.talks()
    (contact_id,) = night.talks()
    contact = night.contact(contact_id)
    night.contacts.contacts[contact_id] = replace(contact, state=ContactState.ENDED)
    night.lake.remove(record_of(night, contact_id))
    found = night.looks()
    asked_at_once = night.room.request_due()
    night.at += timedelta(hours=6)

    assert (found.going_on, found.missing) == (1, ())
    assert THE_DAY not in asked_at_once
    assert THE_DAY in night.room.request_due()
