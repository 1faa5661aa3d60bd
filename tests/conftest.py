"""Journeys and browsers each drive a laptop of their own, one after another; the rest runs beside.

They wait far more than they work, so that together they take no longer than the longest of them.
"""

from __future__ import annotations

import pytest

ONE_LAPTOP = ("journeys", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first where several workers share the tests."""
    for item in items:
        folder = item.path.parent.name
        if folder in ONE_LAPTOP:
            item.add_marker(pytest.mark.xdist_group(folder))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
