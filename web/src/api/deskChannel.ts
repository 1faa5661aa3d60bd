/** The agent desk's topic: events in order without gaps, and commands that are answered. */

import type { TopicSocket } from './socket';
import type { DeskCommand, DeskEvent, DeskMessage, DeskReply, DeskSnapshot, DeskTurn } from './types';

const TOPIC = 'trunkline/desk';
const ANSWER_MS = 10_000;
const CATCH_UP_MS = 5_000;
const LONGEST_CATCH_UP_MS = 40_000;

/** A command the server refused, or one whose answer never came. */
export class CommandError extends Error {
  readonly field: string | null;

  constructor(message: string, field: string | null = null) {
    super(message);
    this.name = 'CommandError';
    this.field = field;
  }
}

/** What to do with an event that carries this number, after the last one that was taken. */
export function place(last: number, seq: number): 'take' | 'drop' | 'gap' {
  if (seq <= last) return 'drop';
  return seq === last + 1 ? 'take' : 'gap';
}

interface Pending {
  resolve: (reply: DeskReply) => void;
  reject: (error: CommandError) => void;
  timer: ReturnType<typeof setTimeout>;
}

export interface DeskChannelOptions {
  socket: TopicSocket;
  onSnapshot: (snapshot: DeskSnapshot) => void;
  onEvent: (event: DeskEvent) => void;
  onTakenOver: () => void;
  onTurn: (turn: DeskTurn) => void;
  newId?: () => string;
}

export class DeskChannel {
  readonly #socket: TopicSocket;
  readonly #options: DeskChannelOptions;
  readonly #newId: () => string;
  readonly #pending = new Map<string, Pending>();
  readonly #leave: (() => void)[];
  #last = 0;
  /** The question after what this desk has missed, until it is answered. */
  #asked: { requestId: string; timer: ReturnType<typeof setTimeout> } | null = null;
  #patience = CATCH_UP_MS;

  constructor(options: DeskChannelOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#newId = options.newId ?? (() => crypto.randomUUID());
    this.#leave = [
      this.#socket.on(TOPIC, (content) => this.#received(content as DeskMessage)),
      this.#socket.on('trunkline/error', (content) => this.#refused(content)),
      this.#socket.onState((state) => (state === 'open' ? this.#hello() : this.#lost())),
    ];
  }

  /**
   * Resolves when the server did it; rejects with its reason, or when the line fell before it answered.
   *
   * The server does a request once, however often it comes; whoever may send it again gives its id.
   */
  command(command: DeskCommand, requestId: string = this.#newId()): Promise<DeskReply> {
    if (!this.#socket.send(TOPIC, { ...command, requestId })) {
      return Promise.reject(new CommandError('You are not connected. Nothing was sent; try again when the desk has reconnected.'));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(requestId);
        reject(new CommandError('The center did not answer in time.'));
      }, ANSWER_MS);
      this.#pending.set(requestId, { resolve, reject, timer });
    });
  }

  /** Says something that needs no answer, e.g. that the agent is typing. */
  tell(command: DeskCommand): void {
    this.#socket.send(TOPIC, { ...command, requestId: this.#newId() });
  }

  close(): void {
    for (const leave of this.#leave) leave();
    this.#lost();
  }

  #hello(): void {
    this.#socket.send('aws/subscribe', { topics: ['aws/chat'] });
    this.#askAfterLast();
  }

  /** Whatever is not answered is asked again, ever more slowly: a center in trouble is not helped by a thousand questions. */
  #askAfterLast(): void {
    clearTimeout(this.#asked?.timer);
    const requestId = this.#newId();
    this.#asked = { requestId, timer: setTimeout(() => this.#askAfterLast(), this.#patience) };
    this.#patience = Math.min(2 * this.#patience, LONGEST_CATCH_UP_MS);
    this.#socket.send(TOPIC, { type: 'hello', after: this.#last, requestId });
  }

  #received(message: DeskMessage): void {
    switch (message.type) {
      case 'reply':
        this.#answered(message);
        break;
      case 'snapshot':
        this.#last = message.seq;
        this.#caughtUp();
        this.#options.onSnapshot(message);
        break;
      case 'turn':
        this.#options.onTurn(message);
        break;
      case 'event':
        if (message.kind === 'SignedInElsewhere') this.#options.onTakenOver();
        else this.#happened(message);
    }
  }

  #happened(event: DeskEvent): void {
    const where = place(this.#last, event.seq);
    if (where === 'drop') return;
    if (where === 'gap') {
      // One question is enough: the answer brings everything that is missing, this event with it.
      if (!this.#asked) this.#askAfterLast();
      return;
    }
    this.#last = event.seq;
    this.#caughtUp();
    this.#options.onEvent(event);
  }

  #caughtUp(): void {
    clearTimeout(this.#asked?.timer);
    this.#asked = null;
    this.#patience = CATCH_UP_MS;
  }

  #answered(reply: DeskReply): void {
    if (this.#isUpToDate(reply)) this.#caughtUp();
    const pending = this.#take(reply.requestId);
    if (!pending) return;
    if (reply.ok) pending.resolve(reply);
    else pending.reject(new CommandError(reply.error?.message ?? 'The center refused this.', reply.error?.field ?? null));
  }

  /** A desk that knows nothing yet waits for the snapshot; another one may have missed nothing. */
  #isUpToDate({ ok, requestId }: DeskReply): boolean {
    return ok && this.#last > 0 && requestId === this.#asked?.requestId;
  }

  #refused(content: unknown): void {
    const { requestId, message, field } = content as { requestId?: string; message?: string; field?: string | null };
    if (requestId) this.#take(requestId)?.reject(new CommandError(message ?? 'The center refused this.', field ?? null));
  }

  #take(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    if (!pending) return undefined;
    this.#pending.delete(requestId);
    clearTimeout(pending.timer);
    return pending;
  }

  #lost(): void {
    this.#caughtUp();
    for (const requestId of [...this.#pending.keys()]) {
      this.#take(requestId)?.reject(new CommandError('The connection was lost before the center answered. Check whether it was done, then try again.'));
    }
  }
}
