"""Browsers look at the same deployed center as the journeys do."""

from tests.journeys.conftest import center, laptop

__all__ = ["center", "laptop"]
