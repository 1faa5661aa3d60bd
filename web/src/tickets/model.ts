/** Tickets as they are listed and edited; what to send, and what to do when somebody was first. */

import { ApiError } from '../api/errors';
import type { AskBy, Difference, Ticket, TicketChange, TicketStatus } from '../api/types';

export const STATUSES: readonly { value: TicketStatus; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'follow-up', label: 'Follow-up required' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'closed', label: 'Closed' },
];

export function statusLabel(status: string): string {
  return STATUSES.find(({ value }) => value === status)?.label ?? status;
}

const MOVES: Record<TicketStatus, readonly TicketStatus[]> = {
  open: ['follow-up', 'resolved', 'closed'],
  'follow-up': ['open', 'resolved', 'closed'],
  resolved: ['closed', 'open'],
  closed: ['open'],
};

const REOPEN_DAYS = 14;

/** The statuses to choose from, the present one first; a closed ticket opens again only within 14 days. */
export function reachable(ticket: Pick<Ticket, 'status' | 'closedAt'>, now: number): TicketStatus[] {
  const isLate = ticket.closedAt !== null && now - Date.parse(ticket.closedAt) > REOPEN_DAYS * 86_400_000;
  return [ticket.status, ...(isLate ? [] : MOVES[ticket.status])];
}

export interface TicketEdit {
  status: TicketStatus;
  subject: string;
  owner: string;
  /** Local date and time as `YYYY-MM-DDTHH:MM`, empty for none. */
  due: string;
  note: string;
  /** How the customer is asked once the ticket is closed. */
  askBy: AskBy;
}

export const ASKED_BY: readonly { value: AskBy; label: string; description: string }[] = [
  { value: 'none', label: 'Not at all', description: 'Nobody asks the customer.' },
  { value: 'mail', label: 'By mail', description: 'One e-mail with a link to two questions.' },
  { value: 'call', label: 'By a call', description: 'One automatic call in allowed hours.' },
];

/** Only who closes a ticket chooses how the customer is asked. */
export function isClosing(ticket: Pick<Ticket, 'status'>, edit: Pick<TicketEdit, 'status'>): boolean {
  return edit.status === 'closed' && ticket.status !== 'closed';
}

export function editOf(ticket: Ticket): TicketEdit {
  return { status: ticket.status, subject: ticket.subject, owner: ticket.owner ?? '', due: toLocalInput(ticket.dueAt), note: '', askBy: 'none' };
}

/** What an agent has put in so far, over whatever the ticket says; `since` is the ticket at that time. */
export interface Draft {
  put: Partial<TicketEdit>;
  since: Ticket;
}

export function drafted(ticket: Ticket, { put }: Draft): TicketEdit {
  return { ...editOf(ticket), ...put };
}

/** As `changeOf`; where the ticket has moved under the agent's hands, the save asks whose values to keep. */
export function changeOfDraft(ticket: Ticket, draft: Draft): TicketChange | null {
  const change = changeOf(ticket, drafted(ticket, draft));
  const [then, now] = [editOf(draft.since), editOf(ticket)];
  const hasMoved = Object.keys(draft.put).some((field) => then[field as keyof TicketEdit] !== now[field as keyof TicketEdit]);
  return change && hasMoved ? { ...change, version: draft.since.version } : change;
}

export type EditProblems = Partial<Record<'subject' | 'owner' | 'due', string>>;

export function problemsOf(edit: TicketEdit): EditProblems {
  const found: EditProblems = {};
  if (!edit.subject.trim()) found.subject = 'A ticket needs a subject.';
  if (edit.status === 'follow-up' && !edit.owner.trim()) found.owner = 'A follow-up needs an owner.';
  if (edit.status === 'follow-up' && !edit.due) found.due = 'A follow-up needs a due time.';
  return found;
}

/** What the edit changes of this ticket, ready to send; null when it changes nothing. */
export function changeOf(ticket: Ticket, edit: TicketEdit): TicketChange | null {
  const before = editOf(ticket);
  const change: TicketChange = { version: ticket.version };
  if (edit.status !== before.status) change.status = edit.status;
  if (edit.subject.trim() !== before.subject) change.subject = edit.subject.trim();
  if (edit.owner.trim() !== before.owner) change.owner = edit.owner.trim() || null;
  if (edit.due !== before.due) change.dueAt = edit.due ? new Date(edit.due).toISOString() : null;
  if (edit.note) change.note = edit.note;
  const all = { ...change, ...asked(ticket, edit) };
  return Object.keys(all).length > 1 ? all : null;
}

function asked(ticket: Ticket, edit: TicketEdit): Pick<TicketChange, 'feedback'> {
  return isClosing(ticket, edit) && edit.askBy !== 'none' ? { feedback: edit.askBy } : {};
}

/** A save that came second: what was meant, what is stored now, and where they differ. */
export interface Conflict {
  change: TicketChange;
  current: Ticket;
  fields: ConflictField[];
}

export interface ConflictField {
  field: string;
  yours: string;
  theirs: string;
}

const EDITABLE = ['status', 'subject', 'owner', 'dueAt'] as const;
type Editable = (typeof EDITABLE)[number];

/** Trusts the server's difference where it sent one, else finds it from what is stored now. */
export function conflictOf(change: TicketChange, current: Ticket, difference: Difference | null): Conflict {
  const found = difference ?? differenceOf(change, current);
  const fields = EDITABLE.filter((field) => found[field] !== undefined).map((field) => ({
    field,
    yours: text(found[field]?.yours),
    theirs: text(found[field]?.theirs),
  }));
  return { change, current, fields };
}

/** The change to send after a conflict: yours where chosen, on top of what is stored now. Notes are never in conflict. */
export function resolve(conflict: Conflict, mine: ReadonlySet<string>): TicketChange | null {
  const contested = new Set(conflict.fields.map(({ field }) => field));
  const kept = EDITABLE.filter((field) => field in conflict.change && (!contested.has(field) || mine.has(field)));
  const change = Object.fromEntries(kept.map((field) => [field, conflict.change[field]])) as Pick<TicketChange, Editable>;
  const note = conflict.change.note ? { note: conflict.change.note } : {};
  const { feedback } = conflict.change;
  const ask = feedback && isClosing(conflict.current, { status: change.status ?? conflict.current.status }) ? { feedback } : {};
  const all: TicketChange = { version: conflict.current.version, ...change, ...note, ...ask };
  return Object.keys(all).length > 1 ? all : null;
}

/** For what is saved beside the form: who came second sees what is stored now, and the next try starts from there. */
export function orShowCurrent(show: (current: Ticket) => void): (error: unknown) => never {
  return (error) => {
    if (error instanceof ApiError && error.isConflict && error.current) show(error.current as Ticket);
    throw error;
  };
}

export const FIELD_LABELS: Record<string, string> = { status: 'Status', subject: 'Subject', owner: 'Owner', dueAt: 'Due' };

function differenceOf(change: TicketChange, current: Ticket): Difference {
  const differing = EDITABLE.filter((field) => field in change && change[field] !== current[field]);
  return Object.fromEntries(differing.map((field) => [field, { yours: change[field], theirs: current[field] }]));
}

function text(value: unknown): string {
  return typeof value === 'string' && value ? value : 'none';
}

function toLocalInput(iso: string | null): string {
  if (!iso) return '';
  const at = new Date(iso);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
