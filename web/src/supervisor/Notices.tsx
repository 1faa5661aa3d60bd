import Button from '@cloudscape-design/components/button';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import type { ReactNode } from 'react';
import type { LiveAlert } from '../api/live';
import { HREF } from '../app/routes';
import { timeOfDay } from '../app/format';

/** What was just done, and how to take it back. */
export interface Note {
  type: 'success' | 'error';
  text: string;
  undo?: { text: string; run: () => void };
}

interface Props {
  alerts?: readonly LiveAlert[];
  onDismissAlert?: (id: string) => void;
  note: Note | null;
  onDismissNote: () => void;
}

/** What needs looking after, above what was done; both are read out as they appear. */
export function Notices({ alerts = [], onDismissAlert, note, onDismissNote }: Props): ReactNode {
  const items: FlashbarProps.MessageDefinition[] = alerts.map(({ id, at, text, ticketId }) => ({
    id,
    type: 'warning',
    content: `${timeOfDay(at)} · ${text}`,
    ariaRole: 'alert',
    action: ticketId && <Button href={HREF.ticket(ticketId)}>Open the ticket</Button>,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => onDismissAlert?.(id),
  }));
  if (note) items.push(noteItem(note, onDismissNote));
  if (items.length === 0) return null;
  return (
    <div data-testid="live-notices" className="tl-live-notices">
      <Flashbar items={items} />
    </div>
  );
}

function noteItem({ type, text, undo }: Note, onDismiss: () => void): FlashbarProps.MessageDefinition {
  return {
    id: `note ${text}`,
    type,
    content: text,
    ariaRole: type === 'error' ? 'alert' : 'status',
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss,
    ...(undo ? { action: <Button onClick={undo.run} nativeButtonAttributes={{ 'data-testid': 'note-undo' }}>{undo.text}</Button> } : {}),
  };
}
