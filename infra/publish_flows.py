"""Publishes `flows/*.json`, and what they speak with, show and read, to the center; unchanged
flows make no new version.

Run with the environment of the deployed functions. A flow may refer to others, so they go in
the order in which their references can be met; of those that lead to each other, one begins as a
flow that only ends. Nothing is published when any flow is invalid.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import msgspec
import yaml

from chalicelib import bootstrap
from chalicelib.core.bots import InvalidBot
from chalicelib.core.flow import FlowType, InvalidFlow, parse
from chalicelib.core.flow_entry import MODULE
from chalicelib.core.template import MessageTemplate
from chalicelib.services.center_library import this_instance
from chalicelib.services.flow_library import NewFlow
from chalicelib.services.flow_ports import FlowContent
from chalicelib.services.flow_publishing import InvalidContactFlow
from infra.publish_data import publish_tables, publish_views

DEPLOYMENT = "deployment"  # who it was, in the list of versions
_ENDS = {True: "DisconnectParticipant", False: "EndFlowExecution"}  # of inbound flows, of others
FLOWS = Path(__file__).parents[1] / "flows"


def main() -> None:
    waiting = {path.name: path.read_text() for path in sorted(FLOWS.glob("*.json"))}
    _check(waiting)
    publish_views(bootstrap.views(), FLOWS / "views")
    publish_tables(bootstrap.data_tables(), FLOWS / "tables")
    _publish_bots()
    _publish_templates()
    while waiting:
        refused = _round(waiting)
        if len(refused) == len(waiting) and not _stand_in(waiting):
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


def _publish_templates() -> None:
    for path in sorted((FLOWS / "templates").glob("*.yaml")):
        try:
            template = msgspec.convert(yaml.safe_load(path.read_text()), MessageTemplate)
        except (msgspec.ValidationError, yaml.YAMLError) as error:
            sys.exit(f"{path.name}: {error}")
        bootstrap.template_store().save_template(template)


def _publish_bots() -> None:
    for path in sorted((FLOWS / "bots").glob("*.yaml")):
        try:
            bootstrap.bots().save(path.stem, yaml.safe_load(path.read_text()))
        except InvalidBot as error:
            sys.exit(f"{path.name}: {error}")


def _round(waiting: dict[str, str]) -> dict[str, str]:
    """Publishes what can be; returns what could not, and why."""
    refused: dict[str, str] = {}
    for name, content in waiting.items():
        try:
            _publish(content)
        except InvalidContactFlow as error:
            refused[name] = "; ".join(error.problems)
    return refused


def _stand_in(waiting: dict[str, str]) -> bool:
    """Publishes an end in place of the first flow that the center does not have yet, so that others
    can lead to it; False when it has them all."""
    center = this_instance(bootstrap.center_store(), os.environ["INSTANCE_ID"])
    there = {entry.name for entry in bootstrap.flow_library().listed(center)}
    abouts = (json.loads(text)["Metadata"] for text in waiting.values())
    about = next((a for a in abouts if a["name"] not in there and a["type"] != MODULE), None)
    if about is None:
        return False
    is_inbound = about["type"] == FlowType.CONTACT_FLOW
    end = {"Identifier": "End", "Type": _ENDS[is_inbound], "Parameters": {}, "Transitions": {}}
    flow = {"Version": "2019-10-30", "StartAction": "End", "Actions": [end], "Metadata": about}
    _publish(json.dumps(flow))
    return True


def _publish(text: str) -> None:
    about = json.loads(text)["Metadata"]
    name, type_ = about["name"], about["type"]
    library = bootstrap.module_library() if type_ == MODULE else bootstrap.flow_library()
    center = this_instance(bootstrap.center_store(), os.environ["INSTANCE_ID"])
    known = {entry.name: entry for entry in library.listed(center)}
    if name in known:
        library.update(center, known[name].flow_id, content=text, by=DEPLOYMENT)
    else:
        content = FlowContent(content=text)
        library.create(center, NewFlow(name=name, type=type_, content=content, by=DEPLOYMENT))


if __name__ == "__main__":
    main()
