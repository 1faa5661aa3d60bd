"""What happens when a timer comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.core.events import Channel, DisconnectReason
from chalicelib.core.ids import OfferId
from chalicelib.services.callback_line import CallbackLine
from chalicelib.services.chain import last_of_chain
from chalicelib.services.desk import DeskService
from chalicelib.services.flows import FlowService
from chalicelib.services.lines import LineReports
from chalicelib.services.ports import (
    ConnectionStore,
    ContactStore,
    Sockets,
    Timer,
    TimerKind,
    Timers,
)
from chalicelib.services.routing import RoutingService
from chalicelib.services.sweep import Sweep

_PULSE_EVERY = timedelta(minutes=1)
_SECOND_LOOK = timedelta(seconds=10)  # for a caller's browser to come back


class AlarmClock:
    """Every timer may ring late, twice, or for something long over; then nothing happens."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        connections: ConnectionStore,
        flows: FlowService,
        lines: LineReports,
        callback_line: CallbackLine,
        routing: RoutingService,
        desk: DeskService,
        sweep: Sweep,
        sockets: Sockets,
        timers: Timers,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._connections = connections
        self._desk = desk
        self._sockets = sockets
        self._timers = timers
        self._now = now
        self._rings: dict[TimerKind, Callable[[Timer], object]] = {
            TimerKind.OFFER: lambda t: routing.expire_offer(t.contact_id, OfferId(t.key)),
            TimerKind.WRAP_UP: lambda t: desk.end_wrap_up(t.contact_id),
            TimerKind.FLOW: lambda t: flows.time_out(t.contact_id, t.key),
            TimerKind.WHISPER: lambda t: flows.end_whispers(t.contact_id),
            TimerKind.CUSTOMER: self._end_abandoned,
            TimerKind.EXPIRY: lambda t: desk.end(t.contact_id, DisconnectReason.EXPIRED),
            TimerKind.DELAY: lambda t: routing.match_contact(t.contact_id),
            TimerKind.STEP: lambda t: routing.widen(t.contact_id),
            TimerKind.SWEEP: lambda t: sweep.run(),
            TimerKind.BEGIN: lambda t: flows.begin(t.contact_id),
            TimerKind.HOURS: lambda t: callback_line.close(t.contact_id),
            TimerKind.LINE: lines.ring,
            TimerKind.PULSE: self._feel_pulse,
        }

    def ring(self, timer: Timer) -> None:
        now = self._now()
        if now < timer.due_at:  # longer than one message can wait
            return None if self._is_moot(timer) else self._timers.set(timer, now=now)
        self._rings[timer.kind](timer)
        return None

    def _is_moot(self, timer: Timer) -> bool:
        """What lasts a day at most is mostly over in minutes, and must not go round till then."""
        if timer.kind is not TimerKind.EXPIRY:
            return False
        return not self._contacts.get(timer.contact_id).state.is_live

    def _end_abandoned(self, timer: Timer) -> None:
        """The socket named by the key closed, or (no key) it is time that one was opened. Whoever
        was transferred meanwhile has left the contact that they go on in."""
        contact = last_of_chain(self._contacts, timer.contact_id)
        is_moved = contact.contact_id != timer.contact_id
        if not contact.state.is_live or (is_moved and not timer.key):
            return None
        socket = self._connections.of_customer(contact.chain_id, is_fresh=True)
        if not timer.key and socket is not None:
            return self._feel_pulse(timer)
        if socket is not None and socket != timer.key:
            return None
        if not timer.key:
            self._desk.end(contact.contact_id, DisconnectReason.CUSTOMER_NEVER_ARRIVED)
        elif contact.channel is Channel.VOICE:
            self._desk.end(contact.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        return None

    def _feel_pulse(self, timer: Timer) -> None:
        """A socket may die without a word, and its caller would wait in line as a ghost. So it is
        sent something every minute; a caller whose socket twice took nothing has gone."""
        contact = self._contacts.get(timer.contact_id)
        if not contact.state.is_live or contact.channel is not Channel.VOICE:
            return
        socket = self._connections.of_customer(contact.chain_id, is_fresh=True)
        if socket is None:
            return
        is_there = self._sockets.send(socket, "aws/heartbeat", {})
        if not is_there and timer.key == socket:
            self._desk.end(timer.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
            return
        now = self._now()
        due_at = now + (_PULSE_EVERY if is_there else _SECOND_LOOK)
        key = "" if is_there else socket
        again = Timer(kind=TimerKind.PULSE, contact_id=timer.contact_id, due_at=due_at, key=key)
        self._timers.set(again, now=now)
