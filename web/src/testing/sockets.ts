/** A WebSocket that tests open, feed and drop by hand. */

import type { RawSocket } from '../api/socket';

export class FakeSocket implements RawSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: { topic: string; content: Record<string, unknown> }[] = [];
  isClosed = false;

  constructor(readonly url: string) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data) as { topic: string; content: Record<string, unknown> });
  }

  close(): void {
    this.isClosed = true;
  }

  opens(): void {
    this.onopen?.();
  }

  says(topic: string, content: unknown): void {
    this.onmessage?.({ data: JSON.stringify({ topic, content }) });
  }

  falls(): void {
    this.onclose?.({ code: 1006, reason: '' });
  }

  /** What was sent on a topic, oldest first. */
  on(topic: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.topic === topic).map((frame) => frame.content);
  }
}

/** Opens fake sockets and remembers them, the newest last. */
export class FakeSockets {
  readonly opened: FakeSocket[] = [];

  open = (url: string): FakeSocket => {
    const socket = new FakeSocket(url);
    this.opened.push(socket);
    return socket;
  };

  get last(): FakeSocket {
    const socket = this.opened.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}
