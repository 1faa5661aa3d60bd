import { expect, test } from 'vitest';
import { clock, initials, length, moment, secondsSince, spaced } from './format';

test('a clock counts seconds, minutes and hours, and never backwards', () => {
  expect([0, 7.9, 67, 3723, -5].map(clock)).toEqual(['0:00', '0:07', '1:07', '1:02:03', '0:00']);
});

test('a length reads as words', () => {
  expect([45, 60, 187, 3600, 3720].map(length)).toEqual(['45 s', '1 min', '3 min 7 s', '1 h', '1 h 2 min']);
});

test('the time since a moment is in seconds', () => {
  expect(secondsSince('2026-03-02T14:00:00.000Z', Date.parse('2026-03-02T14:00:02.500Z'))).toBe(2.5);
});

test('a moment that is not known is a dash', () => {
  expect(moment(null)).toBe('–');
});

test('initials come from letters of any script; a number has none', () => {
  expect(['Ana Souza', 'Lan', 'Nguyễn Thị Minh', '+12025550123', ''].map(initials)).toEqual(['AS', 'L', 'NM', '#', '#']);
});

test('names of blocks are read as words', () => {
  expect(spaced('TransferContactToQueue')).toBe('Transfer contact to queue');
});
