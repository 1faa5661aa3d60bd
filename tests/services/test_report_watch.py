"""Who is told of a report that is not there, when, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.core.alert import AlertKind
from chalicelib.core.civil_day import Grain
from chalicelib.services.ports import Unavailable
from tests.core.records import record
from tests.services.reporting import SUNDAY, Office

SATURDAY = SUNDAY - timedelta(days=1)
QUARTER_PAST_TWO = datetime.fromisoformat("2026-03-09T06:15:00+00:00")  # in New York


@pytest.fixture
def office() -> Office:
    """Saturday's queues were reported, Sunday's are due at two."""
    office = Office()
    office.keep(record("c-1", agent="a-mia"))
    office.build(day=SATURDAY)
    return office


def late(office: Office) -> list[str]:
    return [alert.about for alert in office.alerted() if alert.kind is AlertKind.REPORT_LATE]


def test_a_missing_report_alerts_within_a_quarter_of_an_hour(office: Office) -> None:
    """Not before; and operators read the same from a number."""
    office.at = QUARTER_PAST_TWO - timedelta(seconds=1)
    office.clock.tick()
    in_time = late(office), office.gauges.values["LateReports"]
    office.at = QUARTER_PAST_TWO

    office.clock.tick()

    assert in_time == ([], 0)
    assert late(office) == ["daily-queues 2026-03-08"]
    assert office.gauges.values["LateReports"] == 1
    (alert,) = office.alerts.recent(office.at)
    assert alert.text == "Report daily-queues of 2026-03-08 was due and is not there"


def test_it_is_one_alert_however_often_the_clock_looks(office: Office) -> None:
    for _ in range(4):
        office.at = max(office.at, QUARTER_PAST_TWO) + timedelta(minutes=15)
        office.clock.tick()

    assert late(office) == ["daily-queues 2026-03-08"]


def test_it_is_taken_back_when_the_report_is_there(office: Office) -> None:
    office.at = QUARTER_PAST_TWO
    office.clock.tick()
    office.at += timedelta(minutes=3)

    office.works()

    assert late(office) == []
    office.clock.tick()
    assert office.gauges.values["LateReports"] == 0


def test_a_bucket_that_denies_is_late_with_the_reason(office: Office) -> None:
    """In finance's list, in the alert; and the next try need not wait for anybody."""
    office.at = QUARTER_PAST_TWO
    office.objects.denied.add("exports/")
    with pytest.raises(Unavailable):
        office.works("daily-queues")
    office.clock.tick()

    views = [v for v in office.catalog.newest() if v.period == "2026-03-08"]
    (alert,) = [each for each in office.alerted() if each.kind is AlertKind.REPORT_LATE]
    assert {view.state for view in views} == {"failed", "late"}
    assert all(view.reason and "AccessDenied" in view.reason for view in views)
    assert "AccessDenied" in alert.text
    office.objects.denied.clear()
    office.works("daily-queues")
    assert [v.state for v in office.catalog.of("2026-03-08")] == ["published"]
    assert late(office) == []


def test_a_report_that_cannot_be_stored_holds_no_other_up(office: Office) -> None:
    office.objects.denied.add("exports/daily-agents/")

    with pytest.raises(Unavailable):
        office.works()

    states = {view.report: view.state for view in office.catalog.of("2026-03-08")}
    assert states.pop("daily-agents") == "failed"
    assert set(states.values()) == {"published"}


def test_what_is_late_for_days_stays_in_the_list_and_in_the_number(office: Office) -> None:
    """Alerts live for a day: an old one is not raised anew."""
    office.at = QUARTER_PAST_TWO + timedelta(days=2)

    office.clock.tick()

    assert late(office) == ["daily-queues 2026-03-10"]
    assert office.gauges.values["LateReports"] == 3


def test_the_clock_asks_for_the_nights_that_nobody_looked_at(office: Office) -> None:
    """From one in the morning on; of three nights, so that an outage is made up for."""
    office.at = datetime.fromisoformat("2026-03-09T04:59:59+00:00")
    office.clock.tick()
    before = list(office.requests.reconciliations)
    office.requests.reconciliations.clear()
    office.at += timedelta(seconds=1)

    office.clock.tick()

    assert before[-1] == SATURDAY
    assert office.requests.reconciliations[-1] == SUNDAY
    assert len(before) == len(office.requests.reconciliations) == 3


def test_a_renewal_while_another_writes_is_asked_for_again(office: Office) -> None:
    """That one may have read before the news came; and nobody waits for half an hour."""
    office.at = QUARTER_PAST_TWO
    office.keep(record("c-2"))
    office.another_claims()

    office.work.renew(SUNDAY, grain=Grain.DAY)

    assert [(Grain.DAY, SUNDAY)] == office.requests.renewed
