"""`python -m tests.simulation.model`: tries every order of steps of the claim protocol, and of
mutants of it, and says what that proves."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from tests.simulation.claim_steps import Mutant, Protocol
from tests.simulation.explorer import Explorer, Found

STATEMENT = """\
What this proves. Two contacts, one ranked better; two agents who take one contact at a time; two
workers; one queue. The steps are single strongly consistent reads and single transactions, as in
services/routing.py and services/desk.py, and they come in every order. Workers crash at every
point; what they are sent for comes late, twice, and at the same time at both; callers begin to
wait and hang up, agents come, go on a break, answer, miss and clear what they missed, and other
writes to the same rows come between, each any number of times: nothing is bounded but how many
there are. In no state that can be reached
  - are two agents on a contact, or two contacts at an agent;
  - is an agent reserved for a contact that does not ring or talk there, or the reverse;
  - has a contact a place in the line unless it waits, or an opening an agent who is not free;
  - does the counter of the queue differ from how many are in it;
and no step
  - offers a contact that does not wait, or to an agent who is on a break or has another one;
  - passes over a contact, ranked better, that has waited since before the look began;
  - puts a contact back into the queue that was answered or has ended.
Where messages come at least once: when no worker is busy and none is due, no free agent stands
beside a waiting contact, without any sweep; and workers who are left alone come to rest. Where
nothing is sure to come (messages lost, races given up): all promises above hold all the same, and
after one sweep no offer that is over and no free agent beside a waiting contact is left. The
latter also with the queue spread over two lines, read one after the other.

What it does not prove. That the code does what the model says (that is what the simulation of the
real handlers is for). More than two of anything; several queues, channels or contacts at a time
per agent; delays, criteria and preferred agents; heartbeats; time itself: an offer may end at any
moment here, so that it ends after 20 seconds is not shown, nor how long anything takes. DynamoDB is
taken at its word: serializable transactions, strongly consistent reads of single rows and of the
openings of one key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One exploration, in words."""

    title: str
    found: Found
    seconds: float
    is_endless: bool = False

    def lines(self, *, is_mutant: bool = False) -> list[str]:
        found = self.found
        size = f"{found.states:,} states, {found.transitions:,} transitions, depth {found.depth}"
        says = [f"{self.title}", f"  {size}, {self.seconds:.0f} s CPU"]
        if not found.broken:
            says.append("  NOT CAUGHT" if is_mutant else "  every promise is kept")
        else:
            says += [f"    {line}" for line in retold(found.story)]
            says.append(f"  so: {found.broken}")
        return [*says, "  BUT workers can run in circles"] if self.is_endless else says


def retold(story: tuple[str, ...]) -> list[str]:
    """What one worker does at a stretch in one line."""
    told = []
    for who, steps in groupby(story, key=lambda line: line[:8] if line[:6] == "worker" else line):
        first, *others = steps
        told.append("; ".join([first, *(line.removeprefix(who).strip() for line in others)]))
    return told


def sure() -> Told:
    """Every message comes."""
    began, explorer = time.process_time(), Explorer(Protocol())
    found = explorer.explore()
    is_endless = not found.broken and not explorer.comes_to_rest()
    title = "Messages come at least once; one line"
    seconds = time.process_time() - began
    return Told(title=title, found=found, seconds=seconds, is_endless=is_endless)


def unsure(lines: int) -> Told:
    """Messages may be lost, and a sweep comes."""
    title = f"Nothing is sure to come but the sweep; {lines} {'line' if lines == 1 else 'lines'}"
    return _explored(title, Protocol(is_reliable=False, lines=lines))


def mutated(mutant: Mutant) -> Told:
    title = f"Mutant: {mutant}"
    return _explored(title, Protocol(mutant, is_reliable=mutant.harms_at_rest))


def _explored(title: str, protocol: Protocol) -> Told:
    began = time.process_time()
    found = Explorer(protocol).explore()
    return Told(title=title, found=found, seconds=time.process_time() - began)


def main() -> None:
    with ProcessPoolExecutor(2) as workers:
        right = [workers.submit(sure), workers.submit(unsure, 1), workers.submit(unsure, 2)]
        wrong = [workers.submit(mutated, mutant) for mutant in Mutant]
        kept, caught = [each.result() for each in right], [each.result() for each in wrong]
    for told in kept:
        print("\n".join(told.lines()), end="\n\n")
    for told in caught:
        print("\n".join(told.lines(is_mutant=True)), end="\n\n")
    is_held = not any(told.found.broken or told.is_endless for told in kept)
    is_caught = all(told.found.broken for told in caught)
    if not is_held or not is_caught:
        sys.exit("the model does not hold" if not is_held else "a mutant was not caught")
    print(f"{STATEMENT}\n\nAll promises are kept, and each of {len(caught)} mutants was caught.")


if __name__ == "__main__":
    main()
