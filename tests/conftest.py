"""Several workers share the tests file by file; each that meets a journey or a browser has a laptop
of its own. Those wait far more than they work, so they begin first. The last of three workers
brings no laptop up: at a low priority it runs the rest while the others wait.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# Several workers and a cloud share two cores: how long an example takes says nothing.
settings.register_profile("suite", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
if settings.get_current_profile_name() == "default":
    settings.load_profile("suite")

ON_A_LAPTOP = ("journeys", "browser")
LONGEST = ("test_network_cut.py", "test_kills.py", "test_demo_week.py")
FILLER = "gw2"  # the third worker
POLITE = 10  # of what it does, to `nice`

if os.environ.get("PYTEST_XDIST_WORKER") == FILLER:
    os.nice(POLITE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first where several workers share the tests."""
    items.sort(
        key=lambda item: (
            item.path.parent.name not in ON_A_LAPTOP,
            item.path.name not in LONGEST,
        )
    )


class WithFiller(LoadFileScheduling):  # type: ignore[misc]
    """File by file, in the order of the collection; the filler begins where no laptop is needed."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node.gateway.id == FILLER:
            light = next((file for file in self.workqueue if _is_light(file)), None)
            if light is None:
                node.shutdown()
                return
            self.workqueue.move_to_end(light, last=False)
        super()._assign_work_unit(node)


def _is_light(file: str) -> bool:
    return file.split("/")[1] not in ON_A_LAPTOP


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> WithFiller:
    """Instead of `--dist loadfile`."""
    return WithFiller(config, log)
