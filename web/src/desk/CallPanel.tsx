import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import ToggleButton from '@cloudscape-design/components/toggle-button';
import { useEffect, useRef, type ReactNode } from 'react';
import type { DeskContact } from '../api/types';
import { clock, initials, secondsSince } from '../app/format';
import { useTick } from '../app/hooks';
import type { CallAudio } from '../voice/index';
import type { CallView } from './calls';
import { useDesk } from './DeskProvider';
import { HoldButton } from './HoldButton';
import { caller, isWhispering } from './model';
import { TransferButton } from './TransferButton';
import { usePop } from './usePop';

/** A call that goes on: who, how long, the levels of both ends, and what the agent can do. */
export function CallPanel({ contact }: { contact: DeskContact }): ReactNode {
  const { call, store, calls } = useDesk();
  useTick(1000);
  const audio = call.contactId === contact.contactId ? call.audio : null;
  const isTalking = audio?.state === 'connected' && contact.held === null;
  return (
    <div className="tl-call">
      <CallProblem call={call} onResume={calls.resume} />
      <div className="tl-call-who">
        <span className={isTalking ? 'tl-avatar tl-avatar-live' : 'tl-avatar'}>{initials(contact.customerName ?? '')}</span>
        <div className="tl-call-name" dir="auto">
          {caller(contact)}
        </div>
        <div className="tl-secondary">{contact.customerName ? contact.customerEndpoint : null}</div>
        <div className="tl-call-timer" role="timer" aria-label="Length of the call">
          {clock(secondsSince(contact.since, store.serverNow()))}
        </div>
        <CallState call={call} contact={contact} />
        <CallBack contact={contact} />
      </div>
      <div className="tl-meters">
        <Meter label="Customer" audio={audio} side="customer" />
        <Meter label="You" audio={audio} side="agent" />
      </div>
      <Controls contact={contact} audio={audio} />
    </div>
  );
}

/** A customer who asked to be called: whom the agent is to reach, and where. */
function CallBack({ contact }: { contact: DeskContact }): ReactNode {
  const { data: pop } = usePop(contact.contactId);
  if (pop?.initiationMethod !== 'CALLBACK') return null;
  const number = contact.customerEndpoint ?? '';
  return (
    <div className="tl-script" data-testid="call-back">
      The customer asked to be called back{number ? ' on ' : '.'}
      {number && <a href={`tel:${number}`}>{number}</a>}
    </div>
  );
}

function Controls({ contact, audio }: { contact: DeskContact; audio: CallAudio | null }): ReactNode {
  const { store, view } = useDesk();
  const isMuted = audio?.muted ?? false;
  return (
    <div className="tl-call-buttons">
      <ToggleButton
        iconName="microphone"
        pressedIconName="microphone-off"
        pressed={isMuted}
        disabled={!audio}
        onChange={({ detail }) => audio?.mute(detail.pressed)}
      >
        {isMuted ? 'Unmute' : 'Mute'}
      </ToggleButton>
      <HoldButton contact={contact} />
      <TransferButton contact={contact} />
      <span className="tl-danger">
        <Button
          variant="primary"
          iconName="call"
          loading={view.busy.has(`hangup:${contact.contactId}`)}
          disabled={view.connection !== 'open'}
          onClick={() => void store.hangUp(contact.contactId)}
          nativeButtonAttributes={{ 'data-testid': 'call-hangup' }}
        >
          Hang up
        </Button>
      </span>
    </div>
  );
}

function CallProblem({ call, onResume }: { call: CallView; onResume: () => void }): ReactNode {
  if (call.phase === 'needs-click') {
    return (
      <Alert type="warning" header="The call goes on without your sound" action={<Button variant="primary" onClick={onResume}>Resume sound</Button>}>
        This page was loaded again. The browser wants one click before it opens the microphone.
      </Alert>
    );
  }
  if (call.phase === 'failed') {
    return (
      <Alert type="error" header="The customer cannot hear you" action={<Button onClick={onResume}>Try again</Button>}>
        {call.problem}
      </Alert>
    );
  }
  return null;
}

function CallState({ call, contact }: { call: CallView; contact: DeskContact }): ReactNode {
  const { audio } = call;
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <span role="status" data-testid="call-state" className={contact.held ? 'tl-held' : 'tl-secondary'}>
        {stateWords(call, contact)}
      </span>
      {contact.isRecorded && contact.held !== 'AGENT' && audio?.state === 'connected' && (
        <span className="tl-recording">
          <i aria-hidden="true" /> Recording
        </span>
      )}
    </SpaceBetween>
  );
}

function stateWords(call: CallView, contact: DeskContact): string {
  if (contact.held === 'AGENT') return 'You are on hold';
  if (contact.held) return 'The customer is on hold';
  if (contact.line) return `You talk on ${contact.line}`;
  return isWhispering(contact) ? 'Not connected yet' : soundWords(call);
}

function soundWords({ phase, audio }: CallView): string {
  if (audio?.state === 'connected') return audio.muted ? 'You are muted' : 'Talking';
  if (audio?.state === 'failed') return 'The sound was lost, connecting again…';
  if (phase === 'failed' || phase === 'needs-click') return 'No sound';
  return 'Connecting the sound…';
}

const QUIETEST_DB = -60;

/** Drawn outside of React: thirty times a second is too often to render. */
function Meter({ label, audio, side }: { label: string; audio: CallAudio | null; side: 'customer' | 'agent' }): ReactNode {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!audio) return;
    const drawn = bar.current;
    const timer = setInterval(() => {
      const share = Math.max(0, Math.min(1, 1 - audio.levels()[side] / QUIETEST_DB));
      drawn?.style.setProperty('clip-path', `inset(0 ${(100 - share * 100).toFixed(1)}% 0 0)`);
    }, 66);
    return () => {
      clearInterval(timer);
      drawn?.style.removeProperty('clip-path');
    };
  }, [audio, side]);
  return (
    <div className="tl-meter">
      <span>{label}</span>
      <span className="tl-meter-track" aria-hidden="true">
        <i ref={bar} />
      </span>
    </div>
  );
}
