/** One WebSocket that is opened again whenever it falls, with a heartbeat that notices a dead line. */

export type SocketState = 'connecting' | 'open' | 'waiting' | 'closed';

/** What the client needs of a WebSocket; the browser's own has it. */
export interface RawSocket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

export interface SocketOptions {
  /** The address to open, token and all; asked anew for every attempt. */
  url: () => Promise<string>;
  open?: (url: string) => RawSocket;
  random?: () => number;
  heartbeatMs?: number;
}

type Listener = (content: unknown) => void;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const UNANSWERED_LIMIT = 2;

/** How long to wait before attempt n (from 0): doubling, capped, and spread so that a thousand desks do not return at once. */
export function backoff(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.round(full * (0.5 + random / 2));
}

export class TopicSocket {
  readonly #url: () => Promise<string>;
  readonly #open: (url: string) => RawSocket;
  readonly #random: () => number;
  readonly #heartbeatMs: number;
  readonly #topics = new Map<string, Set<Listener>>();
  readonly #watchers = new Set<(state: SocketState) => void>();
  #state: SocketState = 'closed';
  #socket: RawSocket | null = null;
  #attempt = 0;
  #epoch = 0; // which life of the socket a late callback belongs to
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #unanswered = 0;

  constructor(options: SocketOptions) {
    this.#url = options.url;
    this.#open = options.open ?? ((url) => new WebSocket(url) as RawSocket);
    this.#random = options.random ?? Math.random;
    this.#heartbeatMs = options.heartbeatMs ?? 10_000;
  }

  get state(): SocketState {
    return this.#state;
  }

  start(): void {
    if (this.#state !== 'closed') return;
    this.#attempt = 0;
    void this.#connect();
  }

  /** Ends for good; `start` begins again. */
  stop(): void {
    this.#drop();
    this.#become('closed');
  }

  /** Tries at once instead of at the end of the pause, e.g. when the browser says it is online again. */
  retryNow(): void {
    if (this.#state !== 'waiting') return;
    clearTimeout(this.#retry);
    this.#attempt = 0;
    void this.#connect();
  }

  /** Sends a frame; false when there is no open line, and nothing was sent. */
  send(topic: string, content: unknown): boolean {
    if (this.#state !== 'open' || !this.#socket) return false;
    this.#socket.send(JSON.stringify({ topic, content }));
    return true;
  }

  on(topic: string, listener: Listener): () => void {
    const listeners = this.#topics.get(topic) ?? new Set<Listener>();
    this.#topics.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  onState(watcher: (state: SocketState) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async #connect(): Promise<void> {
    const epoch = ++this.#epoch;
    this.#become('connecting');
    let url: string;
    try {
      url = await this.#url();
    } catch {
      // No token just now (the pool cannot be reached): as good as a line that fell.
      if (epoch === this.#epoch) this.#later();
      return;
    }
    if (epoch !== this.#epoch) return;
    const socket = this.#open(url);
    this.#socket = socket;
    socket.onopen = () => this.#opened(epoch);
    socket.onmessage = (event) => this.#received(epoch, event.data);
    socket.onclose = () => this.#fell(epoch);
  }

  #opened(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#attempt = 0;
    this.#unanswered = 0;
    this.#heartbeat = setInterval(() => this.#beat(), this.#heartbeatMs);
    this.#become('open');
  }

  #received(epoch: number, data: unknown): void {
    if (epoch !== this.#epoch) return;
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.topic === 'aws/heartbeat') this.#unanswered = 0;
    for (const listener of this.#topics.get(frame.topic) ?? []) listener(frame.content);
  }

  #fell(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#drop();
    this.#later();
  }

  #beat(): void {
    if (this.#unanswered >= UNANSWERED_LIMIT) {
      // The line is dead even if the browser has not noticed. One late echo is forgiven: a cold server can take that long.
      this.#drop();
      this.#later();
      return;
    }
    this.#unanswered++;
    this.send('aws/heartbeat', {});
  }

  #later(): void {
    const delay = backoff(this.#attempt++, this.#random());
    this.#become('waiting');
    this.#retry = setTimeout(() => void this.#connect(), delay);
  }

  #drop(): void {
    this.#epoch++;
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #become(state: SocketState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }
}

function parseFrame(data: unknown): { topic: string; content: unknown } | null {
  if (typeof data !== 'string') return null;
  try {
    const frame = JSON.parse(data) as { topic?: unknown; content?: unknown } | null;
    return typeof frame?.topic === 'string' ? { topic: frame.topic, content: frame.content } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
