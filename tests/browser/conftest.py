"""Browsers look at the same deployed center as the journeys do."""

from playwright.sync_api import expect

from tests.journeys.conftest import center, laptop

__all__ = ["center", "laptop"]

# Milliseconds. Browser, cloud and phones share two cores: how soon is not what these tests ask.
expect.set_options(timeout=20_000)
