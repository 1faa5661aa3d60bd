"""What is installed where: `make up` on a bare machine has no more than its own file asks for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from infra.repack import normalised, required

ROOT = Path(__file__).resolve().parents[2]
IN_THE_EMULATORS_VENV = {"emulator.py", "checkpoints.py"}
OURS = {"infra", "chalicelib", "flows"}


def test_the_steps_of_make_up_import_only_what_it_installs() -> None:
    """A package that only the tests install is there on every machine but a new one."""
    files = [p for p in (ROOT / "infra").rglob("*.py") if p.name not in IN_THE_EMULATORS_VENV]
    asked = required((ROOT / "requirements.txt").read_text())
    lines = (ROOT / "infra" / "local" / "requirements-laptop.txt").read_text().splitlines()
    asked |= required("\n".join(line for line in lines if not line.startswith("-r")))
    installed, homes = _with_what_they_need(asked), packages_distributions()

    missing = {
        (path.name, module)
        for path in files
        for module in set(_imported(path)) - OURS - sys.stdlib_module_names
        if not installed & {normalised(name) for name in homes.get(module, ())}
    }

    assert set() == missing


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def _with_what_they_need(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            needs = requires(name) or []
        except PackageNotFoundError:
            continue
        plain = (need for need in needs if "extra ==" not in need)
        waiting += [normalised(re.split(r"[^\w.-]", need, maxsplit=1)[0]) for need in plain]
    return found
