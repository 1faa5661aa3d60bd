"""`test` and `coverage`: hold the conversations that lie beside the flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.core.flow import PublishedFlow
from chalicelib.core.flow_tools.center import Center
from chalicelib.core.flow_tools.conversation import Verdict, run
from chalicelib.core.flow_tools.coverage import Coverage, coverage
from chalicelib.core.flow_tools.script import Conversation
from flows import files
from flows.report import FINE, FOUND, USAGE, Report, plural, progress


@dataclass
class Held:
    """All conversations of a command, held."""

    flows: list[PublishedFlow]
    verdicts: list[tuple[Path, Verdict]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    impossible: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def failures(self) -> list[tuple[Path, Verdict]]:
        return [(path, verdict) for path, verdict in self.verdicts if verdict.failure]


def hold(paths: Sequence[str], center: str | None) -> Held:
    """Flows are found in the directories of what is named, so that one may lead to another."""
    scripts = _script_paths(paths)
    folders = sorted({path.parent for path in scripts})
    own = {
        path.with_name(path.name.removesuffix(files.CONVERSATIONS) + ".json") for path in scripts
    }
    flows = files.read_flows(
        path
        for folder in folders
        for path in sorted(folder.glob("*.json"))
        if path in own or files.is_flow(path)  # other documents may lie there, and drafts
    )
    held = Held(flows)
    found: list[tuple[Path, Conversation]] = []
    for path in scripts:
        script, mistakes = files.read_script(path)
        held.mistakes += [f"{path}:{mistake.line}: {mistake.message}" for mistake in mistakes]
        held.impossible.update(script.impossible or {})
        found += [(path, conversation) for conversation in script.conversations]
    if not held.mistakes:
        centers = {folder: _center(folder, center, flows) for folder in folders}
        for path, conversation in progress(found, "conversation"):
            held.verdicts.append((path, run(conversation, centers[path.parent])))
    return held


def test(paths: Sequence[str], center: str | None) -> Report:
    """Every conversation, kept or not."""
    held = hold(paths, center)
    if held.mistakes:
        return Report(held.mistakes, {"mistakes": held.mistakes}, USAGE)
    lines = [line for path, verdict in held.failures for line in _failed(path, verdict)]
    kept = len(held.verdicts) - len(held.failures)
    lines.append(f"{plural(len(held.verdicts), 'conversation')}: {kept} kept")
    document = {
        "conversations": len(held.verdicts),
        "kept": kept,
        "failures": [_failure_document(path, verdict) for path, verdict in held.failures],
    }
    return Report(lines, document, FOUND if held.failures else FINE)


def cover(paths: Sequence[str], center: str | None, minimum: float) -> Report:
    """Blocks and branches taken over all conversations, and those nobody has tried."""
    held = hold(paths, center)
    if held.mistakes:
        return Report(held.mistakes, {"mistakes": held.mistakes}, USAGE)
    traces = [verdict.trace for _, verdict in held.verdicts]
    each = [(flow.name, coverage([flow], traces, _of(held, flow))) for flow in held.flows]
    whole = coverage(held.flows, traces, held.impossible)
    lines = [line for name, part in each for line in _covered(name, part)]
    lines += _covered("all flows", whole)[:1]
    lines += [f"  said to be impossible: {b}, but it was taken" for b in whole.wrongly_excused]
    lines += [f"  not kept: {verdict.conversation.name}" for _, verdict in held.failures]
    is_short = whole.percent < minimum or whole.wrongly_excused or held.failures
    document = {"total": _document(whole), "flows": {n: _document(part) for n, part in each}}
    return Report(lines, document, FOUND if is_short else FINE)


def _of(held: Held, flow: PublishedFlow) -> dict[tuple[str, str, str], str]:
    return {place: why for place, why in held.impossible.items() if place[0] == flow.name}


def _script_paths(paths: Sequence[str]) -> list[Path]:
    found: list[Path] = []
    for argument in paths:
        path = Path(argument)
        named = _in(path) if path.is_dir() else _of_flow(path) if path.suffix == ".json" else [path]
        if not named or not all(script.is_file() for script in named):
            raise files.Unusable(f"{argument}: no conversations here")
        found += named
    return list(dict.fromkeys(found))


def _of_flow(path: Path) -> list[Path]:
    """Its own; a flow without any is one that others lead to, so theirs."""
    own = path.with_name(path.stem + files.CONVERSATIONS)
    is_led_to = path.is_file() and not own.is_file()
    return _in(path.parent) if is_led_to else [own]


def _in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{files.CONVERSATIONS}"))


def _center(folder: Path, named: str | None, flows: Sequence[PublishedFlow]) -> Center:
    beside = folder / files.CENTER
    path = Path(named) if named else beside if beside.is_file() else None
    return files.read_center(path).publish(flows)


def _failed(path: Path, verdict: Verdict) -> list[str]:
    failure = verdict.failure
    if failure is None:
        return []
    heard = [f'      "{text}"' for text in failure.heard] or ["      nothing"]
    return [
        f"{path}:{failure.line}: {verdict.conversation.name}: {failure.message}",
        "    heard since the customer last did something:",
        *heard,
        "    path: " + " → ".join(failure.path),
    ]


def _failure_document(path: Path, verdict: Verdict) -> dict[str, object]:
    failure = verdict.failure
    assert failure is not None
    return {
        "file": str(path),
        "line": failure.line,
        "conversation": verdict.conversation.name,
        "message": failure.message,
        "heard": list(failure.heard),
        "path": list(failure.path),
    }


def _covered(name: str, part: Coverage) -> list[str]:
    blocks = part.blocks - len(part.missing_blocks)
    taken = part.branches - len(part.missing)
    return [
        f"{name}: {part.percent:g} % of branches ({taken} of {part.branches}), "
        f"{part.blocks_percent:g} % of blocks ({blocks} of {part.blocks})",
        *(f"  never reached: {block}" for _, block in part.missing_blocks),
        *(f"  never taken: {branch.block} → {branch.name}" for branch in part.missing),
        *(f"  cannot happen: {b.block} → {b.name} ({why})" for b, why in part.excused),
    ]


def _document(part: Coverage) -> dict[str, object]:
    return {
        "percent": part.percent,
        "branches": part.branches,
        "missing": [[b.flow, b.block, b.name] for b in part.missing],
        "blocks": part.blocks,
        "missingBlocks": [list(block) for block in part.missing_blocks],
        "excused": [[b.flow, b.block, b.name, why] for b, why in part.excused],
    }
