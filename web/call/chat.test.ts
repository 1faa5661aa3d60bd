import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserChat, type Participate } from './chat';
import { fakeRest, FakeSocket } from './testing';

interface Request {
  path: string;
  bearer: string;
  body: unknown;
}

/** The participant API, with a connection token of its own for every connection. */
class Participants {
  readonly requests: Request[] = [];
  transcript: unknown[] = [];
  isDown = false;
  private connections = 0;

  readonly participate: Participate = <T>(path: string, bearer: string, body: unknown): Promise<T> => {
    this.requests.push({ path, bearer, body });
    if (this.isDown) return Promise.reject(new Error('the chat answered 503'));
    return Promise.resolve(this.answer(path) as T);
  };

  bearers(path: string): string[] {
    return this.requests.filter((request) => request.path === path).map((request) => request.bearer);
  }

  private answer(path: string): unknown {
    if (path === 'connection') {
      this.connections += 1;
      const ConnectionToken = `token ${this.connections}`;
      return { Websocket: { Url: `wss://acme.test/${this.connections}` }, ConnectionCredentials: { ConnectionToken } };
    }
    if (path === 'message') return { Id: 'm-1', AbsoluteTime: '2026-03-02T14:00:01.000Z' };
    return path === 'transcript' ? { Transcript: this.transcript } : {};
  }
}

const ended = {
  Id: 'e-1',
  Type: 'EVENT',
  ContentType: 'application/vnd.amazonaws.connect.event.chat.ended',
  AbsoluteTime: '2026-03-02T14:01:00.000Z',
};

describe('a browser chat', () => {
  let server: Participants;
  let chat: BrowserChat;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
    FakeSocket.all = [];
    server = new Participants();
    const { rest } = fakeRest({ participantToken: 'participant' });
    chat = new BrowserChat(rest, server.participate, () => undefined);
    await chat.start('Ann');
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.opens();
    await vi.advanceTimersByTimeAsync(0);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('connects with its participant token and subscribes', () => {
    expect(server.bearers('connection')).toEqual(['participant']);
    expect(FakeSocket.last.on('aws/subscribe')).toEqual([{ topics: ['aws/chat'] }]);
    expect(chat.chat.phase).toBe('open');
  });

  it('sends with its connection token', async () => {
    await chat.send('hello');
    expect(server.bearers('message')).toEqual(['token 1']);
    expect(chat.chat.lines).toEqual([expect.objectContaining({ id: 'm-1', text: 'hello', state: 'sent' })]);
  });

  it('keeps a message that could not be sent, and sends it again under its own name', async () => {
    server.isDown = true;
    await chat.send('hello', 'local');
    expect(chat.chat.lines).toEqual([expect.objectContaining({ id: 'local', state: 'failed' })]);

    server.isDown = false;
    await chat.send('hello', 'local');

    expect(chat.chat.lines).toEqual([expect.objectContaining({ id: 'm-1', state: 'sent' })]);
  });

  it('makes a new connection for a new line, and reads what was missed', async () => {
    server.transcript = [{ Id: 'm-9', Type: 'MESSAGE', ContentType: 'text/plain', Content: 'still there?', AbsoluteTime: 't' }];
    FakeSocket.last.falls();
    expect(chat.isReconnecting).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.last.opens();
    await vi.advanceTimersByTimeAsync(0);

    expect(server.bearers('transcript')).toEqual(['token 1', 'token 2']);
    expect(chat.chat.lines.map((line) => line.text)).toEqual(['still there?']);
    expect(chat.isReconnecting).toBe(false);
  });

  it('tells that the customer types, but not with every key', async () => {
    chat.typing();
    chat.typing();
    expect(server.bearers('event').length).toBe(1);
    await vi.advanceTimersByTimeAsync(6000);
    chat.typing();
    expect(server.bearers('event').length).toBe(2);
  });

  it('lets go of the line when the center ends it', () => {
    const socket = FakeSocket.last;
    socket.brings('aws/chat', JSON.stringify(ended));
    expect([chat.chat.phase, socket.isClosed]).toEqual(['ended', true]);
  });

  it('is left for good by the customer', async () => {
    await chat.leave();
    expect(server.bearers('disconnect')).toEqual(['token 1']);
    expect([chat.chat.phase, FakeSocket.last.isClosed]).toEqual(['ended', true]);
  });

  it('answers a view as an interactive response, and again under its own name when that failed', async () => {
    server.isDown = true;
    await chat.answer({ action: 'Next', data: {} }, 'local');
    server.isDown = false;
    await chat.again(chat.chat.lines[0]!);

    const bodies = server.requests.filter(({ path }) => path === 'message').map(({ body }) => body);
    const content = '{"templateType":"ViewResource","action":"Next","data":{}}';
    expect(bodies).toEqual(Array(2).fill({ ContentType: 'application/vnd.amazonaws.connect.message.interactive.response', Content: content, ClientToken: 'local' }));
    expect(chat.chat.lines).toEqual([expect.objectContaining({ id: 'm-1', state: 'sent' })]);
  });
});
