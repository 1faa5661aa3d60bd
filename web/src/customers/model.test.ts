import { expect, test } from 'vitest';
import { customer, erasure } from '../testing/customers';
import { factsOf, gainedBy, isGoingOn, languageName, mayDo, nameOf, progressOf, searchProblem, waysText } from './model';

test('what is looked for is neither too short nor too long', () => {
  expect([searchProblem(' a '), searchProblem('ab'), searchProblem('x'.repeat(201))]).toEqual(['At least 2 characters.', null, 'At most 200 characters.']);
});

test('who has no name is called by the id', () => {
  expect([nameOf(customer()), nameOf(customer({ name: '' }))]).toEqual(['Ana Souza', 'Customer C-ana']);
});

test('by what somebody was found is said in words', () => {
  expect(waysText(['phone', 'name'])).toBe('number, name');
});

test('agents read, supervisors merge too, admins erase, and finance does nothing of it', () => {
  expect(mayDo(['agent'])).toEqual({ read: true, merge: false, erase: false });
  expect(mayDo(['supervisor'])).toEqual({ read: true, merge: true, erase: false });
  expect(mayDo(['admin'])).toEqual({ read: false, merge: false, erase: true });
  expect(mayDo(['finance'])).toEqual({ read: false, merge: false, erase: false });
});

test('what is known is told by kind, and nothing of what is not known', () => {
  expect(factsOf(customer({ language: null, phones: [], details: { City: 'Berlin' } }))).toEqual([{ label: 'City', values: ['Berlin'] }]);
});

test('a merge shows what is gained, and nothing that was there', () => {
  const after = customer({ phones: ['+12025550123', '+12025550188'], formerNames: ['Anna'] });

  expect(gainedBy(customer(), after)).toEqual([
    { label: 'Numbers', values: ['+12025550188'] },
    { label: 'Former names', values: ['Anna'] },
  ]);
  expect(gainedBy(customer(), customer())).toEqual([]);
  expect(gainedBy(customer({ name: '' }), customer())).toEqual([{ label: 'Name', values: ['Ana Souza'] }]);
});

test('an erasure is not begun, goes on, or is done, and says what is left', () => {
  const T = '2026-03-02T14:00:00.000Z';

  expect(progressOf(erasure())).toEqual({ look: 'pending', text: 'Not erased. There are 3 contacts and 1 ticket.' });
  expect(progressOf(erasure({ erasedAt: T, contactsLeft: 1 }))).toEqual({ look: 'in-progress', text: 'Name, numbers and addresses are gone. Left: 1 contact and 1 ticket.' });
  expect(progressOf(erasure({ erasedAt: T, doneAt: T, contactsLeft: 0, ticketsLeft: 0 }))).toEqual({ look: 'success', text: 'Erased.' });
});

test('it is looked at again while it goes on, and after asking until nothing is left', () => {
  const T = '2026-03-02T14:00:00.000Z';
  const done = erasure({ erasedAt: T, doneAt: T });

  expect([isGoingOn(erasure(), false), isGoingOn(erasure(), true), isGoingOn(erasure({ erasedAt: T }), false)]).toEqual([false, true, true]);
  expect([isGoingOn(done, false), isGoingOn(done, true), isGoingOn({ ...done, contactsLeft: 0, ticketsLeft: 0 }, true)]).toEqual([false, true, false]);
});

test('a language that nobody knows is told as it is', () => {
  expect([languageName('pt-BR'), languageName('!')]).toEqual(['Brazilian Portuguese', '!']);
});
