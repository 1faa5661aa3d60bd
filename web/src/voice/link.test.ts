import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ATTEMPT_MS, Link, PATIENCE_MS } from './link';
import { FakePeer, fakePeers, FakeWire, silentStream } from './testing';

const CONTACT = 'c-1';

function start(wire: FakeWire, role: 'offerer' | 'answerer'): Link {
  const signal = wire.end(role === 'offerer' ? 0 : 1);
  return new Link({ contactId: CONTACT, signal, role, stream: silentStream(), iceServers: [], createPeer: fakePeers });
}

const open = (): FakePeer[] => FakePeer.all.filter((peer) => !peer.isClosed);
const count = (wire: FakeWire, line: string): number => wire.log.filter((entry) => entry === line).length;

describe('a leg between agent and customer', () => {
  let wire: FakeWire;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    FakePeer.all.length = 0;
    wire = new FakeWire();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([['agent first'], ['customer first']])('is offered once by the agent: %s', async (order) => {
    const roles = order === 'agent first' ? (['offerer', 'answerer'] as const) : (['answerer', 'offerer'] as const);
    for (const role of roles) {
      start(wire, role);
      await wire.deliver();
    }

    expect(count(wire, 'agent offer')).toBe(1);
    expect(count(wire, 'customer answer')).toBe(1);
    expect(count(wire, 'customer offer')).toBe(0);
    expect(open().map((peer) => peer.signalingState)).toEqual(['stable', 'stable']);
  });

  it('is offered once when both greet at the same moment', async () => {
    start(wire, 'offerer');
    start(wire, 'answerer');
    await wire.deliver();

    expect(count(wire, 'agent offer')).toBe(1);
  });

  it('keeps candidates that come before their description', async () => {
    start(wire, 'offerer');
    start(wire, 'answerer');
    await wire.deliver();

    expect(open().map((peer) => peer.candidates.length)).toEqual([1, 1]);
  });

  it('is tried again when an answer does not come, and not once it is connected', async () => {
    const agent = start(wire, 'offerer');
    start(wire, 'answerer');
    await wire.deliver();
    vi.advanceTimersByTime(ATTEMPT_MS);
    await wire.deliver();
    expect(count(wire, 'agent offer')).toBe(2);

    open().forEach((peer) => peer.becomes('connected'));
    vi.advanceTimersByTime(ATTEMPT_MS * 5);
    await wire.deliver();

    expect(agent.state).toBe('connected');
    expect(count(wire, 'agent offer')).toBe(2);
  });

  it('greets until somebody is there, so that no lost message is the end', async () => {
    wire.isDown = true;
    start(wire, 'offerer');
    start(wire, 'answerer');
    await wire.deliver();
    expect(count(wire, 'agent offer')).toBe(0);

    wire.isDown = false;
    vi.advanceTimersByTime(PATIENCE_MS);
    await wire.deliver();

    expect(count(wire, 'agent offer')).toBe(1);
  });

  it('begins a new session with a page that was loaded again', async () => {
    start(wire, 'offerer');
    const first = start(wire, 'answerer');
    await wire.deliver();
    first.close();
    start(wire, 'answerer');
    await wire.deliver();

    expect(count(wire, 'agent offer')).toBe(2);
    expect(open().map((peer) => peer.signalingState)).toEqual(['stable', 'stable']);
  });

  it('is redialled by the agent at once when the path fails, with patience when it is only away', async () => {
    start(wire, 'offerer');
    start(wire, 'answerer');
    await wire.deliver();
    open().forEach((peer) => peer.becomes('connected'));

    open()[0]?.becomes('disconnected');
    vi.advanceTimersByTime(PATIENCE_MS - 1);
    await wire.deliver();
    expect(count(wire, 'agent offer')).toBe(1);

    vi.advanceTimersByTime(1);
    await wire.deliver();
    expect(count(wire, 'agent offer')).toBe(2);
  });

  it('counts as failed after attempts in vain, goes on trying, and recovers', async () => {
    const agent = start(wire, 'offerer');
    start(wire, 'answerer');
    for (let i = 0; i < 6; i += 1) {
      await wire.deliver();
      vi.advanceTimersByTime(ATTEMPT_MS);
    }
    await wire.deliver();
    expect(agent.state).toBe('failed');

    open().forEach((peer) => peer.becomes('connected'));

    expect(agent.state).toBe('connected');
  });

  it('ignores answers and candidates of a session that is over', async () => {
    start(wire, 'offerer');
    const customer = wire.end(1);
    customer.send({ contactId: CONTACT, type: 'hello', id: 'x' });
    await wire.deliver();
    customer.send({ contactId: CONTACT, type: 'answer', session: 'old', sdp: 'v=0' });
    customer.send({ contactId: CONTACT, type: 'ice', session: 'old', candidate: {} });
    await wire.deliver();

    expect(open()[0]?.signalingState).toBe('have-local-offer');
    expect(open()[0]?.candidates).toEqual([]);
  });

  it('ignores messages of other contacts and malformed ones', async () => {
    start(wire, 'answerer');
    const agent = wire.end(0);
    for (const message of [
      { contactId: 'c-2', type: 'offer', session: 's', sdp: 'v=0' },
      { contactId: CONTACT, type: 'offer', session: 's' },
      { contactId: CONTACT, type: 'ice', session: 's', candidate: null },
      { contactId: CONTACT, type: 'hello' },
      { contactId: CONTACT, type: 'nonsense' },
    ]) {
      agent.send(message);
    }
    await wire.deliver();

    expect(FakePeer.all).toEqual([]);
  });

  it('says goodbye once and touches nothing afterwards', async () => {
    const agent = start(wire, 'offerer');
    const customer = start(wire, 'answerer');
    await wire.deliver();
    agent.close();
    agent.close();
    await wire.deliver();
    customer.close();
    vi.advanceTimersByTime(ATTEMPT_MS * 10);
    await wire.deliver();

    expect(count(wire, 'agent bye')).toBe(1);
    expect(open()).toEqual([]);
    expect(wire.log.slice(-1)).toEqual(['customer bye']);
  });
});
