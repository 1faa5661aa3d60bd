import { expect, test } from 'vitest';
import type { FeedbackResult } from '../api/types';
import { lastDays, marksText, rateText, rowsOf, spanProblem } from './model';

const NONE = { count: 0, total: 0, average: null };
const row = (part: Partial<FeedbackResult>): FeedbackResult => ({ key: 'ben', name: 'Ben Ode', invited: 1, answered: 0, partial: 0, answerRate: '0.00', service: NONE, solution: NONE, ...part });

test('whoever got most answers stands first, then by name', () => {
  const agents = [row({ name: 'Mai' }), row({ name: 'Ana' }), row({ name: 'Ben', answered: 2 })];

  const rows = rowsOf({ all: row({}), agents, queues: [], reasons: [] }, 'agents');

  expect(rows.map(({ name }) => name)).toEqual(['Ben', 'Ana', 'Mai']);
});

test('nothing answered is no number, and not 0', () => {
  expect(marksText(NONE)).toBe('–');
  expect(rateText(null)).toBe('–');
  expect(marksText({ count: 8, total: 34, average: '4.25' })).toBe('4.25 (8)');
  expect(rateText('12.50')).toBe('12.50 %');
});

test('a span of days is one that the server takes', () => {
  expect(spanProblem('2026-03-01', '2026-03-01')).toBeNull();
  expect(spanProblem('2026-03-01', '2026-05-31')).toBeNull();
  expect(spanProblem('2026-03-01', '2026-06-01')).toBe('At most 92 days.');
  expect(spanProblem('2026-03-02', '2026-03-01')).toBe('The last day is before the first.');
  expect(spanProblem('', '2026-03-01')).toBe('Choose two days.');
});

test('thirty days end today', () => {
  const now = new Date(2026, 2, 30, 12);

  expect(lastDays(30, now)).toEqual({ from: '2026-03-01', to: '2026-03-30' });
});
