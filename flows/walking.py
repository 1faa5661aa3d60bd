"""`explore` and `lint`: what a flow does on every branch, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chalicelib.core.flow import InvalidFlow, unresolved
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
        except InvalidFlow as error:
            problems = [str(problem) for problem in error.problems]
            rows.append((path.stem[-60:], "", "", "", "", f"invalid: {len(problems)}"))
            details += [f"{path.name}: {problem}" for problem in problems]
            document.append({"file": str(path), "problems": problems})
            continue
        walk = walked(flow)
        rows.append(_row(path, len(flow.flow.actions), walk))
        details += [f"{path.name}: {found}" for found in walk.endless]
        details += [f"{path.name}: not walked: {b.block} → {b.name}" for b in walk.missing]
        details += _listed(path, walk) if is_listing else []
        document.append(_document(path, walk))
    return _summed(table(rows, HEADINGS) + details, document)


def _row(path: Path, blocks: int, walk: Walk) -> tuple[object, ...]:
    result = "every path ends or waits" if _is_proved(walk) else "not every path ends"
    if not walk.is_whole:
        result = "given up: too many paths"
    percent = f"{walk.percent:g} %"
    return path.stem[-60:], blocks, len(walk.reachable), percent, len(walk.paths), result


def _is_proved(walk: Walk) -> bool:
    return walk.is_whole and not walk.endless


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
        "isWhole": walk.is_whole,
        "paths": [{"steps": list(p.steps), "end": p.end, "on": p.channel} for p in walk.paths],
    }


def _summed(lines: list[str], document: list[dict[str, object]]) -> Report:
    invalid = [entry for entry in document if "problems" in entry]
    proved = [e for e in document if e.get("isWhole") and not e.get("endless")]
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
    path = Path(center) if center else beside if beside.is_file() else None
    valid = [p for p in named if not files.problems_of(p)]
    library = files.read_center(path).publish(files.read_flows(valid))
    found: list[tuple[Path, str]] = []
    for one in progress(named, "flow"):
        found += [(one, str(problem)) for problem in files.problems_of(one)]
        if one in valid:
            flow = files.read_flow(one)
            found += [(one, str(problem)) for problem in unresolved(flow.flow, library)]
    lines = [f"{one.name}: {problem}" for one, problem in found]
    lines.append(f"{plural(len(named), 'flow')}: {plural(len(found), 'problem')}")
    document = {"problems": [{"file": str(one), "problem": problem} for one, problem in found]}
    return Report(lines, document, FOUND if found else FINE)
