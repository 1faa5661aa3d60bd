"""Runs blocks from where a contact waits until one must wait again. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.core.events import BlockExecuted, Channel
from chalicelib.core.flow.blocks import BLOCKS
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.conditions import holds
from chalicelib.core.flow.exchange import (
    Command,
    Disconnect,
    Effect,
    EnterQueue,
    FlowEntered,
    Happening,
    PlayPrompt,
    QueueEntered,
    QueueRefused,
    Step,
)
from chalicelib.core.flow.hooks import hook_flow
from chalicelib.core.flow.model import (
    Action,
    FlowType,
    Library,
    PublishedFlow,
    Session,
    Wait,
    WaitKind,
)
from chalicelib.core.flow.modules import entered, left_module
from chalicelib.core.flow.prompts import listening_seconds
from chalicelib.core.flow.spec import Block
from chalicelib.core.flow.turn import (
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    Ends,
    Enters,
    Failed,
    Invokes,
    Next,
    Outcome,
    Result,
    Returns,
    Turn,
    Waits,
    failed,
)
from chalicelib.core.flow.waiting import (
    DIVERTED,
    any_error_target,
    ends_contact,
    is_at_limit,
    is_awaited,
    resumed,
)

QUEUE_REPLY_SECONDS = 10
MODULE_LEVELS = 5
_DIALS = "CompleteOutboundCall"

# Places that no block can be at: identifiers hold no `$`.
AT_END = "$end"  # everything is said and done but the caller still listens
AT_RESCUE = "$rescue"  # the flow is gone; a place in the queue was asked for
AT_DIAL = "$dial"  # an outbound whisper that does not say when to call the customer: first of all


def advance(
    session: Session,
    happening: Happening,
    *,
    scope: Mapping[str, object],
    library: Library,
    at: datetime,
    chance: float = 0.0,
    blocks: Mapping[str, Block] = BLOCKS,
) -> Step:
    """What follows from this happening; nothing, if the session does not wait for it.

    `scope` holds the system attributes as JSONPath sees them. The same arguments give the same
    step, and no document, reply or order of replies makes it raise. `blocks`: a tool that tries
    every way out brings a table of its own.
    """
    run = _Run(session, scope=scope, library=library, at=at, chance=chance, blocks=blocks)
    if isinstance(happening, FlowEntered):
        return run.enter(happening.flow)
    if not is_awaited(session, happening):
        return Step(session)
    return run.resume(happening)


class _Run:
    """One advance: the session as it changes, and what gathers on the way."""

    def __init__(
        self,
        session: Session,
        *,
        scope: Mapping[str, object],
        library: Library,
        at: datetime,
        chance: float,
        blocks: Mapping[str, Block],
    ) -> None:
        self._session = session
        self._blocks = blocks
        self._actions_run = session.actions_run  # in the session only when the step is complete
        self._scope = scope
        self._library = library
        self._at = at
        self._chance = chance
        self._commands: list[Command] = []
        self._trace: list[BlockExecuted] = []
        self._started: list[PublishedFlow] = []

    def enter(self, flow: PublishedFlow) -> Step:
        """From the start of a flow."""
        self._actions_run = 0
        return self._run(self._begin(flow), None)

    def resume(self, happening: Happening) -> Step:
        """From where the session waits."""
        session, waited = self._session, self._session.wait
        self._session = resumed(session, happening)
        self._actions_run = self._session.actions_run
        if isinstance(happening, QueueEntered):
            return self._queued()
        if session.action_id == AT_END:
            return self._finish(is_disconnect=True)
        if session.action_id == AT_RESCUE:
            return self._rescue(happening)
        flow = self._pinned_flow()
        if flow is None:
            over = self._over() if session.invocations else self._rescue(None)
            return over if isinstance(over, Step) else self._run(over, None)
        if _block_at(flow, session.action_id) is None:
            return self._again(flow)  # another version without this block: better again than gone
        is_after_playback = waited is not None and waited.kind is WaitKind.PLAYBACK
        return self._run(flow, None if is_after_playback else happening)

    # --- the loop ---------------------------------------------------------------------------------

    def _run(self, flow: PublishedFlow, reply: Happening | None) -> Step:
        """Block after block until a step is complete."""
        while True:
            action = _block_at(flow, self._session.action_id)
            followed = self._block(flow, action, reply) if action else self._over()
            if isinstance(followed, Step):
                return followed
            flow, reply = followed, None

    def _block(
        self, flow: PublishedFlow, action: Action, reply: Happening | None
    ) -> PublishedFlow | Step:
        if reply is None:
            if is_at_limit(self._actions_run, action):
                return self._at_limit(flow, action)
            self._actions_run += 1
        block = self._blocks.get(action.type)
        if block is not None and block.waits_for_silence and reply is None and self._is_heard():
            return self._wait_for_silence(action.identifier)
        if block is None:
            outcome = failed()
        elif block.channels is not None and self._channel not in block.channels:
            outcome = failed(channel=self._channel)
        elif self._session.invocations and not block.runs_in_module_of(self._session.flow_type):
            outcome = failed(flow_type=str(self._session.flow_type))
        else:
            outcome = block.run(self._turn(flow, action, reply))
        self._session = outcome.session or self._session
        self._commands.extend(outcome.commands)
        return self._leave(flow, action, outcome)

    def _leave(self, flow: PublishedFlow, action: Action, outcome: Outcome) -> PublishedFlow | Step:
        """The way out of a block."""
        match outcome.exit:
            case Waits(kind, seconds, effect, events):
                if kind is WaitKind.LOOP:
                    # Only an agent, or the caller who leaves, may end it: its line is due now.
                    self._record(action, outcome, "waiting", action.identifier)
                return self._wait(kind, seconds, effect=effect, events=events)
            case Ends(is_disconnect, is_handed_over):
                self._record(action, outcome, "end", None)
                is_over = ends_contact(self._session.flow_type) and not is_handed_over
                return self._finish(is_disconnect=is_disconnect or is_over)
            case Invokes():
                return self._invoke(flow, action, outcome, outcome.exit)
            case Returns():
                return self._return(action, outcome, outcome.exit)
            case Enters(entered):
                self._record(action, outcome, "next", entered.flow.start)
                return self._begin(entered)
            case Next() | Result() | Failed():
                branch, target = self._branch(flow, action, outcome)
                self._record(action, outcome, branch, target)
        if target is None:
            return self._over()
        self._session = changed(self._session, action_id=target)
        return flow

    def _branch(
        self, flow: PublishedFlow, action: Action, outcome: Outcome
    ) -> tuple[str, str | None]:
        """The name of the branch and where it leads; a way out that is missing is an error."""
        if isinstance(outcome.exit, Failed):
            branch, target = outcome.exit.error_type, action.on_error(outcome.exit.error_type)
        else:
            branch, target = self._success(flow, action, outcome)
            if target not in flow.flow.actions:
                target = action.on_error(NO_MATCHING_ERROR)
                branch = NO_MATCHING_ERROR if target else "no_branch"
        return branch, target if target in flow.flow.actions else None

    def _success(
        self, flow: PublishedFlow, action: Action, outcome: Outcome
    ) -> tuple[str, str | None]:
        if not isinstance(outcome.exit, Result):
            return "next", action.next_action
        turn = self._turn(flow, action, None)
        for condition in action.conditions:
            operands = [turn.text(operand) for operand in condition.operands]
            if any(holds(condition.operator, outcome.exit.value, operand) for operand in operands):
                return f"{condition.operator} {operands[0]}", condition.target
        unmatched = dict(reversed(action.errors)).get(NO_MATCHING_CONDITION)
        if unmatched:
            return NO_MATCHING_CONDITION, unmatched
        return "next", action.next_action

    def _at_limit(self, flow: PublishedFlow, action: Action) -> PublishedFlow | Step:
        """The flow turns in circles: out by the error branch once, and then out altogether."""
        is_first = self._actions_run < DIVERTED
        target = any_error_target(flow, action) if is_first else None
        self._record(action, Outcome(), "action_limit", target)
        self._commands = list(dict.fromkeys(self._commands))  # nobody listens to it 500 times
        if target is None:
            is_disconnect = ends_contact(self._session.flow_type)
            return self._finish(is_disconnect=is_disconnect, is_at_once=True)
        self._session = changed(self._session, action_id=target)
        self._actions_run = DIVERTED
        return flow

    # --- flows that begin, end and are gone -------------------------------------------------------

    def _begin(self, flow: PublishedFlow) -> PublishedFlow:
        self._started.append(flow)
        self._session = changed(
            self._session,
            flow_id=flow.flow_id,
            flow_version=flow.version,
            flow_type=flow.type,
            action_id=AT_DIAL if _dials_by_itself(flow) else flow.flow.start,
            wait=None,
            loops={},
            elements={},
            invocations=(),
            flow_attributes={},
        )
        return flow

    def _again(self, flow: PublishedFlow) -> Step:
        """From the start; a module still knows where it is to come back to."""
        invocations = self._session.invocations
        self._actions_run = 0
        self._begin(flow)
        self._session = changed(self._session, invocations=invocations)
        return self._run(flow, None)

    # --- modules ----------------------------------------------------------------------------------

    def _invoke(
        self, flow: PublishedFlow, action: Action, outcome: Outcome, called: Invokes
    ) -> PublishedFlow | Step:
        """The module begins with nothing of its caller's but the contact."""
        if len(self._session.invocations) >= MODULE_LEVELS:
            refused = failed(**outcome.given, failure=f"more than {MODULE_LEVELS} levels")
            return self._leave(flow, action, refused)
        self._record(action, outcome, "module", called.module.flow.start)
        self._started.append(called.module)
        self._session = entered(self._session, called.module, called.input)
        return called.module

    def _return(self, action: Action, outcome: Outcome, returned: Returns) -> PublishedFlow | Step:
        """Back to the block that invoked the module; its conditions decide."""
        self._record(action, outcome, "return", None)
        left = Outcome(Next() if returned.result is None else Result(returned.result))
        return self._back(left, {"Result": returned.result, "ResultData": returned.data})

    def _over(self) -> PublishedFlow | Step:
        """No way on: a module's caller takes its error branch, any other flow ends."""
        if self._session.invocations:
            return self._back(failed(failure="the module has no way on"), None)
        return self._finish(is_disconnect=ends_contact(self._session.flow_type))

    def _back(self, left: Outcome, result: Mapping[str, object] | None) -> PublishedFlow | Step:
        if not self._session.invocations:
            return self._finish(is_disconnect=ends_contact(self._session.flow_type))
        self._session = left_module(self._session, result)
        flow = self._pinned_flow()
        action = flow.flow.actions.get(self._session.action_id or "") if flow else None
        if flow is None or action is None:
            return self._over() if self._session.invocations else self._rescue(None)
        return self._leave(flow, action, left)

    def _pinned_flow(self) -> PublishedFlow | None:
        """The version this session began with; failing that, the one of today."""
        flow_id = self._session.flow_id
        if flow_id is None:
            return None
        pinned = self._library.pinned(flow_id, self._session.flow_version)
        if pinned is not None:
            return pinned
        current = self._library.flow(flow_id)
        if current is not None:
            self._session = changed(self._session, flow_version=current.version)
        return current

    def _queued(self) -> Step:
        """The contact has its place: this flow is over, and the queue's begins if there is one."""
        place = self._session.action_id or ""
        queue_id = self._session.target_queue_id
        queue = self._library.queue(queue_id) if queue_id else None
        named = {"$.Queue.Name": queue.name} if queue else {}
        if place != AT_RESCUE:
            flow = self._pinned_flow()
            action = flow.flow.actions.get(place) if flow else None
            done = action or Action(place, "TransferContactToQueue", {})
            self._record(done, Outcome(given=named), "end", None)
        flow = hook_flow(self._session, "CustomerQueue", self._library)
        if flow is None:
            return self._finish(is_disconnect=False)
        return self._run(self._begin(flow), None)

    def _rescue(self, happening: Happening | None) -> Step:
        """The flow was deleted under the caller: queue them where they were to go anyway."""
        if isinstance(happening, QueueRefused):
            return self._finish(is_disconnect=True)
        if happening is None:
            lost = Action(self._session.action_id or "", "", {})
            self._record(lost, Outcome(), "flow_deleted", None)
            if not ends_contact(self._session.flow_type):
                return self._finish(is_disconnect=False)
        queue_id = self._session.target_queue_id
        if queue_id is None:
            return self._finish(is_disconnect=True)
        self._session = changed(self._session, action_id=AT_RESCUE)
        return self._wait(WaitKind.QUEUE, QUEUE_REPLY_SECONDS, effect=EnterQueue(queue_id))

    def _finish(self, *, is_disconnect: bool, is_at_once: bool = False) -> Step:
        """No flow runs any more; a caller who still listens hears the last words first."""
        if is_disconnect and not is_at_once and self._is_heard():
            return self._wait_for_silence(AT_END)
        if is_disconnect:
            self._commands.append(Disconnect())
        self._session = changed(
            self._session,
            flow_id=None,
            flow_version=0,
            flow_type=None,
            action_id=None,
            wait=None,
            invocations=(),
        )
        return self._step(is_ended=True)

    # --- waiting ----------------------------------------------------------------------------------

    def _is_heard(self) -> bool:
        """Whether prompts may still be playing; messages of a chat are delivered at once."""
        return self._session.unplayed and self._channel == Channel.VOICE

    def _wait_for_silence(self, place: str) -> Step:
        self._session = changed(self._session, action_id=place)
        prompts = [c.prompt for c in self._commands if isinstance(c, PlayPrompt)]
        return self._wait(WaitKind.PLAYBACK, listening_seconds(prompts))

    def _wait(
        self,
        kind: WaitKind,
        seconds: float | None,
        *,
        effect: Effect | None = None,
        events: tuple[str, ...] = (),
    ) -> Step:
        number = self._session.waits + 1
        wait = Wait(number, kind, seconds, events)
        self._session = changed(self._session, waits=number, wait=wait)
        return self._step(effect=effect)

    def _step(self, *, effect: Effect | None = None, is_ended: bool = False) -> Step:
        return Step(
            session=changed(self._session, actions_run=self._actions_run),
            commands=tuple(self._commands),
            trace=tuple(self._trace),
            effect=effect,
            is_ended=is_ended,
            started=tuple(self._started),
        )

    # --- small change -----------------------------------------------------------------------------

    @property
    def _channel(self) -> str:
        return str(self._scope.get("Channel", Channel.VOICE))

    def _turn(self, flow: PublishedFlow, action: Action, reply: Happening | None) -> Turn:
        return Turn(
            action=action,
            session=self._session,
            reply=reply,
            flow=flow,
            scope=self._scope,
            library=self._library,
            at=self._at,
            chance=self._chance,
        )

    def _record(self, action: Action, outcome: Outcome, branch: str, target: str | None) -> None:
        flow_id = self._session.flow_id
        if flow_id is None:
            return
        self._trace.append(
            BlockExecuted(
                flow_id=flow_id,
                flow_version=self._session.flow_version,
                block_id=action.identifier,
                block_type=action.type,
                given=outcome.given,
                branch=branch,
                next_block_id=target,
                changed=outcome.changed,
            )
        )


def _block_at(flow: PublishedFlow, place: str | None) -> Action | None:
    if place == AT_DIAL and _dials_by_itself(flow):
        return Action(AT_DIAL, _DIALS, {}, next_action=flow.flow.start)
    return flow.flow.actions.get(place or "")


def _dials_by_itself(flow: PublishedFlow) -> bool:
    """Most outbound whispers only say something, to a customer who has to be called before."""
    blocks = flow.flow.actions.values()
    return flow.type is FlowType.OUTBOUND_WHISPER and all(b.type != _DIALS for b in blocks)
