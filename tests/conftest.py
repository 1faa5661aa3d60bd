"""Several workers share the tests file by file; each that meets a journey or a browser has a laptop
of its own. Those wait far more than they work, so they begin first, and the rest runs beside.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# Several workers and a cloud share two cores: how long an example takes says nothing.
settings.register_profile("suite", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
if settings.get_current_profile_name() == "default":
    settings.load_profile("suite")

ON_A_LAPTOP = ("journeys", "browser")
LONGEST = ("test_network_cut.py", "test_kills.py", "test_demo_week.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first where several workers share the tests."""
    items.sort(
        key=lambda item: (
            item.path.parent.name not in ON_A_LAPTOP,
            item.path.name not in LONGEST,
        )
    )
