"""`import` and `export`: between centers, each of which has ARNs of its own for the same names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from chalicelib.core.flow_tools.names import Renamed, to_arns, to_names
from flows import files
from flows.report import FINE, FOUND, Report, plural

type _Rename = Callable[[str, Mapping[str, str]], Renamed]


def bring_in(paths: Sequence[str], into: Path, names: str | None) -> Report:
    """Exports become flows of ours; without a mapping file ARNs stay."""
    mapping = read_names(names)
    rename: _Rename = to_names if names else lambda content, _: Renamed(content, ())
    return _move(paths, into, rename, mapping)


def send_out(paths: Sequence[str], into: Path, names: str | None) -> Report:
    """Flows of ours for the center that the mapping file describes."""
    return _move(paths, into, to_arns, read_names(names))


def _move(paths: Sequence[str], into: Path, rename: _Rename, names: Mapping[str, str]) -> Report:
    """All of them or none: what is not resolved is told before anything is written."""
    moved = {path: _renamed(path, rename, names) for path in files.flow_paths(paths)}
    unresolved = [(path, name) for path, renamed in moved.items() for name in renamed.unresolved]
    if unresolved:
        lines = [f"{path}: no mapping for {name}" for path, name in unresolved]
        lines.append("nothing was written")
        document = {"unresolved": [{"file": str(p), "name": n} for p, n in unresolved]}
        return Report(lines, document, FOUND)
    changed = [path for path, renamed in moved.items() if _write(into / _name(path), renamed)]
    line = f"{plural(len(moved), 'flow')} to {into}: {len(changed)} changed"
    return Report([line], {"flows": len(moved), "changed": [str(p) for p in changed]}, FINE)


def _renamed(path: Path, rename: _Rename, names: Mapping[str, str]) -> Renamed:
    files.read_flow(path, strict=False)  # drafts may move, what is no flow may not
    try:
        return rename(files.in_flow_language(path), names)
    except (ValueError, RecursionError) as error:
        raise files.Unusable(f"{path}: {error}") from error


def _write(path: Path, renamed: Renamed) -> bool:
    """Writes only what differs, so that a second run changes nothing."""
    content = renamed.content.encode()
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _name(path: Path) -> str:
    return path.name if path.suffix == ".json" else f"{path.name}.json"


def read_names(path: str | None) -> Mapping[str, str]:
    """A mapping file: names and their ARNs; no file, no names."""
    if path is None:
        return {}
    plain = files.read_yaml(Path(path)).plain
    if not isinstance(plain, dict) or not all(isinstance(arn, str) for arn in plain.values()):
        raise files.Unusable(f"{path}: written as `queue:Sales: arn:…`, one per line")
    arns = list(plain.values())
    twice = next((arn for arn in arns if arns.count(arn) > 1), None)
    if twice is not None:
        raise files.Unusable(f"{path}: two names for {twice}")
    return {str(name): str(arn) for name, arn in plain.items()}
