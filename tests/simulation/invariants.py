"""What must hold after every step, read from the raw tables and judged without the product's rules.

Every write is mirrored here as plain JSON. Whatever it touched is checked at once: transactions are
atomic, so between two of them everything must agree.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.core import criteria
from chalicelib.core.center import Center, CrossChannel, Proficiency, Queue, RoutingProfile
from chalicelib.core.errors import Refusal
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId
from chalicelib.core.transfers import HEADROOM
from tests.simulation.cloud import Cloud
from tests.simulation.dynamo import Dynamo, Write
from tests.simulation.faults import Faults
from tests.simulation.scheduler import Outcome, Scheduler, Task

type Doc = dict[str, Any]

SKEW = timedelta(seconds=4)  # between two workers' clocks, at most
_SILENT = timedelta(seconds=90)
_RESERVED = timedelta(seconds=30)
_TRIES = 5  # races that a handler may lose before it leaves the rest to others
_IN_QUEUE = ("QUEUED", "OFFERED")


@dataclass(frozen=True)
class Violation:
    """A promise that was broken. `about`: the contacts and agents that it is about."""

    promise: str
    what: str
    step: int
    seconds: float
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.promise}: {self.what} (step {self.step}, {self.seconds:.1f} s)"


@dataclass(frozen=True)
class _Rank:
    """Where a contact stands for one agent; compared as the match is meant to."""

    queue: int
    priority: int
    since: datetime
    contact_id: str

    def is_before(self, other: _Rank) -> bool:
        return (self.queue, self.priority, self.since, self.contact_id) < (
            other.queue,
            other.priority,
            other.since,
            other.contact_id,
        )


class Invariants:
    """The mirror, and the questions that it is asked."""

    def __init__(
        self, dynamo: Dynamo, scheduler: Scheduler, faults: Faults, center: Center
    ) -> None:
        self._dynamo, self._scheduler, self._faults = dynamo, scheduler, faults
        self._profiles = {str(p.profile_id): p for p in center.profiles}
        self._limits = {str(q.queue_id): q.max_contacts for q in center.queues}
        self.violations: list[Violation] = []
        self.counts: Counter[str] = Counter()
        self.contacts: dict[str, Doc] = {}
        self.agents: dict[str, Doc] = {}
        self._facts: Counter[str] = Counter()  # how many are written, by contact
        self._ends: dict[str, Counter[str]] = defaultdict(Counter)
        self._places: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._waiting_since: dict[str, int] = {}  # the step in which the place was taken
        self._new: dict[Task, list[tuple[str, int]]] = defaultdict(list)  # came to wait, or free
        self._openings: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._free_since: dict[str, dict[str, int]] = defaultdict(dict)  # step, by channel
        self._slots: dict[str, dict[str, Doc]] = defaultdict(dict)  # by contact, then agent
        self._counted: dict[str, tuple[tuple[str, str], int]] = {}
        self._depth: Counter[tuple[str, str]] = Counter()
        self._particular: Counter[tuple[str, str]] = Counter()
        self._presence: dict[str, list[tuple[int, Doc | None]]] = defaultdict(list)
        self._live: set[str] = set()

    @property
    def contact_count(self) -> int:
        return len(self.contacts)

    @property
    def is_all_over(self) -> bool:
        return all(self._waits_in_vain(contact_id) for contact_id in self._live)

    def _waits_in_vain(self, contact_id: str) -> bool:
        """Somebody put it where no agent of the center gets it."""
        contact = self.contacts[contact_id]
        if contact["state"] != "QUEUED":
            return False
        queue_id, channel = contact["queue"]["queue_id"], Channel(contact["channel"])
        return not any(
            channel in profile.concurrency
            and (queue_id == f"agent:{agent_id}" or profile.serves(queue_id, channel))
            for agent_id, agent in self.agents.items()
            if (profile := self._profiles[agent["profile_id"]])
        )

    def waiting(self) -> list[str]:
        return sorted(self._waiting_since)

    def live(self) -> list[str]:
        return sorted(self._live)

    # --- the mirror -------------------------------------------------------------------------------

    def written(self, writes: list[Write]) -> None:
        """All that one operation wrote."""
        contacts: dict[str, Doc | None] = {}
        agents: dict[str, Doc | None] = {}
        depths: set[tuple[str, str]] = set()
        for write in writes:
            table, pk, sk = write.row
            if table == "contacts":
                self._contact_row(write, pk, sk, contacts)
            elif table == "routing":
                self._routing_row(write, pk, sk, agents, contacts, depths)
        for contact_id, before in contacts.items():
            self._check_contact(contact_id, before)
            depths.update(key for key in (self._recount(contact_id)) if key)
        for agent_id, earlier in agents.items():
            self._check_agent(agent_id, earlier)
        for key in depths:
            self._check_depth(key)
        if contacts:
            self._check_offers(contacts, agents)

    def _contact_row(self, write: Write, pk: str, sk: str, contacts: dict[str, Doc | None]) -> None:
        if sk == "state":
            if write.new is None:
                return self._broken("nothing is deleted", f"the state of {pk} is gone", pk)
            before = self.contacts.get(pk)
            contacts.setdefault(pk, before)
            after = self.contacts[pk] = _document(write.new)
            expected = (before["version"] if before else 0) + 1
            if after["version"] != expected or write.new["version"]["N"] != str(expected):
                what = f"{pk} went from version {expected - 1} to {after['version']}"
                self._broken("versions have no gaps", what, pk)
            if after["state"] == "COMPLETED":
                self._live.discard(pk)
            else:
                self._live.add(pk)
        elif sk.startswith("facts#"):
            contacts.setdefault(pk, self.contacts.get(pk))
            self._facts_row(write, pk)
        return None

    def _facts_row(self, write: Write, pk: str) -> None:
        if write.old is not None or write.new is None:
            return self._broken("facts never change", f"facts of {pk} were written over", pk)
        for fact in _list(write.new):
            self._facts[pk] += 1
            if fact["seq"] != self._facts[pk]:
                what = f"fact {fact['seq']} of {pk} came as number {self._facts[pk]}"
                self._broken("facts have no gaps", what, pk)
            self._ends[pk][fact["event"]["type"]] += 1
        return None

    def _routing_row(
        self,
        write: Write,
        pk: str,
        sk: str,
        agents: dict[str, Doc | None],
        contacts: dict[str, Doc | None],
        depths: set[tuple[str, str]],
    ) -> None:
        kind, _, rest = pk.partition("#")
        if kind == "agent" and sk == "state":
            agents.setdefault(rest, self.agents.get(rest))
            self._agent_row(write, rest)
        elif kind in ("waiting", "ringing"):
            contact_id = sk.rsplit("#", 1)[-1]
            contacts.setdefault(contact_id, self.contacts.get(contact_id))
            _keep(self._places[contact_id], (pk, sk), is_there=write.new is not None)
            if kind == "waiting" and write.new is not None and write.old is None:
                self._waiting_since[contact_id] = self._scheduler.step
                before = contacts[contact_id]
                if before is None or before["state"] not in _IN_QUEUE:
                    self._comes(contact_id)
        elif kind == "open":
            agent_id = sk.rsplit("#", 1)[-1]
            agents.setdefault(agent_id, self.agents.get(agent_id))
            if write.new is None:
                self._openings[agent_id].discard((pk, sk))
            else:
                self._openings[agent_id].add((pk, sk))
        elif kind == "depth":
            depths.add((pk, sk))
        elif pk == "online#0":
            self._presence[sk].append((self._scheduler.step, write.new))
            if write.new is None and _is_reachable(write.old, self._scheduler.true_time, -SKEW):
                what = f"{sk} is forgotten, and was heard of a moment ago"
                self._broken("only the silent are forgotten", what, sk)

    def _comes(self, who: str) -> None:
        if self._scheduler.current is not None:
            self._new[self._scheduler.current].append((who, self._scheduler.step))

    def _agent_row(self, write: Write, agent_id: str) -> None:
        before = self.agents.get(agent_id)
        after = self.agents[agent_id] = _document(write.new)
        expected = (before["version"] if before else 0) + 1
        if after["version"] != expected:
            what = f"{agent_id} went from version {expected - 1} to {after['version']}"
            self._broken("versions have no gaps", what, agent_id)
        for slot in before["slots"] if before else ():
            self._slots[slot["contact_id"]].pop(agent_id, None)
        for slot in after["slots"]:
            self._slots[slot["contact_id"]][agent_id] = slot

    # --- a contact and everybody who holds it -----------------------------------------------------

    def _check_contact(self, contact_id: str, before: Doc | None) -> None:
        contact = self.contacts.get(contact_id)
        if contact is None:
            return self._broken("rows have a contact", f"there is no {contact_id}", contact_id)
        if contact["fact_count"] != self._facts[contact_id]:
            what = f"{contact_id} says {contact['fact_count']} facts, has {self._facts[contact_id]}"
            self._broken("facts have no gaps", what, contact_id)
        slots = self._slots.get(contact_id, {})
        found = {a: s["state"] for a, s in slots.items() if s["state"] != "MISSED"}
        expected = _holders(contact)
        if found != expected:
            what = f"{contact_id} is {contact['state']} with {expected}, desks say {found}"
            self._broken("one agent, whom contact and desk both name", what, contact_id, *found)
        offer = contact["offer"]
        if offer is not None and found == expected:
            at_desk = slots[offer["agent_id"]]["offer_id"]
            if at_desk != offer["offer_id"]:
                what = f"{contact_id} rings as {offer['offer_id']}, at the desk as {at_desk}"
                self._broken("contact and desk name the same offer", what, contact_id)
        self._check_place(contact_id, contact)
        return self._check_connected(contact_id, before, contact)

    def _check_place(self, contact_id: str, contact: Doc) -> None:
        places = self._places.get(contact_id, set())
        expected = set()
        if contact["state"] in _IN_QUEUE:
            stay = contact["queue"]
            kind = "waiting" if contact["state"] == "QUEUED" else "ringing"
            pk = f"{kind}#{stay['queue_id']}#{contact['channel']}"
            if kind == "waiting":
                pk += f"#{_line(stay)}"
            since = _moment(stay["ranked_at"] or stay["entered_at"])
            stamp = since.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            expected = {(pk, f"{stay['priority']:010d}#{stamp}#{contact_id}")}
        if places != expected:
            what = f"{contact_id} is {contact['state']}, its places are {sorted(places)}"
            self._broken("a place exactly while in a queue", what, contact_id)
        if contact["state"] != "QUEUED":
            self._waiting_since.pop(contact_id, None)

    def _check_connected(self, contact_id: str, before: Doc | None, after: Doc) -> None:
        offer = before["offer"] if before else None
        if after["state"] != "CONNECTED" or before is None or before["state"] == "CONNECTED":
            return
        self.counts["answers"] += 1
        agent_id = after["agent"]["agent_id"]
        if offer is None or offer["agent_id"] != agent_id:
            what = f"{contact_id} is with {agent_id}, to whom it was not offered"
            self._broken("only an offer is accepted", what, contact_id, agent_id)
        elif self._scheduler.true_time - _moment(offer["made_at"]) > _RESERVED + SKEW * 2:
            what = f"{contact_id} was accepted long after its offer to {agent_id}"
            self._broken("no reservation outlives 30 s", what, contact_id, agent_id)

    def _recount(self, contact_id: str) -> Iterator[tuple[str, str] | None]:
        """The counters that the contact was and is counted in."""
        contact = self.contacts.get(contact_id)
        old, new = self._counted.get(contact_id), None
        if contact is not None and contact["state"] in _IN_QUEUE:
            stay = contact["queue"]
            channel = contact["channel"]
            sk = channel if stay["is_limited"] else f"{channel}#{stay['shard']}"
            new = ((f"depth#{stay['queue_id']}", sk), int(not _line(stay).isdecimal()))
        if old == new:
            return
        for counted, sign in ((old, -1), (new, 1)):
            if counted is not None:
                self._depth[counted[0]] += sign
                self._particular[counted[0]] += sign * counted[1]
                yield counted[0]
        if new is None:
            self._counted.pop(contact_id, None)
        else:
            self._counted[contact_id] = new
            if contact is not None and (old is None or old[0] != new[0]):
                self._check_limit(contact_id, new[0])

    def _check_depth(self, key: tuple[str, str]) -> None:
        row = self._dynamo.row("routing", *key) or {}
        found = [int(row.get(name, {"N": "0"})["N"]) for name in ("waiting", "particular")]
        expected = [self._depth[key], self._particular[key]]
        if found != expected:
            what = f"{key[0]} {key[1]} counts {found}, in the queue are {expected}"
            self._broken("counters count", what)

    def _check_limit(self, contact_id: str, key: tuple[str, str]) -> None:
        """Of a queue that the contact has just entered: those who were in already have some room
        beyond it, and whoever lost the agent has a place in any case."""
        contact = self.contacts[contact_id]
        queue_id = contact["queue"]["queue_id"]
        limit = self._limits.get(queue_id)
        if limit is None or contact["is_promised"]:
            return
        is_moved = contact["transfers"] or contact["queue_transfers"]
        above, below = HEADROOM if is_moved else (1, 1)
        if self._depth[key] > limit * above // below:
            what = f"{contact_id} is one of {self._depth[key]} in {queue_id}"
            self._broken("a queue holds no more than its limit", what, contact_id)

    # --- an agent ---------------------------------------------------------------------------------

    def _check_agent(self, agent_id: str, before: Doc | None) -> None:
        agent = self.agents.get(agent_id)
        if agent is None:
            return self._broken("rows have an agent", f"there is no {agent_id}", agent_id)
        profile = self._profiles[agent["profile_id"]]
        held = Counter(slot["channel"] for slot in agent["slots"])
        did_hold = Counter(slot["channel"] for slot in (before["slots"] if before else ()))
        for channel, count in held.items():
            most = max(profile.concurrency.get(Channel(channel), 0), did_hold[channel])
            if count > most:  # a profile that takes less ends nothing
                what = f"{agent_id} holds {count} on {channel}"
                self._broken("no more contacts than the profile allows", what, agent_id)
        if agent["version"] != (before["version"] if before else 0):
            sort_key = f"event#{agent['version']:012d}"
            if self._dynamo.row("routing", f"agent#{agent_id}", sort_key) is None:
                what = f"no event {agent['version']} of {agent_id}"
                self._broken("every change is told to the desk", what, agent_id)
        expected = set(_opening_keys(agent_id, agent, profile))
        self._note_free(agent_id)
        if expected != self._openings[agent_id]:
            what = (
                f"{agent_id} is open as {sorted(expected)}, not {sorted(self._openings[agent_id])}"
            )
            self._broken("openings are what the agent can take", what, agent_id)
        for slot in agent["slots"]:
            contact = self.contacts.get(slot["contact_id"])
            state = contact["state"] if contact else None
            if contact is None or (
                slot["state"] != "MISSED" and _holders(contact).get(agent_id) != slot["state"]
            ):
                what = f"{agent_id} holds {slot['contact_id']} as {slot['state']}, it is {state}"
                about = (slot["contact_id"], agent_id)
                self._broken("one agent, whom contact and desk both name", what, *about)
        return None

    def _note_free(self, agent_id: str) -> None:
        free = self._free_since[agent_id]
        channels = {pk.rsplit("#", 1)[-1] for pk, _ in self._openings[agent_id]}
        for channel in sorted(free.keys() - channels):
            del free[channel]
        for channel in sorted(channels - free.keys()):
            free[channel] = self._scheduler.step
            self._comes(agent_id)

    # --- offers -----------------------------------------------------------------------------------

    def _check_offers(
        self, contacts: Mapping[str, Doc | None], agents: Mapping[str, Doc | None]
    ) -> None:
        for contact_id, before in contacts.items():
            contact = self.contacts.get(contact_id)
            offer = contact["offer"] if contact else None
            if contact is None or offer is None or (before and before["offer"] == offer):
                continue
            self.counts["offers"] += 1
            agent_id = offer["agent_id"]
            earlier = agents.get(agent_id)
            if earlier is None:
                what = f"{contact_id} rings at {agent_id}, whose desk knows nothing"
                self._broken("contact and desk name the same offer", what, contact_id, agent_id)
                continue
            self._check_could_take(contact_id, contact, agent_id, earlier)
            self._check_reached(contact_id, agent_id)
            if before is not None and before["state"] == "QUEUED":
                self._check_turn(contact_id, before, agent_id, earlier)

    def _check_could_take(self, contact_id: str, contact: Doc, agent_id: str, agent: Doc) -> None:
        profile = self._profiles[agent["profile_id"]]
        if not _can_take(agent, Channel(contact["channel"]), profile):
            state = (agent["status"]["name"], agent["next_status"], agent["slots"])
            what = f"{contact_id} was offered to {agent_id}, who is {state}"
            self._broken("an offer only to whoever can take it", what, contact_id, agent_id)

    def _check_reached(self, contact_id: str, agent_id: str) -> None:
        """The desk was heard of at some moment while the handler ran."""
        task = self._scheduler.current
        if task is None:
            return
        seen = self._presence[agent_id]
        before = [row for step, row in seen if step < task.started_step][-1:]
        during = [row for step, row in seen if step >= task.started_step]
        started = self._scheduler.true_time - timedelta(
            seconds=self._scheduler.clock - task.started_at
        )
        if not any(_is_reachable(row, started, SKEW) for row in (*before, *during)):
            what = f"{contact_id} was offered to {agent_id}, who was not there"
            self._broken("no offers to ghosts", what, contact_id, agent_id)

    def _check_turn(self, contact_id: str, contact: Doc, agent_id: str, agent: Doc) -> None:
        """Nobody who stood before it, since before the look began, was passed over."""
        task = self._scheduler.current
        if task is None:
            return None
        mine = self._rank(contact_id, contact, agent, task.looked_at, is_strict=False)
        if mine is None:
            what = f"{contact_id} was offered to {agent_id}, who does not get it (yet)"
            return self._broken("delays, skills and queues are kept", what, contact_id, agent_id)
        for other_id, since in self._waiting_since.items():
            if other_id == contact_id or since >= task.looked_step:
                continue
            rank = self._rank(other_id, self.contacts[other_id], agent, task.looked_at)
            if rank is not None and rank.is_before(mine):
                what = f"{agent_id} got {contact_id} before {other_id}, which was first"
                self._broken("first come, first served", what, contact_id, other_id, agent_id)
        return None

    def _rank(
        self, contact_id: str, contact: Doc, agent: Doc, at: datetime, *, is_strict: bool = True
    ) -> _Rank | None:
        """None: this agent cannot get it at that time. Not strict: could by any worker's clock."""
        stay = contact["queue"]
        channel = Channel(contact["channel"])
        profile = self._profiles[agent["profile_id"]]
        since = _moment(stay["ranked_at"] or stay["entered_at"])
        at = at if is_strict else at + SKEW
        entries = [
            entry.priority
            for entry in profile.queues
            if (entry.queue_id, entry.channel) == (stay["queue_id"], channel)
            and (not entry.delay_seconds or at >= since + timedelta(seconds=entry.delay_seconds))
        ]
        if stay["queue_id"] == f"agent:{agent['agent_id']}":
            entries = [0]
        if not entries or not _can_take(agent, channel, profile) or not _admits(stay, agent):
            return None
        return _Rank(min(entries), stay["priority"], since, contact_id)

    # --- sweeps -----------------------------------------------------------------------------------

    def started(self, task: Task) -> None:
        """A handler begins."""

    def finished(self, task: Task) -> None:
        """A handler has ended. After a sweep that met no trouble nothing is left that it should
        have found."""
        is_refused = isinstance(task.error, Refusal) and task.worker.name.startswith("api")
        if task.outcome is Outcome.FAILED and not task.faults and not is_refused:
            what = f"{task.label} raised {type(task.error).__name__}: {task.error}"
            self._broken("handlers fail only when the cloud does", what)
        new = self._new.pop(task, [])
        if task.outcome is not Outcome.DONE or task.faults:
            return
        began = self._scheduler.true_time - timedelta(
            seconds=self._scheduler.clock - task.started_at
        )
        if new and task.races_lost < _TRIES:
            self._check_second_saw_first(task, dict(new), began)
        if task.is_sweep:
            self.counts["clean sweeps"] += 1
            self._check_expired(began)
            self._check_nobody_is_idle(task, began)

    def _check_second_saw_first(self, task: Task, new: Mapping[str, int], began: datetime) -> None:
        """Whoever came to wait, or to be free, has looked after that was written."""
        for agent_id, contact_id, step in self._pairs(self._scheduler.step, task, began):
            came = max(new.get(agent_id, 0), new.get(contact_id, 0))
            if came and step <= came:
                what = f"{contact_id} and {agent_id} do not see each other after {task.label}"
                self._broken("the second one sees the first", what, contact_id, agent_id)

    def _check_expired(self, began: datetime) -> None:
        for contact_id in self._live:
            offer = self.contacts[contact_id]["offer"]
            if offer is not None and _moment(offer["expires_at"]) < began - SKEW:
                what = f"{contact_id} still rings at {offer['agent_id']}"
                about = (contact_id, offer["agent_id"])
                self._broken("a sweep leaves no expired offer", what, *about)
            ends_at = self.contacts[contact_id]["wrap_up_ends_at"]
            if ends_at is not None and _moment(ends_at) < began - SKEW:
                what = f"the after contact work of {contact_id} should be over"
                self._broken("a sweep leaves no overdue work", what, contact_id)

    def _check_nobody_is_idle(self, task: Task, began: datetime) -> None:
        for agent_id, contact_id, _ in self._pairs(task.started_step, task, began):
            what = f"{agent_id} is idle, {contact_id} waits, and a sweep saw neither"
            self._broken("nobody waits beside an idle agent", what, contact_id, agent_id)

    def _pairs(self, before: int, task: Task, began: datetime) -> Iterator[tuple[str, str, int]]:
        """Agents and contacts that belong together, both there since before this step and as long
        as the handler ran; and the step since when."""
        waiting = [c for c, since in self._waiting_since.items() if since < before]
        if not waiting:
            return
        for agent_id, since_when in self._free_since.items():
            free = {channel: since for channel, since in since_when.items() if since < before}
            if not free or not self._was_here(agent_id, task, began):
                continue
            agent = self.agents[agent_id]
            for contact_id in waiting:
                contact = self.contacts[contact_id]
                if contact["channel"] not in free:
                    continue
                if self._rank(contact_id, contact, agent, began - SKEW) is not None:
                    since = max(free[contact["channel"]], self._waiting_since[contact_id])
                    yield agent_id, contact_id, since

    def _was_here(self, agent_id: str, task: Task, began: datetime) -> bool:
        """Heard of before the sweep began, and throughout."""
        seen = self._presence[agent_id]
        before = [row for step, row in seen if step < task.started_step][-1:]
        during = [row for step, row in seen if step >= task.started_step]
        ended = self._scheduler.true_time
        return bool(before) and all(_is_reachable(row, ended, -SKEW) for row in (*before, *during))

    # --- the end ----------------------------------------------------------------------------------

    def ended(self, cloud: Cloud) -> None:
        """Everything went well for long enough: nothing may be left over."""
        for contact_id in sorted(self._live):
            if self._waits_in_vain(contact_id):
                continue
            state = self.contacts[contact_id]["state"]
            self._broken("every contact comes to an end", f"{contact_id} is {state}", contact_id)
        if not cloud.is_quiet:
            self._broken("everything comes to rest", "something is still on its way")
        for letter in cloud.dead:
            self._broken("dead letters can be delivered", f"one is left in {letter.where}")
        for contact_id in self.contacts:
            self._check_ended_once(contact_id)
        self._check_records(cloud)
        for agent_id, agent in self.agents.items():
            left = [s for s in agent["slots"] if s["state"] != "MISSED"]
            if left and not self._live:
                self._broken("desks are empty", f"{agent_id} still holds {left}", agent_id)

    def _check_ended_once(self, contact_id: str) -> None:
        ends = self._ends[contact_id]
        for kind in ("ContactInitiated", "ContactDisconnected", "ContactCompleted"):
            if ends[kind] != 1 and contact_id not in self._live:
                what = f"{contact_id} has {ends[kind]} facts {kind}"
                self._broken("a contact begins and ends once", what, contact_id)

    def _check_records(self, cloud: Cloud) -> None:
        records = Counter(
            key.rsplit("/", 1)[-1].removesuffix(".jsonl")
            for bucket, key in cloud.objects
            if bucket == "lake"
        )
        for contact_id in self.contacts:
            if records[contact_id] != 1 and contact_id not in self._live:
                what = f"{records[contact_id]} records of {contact_id}"
                self._broken("one record of each contact", what, contact_id)
        lines = Counter(
            sk.rsplit("#", 1)[-1]
            for (_, _, sk), _ in self._dynamo.rows("customers")
            if sk.startswith("contact#")
        )
        for contact_id, contact in self.contacts.items():
            expected = int(contact["customer_id"] is not None)
            if lines[contact_id] != expected and contact_id not in self._live:
                what = f"{contact_id} stands {lines[contact_id]} times in histories"
                self._broken("one line of history for each contact", what, contact_id)

    def _broken(self, promise: str, what: str, *about: str) -> None:
        at = self._scheduler
        self.violations.append(Violation(promise, what, at.step, at.clock, about))


# --- rules, said once more ------------------------------------------------------------------------


def _holders(contact: Doc) -> dict[str, str]:
    """Who must hold the contact on the desk, and as what."""
    agent, state = contact["agent"], contact["state"]
    if state == "OFFERED":
        return {contact["offer"]["agent_id"]: "CONNECTING"}
    if state == "CONNECTED":
        return {agent["agent_id"]: "CONNECTED"}
    if agent is not None and not agent["is_done"] and (state == "ENDED" or agent["left_at"]):
        return {agent["agent_id"]: "ENDED"}
    return {}


def _can_take(agent: Doc, channel: Channel, profile: RoutingProfile) -> bool:
    if agent["status"]["type"] != "ROUTABLE" or agent["next_status"] or agent["is_away"]:
        return False
    held = [slot["channel"] for slot in agent["slots"]]
    if any(slot["state"] == "MISSED" for slot in agent["slots"]):
        return False
    for other in held:
        rule = profile.cross_channel.get(Channel(other), CrossChannel.CURRENT_ONLY)
        if other != channel and rule is not CrossChannel.ANY:
            return False
    return held.count(channel) < profile.concurrency.get(channel, 0)


def _opening_keys(agent_id: str, agent: Doc, profile: RoutingProfile) -> Iterable[tuple[str, str]]:
    stamp = _moment(agent["idle_since"]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for channel in profile.concurrency:
        if _can_take(agent, channel, profile):
            held = f"{len(agent['slots']):02d}"
            yield f"open#{profile.profile_id}#{channel}", f"{held}#{stamp}#{agent_id}"


def _line(stay: Doc) -> str:
    """The line of the queue in which the contact stands."""
    known = criteria.read(stay["criteria"])
    step = known.step(stay["step"]) if known else None
    return step.line if step else str(stay["shard"])


def _admits(stay: Doc, agent: Doc) -> bool:
    known = criteria.read(stay["criteria"])
    step = known.step(stay["step"]) if known else None
    if step is None:
        return True
    skills = tuple(
        Proficiency(each["name"], each["value"], each["level"]) for each in agent["proficiencies"]
    )
    return step.expression.admits(criteria.Able(AgentId(agent["agent_id"]), skills))


def _is_reachable(row: Doc | None, at: datetime, leeway: timedelta) -> bool:
    if row is None or "connection_id" not in row:
        return False
    heard = datetime.strptime(row["heartbeat_at"]["S"], "%Y-%m-%dT%H:%M:%S.%f%z")
    return at - heard <= _SILENT + leeway


def _document(row: Any) -> Doc:
    found: Doc = msgspec.json.decode(row["document"]["S"])
    return found


def _list(row: Any) -> list[Doc]:
    found: list[Doc] = msgspec.json.decode(row["document"]["S"])
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _keep(these: set[tuple[str, str]], key: tuple[str, str], *, is_there: bool) -> None:
    if is_there:
        these.add(key)
    else:
        these.discard(key)


__all__ = ["Invariants", "Queue", "Violation"]
