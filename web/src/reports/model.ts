/** Reports as finance reads them: periods, the newest first, each with its revisions. */

import type { Grain, ReportRun } from '../api/types';

/** The runs in the order they are listed: newest period first, then by title, then newest revision. */
export function ordered(runs: readonly ReportRun[]): ReportRun[] {
  return [...runs].sort((a, b) => b.day.localeCompare(a.day) || a.title.localeCompare(b.title) || (b.revision ?? 0) - (a.revision ?? 0));
}

export type StateLook = 'success' | 'in-progress' | 'warning' | 'error' | 'pending';

const LOOKS: Record<string, StateLook> = {
  published: 'success',
  writing: 'in-progress',
  late: 'warning',
  failed: 'error',
};

export function lookOf(state: string): StateLook {
  return LOOKS[state] ?? 'pending';
}

export function isBuilding(runs: readonly ReportRun[]): boolean {
  return runs.some((run) => lookOf(run.state) === 'in-progress');
}

export const GRAINS: readonly Grain[] = ['day', 'month', 'quarter', 'year'];

const FIRST_LETTERS: Record<Grain, number> = { day: 10, month: 7, quarter: 7, year: 4 };

/** The period in which a day lies, as it is called: `2026-03-08`, `2026-03`, `2026-Q1`, `2026`. */
export function periodOf(grain: Grain, day: string): string {
  if (grain !== 'quarter') return day.slice(0, FIRST_LETTERS[grain]);
  return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** What is wrong with a day whose period somebody wants reports for; null when nothing is. */
export function dayProblem(day: string, today: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) return 'Choose a day.';
  return day > today ? 'This day has not begun.' : null;
}

/** Every report there is a run of, by title. */
export function titlesOf(runs: readonly ReportRun[]): string[] {
  return [...new Set(runs.map((run) => run.title))].sort((a, b) => a.localeCompare(b));
}

/** Rows of the data itself, whatever formats it was written in. */
export function rowsOf(run: ReportRun): number | null {
  return run.files.length ? Math.max(...run.files.map(({ rows }) => rows)) : null;
}
