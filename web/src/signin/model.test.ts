import { expect, test } from 'vitest';
import { explain, isOver, needsRenewal } from './model';

test('a wrong password and an unknown user read the same, so that names cannot be probed', () => {
  expect(explain({ code: 'NotAuthorizedException', message: 'Incorrect username or password.' })).toBe('The user name or the password is wrong.');
  expect(explain({ name: 'UserNotFoundException' })).toBe('The user name or the password is wrong.');
});

test('a pool that cannot be reached is said to be just that', () => {
  const unreachable = 'The sign-in service cannot be reached. Check your network connection, then try again.';

  expect([{ code: 'NetworkError', message: 'Network error' }, new TypeError('Failed to fetch'), new SyntaxError('Unexpected token <'), undefined].map(explain)).toEqual(Array(4).fill(unreachable));
});

test('a reason this page does not know is passed on in its own words', () => {
  expect(explain({ code: 'NewException', message: 'Something new.' })).toBe('Something new.');
});

test('only a refusal of the pool ends a session, a network that is down does not', () => {
  expect(isOver({ code: 'NotAuthorizedException' })).toBe(true);
  expect(isOver({ code: 'NetworkError' })).toBe(false);
  expect(isOver(null)).toBe(false);
});

test('a token is renewed two minutes before it ends', () => {
  expect(needsRenewal(1_000, 879_000)).toBe(false);
  expect(needsRenewal(1_000, 881_000)).toBe(true);
});
