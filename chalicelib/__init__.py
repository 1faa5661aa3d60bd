"""Trunkline. What every function loads first of ours, so what makes a new worker start quickly."""

import dataclasses
import gc
import marshal
import sys
from typing import Any

_COMPILED = "dataclasses.bin"  # made by infra.precompile; only the package has it


def _use_compiled(path: str) -> None:
    """Dataclasses write their methods as text and compile it, a sixth of a worker's start. The
    package carries the same text compiled; where it does not, nothing is different."""
    try:
        with open(path, "rb") as file:
            python, compiled = marshal.load(file)
    except FileNotFoundError:
        return
    if python != sys.version_info[:2]:
        return

    def run(text: str, known: dict[str, Any], made: dict[str, Any]) -> None:
        code = compiled.get(text)
        exec(marshal.loads(code) if code else text, known, made)

    dataclasses.exec = run  # type: ignore[attr-defined]  # found before the builtin of that name


# A new worker makes a hundred thousand objects that live as long as it does; looking through them
# for garbage again and again while they are made costs a tenth of the start.
gc.set_threshold(50_000, 20, 50)
_use_compiled(f"{__path__[0]}/{_COMPILED}")
