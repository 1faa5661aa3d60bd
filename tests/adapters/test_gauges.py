"""Numbers that CloudWatch finds in the log, under the names on which alarms stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.adapters.gauges import LoggedGauges

RESOURCES = Path(__file__).parents[2] / "infra" / "resources.yaml"


@pytest.mark.parametrize("name", ["LateReports", "MissingRecords"])
def test_a_number_is_a_metric_on_which_an_alarm_stands(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "trunkline")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Trunkline")

    LoggedGauges().tell(name, 3)

    told = json.loads(capsys.readouterr().out)
    (metrics,) = told["_aws"]["CloudWatchMetrics"]
    assert (metrics["Namespace"], metrics["Dimensions"]) == ("Trunkline", [["service"]])
    assert (told["service"], told[name]) == ("trunkline", [3.0])
    assert f"MetricName: {name}\n" in RESOURCES.read_text()
