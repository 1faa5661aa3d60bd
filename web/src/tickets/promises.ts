/** What a ticket promises, as it is told: each limit with how it stands. */

import type { Asked, Limit, Promises, Sla, SlaClock, Ticket } from '../api/types';
import { moment } from '../app/format';

export const LIMIT_LABELS: Record<Limit, string> = {
  'first-response': 'First response',
  update: 'Next update',
  resolution: 'Resolution',
};

export interface Standing {
  look: 'success' | 'error' | 'warning' | 'in-progress' | 'stopped' | 'pending';
  text: string;
}

export function isWaiting(sla: Sla): boolean {
  const last = sla.pauses.at(-1);
  return last !== undefined && last.until === null;
}

export function standingOf(clock: SlaClock, sla: Sla, now: number): Standing {
  const { since, dueAt, warnAt, metAt, breachedAt } = clock;
  if (metAt) return { look: breachedAt ? 'warning' : 'success', text: `${breachedAt ? 'Late' : 'Kept'}, ${moment(metAt)}` };
  if (!since) return { look: 'pending', text: 'Begins with the first response' };
  if (!dueAt) return { look: 'stopped', text: isWaiting(sla) ? 'Stands still: waiting for the customer' : 'Stands still' };
  if (breachedAt ?? hasCome(dueAt, now)) return { look: 'error', text: `Broken: was due ${moment(dueAt)}` };
  return { look: hasCome(warnAt, now) ? 'warning' : 'in-progress', text: `Due ${moment(dueAt)}` };
}

function hasCome(at: string | null, now: number): boolean {
  return at !== null && Date.parse(at) <= now;
}

/** Whether telling that the customer was answered would change anything. */
export function canAnswer(sla: Sla): boolean {
  return sla.clocks.some(({ limit, metAt }) => limit !== 'resolution' && !metAt);
}

/** The kinds of tickets to choose from, with that of this ticket whatever the center promises now. */
export function kindsOf(promises: Promises | null, kind: string): { value: string; label: string }[] {
  const kinds = new Set([...(promises?.policies ?? []).map((policy) => policy.kind), ...(kind ? [kind] : [])]);
  return [{ value: '', label: 'No promise' }, ...[...kinds].map((each) => ({ value: each, label: each }))];
}

export function isDone({ status }: Pick<Ticket, 'status'>): boolean {
  return status === 'resolved' || status === 'closed';
}

/** One thing is decided after the other. */
export function canAsk(ticket: Ticket): boolean {
  return ticket.asked?.isGranted !== null && !isDone(ticket);
}

/** `Refund of 600.00 USD`. */
export function wishText({ action, amount, currency }: Pick<Asked, 'action' | 'amount' | 'currency'>): string {
  return `${action.charAt(0).toUpperCase()}${action.slice(1)} of ${amount} ${currency}`;
}

/** What is wrong with an amount; null when nothing is. */
export function amountProblem(amount: string): string | null {
  return /^\d{1,7}(\.\d{1,2})?$/.test(amount) && Number(amount) > 0 ? null : 'An amount like 600.00.';
}

/** Each thing that somebody may be asked to decide, once. */
export function actionsOf(promises: Promises): { value: string; label: string }[] {
  return promises.authorities.map(({ action, currency }) => ({ value: `${action} ${currency}`, label: `${action.charAt(0).toUpperCase()}${action.slice(1)} (${currency})` }));
}
