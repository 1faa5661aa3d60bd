"""Who is calling, customers found by hand, the history of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core.customer import Identity, customer_id_for
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import Endpoint
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.services.customers import CustomersService
from tests.fakes.people import InMemoryCustomerStore
from tests.given import ANAS_NUMBER, MONDAY, a_contact, a_customer, later

UNKNOWN = Endpoint("+12025550199")


@pytest.fixture
def store() -> InMemoryCustomerStore:
    return InMemoryCustomerStore()


@pytest.fixture
def service(store: InMemoryCustomerStore) -> CustomersService:
    return CustomersService(store, to_e164)


def identify(service: CustomersService, contact: str, endpoint: Endpoint | None) -> Identity:
    return service.identify(ContactId(contact), endpoint, MONDAY)


def test_two_calls_at_once_each_told_twice_make_one_customer(
    service: CustomersService, store: InMemoryCustomerStore
) -> None:
    """Both contacts point to the one customer, and each delivery tells the same story."""
    answers = [identify(service, contact, UNKNOWN) for contact in ("c-1", "c-2", "c-1", "c-2")]

    (customer,) = store.customers.values()
    assert customer.created_by == "inbound call"
    assert {a.customer_id for a in answers} == {customer.customer_id}
    assert [a.is_new for a in answers] == [True, False, True, False]


def test_losing_the_race_for_a_new_number_finds_the_winners_customer(
    service: CustomersService,
    store: InMemoryCustomerStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other call writes between our look and our write."""
    look = store.with_phone

    def seen_too_early(phone: str) -> object:
        monkeypatch.setattr(store, "with_phone", look)
        identify(service, "c-2", UNKNOWN)
        return ()

    monkeypatch.setattr(store, "with_phone", seen_too_early)

    ours = identify(service, "c-1", UNKNOWN)

    assert ours == Identity(customer_id_for(UNKNOWN.address), is_new=False)
    assert len(store.customers) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        None,
        Endpoint("anonymous"),
        Endpoint(""),
        Endpoint("+266696687"),
        Endpoint("8d3c", "VOIP"),
        Endpoint("ana@example.com", "EMAIL_ADDRESS"),
    ],
)
def test_a_hundred_withheld_calls_do_not_end_on_one_person(
    service: CustomersService, store: InMemoryCustomerStore, endpoint: Endpoint | None
) -> None:
    """Who withholds the number is nobody, not the customer called anonymous."""
    answers = {identify(service, f"c-{n}", endpoint) for n in range(100)}

    assert answers == {Identity(None)}
    assert not store.customers


@pytest.mark.parametrize("written", ["+1 202-555-0123", "(202) 555-0123", "202/555-0123"])
def test_a_number_matches_however_it_was_stored(service: CustomersService, written: str) -> None:
    """What counts is the number, not its punctuation."""
    service.register(a_customer(phones=(written,)))

    assert identify(service, "c-1", Endpoint(ANAS_NUMBER)).customer_id == "C-ana"


def test_a_customer_known_by_number_only_is_recognised(service: CustomersService) -> None:
    """Neither name nor mail is needed."""
    service.register(a_customer(name="", emails=(), language=None))

    assert identify(service, "c-1", Endpoint(ANAS_NUMBER)).customer_id == "C-ana"


def test_brazil_with_and_without_the_ninth_digit_is_one_person(service: CustomersService) -> None:
    """Carriers still send both forms."""
    with_nine = identify(service, "c-1", Endpoint("+5511987654321"))
    without = identify(service, "c-2", Endpoint("+551187654321"))

    assert with_nine.customer_id == without.customer_id


@pytest.mark.parametrize(
    ("one", "other"),
    [("+5491123456789", "+541123456789"), ("+5215512345678", "+525512345678")],
)
def test_either_form_of_a_mobile_number_is_one_person(
    service: CustomersService, store: InMemoryCustomerStore, one: str, other: str
) -> None:
    """Whichever called first made the customer; Argentina's 9, Mexico's 1."""
    first, second = (
        identify(service, f"c-{n}", Endpoint(number)) for n, number in enumerate((one, other))
    )

    assert first.customer_id == second.customer_id == customer_id_for(other)
    assert len(store.customers) == 1


def test_the_number_is_kept_as_it_was_dialled(
    service: CustomersService, store: InMemoryCustomerStore
) -> None:
    """An Argentine mobile is called back with its 9, where it came with one."""
    identify(service, "c-1", Endpoint("+5491123456789"))

    (customer,) = store.customers.values()
    assert customer.phones == ("+5491123456789",)


def test_a_number_entered_in_two_forms_is_kept_in_the_first(
    service: CustomersService,
) -> None:
    numbers = ("+5491123456789", ANAS_NUMBER, "+541123456789")

    entered = service.register(a_customer(phones=numbers))

    assert entered.phones == ("+5491123456789", ANAS_NUMBER)


def test_whoever_gets_a_number_that_another_gave_up_is_somebody_new(
    service: CustomersService, store: InMemoryCustomerStore
) -> None:
    """The id that the number once made is taken; two calls at once still make one customer."""
    identify(service, "c-1", UNKNOWN)
    (first,) = store.customers.values()
    store.save(first, replace(first, phones=("+12025550177",)))

    answers = [identify(service, contact, UNKNOWN) for contact in ("c-2", "c-3", "c-2")]

    assert {a.customer_id for a in answers} == {customer_id_for(UNKNOWN.address, holder=1)}
    assert [a.is_new for a in answers] == [True, False, True]


def test_of_two_customers_who_share_a_number_none_is_chosen(service: CustomersService) -> None:
    """The agent sees both."""
    service.register(a_customer("C-1"))
    service.register(a_customer("C-2", name="Rui Silva"))

    identity = identify(service, "c-1", Endpoint(ANAS_NUMBER))

    assert identity == Identity(None, candidates=(CustomerId("C-1"), CustomerId("C-2")))


def test_the_fact_names_the_customer(service: CustomersService) -> None:
    """What the contact keeps of it."""
    fact = service.identified(ContactId("c-1"), UNKNOWN, at=MONDAY)

    assert fact is not None
    assert (fact.customer_id, fact.is_new) == (customer_id_for(UNKNOWN.address), True)


def test_no_fact_is_told_of_somebody_who_cannot_be_named(service: CustomersService) -> None:
    """A withheld number leaves no trace of a customer."""
    assert service.identified(ContactId("c-1"), None, at=MONDAY) is None


def test_a_call_goes_on_when_the_customers_cannot_be_reached(
    service: CustomersService, store: InMemoryCustomerStore
) -> None:
    """One try, no storm; the call waits for nobody."""
    store.is_down = True

    assert service.identified(ContactId("c-1"), UNKNOWN, at=MONDAY) is None
    assert len(store.calls) == 1


def test_registering_an_id_twice_is_a_conflict(service: CustomersService) -> None:
    """The first one stays."""
    service.register(a_customer())

    with pytest.raises(Conflict):
        service.register(a_customer(name="Somebody Else"))


def test_a_customer_with_an_invalid_number_is_not_stored(
    service: CustomersService, store: InMemoryCustomerStore
) -> None:
    """The refusal names field and value, and keeps the number out of the message."""
    with pytest.raises(Rejected) as refused:
        service.register(a_customer(phones=("+999 12",)))

    assert (refused.value.field, refused.value.value) == ("phone", "+999 12")
    assert "+999" not in refused.value.message
    assert not store.customers


def test_customers_are_found_by_number_and_by_name(service: CustomersService) -> None:
    """Any spelling of the number, any word of the name."""
    service.register(a_customer())

    for found in (
        service.find(phone="(202) 555-0123"),
        service.find(name="ana"),
        service.find(name="SIL"),
    ):
        assert [c.customer_id for c in found] == ["C-ana"]
    assert not service.find(name="nobody")


@pytest.mark.parametrize(
    ("asked", "field"), [({}, "phone"), ({"name": " "}, "phone"), ({"phone": "12"}, "phone")]
)
def test_a_search_without_a_number_or_name_is_refused(
    service: CustomersService, asked: dict[str, str], field: str
) -> None:
    """Nobody lists all customers by asking for none."""
    with pytest.raises(Rejected) as refused:
        service.find(**asked)

    assert refused.value.field == field


def test_the_history_follows_the_contact_and_never_goes_back(service: CustomersService) -> None:
    """Late deliveries of old states change nothing, and repeated ones add no line."""
    service.register(a_customer())
    early = a_contact(customer_id=CustomerId("C-ana"), fact_count=5, agent=None)
    late = replace(early, fact_count=9, disposition="sale", disconnected_at=later(minutes=2))

    for contact in (early, late, early, late):
        service.record_contact(contact)

    (line,) = service.get(CustomerId("C-ana")).history
    assert (line.disposition, line.duration_seconds) == ("sale", 120)


def test_a_contact_of_nobody_has_no_history(
    service: CustomersService, store: InMemoryCustomerStore
) -> None:
    """There is nobody to keep it for."""
    service.record_contact(a_contact())

    assert not store.calls


def test_looking_up_a_caller_finds_one_or_none(service: CustomersService) -> None:
    """A flow may greet by name only when there is no doubt."""
    service.register(a_customer("C-1"))
    alone = service.look_up(ANAS_NUMBER)
    service.register(a_customer("C-2"))
    shared = service.look_up(ANAS_NUMBER)

    assert alone is not None
    assert alone.customer.customer_id == "C-1"
    assert shared is None
    assert service.look_up("anonymous") is None


def test_an_unknown_id_is_not_found(service: CustomersService) -> None:
    """Not an empty customer."""
    with pytest.raises(NotFound):
        service.get(CustomerId("C-x"))


def test_a_caller_who_is_known_already_is_found_by_id(
    service: CustomersService, store: InMemoryCustomerStore
) -> None:
    """Also where others share the number; an id that is not ours leaves the number to tell."""
    service.register(a_customer("C-1"))
    service.register(a_customer("C-2"))

    known = service.look_up(ANAS_NUMBER, CustomerId("C-2"))

    assert known is not None
    assert known.customer.customer_id == "C-2"
    assert service.look_up(ANAS_NUMBER, CustomerId("somebody-else's")) is None
