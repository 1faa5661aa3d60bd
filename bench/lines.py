"""What a measurement says: a number, what stands beside it, and the ratio of the two."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

HEADER = ("measured", "ours", "beside it, in the same run", "ratio", "aim")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the table."""

    what: str
    ours: str
    peer: str
    ratio: float
    aim: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.what, self.ours, self.peer, _short(self.ratio), self.aim)


def table(lines: Sequence[Line]) -> str:
    """The lines as Markdown."""
    rows = [HEADER, ("---",) * len(HEADER), *(line.cells for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def tell(lines: Sequence[Line]) -> None:
    """Prints the table; with `--json`, what `python -m bench` puts together from all of them."""
    is_asked = "--json" in sys.argv
    print(json.dumps([asdict(line) for line in lines]) if is_asked else table(lines))


def ratio_of(ours: Sequence[float], peer: Sequence[float]) -> float:
    """The median over the pairs: what disturbs the machine disturbs both sides of one pair."""
    return median(a / b for a, b in zip(ours, peer, strict=True))


def peak_mib() -> float:
    """The most that this process has held since its program began. What it was forked from does not
    count, as it does in `ru_maxrss`, which outlives exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _short(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"
