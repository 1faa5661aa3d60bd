import { expect, test } from 'vitest';
import { chatEvent, item, NOW, T0 } from '../testing/samples';
import { EMPTY_CHAT, failed, hasCustomerLeft, isTyping, lines, loaded, receive, sending, sent, type Chat } from './chat';

const texts = (chat: Chat): string[] => lines(chat).map((line) => line.text);

test('lines are sorted by time, since the socket promises no order', () => {
  const late = item({ Id: '2', Content: 'second', AbsoluteTime: '2026-03-02T14:00:02.000Z' });
  const early = item({ Id: '1', Content: 'first' });

  expect(texts(receive(receive(EMPTY_CHAT, late, NOW), early, NOW))).toEqual(['first', 'second']);
});

test('an item that comes twice is shown once', () => {
  const chat = receive(receive(EMPTY_CHAT, item(), NOW), item(), NOW);

  expect(texts(loaded(chat, [item()]))).toEqual(['Hello']);
});

test('the transcript and live items are merged', () => {
  const live = receive(EMPTY_CHAT, item({ Id: '9', Content: 'live', AbsoluteTime: '2026-03-02T14:09:00.000Z' }), NOW);

  const chat = loaded(live, [item({ Id: '1', Content: 'before' })]);

  expect(texts(chat)).toEqual(['before', 'live']);
  expect(chat.hasLoaded).toBe(true);
});

test('a message of ours is shown at once and replaced by the one of the server', () => {
  const on = sending(EMPTY_CHAT, 'l-1', 'Hi', T0);
  expect(lines(on)).toMatchObject([{ text: 'Hi', who: 'agent', delivery: 'sending' }]);
  expect(lines(sent(on, 'l-1'))).toMatchObject([{ delivery: 'sent' }]);

  const chat = receive(sent(on, 'l-1'), item({ Id: '5', ParticipantRole: 'AGENT', Content: 'Hi' }), NOW);

  expect(lines(chat)).toMatchObject([{ id: '5', text: 'Hi', delivery: 'sent' }]);
});

test('the same words twice are two messages', () => {
  const two = sending(sending(EMPTY_CHAT, 'l-1', 'Hi', T0), 'l-2', 'Hi', T0);

  const chat = receive(two, item({ Id: '5', ParticipantRole: 'AGENT', Content: 'Hi' }), NOW);

  expect(lines(chat).map(({ id }) => id)).toEqual(['5', 'l-2']);
});

test('a message that failed keeps its words and the reason, and can go out again under its id', () => {
  const chat = failed(sending(EMPTY_CHAT, 'l-1', 'Hi', T0), 'l-1', 'no line');
  expect(lines(chat)).toMatchObject([{ delivery: 'failed', reason: 'no line' }]);

  expect(lines(sending(chat, 'l-1', 'Hi', T0))).toMatchObject([{ id: 'l-1', delivery: 'sending' }]);
});

test('a message that arrived although its answer got lost is shown once, one of the same words from before does not hide it', () => {
  const before = receive(EMPTY_CHAT, item({ Id: '4', ParticipantRole: 'AGENT', Content: 'Hi' }), NOW);
  const lost = failed(sending(before, 'l-1', 'Hi', '2026-03-02T14:05:00.000Z'), 'l-1', 'no line');

  expect(lines(loaded(lost, [item({ Id: '3', ParticipantRole: 'AGENT', Content: 'Hi' })])).map(({ id }) => id)).toEqual(['4', '3', 'l-1']);
  const arrived = item({ Id: '5', ParticipantRole: 'AGENT', Content: 'Hi', AbsoluteTime: '2026-03-02T14:04:59.000Z' });
  expect(lines(loaded(lost, [arrived])).map(({ id }) => id)).toEqual(['4', '5']);
});

test('delivered and read receipts move a message forward, never back', () => {
  const own = receive(EMPTY_CHAT, item({ Id: '5', ParticipantRole: 'AGENT' }), NOW);
  const receipt = (id: string, name: string) => chatEvent(name, { Id: id, MessageMetadata: { MessageId: '5' } });

  const read = receive(own, receipt('6', 'message.read'), NOW);
  const again = receive(read, receipt('7', 'message.delivered'), NOW);

  expect(lines(receive(own, receipt('6', 'message.delivered'), NOW))).toMatchObject([{ delivery: 'delivered' }]);
  expect(lines(again)).toMatchObject([{ delivery: 'read' }]);
});

test('the customer is typing for six seconds or until the message comes', () => {
  const typing = receive(EMPTY_CHAT, chatEvent('typing'), NOW);

  expect(isTyping(typing, NOW + 5_999)).toBe(true);
  expect(isTyping(typing, NOW + 6_000)).toBe(false);
  expect(isTyping(receive(typing, item(), NOW), NOW)).toBe(false);
  expect(lines(typing)).toEqual([]);
});

test('our own typing is not shown to us', () => {
  expect(isTyping(receive(EMPTY_CHAT, chatEvent('typing', { ParticipantRole: 'AGENT' }), NOW), NOW)).toBe(false);
});

test('a customer who left is noticed, an agent who left is not the customer', () => {
  expect(hasCustomerLeft(receive(EMPTY_CHAT, chatEvent('participant.left', { ParticipantRole: 'AGENT' }), NOW))).toBe(false);
  expect(hasCustomerLeft(receive(EMPTY_CHAT, chatEvent('participant.left'), NOW))).toBe(true);
  expect(texts(receive(EMPTY_CHAT, chatEvent('participant.left'), NOW))).toEqual(['Ana left']);
});

test('what the center itself says is not signed with a technical name', () => {
  const chat = receive(EMPTY_CHAT, item({ ParticipantRole: 'SYSTEM', DisplayName: 'SYSTEM_MESSAGE' }), NOW);

  expect(lines(chat)).toMatchObject([{ who: 'system', name: 'Center' }]);
});

test('an event nobody needs to see is not shown', () => {
  expect(lines(receive(EMPTY_CHAT, chatEvent('connection.acknowledged'), NOW))).toEqual([]);
});

test('a view and its answer are read as what was asked and what was said', () => {
  const type = 'application/vnd.amazonaws.connect.message.interactive';
  const view = { Content: { Template: { Head: { Title: 'Your order' }, Body: ['Which one?'] } } };
  const shown = item({ Id: 'v', ParticipantRole: 'SYSTEM', ContentType: type, Content: JSON.stringify({ templateType: 'ViewResource', data: { content: view } }) });
  const answer = item({ Id: 'a', AbsoluteTime: '2026-03-02T14:00:05.000Z', ContentType: `${type}.response`, Content: JSON.stringify({ action: 'Submit', data: { FormData: { order: '7' } } }) });

  expect(lines(loaded(EMPTY_CHAT, [shown, answer])).map((line) => line.text)).toEqual(['Shown to the customer: Your order', 'order: 7']);
});
