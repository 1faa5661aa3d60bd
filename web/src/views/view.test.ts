import { expect, test } from 'vitest';
import { answerMessage, answerText, messageText, readView, viewOf } from './view';

const view = { Id: 'form', Content: { Actions: ['Submit', 'Back'], Template: { Head: { Title: 'About you' }, Body: [{ _id: 'f', Type: 'Form', Props: { Heading: 'Who are you?' }, Content: ['Hello', 7, { Type: 'Text' }] }] } } };
const message = (content: unknown): string => JSON.stringify({ templateType: 'ViewResource', version: '1.0', data: { content } });

test('a message with a view is read with its title, its actions and its parts', () => {
  expect(viewOf(message(view))).toEqual({
    title: 'About you',
    actions: ['Submit', 'Back'],
    body: [{ type: 'Form', props: { Heading: 'Who are you?' }, content: ['Hello', { type: 'Text', props: {}, content: [] }] }],
  });
});

test('a view without a title is called by its first heading', () => {
  expect(readView({ Content: { Template: { Body: [{ Type: 'Form', Props: { Heading: 'Who?' } }] } } })?.title).toBe('Who?');
});

test('what is no view is none, however broken', () => {
  for (const raw of ['', '{', 'null', '[]', message(null), message({ Content: { Template: { Body: [] } } })]) expect(viewOf(raw)).toBeNull();
});

test('whoever cannot see the view reads what it is about', () => {
  expect(messageText(message(view))).toBe('About you');
  expect(messageText(JSON.stringify({ templateType: 'ListPicker', data: { content: { title: 'Which product?' } } }))).toBe('Which product?');
  expect(messageText('{')).toBe('A choice');
});

test('an answer is readable: what was filled in, chosen, or kept secret', () => {
  const said = (action: string, data: Record<string, unknown>): string => answerText(answerMessage({ action, data }));

  expect(said('Submit', { FormData: { name: 'Ana', phones: ['1', '2'], note: '' } })).toBe('name: Ana\nphones: 1, 2\nnote: –');
  expect(said('ActionSelected', { actionName: 'Billing', cardId: 'Trip' })).toBe('Trip: Billing');
  expect(said('OptedOut', {})).toBe('Goes on without signing in');
  expect(said('Back', {})).toBe('Back');
  expect(answerText('{"templateType":"ViewResource","action":"Submit","isHidden":true}')).toBe('Answered; what was said is not kept');
  expect(answerText('{')).toBe('Answered');
});

test('an answer speaks the words of its view, not the names behind them', () => {
  const shown = (props: unknown): ReturnType<typeof readView> => readView({ Content: { Template: { Body: [{ Type: 'Form', Props: props }] } } });
  const form = shown({ Sections: [{ Items: [{ Name: 'size', Label: 'Size', Options: [{ Label: 'Large', Value: 'L' }] }, { Name: 'news', Label: 'News?' }] }] });
  const list = shown({ Items: [{ Heading: 'Money back', Id: 'refund' }] });

  expect(answerText(answerMessage({ action: 'Submit', data: { FormData: { size: 'L', news: 'true' } } }), form)).toBe('Size: Large\nNews? yes');
  expect(answerText(answerMessage({ action: 'ActionSelected', data: { actionName: 'refund' } }), list)).toBe('Money back');
});
