"""`python -m infra.local up | down | status | report DAY | redrive`."""

import os
import sys
from datetime import date
from pathlib import Path

from infra.local.cloud import DeploymentFailed
from infra.local.console import ConsoleFailed
from infra.local.laptop import Laptop
from infra.local.processes import DidNotStart
from infra.package import ROOT, PackagingFailed

_USAGE = "usage: python -m infra.local up | down | status | report YYYY-MM-DD | redrive"


def main(arguments: list[str]) -> None:
    laptop = Laptop(Path(os.environ.get("TRUNKLINE_LOCAL") or ROOT / ".local").absolute())
    match arguments:
        case ["up"]:
            laptop.up()
        case ["down"]:
            laptop.down()
        case ["status"]:
            sys.exit(not laptop.status())
        case ["report", day]:
            laptop.report(date.fromisoformat(day).isoformat())
        case ["redrive"]:
            laptop.redrive()
        case _:
            sys.exit(_USAGE)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (DeploymentFailed, ConsoleFailed, DidNotStart, PackagingFailed, ValueError) as problem:
        sys.exit(f"\n{problem}")
