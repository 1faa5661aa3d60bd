/** After contact work: what the agent has filled in, and whether it is enough. */

import type { AskBy, DeskCommand, DeskContact, Disposition, OpenTicket, QueueSetup, TicketStatus } from '../api/types';
import { caller } from './model';

export const NOTE_LIMIT = 10_000;
export const SUBJECT_LIMIT = 250;
export const NEW_TICKET = 'new';

export const TICKET_STATUSES: readonly { value: TicketStatus; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'follow-up', label: 'Follow-up required' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'closed', label: 'Closed' },
];

export interface WrapUp {
  disposition: string | null;
  isSatisfied: boolean;
  /** An open ticket of the customer, or NEW_TICKET. */
  ticket: string;
  ticketStatus: TicketStatus;
  subject: string;
  note: string;
  /** How the customer is asked what they think, if the ticket is closed. */
  askBy: AskBy;
}

export type Problems = Partial<Record<'disposition' | 'subject' | 'note', string>>;

export function blank(contact: DeskContact): WrapUp {
  const what = contact.channel === 'VOICE' ? 'Call' : 'Chat';
  return {
    disposition: null,
    isSatisfied: false,
    ticket: NEW_TICKET,
    ticketStatus: 'open',
    subject: `${what} with ${caller(contact)} (${contact.queueName})`,
    note: '',
    askBy: 'none',
  };
}

/** A satisfied customer's ticket is proposed as resolved; saying otherwise stays possible. */
export function answerSatisfied(wrapUp: WrapUp, isSatisfied: boolean): WrapUp {
  const proposed = isSatisfied ? 'resolved' : 'open';
  const untouched = wrapUp.ticketStatus === (isSatisfied ? 'open' : 'resolved');
  return { ...wrapUp, isSatisfied, ticketStatus: untouched ? proposed : wrapUp.ticketStatus };
}

/** Choosing an existing ticket takes over its status, so that saving does not change it by accident. */
export function chooseTicket(wrapUp: WrapUp, ticket: string, open: readonly OpenTicket[]): WrapUp {
  const chosen = open.find((candidate) => candidate.ticketId === ticket);
  return { ...wrapUp, ticket, ticketStatus: chosen?.status ?? wrapUp.ticketStatus };
}

export function problems(wrapUp: WrapUp): Problems {
  const found: Problems = {};
  if (!wrapUp.disposition) found.disposition = 'Choose how the contact ended.';
  if (wrapUp.ticket === NEW_TICKET && !wrapUp.subject.trim()) found.subject = 'Give the new ticket a subject.';
  if (lengthOf(wrapUp.subject) > SUBJECT_LIMIT) found.subject = `At most ${SUBJECT_LIMIT} characters.`;
  if (lengthOf(wrapUp.note) > NOTE_LIMIT) found.note = `At most ${NOTE_LIMIT.toLocaleString('en')} characters.`;
  return found;
}

/** A hint that is no error: the customer may still have questions, but the ticket would be done. */
export function caution(wrapUp: WrapUp): string | null {
  const isDone = wrapUp.ticketStatus === 'resolved' || wrapUp.ticketStatus === 'closed';
  return isDone && !wrapUp.isSatisfied ? 'The customer has not confirmed that there are no more questions.' : null;
}

/** The command that ends after contact work; null while something is missing. */
export function complete(contactId: string, wrapUp: WrapUp): DeskCommand | null {
  if (!wrapUp.disposition || Object.keys(problems(wrapUp)).length > 0) return null;
  const isNew = wrapUp.ticket === NEW_TICKET;
  return {
    type: 'complete',
    contactId,
    disposition: wrapUp.disposition,
    satisfied: wrapUp.isSatisfied,
    note: wrapUp.note,
    ticket: { ticketId: isNew ? null : wrapUp.ticket, status: wrapUp.ticketStatus, subject: isNew ? wrapUp.subject.trim() : '', ...asked(wrapUp) },
  };
}

function asked({ ticketStatus, askBy }: WrapUp): { feedback?: AskBy } {
  return ticketStatus === 'closed' && askBy !== 'none' ? { feedback: askBy } : {};
}

/** The outcomes an agent may give to a contact of this queue; one without queues is for all. */
export function dispositionsFor(all: readonly Disposition[], queueId: string | null): Disposition[] {
  return all.filter(({ queueIds }) => queueIds.length === 0 || queueId === null || queueIds.includes(queueId));
}

export function queueNamed(queues: readonly QueueSetup[], name: string): QueueSetup | null {
  return queues.find((queue) => queue.name === name) ?? null;
}

/** Characters as the server counts them: code points, so that an emoji is one. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** A draft as it was kept, or null when what was kept is no draft. */
export function parseDraft(text: string | null): WrapUp | null {
  if (!text) return null;
  try {
    const kept = JSON.parse(text) as Partial<WrapUp> | null;
    return kept && typeof kept.note === 'string' && typeof kept.subject === 'string' && typeof kept.ticket === 'string'
      ? { ...(kept as WrapUp), askBy: kept.askBy ?? 'none' } // one of an older console knows nothing of it
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
