"""The protocol broken on purpose, one way at a time. Each break must be noticed.

A mutant that survives means that an invariant or a part of the workload is missing. The breaks are
made on the real code, for as long as a context lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import routing as rows
from chalicelib.adapters.dynamo.tables import (
    AgentRow,
    ContactRow,
    DepthRow,
    FactsRow,
    OpeningRow,
    WaitingRow,
)
from chalicelib.adapters.timers import SqsTimers
from chalicelib.core import lifecycle
from chalicelib.core import routing as core
from chalicelib.core.contact import ContactState, Offer
from chalicelib.services import desk, reactions, routing, sweep
from chalicelib.services.flow_turns import FlowTurns
from chalicelib.services.ports import Presence, Timer, TimerKind
from tests.simulation.simulation import Plan, Result, simulate

_MOST_SEEDS = 40  # within which a mutant must be caught


@dataclass(frozen=True)
class Mutant:
    """`breaks` enters what it breaks."""

    name: str
    breaks: Callable[[ExitStack], None]


def _mutant(breaks: Callable[[ExitStack], None]) -> Mutant:
    return Mutant(breaks.__name__.strip("_").replace("_", " "), breaks)


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    with ExitStack() as stack:
        mutant.breaks(stack)
        yield


def first_catch(mutant: Mutant, *, steps: int = 4_000, first_seed: int = 1) -> Result | None:
    """The first run in which somebody notices; None: nobody did."""
    with broken(mutant):
        for seed in range(first_seed, first_seed + _MOST_SEEDS):
            result = simulate(Plan(seed=seed, steps=steps))
            if result.violations:
                return _sound(mutant, result)
    return None


def _sound(mutant: Mutant, result: Result) -> Result:
    """A mutant that does not fit the code any more breaks nothing but itself."""
    what = str(result.violations[0])
    if "TypeError" in what or "AttributeError" in what:
        raise RuntimeError(f"{mutant.name}: {what}")
    return result


def _swap(stack: ExitStack, where: Any, name: str, made: Callable[[Any], Any]) -> None:
    """The attribute as `made` of what it was."""
    stack.enter_context(patch.object(where, name, made(getattr(where, name))))


# --- conditions -----------------------------------------------------------------------------------


def _without_condition(kinds: tuple[type, ...]) -> Callable[[Any], Any]:
    """Transactions that save these rows whatever stands there."""

    def made(save: Any) -> Any:
        def saved(self: Any, row: Any, condition: Any = None, **more: Any) -> Any:
            return save(self, row, None if isinstance(row, kinds) else condition, **more)

        return saved

    return made


def _the_contacts_version_is_not_checked(stack: ExitStack) -> None:
    kinds = (ContactRow, FactsRow)
    _swap(stack, TransactWrite, "save", _without_condition(kinds))


def _the_agents_version_is_not_checked(stack: ExitStack) -> None:
    _swap(stack, TransactWrite, "save", _without_condition((AgentRow,)))


def _the_limit_of_a_queue_is_not_checked(stack: ExitStack) -> None:
    def made(count: Any) -> Any:
        return lambda *args, condition=None, **more: count(*args, condition=None, **more)

    _swap(stack, rows, "_count", made)


# --- reads ----------------------------------------------------------------------------------------


def _eventually(model: type) -> Callable[[ExitStack], None]:
    def breaks(stack: ExitStack) -> None:
        def made(query: Any) -> Any:
            return lambda *args, consistent_read=False, **more: query(*args, **more)

        _swap(stack, model, "query", made)

    return breaks


def _openings_are_read_from_a_replica(stack: ExitStack) -> None:
    _eventually(OpeningRow)(stack)


def _lines_are_read_from_a_replica(stack: ExitStack) -> None:
    _eventually(WaitingRow)(stack)


def _counters_are_read_from_a_replica(stack: ExitStack) -> None:
    def made(batch_get: Any) -> Any:
        return lambda *args, consistent_read=False, **more: batch_get(*args, **more)

    _swap(stack, DepthRow, "batch_get", made)


# --- rows that belong together --------------------------------------------------------------------


def _an_offered_contact_keeps_its_place(stack: ExitStack) -> None:
    def made(move: Any) -> Any:
        def moved(transaction: Any, before: Any, after: Any) -> None:
            if after.offer is None:
                move(transaction, before, after)

        return moved

    _swap(stack, rows, "move_place", made)


def _a_taken_slot_stays_open(stack: ExitStack) -> None:
    def made(renew: Any) -> Any:
        return lambda transaction, old, new: renew(transaction, (), new)

    _swap(stack, rows, "_renew", made)


# --- decisions ------------------------------------------------------------------------------------


def _any_offer_can_be_accepted(stack: ExitStack) -> None:
    """Whatever offer the desk names, and whoever it was made to."""

    def made(connect: Any) -> Any:
        def connected(change: Any, offer_id: Any, user: Any, profile: Any, **more: Any) -> Any:
            offer = change.after.offer
            if offer is None:
                return connect(change, offer_id, user, profile, **more)
            mine = replace(offer, agent_id=user.agent_id)
            forged = change.update(offer=mine)
            return connect(forged, offer.offer_id, user, profile, **more)

        return connected

    _swap(stack, lifecycle, "connect", made)
    _no_slot_is_needed(stack)


def _an_offer_is_accepted_though_the_slot_is_gone(stack: ExitStack) -> None:
    """The offer may be over for contact and desk; whoever says accept has it."""

    def made(connect: Any) -> Any:
        def connected(change: Any, offer_id: Any, user: Any, profile: Any, **more: Any) -> Any:
            after, at = change.after, more["at"]
            if after.offer is None and after.is_in_queue:
                again = Offer(offer_id=offer_id, agent_id=user.agent_id, made_at=at, expires_at=at)
                change = change.update(offer=again)
            return connect(change, offer_id, user, profile, **more)

        return connected

    _swap(stack, lifecycle, "connect", made)
    _no_slot_is_needed(stack)


def _no_slot_is_needed(stack: ExitStack) -> None:
    def lenient(move: Any) -> Any:
        return lambda agent, contact_id, **fields: (
            move(agent, contact_id, **fields) if agent.slot(contact_id) else agent
        )

    _swap(stack, core, "_move", lenient)


def _agents_are_offered_contacts_whatever_they_do(stack: ExitStack) -> None:
    _swap(stack, core.Agent, "is_routable", lambda _: lambda self: self.status.type != "OFFLINE")


def _a_channel_takes_one_more_than_it_may(stack: ExitStack) -> None:
    def made(has_room: Any) -> Any:
        def has(self: Any, channel: Any, profile: Any) -> bool:
            more = {each: most + 1 for each, most in profile.concurrency.items()}
            return bool(has_room(self, channel, replace(profile, concurrency=more)))

        return has

    _swap(stack, core.Agent, "has_room_for", made)


def _ghosts_get_offers(stack: ExitStack) -> None:
    _swap(stack, Presence, "is_reachable", lambda _: lambda self, at: True)


def _whoever_looks_is_offered_instead_of_the_first(stack: ExitStack) -> None:
    def made(best: Any) -> Any:
        def chosen(self: Any, agent: Any, profile: Any, mine: Any) -> Any:
            return core.place_of(mine) if mine is not None else best(self, agent, profile, mine)

        return chosen

    _swap(stack, routing.RoutingService, "_best_place", made)


def _priorities_of_contacts_are_not_kept(stack: ExitStack) -> None:
    """The line is by time alone."""

    def made(key: Any) -> Any:
        def flat(place: Any) -> Any:
            return key(replace(place, priority=5))

        return flat

    _swap(stack, rows, "_waiting_row", made)


def _reservations_are_never_over(stack: ExitStack) -> None:
    _swap(stack, routing.RoutingService, "expire_offer", lambda _: lambda self, *a, **k: None)


# --- what is to follow ----------------------------------------------------------------------------


def _nobody_looks_again_after_an_offer_has_ended(stack: ExitStack) -> None:
    """Neither whoever ended it, nor the stream, nor the sweep."""

    def made(expire: Any) -> Any:
        def expired(self: Any, *args: Any, **more: Any) -> None:
            with patch.object(routing.RoutingService, "match_contact", lambda *a, **k: False):
                expire(self, *args, **more)

        return expired

    def no_match(match: Any) -> Any:
        def matched(self: Any, contact: Any, fact: Any) -> None:
            if contact.attempts == 0:
                match(self, contact, fact)

        return matched

    def only_new(match: Any) -> Any:
        def matched(self: Any, contact_id: Any, known: Any = None) -> Any:
            contact = known or self._contacts.get(contact_id)
            return match(self, contact_id, known) if contact.attempts == 0 else False

        return matched

    def never(_: Any) -> Any:
        return lambda self, agent_id, known=None: None

    _swap(stack, routing.RoutingService, "match_contact", only_new)
    _swap(stack, routing.RoutingService, "match_agent", never)
    _swap(stack, reactions.Reactions, "_match", no_match)
    _swap(stack, routing.RoutingService, "expire_offer", made)


def _contacts_look_before_they_are_written(stack: ExitStack) -> None:
    """And not again: the sweep and the stream are taken away, which would hide it."""

    def made(commit: Any) -> Any:
        def committed(self: Any, run: Any, items: Any = ()) -> None:
            change = run.change
            waits = change.after.is_in_queue and (
                change.before is None or not change.before.is_in_queue
            )
            if not waits:
                commit(self, run, items)
                return
            center = self._center.center()
            found = [
                opening
                for profile in center.profiles_for(
                    change.after.queue.queue_id, change.after.channel
                )
                for opening in self._routing.openings(profile.profile_id, change.after.channel)
            ]
            matcher, self._matcher = self._matcher, self._matcher if found else _Nobody()
            try:
                commit(self, run, items)
            finally:
                self._matcher = matcher

        return committed

    _swap(stack, FlowTurns, "commit", made)
    _swap(stack, reactions.Reactions, "_match", lambda _: lambda self, contact, fact: None)
    _no_sweep_of_lines(stack)


def _agents_look_before_they_are_written(stack: ExitStack) -> None:
    """And not again."""

    def made(match: Any) -> Any:
        return lambda self, agent_id, known=None: None

    def set_status(chosen: Any) -> Any:
        def then(self: Any, agent_id: Any, name: str) -> None:
            was = routing.RoutingService.match_agent
            with patch.object(routing.RoutingService, "match_agent", was):
                chosen(self, agent_id, name)

        return then

    _swap(stack, routing.RoutingService, "match_agent", made)
    _swap(stack, desk.DeskService, "set_status", set_status)
    _no_sweep_of_lines(stack)


def _no_sweep_of_lines(stack: ExitStack) -> None:
    _swap(stack, sweep.Sweep, "_match", lambda _: lambda self, queue, channel: None)


def _the_sweep_does_nothing(stack: ExitStack) -> None:
    """And timers of offers are never set, as when the worker died that should have."""

    def made(set_timer: Any) -> Any:
        def kept(self: Any, timer: Timer, *, now: Any) -> None:
            if timer.kind is not TimerKind.OFFER:
                set_timer(self, timer, now=now)

        return kept

    _swap(stack, SqsTimers, "set", made)
    _swap(stack, sweep.Sweep, "_look_at", lambda _: lambda self, *a, **k: None)


def _whoever_signs_in_for_the_first_time_is_forgotten(stack: ExitStack) -> None:
    """The sweep has read the presence, which is there, and then the agent, who is not yet."""

    def made(look: Any) -> Any:
        def looked(self: Any, presence: Presence, agent: Any) -> None:
            if agent is None:
                self._routing.forget(presence)
            else:
                look(self, presence, agent)

        return looked

    _swap(stack, sweep.Sweep, "_look_after", made)


def _wrap_ups_are_never_ended_by_the_server(stack: ExitStack) -> None:
    _swap(stack, desk.DeskService, "end_wrap_up", lambda _: lambda self, contact_id: None)


def _records_are_not_written_when_contacts_complete(stack: ExitStack) -> None:
    _swap(stack, reactions.Reactions, "_keep", lambda _: lambda self, contact, fact: None)


def _a_wrap_up_can_be_handed_in_twice(stack: ExitStack) -> None:
    def made(complete: Any) -> Any:
        def completed(change: Any, wrap_up: Any, *, at: Any, is_by_server: bool = False) -> Any:
            agent = change.after.agent
            if agent is not None and agent.is_done:
                state = ContactState.ENDED
                change = change.update(agent=replace(agent, is_done=False), state=state)
            return complete(change, wrap_up, at=at, is_by_server=is_by_server)

        return completed

    def handed(hand_in: Any) -> Any:
        def again(self: Any, agent_id: Any, contact_id: Any, wrap_up: Any) -> None:
            contact = self._of_agent(agent_id, contact_id)
            self._check(contact, wrap_up)
            self._complete(contact, wrap_up, is_by_server=False)

        return again

    _swap(stack, lifecycle, "complete", made)
    _swap(stack, desk.DeskService, "_hand_in", handed)


def _nothing_happens_on_the_stream(stack: ExitStack) -> None:
    """What follows from a commit is done inline, or never."""
    _swap(stack, reactions.Reactions, "react", lambda _: lambda self, contact_id, facts: None)


class _Nobody:
    """A matcher that matches nothing."""

    def match_contact(self, *_: object, **__: object) -> bool:
        return False

    def match_agent(self, *_: object, **__: object) -> None: ...


MUTANTS: Mapping[str, Mutant] = {
    mutant.name: mutant
    for mutant in map(
        _mutant,
        (
            _the_contacts_version_is_not_checked,
            _the_agents_version_is_not_checked,
            _the_limit_of_a_queue_is_not_checked,
            _contacts_look_before_they_are_written,
            _agents_look_before_they_are_written,
            _openings_are_read_from_a_replica,
            _lines_are_read_from_a_replica,
            _counters_are_read_from_a_replica,
            _an_offered_contact_keeps_its_place,
            _a_taken_slot_stays_open,
            _any_offer_can_be_accepted,
            _an_offer_is_accepted_though_the_slot_is_gone,
            _agents_are_offered_contacts_whatever_they_do,
            _a_channel_takes_one_more_than_it_may,
            _ghosts_get_offers,
            _whoever_looks_is_offered_instead_of_the_first,
            _priorities_of_contacts_are_not_kept,
            _reservations_are_never_over,
            _nobody_looks_again_after_an_offer_has_ended,
            _the_sweep_does_nothing,
            _whoever_signs_in_for_the_first_time_is_forgotten,
            _wrap_ups_are_never_ended_by_the_server,
            _a_wrap_up_can_be_handed_in_twice,
            _records_are_not_written_when_contacts_complete,
            _nothing_happens_on_the_stream,
        ),
    )
}
