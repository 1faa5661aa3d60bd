import { expect, test } from 'vitest';
import type { Fact } from '../api/types';
import { T0 } from '../testing/samples';
import { isChat, recordingsOf, story } from './model';

const fact = (seq: number, type: string, fields: Record<string, unknown> = {}): Fact => ({ seq, at: T0, type, ...fields });

const BLOCK = fact(3, 'BlockExecuted', {
  flowId: 'f-1',
  flowVersion: 7,
  blockId: 'menu',
  blockType: 'GetParticipantInput',
  given: { text: 'Press 1 for sales.', input: '1' },
  branch: 'Equals 1',
  nextBlockId: 'hours',
  changed: { '$.Attributes.choice': '1' },
  tookMs: 4,
});

test('facts are told in their order, whatever order they came in', () => {
  expect(story([fact(2, 'FlowEnded'), fact(1, 'ContactCompleted')]).map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a block says what it was given, which way it went, what it set and how long it took', () => {
  expect(story([BLOCK])).toEqual([
    {
      seq: 3,
      at: T0,
      tone: 'flow',
      title: 'Get participant input',
      detail: 'Equals 1 → hours · 4 ms',
      pairs: [
        { label: 'block', value: 'menu' },
        { label: 'text', value: 'Press 1 for sales.' },
        { label: 'input', value: '1' },
        { label: 'set $.Attributes.choice', value: '1' },
      ],
    },
  ]);
});

test('a block at the end of a flow leads nowhere', () => {
  expect(story([{ ...BLOCK, branch: 'end', nextBlockId: null }])[0]?.detail).toBe('end · 4 ms');
});

test('work that the server ended is told as such', () => {
  const [step] = story([fact(1, 'AfterContactWorkEnded', { isByServer: true, disposition: null })]);

  expect(step).toMatchObject({ tone: 'warn', detail: 'by the center: no outcome was given' });
});

test('a fact this page does not know is shown with all its fields', () => {
  expect(story([fact(1, 'CallbackPromised', { phone: '+1202', tries: 2, by: null })])).toMatchObject([
    { title: 'Callback promised', pairs: [{ label: 'phone', value: '+1202' }, { label: 'tries', value: '2' }] },
  ]);
});

test('a number that several customers share chose nobody', () => {
  expect(story([fact(1, 'CustomerIdentified', { customerId: null, isNew: false, candidates: ['a', 'b'] })])[0]?.title).toContain('several share the number');
});

test('each segment is listed once, as it was stored last', () => {
  const facts = [fact(1, 'RecordingStored', { segment: 'a', seconds: 3 }), fact(2, 'RecordingStored', { segment: 'b', seconds: 9 }), fact(3, 'RecordingStored', { segment: 'a', seconds: 5 })];

  expect(recordingsOf(facts)).toEqual([
    { segment: 'a', seconds: 5 },
    { segment: 'b', seconds: 9 },
  ]);
});

test('only a chat has a transcript to read', () => {
  expect(isChat([fact(1, 'ContactInitiated', { channel: 'CHAT' })])).toBe(true);
  expect(isChat([fact(1, 'ContactInitiated', { channel: 'VOICE' })])).toBe(false);
});
