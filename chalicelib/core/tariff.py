"""What a contact costs: tariffs as data, each in force from a day of the center's zone on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

from chalicelib.core.civil_day import civil_day, read_day
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel
from chalicelib.core.money import half_up, read_amount, read_currency

PLACES = 6  # decimals of an amount in the ledger
_PRICE_PLACES = 12  # decimals of a price at most: a second of Lambda costs 0.0000166667
_GIGABYTE_MONTH = 2**30 * 30  # as a bucket's storage is billed: a month is 30 days here


class Kind(StrEnum):
    """What is paid for."""

    SERVICE = "SERVICE"  # the time the customer spends in the center
    LINE = "LINE"  # the line that the customer is on
    MESSAGE = "MESSAGE"  # of a chat; a task and an e-mail are one each
    RECORDING = "RECORDING"  # the bytes kept of a call, for as long as they are kept
    REQUESTS = "REQUESTS"  # of the cloud that a contact makes


class Unit(StrEnum):
    """What a price is for. Quantities are whole numbers of something smaller."""

    MINUTE = "MINUTE"
    MESSAGE = "MESSAGE"
    GB_MONTH = "GB_MONTH"
    MILLION_REQUESTS = "MILLION_REQUESTS"

    @property
    def size(self) -> int:
        """How many seconds, messages, bytes times days, or requests it has."""
        return _SIZES[self]


_SIZES = {
    Unit.MINUTE: 60,
    Unit.MESSAGE: 1,
    Unit.GB_MONTH: _GIGABYTE_MONTH,
    Unit.MILLION_REQUESTS: 1_000_000,
}
_UNITS = {
    Kind.SERVICE: Unit.MINUTE,
    Kind.LINE: Unit.MINUTE,
    Kind.MESSAGE: Unit.MESSAGE,
    Kind.RECORDING: Unit.GB_MONTH,
    Kind.REQUESTS: Unit.MILLION_REQUESTS,
}


class Way(StrEnum):
    """Whose line it is: the number that was called, the one that we call, or a page."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
    WEB = "WEB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """So much of the tariff's currency for one unit.

    Of several that fit the most particular counts: the named channel before None, which is any;
    the longest prefix before a shorter one. Prefixes tell countries and types of numbers apart:
    `+44`, `+1`, and `+1800` for one kind of toll-free number.
    """

    kind: Kind
    price: Decimal
    channel: Channel | None = None  # of SERVICE and MESSAGE
    way: Way | None = None  # of LINE
    prefix: str = ""  # of LINE: how the number begins

    @property
    def unit(self) -> Unit:
        return _UNITS[self.kind]

    @property
    def rate(self) -> str:
        """What it is the price of, in the words of the tariff."""
        named = (self.kind, self.channel, self.way, self.prefix)
        return " ".join(str(each) for each in named if each)

    def amount(self, quantity: int) -> Decimal:
        """What so much costs. Here, and nowhere else, a line is rounded: half up, away from zero,
        to 6 decimals, computed in whole numbers."""
        scaled = int(self.price.scaleb(_PRICE_PLACES)) * quantity
        return half_up(scaled, self.unit.size * 10**_PRICE_PLACES, places=PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A version of the prices, in force from the midnight that begins `from_day`.

    `corrects`: an earlier version that was wrong, and in whose place this one counts.
    """

    version: int
    from_day: date
    currency: str
    prices: tuple[Price, ...]
    corrects: int | None = None
    recordings_kept_days: int = 365
    requests_per_contact: int = 0  # what a contact makes on average, as measured

    def service(self, channel: Channel) -> Price | None:
        return self._for_channel(Kind.SERVICE, channel)

    def message(self, channel: Channel) -> Price | None:
        return self._for_channel(Kind.MESSAGE, channel)

    def line(self, way: Way, number: str) -> Price | None:
        fitting = [
            price
            for price in self.prices
            if price.kind is Kind.LINE and price.way is way and number.startswith(price.prefix)
        ]
        return max(fitting, key=lambda price: len(price.prefix), default=None)

    def flat(self, kind: Kind) -> Price | None:
        """Of what has one price for all: recordings, requests."""
        return next((price for price in self.prices if price.kind is kind), None)

    def _for_channel(self, kind: Kind, channel: Channel) -> Price | None:
        fitting = [p for p in self.prices if p.kind is kind and p.channel in (channel, None)]
        return max(fitting, key=lambda price: price.channel is not None, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffBook:
    """Every version there ever was; each counts until the day on which the next one begins.

    Rejected: a zone nobody knows, a version twice, two versions that begin on one day without one
    correcting the other, another currency.
    """

    zone: str
    tariffs: tuple[Tariff, ...]

    def __post_init__(self) -> None:
        by_version: dict[int, Tariff] = {}
        for tariff in sorted(self.tariffs, key=lambda each: each.version):
            civil_day(tariff.from_day, self.zone)  # refuses the zone
            if tariff.version in by_version:
                _reject("version", tariff.version, "is there twice")
            if by_version and tariff.currency != self.tariffs[0].currency:
                _reject("currency", tariff.currency, f"is not {self.tariffs[0].currency!r}")
            _check_correction(tariff, by_version)
            by_version[tariff.version] = tariff
        begun: dict[date, int] = {}
        for tariff in self._in_force:
            if tariff.from_day in begun:
                other = begun[tariff.from_day]
                day = tariff.from_day.isoformat()
                _reject("from", day, f"is the first day of versions {other} and {tariff.version}")
            begun[tariff.from_day] = tariff.version

    def on(self, day: date) -> Tariff | None:
        """The one in force then; None before the first."""
        begun = [tariff for tariff in self._in_force if tariff.from_day <= day]
        return max(begun, key=lambda tariff: tariff.from_day, default=None)

    @property
    def _in_force(self) -> list[Tariff]:
        corrected = {tariff.corrects for tariff in self.tariffs}
        return [tariff for tariff in self.tariffs if tariff.version not in corrected]


def _check_correction(tariff: Tariff, earlier: Mapping[int, Tariff]) -> None:
    if tariff.corrects is None:
        return
    corrected = earlier.get(tariff.corrects)
    if corrected is None:
        _reject("corrects", tariff.corrects, f"is no version before {tariff.version}")
    elif corrected.from_day != tariff.from_day:
        begins = corrected.from_day.isoformat()
        _reject("from", tariff.from_day.isoformat(), f"is not {begins}, as what it corrects")


# --- tariffs as somebody wrote them down ----------------------------------------------------------


_TARIFF_KEYS = (
    *("version", "from", "currency", "prices"),
    *("corrects", "recordings kept days", "requests per contact"),
)
_PRICE_KEYS = ("kind", "unit", "price", "channel", "way", "prefix")


def read_tariff(row: Mapping[str, object]) -> Tariff:
    """`{"version": 1, "from": "2026-04-01", "currency": "USD", "prices": [{"kind": "SERVICE",
    "channel": "VOICE", "unit": "MINUTE", "price": "0.0180"}]}`, checked whole.

    Prices are text, because a float is no price. Rejected names the field and its value.
    """
    _check_keys(row, _TARIFF_KEYS)
    prices = row.get("prices")
    if not isinstance(prices, Sequence) or isinstance(prices, str) or not prices:
        _reject("prices", prices, "is no list of prices")
    read = tuple(read_price(each) for each in prices if isinstance(each, Mapping))
    if len(read) != len(prices):
        _reject("prices", prices, "has an entry that is no price")
    rates = [price.rate for price in read]
    for rate in rates:
        if rates.count(rate) > 1:
            _reject("prices", rate, "has two prices")
    corrects = row.get("corrects")
    return Tariff(
        version=_whole(row, "version", least=1),
        from_day=read_day(str(row.get("from", "")), field="from"),
        currency=read_currency(row.get("currency")),
        prices=read,
        corrects=None if corrects is None else _whole(row, "corrects", least=1),
        recordings_kept_days=_whole(row, "recordings kept days", least=1, without=365),
        requests_per_contact=_whole(row, "requests per contact", least=0, without=0),
    )


def read_price(row: Mapping[str, object]) -> Price:
    """One entry of a tariff; see `read_tariff`."""
    _check_keys(row, _PRICE_KEYS)
    kind = _one_of(Kind, row.get("kind"), "kind")
    unit = _one_of(Unit, row.get("unit"), "unit")
    if unit is not _UNITS[kind]:
        _reject("unit", unit.value, f"is not {_UNITS[kind]}, in which {kind} is priced")
    channel, way = row.get("channel"), row.get("way")
    if channel is not None and kind not in (Kind.SERVICE, Kind.MESSAGE):
        _reject("channel", channel, f"makes no difference to the price of {kind}")
    if kind is not Kind.LINE and (way is not None or "prefix" in row):
        _reject("way" if way is not None else "prefix", way or row["prefix"], f"is not of {kind}")
    prefix = str(row.get("prefix", ""))
    if prefix and not (prefix[0] == "+" and prefix[1:].isascii() and prefix[1:].isdigit()):
        _reject("prefix", prefix, "is no beginning of a number like +1800")
    return Price(
        kind=kind,
        price=read_amount(row.get("price"), "price", places=_PRICE_PLACES),
        channel=None if channel is None else _one_of(Channel, channel, "channel"),
        way=_one_of(Way, way, "way") if kind is Kind.LINE else None,
        prefix=prefix,
    )


def _whole(row: Mapping[str, object], key: str, *, least: int, without: int | None = None) -> int:
    value = row.get(key, without)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 10**9:
        _reject(key, value, f"is no whole number from {least} on")
    return value


def _one_of[E: StrEnum](known: type[E], value: object, field: str) -> E:
    found = next((each for each in known if each.value == value), None)
    if found is None:
        _reject(field, value, f"is none of {', '.join(known)}")
    return found


def _check_keys(row: Mapping[str, object], known: Sequence[str]) -> None:
    for key in row:
        if key not in known:
            _reject(str(key), row[key], f"is of no key that is known; these are {', '.join(known)}")


def _reject(field: str, value: object, why: str) -> NoReturn:
    raise Rejected(f"{field} {value!r} {why}", field=field, value=value)
