"""`python -m bench`: measures everything and puts the table into README.md, between its markers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time

from bench.center import center
from bench.lines import Line, table
from infra.package import ROOT

_MODULES = (
    "cold_start",
    "menu_turn",
    "offer",
    "screen_pop",
    "requests",
    "acd",
    "day",
    "engine",
    "flows",
    "reports",
)
_PLACE = re.compile(r"<!-- bench -->.*?<!-- /bench -->", re.DOTALL)
_LEGEND = (
    "Made by `make bench`. A ratio is ours over what stands beside it: the median over pairs run in"
    " turn. `python -m bench.cold_start` (`menu_turn`, `offer`, `screen_pop`, `requests`, `acd`,"
    " `day`, `engine`, `flows`, `reports`) makes a part; how, says the module."
)


def main() -> None:
    began = time.monotonic()
    with center():  # up once for all that need it
        lines = [line for module in _MODULES for line in _measured(module)]
    _publish(lines)
    print(f"measured in {time.monotonic() - began:.0f} s", file=sys.stderr)


def _measured(module: str) -> list[Line]:
    """In a process of its own, so that no measurement meets what another left in memory."""
    command = [sys.executable, "-m", f"bench.{module}", "--json"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"bench.{module} failed:\n{ran.stdout}\n{ran.stderr}")
    return [Line(**told) for told in json.loads(ran.stdout)]


def _publish(lines: list[Line]) -> None:
    made = table(lines)
    print(made)
    readme = ROOT / "README.md"
    text = readme.read_text() if readme.exists() else ""
    if _PLACE.search(text):
        block = f"<!-- bench -->\n{_LEGEND}\n\n{made}\n<!-- /bench -->"
        readme.write_text(_PLACE.sub(lambda _: block, text, count=1))


if __name__ == "__main__":
    main()
