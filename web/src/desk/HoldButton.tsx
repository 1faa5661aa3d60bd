import ToggleButton from '@cloudscape-design/components/toggle-button';
import type { ReactNode } from 'react';
import type { DeskContact } from '../api/types';
import { useDesk } from './DeskProvider';
import { canHold } from './model';
import { useShortcuts } from './useShortcuts';

/** Puts a call or a task aside and goes on with it; H does the same. The server says how it stands. */
export function HoldButton({ contact }: { contact: DeskContact }): ReactNode {
  const { store, view } = useDesk();
  const isHeld = contact.held !== null;
  const isBusy = view.busy.has(`hold:${contact.contactId}`);
  const canChange = (isHeld || canHold(contact)) && view.connection === 'open' && !isBusy;
  const toggle = (): void => void store.hold(contact.contactId, !isHeld);
  useShortcuts({ h: canChange ? toggle : undefined });
  const words = contact.channel === 'TASK' ? ['Pause', 'Go on'] : ['Hold', 'Resume'];
  return (
    <span data-testid="hold" data-held={isHeld}>
      <ToggleButton iconName="pause" pressedIconName="play" pressed={isHeld} loading={isBusy} disabled={!canChange && !isBusy} onChange={toggle} ariaLabel={`${words[isHeld ? 1 : 0]} (H)`}>
        {words[isHeld ? 1 : 0]} <kbd className="tl-kbd">H</kbd>
      </ToggleButton>
    </span>
  );
}
