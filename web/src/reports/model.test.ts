import { expect, test } from 'vitest';
import type { ReportRun } from '../api/types';
import { dayProblem, isBuilding, lookOf, ordered, periodOf, rowsOf, titlesOf } from './model';

const run = (part: Partial<ReportRun>): ReportRun => ({
  report: 'daily-queues',
  title: 'Queues, by day',
  grain: 'day',
  period: '2026-03-02',
  day: '2026-03-02',
  revision: 1,
  state: 'published',
  isProvisional: false,
  builtAt: null,
  files: [],
  manifestUrl: null,
  ...part,
});

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
