"""A finished contact is in the lake once, and late news asks for the day again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.core.civil_day import Grain
from chalicelib.services.contact_records import ContactRecordsService
from chalicelib.services.late_news import LateNews
from chalicelib.services.ledger import LedgerService
from tests.core.records import INSTANCE, NOON, a_handled_call
from tests.fakes.center import InMemoryCenterStore
from tests.fakes.objects import InMemoryObjectStore
from tests.fakes.reporting import InMemoryReportRequests
from tests.house import a_center


class Desk:
    """The service on a lake in memory, with a clock to set."""

    def __init__(self, zone: str = "America/New_York") -> None:
        self.objects = InMemoryObjectStore()
        self.requests = InMemoryReportRequests()
        self.at = NOON + timedelta(minutes=5)
        self.service = ContactRecordsService(
            S3RecordLake(self.objects),
            LedgerService(S3Ledger(self.objects), InMemoryCenterStore(a_center())),
            LateNews(self.requests, zone=zone, now=lambda: self.at),
            instance_arn=INSTANCE,
        )


def test_nothing_is_written_while_the_contact_goes_on() -> None:
    """A record is final, so there is none before the end."""
    desk = Desk()

    assert desk.service.write(a_handled_call()[:12]) is None
    assert desk.objects.bodies == {}


def test_a_finished_contact_is_in_the_lake() -> None:
    """One object under the day on which it ended."""
    desk = Desk()

    record = desk.service.write(a_handled_call())

    assert record is not None
    (body,) = desk.objects.bodies.values()
    assert json.loads(body)["ContactId"] == record.contact_id


def test_every_fact_may_ask_and_only_news_is_written() -> None:
    """The stream delivers at least once; the second time there is nothing to do."""
    desk = Desk()
    for _ in range(3):
        desk.service.write(a_handled_call())

    assert desk.objects.calls.count("put") == 1


def test_facts_that_arrive_late_reach_the_same_object() -> None:
    """The recording is stored after the contact is complete."""
    desk = Desk()
    facts = a_handled_call()

    desk.service.write(facts[:13])
    desk.service.write(facts)
    desk.service.write(facts[:13])

    (body,) = desk.objects.bodies.values()
    assert json.loads(body)["Recordings"] is not None


def test_a_record_of_today_renews_no_report() -> None:
    """Today is reported when it is over."""
    desk = Desk()

    desk.service.write(a_handled_call())

    assert desk.requests.renewed == []


def test_a_record_of_a_day_that_is_over_renews_its_reports_once() -> None:
    """A late record makes revision 2; the same record again makes nothing."""
    desk = Desk()
    desk.at = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)  # 09:00 in New York

    desk.service.write(a_handled_call())
    desk.service.write(a_handled_call())

    assert desk.requests.renewed == [(Grain.DAY, date(2026, 3, 8))]


def test_a_late_record_is_not_stored_before_its_reports_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next try would find it in the lake, and ask nobody; what was asked for comes later."""
    desk = Desk()
    desk.at = datetime(2026, 4, 1, 13, 0, tzinfo=UTC)

    def is_down(day: date, *, grain: Grain) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(desk.requests, "renew", is_down)
        with pytest.raises(ConnectionError):
            desk.service.write(a_handled_call())
    assert {} == desk.objects.bodies

    desk.service.write(a_handled_call())

    assert len(desk.objects.bodies) == 1
    assert (Grain.MONTH, date(2026, 3, 1)) in desk.requests.renewed


def test_a_contact_over_midnight_renews_both_days() -> None:
    """Agents' time lies where it passed."""
    desk = Desk("Asia/Sakhalin")  # where 13:00 UTC is midnight
    desk.at = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
    facts = [
        replace(fact, at=fact.at - timedelta(hours=3, seconds=60)) for fact in a_handled_call()
    ]

    desk.service.write(facts)

    assert desk.requests.renewed == [(Grain.DAY, date(2026, 3, day)) for day in (8, 9)]


def test_the_day_is_over_when_it_is_over_for_the_center() -> None:
    """At 16:02 UTC it is Monday in Kiritimati already."""
    desk = Desk("Pacific/Kiritimati")
    desk.at = datetime(2026, 3, 9, 9, 59, 59, tzinfo=UTC)
    desk.service.write(a_handled_call()[:13])
    desk.at += timedelta(seconds=1)

    desk.service.write(a_handled_call())

    assert desk.requests.renewed == [(Grain.DAY, date(2026, 3, 9))]
