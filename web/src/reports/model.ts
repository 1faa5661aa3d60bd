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

export type PublishedRun = ReportRun & { revision: number };

/** The revision to look at: the one that was chosen, else the newest; null: none is published. */
export function shownOf(runs: readonly ReportRun[], chosen: number | null): PublishedRun | null {
  const published = ordered(runs).filter(isPublished);
  return published.find(({ revision }) => revision === chosen) ?? published[0] ?? null;
}

function isPublished(run: ReportRun): run is PublishedRun {
  return run.state === 'published' && run.revision !== null;
}

/** What a report is called, by its runs; by its id, where there is none. */
export function titleOf(runs: readonly ReportRun[], report: string): string {
  return runs[0]?.title ?? report;
}

const AGAIN_MS = 3_000;

/** How soon the list is looked at again: only while something is being written. */
export function paceOf(runs: readonly ReportRun[] | null): number | null {
  return runs && isBuilding(runs) ? AGAIN_MS : null;
}

/** The same after somebody asked for a period of which nothing was there yet. */
export function paceOfAsked(runs: readonly ReportRun[] | null): number | null {
  return runs && runs.every(({ state }) => state === 'late') ? AGAIN_MS : paceOf(runs);
}

/** How long a period of this name is; null when nothing is called so. */
export function grainOf(period: string): Grain | null {
  const found = GRAINS.find((grain) => SHAPES[grain].test(period));
  return found ?? null;
}

const SHAPES: Record<Grain, RegExp> = { day: /^\d{4}-\d{2}-\d{2}$/, month: /^\d{4}-\d{2}$/, quarter: /^\d{4}-Q[1-4]$/, year: /^\d{4}$/ };

/** The period so many before or after this one; null when nothing is called like this one. */
export function shifted(period: string, by: number): string | null {
  const grain = grainOf(period);
  if (grain === null) return null;
  const first = firstDay(grain, period);
  if (grain === 'day') first.setUTCDate(first.getUTCDate() + by);
  else first.setUTCMonth(first.getUTCMonth() + by * MONTHS[grain]);
  return Number.isNaN(first.getTime()) ? null : periodOf(grain, first.toISOString().slice(0, 10));
}

const MONTHS: Record<Exclude<Grain, 'day'>, number> = { month: 1, quarter: 3, year: 12 };

function firstDay(grain: Grain, period: string): Date {
  const year = Number(period.slice(0, 4));
  if (grain === 'year') return new Date(Date.UTC(year, 0));
  if (grain === 'quarter') return new Date(Date.UTC(year, (Number(period.slice(6)) - 1) * 3));
  return new Date(`${period}${grain === 'month' ? '-01' : ''}T00:00:00Z`);
}
