import type { ReactNode } from 'react';
import type { DeskContact } from '../api/types';
import { useDesk } from './DeskProvider';
import { isWhispering } from './model';

/** What a flow tells the agent about the contact, before the talk and for as long as it lasts. */
export function Whisper({ contact }: { contact: DeskContact }): ReactNode {
  const { view } = useDesk();
  const lines = view.whispers[contact.contactId] ?? [];
  const isRunning = contact.channel === 'VOICE' && isWhispering(contact);
  if (lines.length === 0 && !isRunning) return null;
  return (
    <div className="tl-script" data-testid="whisper">
      <strong>{isRunning ? 'Before you talk' : 'For you only'}</strong>
      {lines.map((line, at) => (
        <p key={`${at} ${line}`} dir="auto">
          {line}
        </p>
      ))}
      {lines.length === 0 && <p>The customer hears something first. You are connected right after.</p>}
    </div>
  );
}
