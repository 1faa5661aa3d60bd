"""Versions on trial: an admin starts one, facts are counted, and one that fails is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.core import events as e
from chalicelib.core.canary import (
    Canary,
    End,
    Outcome,
    Tally,
    Terms,
    is_error,
    verdict,
    window,
)
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import Fact
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import ContactId, FlowId
from chalicelib.services.flow_ports import FlowStore
from chalicelib.services.ports import CenterStore
from chalicelib.services.races import insist


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One canary of one flow, whose counts are kept apart from those of the next one."""

    flow_id: FlowId
    started_at: datetime


class CanaryCounts(Protocol):
    """What was counted for trials, strongly consistent."""

    def begin(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        """Counts the contact for this version, once whatever is told later."""
        ...

    def fail(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        """Counts its error, once, and only if it was counted as beginning this version."""
        ...

    def tallies(self, trial: Trial, *, since: datetime) -> Mapping[int, Tally]:
        """By version, from this minute on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a trial stands: both versions within the window, and since it began."""

    entry: FlowEntry
    canary: Canary
    recently: Mapping[int, Tally]
    overall: Mapping[int, Tally]


class CanaryService:
    """What admins do with canaries, and what the facts of contacts do with them."""

    def __init__(
        self,
        flows: FlowStore,
        counts: CanaryCounts,
        center: CenterStore,
        now: Callable[[], datetime],
    ) -> None:
        self._flows = flows
        self._counts = counts
        self._center = center
        self._now = now

    # --- what admins do ---

    def start(self, flow_id: FlowId, terms: Terms, by: str) -> Standing:
        """Puts a version on trial; the same version again changes the terms, not the counts."""
        terms.check()

        def attempt() -> FlowEntry:
            entry = self._flows.entry(flow_id)
            _check(entry, terms.version)
            canary = Canary.on(terms, against=entry.version, at=self._now(), by=by)
            if entry.trial is not None and entry.trial.version == terms.version:
                canary = replace(canary, started_at=entry.trial.started_at)
            return self._flows.save_flow(entry, replace(entry, canary=canary))

        return self._standing(insist(attempt))

    def standing(self, flow_id: FlowId) -> Standing:
        """The latest canary, running or over; NotFound when there never was one."""
        return self._standing(self._flows.entry(flow_id))

    def remove(self, flow_id: FlowId, by: str) -> Standing:
        """Everybody who comes gets the live version again."""
        end = End(outcome=Outcome.REMOVED, at=self._now(), why=f"removed by {by}", by=by)
        return self._standing(insist(lambda: self._end(*self._running(flow_id), end)))

    def promote(self, flow_id: FlowId, by: str) -> Standing:
        """Everybody who comes gets the version that was on trial."""
        end = End(outcome=Outcome.PROMOTED, at=self._now(), why=f"made live by {by}", by=by)

        def attempt() -> FlowEntry:
            entry, canary = self._running(flow_id)
            return self._end(entry, canary, end, live=canary.version)

        return self._standing(insist(attempt))

    # --- what facts do ---

    def watch(self, contact_id: ContactId, facts: Sequence[Fact]) -> None:
        """Counts who begins a version on trial or the one beside it, and who meets an error there.

        Nothing is counted twice, and facts may come again. While no trial runs nothing is read, but
        for versions that are news.
        """
        for fact in facts:
            match fact.event:
                case e.FlowStarted(flow_id=flow_id, flow_version=version) as started:
                    if started.chosen not in ("live", "canary"):  # kept or named: no draw was made
                        continue
                    count = self._counts.begin
                case e.BlockExecuted(flow_id=flow_id, flow_version=version) as block:
                    if not is_error(block):
                        continue
                    count = self._counts.fail
                case _:
                    continue
            with suppress(NotFound):  # the flow was deleted since
                self._count(count, flow_id, version, contact_id, fact.at)

    def _count(
        self,
        count: Callable[..., None],
        flow_id: FlowId,
        version: int,
        contact_id: ContactId,
        at: datetime,
    ) -> None:
        canary = self._trial(flow_id, version)
        if canary is None:
            return
        trial = Trial(flow_id=flow_id, started_at=canary.started_at)
        count(trial, contact_id, version, at=at)
        if version == canary.version:
            self._judge(trial, canary, at)

    def _trial(self, flow_id: FlowId, version: int) -> Canary | None:
        """The trial that this version takes part in. A version that the configuration does not
        know is news: then it is read anew."""
        entries = self._center.center().flows
        entry = next((each for each in entries if each.flow_id == flow_id), None)
        if entry is None:
            return None
        if version not in _versions(entry):
            entry = self._flows.entry(flow_id)
        return entry.trial if version in _versions(entry) else None

    def _judge(self, trial: Trial, canary: Canary, at: datetime) -> None:
        tallies = self._counts.tallies(trial, since=window(canary, at))
        end = verdict(canary, tallies.get(canary.version, Tally()), at)
        if end is not None:
            insist(lambda: self._fail(trial, end))

    def _fail(self, trial: Trial, end: End) -> None:
        entry = self._flows.entry(trial.flow_id)
        if entry.trial is not None and entry.trial.started_at == trial.started_at:
            self._end(entry, entry.trial, end)

    # --- both ---

    def _running(self, flow_id: FlowId) -> tuple[FlowEntry, Canary]:
        entry = self._flows.entry(flow_id)
        if entry.trial is None:
            raise NotFound(f"no canary of flow {entry.name!r} is running", field="flowId")
        return entry, entry.trial

    def _end(
        self, entry: FlowEntry, canary: Canary, end: End, live: int | None = None
    ) -> FlowEntry:
        after = replace(
            entry,
            canary=canary.ended(end),
            version=live or entry.version,
            changed_at=end.at if live else entry.changed_at,
        )
        return self._flows.save_flow(entry, after)

    def _standing(self, entry: FlowEntry) -> Standing:
        canary = entry.canary
        if canary is None:
            raise NotFound(f"flow {entry.flow_id!r} never had a canary", field="flowId")
        trial = Trial(flow_id=entry.flow_id, started_at=canary.started_at)
        at = canary.end.at if canary.end else self._now()
        return Standing(
            entry=entry,
            canary=canary,
            recently=self._counts.tallies(trial, since=window(canary, at)),
            overall=self._counts.tallies(trial, since=canary.started_at),
        )


def _check(entry: FlowEntry, version: int) -> None:
    """Whether this version can be tried beside the one that is live."""
    if version not in entry.versions:
        raise NotFound(
            f"no version {version} of flow {entry.name!r}", field="version", value=version
        )
    if entry.version in (0, version):
        is_live = f"version {version} of flow {entry.name!r} is live"
        why = is_live if entry.version else f"nothing of flow {entry.name!r} is live"
        raise Rejected(f"{why}: there is nothing to try it against", field="version", value=version)


def _versions(entry: FlowEntry) -> tuple[int, ...]:
    return (entry.version, entry.trial.version) if entry.trial else (entry.version,)
