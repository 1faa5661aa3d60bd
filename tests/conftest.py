"""Journeys, browsers and crashes each have a laptop and drive it one test after another; the rest
runs beside.

They wait far more than they work, so that together they take no longer than the longest of them.
"""

from __future__ import annotations

import pytest

ONE_LAPTOP = ("journeys", "browser")


@pytest.hookimpl(tryfirst=True)  # the workers read the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first where several workers share the tests."""
    for item in items:
        folder = item.path.parent.name
        if folder in ONE_LAPTOP:
            group = "crashes" if item.path.stem == "test_kills" else folder
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
