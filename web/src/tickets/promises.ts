/** What a ticket promises, as it is told: each limit with how it stands. */

import type { Asked, Limit, Promises, Sla, SlaClock } from '../api/types';
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
  const isBroken = clock.breachedAt !== null || (clock.dueAt !== null && Date.parse(clock.dueAt) <= now);
  if (clock.metAt) return { look: clock.breachedAt ? 'warning' : 'success', text: `${clock.breachedAt ? 'Late' : 'Kept'}, ${moment(clock.metAt)}` };
  if (!clock.since) return { look: 'pending', text: 'Begins with the first response' };
  if (!clock.dueAt) return { look: 'stopped', text: isWaiting(sla) ? 'Stands still: waiting for the customer' : 'Stands still' };
  if (isBroken) return { look: 'error', text: `Broken: was due ${moment(clock.dueAt)}` };
  const isClose = clock.warnAt !== null && Date.parse(clock.warnAt) <= now;
  return { look: isClose ? 'warning' : 'in-progress', text: `Due ${moment(clock.dueAt)}` };
}

/** Whether telling that the customer was answered would change anything. */
export function canAnswer(sla: Sla): boolean {
  return sla.clocks.some(({ limit, metAt }) => limit !== 'resolution' && !metAt);
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
