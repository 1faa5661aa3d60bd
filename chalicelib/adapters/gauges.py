"""Numbers for the operator's alarms: lines in the log that CloudWatch reads as metrics."""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric


class LoggedGauges:
    """The Gauges port, in CloudWatch's embedded metric format."""

    def tell(self, name: str, value: int) -> None:
        with single_metric(name=name, unit=MetricUnit.Count, value=value):
            pass
