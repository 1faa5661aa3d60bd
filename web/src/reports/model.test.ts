import { expect, test } from 'vitest';
import type { ReportRun } from '../api/types';
import { run as sample } from '../testing/reports';
import { dayProblem, grainOf, isBuilding, lookOf, ordered, paceOf, paceOfAsked, periodOf, rowsOf, shifted, shownOf, titleOf, titlesOf } from './model';

const run = (part: Partial<ReportRun>): ReportRun => sample({ period: '2026-03-02', day: '2026-03-02', builtAt: null, ...part });

test('the newest day stands first, and of one report the newest revision', () => {
  const runs = [run({}), run({ revision: 2 }), run({ day: '2026-03-03' }), run({ day: '2026-03-03', title: 'Agents, by day' })];

  expect(ordered(runs).map(({ day, title, revision }) => `${day} ${title} ${revision}`)).toEqual([
    '2026-03-03 Agents, by day 1',
    '2026-03-03 Queues, by day 1',
    '2026-03-02 Queues, by day 2',
    '2026-03-02 Queues, by day 1',
  ]);
});

test('each state looks like what it is, and an unknown one like nothing in particular', () => {
  expect(['published', 'writing', 'late', 'failed', 'other'].map(lookOf)).toEqual(['success', 'in-progress', 'warning', 'error', 'pending']);
});

test('the list is looked at again only while something is being written', () => {
  expect(isBuilding([run({}), run({ state: 'writing' })])).toBe(true);
  expect(isBuilding([run({ state: 'late' })])).toBe(false);
});

test('a report can be asked for on any day that has begun', () => {
  expect(dayProblem('2026-03-02', '2026-03-02')).toBeNull();
  expect(dayProblem('2026-03-03', '2026-03-02')).toBe('This day has not begun.');
  expect(dayProblem('', '2026-03-02')).toBe('Choose a day.');
  expect(dayProblem('2026-13-40', '2026-03-02')).toBe('Choose a day.');
});

test('rows are counted once, not once per format', () => {
  const file = { name: 'a.csv', format: 'csv', rows: 8, sha256: '', url: '' };

  expect(rowsOf(run({ files: [file, { ...file, format: 'parquet' }] }))).toBe(8);
  expect(rowsOf(run({}))).toBeNull();
});

test('a period is called as finance calls it', () => {
  expect((['day', 'month', 'quarter', 'year'] as const).map((grain) => periodOf(grain, '2026-11-28'))).toEqual(['2026-11-28', '2026-11', '2026-Q4', '2026']);
  expect(periodOf('quarter', '2026-03-31')).toBe('2026-Q1');
});

test('each report is offered once to look at alone', () => {
  expect(titlesOf([run({}), run({ revision: 2 }), run({ title: 'Agents, by day' })])).toEqual(['Agents, by day', 'Queues, by day']);
});

test('a list is looked at again while something is written, and after asking until something is there', () => {
  expect([paceOf(null), paceOf([run({})]), paceOf([run({ state: 'writing' })])]).toEqual([null, null, 3_000]);
  expect([paceOfAsked([]), paceOfAsked([run({ state: 'late' })]), paceOfAsked([run({})])]).toEqual([3_000, 3_000, null]);
});

test('a name says how long a period is', () => {
  expect(['2026-03-08', '2026-03', '2026-Q1', '2026', '2026-Q5', 'yesterday'].map(grainOf)).toEqual(['day', 'month', 'quarter', 'year', null, null]);
});

test('the period before and after is one step of its own length, over the ends of months and years', () => {
  expect(['2026-03-01', '2026-01', '2026-Q1', '2026'].map((period) => shifted(period, -1))).toEqual(['2026-02-28', '2025-12', '2025-Q4', '2025']);
  expect(['2028-02-28', '2026-12', '2026-Q4', '2026'].map((period) => shifted(period, 1))).toEqual(['2028-02-29', '2027-01', '2027-Q1', '2027']);
  expect([shifted('yesterday', 1), shifted('2026-13-40', 1)]).toEqual([null, null]);
});

test('the newest published revision is looked at, or the one that was chosen', () => {
  const runs = [run({}), run({ revision: 2 }), run({ revision: 3, state: 'writing' }), run({ revision: null, state: 'late' })];

  expect([shownOf(runs, null)?.revision, shownOf(runs, 1)?.revision, shownOf(runs, 3)?.revision, shownOf(runs.slice(2), null)]).toEqual([2, 1, 2, null]);
  expect([titleOf(runs, 'daily-queues'), titleOf([], 'daily-queues')]).toEqual(['Queues, by day', 'daily-queues']);
});
