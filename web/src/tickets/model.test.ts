import { expect, test } from 'vitest';
import { NOW, T0, ticket } from '../testing/samples';
import { changeOf, conflictOf, editOf, problemsOf, reachable, resolve, statusLabel } from './model';

const DAY = 86_400_000;

test('the four statuses allow exactly the moves of the rules', () => {
  expect(reachable(ticket(), NOW)).toEqual(['open', 'follow-up', 'resolved', 'closed']);
  expect(reachable(ticket({ status: 'follow-up' }), NOW)).toEqual(['follow-up', 'open', 'resolved', 'closed']);
  expect(reachable(ticket({ status: 'resolved' }), NOW)).toEqual(['resolved', 'closed', 'open']);
});

test('a closed ticket opens again within fourteen days, not later', () => {
  const closed = ticket({ status: 'closed', closedAt: T0 });

  expect(reachable(closed, NOW + 14 * DAY)).toEqual(['closed', 'open']);
  expect(reachable(closed, NOW + 14 * DAY + 1)).toEqual(['closed']);
});

test('an edit that changes nothing sends nothing', () => {
  expect(changeOf(ticket(), editOf(ticket()))).toBeNull();
});

test('only what was changed is sent, with the version it was read at', () => {
  const edit = { ...editOf(ticket()), status: 'resolved' as const, note: ' refunded ' };

  expect(changeOf(ticket(), edit)).toEqual({ version: 4, status: 'resolved', note: ' refunded ' });
});

test('a field that was emptied is cleared', () => {
  const dated = ticket({ dueAt: T0 });

  expect(changeOf(dated, { ...editOf(dated), owner: ' ', due: '' })).toEqual({ version: 4, owner: null, dueAt: null });
});

test('a due time survives the way to the form and back', () => {
  const edit = editOf(ticket({ dueAt: T0 }));

  expect(changeOf(ticket(), edit)).toEqual({ version: 4, dueAt: T0 });
});

test('a follow-up needs an owner and a due time', () => {
  const edit = { ...editOf(ticket({ owner: null })), status: 'follow-up' as const };

  expect(Object.keys(problemsOf(edit))).toEqual(['owner', 'due']);
  expect(problemsOf({ ...edit, owner: 'ben', due: '2026-03-03T09:00' })).toEqual({});
});

test('a ticket without a subject is refused before it is sent', () => {
  expect(problemsOf({ ...editOf(ticket()), subject: ' ' })).toHaveProperty('subject');
});

test('a conflict shows both values of what differs, as the server told it', () => {
  const current = ticket({ version: 5, status: 'closed', owner: 'tom' });

  const conflict = conflictOf({ version: 4, status: 'resolved', subject: 'New' }, current, { status: { yours: 'resolved', theirs: 'closed' } });

  expect(conflict.fields).toEqual([{ field: 'status', yours: 'resolved', theirs: 'closed' }]);
});

test('without the difference of the server it is found from what is stored', () => {
  const current = ticket({ version: 5, status: 'closed', owner: null });

  const conflict = conflictOf({ version: 4, status: 'resolved', subject: 'Charged twice', owner: 'ben' }, current, null);

  expect(conflict.fields).toEqual([
    { field: 'status', yours: 'resolved', theirs: 'closed' },
    { field: 'owner', yours: 'ben', theirs: 'none' },
  ]);
});

test('what is chosen as mine goes on top of the stored version, theirs stays, and the note always goes', () => {
  const current = ticket({ version: 5, status: 'closed', subject: 'Theirs' });
  const conflict = conflictOf({ version: 4, status: 'resolved', subject: 'Mine', note: 'n' }, current, null);

  expect(resolve(conflict, new Set(['subject']))).toEqual({ version: 5, subject: 'Mine', note: 'n' });
  expect(resolve(conflict, new Set())).toEqual({ version: 5, note: 'n' });
});

test('a field nobody else touched is kept without asking', () => {
  const conflict = conflictOf({ version: 4, status: 'resolved', owner: 'ben' }, ticket({ version: 5 }), { status: { yours: 'resolved', theirs: 'closed' } });

  expect(resolve(conflict, new Set())).toEqual({ version: 5, owner: 'ben' });
});

test('when everything of theirs is chosen there is nothing to send', () => {
  const conflict = conflictOf({ version: 4, status: 'resolved' }, ticket({ version: 5, status: 'closed' }), null);

  expect(resolve(conflict, new Set())).toBeNull();
});

test('a status this page does not know keeps its name', () => {
  expect([statusLabel('follow-up'), statusLabel('frozen')]).toEqual(['Follow-up required', 'frozen']);
});

test('how the customer is asked is sent with the closing alone', () => {
  const closing = { ...editOf(ticket()), status: 'closed' as const, askBy: 'call' as const };
  const closed = ticket({ status: 'closed', closedAt: T0 });

  expect(changeOf(ticket(), closing)).toEqual({ version: 4, status: 'closed', feedback: 'call' });
  expect(changeOf(ticket(), { ...closing, status: 'resolved' })).toEqual({ version: 4, status: 'resolved' });
  expect(changeOf(ticket(), { ...closing, askBy: 'none' })).toEqual({ version: 4, status: 'closed' });
  expect(changeOf(closed, { ...editOf(closed), askBy: 'mail' })).toBeNull();
});

test('after a conflict the customer is still asked if the ticket is still closed', () => {
  const change = { version: 4, status: 'closed' as const, subject: 'Mine', feedback: 'mail' as const };
  const conflict = conflictOf(change, ticket({ version: 5, subject: 'Theirs' }), null);

  expect(resolve(conflict, new Set(['status']))).toEqual({ version: 5, status: 'closed', feedback: 'mail' });
  expect(resolve(conflict, new Set(['subject']))).toEqual({ version: 5, subject: 'Mine' });
});
