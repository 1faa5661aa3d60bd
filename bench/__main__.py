"""`python -m bench`: measures everything and puts the table into README.md, between its markers."""

from __future__ import annotations

import re
import sys
import time

from bench import cold_start, engine, menu_turn, reports, requests
from bench.center import center
from bench.lines import Line, table
from infra.package import ROOT

_PLACE = re.compile(r"<!-- bench -->.*?<!-- /bench -->", re.DOTALL)
_LEGEND = (
    "Made by `make bench`. A ratio is ours over what stands beside it: the median over pairs run in"
    " turn. How each is measured, and the command for it alone, stand in the modules of `bench/`."
)


def main() -> None:
    began = time.monotonic()
    with center() as measured:
        lines = [*cold_start.measure(measured), *menu_turn.measure(measured)]
    lines += cold_start.weigh()
    for measure in (engine.measure, reports.measure, requests.measure):
        lines += measure()
    _publish(lines)
    print(f"measured in {time.monotonic() - began:.0f} s", file=sys.stderr)


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
