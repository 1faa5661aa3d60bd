"""Which engine counts a period: the function itself as long as its packs are small, else Athena."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Protocol

from chalicelib.core.civil_day import Period
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import Dataset, Definition
from chalicelib.services.report_ports import Table, Warehouse

_DAYS_AT_ONCE = 16
_MB = 1_000_000


class FarWarehouse(Warehouse, Protocol):
    """A warehouse that has only some datasets."""

    @property
    def datasets(self) -> Set[Dataset]: ...


class Engines:
    """The Warehouse port, by one of two others.

    `packed_bytes` of a UTC day, 0 as long as it is not packed: who asks first is answered here.
    `far` is made when it is first needed. From `far_above_mb` on a period is far: the packs, each
    of which may be there in two versions, and the reports share the function's disk.
    """

    def __init__(
        self,
        near: Warehouse,
        far: Callable[[], FarWarehouse],
        packed_bytes: Callable[[date], int],
        *,
        far_above_mb: int,
    ) -> None:
        self._near = near
        self._far = far
        self._packed_bytes = packed_bytes
        self._far_above = far_above_mb * _MB

    @contextmanager
    def tables(
        self, definitions: Sequence[Definition], period: Period, *, limits: Thresholds | None = None
    ) -> Iterator[Sequence[Table]]:
        """As the engine has them that the period's size chooses; of datasets that the far one
        does not have, always as the near one has them."""
        if not self._is_far(period):
            with self._near.tables(definitions, period, limits=limits) as tables:
                yield tables
            return
        far = self._far()
        with ExitStack() as stack:
            found: dict[str, Table] = {}
            for engine, some in (
                (far, [each for each in definitions if each.dataset in far.datasets]),
                (self._near, [each for each in definitions if each.dataset not in far.datasets]),
            ):
                if some:
                    for table in stack.enter_context(engine.tables(some, period, limits=limits)):
                        found[table.definition.name] = table
            yield [found[each.name] for each in definitions]

    def _is_far(self, period: Period) -> bool:
        with ThreadPoolExecutor(_DAYS_AT_ONCE) as readers:
            return sum(readers.map(self._packed_bytes, period.utc_days)) > self._far_above
