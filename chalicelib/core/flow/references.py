"""The things outside itself that a flow names, and those of them that do not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.core.flow.model import (
    Flow,
    FlowType,
    Library,
    Problem,
    PublishedFlow,
)
from chalicelib.core.flow.module_settings import invocation_problems
from chalicelib.core.flow.spec import brief
from chalicelib.core.flow.values import has_reference


@dataclass(frozen=True, slots=True)
class Reference:
    """`kind` is queue, hours, flow, module, function, prompt or bot; `path` is its place."""

    kind: str
    name: str
    path: str


_PARAMETERS = {
    "QueueId": "queue",
    "HoursOfOperationId": "hours",
    "ContactFlowId": "flow",
    "FlowModuleId": "module",
    "LambdaFunctionARN": "function",
    "PromptId": "prompt",
}


OWN_BOT = "bot:"  # how flows name the center's own bots; any other name is an ARN or a Lex bot


def references_of(flow: Flow) -> list[Reference]:
    """Every static reference; one made by JSONPath is known at run time only."""
    return [found for found in _all(flow) if not has_reference(found.name)]


def unresolved(flow: Flow, library: Library) -> list[Problem]:
    """References to queues, hours, flows, modules, prompts and bots that the library does not
    have, and what its modules do not declare."""
    lookups: Mapping[str, Callable[[str], object]] = {
        "queue": library.queue,
        "hours": library.hours,
        "flow": lambda name: flow_named(name, library),
        "module": lambda name: module_named(name, library),
        "prompt": library.prompt,
        "bot": library.bot,
    }
    dangling = [
        Problem(f"There is no {found.kind} {brief(found.name)}", found.path)
        for found in references_of(flow)
        if found.kind in lookups and lookups[found.kind](found.name) is None
    ]
    return [*dangling, *_misused(flow, library)]


def _misused(flow: Flow, library: Library) -> Iterator[Problem]:
    """Modules that are given what they do not take, or expected to end as they never do."""
    for number, action in enumerate(flow.actions.values()):
        name = action.parameters.get("FlowModuleId")
        if action.type != "InvokeFlowModule" or not isinstance(name, str) or has_reference(name):
            continue
        module = module_named(name, library)
        if module is not None and module.flow.settings is not None:
            for problem in invocation_problems(action, module.flow.settings):
                yield Problem(problem.message, f"Actions[{number}].{problem.path}")


def flow_named(reference: str, library: Library) -> PublishedFlow | None:
    """A flow that contacts can enter; a module is none."""
    found = library.flow(reference)
    return found if found is not None and found.type is not FlowType.MODULE else None


def module_named(reference: str, library: Library) -> PublishedFlow | None:
    """A library keeps modules among its flows; what is no module is none under any name."""
    name = reference.removeprefix("module:")
    found = library.flow(reference if name == reference else f"flow:{name}")
    return found if found is not None and found.type is FlowType.MODULE else None


def _all(flow: Flow) -> Iterator[Reference]:
    for number, action in enumerate(flow.actions.values()):
        place = f"Actions[{number}].Parameters"
        for name, kind in _PARAMETERS.items():
            value = action.parameters.get(name)
            if isinstance(value, str):
                yield Reference(kind, value, f"{place}.{name}")
        messages = action.parameters.get("Messages")
        for each, message in enumerate(messages if isinstance(messages, list) else ()):
            value = message.get("PromptId") if isinstance(message, Mapping) else None
            if isinstance(value, str):
                yield Reference("prompt", value, f"{place}.Messages[{each}].PromptId")
        bot = action.parameters.get("LexV2Bot")
        value = bot.get("AliasArn") if isinstance(bot, Mapping) else None
        if isinstance(value, str) and value.startswith(OWN_BOT):
            yield Reference("bot", value, f"{place}.LexV2Bot.AliasArn")
        hooks = action.parameters.get("EventHooks")
        for hook, value in hooks.items() if isinstance(hooks, Mapping) else ():
            if isinstance(value, str):
                yield Reference("flow", value, f"{place}.EventHooks.{hook}")
