"""The practice center: things by every name that flows have for them."""

from __future__ import annotations

import pytest

from chalicelib.core.flow import Action, Flow
from chalicelib.core.flow_tools.center import ARN, Center, published

FLOW = published("Main", "CONTACT_FLOW", Flow("A", {"A": Action("A", "EndFlowExecution", {})}))


@pytest.mark.parametrize(
    "reference",
    ["Main", "flow:Main", "flow:Main:$LATEST", "Main:3", f"{ARN}/contact-flow/Main:live"],
)
def test_a_flow_is_found_by_name_and_arn_whatever_version_is_meant(reference: str) -> None:
    """There is one of it here."""
    assert FLOW == Center().publish([FLOW]).flow(reference)


@pytest.mark.parametrize("reference", ["Other", "flow:Other:Main", ":Main", ""])
def test_a_flow_that_is_not_there_is_not_invented(reference: str) -> None:
    """What would it do?"""
    assert Center().publish([FLOW]).flow(reference) is None


def test_queues_and_hours_are_invented_unless_they_are_listed() -> None:
    """A flow can be tried before anybody has said what there is."""
    assert Center().queue("queue:Sales") is not None
    assert Center().hours("hours:Office") is not None
    assert Center(invents=False).queue("queue:Sales") is None
    assert Center(invents=False).hours("hours:Office") is None
