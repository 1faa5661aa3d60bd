import { beforeEach, expect, test } from 'vitest';
import type { Ticket } from '../api/types';
import { ticket } from '../testing/samples';
import { BUILT_IN, EVERYTHING_OPEN, fits, isSame, MOST_LISTED, MOST_SAVED, nameProblem, questionsOf, SavedFilters, type Filter } from './filters';

const NOW = Date.parse('2026-03-09T14:00:00Z');
const PAST = '2026-03-09T13:00:00Z';
const AROUND = { me: 'ben', team: new Set(['ben', 'mia']), now: NOW };
const filter = (part: Partial<Filter>): Filter => ({ ...EVERYTHING_OPEN, ...part });
const named = (name: string): Filter => BUILT_IN.find((each) => each.name === name)!.filter;
const found = (wanted: Filter, ...tickets: Partial<Ticket>[]): string[] =>
  tickets.map((part) => ticket(part)).filter((each) => fits(each, wanted, AROUND)).map(({ ticketId }) => ticketId);

beforeEach(() => localStorage.clear());

test('mine are those of which I am the owner, and my team has those of all in it', () => {
  const tickets = [{ ticketId: 'T-1', owner: 'ben' }, { ticketId: 'T-2', owner: 'mia' }, { ticketId: 'T-3', owner: 'zoe' }, { ticketId: 'T-4', owner: null }];

  expect(found(named('Mine'), ...tickets)).toEqual(['T-1']);
  expect(found(named("My team's"), ...tickets)).toEqual(['T-1', 'T-2']);
  expect(found(filter({ owner: 'zoe' }), ...tickets)).toEqual(['T-3']);
});

test('overdue is what is past its time or its promise, and not yet done', () => {
  const clock = { limit: 'resolution' as const, seconds: 60, since: PAST, dueAt: PAST, warnAt: null, metAt: null, warnedAt: null, breachedAt: null };
  const sla = { hoursId: 'h', clocks: [clock], pauses: [] };

  expect(
    found(
      named('Overdue'),
      { ticketId: 'due', dueAt: PAST },
      { ticketId: 'promised', sla },
      { ticketId: 'kept', sla: { ...sla, clocks: [{ ...clock, metAt: PAST }] } },
      { ticketId: 'stopped', sla: { ...sla, clocks: [{ ...clock, dueAt: null, breachedAt: PAST }] } },
      { ticketId: 'later', dueAt: '2026-03-09T15:00:00Z' },
      { ticketId: 'done', dueAt: PAST, status: 'resolved' },
    ),
  ).toEqual(['due', 'promised', 'stopped']);
});

test('follow-ups due are those with a time, past or to come', () => {
  expect(found(named('Follow-ups due'), { ticketId: 'T-1', status: 'follow-up', dueAt: PAST }, { ticketId: 'T-2', status: 'follow-up' }, { ticketId: 'T-3', dueAt: PAST })).toEqual(['T-1']);
});

test('text is found in subject, number and owner, whatever its letters', () => {
  const tickets = [{ ticketId: 'T-ABC', subject: 'Charged twice' }, { ticketId: 'T-2', subject: 'رد', owner: 'Mia' }];

  expect(['charged', 't-abc', 'mia', 'رد', '  '].map((text) => found(filter({ text }), ...tickets))).toEqual([['T-ABC'], ['T-ABC'], ['T-ABC', 'T-2'], ['T-2'], ['T-ABC', 'T-2']]);
});

test('the server is asked for no more than is wanted', () => {
  expect(questionsOf(named('Mine'), 'ben')).toEqual([
    { status: 'open', owner: 'ben', limit: MOST_LISTED },
    { status: 'follow-up', owner: 'ben', limit: MOST_LISTED },
  ]);
  expect(questionsOf(filter({ state: 'closed', owner: 'zoe' }), 'ben')).toEqual([{ status: 'closed', owner: 'zoe', limit: MOST_LISTED }]);
  expect(questionsOf(filter({ state: 'any', whose: 'team', owner: 'zoe' }), 'ben')).toEqual([{ status: null, owner: null, limit: MOST_LISTED }]);
});

test('a filter is kept under its name for one person, and can be deleted', () => {
  const mine = new SavedFilters(localStorage, 'ben');
  mine.add(' Refunds ', filter({ text: 'refund' }));

  expect(new SavedFilters(localStorage, 'ben').all()).toEqual([{ name: 'Refunds', filter: filter({ text: 'refund' }) }]);
  expect(new SavedFilters(localStorage, 'mia').all()).toEqual([]);
  expect(mine.delete('Refunds')).toEqual([]);
  expect(mine.all()).toEqual([]);
});

test.each(['nonsense', '{}', '[1, null, {"name": "x"}]', '[{"name": "x", "filter": {"whose": "hers", "owner": "", "state": "open", "due": "whenever", "text": ""}}]'])(
  'what cannot be read is not there: %s',
  (stored) => {
    localStorage.setItem('trunkline.ticket-filters.ben', stored);

    expect(new SavedFilters(localStorage, 'ben').all()).toEqual([]);
  },
);

test('a name is given once, and is neither empty nor endless', () => {
  const saved = [{ name: 'Refunds', filter: EVERYTHING_OPEN }];

  expect([nameProblem('Mine to do', saved), nameProblem('refunds', saved), nameProblem('overdue', saved), nameProblem('  ', saved), nameProblem('x'.repeat(61), saved)]).toEqual([
    null,
    'There is one of this name.',
    'There is one of this name.',
    'A filter needs a name.',
    'At most 60 characters.',
  ]);
  expect(nameProblem('One more', Array.from({ length: MOST_SAVED }, (_, n) => ({ name: `${n}`, filter: EVERYTHING_OPEN })))).toContain('Delete one first');
});

test('two filters are one when they mean the same', () => {
  expect(isSame(filter({ text: 'a ' }), filter({ text: 'a' }))).toBe(true);
  expect(isSame(filter({ due: 'overdue' }), filter({}))).toBe(false);
});
