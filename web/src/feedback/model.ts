/** What customers think, as supervisors read it: by agent, by queue, by reason. */

import type { FeedbackResult, FeedbackResults, Marks } from '../api/types';

export type Grouping = 'agents' | 'queues' | 'reasons';

export const GROUPINGS: readonly { id: Grouping; text: string; one: string; none: string }[] = [
  { id: 'agents', text: 'Agents', one: 'Agent', none: 'Nobody' },
  { id: 'queues', text: 'Queues', one: 'Queue', none: 'No queue' },
  { id: 'reasons', text: 'Reasons', one: 'Reason', none: 'No reason' },
];

/** The rows of one grouping, those with most answers first. */
export function rowsOf(results: FeedbackResults, grouping: Grouping): FeedbackResult[] {
  return [...results[grouping]].sort((a, b) => b.answered - a.answered || a.name.localeCompare(b.name));
}

/** `4.25 (8)`: the average and how many marks it is of. */
export function marksText({ average, count }: Marks): string {
  return average === null ? '–' : `${average} (${count})`;
}

export function rateText(rate: string | null): string {
  return rate === null ? '–' : `${rate} %`;
}

const MOST_DAYS = 92;

/** What is wrong with a span of days; null when nothing is. */
export function spanProblem(from: string, to: string): string | null {
  if ([from, to].some((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))) return 'Choose two days.';
  if (to < from) return 'The last day is before the first.';
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  return days > MOST_DAYS ? `At most ${MOST_DAYS} days.` : null;
}

/** So many days up to and with this one, as `YYYY-MM-DD`. */
export function lastDays(days: number, now: Date): { from: string; to: string } {
  const local = (ms: number): string => new Date(ms - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  return { from: local(now.getTime() - (days - 1) * 86_400_000), to: local(now.getTime()) };
}
