"""Whoever looks after the center as a whole."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.contacts import callback_list, desk, destinations, transfers
from chalicelib.bootstrap.files import alerts, waiting
from chalicelib.bootstrap.stores import center_store, contact_store, routing_store
from chalicelib.bootstrap.world import now

if TYPE_CHECKING:
    from chalicelib.services.current_data import CurrentData
    from chalicelib.services.live import Live
    from chalicelib.services.supervision import Supervision


@cache
def live() -> Live:
    from chalicelib.services.live import Live

    return Live(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        alerts=alerts(),
        scheduled=callback_list().scheduled,
        estimates=waiting(),
        now=now,
    )


@cache
def current_data() -> CurrentData:
    from chalicelib.services.current_data import CurrentData

    return CurrentData(live(), center_store())


@cache
def supervision() -> Supervision:
    from chalicelib.services.supervision import Supervision

    return Supervision(
        contacts=contact_store(),
        routing=routing_store(),
        center=center_store(),
        desk=desk(),
        destinations=destinations(),
        transfers=transfers(),
    )
