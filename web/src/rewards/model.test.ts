import { expect, test } from 'vitest';
import type { RewardLine } from '../api/reports';
import { figureText, goalText, lastMonth, monthProblem, remarkOf } from './model';

const line = (part: Partial<RewardLine> = {}): RewardLine => ({
  lineId: 'A01:2026-03:service_level:1',
  agentId: 'A01',
  agentName: 'Mia',
  earnedIn: '2026-03',
  goalId: 'service_level',
  figure: '91.20',
  atLeast: '80',
  isProRata: false,
  days: 31,
  periodDays: 31,
  amount: '50.00',
  ...part,
});

test('a goal reads as words', () => {
  expect(['first_contact_resolution', 'all'].map(goalText)).toEqual(['First contact resolution', 'All goals']);
});

test('a figure stands beside what it had to be', () => {
  expect(figureText(line())).toBe('91.20, of at least 80');
  expect(figureText(line({ figure: null }))).toBe('no figure, of at least 80');
  expect(figureText(line({ figure: null, atLeast: null }))).toBe('');
});

test('an amount that is not the whole one says why', () => {
  expect(remarkOf(line(), '2026-03')).toBe('');
  expect(remarkOf(line({ isProRata: true, days: 12 }), '2026-04')).toBe('corrects 2026-03, 12 of 31 days');
});

test('the last month that is over is asked for, also in January', () => {
  expect(lastMonth(new Date(2026, 0, 15))).toBe('2025-12');
  expect(monthProblem('2026-02', new Date(2026, 1, 15))).toBe('This month is not over.');
  expect(monthProblem('2026-01', new Date(2026, 1, 15))).toBeNull();
  expect(monthProblem('2026-13', new Date(2026, 1, 15))).toBe('A month like 2026-03.');
});
