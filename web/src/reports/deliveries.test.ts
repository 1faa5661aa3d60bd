import { expect, test } from 'vitest';
import { addressesIn, deliveryProblem } from './deliveries';

test('addresses are told apart however they are typed, and each counts once', () => {
  expect(addressesIn(' a@x.example, b@x.example;\nc@x.example\n\na@x.example ')).toEqual(['a@x.example', 'b@x.example', 'c@x.example']);
  expect(addressesIn('  \n')).toEqual([]);
});

test('a delivery has a name that can be a folder, and that no other has', () => {
  expect(deliveryProblem('finance-eu', ['finance'])).toBeNull();
  expect(deliveryProblem('finance', ['finance'])).toContain('There is one');
  for (const wrong of ['', 'Finance', '9lives', '../x', 'x'.repeat(41)]) expect(deliveryProblem(wrong, [])).toContain('Small letters');
});
