import Button from '@cloudscape-design/components/button';
import Popover from '@cloudscape-design/components/popover';
import Select from '@cloudscape-design/components/select';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import ToggleButton from '@cloudscape-design/components/toggle-button';
import { useEffect, useState, type ReactNode } from 'react';
import type { SocketState } from '../api/socket';
import type { Agent, StatusType } from '../api/types';
import { clock, secondsSince } from '../app/format';
import { useTick } from '../app/hooks';
import { useDesk } from './DeskProvider';
import { CallSomebody } from './CallSomebody';
import { ForwardCalls } from './ForwardCalls';
import { activity, isBusy } from './model';
import { useRingMuted } from './useRinging';

/** Status, next status and line of the agent; on every page, since offers come on every page. */
export function AgentBar(): ReactNode {
  const { view } = useDesk();
  const { agent, isSignedInElsewhere: isElsewhere } = view.desk;
  const [isMuted, setMuted] = useRingMuted();
  return (
    <section className="tl-agent-bar" aria-label="Your status">
      {isElsewhere ? null : agent ? <Status agent={agent} /> : <span className="tl-secondary">Loading your status…</span>}
      <span className="tl-spacer" />
      {agent && !isElsewhere && <CallSomebody agent={agent} />}
      {agent && !isElsewhere && agent.status.type !== 'OFFLINE' && <ForwardCalls agent={agent} />}
      <MicrophoneHint />
      <ToggleButton
        variant="icon"
        iconName="notification"
        pressedIconSvg={BELL_OFF}
        pressed={isMuted}
        onChange={({ detail }) => setMuted(detail.pressed)}
        ariaLabel={isMuted ? 'Ring tone is off' : 'Ring tone is on'}
      />
      <Connection state={view.connection} isElsewhere={isElsewhere} />
    </section>
  );
}

function Status({ agent }: { agent: Agent }): ReactNode {
  const { store, view } = useDesk();
  useTick(1000);
  const { statuses } = store.setup;
  const options = statuses.map(({ name, type }) => ({ value: name, label: name, description: MEANING[type] }));
  const shown = options.find(({ value }) => value === agent.status.name) ?? { value: agent.status.name, label: agent.status.name };
  const doing = activity(agent);
  return (
    <>
      <span className={`tl-dot tl-dot-${agent.status.type.toLowerCase()}`} aria-hidden="true" />
      <div className="tl-status-select">
        <Select
          data-testid="status-select"
          selectedOption={shown}
          options={options}
          expandToViewport
          disabled={view.connection !== 'open'}
          statusType={view.busy.has('status') ? 'loading' : 'finished'}
          loadingText="Changing your status"
          ariaLabel={`Status: ${shown.label}`}
          onChange={({ detail }) => void store.setStatus(detail.selectedOption.value ?? '')}
        />
      </div>
      <span className="tl-timer" title="Time in this status" role="timer">
        {clock(secondsSince(agent.status.since, store.serverNow()))}
      </span>
      {doing && <span className="tl-activity">{doing}</span>}
      {agent.nextStatus && <span className="tl-next-status">Next: {agent.nextStatus.name}</span>}
      {!agent.nextStatus && isBusy(agent) && <span className="tl-secondary tl-wide-only">A status you choose now follows this contact</span>}
    </>
  );
}

const MEANING: Record<StatusType, string | undefined> = {
  ROUTABLE: 'You receive contacts',
  CUSTOM: undefined,
  OFFLINE: 'You receive nothing',
};

const LINE: Record<SocketState, { type: 'success' | 'in-progress' | 'warning' | 'stopped'; text: string; meaning: string }> = {
  open: { type: 'success', text: 'Connected', meaning: 'Offers and messages reach you at once.' },
  connecting: {
    type: 'in-progress',
    text: 'Connecting',
    meaning: 'A call in progress goes on. New offers reach you when the line is back; nothing that happens meanwhile is lost.',
  },
  waiting: {
    type: 'warning',
    text: 'Reconnecting',
    meaning: 'The line to the center is down and is tried again by itself. A call in progress goes on; nothing that happens meanwhile is lost.',
  },
  closed: { type: 'stopped', text: 'Not connected', meaning: 'This desk is closed. It receives nothing.' },
};

function Connection({ state, isElsewhere }: { state: SocketState; isElsewhere: boolean }): ReactNode {
  const line = LINE[state];
  return (
    <span data-testid="connection-state" data-state={state} className="tl-connection" role="status">
      <Popover header={line.text} content={isElsewhere ? 'You signed in somewhere else.' : line.meaning} size="small" position="bottom">
        <StatusIndicator type={line.type}>{line.text}</StatusIndicator>
      </Popover>
    </span>
  );
}

const BELL_OFF = (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d="M3 12h10l-1.2-2V7A3.8 3.8 0 0 0 8 3a3.8 3.8 0 0 0-3.8 4v3L3 12ZM6.5 14h3M2 2l12 12" fill="none" />
  </svg>
);

/** Asks for the microphone before the first call, so that no caller waits for a permission dialog. */
function MicrophoneHint(): ReactNode {
  const [permission, setPermission] = useState<PermissionState | null>(null);
  useEffect(() => {
    if (!('permissions' in navigator)) return;
    let status: PermissionStatus | null = null;
    const read = (): void => setPermission(status?.state ?? null);
    navigator.permissions.query({ name: 'microphone' }).then(
      (found) => {
        status = found;
        status.addEventListener('change', read);
        read();
      },
      () => setPermission(null), // a browser that does not answer this asks at the first call
    );
    return () => status?.removeEventListener('change', read);
  }, []);
  if (permission === 'denied') return <StatusIndicator type="error">Microphone blocked</StatusIndicator>;
  if (permission !== 'prompt') return null;
  return (
    <Button iconName="microphone" variant="inline-link" onClick={() => void askForMicrophone()}>
      Allow microphone
    </Button>
  );
}

async function askForMicrophone(): Promise<void> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
  } catch (error) {
    // The permission's change event already tells the agent that it was refused.
    if (!(error instanceof DOMException)) throw error;
  }
}
