import { describe, expect, it } from 'vitest';
import { chunkKey, forgetOld, leftovers, MemoryStore, Uploader, UploadRefused, type Post, type UploadGrant } from './spool';

const bytes = new ArrayBuffer(4);
const CONTACT = 'c-1';

class Server {
  readonly arrived: string[] = [];
  readonly outcomes: (number | 'ok')[] = [];
  readonly waits: number[] = [];
  grants = 0;

  readonly grant = (): Promise<UploadGrant> => {
    this.grants += 1;
    return Promise.resolve({ url: 'https://store.test', fields: {}, prefix: 'parts/c-1/' });
  };

  readonly post: Post = (grant, name) => {
    const outcome = this.outcomes.shift() ?? 'ok';
    if (outcome !== 'ok') return Promise.reject(new UploadRefused(outcome));
    this.arrived.push(grant.prefix + name);
    return Promise.resolve();
  };

  readonly wait = (milliseconds: number): Promise<void> => {
    this.waits.push(milliseconds);
    return Promise.resolve();
  };

  uploader(store: MemoryStore): Uploader {
    return new Uploader({ contactId: CONTACT, store, grant: this.grant, post: this.post, wait: this.wait });
  }
}

async function filled(...numbers: number[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const number of numbers) await store.put({ key: chunkKey(CONTACT, 'mm98x4w0', number), bytes });
  return store;
}

describe('the spool of a recording', () => {
  it('sends chunks in order below the grant’s prefix, with one grant', async () => {
    const server = new Server();
    const store = await filled(2, 0, 1);

    const sent = await server.uploader(store).flush(3);

    expect(sent).toBe(3);
    expect(server.arrived).toEqual([0, 1, 2].map((n) => `parts/c-1/mm98x4w0/00000${n}`));
    expect(server.grants).toBe(1);
    expect(await store.keys()).toEqual([]);
  });

  it('tries a failed chunk again, ever more patiently, before any later one', async () => {
    const server = new Server();
    server.outcomes.push(503, 503, 'ok');

    await server.uploader(await filled(0, 1)).flush(5);

    expect(server.arrived.length).toBe(2);
    expect(server.arrived[0]).toMatch(/000000$/);
    expect(server.waits).toEqual([250, 500]);
    expect(server.grants).toBe(1);
  });

  it('asks for a new grant when the old one is refused', async () => {
    const server = new Server();
    server.outcomes.push('ok', 403, 'ok');

    await server.uploader(await filled(0, 1)).flush(5);

    expect(server.arrived.length).toBe(2);
    expect(server.grants).toBe(2);
  });

  it('keeps what could not be sent for the next page', async () => {
    const server = new Server();
    server.outcomes.push('ok', 503, 503);
    const store = await filled(0, 1, 2);

    const sent = await server.uploader(store).flush(2);

    expect(sent).toBe(1);
    expect((await store.keys()).length).toBe(2);
    expect(await server.uploader(store).flush(2)).toBe(2);
  });

  it('leaves other contacts’ chunks alone', async () => {
    const server = new Server();
    const store = await filled(0);
    await store.put({ key: chunkKey('c-10', 'mm98x4w0', 0), bytes });

    await server.uploader(store).flush(1);

    expect(await store.keys()).toEqual(['c-10/mm98x4w0/000000']);
  });

  it('sends what is added while it runs', async () => {
    const server = new Server();
    const store = new MemoryStore();
    const uploader = server.uploader(store);
    for (const number of [0, 1, 2]) await uploader.add({ key: chunkKey(CONTACT, 's', number), bytes });

    expect(await uploader.flush(1)).toBe(3);
    expect(server.arrived.map((key) => key.slice(-1))).toEqual(['0', '1', '2']);
  });

  it('tells which segments an earlier page left, and how long they were', async () => {
    const store = await filled(3, 4);
    await store.put({ key: chunkKey('c-2', 'mm98x4w1', 0), bytes });

    expect(await leftovers(store)).toEqual([
      { contactId: CONTACT, segment: 'mm98x4w0', chunks: 5, startedAt: '2026-03-02T14:00:00.000Z' },
      { contactId: 'c-2', segment: 'mm98x4w1', chunks: 1, startedAt: '2026-03-02T14:00:00.001Z' },
    ]);
  });

  it('forgets chunks after three days, and those whose age nobody knows', async () => {
    const store = new MemoryStore();
    const now = Date.UTC(2026, 2, 6);
    for (const [segment, days] of [['old', 4], ['new', 1]] as const) {
      await store.put({ key: chunkKey(segment, (now - days * 86_400_000).toString(36), 0), bytes });
    }
    await store.put({ key: 'odd', bytes });

    await forgetOld(store, now);

    expect((await store.keys()).map((key) => key.split('/')[0])).toEqual(['new']);
  });
});
