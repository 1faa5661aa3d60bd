/** Reports as finance reads them: days, the newest first, each with its revisions. */

import type { ReportRun } from '../api/types';

/** The runs in the order they are listed: newest day, then report, then newest revision. */
export function ordered(runs: readonly ReportRun[]): ReportRun[] {
  return [...runs].sort((a, b) => b.day.localeCompare(a.day) || a.report.localeCompare(b.report) || (b.revision ?? 0) - (a.revision ?? 0));
}

export type StateLook = 'success' | 'in-progress' | 'warning' | 'pending';

const LOOKS: Record<string, StateLook> = {
  published: 'success',
  writing: 'in-progress',
  late: 'warning',
};

export function lookOf(state: string): StateLook {
  return LOOKS[state] ?? 'pending';
}

export function isBuilding(runs: readonly ReportRun[]): boolean {
  return runs.some((run) => lookOf(run.state) === 'in-progress');
}

/** What is wrong with a day somebody wants a report for; null when nothing is. */
export function dayProblem(day: string, today: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) return 'Choose a day.';
  return day > today ? 'This day has not begun.' : null;
}

/** `daily-queues` reads as `Daily queues`. */
export function reportName(report: string): string {
  const words = report.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Rows of the data itself, whatever formats it was written in. */
export function rowsOf(run: ReportRun): number | null {
  return run.files.length ? Math.max(...run.files.map(({ rows }) => rows)) : null;
}
