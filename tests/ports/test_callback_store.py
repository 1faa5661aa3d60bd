"""What every CallbackStore promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamo.callbacks import DynamoCallbackStore
from chalicelib.adapters.dynamo.tables import CallbackRow
from chalicelib.core.ids import ContactId
from chalicelib.services.callback_ports import CallbackOutcome, CallbackStore, StandingCallback
from tests.fakes.contacts import InMemoryCallbackStore
from tests.given import ANAS_NUMBER, MONDAY, later
from tests.house import SALES

ANAS = StandingCallback(
    number=ANAS_NUMBER,
    contact_id=ContactId("c-1"),
    queue_id=SALES,
    asked_at=later(minutes=5),
    since=MONDAY,
    attempts_left=2,
    customer_name="Ana Silva",
)
NEXT = replace(
    ANAS,
    contact_id=ContactId("c-2"),
    attempts_left=1,
    last_outcome=CallbackOutcome.NOT_REACHED,
)


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> CallbackStore:
    if request.param == "fake":
        return InMemoryCallbackStore()
    request.getfixturevalue("bind_tables")(routing=[CallbackRow])
    return DynamoCallbackStore()


def test_the_first_of_a_number_stands_and_the_second_is_told_of_it(store: CallbackStore) -> None:
    assert ANAS == store.stand(ANAS)
    assert ANAS == store.stand(replace(ANAS, contact_id=ContactId("c-9"), asked_at=MONDAY))
    assert ANAS == store.find(ANAS_NUMBER)
    assert [ANAS] == list(store.all())


def test_nobody_is_called_whom_nobody_promised_to_call(store: CallbackStore) -> None:
    assert store.find(ANAS_NUMBER) is None
    assert [] == list(store.all())


def test_the_next_attempt_takes_the_place_of_the_one_before_once(store: CallbackStore) -> None:
    """The stream brings the end of an attempt at least once."""
    store.stand(ANAS)

    assert store.follow(ANAS.contact_id, NEXT)
    assert store.follow(ANAS.contact_id, NEXT)
    assert NEXT == store.find(ANAS_NUMBER)


def test_nothing_follows_what_does_not_stand(store: CallbackStore) -> None:
    """It was taken back meanwhile, or a new one stands."""
    assert not store.follow(ANAS.contact_id, NEXT)
    store.stand(ANAS)
    assert not store.follow(ContactId("c-9"), NEXT)

    assert ANAS == store.find(ANAS_NUMBER)


def test_only_what_stands_is_released(store: CallbackStore) -> None:
    store.stand(ANAS)

    assert not store.release(ANAS_NUMBER, NEXT.contact_id)
    assert store.release(ANAS_NUMBER, ANAS.contact_id)
    assert not store.release(ANAS_NUMBER, ANAS.contact_id)
    assert store.find(ANAS_NUMBER) is None


def test_whoever_asked_first_is_first_on_the_list(store: CallbackStore) -> None:
    """However their numbers sort."""
    asked = [
        replace(ANAS, number=f"+1202555012{n}", asked_at=later(minutes=minute))
        for n, minute in ((1, 3), (2, 1), (3, 2))
    ]
    for each in asked:
        store.stand(each)

    assert [asked[1], asked[2], asked[0]] == list(store.all())
