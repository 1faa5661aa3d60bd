/** Which tickets are listed: what is asked of the server, what is sorted out here, and filters kept under a name. */

import type { TicketFilter } from '../api/trunkline';
import type { Ticket, TicketStatus } from '../api/types';
import { STATUSES } from './model';

/** As many as the server tells at once. */
export const MOST_LISTED = 1_000;

export type Whose = 'anybody' | 'mine' | 'team';
export type State = TicketStatus | 'unfinished' | 'any';
export type Due = 'whenever' | 'overdue' | 'follow-ups';

export interface Filter {
  whose: Whose;
  /** A user name, for `anybody`; empty: any owner. */
  owner: string;
  state: State;
  due: Due;
  /** In subject, number or owner. */
  text: string;
}

export interface NamedFilter {
  name: string;
  filter: Filter;
}

export const EVERYTHING_OPEN: Filter = { whose: 'anybody', owner: '', state: 'unfinished', due: 'whenever', text: '' };

/** What everybody has. */
export const BUILT_IN: readonly NamedFilter[] = [
  { name: 'All unfinished', filter: EVERYTHING_OPEN },
  { name: 'Mine', filter: { ...EVERYTHING_OPEN, whose: 'mine' } },
  { name: "My team's", filter: { ...EVERYTHING_OPEN, whose: 'team' } },
  { name: 'Overdue', filter: { ...EVERYTHING_OPEN, due: 'overdue' } },
  { name: 'Follow-ups due', filter: { ...EVERYTHING_OPEN, state: 'follow-up', due: 'follow-ups' } },
];

export const STATE_CHOICES: readonly { value: State; label: string }[] = [
  { value: 'unfinished', label: 'Unfinished' },
  ...STATUSES,
  { value: 'any', label: 'Any status' },
];

export const WHOSE_CHOICES: readonly { value: Whose; label: string }[] = [
  { value: 'anybody', label: "Anybody's" },
  { value: 'mine', label: 'Mine' },
  { value: 'team', label: "My team's" },
];

export const DUE_CHOICES: readonly { value: Due; label: string }[] = [
  { value: 'whenever', label: 'Due whenever' },
  { value: 'overdue', label: 'Overdue' },
  { value: 'follow-ups', label: 'Follow-ups by due time' },
];

/** What the server is asked for: a list for each status that is wanted. */
export function questionsOf({ whose, owner, state }: Filter, me: string): TicketFilter[] {
  const wanted = whose === 'mine' ? me : whose === 'anybody' ? owner : '';
  const statuses: (TicketStatus | null)[] = state === 'unfinished' ? ['open', 'follow-up'] : [state === 'any' ? null : state];
  return statuses.map((status) => ({ status, owner: wanted || null, limit: MOST_LISTED }));
}

export interface Around {
  me: string;
  team: ReadonlySet<string>;
  now: number;
}

/** Whether a ticket that the server told of is one of those that are meant. */
export function fits(ticket: Ticket, { whose, owner, state, due, text }: Filter, { me, team, now }: Around): boolean {
  const isTheirs = { anybody: !owner || ticket.owner === owner, mine: ticket.owner === me, team: ticket.owner !== null && team.has(ticket.owner) }[whose];
  const isInState = state === 'any' || (state === 'unfinished' ? isUnfinished(ticket) : ticket.status === state);
  return isTheirs && isInState && fitsDue(ticket, due, now) && hasText(ticket, text);
}

export function isUnfinished({ status }: Pick<Ticket, 'status'>): boolean {
  return status === 'open' || status === 'follow-up';
}

/** Past the time that somebody set, or past a limit that was promised. */
export function isOverdue(ticket: Ticket, now: number): boolean {
  if (!isUnfinished(ticket)) return false;
  const promised = (ticket.sla?.clocks ?? []).filter(({ metAt }) => metAt === null);
  return [ticket.dueAt, ...promised.map(({ dueAt }) => dueAt)].some((at) => at !== null && Date.parse(at) < now) || promised.some(({ breachedAt }) => breachedAt !== null);
}

function fitsDue(ticket: Ticket, due: Due, now: number): boolean {
  if (due === 'overdue') return isOverdue(ticket, now);
  return due === 'whenever' || (ticket.status === 'follow-up' && ticket.dueAt !== null);
}

function hasText({ subject, ticketId, owner }: Ticket, text: string): boolean {
  const words = text.trim().toLowerCase();
  return words === '' || `${subject} ${ticketId} ${owner ?? ''}`.toLowerCase().includes(words);
}

export function isSame(a: Filter, b: Filter): boolean {
  return a.whose === b.whose && a.owner === b.owner && a.state === b.state && a.due === b.due && a.text.trim() === b.text.trim();
}

// --- kept under a name -------------------------------------------------------------------------------

export const MOST_SAVED = 20;
const LONGEST_NAME = 60;

/** What is wrong with the name of a filter; null when nothing is. */
export function nameProblem(name: string, saved: readonly NamedFilter[]): string | null {
  const wanted = name.trim();
  if (!wanted) return 'A filter needs a name.';
  if (wanted.length > LONGEST_NAME) return `At most ${LONGEST_NAME} characters.`;
  if ([...BUILT_IN, ...saved].some((each) => each.name.toLowerCase() === wanted.toLowerCase())) return 'There is one of this name.';
  return saved.length >= MOST_SAVED ? `There are ${MOST_SAVED} already. Delete one first.` : null;
}

/** One person's filters, kept by this browser: nobody else needs them, and nothing in them is a customer's. */
export class SavedFilters {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, username: string) {
    this.#storage = storage;
    this.#key = `trunkline.ticket-filters.${username}`;
  }

  /** In the order in which they were saved; what cannot be read is not there. */
  all(): NamedFilter[] {
    try {
      const known: unknown = JSON.parse(this.#storage.getItem(this.#key) ?? '[]');
      return Array.isArray(known) ? known.filter(isNamedFilter) : [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }

  add(name: string, filter: Filter): NamedFilter[] {
    return this.#keep([...this.all(), { name: name.trim(), filter }]);
  }

  delete(name: string): NamedFilter[] {
    return this.#keep(this.all().filter((each) => each.name !== name));
  }

  #keep(all: NamedFilter[]): NamedFilter[] {
    this.#storage.setItem(this.#key, JSON.stringify(all));
    return all;
  }
}

function isNamedFilter(value: unknown): value is NamedFilter {
  const { name, filter } = fieldsOf(value);
  const { whose, owner, state, due, text } = fieldsOf(filter);
  const isChosen = [
    [WHOSE_CHOICES, whose],
    [STATE_CHOICES, state],
    [DUE_CHOICES, due],
  ].every(([choices, chosen]) => (choices as readonly { value: unknown }[]).some(({ value: each }) => each === chosen));
  return typeof name === 'string' && typeof owner === 'string' && typeof text === 'string' && isChosen;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
