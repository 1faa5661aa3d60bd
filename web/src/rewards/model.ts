/** Rewards as people read them: a line per goal, what it was reached with, and what it was worth. */

import type { RewardLine } from '../api/reports';
import { spaced } from '../app/format';

const ALL_GOALS = 'all';

/** `first_contact_resolution` reads as `First contact resolution`. */
export function goalText(goalId: string): string {
  return goalId === ALL_GOALS ? 'All goals' : spaced(goalId.replace(/_/g, ' '));
}

/** `91.20, of at least 75`; nothing where no single figure decides. */
export function figureText({ figure, atLeast }: RewardLine): string {
  if (figure === null && atLeast === null) return '';
  return `${figure ?? 'no figure'}, of at least ${atLeast ?? '–'}`;
}

/** Why an amount is not the whole one. */
export function remarkOf(line: RewardLine, month: string): string {
  const remarks = [];
  if (line.earnedIn !== month) remarks.push(`corrects ${line.earnedIn}`);
  if (line.isProRata) remarks.push(`${line.days} of ${line.periodDays} days`);
  return remarks.join(', ');
}

/** The month before the one in which this day lies: the last that can have been paid. */
export function lastMonth(today: Date): string {
  const first = new Date(Date.UTC(today.getFullYear(), today.getMonth() - 1, 1));
  return first.toISOString().slice(0, 7);
}

/** What is wrong with a month whose rewards somebody wants to see; null when nothing is. */
export function monthProblem(month: string, today: Date): string | null {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return 'A month like 2026-03.';
  return month > lastMonth(today) ? 'This month is not over.' : null;
}
