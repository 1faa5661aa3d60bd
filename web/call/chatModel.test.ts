import { describe, expect, it } from 'vitest';
import { INTERACTIVE, INTERACTIVE_RESPONSE } from '../src/views/view';
import { answering, failed, left, noChat, openView, readItem, sending, sent, withItem, type Chat, type Item } from './chatModel';

const open: Chat = { ...noChat, phase: 'open' };
const at = (second: number): string => `2026-03-02T14:00:0${second}.000Z`;
const message = (id: string, second: number, role = 'AGENT'): Item => ({
  Id: id,
  Type: 'MESSAGE',
  ContentType: 'text/plain',
  Content: `text ${id}`,
  AbsoluteTime: at(second),
  DisplayName: 'Ben',
  ParticipantRole: role,
});
const event = (id: string, name: string): Item => ({
  ...message(id, 5),
  Type: 'EVENT',
  ContentType: `application/vnd.amazonaws.connect.event.${name}`,
});
const all = (items: Item[], chat = open): Chat => items.reduce((known, item) => withItem(known, item, 0), chat);
const texts = (chat: Chat): string[] => chat.lines.map((line) => line.text);

describe('a chat', () => {
  it('is in order of time, however its messages came', () => {
    expect(texts(all([message('b', 2), message('a', 1)]))).toEqual(['text a', 'text b']);
  });

  it('holds a message once, though socket and transcript both bring it', () => {
    expect(all([message('a', 1), message('a', 1)]).lines.length).toBe(1);
  });

  it('tells one’s own messages from the others’', () => {
    const lines = all([message('a', 1), message('b', 2, 'CUSTOMER')]).lines;
    expect(lines.map(({ who, state }) => [who, state])).toEqual([
      ['them', null],
      ['me', 'sent'],
    ]);
  });

  it('notes who comes and goes, and ends', () => {
    const chat = all([event('j', 'participant.joined'), event('e', 'chat.ended')]);
    expect(texts(chat)).toEqual(['Ben joined the chat.', 'The chat has ended.']);
    expect(chat.phase).toBe('ended');
  });

  it('shows that the agent types until the message is there', () => {
    const typing = withItem(open, event('t', 'typing'), 1000);
    expect(typing.typing).toEqual({ name: 'Ben', until: 9000 });
    expect(withItem(typing, message('a', 6), 2000).typing).toBeNull();
  });

  it('names people, not the machine', () => {
    expect(all([message('a', 1, 'SYSTEM')]).lines[0]?.name).toBe('');
  });

  it('that the customer ended says so', () => {
    expect(left(all([message('a', 1)]), at(2))).toMatchObject({ phase: 'ended', lines: [{}, { text: 'You ended the chat.' }] });
  });

  it('ignores events that mean nothing to the customer', () => {
    expect(all([event('d', 'message.delivered')])).toEqual(open);
  });
});

describe('a message of one’s own', () => {
  const sentOff = sending(all([message('a', 1)]), 'local', 'hi', at(2));

  it('stands at the end at once', () => {
    expect(sentOff.lines.at(-1)).toMatchObject({ text: 'hi', state: 'sending' });
    expect(texts(withItem(sentOff, message('b', 3), 0))).toEqual(['text a', 'text b', 'hi']);
  });

  it('is there once when the answer comes after the socket’s copy', () => {
    const echoed = withItem(sentOff, { ...message('real', 2, 'CUSTOMER'), Content: 'hi' }, 0);
    expect(texts(sent(echoed, 'local', 'real', at(2)))).toEqual(['text a', 'hi']);
  });

  it('is there once when the answer comes first', () => {
    const answered = sent(sentOff, 'local', 'real', at(2));
    const chat = withItem(answered, { ...message('real', 2, 'CUSTOMER'), Content: 'hi' }, 0);
    expect(texts(chat)).toEqual(['text a', 'hi']);
  });

  it('that failed says so and can be sent again', () => {
    const chat = failed(sentOff, 'local');
    expect(chat.lines.at(-1)?.state).toBe('failed');
    expect(sending(chat, 'local', 'hi', at(4)).lines.filter((line) => line.id === 'local').length).toBe(1);
  });
});

describe('reading items', () => {
  it('takes a JSON text or an object, and nothing else', () => {
    expect(readItem(JSON.stringify(message('a', 1)))?.Id).toBe('a');
    expect(readItem(message('a', 1))?.Id).toBe('a');
    for (const raw of ['{', '3', null, 7, { Id: 'x' }]) expect(readItem(raw)).toBeNull();
  });
});

describe('a view', () => {
  const content = JSON.stringify({ templateType: 'ViewResource', data: { content: { Content: { Template: { Body: [{ Type: 'Confirmation', Props: { Heading: 'Sure?' } }] } } } } });
  const shown = (id: string, second: number): Item => ({ ...message(id, second, 'SYSTEM'), ContentType: INTERACTIVE, Content: content });
  const answer = JSON.stringify({ templateType: 'ViewResource', action: 'Next', data: {} });

  it('can be answered while it is the last that was shown', () => {
    expect(openView(all([shown('a', 1), message('b', 2), shown('c', 3)]))?.id).toBe('c');
    expect(openView(all([message('b', 2)]))).toBeNull();
  });

  it('is answered once, unless the answer did not get through', () => {
    const chat = answering(all([shown('a', 1)]), 'local', answer, at(2));
    expect(openView(chat)).toBeNull();
    expect(chat.lines.at(-1)).toMatchObject({ text: 'Confirmed', state: 'sending', answer });
    expect(openView(failed(chat, 'local'))?.id).toBe('a');
  });

  it('stays answered when the page reads the transcript again', () => {
    const answered: Item = { ...message('b', 2, 'CUSTOMER'), ContentType: INTERACTIVE_RESPONSE, Content: answer };
    expect(openView(all([shown('a', 1), answered]))).toBeNull();
    expect(texts(all([shown('a', 1), answered]))).toEqual(['Sure?', 'Confirmed']);
  });

  it('that comes before the server has taken the answer to the one before is open at once, and stays so', () => {
    const early = withItem(answering(all([shown('a', 1)]), 'local', answer, at(2)), shown('b', 3), 0);
    expect(openView(early)?.id).toBe('b');
    const echo: Item = { ...message('real', 2, 'CUSTOMER'), ContentType: INTERACTIVE_RESPONSE, Content: answer };
    for (const chat of [sent(early, 'local', 'real', at(2)), sent(early, 'local', 'real', at(3)), withItem(early, echo, 0)]) {
      expect(openView(chat)?.id).toBe('b');
    }
  });

  it('is open again when its answer is refused, even if a copy of it came over the socket', () => {
    const echo: Item = { ...message('real', 2, 'CUSTOMER'), ContentType: INTERACTIVE_RESPONSE, Content: answer };
    const refused = failed(withItem(answering(all([shown('a', 1)]), 'local', answer, at(2)), echo, 0), 'local');
    expect(openView(refused)?.id).toBe('a');

    const again = answering(refused, 'local', answer, at(3));
    expect(openView(again)).toBeNull();
    const taken = sent(again, 'local', 'real', at(2));
    expect([openView(taken), texts(taken)]).toEqual([null, ['Sure?', 'Confirmed']]);
    expect(openView(withItem(taken, echo, 0))).toBeNull();
  });

  it('that is answered anew no longer shows the answer that was refused', () => {
    const refused = failed(sending(failed(answering(all([shown('a', 1)]), 'first', answer, at(2)), 'first'), 'words', 'hi', at(3)), 'words');
    expect(answering(refused, 'second', answer, at(4)).lines.map(({ id }) => id)).toEqual(['a', 'words', 'second']);
  });

  it('of a chat that has ended is not answered any more', () => {
    expect(openView(all([shown('a', 1), event('e', 'chat.ended')]))).toBeNull();
  });
});
