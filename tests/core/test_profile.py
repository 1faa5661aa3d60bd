"""Profiles by Amazon Connect's names."""

from __future__ import annotations

import pytest

from chalicelib.core.customer import HistoryLine
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId
from chalicelib.core.profile import (
    FIELD_LIMIT,
    calculated,
    chosen,
    contact_object,
    profile_of,
    with_fields,
)
from tests.given import MONDAY, a_customer, later

DOMAIN = "arn:aws:profile:us-east-1:000000000000:instance/i-1"


def test_a_name_is_read_as_first_and_last_name() -> None:
    """Customers entered before there were profiles have one name only."""
    profile = profile_of(a_customer(name="Ana Maria Silva"), DOMAIN)

    assert ("Ana Maria", "Silva") == (profile["FirstName"], profile["LastName"])
    assert "+12025550123" == profile["PhoneNumber"]
    assert "ana@example.com" == profile["EmailAddress"]
    assert profile["ProfileARN"] == f"{DOMAIN}/profiles/C-ana"


def test_a_single_name_is_a_first_name() -> None:
    profile = profile_of(a_customer(name="Ana", emails=()), DOMAIN)

    assert ("Ana", None, None) == (
        profile["FirstName"],
        profile.get("LastName"),
        profile.get("EmailAddress"),
    )


def test_what_is_written_is_read() -> None:
    customer = with_fields(a_customer(), {"City": "Lisbon", "Attributes.tier": "gold"})
    profile = profile_of(customer, DOMAIN)

    assert ("Lisbon", {"tier": "gold"}) == (profile["City"], profile["Attributes"])


def test_a_new_number_is_the_first_and_the_old_one_stays() -> None:
    """Whoever calls from the old one is still known."""
    customer = with_fields(a_customer(), {"PhoneNumber": "+12025550199"})

    assert ("+12025550199", "+12025550123") == customer.phones


def test_a_new_last_name_keeps_the_first() -> None:
    assert "Ana Souza" == with_fields(a_customer(), {"LastName": "Souza"}).name


def test_an_empty_field_is_forgotten() -> None:
    customer = with_fields(a_customer(), {"City": "Lisbon", "Attributes.tier": "gold"})
    customer = with_fields(customer, {"City": "", "Attributes.tier": ""})

    assert ({}, {}) == (customer.details, customer.attributes)


@pytest.mark.parametrize("name", ["Shoesize", "Attributes.", "attributes.tier"])
def test_a_field_that_no_profile_has_is_named(name: str) -> None:
    with pytest.raises(Rejected) as refused:
        with_fields(a_customer(), {name: "x"})
    assert refused.value.field == name


def test_a_field_over_the_limit_is_named() -> None:
    with pytest.raises(Rejected, match="City has 256"):
        with_fields(a_customer(), {"City": "x" * (FIELD_LIMIT + 1)})


def test_only_what_was_asked_for_is_shown() -> None:
    """And always whose it is."""
    profile = {"ProfileId": "C-1", "City": "Lisbon", "Attributes": {"a": "1", "b": "2"}}

    assert {"ProfileId": "C-1", "Attributes": {"b": "2"}} == chosen(profile, ["Attributes.b"])
    assert profile == chosen(profile, [])


def test_counted_over_the_history() -> None:
    lines = [
        HistoryLine(
            contact_id=ContactId("c-2"),
            channel=Channel.CHAT,
            initiated_at=later(minutes=5),
            duration_seconds=30,
        ),
        HistoryLine(
            contact_id=ContactId("c-1"),
            channel=Channel.VOICE,
            initiated_at=MONDAY,
            duration_seconds=61,
            agent_name="Ben Ode",
        ),
    ]

    known = calculated(lines)

    assert ("2", "CHAT", "Ben Ode", "46") == (
        known["_contact_count"],
        known["_last_channel"],
        known["_last_agent_name"],
        known["_average_contact_seconds"],
    )
    assert {"contactId": "c-2", "durationSeconds": "30"}.items() <= contact_object(lines[0]).items()


def test_nothing_is_counted_of_a_newcomer() -> None:
    assert {"_contact_count": "0"} == calculated([])
