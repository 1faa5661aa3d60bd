import { describe, expect, it } from 'vitest';
import { audioKey, readingSeconds, toneOf } from './audio';

describe('a key’s tone', () => {
  it.each([
    ['1', 697, 1209],
    ['5', 770, 1336],
    ['9', 852, 1477],
    ['*', 941, 1209],
    ['0', 941, 1336],
    ['#', 941, 1477],
  ])('of %s is %d and %d Hz', (key, low, high) => {
    expect(toneOf(key)).toEqual([low, high]);
  });

  it('exists for keys of a telephone only', () => {
    expect(toneOf('A')).toBeNull();
    expect(toneOf('')).toBeNull();
  });
});

describe('a prompt that nobody can speak', () => {
  it('stays as long as one reads it, and never for a blink', () => {
    expect(readingSeconds('Hello')).toBe(1.5);
    expect(readingSeconds(Array<string>(20).fill('word').join(' '))).toBeCloseTo(7);
  });
});

describe('a prompt’s audio', () => {
  it('is the same whatever its link was signed with', () => {
    expect(audioKey('https://s/a?X=1')).toBe(audioKey('https://s/a?X=2'));
  });
});
