"""`explore` and `lint`: what a flow does on every branch, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chalicelib.core.flow import Finding, Severity
from chalicelib.core.flow import lint as found_in
from chalicelib.core.flow_tools.center import Center
from chalicelib.core.flow_tools.explore import Walk
from chalicelib.core.flow_tools.explore import explore as walked
from flows import files
from flows.report import FINE, FOUND, Report, plural, progress, table

HEADINGS = ("flow", "blocks", "branches", "walked", "paths", "result")


def explore(paths: Sequence[str], *, is_listing: bool = False) -> Report:
    """Every valid flow walked on every channel; every invalid one with its problems."""
    rows: list[tuple[object, ...]] = []
    details: list[str] = []
    document: list[dict[str, object]] = []
    for path in progress(files.flow_paths(paths), "flow"):
        try:
            flow = files.read_flow(path)
        except files.NoFlow as error:
            problems = error.problems
            rows.append((path.stem[-60:], "", "", "", "", f"invalid: {len(problems)}"))
            details += [f"{path.name}: {problem}" for problem in problems]
            document.append({"file": str(path), "problems": problems})
            continue
        walk = walked(flow)
        rows.append(_row(path, len(flow.flow.actions), walk))
        details += [f"{path.name}: goes round for ever: {name}" for name in walk.endless]
        details += [f"{path.name}: goes round without asking: {name}" for name in walk.stopped]
        details += [f"{path.name}: not walked: {b.block} → {b.name}" for b in walk.missing]
        details += _listed(path, walk) if is_listing else []
        document.append(_document(path, walk))
    return _summed(table(rows, HEADINGS) + details, document)


def _row(path: Path, blocks: int, walk: Walk) -> tuple[object, ...]:
    percent = f"{walk.percent:g} %"
    return path.stem[-60:], blocks, len(walk.reachable), percent, len(walk.paths), _result(walk)


def _result(walk: Walk) -> str:
    if not walk.is_whole:
        return "given up: too many paths"
    if not walk.is_proved:
        return "not every path ends"
    by_limit = ", some by the limit of actions" if walk.stopped else ""
    return f"every path ends or waits{by_limit}"


def _listed(path: Path, walk: Walk) -> list[str]:
    return [
        f"{path.stem} on {way.channel}: {' → '.join(way.steps)} → {way.end}" for way in walk.paths
    ]


def _document(path: Path, walk: Walk) -> dict[str, object]:
    return {
        "file": str(path),
        "percent": walk.percent,
        "branches": len(walk.reachable),
        "missing": [[b.block, b.name] for b in walk.missing],
        "endless": list(walk.endless),
        "stoppedByLimit": list(walk.stopped),
        "isProved": walk.is_proved,
        "paths": [{"steps": list(p.steps), "end": p.end, "on": p.channel} for p in walk.paths],
    }


def _summed(lines: list[str], document: list[dict[str, object]]) -> Report:
    invalid = [entry for entry in document if "problems" in entry]
    proved = [entry for entry in document if entry.get("isProved")]
    valid = len(document) - len(invalid)
    lines.append(
        f"{plural(len(document), 'flow')}: {valid} valid, in {len(proved)} of them every path"
        f" ends or waits for a person; {len(invalid)} invalid"
    )
    is_fine = not invalid and len(proved) == valid
    return Report(lines, {"flows": document}, FINE if is_fine else FOUND)


def lint(paths: Sequence[str], center: str | None) -> Report:
    """Validity, references that lead nowhere, and what will go wrong all the same."""
    named = files.flow_paths(paths)
    beside = named[0].parent / files.CENTER
    listed = Path(center) if center else beside if beside.is_file() else None
    valid = [path for path in named if files.is_flow(path)]
    library = files.read_center(listed).publish(files.read_flows(valid))
    # Without a list of what exists, a name that leads nowhere cannot be told from one that does.
    known = library if listed is not None else None
    found = [(path, finding) for path in progress(named, "flow") for finding in _found(path, known)]
    problems = [finding for _, finding in found if finding.severity is Severity.PROBLEM]
    lines = [f"{path.name}: {_severity(f)}{f}" for path, f in found]
    advice = len(found) - len(problems)
    lines.append(
        f"{plural(len(named), 'flow')}: {plural(len(problems), 'problem')}, {advice} to consider"
    )
    document = {"problems": [_finding(path, f) for path, f in found]}
    return Report(lines, document, FOUND if problems else FINE)


def _found(path: Path, known: Center | None) -> list[Finding]:
    try:
        content = files.in_flow_language(path)
    except files.NoFlow as error:
        return [Finding("invalid", "", problem) for problem in error.problems]
    return found_in(content, known)


def _severity(finding: Finding) -> str:
    return "" if finding.severity is Severity.PROBLEM else "consider: "


def _finding(path: Path, finding: Finding) -> dict[str, str]:
    return {
        "file": str(path),
        "code": finding.code,
        "severity": finding.severity.value,
        "block": finding.block,
        "message": finding.message,
        "path": finding.path,
    }
