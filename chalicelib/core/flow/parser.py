"""Reads a flow document: all of it understood, or every problem told."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.core.flow.blocks import BLOCKS
from chalicelib.core.flow.branches import branch_problems
from chalicelib.core.flow.conditions import Unreadable, comparisons
from chalicelib.core.flow.model import (
    Action,
    Condition,
    Flow,
    FlowType,
    InvalidFlow,
    ModuleSettings,
    Problem,
)
from chalicelib.core.flow.module_settings import (
    PLACE,
    module_problems,
    read_settings,
    settings_of,
)
from chalicelib.core.flow.spec import BAD_VALUE, MISSING_PROPERTY, bad_value, brief
from chalicelib.core.flow.values import is_too_deep

VERSION = "2019-10-30"
MAX_ACTIONS = 250
MAX_BYTES = 1_000_000
MAX_IDENTIFIER = 50
BAD_FORMAT = "Invalid contact flow format"
BAD_TYPE = "Invalid Action type"

# Half of a surrogate pair can stand in JSON, as an escape or as it is, but not be stored as UTF-8.
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_WORD = re.compile(r"(?<=[a-z])([A-Z])")
_UNSET = ("", "$end")  # how drafts write a branch that leads nowhere yet
_FORBIDDEN_LETTERS = frozenset("%:(\\/)=$,;[]{}")
_FORBIDDEN_NAMES = (
    "__proto__",
    "constructor",
    "__defineGetter__",
    "__defineSetter__",
    "toString",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "valueOf",
)


def parse(
    content: str | bytes,
    *,
    strict: bool = True,
    flow_type: FlowType | None = None,
    settings: str = "",
) -> Flow:
    """The flow that the document describes; InvalidFlow with all problems if it describes none.

    Not strict, it reads what is published already and drafts: unknown types stay (and take their
    error branch when run), parameters go unchecked, branches may lead nowhere. `flow_type`: also
    refuses blocks that have no place in flows of this type. `settings`: of a module, as they are
    kept beside it; those inside of the document count where there are none.
    """
    document = _document(content)
    reader = _Reader(document, is_strict=strict, flow_type=flow_type, settings=settings)
    flow = reader.flow()
    if reader.problems:
        raise InvalidFlow(tuple(reader.problems))
    return flow


@dataclass(frozen=True, slots=True)
class Examined:
    """A document as far as it can be read, and all that keeps it from being published.

    `names`: the identifiers of its actions in order, as `Actions[n]` in a path counts them.
    """

    flow: Flow
    problems: tuple[Problem, ...]
    names: tuple[str, ...]
    type: FlowType | None


def examine(content: str | bytes, *, flow_type: FlowType | None = None) -> Examined:
    """Reads on where `parse` gives up; InvalidFlow only where there is no document at all."""
    document = _document(content)
    known = flow_type or _type_of(document)
    lenient = _Reader(document, is_strict=False)
    strict = _Reader(document, is_strict=True, flow_type=flow_type)
    strict.flow()
    return Examined(lenient.flow(), tuple(strict.problems), strict.names(), known)


def _type_of(document: Mapping[str, object]) -> FlowType | None:
    """What its metadata calls it, in today's spelling or an older one (`customerQueue`)."""
    metadata = document.get("Metadata")
    name = metadata.get("type") if isinstance(metadata, Mapping) else None
    spelled = _WORD.sub(r"_\1", name).upper() if isinstance(name, str) else ""
    return next((t for t in FlowType if spelled == t or name == t), None)


def _document(content: str | bytes) -> Mapping[str, object]:
    if len(content) > MAX_BYTES:
        raise InvalidFlow((Problem(f"{BAD_FORMAT}: more than {MAX_BYTES} characters"),))
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        document: object = json.loads(text, parse_constant=_no_constant)
        is_honest = isinstance(document, dict) and not is_too_deep(document)
        if _HALF_PAIR.search(text):
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidFlow((Problem(f"{BAD_FORMAT}: {str(error)[:120]}"),)) from error
    if not isinstance(document, dict) or not is_honest:
        raise InvalidFlow((Problem(f"{BAD_FORMAT}: not an object, or nested too deep"),))
    return document


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


class _Reader:
    """Goes through the document once and collects problems on the way."""

    def __init__(
        self,
        document: Mapping[str, object],
        *,
        is_strict: bool,
        flow_type: FlowType | None = None,
        settings: str = "",
    ) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._is_strict = is_strict
        self._flow_type = flow_type
        self._given_settings = settings
        self._identifiers: frozenset[str] = frozenset()

    def flow(self) -> Flow:
        if self._document.get("Version") != VERSION:
            version = self._document.get("Version")
            self._problem(f"{BAD_FORMAT}: version {brief(version)} is not {VERSION}", "Version")
        entries = self._entries()
        self._identifiers = frozenset(self._unique_identifiers(entries))
        actions = [self._action(entry, f"Actions[{n}]") for n, entry in enumerate(entries)]
        flow = Flow(
            self._start(), {action.identifier: action for action in actions}, self._settings()
        )
        if self._is_strict:
            self.problems.extend(module_problems(flow))
        return flow

    def _settings(self) -> ModuleSettings | None:
        """Nobody runs by them, so only publishing insists that they can be read."""
        try:
            if self._given_settings:
                return read_settings(self._given_settings)
            if PLACE in self._document:
                return settings_of(self._document[PLACE])
        except InvalidFlow as error:
            self.problems.extend(error.problems if self._is_strict else ())
        return None

    def names(self) -> tuple[str, ...]:
        entries = self._document.get("Actions")
        return tuple(
            str(entry.get("Identifier", "")) if isinstance(entry, dict) else ""
            for entry in (entries if isinstance(entries, list) else ())
        )

    def _entries(self) -> list[Mapping[str, object]]:
        entries = self._document.get("Actions")
        if not isinstance(entries, list) or (self._is_strict and not entries):
            self._problem(f"{BAD_FORMAT}: there are no actions", "Actions")
            return []
        if len(entries) > MAX_ACTIONS:
            self._problem(f"{BAD_FORMAT}: more than {MAX_ACTIONS} actions", "Actions")
            return []
        for number, entry in enumerate(entries):
            if not isinstance(entry, dict):
                self._problem(f"{BAD_FORMAT}: not an object", f"Actions[{number}]")
        return [entry if isinstance(entry, dict) else {} for entry in entries]

    def _start(self) -> str:
        start = self._document.get("StartAction")
        if isinstance(start, str) and start in self._identifiers:
            return start
        if self._is_strict or not (start is None or start in _UNSET):
            self._problem(f"{BAD_FORMAT}: no action is {brief(start)}", "StartAction")
        return ""

    def _unique_identifiers(self, entries: list[Mapping[str, object]]) -> Iterator[str]:
        named = [entry.get("Identifier") for entry in entries]
        counted = Counter(name for name in named if isinstance(name, str))
        for number, name in enumerate(named):
            path = f"Actions[{number}].Identifier"
            if not isinstance(name, str) or not name:
                self._problem(MISSING_PROPERTY, path)
                continue
            if counted[name] > 1:
                self._problem(f"{BAD_VALUE}: {brief(name)} is not unique", path)
            if self._is_strict and not _is_identifier(name):
                self._problem(f"{BAD_VALUE}: {brief(name)}", path)
            yield name

    # --- one action -------------------------------------------------------------------------------

    def _action(self, entry: Mapping[str, object], path: str) -> Action:
        type_name = entry.get("Type")
        if not isinstance(type_name, str) or not type_name:
            self._problem(MISSING_PROPERTY, f"{path}.Type")
            type_name = ""
        parameters = self._section(entry, "Parameters", path)
        transitions = self._section(entry, "Transitions", path)
        action = Action(
            identifier=str(entry.get("Identifier", "")),
            type=type_name,
            parameters=parameters,
            next_action=self._next(transitions, f"{path}.Transitions"),
            conditions=tuple(self._conditions(transitions, f"{path}.Transitions")),
            errors=tuple(self._errors(transitions, f"{path}.Transitions")),
        )
        if self._is_strict and type_name:
            self._check(action, path)
        return action

    def _check(self, action: Action, path: str) -> None:
        """What only publishing asks for."""
        block = BLOCKS.get(action.type)
        if block is None:
            self._problem(f"{BAD_TYPE}: {brief(action.type)}", f"{path}.Type")
            return
        if not block.fits(self._flow_type):
            self._problem(f"{BAD_TYPE}: {action.type} in {self._flow_type}", f"{path}.Type")
        for problem in block.problems(action.parameters):
            self._problem(problem.message, f"{path}.Parameters.{problem.path}".rstrip("."))
        for problem in branch_problems(block, action):
            self._problem(problem.message, f"{path}.Transitions{problem.path}")

    def _section(self, entry: Mapping[str, object], name: str, path: str) -> Mapping[str, object]:
        section = entry.get(name)
        if section is None:
            return {}
        if not isinstance(section, dict):
            self._problem(bad_value(section, "").message, f"{path}.{name}")
            return {}
        return section

    def _next(self, transitions: Mapping[str, object], path: str) -> str | None:
        target = transitions.get("NextAction")
        return None if target is None else self._target(target, f"{path}.NextAction") or None

    def _conditions(self, transitions: Mapping[str, object], path: str) -> Iterator[Condition]:
        for number, entry in enumerate(self._list(transitions, "Conditions", path)):
            place = f"{path}.Conditions[{number}]"
            target = self._target(entry.get("NextAction"), f"{place}.NextAction")
            try:
                found = comparisons(entry.get("Condition"))
            except Unreadable as wrong:
                self._problem(bad_value(wrong.value, "").message, f"{place}.{wrong.path}")
            else:
                yield from (Condition(name, (operand,), target) for name, operand in found)

    def _errors(self, transitions: Mapping[str, object], path: str) -> Iterator[tuple[str, str]]:
        for number, entry in enumerate(self._list(transitions, "Errors", path)):
            place = f"{path}.Errors[{number}]"
            error_type = entry.get("ErrorType")
            if not isinstance(error_type, str) or not error_type:
                self._problem(MISSING_PROPERTY, f"{place}.ErrorType")
            target = self._target(entry.get("NextAction"), f"{place}.NextAction")
            if isinstance(error_type, str) and target:
                yield error_type, target

    def _list(
        self, transitions: Mapping[str, object], name: str, path: str
    ) -> list[Mapping[str, object]]:
        entries = transitions.get(name)
        if entries is None:
            return []
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            self._problem(bad_value(entries, "").message, f"{path}.{name}")
            return []
        return entries

    def _target(self, target: object, path: str) -> str:
        if isinstance(target, str) and target in self._identifiers:
            return target
        if not self._is_strict and (target is None or target in _UNSET):
            return ""
        self._problem(f"{BAD_VALUE}: no action is {brief(target)}", path)
        return ""

    def _problem(self, message: str, path: str) -> None:
        self.problems.append(Problem(message, path))


def _is_identifier(name: str) -> bool:
    return (
        len(name) <= MAX_IDENTIFIER
        and not _FORBIDDEN_LETTERS & set(name)
        and not any(forbidden in name for forbidden in _FORBIDDEN_NAMES)
    )
