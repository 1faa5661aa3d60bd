import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserCall, resumable, type CallView } from './call';
import { fakeRest, FakeSocket, FakeSound } from './testing';

const TICKET = { contactId: 'c-1', participantToken: 'secret', websocketUrl: 'wss://acme.test/ws?connection=t' };
const BOT = { do: 'listen', wait: 8, prompts: [], hints: ['sales'], startSeconds: 3, endSeconds: 0.6, longestSeconds: 12, maxDigits: 1 };
const MENU = { do: 'collect', wait: 7, prompts: [{ text: 'Press a key', audioUrl: null, language: 'en-US' }] };

class View implements CallView {
  readonly log: string[] = [];

  show(): void {
    // drawn from the call itself
  }

  said({ text }: { text: string }): void {
    this.log.push(text);
  }

  spoke(text: string | null): void {
    this.log.push(`said ${text ?? '?'}`);
  }

  entered(digits: string): void {
    this.log.push(`pressed ${digits}`);
  }
}

describe('a browser call', () => {
  let sound: FakeSound;
  let view: View;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
    sessionStorage.clear();
    FakeSocket.all = [];
    sound = new FakeSound();
    view = new View();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const create = (answer: unknown = TICKET): { call: BrowserCall; requests: unknown[][] } => {
    const { rest, requests } = fakeRest(answer);
    return { call: new BrowserCall(rest, view, () => sound), requests };
  };

  async function ringing(): Promise<BrowserCall> {
    const { call } = create();
    await call.ring({ name: '', number: '' });
    FakeSocket.last.opens();
    return call;
  }

  const turn = (seq: number, ...commands: unknown[]): void =>
    FakeSocket.last.brings('trunkline/call', { type: 'turn', contactId: 'c-1', seq, commands });
  const answers = (): unknown[] => FakeSocket.last.on('trunkline/call');

  it('tells name and number only where they were given', async () => {
    const { call, requests } = create();
    await call.ring({ name: 'Ann', number: '' });
    expect(requests).toEqual([['POST', '/v1/calls', { displayName: 'Ann' }]]);
  });

  it('says hello on every open line, and answers a menu with the key', async () => {
    const call = await ringing();
    expect(answers()).toEqual([{ type: 'hello' }]);

    turn(1, MENU);
    call.press('2');

    expect(answers().at(-1)).toEqual({ type: 'input', wait: 7, digits: '2' });
    expect(sound.log).toEqual(['load 1', 'speak Press a key', 'tone 2', 'hush']);
    expect(view.log).toEqual(['Press a key', 'pressed 2']);
  });

  it('says again what was answered while the line was down', async () => {
    const call = await ringing();
    turn(1, MENU);
    FakeSocket.last.falls();
    call.press('2');
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.last.opens();
    expect(answers()).toEqual([{ type: 'hello' }]);

    turn(1, MENU);

    expect(answers().at(-1)).toEqual({ type: 'input', wait: 7, digits: '2' });
  });

  const frames = (count: number, level: number): void => {
    for (let i = 0; i < count; i += 1) sound.takes(new Float32Array(960).fill(level));
  };

  it('sends what was said to the center, and shows what was understood', async () => {
    const { call, requests } = create({ ...TICKET, text: 'sales', confidence: 0.9 });
    await call.ring({ name: '', number: '' });
    FakeSocket.last.opens();
    turn(1, { do: 'play', prompts: [{ text: 'What for?', audioUrl: null, language: 'en-US' }] }, BOT);
    frames(20, 0.0001);
    frames(10, 0.2);
    expect([call.isListening, call.isSpeaking, sound.log.includes('hush')]).toEqual([true, true, true]);
    frames(40, 0.0001);
    await vi.advanceTimersByTimeAsync(0);

    const [method, path, body] = requests.at(-1) as [string, string, { wait: number; audio: string }];
    expect([method, path, body.wait]).toEqual(['POST', '/v1/contacts/c-1/speech', 8]);
    expect(atob(body.audio).length).toBeGreaterThan(16_000);
    expect(view.log).toEqual(['What for?', 'said sales']);
    expect(answers()).toEqual([{ type: 'hello' }]);
    expect(sound.log.at(-1)).toBe('deaf');
  });

  it('is as if nothing had been said when that does not arrive', async () => {
    const call = await ringing();
    turn(1, BOT);
    frames(20, 0.0001);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.spyOn(call as unknown as { rest: { as: () => never } }, 'rest', 'get').mockReturnValue({
      as: () => {
        throw new Error('the line is down');
      },
    });
    frames(10, 0.2);
    frames(40, 0.0001);
    await vi.advanceTimersByTimeAsync(0);

    expect(answers().at(-1)).toEqual({ type: 'timeout', wait: 8 });
  });

  it('takes words that are written instead of said', async () => {
    const call = await ringing();
    turn(1, BOT);
    call.write('sales');

    expect(answers().at(-1)).toEqual({ type: 'said', wait: 8, text: 'sales' });
    expect([view.log, sound.log.at(-1)]).toEqual([['said sales'], 'deaf']);
    call.write('too late');
    expect(answers()).toHaveLength(2);
  });

  it('is over when the line stays away', async () => {
    const call = await ringing();
    turn(1, MENU);
    FakeSocket.last.falls();
    await vi.advanceTimersByTimeAsync(89_000);
    expect(call.state).toBe('menu');
    await vi.advanceTimersByTimeAsync(2000);
    expect(call.call).toMatchObject({ phase: 'ended', reason: 'LOST' });
  });

  it('goes on without a microphone, which may be asked for again', async () => {
    sound.isMicrophoneRefused = true;
    const call = await ringing();
    expect([call.hasMicrophone, call.state]).toEqual([false, 'ringing']);

    sound.isMicrophoneRefused = false;
    await call.askMicrophone();

    expect(call.hasMicrophone).toBe(true);
  });

  it('greets the agent’s page when connected, and nobody offers here', async () => {
    const call = await ringing();
    turn(1, { do: 'connect', agentName: 'Ben' });
    expect(call.state).toBe('talking connecting');
    expect(FakeSocket.last.on('trunkline/signal')).toEqual([expect.objectContaining({ contactId: 'c-1', type: 'hello' })]);
  });

  it('tells the server when the customer hangs up, and lets go of everything', async () => {
    const call = await ringing();
    const socket = FakeSocket.last;
    turn(1, { do: 'wait' });
    call.hangUp();
    expect(answers().at(-1)).toEqual({ type: 'hangup' });
    expect(sound.log.slice(-2)).toEqual(['no music', 'close']);

    await vi.advanceTimersByTimeAsync(1000);

    expect(socket.isClosed).toBe(true);
    expect(resumable()).toBeNull();
  });

  it('can be gone back to after a reload', async () => {
    await ringing();
    FakeSocket.all = [];
    const { call, requests } = create();
    await call.resume();
    expect(FakeSocket.last.url).toBe(TICKET.websocketUrl);
    expect([requests, call.state]).toEqual([[], 'ringing']);
  });

  it('that the center refuses is over, and says why', async () => {
    const { call } = create(new Error('phoneNumber is no number'));
    await expect(call.ring({ name: '', number: 'x' })).rejects.toThrow('phoneNumber is no number');
    expect([call.state, sound.log.at(-1)]).toEqual(['ended', 'close']);
  });

  it('hears nothing of the agent on hold, and the agent nothing of it, until it goes on', async () => {
    await ringing();
    turn(1, { do: 'connect', agentName: 'Ben' });
    turn(2, { do: 'hold' }, { do: 'loop', wait: 3, prompts: [], interruptSeconds: null });
    expect(sound.log.slice(-2)).toEqual(['hold', 'music']);
    turn(3, { do: 'connect', agentName: 'Ben' });
    expect(sound.log.slice(-2)).toEqual(['no music', 'no hold']);
  });

  it('talks with the next agent after a transfer, in another contact, even when it missed what was between', async () => {
    const call = await ringing();
    turn(1, { do: 'connect', agentName: 'Ben' });
    FakeSocket.last.brings('trunkline/call', { type: 'turn', contactId: 'c-2', seq: 4, commands: [{ do: 'connect', agentName: 'Cleo' }] });

    const signals = FakeSocket.last.on('trunkline/signal');
    expect(signals).toMatchObject([{ contactId: 'c-1', type: 'hello' }, { contactId: 'c-1', type: 'bye' }, { contactId: 'c-2', type: 'hello' }]);
    expect(call.state).toBe('talking connecting');
  });

  it('goes on in a flow when the agent has hung up', async () => {
    const call = await ringing();
    turn(1, { do: 'connect', agentName: 'Ben' });
    turn(2, MENU);
    expect([call.state, call.linkState]).toEqual(['menu', null]);
  });
});
