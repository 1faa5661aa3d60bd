import { expect, test } from 'vitest';
import { idFor, labelProblem, limitText, offeredIn, secondsFrom } from './model';

const SALE = { id: 'sale', label: 'Sale', queueIds: ['q-1', 'q-gone'], resolves: false };

test('an id is made of the letters of the label, and of none that is taken', () => {
  expect(idFor('Refund promised!', [])).toBe('refund-promised');
  expect(idFor('Café à la carte', [])).toBe('cafe-a-la-carte');
  expect(idFor('退款', [])).toBe('outcome');
  expect(idFor('Sale', ['sale', 'sale-2'])).toBe('sale-3');
  expect(idFor('x'.repeat(90), []).length).toBeLessThanOrEqual(60);
});

test('a label is there, short, and nobody else has it', () => {
  expect(labelProblem('  ', [])).toContain('Say how');
  expect(labelProblem('x'.repeat(61), [])).toContain('60');
  expect(labelProblem('sale ', [SALE])).toContain('Another');
  expect(labelProblem('No sale', [SALE])).toBeNull();
});

test('queues are told by name; one that is gone by its id', () => {
  expect(offeredIn(SALE, [{ id: 'q-1', name: 'Sales', seconds: 0, closingScript: '' }])).toBe('Sales, q-gone');
  expect(offeredIn({ ...SALE, queueIds: [] }, [])).toBeNull();
});

test('seconds are whole and at most a day', () => {
  expect(secondsFrom(' 60 ')).toEqual({ seconds: 60 });
  for (const wrong of ['', '-1', '1.5', '1e3', '86401', 'soon']) expect(secondsFrom(wrong)).toHaveProperty('problem');
  expect([0, 60, 90].map(limitText)).toEqual(['As long as the agent needs', '1 min', '90 s']);
});
