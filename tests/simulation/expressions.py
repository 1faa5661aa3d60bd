"""DynamoDB's expressions, as far as PynamoDB writes them; anything else is refused loudly.

Each text is parsed once and kept as a function of the item and the placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

type Item = dict[str, dict[str, Any]]
type Names = Mapping[str, str]
type Values = Mapping[str, dict[str, Any]]
type Test = Callable[[Item, Names, Values], bool]
type Act = Callable[[Item, Names, Values], None]

_TOKEN = re.compile(r"\s*(?:(#\w+)|(:\w+)|([A-Za-z_]\w*)|(<>|<=|>=|[=<>(),+\-]))")
_COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Unknown(BaseException):
    """Something that nobody here knows. No handler may catch it: it ends the run."""


class KeyRange(NamedTuple):
    """Placeholders of a key condition: one partition, and bounds of the sort key."""

    partition: str
    operator: str = ""
    low: str = ""
    high: str = ""


@lru_cache(maxsize=1_000)
def condition(text: str) -> Test:
    """`(#0 = :0 OR attribute_not_exists (#1))` as a question about an item."""
    parser = _Parser(text)
    test = parser.alternatives()
    parser.end()
    return test


@lru_cache(maxsize=1_000)
def update(text: str) -> Act:
    """`SET #0 = :0 ADD #1 :1` as a change of an item, which is changed in place."""
    parser = _Parser(text)
    acts = []
    while parser.more:
        acts += parser.clause(parser.take())

    def run(item: Item, names: Names, values: Values) -> None:
        for act in acts:
            act(item, names, values)

    return run


@lru_cache(maxsize=1_000)
def key_range(text: str) -> KeyRange:
    """`(#0 = :0 AND begins_with (#1, :1))`; the first name is the partition key's."""
    parser = _Parser(text)
    in_brackets = parser.skip("(")
    parser.expect("#0", "=")
    found = KeyRange(parser.take())
    if parser.skip("AND"):
        found = parser.sort_key(found)
    if in_brackets:
        parser.expect(")")
    parser.end()
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._unknown()
            self._tokens.append(match.group().strip())
            at = match.end()
        self._at = 0

    @property
    def more(self) -> bool:
        return self._at < len(self._tokens)

    def take(self) -> str:
        if not self.more:
            raise self._unknown()
        self._at += 1
        return self._tokens[self._at - 1]

    def skip(self, token: str) -> bool:
        if self.more and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False

    def expect(self, *tokens: str) -> None:
        if not all(self.skip(token) for token in tokens):
            raise self._unknown()

    def end(self) -> None:
        if self.more:
            raise self._unknown()

    def _unknown(self) -> Unknown:
        return Unknown(f"cannot read {self._text!r}")

    # --- conditions ---

    def alternatives(self) -> Test:
        tests = [self._all_of()]
        while self.skip("OR"):
            tests.append(self._all_of())
        return tests[0] if len(tests) == 1 else lambda i, n, v: any(t(i, n, v) for t in tests)

    def _all_of(self) -> Test:
        tests = [self._test()]
        while self.skip("AND"):
            tests.append(self._test())
        return tests[0] if len(tests) == 1 else lambda i, n, v: all(t(i, n, v) for t in tests)

    def _test(self) -> Test:
        if self.skip("NOT"):
            inner = self._test()
            return lambda i, n, v: not inner(i, n, v)
        if self.skip("("):
            inner = self.alternatives()
            self.expect(")")
            return inner
        word = self.take()
        if word.startswith("#"):
            return self._comparison(word)
        return self._function(word)

    def _function(self, word: str) -> Test:
        self.expect("(")
        name = self._name()
        if word == "attribute_exists":
            self.expect(")")
            return lambda i, n, v: n[name] in i
        if word == "attribute_not_exists":
            self.expect(")")
            return lambda i, n, v: n[name] not in i
        if word not in ("begins_with", "contains"):
            raise self._unknown()
        self.expect(",")
        value = self._value()
        self.expect(")")
        if word == "contains":
            return lambda i, n, v: _contains(i.get(n[name], {}), v[value])
        return lambda i, n, v: str(i.get(n[name], {}).get("S", "")).startswith(v[value]["S"])

    def _comparison(self, name: str) -> Test:
        operator = self.take()
        if operator == "BETWEEN":
            low = self._value()
            self.expect("AND")
            high = self._value()
            at_least, at_most = _COMPARES[">="], _COMPARES["<="]
            return lambda i, n, v: (
                _holds(at_least, i.get(n[name]), v[low])
                and _holds(at_most, i.get(n[name]), v[high])
            )
        if operator not in _COMPARES:
            raise self._unknown()
        compare, value = _COMPARES[operator], self._value()
        return lambda i, n, v: _holds(compare, i.get(n[name]), v[value])

    def _name(self) -> str:
        token = self.take()
        if not token.startswith("#"):
            raise self._unknown()
        return token

    def _value(self) -> str:
        token = self.take()
        if not token.startswith(":"):
            raise self._unknown()
        return token

    def sort_key(self, found: KeyRange) -> KeyRange:
        if self.skip("begins_with"):
            self.expect("(", "#1", ",")
            prefix = self._value()
            self.expect(")")
            return found._replace(operator="begins_with", low=prefix)
        self.expect("#1")
        operator = self.take()
        low = self._value()
        if operator == "BETWEEN":
            self.expect("AND")
            return found._replace(operator=operator, low=low, high=self._value())
        if operator not in ("=", "<", "<=", ">", ">="):
            raise self._unknown()
        return found._replace(operator=operator, low=low)

    # --- updates ---

    def clause(self, word: str) -> list[Act]:
        acts = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add}
        if word not in acts:
            raise self._unknown()
        found = [acts[word]()]
        while self.skip(","):
            found.append(acts[word]())
        return found

    def _set(self) -> Act:
        name = self._name()
        self.expect("=")
        value = self._value()

        def act(item: Item, names: Names, values: Values) -> None:
            item[names[name]] = values[value]

        return act

    def _remove(self) -> Act:
        name = self._name()

        def act(item: Item, names: Names, values: Values) -> None:
            item.pop(names[name], None)

        return act

    def _add(self) -> Act:
        name, value = self._name(), self._value()

        def act(item: Item, names: Names, values: Values) -> None:
            more = values[value]
            if "SS" in more:
                old = item.get(names[name], {"SS": []})["SS"]
                item[names[name]] = {"SS": sorted({*old, *more["SS"]})}
                return
            old = item.get(names[name], {"N": "0"})["N"]
            item[names[name]] = {"N": str(_number(old) + _number(more["N"]))}

        return act


def _holds(compare: Callable[[Any, Any], bool], left: Mapping[str, Any] | None, right: Any) -> bool:
    """Values of different kinds compare as nothing, as in DynamoDB."""
    if left is None:
        return compare is _COMPARES["<>"]
    ((kind, a),), ((other, b),) = left.items(), right.items()
    if kind != other:
        return compare is _COMPARES["<>"]
    if kind == "N":
        return compare(_number(a), _number(b))
    return compare(a, b)


def _contains(whole: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    return part["S"] in whole.get("SS", whole.get("S", ()))


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdecimal() else Decimal(text)
