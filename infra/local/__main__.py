"""`python -m infra.local up | down | status | report PERIOD | redrive`."""

import os
import sys
from pathlib import Path

from chalicelib.core.errors import Rejected
from infra.local.cloud import DeploymentFailed
from infra.local.console import ConsoleFailed
from infra.local.laptop import Laptop
from infra.local.processes import DidNotStart
from infra.package import ROOT, PackagingFailed

_USAGE = "usage: python -m infra.local up | down | status | report 2026-11-22 or 2026-11 | redrive"


def main(arguments: list[str]) -> None:
    laptop = Laptop(Path(os.environ.get("TRUNKLINE_LOCAL") or ROOT / ".local").absolute())
    match arguments:
        case ["up"]:
            laptop.up()
        case ["down"]:
            laptop.down()
        case ["status"]:
            sys.exit(not laptop.status())
        case ["report", period]:
            laptop.report(period)
        case ["redrive"]:
            laptop.redrive()
        case _:
            sys.exit(_USAGE)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (ConsoleFailed, DeploymentFailed, DidNotStart, PackagingFailed, Rejected) as problem:
        sys.exit(f"\n{problem}")
