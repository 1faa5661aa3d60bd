/** How urgent a ticket is: when it is due, how it stands, and what comes first. */

import type { Ticket } from '../api/types';
import { length } from '../app/format';
import { isUnfinished } from './filters';
import { LIMIT_LABELS, standingOf, type Standing } from './promises';

const SOON_MS = 30 * 60_000; // so long before, it is told

export interface DueLook {
  look: 'error' | 'warning' | 'pending';
  text: string;
}

/** Of the time that somebody set; null: none was, or nothing is left to do. */
export function dueLook(ticket: Ticket, now: number): DueLook | null {
  if (!ticket.dueAt || !isUnfinished(ticket)) return null;
  const left = Date.parse(ticket.dueAt) - now;
  if (left < 0) return { look: 'error', text: `Overdue by ${length(-left / 1000)}` };
  return { look: left <= SOON_MS ? 'warning' : 'pending', text: `In ${length(left / 1000)}` };
}

const WORST_FIRST: readonly Standing['look'][] = ['error', 'warning', 'in-progress'];

/** The promise that is worst off; null: none runs. */
export function worstPromise(ticket: Ticket, now: number): Standing | null {
  const { sla } = ticket;
  if (!sla || !isUnfinished(ticket)) return null;
  const standings = sla.clocks
    .filter(({ metAt }) => metAt === null)
    .map((clock) => {
      const { look, text } = standingOf(clock, sla, now);
      return { look, text: `${LIMIT_LABELS[clock.limit]}: ${text.charAt(0).toLowerCase()}${text.slice(1)}` };
    });
  return WORST_FIRST.map((look) => standings.find((each) => each.look === look)).find(Boolean) ?? null;
}

/** What is due first stands first; what is never due, last. */
export function byDue(a: Ticket, b: Ticket): number {
  return (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9') || a.ticketId.localeCompare(b.ticketId);
}
