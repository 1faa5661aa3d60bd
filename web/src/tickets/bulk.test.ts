import { expect, test } from 'vitest';
import { ApiError } from '../api/errors';
import type { Ticket, TicketChange } from '../api/types';
import { ticket } from '../testing/samples';
import { changeFor, moveAll, summary, type Outcome, type Wish } from './bulk';
import { byDue, dueLook, worstPromise } from './due';

const NOW = Date.parse('2026-03-09T14:00:00Z');
const wish = (part: Partial<Wish>): Wish => ({ what: 'status', status: 'resolved', owner: '', due: '', ...part });

test('what is sent is the change alone, with the version that was seen', () => {
  expect(changeFor(ticket(), wish({}))).toEqual({ version: 4, status: 'resolved' });
  expect(changeFor(ticket(), wish({ what: 'owner', owner: ' ben ' }))).toEqual({ version: 4, owner: 'ben' });
  expect(changeFor(ticket(), wish({ what: 'owner' }))).toEqual({ version: 4, owner: null });
});

test('a follow-up takes owner and time where they are given', () => {
  expect(changeFor(ticket(), wish({ status: 'follow-up' }))).toEqual({ version: 4, status: 'follow-up' });
  expect(changeFor(ticket(), wish({ status: 'follow-up', owner: 'ben', due: '2026-03-09T14:00' }))).toEqual({ version: 4, status: 'follow-up', owner: 'ben', dueAt: new Date('2026-03-09T14:00').toISOString() });
});

test('what is so already is not sent', () => {
  expect(changeFor(ticket(), wish({ status: 'open' }))).toBeNull();
  expect(changeFor(ticket(), wish({ what: 'owner', owner: 'mia' }))).toBeNull();
});

test('each ticket is answered separately: moved, so already, changed first, refused, or without an answer', async () => {
  const tickets = ['moved', 'already', 'newer', 'refused', 'cut'].map((ticketId) => ticket({ ticketId, status: ticketId === 'already' ? 'resolved' : 'open' }));
  const refusals: Record<string, ApiError> = {
    newer: new ApiError(409, { message: 'stale', current: ticket({ version: 9 }) }),
    refused: new ApiError(422, { message: "owner 'zoe' cannot take tickets" }),
    cut: new ApiError(0, {}),
  };
  const sent: string[] = [];
  const save = (ticketId: string, change: TicketChange): Promise<Ticket> => {
    sent.push(ticketId);
    const refusal = refusals[ticketId];
    return refusal ? Promise.reject(refusal) : Promise.resolve(ticket({ ticketId, version: change.version + 1 }));
  };
  const told: Outcome[] = [];

  await moveAll(tickets, wish({}), save, (outcome) => told.push(outcome));

  expect(sent).toEqual(['moved', 'newer', 'refused', 'cut']);
  expect(told.map(({ kind }) => kind)).toEqual(['moved', 'already', 'newer', 'refused', 'unanswered']);
  expect(told[2]!.text).toBe('Somebody changed it first: you saw version 4, it is at 9 now');
  expect(told[3]!.text).toBe("owner 'zoe' cannot take tickets");
  expect(summary(told)).toBe('1 moved, 1 so already, 1 changed by somebody else, 1 refused, 1 without an answer');
});

test('a due time is told as what is left of it, with a warning half an hour before', () => {
  const due = (dueAt: string | null, part: Partial<Ticket> = {}) => dueLook(ticket({ dueAt, ...part }), NOW);

  expect(due('2026-03-09T16:00:00Z')).toEqual({ look: 'pending', text: 'In 2 h' });
  expect(due('2026-03-09T14:30:00Z')).toEqual({ look: 'warning', text: 'In 30 min' });
  expect(due('2026-03-09T13:00:00Z')).toEqual({ look: 'error', text: 'Overdue by 1 h' });
  expect([due(null), due('2026-03-09T13:00:00Z', { status: 'closed' })]).toEqual([null, null]);
});

test('of several promises the worst one is told', () => {
  const clock = { limit: 'update' as const, seconds: 60, since: '2026-03-09T10:00:00Z', dueAt: '2026-03-09T16:00:00Z', warnAt: null, metAt: null, warnedAt: null, breachedAt: null };
  const clocks = [clock, { ...clock, limit: 'resolution' as const, dueAt: '2026-03-09T13:00:00Z' }, { ...clock, limit: 'first-response' as const, metAt: '2026-03-09T11:00:00Z' }];
  const promised = ticket({ sla: { hoursId: 'h', clocks, pauses: [] } });

  expect(worstPromise(promised, NOW)).toMatchObject({ look: 'error' });
  expect(worstPromise(promised, NOW)!.text).toMatch(/^Resolution: broken/);
  expect([worstPromise(ticket(), NOW), worstPromise({ ...promised, status: 'closed' }, NOW)]).toEqual([null, null]);
});

test('what is due first stands first, and what is never due last', () => {
  const tickets = [ticket({ ticketId: 'never' }), ticket({ ticketId: 'later', dueAt: '2026-03-10T00:00:00Z' }), ticket({ ticketId: 'first', dueAt: '2026-03-09T00:00:00Z' })];

  expect(tickets.sort(byDue).map(({ ticketId }) => ticketId)).toEqual(['first', 'later', 'never']);
});
