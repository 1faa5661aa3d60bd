"""Two customers who are one person: made one, found under both ids, and taken apart again.

Nothing moves. The other customer stays as it is, with a mark that says who it really is; whoever
asks for it is led on, and what lies under it is read together with what lies under the first. So a
merge of thousands of contacts is as small as one of none, and undoing it loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.customer import Customer, Merged, Trait, fold, index_keys, name_keys
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.ids import CustomerId
from chalicelib.core.profile import field_group
from chalicelib.core.telephone import matching_key

ABSORBED_AT_MOST = 20  # in one customer: a screen pop asks once for each
KEYS_AT_MOST = 70  # by which both are found; one transaction holds a hundred rows
_LISTS = ("phones", "emails", "former_names", "former_accounts")
_MAPPINGS = ("details", "attributes")

type Change = tuple[Customer, Customer]  # before and after


def survivors(
    customer_ids: Iterable[CustomerId],
    records: Callable[[Sequence[CustomerId]], Sequence[Customer]],
) -> list[Customer]:
    """Who these really are, in their order, each once; `records` reads customers as stored."""
    wanted = list(dict.fromkeys(customer_ids))
    known: dict[CustomerId, Customer] = {}
    missing = wanted
    while missing:
        found = {each.customer_id: each for each in records(missing)}
        known |= found
        onward = [each.merged.into for each in found.values() if each.merged]
        missing = [each for each in dict.fromkeys(onward) if each not in known]
    last = [_last(known, each) for each in wanted if each in known]
    return list({each.customer_id: each for each in last}.values())


def merge(kept: Customer, other: Customer, *, at: datetime, by: str) -> list[Change]:
    """Makes `other` one with `kept`, who keeps id, name and language, and gains the rest.

    Conflict when either is merged already; Rejected when they are one, or too much together.
    """
    _check_apart(kept, other)
    gained = gained_from(other, kept)
    absorbed = (*kept.absorbed, other.customer_id, *other.absorbed)
    after = replace(with_traits(kept, gained), absorbed=absorbed)
    if len(absorbed) > ABSORBED_AT_MOST:
        raise Rejected(
            f"{len(absorbed)} customers would be merged into one, the limit is {ABSORBED_AT_MOST}",
            field="customerId",
            value=other.customer_id,
        )
    found_by = sum(len(index_keys(each)) + len(name_keys(each)) for each in (after, other))
    if found_by > KEYS_AT_MOST:
        raise Rejected(
            f"the two have {found_by} numbers, addresses and names, the limit is {KEYS_AT_MOST}",
            field="customerId",
            value=other.customer_id,
        )
    mark = Merged(into=kept.customer_id, at=at, by=by, gained=tuple(gained))
    return [(kept, after), (other, replace(other, merged=mark))]


def take_apart(kept: Customer, other: Customer, rest: Sequence[Customer]) -> list[Change]:
    """Undoes the merge of `other` into `kept`; `rest` are the others merged into `kept`.

    The other is as it was. The first loses what it had gained, where that was not changed
    meanwhile and none of the rest has it too. Conflict when `kept` itself is merged.
    """
    assert other.merged is not None  # whoever asks has looked
    _check_not_erased(kept)
    if kept.merged is not None:
        raise Conflict(
            f"{kept.customer_id!r} is merged into {kept.merged.into!r}: undo that first",
            field="customerId",
            value=other.customer_id,
        )
    lost = [trait for trait in other.merged.gained if trait in traits_of(kept)]
    gone = {other.customer_id, *other.absorbed}
    after = replace(
        without_traits(kept, lost),
        absorbed=tuple(each for each in kept.absorbed if each not in gone),
    )
    changes = [(other, replace(other, merged=None))]
    for heir in rest:
        inherited = [trait for trait in gained_from(heir, after) if trait in lost]
        if inherited and heir.merged is not None:
            after = with_traits(after, inherited)
            mark = replace(heir.merged, gained=(*heir.merged.gained, *inherited))
            changes.append((heir, replace(heir, merged=mark)))
    return [(kept, after), *changes]


# --- what is known of somebody --------------------------------------------------------------------


def traits_of(customer: Customer) -> list[Trait]:
    """Everything by which customers differ, but whose ids they are."""
    single = [Trait("name", customer.name), Trait("language", customer.language or "")]
    lists = [Trait(kind, value) for kind in _LISTS for value in getattr(customer, kind)]
    mapped = [
        Trait(kind, value, key)
        for kind in _MAPPINGS
        for key, value in getattr(customer, kind).items()
    ]
    return [*(trait for trait in single if trait.value), *lists, *mapped]


def gained_from(other: Customer, kept: Customer) -> list[Trait]:
    """What `kept` learns of `other`. A name that is not taken over is remembered as a former one;
    a name or an address is taken over whole or not at all."""
    groups = {field_group(key) for key in kept.details} | ({"Name"} if kept.name else set())
    gained: list[Trait] = []
    for trait in traits_of(other):
        match trait.kind:
            case "name" if kept.name:
                gained.append(replace(trait, kind="former_names"))
            case "details" if trait.key == "AccountNumber" and trait.key in kept.details:
                gained.append(Trait("former_accounts", trait.value))
            case "details" if field_group(trait.key) in groups:
                continue
            case "attributes" if trait.key in kept.attributes:
                continue
            case "language" if kept.language:
                continue
            case _:
                gained.append(trait)
    known = {_sameness(trait) for trait in traits_of(kept)}
    return [trait for trait in dict.fromkeys(gained) if _sameness(trait) not in known]


def with_traits(customer: Customer, traits: Sequence[Trait]) -> Customer:
    """The customer who has these, too."""
    fields: dict[str, object] = {
        trait.kind: trait.value for trait in traits if trait.kind in ("name", "language")
    }
    for kind in _LISTS:
        fields[kind] = (*getattr(customer, kind), *(t.value for t in traits if t.kind == kind))
    for kind in _MAPPINGS:
        new = {trait.key: trait.value for trait in traits if trait.kind == kind}
        fields[kind] = {**getattr(customer, kind), **new}
    return replace(customer, **fields)  # type: ignore[arg-type]  # names as in Customer


def without_traits(customer: Customer, traits: Sequence[Trait]) -> Customer:
    """The customer who has none of these any more."""
    gone = set(traits)
    fields: dict[str, object] = {
        kind: tuple(v for v in getattr(customer, kind) if Trait(kind, v) not in gone)
        for kind in _LISTS
    }
    for kind in _MAPPINGS:
        known: Mapping[str, str] = getattr(customer, kind)
        fields[kind] = {k: v for k, v in known.items() if Trait(kind, v, k) not in gone}
    if Trait("name", customer.name) in gone:
        fields["name"] = ""
    if Trait("language", customer.language or "") in gone:
        fields["language"] = None
    return replace(customer, **fields)  # type: ignore[arg-type]  # names as in Customer


def _sameness(trait: Trait) -> Trait:
    """Equal for what counts as the same: spellings of a number, letters of an address."""
    match trait.kind:
        case "phones":
            return replace(trait, value=matching_key(trait.value))
        case "emails":
            return replace(trait, value=trait.value.strip().lower())
        case "name" | "former_names":
            return Trait("name", fold(trait.value))
        case _:
            return trait


def _check_apart(kept: Customer, other: Customer) -> None:
    if kept.customer_id == other.customer_id:
        raise Rejected(
            "a customer is not merged into itself", field="customerId", value=other.customer_id
        )
    for each in (kept, other):
        _check_not_erased(each)
        if each.merged is not None:
            raise Conflict(
                f"customer {each.customer_id!r} is merged into {each.merged.into!r}",
                field="customerId",
                value=each.customer_id,
                current=each,
            )


def _check_not_erased(customer: Customer) -> None:
    if customer.erasure is not None:
        raise Conflict(
            f"customer {customer.customer_id!r} was erased",
            field="customerId",
            value=customer.customer_id,
        )


def _last(known: Mapping[CustomerId, Customer], customer_id: CustomerId) -> Customer:
    customer = known[customer_id]
    while customer.merged is not None and customer.merged.into in known:
        customer = known[customer.merged.into]
    return customer


__all__ = [
    "ABSORBED_AT_MOST",
    "KEYS_AT_MOST",
    "Change",
    "merge",
    "survivors",
    "take_apart",
]
