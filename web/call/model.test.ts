import { describe, expect, it } from 'vitest';
import { GAP_SECONDS, idle, next, type Call, type Collect, type Command, type Effect, type Happening, type Listen } from './model';
import { readTurn } from './protocol';

const prompt = (text: string) => ({ text, audioUrl: `https://audio.test/${text}`, language: 'en-US' });
const play = (...texts: string[]): Command => ({ do: 'play', prompts: texts.map(prompt) });
const collect = (fields: Partial<Collect> = {}): Command => ({
  do: 'collect',
  wait: 7,
  prompts: [prompt('menu')],
  maxDigits: 1,
  timeoutSeconds: 5,
  interdigitSeconds: 3,
  terminator: '#',
  cancelKey: '*',
  ...fields,
});
const listen = (fields: Partial<Listen> = {}): Command => ({
  ...(collect() as Collect),
  do: 'listen',
  wait: 8,
  prompts: [prompt('bot')],
  endSeconds: 0.6,
  longestSeconds: 12,
  canInterrupt: true,
  ...fields,
});
const loop = (interruptSeconds: number | null, ...texts: string[]): Command => ({
  do: 'loop',
  wait: 9,
  prompts: texts.map(prompt),
  interruptSeconds,
});

/** A call that a test talks to; `did` is what the last happening made it do. */
class Caller {
  call: Call = next(idle, { type: 'dialled' }).call;
  did: Effect[] = [];
  private seq = 0;

  gets(...commands: Command[]): this {
    this.seq += 1;
    return this.has({ type: 'turn', turn: { contactId: 'c', seq: this.seq, commands } });
  }

  getsAgain(...commands: Command[]): this {
    return this.has({ type: 'turn', turn: { contactId: 'c', seq: this.seq, commands } });
  }

  hears(times = 1): this {
    for (let i = 0; i < times; i += 1) this.has({ type: 'heard', speech: this.call.speech });
    return this;
  }

  presses(keys: string): this {
    for (const key of keys) this.has({ type: 'key', key });
    return this;
  }

  has(happening: Happening): this {
    const step = next(this.call, happening);
    this.call = step.call;
    this.did = step.effects;
    return this;
  }

  get said(): string[] {
    return this.did.flatMap((effect) => (effect.do === 'speak' ? [effect.prompt.text] : []));
  }

  get sent(): unknown[] {
    return this.did.flatMap((effect) => (effect.do === 'send' ? [effect.message] : []));
  }

  get timers(): Record<string, number> {
    return Object.fromEntries(this.did.flatMap((effect) => (effect.do === 'timer' ? [[effect.name, effect.seconds]] : [])));
  }
}

describe('prompts', () => {
  it('are played one after the other, and then the next command begins', () => {
    const caller = new Caller().gets(play('one', 'two'), collect());
    expect(caller.said).toEqual(['one']);
    expect(caller.hears().said).toEqual(['two']);
    expect(caller.hears().said).toEqual(['menu']);
  });

  it('are not cut by a turn that goes on from them', () => {
    const caller = new Caller().gets(play('one')).gets(collect());
    expect(caller.did).toEqual([]);
    expect(caller.hears().said).toEqual(['menu']);
  });

  it('are cut by an agent who answers', () => {
    const caller = new Caller().gets(play('one')).gets({ do: 'connect', agentName: 'Ben' });
    expect(caller.did).toEqual([{ do: 'hush' }, { do: 'talk' }]);
    expect(caller.call.agentName).toBe('Ben');
  });

  it('of the turn that ends the call are heard before it ends', () => {
    const caller = new Caller().gets(play('goodbye'), { do: 'end', reason: 'CONTACT_FLOW_DISCONNECT' });
    expect(caller.call.phase).toBe('menu');
    caller.hears();
    expect(caller.call.phase).toBe('ended');
  });

  it('are reported as heard when the server wants to know', () => {
    const caller = new Caller().gets(play('one'), { do: 'drain', wait: 8 });
    expect(caller.sent).toEqual([]);
    expect(caller.hears().sent).toEqual([{ type: 'played', wait: 8 }]);
  });

  it('that were replaced count for nothing when they end late', () => {
    const caller = new Caller().gets(collect({ prompts: [prompt('a')] }));
    const old = caller.call.speech;
    caller.gets(collect({ wait: 8, prompts: [prompt('b'), prompt('c')] }));
    expect(caller.has({ type: 'heard', speech: old }).did).toEqual([]);
    expect(caller.hears().said).toEqual(['c']);
  });
});

describe('a menu', () => {
  it('starts waiting for a key when it has been heard', () => {
    const caller = new Caller().gets(collect());
    expect(caller.timers).toEqual({});
    expect(caller.hears().timers).toEqual({ key: 5 });
  });

  it('without a prompt waits at once', () => {
    expect(new Caller().gets(collect({ prompts: [] })).timers).toEqual({ key: 5 });
  });

  it('is silenced and answered by a key', () => {
    const caller = new Caller().gets(collect()).presses('2');
    expect(caller.did).toContainEqual({ do: 'hush' });
    expect(caller.sent).toEqual([{ type: 'input', wait: 7, digits: '2' }]);
  });

  it.each(['*', '#'])('takes %s as a choice', (key) => {
    expect(new Caller().gets(collect()).presses(key).sent).toEqual([{ type: 'input', wait: 7, digits: key }]);
  });

  it('answers timeout when no key comes', () => {
    const caller = new Caller().gets(collect()).hears().has({ type: 'timer', name: 'key' });
    expect(caller.sent).toEqual([{ type: 'timeout', wait: 7 }]);
  });

  it('is answered once, whatever else is pressed', () => {
    const caller = new Caller().gets(collect()).presses('2').presses('3');
    expect(caller.did).toEqual([]);
  });

  it('of an earlier turn is not answered any more', () => {
    const caller = new Caller().gets(collect()).gets(play('other')).presses('2');
    expect(caller.sent).toEqual([]);
  });

  it('shows the key in the log, but not the digits of a longer number', () => {
    const one = new Caller().gets(collect()).presses('2').did;
    const many = new Caller().gets(collect({ maxDigits: 4 })).presses('1234').did;
    expect(one).toContainEqual({ do: 'entered', digits: '2', isSecret: false });
    expect(many).toContainEqual({ do: 'entered', digits: '1234', isSecret: true });
  });
});

describe('a number', () => {
  const number = (): Caller => new Caller().gets(collect({ maxDigits: 10 })).hears();

  it('is complete with its last digit', () => {
    expect(number().presses('1234567890').sent).toEqual([{ type: 'input', wait: 7, digits: '1234567890' }]);
  });

  it('is complete with the terminator, which is not part of it', () => {
    expect(number().presses('123#').sent).toEqual([{ type: 'input', wait: 7, digits: '123' }]);
  });

  it('may be ended by a sequence of keys', () => {
    const caller = new Caller().gets(collect({ maxDigits: 10, terminator: '##' }));
    expect(caller.presses('12#').sent).toEqual([]);
    expect(caller.presses('#').sent).toEqual([{ type: 'input', wait: 7, digits: '12' }]);
  });

  it('is complete when no further digit comes', () => {
    const caller = number().presses('12');
    expect(caller.timers).toEqual({ key: 3 });
    expect(caller.has({ type: 'timer', name: 'key' }).sent).toEqual([{ type: 'input', wait: 7, digits: '12' }]);
  });

  it('begins anew with the cancel key', () => {
    const caller = number().presses('12*');
    expect(caller.timers).toEqual({ key: 5 });
    expect(caller.presses('34#').sent).toEqual([{ type: 'input', wait: 7, digits: '34' }]);
  });

  it('takes the star as a digit where there is no cancel key', () => {
    const caller = new Caller().gets(collect({ maxDigits: 10, cancelKey: null }));
    expect(caller.presses('1*#').sent).toEqual([{ type: 'input', wait: 7, digits: '1*' }]);
  });
});

describe('waiting in a queue', () => {
  it('has music, and the messages again after a while, logged once', () => {
    const caller = new Caller().gets(loop(null, 'a', 'b'));
    expect(caller.did).toContainEqual({ do: 'music', on: true });
    expect(caller.hears(2).timers).toEqual({ gap: GAP_SECONDS });
    caller.has({ type: 'timer', name: 'gap' });
    expect(caller.did).toEqual([expect.objectContaining({ do: 'speak', prompt: prompt('a'), isRepeat: true })]);
    expect(caller.hears().did).toEqual([expect.objectContaining({ prompt: prompt('b'), isRepeat: true })]);
  });

  it('tells the server when it is time to interrupt, and plays on', () => {
    const caller = new Caller().gets(loop(30, 'a'));
    expect(caller.timers).toEqual({ interrupt: 30 });
    caller.has({ type: 'timer', name: 'interrupt' });
    expect(caller.sent).toEqual([{ type: 'timeout', wait: 9 }]);
    expect(caller.hears().timers).toEqual({ gap: GAP_SECONDS });
  });

  it('ends with the next turn', () => {
    const { did } = new Caller().gets(loop(30, 'a')).gets(play('b'));
    expect(did).toContainEqual({ do: 'music', on: false });
    expect(did).toContainEqual({ do: 'stop timer', name: 'interrupt' });
    expect(did.at(-1)).toMatchObject({ do: 'speak', prompt: prompt('b') });
  });

  it('without messages is music alone', () => {
    expect(new Caller().gets({ do: 'wait' }).did).toEqual([{ do: 'music', on: true }]);
    expect(new Caller().gets(loop(null)).did).toEqual([{ do: 'music', on: true }]);
  });
});

describe('a connection that fell', () => {
  it('changes nothing when the turn was not answered yet', () => {
    const caller = new Caller().gets(collect()).getsAgain(collect());
    expect(caller.did).toEqual([]);
    expect(caller.presses('1').sent).toEqual([{ type: 'input', wait: 7, digits: '1' }]);
  });

  it('has the answer said again when the turn comes again', () => {
    const caller = new Caller().gets(collect()).presses('2').getsAgain(collect());
    expect(caller.sent).toEqual([{ type: 'input', wait: 7, digits: '2' }]);
  });

  it('does not bring back a turn that is over', () => {
    const caller = new Caller().gets(play('a')).gets(play('b'));
    expect(caller.has({ type: 'turn', turn: { contactId: 'c', seq: 1, commands: [play('a')] } }).did).toEqual([]);
  });

  it('for good ends the call with its reason', () => {
    const caller = new Caller().gets(loop(30, 'a')).has({ type: 'lost', reason: 'LOST' });
    expect(caller.call).toMatchObject({ phase: 'ended', reason: 'LOST' });
    expect(caller.did.at(-1)).toEqual({ do: 'over' });
  });
});

describe('hanging up', () => {
  it('is told to the server, stops everything, and is final', () => {
    const caller = new Caller().gets(loop(30, 'a')).has({ type: 'hung up' });
    expect(caller.sent).toEqual([{ type: 'hangup' }]);
    expect(caller.did).toContainEqual({ do: 'hush' });
    expect(caller.gets(play('b')).did).toEqual([]);
    expect(caller.has({ type: 'dialled' }).call.phase).toBe('ringing');
  });
});

describe('reading the server’s turns', () => {
  it('fills in what is left out and leaves out what is unknown', () => {
    const turn = readTurn({
      type: 'turn',
      contactId: 'c',
      seq: 3,
      commands: [{ do: 'collect', wait: 7, prompts: [{ text: 'Hi' }] }, { do: 'dance' }, null, { do: 'end' }],
    });
    expect(turn).toEqual({
      contactId: 'c',
      seq: 3,
      commands: [
        collect({ prompts: [{ text: 'Hi', audioUrl: null, language: 'en-US' }], interdigitSeconds: 5 }),
        { do: 'end', reason: 'OTHER' },
      ],
    });
  });

  it.each([[null], ['turn'], [{ type: 'turn' }], [{ type: 'other', seq: 1 }], [[]]])('finds none in %j', (content) => {
    expect(readTurn(content)).toBeNull();
  });
});

describe('a talk', () => {
  const connect: Command = { do: 'connect', agentName: 'Ben' };
  const talking = (): Caller => new Caller().gets(connect);
  const does = (caller: Caller): string[] => caller.did.map((effect) => ('on' in effect ? `${effect.do} ${String(effect.on)}` : effect.do));

  it('is put aside while the customer is on hold, and what the flow plays is heard', () => {
    const caller = talking().gets({ do: 'hold' }, loop(null, 'please hold'));
    expect(does(caller)).toEqual(['hold true', 'music true', 'speak']);
    expect(caller.call).toMatchObject({ talk: 'held', agentName: 'Ben' });
  });

  it('goes on over the same connection', () => {
    const caller = talking().gets({ do: 'hold' }, loop(null)).gets(connect);
    expect(does(caller)).toEqual(['stop timer', 'stop timer', 'music false', 'hold false']);
    expect(caller.call).toMatchObject({ phase: 'talking', talk: 'open' });
  });

  it('that a reloaded page finds on hold is opened for later', () => {
    expect(does(new Caller().gets({ do: 'hold' }, loop(null)))).toEqual(['talk', 'hold true', 'music true']);
  });

  it('is closed when a flow goes on without the agent', () => {
    const caller = talking().gets(play('how was it?'), collect());
    expect(does(caller)).toEqual(['part', 'speak']);
    expect(caller.call).toMatchObject({ phase: 'menu', talk: 'none', agentName: null });
  });

  it('begins after the whisper has been heard', () => {
    const caller = new Caller().gets(play('recorded for training'), { do: 'drain', wait: 3 });
    expect(caller.hears().sent).toEqual([{ type: 'played', wait: 3 }]);
    expect(does(caller.gets(connect))).toEqual(['talk']);
  });
});

describe('a third party', () => {
  const line = (state: 'ringing' | 'connected'): Command => ({ do: 'line', state });

  it('is heard ringing after what the flow said', () => {
    const caller = new Caller().gets(play('one moment'), line('ringing'));
    expect(caller.said).toEqual(['one moment']);
    expect(caller.hears().did).toEqual([{ do: 'ringback', on: true }]);
    expect(caller.call.phase).toBe('dialling');
  });

  it('that answers is talked with, and the ringing stops', () => {
    const caller = new Caller().gets(line('ringing')).gets(line('connected'));
    expect(caller.did).toEqual([{ do: 'ringback', on: false }]);
    expect(caller.call.phase).toBe('bridged');
  });

  it('that does not answer leaves the customer in the flow', () => {
    const caller = new Caller().gets(line('ringing')).gets(collect());
    expect(caller.did[0]).toEqual({ do: 'ringback', on: false });
    expect(caller.call.phase).toBe('menu');
  });

  it('is on a line that the page understands, whatever else is in the frame', () => {
    const turn = readTurn({ type: 'turn', seq: 1, commands: [{ do: 'line', state: 'ringing', number: '+1' }, { do: 'hold' }, { do: 'fly' }] });
    expect(turn?.commands).toEqual([{ do: 'line', state: 'ringing' }, { do: 'hold' }]);
  });
});

describe('a question that takes words', () => {
  const ears = (caller: Caller): (boolean | null)[] =>
    caller.did.flatMap((effect) => (effect.do === 'ear' ? [effect.for !== null] : []));

  it('is listened to while it is still being asked, and waits for an answer after that', () => {
    const caller = new Caller().gets(listen());
    expect([caller.said, ears(caller)]).toEqual([['bot'], [true]]);
    caller.hears();
    expect(caller.did).toEqual([{ do: 'timer', name: 'key', seconds: 5 }]);
  });

  it('that must be heard to its end is listened to from there on', () => {
    const caller = new Caller().gets(listen({ canInterrupt: false }));
    expect(ears(caller)).toEqual([]);
    caller.hears();
    expect(ears(caller)).toEqual([true]);
  });

  it('is hushed by whoever begins to speak, and nothing is answered while the center thinks', () => {
    const caller = new Caller().gets(listen()).has({ type: 'speaking' });
    expect(caller.did).toEqual([{ do: 'hush' }, { do: 'stop timer', name: 'key' }]);
    caller.has({ type: 'uttered' });
    expect([ears(caller), caller.call.answers]).toEqual([[false], []]);
    expect(caller.has({ type: 'timer', name: 'key' }).did).toEqual([]);
  });

  it('is answered by keys as well, and then it is deaf', () => {
    const caller = new Caller().gets(listen()).presses('2');
    expect(caller.call.answers).toEqual([{ type: 'input', wait: 8, digits: '2' }]);
    expect(ears(caller)).toEqual([false]);
  });

  it('takes a number up to its end', () => {
    const caller = new Caller().gets(listen({ maxDigits: 15 })).presses('2025550123#');
    expect(caller.call.answers).toEqual([{ type: 'input', wait: 8, digits: '2025550123' }]);
  });

  it('is answered by what is written', () => {
    const caller = new Caller().gets(listen()).has({ type: 'typed', text: 'sales' });
    expect(caller.call.answers).toEqual([{ type: 'said', wait: 8, text: 'sales' }]);
  });

  it('is answered by silence, and by words that got lost', () => {
    const silent = new Caller().gets(listen()).hears().has({ type: 'timer', name: 'key' });
    expect(silent.call.answers).toEqual([{ type: 'timeout', wait: 8 }]);
    expect(ears(silent)).toEqual([false]);
    const lost = new Caller().gets(listen()).has({ type: 'uttered' }).has({ type: 'unheard', wait: 8 });
    expect(lost.call.answers).toEqual([{ type: 'timeout', wait: 8 }]);
  });

  it('is no longer listened to when the server goes on', () => {
    const caller = new Caller().gets(listen()).gets({ do: 'wait' });
    expect(ears(caller)).toEqual([false]);
  });

  it('may be interrupted in what is played before it, too', () => {
    const raw = { type: 'turn', seq: 1, commands: [play('Welcome'), { ...listen(), startSeconds: 3 }] };
    expect(readTurn(raw)?.commands).toEqual([listen({ prompts: [prompt('Welcome'), prompt('bot')], timeoutSeconds: 3 })]);
    const firm = { ...raw, commands: [play('Welcome'), { ...listen(), canInterrupt: false }] };
    expect(readTurn(firm)?.commands.map((command) => command.do)).toEqual(['play', 'listen']);
  });
});
