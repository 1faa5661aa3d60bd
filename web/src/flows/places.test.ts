import { expect, test } from 'vitest';
import { lineOf, placeOf, syntaxProblem } from './places';

const TEXT = '{\n  "a \\"b\\"": [1, {"x": true}],\n  "Actions": [\n    {"Identifier": "one]"},\n    {"Transitions": {"NextAction": ""}}\n  ]\n}';
const at = (path: string): string | null => {
  const place = placeOf(TEXT, path);
  return place && TEXT.slice(place.from, place.to);
};

test('a path leads to its value', () => {
  expect(at('Actions[0].Identifier')).toBe('"one]"');
  expect(at('Actions[1].Transitions.NextAction')).toBe('""');
  expect(at('Actions[1].Transitions')).toBe('{"NextAction": ""}');
});

test('of a path that goes on where nothing is, the last thing that is there is shown', () => {
  expect(at('Actions[1].Transitions.Errors[0]')).toBe('{"NextAction": ""}');
  expect(at('Actions[7]')).toContain('"Identifier"');
});

test('text that breaks off leads nowhere, and is never searched for ever', () => {
  for (const broken of ['', '{', '{"a', '{"a":', '[1', '{"a" 1', '"x']) expect(() => placeOf(broken, 'a.b')).not.toThrow();
  expect(placeOf('', 'a')).toBeNull();
});

test('a place has a line and a column', () => {
  expect(lineOf('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
});

test('a text that is no JSON is told with its line', () => {
  expect(syntaxProblem(TEXT)).toBeNull();
  expect(syntaxProblem('{\n  "a": 1,\n  oops\n}')).toMatch(/^This is no JSON, line 3: /);
  expect(syntaxProblem('')).toMatch(/^This is no JSON/);
});
