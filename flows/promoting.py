"""`promote`: flows of ours to another center, which knows its own queues by the same names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.core.flow import parse
from chalicelib.core.flow_tools import diff as differences
from chalicelib.core.flow_tools.center import published
from chalicelib.core.flow_tools.names import references, to_arns
from flows import files
from flows.moving import read_names
from flows.report import FINE, FOUND, Report, progress
from flows.target import Refused, Source, Target, is_same

# What a flow is for a moment, while others that it names are not there yet.
_SILENT = (
    '{"Version": "2019-10-30", "StartAction": "End", "Metadata": {}, "Actions": [{"Identifier": '
    '"End", "Type": "%s", "Parameters": {}, "Transitions": {}}]}'
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What promoting one flow does. `arn` None: the center does not have it yet."""

    source: Source
    arn: str | None
    changes: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return "new" if self.arn is None else "changed" if self.changes else "unchanged"


def promote(paths: Sequence[str], target: Target, names: str | None, is_dry_run: bool) -> Report:
    """All of them or, while a name is not resolved, none."""
    sources = _sources(paths)
    known = _known(sources, target, read_names(names))
    coming = {source.reference for source in sources}
    unresolved = [
        (source.name, name)
        for source in sources
        for name in to_arns(source.content, known).unresolved
        if name not in coming
    ]
    if unresolved:
        lines = [f"{flow}: there is no {name}" for flow, name in unresolved]
        document = {"unresolved": [{"flow": flow, "name": name} for flow, name in unresolved]}
        return Report([*lines, "nothing was written"], document, FOUND)
    plans = [_plan(source, known, target) for source in progress(sources, "flow")]
    if is_dry_run:
        return _told(plans, "would be changed")
    try:
        _write(plans, known, target)
    except Refused as refused:
        lines = [*str(refused).splitlines(), "what came before it was written; run it again"]
        return Report(lines, {"error": str(refused)}, FOUND)
    return _told(plans, "changed")


def _sources(paths: Sequence[str]) -> list[Source]:
    """Flows that could be published as they are; Unusable with every problem of every one."""
    found = files.flow_paths(paths)
    flows = files.read_flows(found)
    sources = [
        Source(flow.name, flow.type.value, files.in_flow_language(path))
        for path, flow in zip(found, flows, strict=True)
    ]
    twice = [name for name, count in Counter(s.reference for s in sources).items() if count > 1]
    if twice:
        raise files.Unusable("\n".join(f"two files hold {name}" for name in twice))
    return sources


def _known(sources: Sequence[Source], target: Target, given: Mapping[str, str]) -> dict[str, str]:
    """The names that can be resolved: by the mapping file, else in the center itself."""
    named = {name for source in sources for name in references(source.content)}
    kinds = {"flow", "module", *(name.split(":", 1)[0] for name in named - set(given))}
    return {**target.arns(sorted(kinds)), **given}


def _plan(source: Source, known: Mapping[str, str], target: Target) -> Plan:
    arn = known.get(source.reference)
    if arn is None:
        return Plan(source, None)
    ours, theirs = to_arns(source.content, known).content, target.content(source, arn)
    if theirs is not None:  # a center of ours may know its queues by their names, too
        theirs = to_arns(theirs, known).content
    if is_same(ours, theirs):
        return Plan(source, arn)
    return Plan(source, arn, tuple(_changes(source, ours, theirs)))


def _changes(source: Source, ours: str, theirs: str | None) -> list[str]:
    if theirs is None:
        return ["nothing of it is published there"]
    before, after = (
        published(source.name, source.type, parse(content, strict=False))
        for content in (theirs, ours)
    )
    changes = [str(change) for change in differences.diff(before, after)]
    return changes or ["layout, names or metadata only"]


def _write(plans: Sequence[Plan], known: dict[str, str], target: Target) -> None:
    """New flows first; one that names what is not there yet begins silently, until it is."""
    late = []
    for plan in progress(_in_order([plan for plan in plans if plan.arn is None]), "new flow"):
        content = to_arns(plan.source.content, known)
        if content.unresolved:
            late.append(plan)
        silent = _SILENT % (
            "EndFlowModuleExecution" if plan.source.is_module else "EndFlowExecution"
        )
        known[plan.source.reference] = target.create(
            plan.source, silent if content.unresolved else content.content
        )
    for plan in progress([*late, *(p for p in plans if p.state == "changed")], "flow"):
        content = to_arns(plan.source.content, known)
        target.update(plan.source, known[plan.source.reference], content.content)


def _in_order(new: Sequence[Plan]) -> list[Plan]:
    """Each after those that it names, as far as they do not name each other."""
    waiting = {plan.source.reference: plan for plan in new}
    ordered: list[Plan] = []
    while waiting:
        ready = [name for name, plan in waiting.items() if not _named(plan) & set(waiting)]
        for name in ready or list(waiting)[:1]:
            ordered.append(waiting.pop(name))
    return ordered


def _named(plan: Plan) -> set[str]:
    return set(references(plan.source.content))


def _told(plans: Sequence[Plan], verb: str) -> Report:
    counts = Counter(plan.state for plan in plans)
    lines = [
        line
        for plan in plans
        if plan.state != "unchanged"
        for line in (f"{plan.source.name}: {plan.state}", *(f"  {each}" for each in plan.changes))
    ]
    new = f", {counts['new']:,} new" if counts["new"] else ""
    lines.append(f"{counts['changed']:,} {verb}{new}, {counts['unchanged']:,} unchanged")
    document = [
        {"flow": plan.source.name, "state": plan.state, "changes": list(plan.changes)}
        for plan in plans
    ]
    return Report(lines, {"flows": document}, FINE)
