import { expect, test } from 'vitest';
import { flow } from '../testing/samples';
import { familyOf, findingsByBlock, summary, worst } from './findings';
import { canaryProblems, canaryWish, EMPTY_CANARY, errorShare, fileName, found, indented, trialOf } from './model';

const names = (flows: { name: string }[]): string[] => flows.map(({ name }) => name);

test('a search finds every word in name, type, description or tags, in any order', () => {
  const flows = [flow({ name: 'Main inbound', tags: { team: 'Voice' } }), flow({ name: 'Greeting', type: 'MODULE', description: 'says hello' })];

  expect(names(found(flows, 'all', 'inbound main'))).toEqual(['Main inbound']);
  expect(names(found(flows, 'all', 'voice'))).toEqual(['Main inbound']);
  expect(names(found(flows, 'all', 'HELLO'))).toEqual(['Greeting']);
  expect(names(found(flows, 'modules', ''))).toEqual(['Greeting']);
  expect(names(found(flows, 'flows', 'hello'))).toEqual([]);
});

test('a canary that has ended runs no more', () => {
  const canary = { version: 3, against: 2, percent: 10, startedAt: '', startedBy: 'mia', errorRate: 0.02, windowSeconds: 300, minimumContacts: 20, end: null };

  expect(trialOf({ canary, liveVersion: 2 })).toBe(canary);
  expect(trialOf({ canary, liveVersion: 3 })).toBeNull();
  expect(trialOf({ canary: { ...canary, end: { outcome: 'FAILED', at: '', why: '', by: null } }, liveVersion: 2 })).toBeNull();
  expect(trialOf({ canary: null, liveVersion: 2 })).toBeNull();
});

test('errors are told with what they are a share of', () => {
  expect(errorShare({ contacts: 120, errors: 3 })).toBe('3 of 120 (2.5 %)');
  expect(errorShare({ contacts: 0, errors: 0 })).toBe('no contact yet');
});

test('the form of a canary is refused field by field, and sent in the units of the server', () => {
  expect(canaryProblems(EMPTY_CANARY)).toEqual({ version: 'Choose a version.' });
  expect(Object.keys(canaryProblems({ version: '3', percent: '0', errorPercent: '', windowMinutes: '61', minimumContacts: 'many' }))).toEqual([
    'percent',
    'errorPercent',
    'windowMinutes',
    'minimumContacts',
  ]);
  expect(canaryWish({ ...EMPTY_CANARY, version: '3' })).toEqual({ version: 3, percent: 10, errorRate: 0.02, windowSeconds: 300, minimumContacts: 20 });
});

test('a downloaded flow has a name that every disk takes', () => {
  expect(fileName('Main inbound', 12)).toBe('main-inbound-12.json');
  expect(fileName('Xin chào / Ω', 'draft')).toBe('xin-chao-draft.json');
  expect(fileName('电话', 1)).toBe('flow-1.json');
});

test('text is indented only when it is JSON', () => {
  expect(indented('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(indented('{"a"')).toBe('{"a"');
});

test('findings are counted, told by block, and the worst of them marks it', () => {
  const finding = (block: string, severity: 'PROBLEM' | 'ADVICE'): { block: string; severity: 'PROBLEM' | 'ADVICE'; code: string; path: string; message: string } => ({ block, severity, code: '', path: '', message: '' });
  const all = [finding('a', 'ADVICE'), finding('a', 'PROBLEM'), finding('', 'ADVICE')];

  expect(summary(all)).toBe('1 problem, 2 hints');
  expect(summary([])).toBeNull();
  expect(worst(findingsByBlock(all).get('a')!)).toBe('PROBLEM');
  expect(worst(findingsByBlock(all).get('')!)).toBe('ADVICE');
  expect(worst([])).toBeNull();
});

test('blocks of old and new exports belong to the same families', () => {
  expect(['GetParticipantInput', 'GetUserInput', 'MessageParticipant', 'PlayPrompt', 'CheckHoursOfOperation', 'InvokeLambdaFunction', 'UpdateContactAttributes', 'TransferContactToQueue'].map(familyOf)).toEqual([
    'asks',
    'asks',
    'says',
    'says',
    'decides',
    'calls',
    'sets',
    'goes',
  ]);
});
