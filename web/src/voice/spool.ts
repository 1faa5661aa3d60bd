/**
 * Recorded chunks on their way to the store: small objects, in order, at least once.
 *
 * Every chunk lies in the browser's database before it is sent and until it has arrived. What a killed page leaves there,
 * the next page sends.
 */

export interface UploadGrant {
  url: string;
  fields: Record<string, string>;
  prefix: string;
}

export interface Chunk {
  /** `<contact>/<segment>/<number>`, so that keys sort in the order of making. */
  key: string;
  bytes: ArrayBuffer;
}

export interface ChunkStore {
  put(chunk: Chunk): Promise<void>;
  get(key: string): Promise<Chunk | undefined>;
  remove(key: string): Promise<void>;
  /** In order. */
  keys(): Promise<string[]>;
}

export const chunkKey = (contactId: string, segment: string, number: number): string =>
  `${contactId}/${segment}/${String(number).padStart(6, '0')}`;

/** The store refused a chunk. */
export class UploadRefused extends Error {
  constructor(readonly status: number) {
    super(`upload answered ${status}`);
  }
}

export type Post = (grant: UploadGrant, name: string, bytes: ArrayBuffer) => Promise<void>;

/** One POST as the grant's form says. */
export const postChunk: Post = async (grant, name, bytes) => {
  const form = new FormData();
  for (const [field, value] of Object.entries(grant.fields)) if (field !== 'key') form.append(field, value);
  form.append('key', grant.prefix + name);
  form.append('file', new Blob([bytes])); // last: what follows the file is not read
  const reply = await fetch(grant.url, { method: 'POST', body: form, signal: AbortSignal.timeout(10_000) });
  if (!reply.ok) throw new UploadRefused(reply.status);
};

export interface UploaderOptions {
  contactId: string;
  store: ChunkStore;
  grant: () => Promise<UploadGrant>;
  post?: Post;
  wait?: (milliseconds: number) => Promise<void>;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;

/** Sends one contact's chunks; a failed one is tried again before any later one. */
export class Uploader {
  sent = 0;
  private current: UploadGrant | null = null;
  private running: Promise<void> | null = null;
  private limit = Number.POSITIVE_INFINITY;
  private readonly post: Post;
  private readonly wait: (milliseconds: number) => Promise<void>;

  constructor(private readonly options: UploaderOptions) {
    this.post = options.post ?? postChunk;
    this.wait = options.wait ?? ((milliseconds) => new Promise((done) => setTimeout(done, milliseconds)));
  }

  /** Keeps a chunk and starts sending in the background. */
  async add(chunk: Chunk): Promise<void> {
    await this.options.store.put(chunk);
    void this.run(Number.POSITIVE_INFINITY).catch((error: unknown) => console.error('recording spool', error));
  }

  /** Sends what is there, each chunk up to `tries` times; what is left stays in the store. */
  async flush(tries: number): Promise<number> {
    this.limit = tries; // also for what is being tried right now
    await this.running;
    await this.run(tries);
    return this.sent;
  }

  private run(tries: number): Promise<void> {
    this.limit = tries;
    this.running ??= this.sendAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      const [key] = await this.pending();
      if (key === undefined) return;
      const chunk = await this.options.store.get(key);
      if (chunk && !(await this.sendOne(chunk))) return;
      await this.options.store.remove(key);
      if (chunk) this.sent += 1;
    }
  }

  /** Keys of what has not arrived yet. */
  async pending(): Promise<string[]> {
    const mine = `${this.options.contactId}/`;
    return (await this.options.store.keys()).filter((key) => key.startsWith(mine));
  }

  private async sendOne(chunk: Chunk): Promise<boolean> {
    const name = chunk.key.slice(this.options.contactId.length + 1);
    for (let tries = 1; ; tries += 1) {
      try {
        this.current ??= await this.options.grant();
        await this.post(this.current, name, chunk.bytes);
        return true;
      } catch (error) {
        if (error instanceof UploadRefused && error.status >= 400 && error.status < 500) this.current = null;
        if (tries >= this.limit) return false;
        await this.wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)));
      }
    }
  }
}

export interface Leftover {
  contactId: string;
  segment: string;
  /** As many as were made, as far as one can still tell. */
  chunks: number;
  startedAt: string;
}

/** What earlier pages could not send, a line per segment. */
export async function leftovers(store: ChunkStore): Promise<Leftover[]> {
  const found = new Map<string, Leftover>();
  for (const key of await store.keys()) {
    const [contactId = '', segment = '', number = ''] = key.split('/');
    const began = Number.parseInt(segment, 36);
    if (Number.isNaN(began)) continue;
    const chunks = Number(number) + 1;
    const startedAt = new Date(began).toISOString();
    found.set(`${contactId}/${segment}`, { contactId, segment, chunks, startedAt }); // keys are in order: the last counts
  }
  return [...found.values()];
}

const KEPT_DAYS = 3;

/** Forgets chunks that nobody came for: a recording must not lie about on a machine for ever. */
export async function forgetOld(store: ChunkStore, now: number): Promise<void> {
  const oldest = now - KEPT_DAYS * 86_400_000;
  for (const key of await store.keys()) {
    const began = Number.parseInt(key.split('/')[1] ?? '', 36);
    if (Number.isNaN(began) || began < oldest) await store.remove(key);
  }
}

// --- stores ----------------------------------------------------------------------------------------

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser’s database failed'));
  });

/** Chunks that outlive the page. */
class DatabaseStore implements ChunkStore {
  constructor(private readonly database: IDBDatabase) {}

  async put(chunk: Chunk): Promise<void> {
    await done(this.chunks('readwrite').put(chunk));
  }

  async get(key: string): Promise<Chunk | undefined> {
    return done(this.chunks('readonly').get(key) as IDBRequest<Chunk | undefined>);
  }

  async remove(key: string): Promise<void> {
    await done(this.chunks('readwrite').delete(key));
  }

  async keys(): Promise<string[]> {
    return (await done(this.chunks('readonly').getAllKeys())).map(String);
  }

  private chunks(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction('chunks', mode).objectStore('chunks');
  }
}

/** Chunks that live as long as the page: where the browser grants no database. */
export class MemoryStore implements ChunkStore {
  private readonly chunks = new Map<string, Chunk>();

  put(chunk: Chunk): Promise<void> {
    this.chunks.set(chunk.key, chunk);
    return Promise.resolve();
  }

  get(key: string): Promise<Chunk | undefined> {
    return Promise.resolve(this.chunks.get(key));
  }

  remove(key: string): Promise<void> {
    this.chunks.delete(key);
    return Promise.resolve();
  }

  keys(): Promise<string[]> {
    return Promise.resolve([...this.chunks.keys()].sort());
  }
}

/** The browser's database, or memory where it has none for us. */
export async function openStore(): Promise<ChunkStore> {
  try {
    const opening = indexedDB.open('trunkline-recordings', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('chunks', { keyPath: 'key' });
    return new DatabaseStore(await done(opening));
  } catch {
    console.warn('no database in this browser: a killed page would lose chunks that were not sent');
    return new MemoryStore();
  }
}
