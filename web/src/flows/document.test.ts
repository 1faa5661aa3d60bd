import { expect, test } from 'vitest';
import { readDocument, titleOf } from './document';

const flow = (...actions: unknown[]): string => JSON.stringify({ Version: '2019-10-30', StartAction: 'a', Metadata: { ActionMetadata: { a: { position: { x: 1, y: 2 } } } }, Actions: actions });

test('a block has its branches in the order of the flow, errors last and told apart', () => {
  const menu = {
    Identifier: 'a',
    Type: 'GetParticipantInput',
    Parameters: { Text: 'Press  1' },
    Transitions: {
      NextAction: 'c',
      Conditions: [{ NextAction: 'b', Condition: { Operator: 'Equals', Operands: ['1'] } }],
      Errors: [{ ErrorType: 'NoMatchingError', NextAction: 'd' }],
    },
  };

  expect(readDocument(flow(menu))).toEqual({
    start: 'a',
    blocks: [
      {
        id: 'a',
        type: 'GetParticipantInput',
        about: 'Press 1',
        position: { x: 1, y: 2 },
        branches: [
          { label: '= 1', target: 'b', isError: false },
          { label: 'next', target: 'c', isError: false },
          { label: 'NoMatchingError', target: 'd', isError: true },
        ],
      },
    ],
  });
});

test('an export of before 2019 is drawn as well', () => {
  const content = JSON.stringify({
    start: 'm1',
    version: '1',
    modules: [
      {
        id: 'm1',
        type: 'CheckAttribute',
        parameters: [{ name: 'Attribute', value: 'tier' }],
        metadata: { position: { x: 5, y: 6 } },
        branches: [
          { condition: 'Evaluate', conditionType: 'Equals', conditionValue: 'gold', transition: 'm2' },
          { condition: 'Error', transition: 'm3' },
        ],
      },
    ],
  });

  const [block] = readDocument(content)!.blocks;

  expect(block).toMatchObject({ id: 'm1', about: 'tier', position: { x: 5, y: 6 } });
  expect(block!.branches.map(({ label, target, isError }) => [label, target, isError])).toEqual([
    ['Equals gold', 'm2', false],
    ['Error', 'm3', true],
  ]);
});

test('what a block is about is its text, its attributes, or the end of an ARN', () => {
  const about = (Parameters: unknown): string => readDocument(flow({ Identifier: 'a', Type: 'X', Parameters }))!.blocks[0]!.about;

  expect(about({ Text: 'Hello' })).toBe('Hello');
  expect(about({ Attributes: { tier: 'gold', retries: 3 } })).toBe('tier = gold, retries = 3');
  expect(about({ LambdaFunctionARN: 'arn:aws:lambda:eu-central-1:1:function:look_up' })).toBe('look_up');
  expect(about({ Media: { Text: 'Inside' } })).toBe('Inside');
  expect(about({ Unknown: { deep: 1 } })).toBe('');
});

test('half a block is still a block', () => {
  expect(readDocument(flow({}, { Identifier: 'b', Transitions: { NextAction: '' } }))!.blocks).toMatchObject([
    { id: '', type: '', branches: [] },
    { id: 'b', branches: [{ label: 'next', target: '' }] },
  ]);
});

test('what is no flow is not drawn', () => {
  for (const content of ['', '{', '3', '[]', 'null', '{}', '{"Actions": 7}', '{"Actions": [null, 3]}']) expect(readDocument(content)).toBeNull();
});

test('a name that only a machine could like is replaced by what the block does', () => {
  expect(titleOf({ id: '8f14e45f-ceea-467f-a9d3-5b1c0a7d2f10', type: 'MessageParticipant' })).toBe('Message participant');
  expect(titleOf({ id: 'Greeting', type: 'MessageParticipant' })).toBe('Greeting');
});
