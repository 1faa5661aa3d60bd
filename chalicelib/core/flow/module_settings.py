"""What a module declares: what it takes, what it gives back, by which branches it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from chalicelib.core.flow.model import Action, Flow, InvalidFlow, ModuleSettings, Problem
from chalicelib.core.flow.spec import BAD_NAME, BAD_VALUE, MISSING_PROPERTY, bad_value, brief
from chalicelib.core.flow.values import has_reference, is_sound, is_too_deep, written

PLACE = "Settings"
MOST_BRANCHES = 8
LONGEST_NAME = 127
TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")


def read_settings(content: str) -> ModuleSettings:
    """Settings as they are handed in beside a module; InvalidFlow with all problems."""
    try:
        document: object = json.loads(content or "{}")
    except (ValueError, RecursionError) as error:
        raise InvalidFlow((Problem(f"{BAD_VALUE}: {str(error)[:120]}", PLACE),)) from error
    return settings_of(document)


def settings_of(document: object) -> ModuleSettings:
    """The same, read already; also in the form that stands inside of older documents."""
    reader = _Reader()
    settings = reader.settings(document)
    if reader.problems:
        raise InvalidFlow(tuple(reader.problems))
    return settings


def return_problems(action: Action, settings: ModuleSettings) -> Iterator[Problem]:
    """What a block that ends the module must not say; paths as in its parameters."""
    result = action.parameters.get("Result")
    if isinstance(result, str) and not has_reference(result) and result not in settings.branches:
        yield bad_value(result, "Result")
    data = action.parameters.get("ResultData")
    yield from _undeclared(data, settings.outputs, "ResultData")


def invocation_problems(action: Action, settings: ModuleSettings) -> Iterator[Problem]:
    """What a block that invokes the module must not say; paths as in the block."""
    given = action.parameters.get("Input")
    for problem in _undeclared(given, settings.inputs, "Input"):
        yield Problem(problem.message, f"Parameters.{problem.path}")
    for name in settings.required:
        if not isinstance(given, Mapping) or name not in given:
            yield Problem(MISSING_PROPERTY, f"Parameters.Input.{name[:60]}")
    for number, condition in enumerate(action.conditions):
        branch = condition.operands[0]
        if not has_reference(branch) and branch not in settings.branches:
            yield bad_value(branch, f"Transitions.Conditions[{number}].Condition.Operands")


def module_problems(flow: Flow) -> Iterator[Problem]:
    """Where a module gives back what it never declared."""
    if flow.settings is None:
        return
    for number, action in enumerate(flow.actions.values()):
        if action.type == "EndFlowModuleExecution":
            for problem in return_problems(action, flow.settings):
                yield Problem(problem.message, f"Actions[{number}].Parameters.{problem.path}")


def _undeclared(given: object, declared: tuple[str, ...], path: str) -> Iterator[Problem]:
    for name in given if isinstance(given, Mapping) else ():
        if name not in declared:
            yield Problem(f"{BAD_NAME}: {brief(name)}", f"{path}.{name[:60]}")


class _Reader:
    """Goes through the settings once and collects problems on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def settings(self, document: object) -> ModuleSettings:
        if not isinstance(document, Mapping) or is_too_deep(document) or not is_sound(document):
            self._problem(bad_value("", "").message, PLACE)
            return ModuleSettings()
        if document.keys() & {"InputParameters", "OutputParameters", "Transitions"}:
            return self._listed(document)
        inputs, required = self._schema(document, "input")
        outputs, _ = self._schema(document, "resultData")
        transitions = self._section(document, "transitions")
        branches = self._names(transitions.get("results"), "name", f"{PLACE}.transitions.results")
        return ModuleSettings(inputs, required, outputs, self._few(branches))

    def _listed(self, document: Mapping[str, object]) -> ModuleSettings:
        """As modules have it that a console made before there were schemas."""
        entries = document.get("InputParameters")
        inputs = self._names(entries, "Name", f"{PLACE}.InputParameters")
        outputs = self._names(document.get("OutputParameters"), "Name", f"{PLACE}.OutputParameters")
        branches = self._names(document.get("Transitions"), "ReferenceName", f"{PLACE}.Transitions")
        required = tuple(
            written(entry["Name"])
            for entry in (entries if isinstance(entries, list) else ())
            if isinstance(entry, Mapping) and "Name" in entry and entry.get("Required") is True
        )
        return ModuleSettings(inputs, required, outputs, self._few(branches))

    def _schema(
        self, document: Mapping[str, object], name: str
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The properties of an object, and those of them that must be there."""
        schema = self._section(self._section(document, name), "schema", within=f".{name}")
        place = f"{PLACE}.{name}.schema"
        if schema and schema.get("type") != "object":
            self._problem(bad_value(schema.get("type"), "").message, f"{place}.type")
        properties = self._section(schema, "properties", within=f".{name}.schema")
        for key, value in properties.items():
            kind = value.get("type") if isinstance(value, Mapping) else None
            if kind not in TYPES:
                self._problem(bad_value(kind, "").message, f"{place}.properties.{key[:60]}.type")
        listed = schema.get("required", [])
        required = (
            tuple(k for k in listed if isinstance(k, str)) if isinstance(listed, list) else ()
        )
        if not isinstance(listed, list) or not set(required) <= properties.keys():
            self._problem(bad_value(listed, "").message, f"{place}.required")
        return tuple(properties), required

    def _section(
        self, document: Mapping[str, object], name: str, *, within: str = ""
    ) -> Mapping[str, object]:
        section = document.get(name)
        if section is None:
            return {}
        if not isinstance(section, Mapping):
            self._problem(bad_value(section, "").message, f"{PLACE}{within}.{name}")
            return {}
        return section

    def _names(self, entries: object, key: str, place: str) -> tuple[str, ...]:
        if entries is None:
            return ()
        if not isinstance(entries, list):
            self._problem(bad_value(entries, "").message, place)
            return ()
        names = [entry.get(key) if isinstance(entry, Mapping) else None for entry in entries]
        for number, name in enumerate(names):
            is_name = isinstance(name, str) and 1 <= len(name) <= LONGEST_NAME
            if not is_name or name in names[:number]:
                self._problem(bad_value(name, "").message, f"{place}[{number}].{key}")
        return tuple(name for name in names if isinstance(name, str))

    def _few(self, branches: tuple[str, ...]) -> tuple[str, ...]:
        if len(branches) > MOST_BRANCHES:
            message = f"{BAD_VALUE}: at most {MOST_BRANCHES} branches are possible"
            self._problem(message, PLACE)
        return branches

    def _problem(self, message: str, path: str) -> None:
        self.problems.append(Problem(message, path))
