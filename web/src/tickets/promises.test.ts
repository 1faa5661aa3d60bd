import { expect, test } from 'vitest';
import type { Sla, SlaClock } from '../api/types';
import { amountProblem, canAnswer, isWaiting, standingOf, wishText } from './promises';

const NOW = Date.parse('2026-03-09T14:00:00Z');

const clock = (part: Partial<SlaClock> = {}): SlaClock => ({
  limit: 'resolution',
  seconds: 14_400,
  since: '2026-03-06T21:30:00Z',
  dueAt: '2026-03-09T16:30:00Z',
  warnAt: '2026-03-09T15:30:00Z',
  metAt: null,
  warnedAt: null,
  breachedAt: null,
  ...part,
});

const sla = (part: Partial<Sla> = {}): Sla => ({ hoursId: 'office', clocks: [clock()], pauses: [], ...part });

test('a promise is due, close, broken, kept, late, still or not begun', () => {
  const looks = [
    clock(),
    clock({ warnAt: '2026-03-09T13:30:00Z' }),
    clock({ dueAt: '2026-03-09T13:59:00Z' }),
    clock({ metAt: '2026-03-09T13:00:00Z' }),
    clock({ metAt: '2026-03-09T17:00:00Z', breachedAt: '2026-03-09T16:30:00Z' }),
    clock({ dueAt: null }),
    clock({ since: null, dueAt: null }),
  ].map((each) => standingOf(each, sla(), NOW).look);

  expect(looks).toEqual(['in-progress', 'warning', 'error', 'success', 'warning', 'stopped', 'pending']);
});

test('the customer is waited for until the last pause ends', () => {
  expect(isWaiting(sla())).toBe(false);
  expect(isWaiting(sla({ pauses: [{ since: '2026-03-09T15:00:00Z', until: null }] }))).toBe(true);
  expect(isWaiting(sla({ pauses: [{ since: '2026-03-09T15:00:00Z', until: '2026-03-09T16:00:00Z' }] }))).toBe(false);
});

test('an answer counts while a response or an update is owed', () => {
  expect(canAnswer(sla())).toBe(false);
  expect(canAnswer(sla({ clocks: [clock({ limit: 'first-response' })] }))).toBe(true);
  expect(canAnswer(sla({ clocks: [clock({ limit: 'first-response', metAt: '2026-03-09T13:00:00Z' })] }))).toBe(false);
});

test('a wish is told in words, and its amount is one', () => {
  expect(wishText({ action: 'refund', amount: '600.00', currency: 'USD' })).toBe('Refund of 600.00 USD');
  expect(['600', '600.5', '600.50'].map(amountProblem)).toEqual([null, null, null]);
  expect(['', '0', '-1', '1,5', '1.234', 'x'].map(amountProblem).every(Boolean)).toBe(true);
});
