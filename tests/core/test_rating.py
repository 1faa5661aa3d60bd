"""What a contact costs, to the second and to the sixth decimal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import events as e
from chalicelib.core.contact_record import ContactRecord, StoredRecording, StoredTranscript
from chalicelib.core.ledger import UNALLOCATED, LedgerLine, total
from chalicelib.core.rating import lines_of
from chalicelib.core.tariff import Kind, TariffBook
from tests.core.prices import (
    CENTRES,
    SALES,
    SUPPORT,
    answered,
    book,
    call,
    line,
    tariff,
    transferred,
    voice,
)

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)  # in New York
EVERYTHING = (
    voice("0.0180"),
    line("0.0022"),
    line("0.0048", "OUTBOUND"),
    line("0.0100", "WEB", ""),
    {"kind": "MESSAGE", "channel": "CHAT", "unit": "MESSAGE", "price": "0.004"},
    {"kind": "MESSAGE", "channel": "TASK", "unit": "MESSAGE", "price": "0.04"},
    {"kind": "RECORDING", "unit": "GB_MONTH", "price": "0.023"},
    {"kind": "REQUESTS", "unit": "MILLION_REQUESTS", "price": "0.625"},
)


def full_book() -> TariffBook:
    return book(
        tariff(1, "2026-01-01", *EVERYTHING, requests_per_contact=160, recordings_kept_days=60)
    )


def rated(record: ContactRecord, prices: TariffBook | None = None) -> tuple[LedgerLine, ...]:
    return lines_of(record, prices or book(), CENTRES)


def amounts(lines: tuple[LedgerLine, ...]) -> list[tuple[Kind, int, str]]:
    return [(each.kind, each.quantity, str(each.amount)) for each in lines]


def test_a_call_of_two_queues_costs_what_both_contacts_cost() -> None:
    """253 s of Sales, handed over for 180 s of Support: 0.145777 dollars."""
    first = call("c-1", NOON, 253, SALES)
    second = transferred(first, "c-2", 180, SUPPORT)

    sales, support = rated(first), rated(second)

    assert amounts(sales) == [(Kind.SERVICE, 253, "0.075900"), (Kind.LINE, 253, "0.009277")]
    assert amounts(support) == [(Kind.SERVICE, 180, "0.054000"), (Kind.LINE, 180, "0.006600")]
    assert (total(sales), total(support)) == (Decimal("0.085177"), Decimal("0.060600"))
    assert total([*sales, *support]) == Decimal("0.145777")
    assert {each.cost_centre for each in sales} == {"CC-100"}
    assert {each.cost_centre for each in support} == {"CC-200"}


def test_one_contact_that_went_from_queue_to_queue_has_a_segment_of_each() -> None:
    """The place in one line was given up for the other: one contact, two cost centres."""
    lines = rated(call("c-1", NOON, 433, SALES, SUPPORT, moved_after=253))

    assert [(each.segment, each.cost_centre, each.quantity) for each in lines] == [
        *((1, "CC-100", 253), (1, "CC-100", 253)),
        *((2, "CC-200", 180), (2, "CC-200", 180)),
    ]
    assert total(lines) == Decimal("0.145777")


def test_a_new_tariff_splits_a_call_over_midnight_by_the_second() -> None:
    """Version 2 is in force from 1 April, 00:00 in New York."""
    prices = book(tariff(1), tariff(2, "2026-04-01", voice("0.0200"), line("0.0030")))

    lines = rated(call("c-1", MIDNIGHT - timedelta(seconds=53), 253, SALES), prices)

    assert [(each.day, each.tariff_version, each.kind, each.quantity) for each in lines] == [
        (date(2026, 3, 31), 1, Kind.SERVICE, 53),
        (date(2026, 3, 31), 1, Kind.LINE, 53),
        (date(2026, 4, 1), 2, Kind.SERVICE, 200),
        (date(2026, 4, 1), 2, Kind.LINE, 200),
    ]
    assert [str(each.amount) for each in lines] == [
        *("0.015900", "0.001943"),
        *("0.066667", "0.010000"),
    ]


def test_a_call_that_ends_at_midnight_is_of_the_day_before() -> None:
    """The first second of the new day was not talked in."""
    lines = rated(call("c-1", MIDNIGHT - timedelta(seconds=60), 60, SALES))

    assert {each.day for each in lines} == {date(2026, 3, 31)}


def test_what_no_queue_has_a_cost_centre_for_is_shown_as_unallocated() -> None:
    """A call that ended in the menu, and one in a queue without the tag."""
    in_menu = rated(call("c-1", NOON, 60))
    in_untagged = lines_of(call("c-2", NOON, 60, SALES), book(), {SUPPORT: "CC-200"})

    assert {each.cost_centre for each in (*in_menu, *in_untagged)} == {UNALLOCATED}
    assert {each.queue_id for each in in_menu} == {None}


def test_before_the_first_tariff_nothing_has_a_price() -> None:
    """And what a tariff does not name costs nothing: no line of 0."""
    early = call("c-1", datetime(2025, 6, 1, 16, 0, tzinfo=UTC), 60, SALES)
    chat = replace(call("c-2", NOON, 60, SALES), channel=e.Channel.CHAT)

    assert rated(early) == ()
    assert rated(chat) == ()


def test_a_chat_is_paid_by_the_message_and_a_task_once() -> None:
    """Neither has a telephone line."""
    spoken = call("c-1", NOON, 60, SALES)
    kept = StoredTranscript(location="b/k", messages=7)
    chat = replace(spoken, channel=e.Channel.CHAT, transcript=kept)
    task = replace(spoken, channel=e.Channel.TASK)

    found = [rated(each, full_book()) for each in (chat, task)]

    assert [amounts(lines)[0] for lines in found] == [
        (Kind.MESSAGE, 7, "0.028000"),
        (Kind.MESSAGE, 1, "0.040000"),
    ]
    assert all(each.kind in (Kind.MESSAGE, Kind.REQUESTS) for lines in found for each in lines)


def test_a_recording_is_paid_for_as_long_as_it_is_kept() -> None:
    """A gigabyte for two months of 30 days; requests are an average that was measured."""
    kept = StoredRecording(
        segment="s1",
        location="b/k",
        started_at=NOON,
        stopped_at=NOON,
        seconds=1.0,
        channels=2,
        sha256="0",
        size_bytes=2**30,
    )
    lines = rated(replace(call("c-1", NOON, 60, SALES), recordings=(kept,)), full_book())

    assert amounts(lines)[2:] == [
        (Kind.RECORDING, 2**30 * 60, "0.046000"),
        (Kind.REQUESTS, 160, "0.000100"),
    ]


def test_whom_we_call_is_paid_for_from_the_answer_on() -> None:
    """A promised call waits for its agent without a line; by the number's country."""
    promised = replace(
        call("c-1", NOON, 300, SALES),
        initiation_method=e.InitiationMethod.CALLBACK,
        customer_endpoint=e.Endpoint("+12025550123"),
    )

    lines = rated(answered(promised, 240), full_book())

    assert [(each.rate, each.quantity) for each in lines[:2]] == [
        ("SERVICE VOICE", 60),
        ("LINE OUTBOUND +1", 60),
    ]
    assert [each.kind for each in rated(promised, full_book())] == [Kind.REQUESTS]


def test_a_page_has_a_line_of_its_own_and_colleagues_have_none() -> None:
    """Who talks through a browser is on nobody's telephone."""
    page = replace(call("c-1", NOON, 60, SALES), initiation_method=e.InitiationMethod.WEBRTC_API)
    colleagues = replace(call("c-2", NOON, 60), is_internal=True)

    found = [[each.rate for each in rated(record, full_book())] for record in (page, colleagues)]

    assert found == [
        ["SERVICE VOICE", "LINE WEB", "REQUESTS"],
        ["SERVICE VOICE", "REQUESTS"],
    ]


@given(
    st.integers(0, 3 * 366 * 86_400),
    st.integers(0, 3 * 86_400),
    st.sampled_from(["America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]),
    st.lists(st.sampled_from([SALES, SUPPORT]), max_size=3),
)
@settings(deadline=None)
def test_every_second_is_paid_for_once(
    start: int, seconds: int, zone: str, queues: list[str]
) -> None:
    """Over midnights, days of 23 and 25 hours, tariffs and queues."""
    began_at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=start)
    record = call("c-1", began_at, seconds, *queues, moved_after=seconds // 3)  # type: ignore[arg-type]  # ids
    prices = book(tariff(1, "2025-12-01"), tariff(2, "2027-02-11", voice("0.0300")), zone=zone)

    lines = rated(record, prices)

    assert sum(each.quantity for each in lines if each.kind is Kind.SERVICE) == seconds
    assert len({each.line_id for each in lines}) == len(lines)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Ho_Chi_Minh"])
def test_days_are_the_center_s(zone: str) -> None:
    """Noon in New York is 23:00 in Saigon: a call of two hours lies in two days there."""
    lines = rated(call("c-1", NOON, 7_200, SALES), book(zone=zone))

    days = sorted({each.day for each in lines})

    expected = (
        [date(2026, 3, 10)]
        if zone == "America/New_York"
        else [date(2026, 3, 10 + n) for n in (0, 1)]
    )
    assert days == expected
