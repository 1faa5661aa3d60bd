/** One change of several tickets: each is saved alone, and each has its own answer. */

import { ApiError, sentence } from '../api/errors';
import type { Ticket, TicketChange, TicketStatus } from '../api/types';

export interface Wish {
  what: 'status' | 'owner';
  status: TicketStatus;
  /** A user name; empty: nobody. A follow-up keeps its owner where none is given. */
  owner: string;
  /** Of a follow-up: local date and time as `YYYY-MM-DDTHH:MM`, empty for what each has. */
  due: string;
}

export interface Outcome {
  ticketId: string;
  subject: string;
  kind: 'moved' | 'already' | 'newer' | 'refused' | 'unanswered';
  text: string;
}

/** What to send for one ticket; null: it is so already. */
export function changeFor(ticket: Ticket, { what, status, owner, due }: Wish): TicketChange | null {
  const wanted: TicketChange = { version: ticket.version };
  if (what === 'owner') {
    const next = owner.trim() || null;
    return next === ticket.owner ? null : { ...wanted, owner: next };
  }
  if (status === ticket.status) return null;
  const isFollowUp = status === 'follow-up';
  return {
    ...wanted,
    status,
    ...(isFollowUp && owner.trim() ? { owner: owner.trim() } : {}),
    ...(isFollowUp && due ? { dueAt: new Date(due).toISOString() } : {}),
  };
}

type Save = (ticketId: string, change: TicketChange) => Promise<Ticket>;

/** Saves one after the other, so that nothing is in its own way, and tells of each as it is answered. */
export async function moveAll(tickets: readonly Ticket[], wish: Wish, save: Save, told: (outcome: Outcome) => void): Promise<void> {
  for (const ticket of tickets) told(await moveOne(ticket, wish, save));
}

async function moveOne(ticket: Ticket, wish: Wish, save: Save): Promise<Outcome> {
  const { ticketId, subject } = ticket;
  const change = changeFor(ticket, wish);
  if (!change) return { ticketId, subject, kind: 'already', text: 'Was so already' };
  try {
    const saved = await save(ticketId, change);
    return { ticketId, subject, kind: 'moved', text: `Moved, version ${saved.version}` };
  } catch (error) {
    return { ticketId, subject, ...refusalOf(error, ticket) };
  }
}

function refusalOf(error: unknown, ticket: Ticket): Pick<Outcome, 'kind' | 'text'> {
  if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) return { kind: 'unanswered', text: `${sentence(error)} Look whether it was moved.` };
  if (!error.isConflict) return { kind: 'refused', text: sentence(error) };
  const { version } = (error.current ?? {}) as Partial<Ticket>;
  return { kind: 'newer', text: `Somebody changed it first: you saw version ${ticket.version}, it is at ${version ?? 'a newer one'} now` };
}

/** `2 moved, 1 refused`. */
export function summary(outcomes: readonly Outcome[]): string {
  const counted = KINDS.map(({ kind, word }) => ({ word, count: outcomes.filter((each) => each.kind === kind).length }));
  return counted
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(', ');
}

const KINDS: readonly { kind: Outcome['kind']; word: string }[] = [
  { kind: 'moved', word: 'moved' },
  { kind: 'already', word: 'so already' },
  { kind: 'newer', word: 'changed by somebody else' },
  { kind: 'refused', word: 'refused' },
  { kind: 'unanswered', word: 'without an answer' },
];
