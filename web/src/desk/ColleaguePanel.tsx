import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ToggleButton from '@cloudscape-design/components/toggle-button';
import type { ReactNode } from 'react';
import type { DeskContact } from '../api/types';
import { clock, initials, secondsSince } from '../app/format';
import { useTick } from '../app/hooks';
import type { LineState } from './colleagueLine';
import { useDesk } from './DeskProvider';

const WORDS: Record<LineState, string> = {
  none: 'No sound: this page did not make the call',
  opening: 'Connecting the line…',
  ringing: 'Ringing…',
  talking: 'Talking',
  failed: 'No sound',
};

/** A colleague who was called: no customer, no queue, no after contact work. */
export function ColleaguePanel({ contact }: { contact: DeskContact }): ReactNode {
  const { colleague, line, store, view } = useDesk();
  useTick(1000);
  const isTalking = colleague.state === 'talking';
  const name = contact.customerName ?? 'Your colleague';
  return (
    <div className="tl-call" data-testid="colleague-call">
      {colleague.problem && <Alert type="error">{colleague.problem}</Alert>}
      <div className="tl-call-who">
        <span className={isTalking ? 'tl-avatar tl-avatar-live' : 'tl-avatar'}>{initials(name)}</span>
        <div className="tl-call-name" dir="auto">
          {name}
        </div>
        <div className="tl-call-timer" role="timer" aria-label="Length of the call">
          {clock(secondsSince(contact.since, store.serverNow()))}
        </div>
        <span role="status" className="tl-secondary" data-testid="colleague-state">
          {WORDS[colleague.state]}
        </span>
      </div>
      <div className="tl-call-buttons">
        <ToggleButton
          iconName="microphone"
          pressedIconName="microphone-off"
          pressed={colleague.isMuted}
          disabled={!isTalking}
          onChange={({ detail }) => line.mute(detail.pressed)}
        >
          {colleague.isMuted ? 'Unmute' : 'Mute'}
        </ToggleButton>
        <span className="tl-danger">
          <Button
            variant="primary"
            iconName="call"
            loading={view.busy.has(`hangup:${contact.contactId}`)}
            disabled={view.connection !== 'open'}
            onClick={() => void store.hangUp(contact.contactId)}
            nativeButtonAttributes={{ 'data-testid': 'colleague-hangup' }}
          >
            Hang up
          </Button>
        </span>
      </div>
    </div>
  );
}
