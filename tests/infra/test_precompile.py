"""What the package carries compiled is what Python would have compiled."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.package import ROOT

_LOOKS = """
import builtins, dataclasses, sys
sys.path.insert(0, sys.argv[1])
compiled = []
import chalicelib
given = dataclasses.__dict__.get("exec", builtins.exec)
def spy(text, known, made):
    compiled.append(text)
    given(text, known, made)
dataclasses.exec = spy

from chalicelib.core.center import Status, StatusType
one, two = (Status(name="Tea", type=StatusType.CUSTOM) for _ in range(2))
assert one == two and hash(one) == hash(two), (one, two)
try:
    one.name = "Coffee"
except dataclasses.FrozenInstanceError:
    pass
else:
    raise AssertionError("a value changed")
print(repr(one), len(compiled) > 0, given is not builtins.exec)
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our modules, as they lie in the package."""
    root = tmp_path_factory.mktemp("package")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "chalicelib", root / "chalicelib", ignore=ignored)
    script = ROOT / "infra" / "precompile.py"
    subprocess.run([sys.executable, "-I", "-B", str(script), str(root)], check=True)
    return root


def test_values_are_the_same_with_and_without(package: Path, tmp_path: Path) -> None:
    """Equal, hashable, frozen, and shown alike, whether the methods came compiled or not."""
    bare = tmp_path / "bare"
    shutil.copytree(package / "chalicelib", bare / "chalicelib")
    (bare / "chalicelib" / "dataclasses.bin").unlink()

    with_it, without = (_looked(root).rsplit(" ", 1) for root in (package, bare))

    assert with_it[0] == without[0]
    assert (with_it[1], without[1]) == ("True", "False")


def test_the_same_modules_make_the_same_bytes(package: Path, tmp_path: Path) -> None:
    """An unchanged app is an unchanged artifact."""
    again = tmp_path / "again"
    shutil.copytree(package / "chalicelib", again / "chalicelib")
    script = ROOT / "infra" / "precompile.py"

    subprocess.run([sys.executable, "-I", "-B", str(script), str(again)], check=True)

    made = [root / "chalicelib" / "dataclasses.bin" for root in (package, again)]
    assert made[0].read_bytes() == made[1].read_bytes()


def _looked(root: Path) -> str:
    command = [sys.executable, "-I", "-B", "-c", _LOOKS, str(root)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
