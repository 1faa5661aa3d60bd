import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeSockets } from '../testing/sockets';
import { backoff, TopicSocket, type SocketState } from './socket';

let sockets: FakeSockets;
let socket: TopicSocket;
let states: SocketState[];

beforeEach(() => {
  vi.useFakeTimers();
  sockets = new FakeSockets();
  states = [];
  socket = new TopicSocket({ url: () => Promise.resolve('ws://center/ws?token=t'), open: sockets.open, random: () => 1 });
  socket.onState((state) => states.push(state));
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

async function connected(): Promise<void> {
  socket.start();
  await vi.advanceTimersByTimeAsync(0);
  sockets.last.opens();
}

test('frames go out under their topic and come in to who listens to it', async () => {
  await connected();
  const heard: unknown[] = [];
  socket.on('trunkline/desk', (content) => heard.push(content));

  const isSent = socket.send('trunkline/desk', { type: 'hello' });
  sockets.last.says('trunkline/desk', { type: 'reply' });
  sockets.last.says('aws/chat', 'not for this listener');

  expect(isSent).toBe(true);
  expect(sockets.last.sent).toEqual([{ topic: 'trunkline/desk', content: { type: 'hello' } }]);
  expect(heard).toEqual([{ type: 'reply' }]);
});

test('nothing is sent without an open line', () => {
  expect(socket.send('trunkline/desk', {})).toBe(false);
});

test('a line that falls is opened again, later each time', async () => {
  await connected();

  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(499);
  expect(sockets.opened).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sockets.opened).toHaveLength(2);

  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(999);
  expect(sockets.opened).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(sockets.opened).toHaveLength(3);
});

test('after a good connection the pauses start small again', async () => {
  await connected();
  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(500);
  sockets.last.opens();

  sockets.last.falls();
  await vi.advanceTimersByTimeAsync(500);

  expect(sockets.opened).toHaveLength(3);
});

test('pauses double, are capped, and are spread between desks', () => {
  expect([0, 1, 2, 10].map((attempt) => backoff(attempt, 1))).toEqual([500, 1000, 2000, 15_000]);
  expect(backoff(10, 0)).toBe(7_500);
});

test('a heartbeat goes out every ten seconds', async () => {
  await connected();

  await vi.advanceTimersByTimeAsync(10_000);
  sockets.last.says('aws/heartbeat', {});
  await vi.advanceTimersByTimeAsync(10_000);

  expect(sockets.last.on('aws/heartbeat')).toHaveLength(2);
});

test('a line that does not echo is dropped and opened again, although the browser still thinks it is open', async () => {
  await connected();
  const dead = sockets.last;

  await vi.advanceTimersByTimeAsync(30_000);
  expect(dead.isClosed).toBe(true);
  expect(socket.state).toBe('waiting');
  await vi.advanceTimersByTimeAsync(500);

  expect(sockets.opened).toHaveLength(2);
});

test('one late echo does not cost the line', async () => {
  await connected();

  await vi.advanceTimersByTimeAsync(19_000);
  sockets.last.says('aws/heartbeat', {});
  await vi.advanceTimersByTimeAsync(10_000);

  expect(sockets.last.isClosed).toBe(false);
});

test('what a dropped line says later is not heard', async () => {
  await connected();
  const old = sockets.last;
  const say = old.onmessage;
  const heard: unknown[] = [];
  socket.on('trunkline/desk', (content) => heard.push(content));

  await vi.advanceTimersByTimeAsync(30_000);
  say?.({ data: JSON.stringify({ topic: 'trunkline/desk', content: 'late' }) });

  expect(heard).toEqual([]);
});

test('when the browser is online again the pause ends at once', async () => {
  await connected();
  sockets.last.falls();

  socket.retryNow();
  await vi.advanceTimersByTimeAsync(0);

  expect(sockets.opened).toHaveLength(2);
});

test('without a token the line is tried again instead of failing for good', async () => {
  let tries = 0;
  const picky = new TopicSocket({ url: () => (++tries < 2 ? Promise.reject(new Error('pool down')) : Promise.resolve('ws://x')), open: sockets.open, random: () => 1 });
  picky.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(picky.state).toBe('waiting');

  await vi.advanceTimersByTimeAsync(500);

  expect(sockets.opened).toHaveLength(1);
  picky.stop();
});

test('a socket that was stopped stays closed', async () => {
  await connected();

  socket.stop();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(sockets.opened).toHaveLength(1);
  expect(states).toEqual(['connecting', 'open', 'closed']);
});

test('garbage on the line is ignored', async () => {
  await connected();
  const heard: unknown[] = [];
  socket.on('trunkline/desk', (content) => heard.push(content));

  for (const data of ['', 'no json', '[]', 'null', '{"topic":7}']) sockets.last.onmessage?.({ data });

  expect(heard).toEqual([]);
  expect(socket.state).toBe('open');
});
