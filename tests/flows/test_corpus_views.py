"""Views that real flows show are among ours, and take what real flows give them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chalicelib.core.view import ViewContent, filled, reference

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "../shared/corpus/flows"
VIEWS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "flows/views").glob("*.json")}

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus is not beside this checkout"
)


def test_managed_views_take_the_data_of_real_flows() -> None:
    """Those that name a view by ARN have it from an admin of their own."""
    shown = [given for given in _shown() if given[0] in VIEWS]

    assert {"list", "confirmation"} <= {name for name, _ in shown}
    for name, data in shown:
        content = ViewContent(
            template=json.dumps(VIEWS[name]["Template"]),
            actions=tuple(VIEWS[name]["Actions"]),
            input_schema=json.dumps(VIEWS[name]["InputSchema"]),
        )
        assert filled(content, data)["Body"]


def _shown() -> Iterator[tuple[str, Mapping[str, object]]]:
    """Names of views and their data, of every flow that shows one."""
    for path in sorted(CORPUS.glob("*.json")):
        try:
            document = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            continue  # some are no flows at all
        actions = document.get("Actions") if isinstance(document, dict) else None
        for action in actions if isinstance(actions, list) else ():
            if isinstance(action, dict) and action.get("Type") == "ShowView":
                parameters = action["Parameters"]
                identifier, _ = reference(parameters["ViewResource"]["Id"])
                yield identifier, parameters.get("ViewData", {})
