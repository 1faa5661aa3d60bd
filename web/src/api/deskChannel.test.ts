import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { agent, event, snapshot } from '../testing/samples';
import { FakeSockets } from '../testing/sockets';
import { CommandError, DeskChannel, place } from './deskChannel';
import { TopicSocket } from './socket';
import type { DeskEvent, DeskSnapshot, DeskTurn } from './types';

const DESK = 'trunkline/desk';

let sockets: FakeSockets;
let socket: TopicSocket;
let channel: DeskChannel;
let taken: (DeskSnapshot | DeskEvent)[];
let isTakenOver: boolean;
let turns: DeskTurn[];

beforeEach(async () => {
  vi.useFakeTimers();
  sockets = new FakeSockets();
  taken = [];
  isTakenOver = false;
  turns = [];
  let ids = 0;
  socket = new TopicSocket({ url: () => Promise.resolve('ws://center/ws'), open: sockets.open, random: () => 1 });
  channel = new DeskChannel({
    socket,
    onSnapshot: (each) => taken.push(each),
    onEvent: (each) => taken.push(each),
    onTakenOver: () => (isTakenOver = true),
    onTurn: (turn) => turns.push(turn),
    newId: () => `r-${++ids}`,
  });
  socket.start();
  await vi.advanceTimersByTimeAsync(0);
  sockets.last.opens();
});

afterEach(() => {
  channel.close();
  socket.stop();
  vi.useRealTimers();
});

const hellos = (): unknown[] => sockets.last.on(DESK).filter(({ type }) => type === 'hello').map(({ after }) => after);
const seqs = (): number[] => taken.map(({ seq }) => seq);
const says = (message: unknown): void => sockets.last.says(DESK, message);

test('a fresh desk asks for everything and for chat', () => {
  expect(hellos()).toEqual([0]);
  expect(sockets.last.on('aws/subscribe')).toEqual([{ topics: ['aws/chat'] }]);
});

test('an event is dropped, taken or shows a gap by its number', () => {
  expect([place(5, 4), place(5, 5), place(5, 6), place(5, 7)]).toEqual(['drop', 'drop', 'take', 'gap']);
});

test('each event is taken once, in order', () => {
  says(snapshot(41));
  says(event(42, 'StatusChanged', agent()));
  says(event(42, 'StatusChanged', agent()));
  says(event(41, 'StatusChanged', agent()));
  says(event(43, 'StatusChanged', agent()));

  expect(seqs()).toEqual([41, 42, 43]);
});

test('a gap is asked for once and nothing is taken out of order', () => {
  says(snapshot(41));
  says(event(44, 'StatusChanged', agent()));
  says(event(45, 'StatusChanged', agent()));
  expect(hellos()).toEqual([0, 41]);

  for (const seq of [42, 43, 44, 45]) says(event(seq, 'StatusChanged', agent()));

  expect(seqs()).toEqual([41, 42, 43, 44, 45]);
});

test('a gap whose answer got lost is asked for again', async () => {
  says(snapshot(41));
  says(event(44, 'StatusChanged', agent()));
  await vi.advanceTimersByTimeAsync(5_000);

  says(event(45, 'StatusChanged', agent()));

  expect(hellos()).toEqual([0, 41, 41]);
});

test('a question without an answer is asked again, ever more slowly', async () => {
  await vi.advanceTimersByTimeAsync(5_000);
  expect(hellos()).toEqual([0, 0]);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(hellos()).toEqual([0, 0]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hellos()).toEqual([0, 0, 0]);
});

test('a question that was answered is not asked again', async () => {
  says(snapshot(41));

  await vi.advanceTimersByTimeAsync(15_000);

  expect(hellos()).toEqual([0]);
});

test('a desk that has missed nothing is content with a bare answer, a fresh one is not', async () => {
  const answered = (): void => says({ type: 'reply', requestId: sockets.last.on(DESK).at(-1)?.requestId, ok: true });
  answered();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(hellos()).toEqual([0, 0]);
  says(snapshot(41));
  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(500);
  sockets.last.opens();

  answered();
  await vi.advanceTimersByTimeAsync(5_000);

  expect(hellos()).toEqual([41]);
});

test('a question that was refused is asked again', async () => {
  says({ type: 'reply', requestId: sockets.last.on(DESK).at(-1)?.requestId, ok: false, error: { message: 'try again' } });

  await vi.advanceTimersByTimeAsync(5_000);

  expect(hellos()).toEqual([0, 0]);
});

test('after the line was down the desk asks for what came after its last event', async () => {
  says(snapshot(41));
  says(event(42, 'StatusChanged', agent()));

  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(500);
  sockets.last.opens();

  expect(hellos()).toEqual([42]);
});

test('a command is answered by the reply with its id', async () => {
  const done = channel.command({ type: 'status', name: 'Available' });

  says({ type: 'reply', requestId: 'other', ok: false });
  says({ type: 'reply', requestId: sockets.last.on(DESK).at(-1)?.requestId, ok: true });

  await expect(done).resolves.toMatchObject({ ok: true });
});

test('a refused command rejects with the words and the field of the server', async () => {
  const done = channel.command({ type: 'status', name: 'Nap' });

  says({ type: 'reply', requestId: sockets.last.on(DESK).at(-1)?.requestId, ok: false, error: { message: "status 'Nap' is not one of Available", field: 'name' } });

  await expect(done).rejects.toMatchObject({ message: "status 'Nap' is not one of Available", field: 'name' });
});

test('a frame that was refused as a whole rejects its command', async () => {
  const done = channel.command({ type: 'hangup', contactId: 'c-1' });

  sockets.last.says('trunkline/error', { requestId: sockets.last.on(DESK).at(-1)?.requestId, message: 'contactId: not a string', field: 'contactId' });

  await expect(done).rejects.toThrow('contactId: not a string');
});

test('a command without an answer fails after ten seconds', async () => {
  const done = channel.command({ type: 'hangup', contactId: 'c-1' });
  const failed = expect(done).rejects.toThrow('did not answer');

  await vi.advanceTimersByTimeAsync(10_000);

  await failed;
});

test('commands under way fail when the line falls, and new ones at once', async () => {
  const done = channel.command({ type: 'hangup', contactId: 'c-1' });
  const failed = expect(done).rejects.toThrow(CommandError);

  sockets.last.falls();

  await failed;
  await expect(channel.command({ type: 'hangup', contactId: 'c-1' })).rejects.toThrow('not connected');
});

test('whoever sends again may keep the id, so that it is done once', () => {
  void channel.command({ type: 'chat', contactId: 'c-1', content: 'Hi' }, 'mine').catch(() => undefined);

  expect(sockets.last.on(DESK).at(-1)).toMatchObject({ type: 'chat', requestId: 'mine' });
});

test('the last word to a desk that was replaced is heard whatever its number', () => {
  says(snapshot(41));

  says({ type: 'event', seq: 41, kind: 'SignedInElsewhere' });

  expect(isTakenOver).toBe(true);
  expect(seqs()).toEqual([41]);
});

test('turns of flows are handed on, outside of the numbering of events', () => {
  says(snapshot(5));
  const turn: DeskTurn = { type: 'turn', contactId: 'c-1', leg: 'AGENT', seq: 2, commands: [] };
  says(turn);
  says(event(6, 'StatusChanged', agent()));

  expect(turns).toEqual([turn]);
  expect(seqs()).toEqual([5, 6]);
});
