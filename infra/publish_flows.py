"""Publishes `flows/*.json` to the center; unchanged flows make no new version.

Run with the environment of the deployed functions. A flow may refer to others, so they go in
the order in which their references can be met. Nothing is published when any flow is invalid.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from chalicelib import bootstrap
from chalicelib.core.flow import InvalidFlow, parse
from chalicelib.services.flow_library import FlowLibrary, InvalidContactFlow

FLOWS = Path(__file__).parents[1] / "flows"


def main() -> None:
    waiting = {path.name: path.read_text() for path in sorted(FLOWS.glob("*.json"))}
    _check(waiting)
    library, instance_id = bootstrap.flow_library(), os.environ["INSTANCE_ID"]
    while waiting:
        refused = _round(library, instance_id, waiting)
        if len(refused) == len(waiting):
            sys.exit("\n".join(f"{name}: {why}" for name, why in refused.items()))
        waiting = {name: waiting[name] for name in refused}


def _check(contents: dict[str, str]) -> None:
    problems = []
    for name, content in contents.items():
        try:
            parse(content)
        except InvalidFlow as error:
            problems += [f"{name}: {problem.message} {problem.path}" for problem in error.problems]
    if problems:
        sys.exit("\n".join(problems))


def _round(library: FlowLibrary, instance_id: str, waiting: dict[str, str]) -> dict[str, str]:
    """Publishes what can be; returns what could not, and why."""
    refused: dict[str, str] = {}
    for name, content in waiting.items():
        try:
            _publish(library, instance_id, content)
        except InvalidContactFlow as error:
            refused[name] = "; ".join(problem["message"] for problem in error.problems)
    return refused


def _publish(library: FlowLibrary, instance_id: str, content: str) -> None:
    about = json.loads(content)["Metadata"]
    known = {entry.name: entry for entry in library.list(instance_id)}
    if about["name"] in known:
        library.update(instance_id, known[about["name"]].flow_id, content)
    else:
        library.create(instance_id, about["name"], about["type"], content)


if __name__ == "__main__":
    main()
