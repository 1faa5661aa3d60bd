"""The definitions of reports, as they lie in `chalicelib/report_definitions/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from chalicelib.core import report_definition
from chalicelib.core.report import Definition

# The C of libyaml, where it is there, reads them in a tenth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FOLDER = Path(__file__).parent.parent / "report_definitions"


def definitions(folder: Path = FOLDER) -> Mapping[str, Definition]:
    """By name, which is the file's; Rejected when one of them cannot be counted."""
    return {
        file.stem: report_definition.read(file.stem, yaml.load(file.read_text("utf-8"), _LOADER))
        for file in sorted(folder.glob("*.yaml"))
    }
