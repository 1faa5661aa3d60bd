import { expect, test } from 'vitest';
import { reconciliation } from '../testing/reports';
import { countedText, openOf } from './completeness';

test('what was counted reads as a sentence', () => {
  expect(countedText(reconciliation({ contacts: 1_000, records: 998, goingOn: 2 }))).toBe('1,000 contacts ended (2 still wrapped up), with 998 records; 812 were recorded, in 1,037 segments.');
});

test('what was made again is not missing any more', () => {
  const missing = [true, false].map((isRebuilt) => ({ lack: 'RECORD' as const, contactId: `c-${isRebuilt}`, segment: null, key: null, isRebuilt }));

  expect(openOf(reconciliation({ missing })).map(({ contactId }) => contactId)).toEqual(['c-false']);
});
