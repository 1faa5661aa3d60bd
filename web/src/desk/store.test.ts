import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TopicSocket } from '../api/socket';
import type { Item } from '../api/types';
import { agent, contact, event, item, NOW, SETUP, snapshot } from '../testing/samples';
import { FakeSockets } from '../testing/sockets';
import { FakeSpeaker } from '../testing/speaker';
import { lines } from './chat';
import { DeskStore, type Drafts } from './store';

const DESK = 'trunkline/desk';
const CHAT = contact({ channel: 'CHAT' });

class MemoryDrafts implements Drafts {
  readonly kept = new Map<string, string>();
  getItem = (key: string): string | null => this.kept.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.kept.set(key, value);
  removeItem = (key: string): void => void this.kept.delete(key);
}

let sockets: FakeSockets;
let drafts: MemoryDrafts;
let transcript: Item[];
let speaker: FakeSpeaker | null;
let stores: { store: DeskStore; socket: TopicSocket }[];

async function desk(): Promise<DeskStore> {
  const socket = new TopicSocket({ url: () => Promise.resolve('ws://center/ws'), open: sockets.open, random: () => 1 });
  const store = new DeskStore({ socket, api: { transcript: () => Promise.resolve(transcript) }, setup: SETUP, drafts, createSpeaker: () => (speaker = new FakeSpeaker()), now: () => NOW });
  stores.push({ store, socket });
  socket.start();
  await vi.advanceTimersByTimeAsync(0);
  sockets.last.opens();
  return store;
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = new FakeSockets();
  drafts = new MemoryDrafts();
  transcript = [];
  speaker = null;
  stores = [];
});

afterEach(() => {
  for (const { store, socket } of stores) {
    store.close();
    socket.stop();
  }
  vi.useRealTimers();
});

const says = (message: unknown): void => sockets.last.says(DESK, message);
const commands = (type: string): Record<string, unknown>[] => sockets.last.on(DESK).filter((command) => command.type === type);
const reply = (ok: boolean, message = 'no'): void =>
  says({ type: 'reply', requestId: sockets.last.on(DESK).at(-1)?.requestId, ok, ...(ok ? {} : { error: { message } }) });

test('a reload loses nothing of what was typed into the wrap-up', async () => {
  const before = await desk();
  says(snapshot(1, agent([contact({ state: 'ENDED' })])));
  before.editWrapUp('c-1', { ...before.view().wrapUps['c-1']!, disposition: 'sale', note: 'half a sent' });

  const after = await desk();
  says(snapshot(1, agent([contact({ state: 'ENDED' })])));

  expect(after.view().wrapUps['c-1']).toMatchObject({ disposition: 'sale', note: 'half a sent' });
});

test('a completed contact takes its drafts with it', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact({ state: 'ENDED' })])));
  store.editWrapUp('c-1', { ...store.view().wrapUps['c-1']!, note: 'done' });

  says(event(2, 'ContactCompleted', agent()));

  expect(store.view().wrapUps).toEqual({});
  expect(drafts.kept.size).toBe(0);
});

test('a note that the center did not take comes back to the agent when the time is over', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact({ state: 'ENDED' })])));
  store.editWrapUp('c-1', { ...store.view().wrapUps['c-1']!, note: 'wants a call on Monday' });

  says(event(2, 'ContactCompleted', agent(), { contactId: 'c-1' }));

  expect(store.view().desk.notices).toMatchObject([{ type: 'warning', written: 'wants a call on Monday' }]);
});

test('a note that the center took does not come back, whichever of answer and event is first', async () => {
  for (const isAnswerFirst of [true, false]) {
    const store = await desk();
    says(snapshot(1, agent([contact({ state: 'ENDED' })])));
    store.editWrapUp('c-1', { ...store.view().wrapUps['c-1']!, disposition: 'sale', note: 'done' });

    const done = store.complete('c-1');
    const id = sockets.last.on(DESK).at(-1)?.requestId;
    const answer = (): void => says({ type: 'reply', requestId: id, ok: true });
    if (isAnswerFirst) answer();
    await vi.advanceTimersByTimeAsync(0);
    says(event(2, 'ContactCompleted', agent(), { contactId: 'c-1' }));
    if (!isAnswerFirst) answer();

    expect(await done).toBe(true);
    expect(store.view().desk.notices).toEqual([]);
  }
});

test('a note that came too late comes back, too', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact({ state: 'ENDED' })])));
  store.editWrapUp('c-1', { ...store.view().wrapUps['c-1']!, disposition: 'sale', note: 'too late' });

  const done = store.complete('c-1');
  const id = sockets.last.on(DESK).at(-1)?.requestId;
  says(event(2, 'ContactCompleted', agent(), { contactId: 'c-1' }));
  says({ type: 'reply', requestId: id, ok: false, error: { message: 'it is over' } });

  expect(await done).toBe(false);
  expect(store.view().desk.notices.map(({ written }) => written)).toContain('too late');
});

test('an incomplete wrap-up is not sent', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact({ state: 'ENDED' })])));

  expect(await store.complete('c-1')).toBe(false);
  expect(commands('complete')).toEqual([]);
});

test('pressing Complete twice sends it once, and a refusal keeps the draft and says why', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact({ state: 'ENDED' })])));
  store.editWrapUp('c-1', { ...store.view().wrapUps['c-1']!, disposition: 'gone' });

  const first = store.complete('c-1');
  const second = store.complete('c-1');
  reply(false, "disposition 'gone' is not one of sale");

  expect(await Promise.all([first, second])).toEqual([false, false]);
  expect(commands('complete')).toHaveLength(1);
  expect(store.view().desk.notices.map(({ text }) => text)).toEqual(["disposition 'gone' is not one of sale"]);
  expect(store.view().wrapUps['c-1']?.disposition).toBe('gone');
});

test('accepting names the offer', async () => {
  const store = await desk();
  const ringing = contact({ state: 'CONNECTING', offerId: 'o-7' });
  says(snapshot(1, agent([ringing])));

  const done = store.accept(ringing);
  reply(true);

  expect(await done).toBe(true);
  expect(commands('accept')).toMatchObject([{ contactId: 'c-1', offerId: 'o-7' }]);
});

test('a line that comes before the desk is there does not hide what was said before', async () => {
  transcript = [item({ Id: '1', Content: 'I need help' })];
  const store = await desk();
  sockets.last.says('aws/chat', JSON.stringify(item({ Id: '2', Content: 'Hello?', AbsoluteTime: '2026-03-02T14:00:09.000Z' })));

  says(snapshot(1, agent([CHAT])));
  await vi.advanceTimersByTimeAsync(0);

  expect(lines(store.view().chats['c-1']!).map(({ text }) => text)).toEqual(['I need help', 'Hello?']);
});

test('a chat that is answered brings what was said before', async () => {
  transcript = [item({ Id: '1', Content: 'I need help' })];
  const store = await desk();

  says(snapshot(1, agent([CHAT])));
  await vi.advanceTimersByTimeAsync(0);

  expect(lines(store.view().chats['c-1']!)).toMatchObject([{ text: 'I need help' }]);
});

test('chat lines that came while the line was down are fetched', async () => {
  const store = await desk();
  says(snapshot(1, agent([CHAT])));
  await vi.advanceTimersByTimeAsync(0);

  transcript = [item({ Id: '2', Content: 'Are you there?' })];
  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(500);
  sockets.last.opens();
  await vi.advanceTimersByTimeAsync(0);

  expect(lines(store.view().chats['c-1']!)).toMatchObject([{ text: 'Are you there?' }]);
});

test('messages of a chat that is not open are counted until it is opened', async () => {
  const store = await desk();
  says(snapshot(1, agent([CHAT, contact({ contactId: 'c-2', channel: 'CHAT' })])));
  const hears = (part: Partial<Item>): void => sockets.last.says('aws/chat', JSON.stringify(item(part)));

  hears({ Id: '1', ContactId: 'c-1' });
  hears({ Id: '2', ContactId: 'c-2' });
  hears({ Id: '3', ContactId: 'c-2' });
  hears({ Id: '4', ContactId: 'c-2', ParticipantRole: 'SYSTEM' });
  expect(store.view().unread).toEqual({ 'c-2': 2 });

  store.select('c-2');
  expect(store.view().unread).toEqual({});
});

test('a message that fails is sent again under the same request, so that it arrives once', async () => {
  const store = await desk();
  says(snapshot(1, agent([CHAT])));
  const first = store.sendChat('c-1', 'Hi', 'l-1');
  reply(false, 'too busy');
  await first;
  expect(lines(store.view().chats['c-1']!)).toMatchObject([{ delivery: 'failed', reason: 'too busy' }]);

  const second = store.sendChat('c-1', 'Hi', 'l-1');
  reply(true);
  await second;

  expect(commands('chat').map(({ requestId }) => requestId)).toEqual(['l-1', 'l-1']);
  expect(lines(store.view().chats['c-1']!)).toMatchObject([{ delivery: 'sent' }]);
});

test('typing is told at most every three seconds', async () => {
  const store = await desk();
  says(snapshot(1, agent([CHAT])));

  for (const text of ['H', 'He', 'Hel']) store.typeChat('c-1', text);

  expect(commands('typing')).toHaveLength(1);
  expect(store.view().chatDrafts['c-1']).toBe('Hel');
});

test('a desk that was taken over stays closed', async () => {
  const store = await desk();
  says(snapshot(1));

  says({ type: 'event', seq: 1, kind: 'SignedInElsewhere' });
  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(store.view()).toMatchObject({ connection: 'closed', desk: { isSignedInElsewhere: true } });
  expect(sockets.opened).toHaveLength(1);
});

const prompt = (text: string): object => ({ do: 'play', prompts: [{ text, audioUrl: null, language: 'en-US' }] });
const turn = (seq: number, leg: 'AGENT' | 'GUIDE', ...commands: object[]): object => ({ type: 'turn', contactId: 'c-1', leg, seq, commands });
const told = (type: string): Record<string, unknown>[] => sockets.last.on(DESK).filter((command) => command.type === type);

test('a whisper is heard and read, and the server learns when it is over', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact({ isJoined: false })])));
  says(turn(1, 'AGENT', prompt('A call for Sales'), { do: 'drain', wait: 4 }));
  expect(store.view().whispers).toEqual({ 'c-1': ['A call for Sales'] });
  expect(told('played')).toEqual([]);
  speaker!.heard();

  expect(told('played')).toMatchObject([{ contactId: 'c-1', wait: 4 }]);
});

test('the same whisper sent again after a reconnect is not played twice', async () => {
  await desk();
  says(snapshot(1, agent([contact({ isJoined: false })])));
  says(turn(1, 'AGENT', prompt('once')));
  says(turn(1, 'AGENT', prompt('once')));

  expect(speaker!.log).toEqual(['speak once']);
});

test('on a chat a whisper is read, not heard', async () => {
  const store = await desk();
  says(snapshot(1, agent([CHAT])));
  says(turn(1, 'AGENT', prompt('A gold customer'), { do: 'drain', wait: 2 }));
  await vi.advanceTimersByTimeAsync(0);

  expect(store.view().whispers['c-1']).toEqual(['A gold customer']);
  expect([speaker, told('played').length]).toEqual([null, 1]);
});

test('what an agent on hold hears ends with the contact', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact({ isJoined: false, held: 'AGENT' })])));
  says(turn(1, 'AGENT', { do: 'hold' }, { do: 'loop', wait: 1, prompts: [], interruptSeconds: null }));
  says(event(2, 'ContactCompleted', agent([])));

  expect(speaker!.log).toEqual(['music', 'close']);
  expect(store.view().whispers).toEqual({});
});

test('the page of a guide is shown until the flow goes on, and answered by its number', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact()])));
  const view = { Content: { Actions: ['Next'], Template: { Body: [{ Type: 'Confirmation', Props: { Heading: 'Ask for the name' } }] } } };
  says(turn(1, 'GUIDE', { do: 'view', wait: 7, view }));
  const guide = store.view().guides['c-1']!;
  expect(guide.view.title).toBe('Ask for the name');
  void store.act('c-1', guide, { action: 'Next', data: {} });
  expect(told('acted')).toMatchObject([{ contactId: 'c-1', wait: 7, action: 'Next', data: {} }]);
  says(turn(2, 'GUIDE', { do: 'wait' }));

  expect(store.view().guides).toEqual({});
});

test('hold and resume are asked of the server, one at a time', async () => {
  const store = await desk();
  says(snapshot(1, agent([contact()])));
  void store.hold('c-1', true);
  void store.hold('c-1', true);

  expect(told('hold')).toMatchObject([{ contactId: 'c-1' }]);
});
