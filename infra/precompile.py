"""Compiles at packaging what dataclasses would compile in every new worker.

`python infra/precompile.py <unpacked package>` loads every module of ours and keeps the text of
each method that a dataclass was given, with its code, in `chalicelib/dataclasses.bin`.
"""

import dataclasses
import importlib
import marshal
import pkgutil
import sys
from pathlib import Path
from typing import Any

_texts: dict[str, None] = {}


def _run(text: str, known: dict[str, Any], made: dict[str, Any]) -> None:
    _texts[text] = None
    exec(text, known, made)


def main(root: Path) -> None:
    sys.path.insert(0, str(root))
    ours = importlib.import_module("chalicelib")
    dataclasses.exec = _run  # type: ignore[attr-defined]  # found before the builtin of that name
    for module in pkgutil.walk_packages(ours.__path__, "chalicelib."):
        importlib.import_module(module.name)
    # Version 2 of the format writes the same bytes for the same code.
    codes = {
        text: marshal.dumps(compile(text, "<dataclass>", "exec"), 2) for text in sorted(_texts)
    }
    target = root / "chalicelib" / "dataclasses.bin"
    target.write_bytes(marshal.dumps((tuple(sys.version_info[:2]), codes), 2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
