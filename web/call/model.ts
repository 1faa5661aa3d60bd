/**
 * What the customer's page does in a call, decided without a browser: what is played, when it listens for keys, what it answers.
 *
 * `next` takes the call and what happened and returns the call and what to do. Time comes in as timers that fired.
 */

export interface Prompt {
  text: string;
  /** null: nobody can speak it; the text is shown for as long as one reads. */
  audioUrl: string | null;
  language: string;
}

/** Keys are taken: how many, and for how long. */
export interface Keys {
  wait: number;
  prompts: Prompt[];
  maxDigits: number;
  timeoutSeconds: number;
  interdigitSeconds: number;
  terminator: string;
  cancelKey: string | null;
}

export interface Collect extends Keys {
  do: 'collect';
}

/** Words or keys, whatever comes first. */
export interface Listen extends Keys {
  do: 'listen';
  endSeconds: number;
  longestSeconds: number;
  canInterrupt: boolean;
}

export interface Loop {
  do: 'loop';
  wait: number;
  prompts: Prompt[];
  interruptSeconds: number | null;
}

export type Command =
  | { do: 'play'; prompts: Prompt[] }
  | Collect
  | Listen
  | { do: 'drain'; wait: number }
  | Loop
  | { do: 'connect'; agentName: string | null }
  | { do: 'hold' }
  | { do: 'line'; state: 'ringing' | 'connected' }
  | { do: 'wait' }
  | { do: 'end'; reason: string };

export interface Turn {
  /** The contact the customer is in: another one since a transfer. */
  contactId: string;
  seq: number;
  commands: Command[];
}

/** `dialling` and `bridged`: with a third party that the flow calls for the customer. */
export type Phase = 'idle' | 'ringing' | 'menu' | 'waiting' | 'talking' | 'dialling' | 'bridged' | 'ended';

/** The talk with the agent: put aside while the customer is on hold. */
export type Talk = 'none' | 'open' | 'held';
export type TimerName = 'key' | 'interrupt' | 'gap';

export type Answer =
  | { type: 'input'; wait: number; digits: string }
  | { type: 'said'; wait: number; text: string }
  | { type: 'timeout'; wait: number }
  | { type: 'played'; wait: number };

/** What is going on right now. */
interface Doing {
  command: Command;
  /** The prompt being spoken: -1 before the first, past the end when all were. */
  at: number;
  /** A later round of a loop: its texts stand in the log already. */
  isRepeat: boolean;
}

export interface Call {
  phase: Phase;
  /** Of the last turn that came; null: none has. */
  contactId: string | null;
  seq: number;
  pending: Command[];
  doing: Doing | null;
  /** Number of the prompt being spoken; 0: none. A late "heard" of an earlier one means nothing. */
  speech: number;
  speeches: number;
  digits: string;
  /** Given since the last turn: said again when that turn comes again, because it got lost. */
  answers: Answer[];
  agentName: string | null;
  talk: Talk;
  reason: string | null;
}

export type Happening =
  | { type: 'dialled' }
  | { type: 'turn'; turn: Turn }
  | { type: 'heard'; speech: number }
  | { type: 'key'; key: string }
  | { type: 'typed'; text: string }
  | { type: 'speaking' }
  | { type: 'uttered' }
  | { type: 'unheard'; wait: number }
  | { type: 'timer'; name: TimerName }
  | { type: 'hung up' }
  | { type: 'lost'; reason: string };

export type Effect =
  | { do: 'speak'; prompt: Prompt; speech: number; isRepeat: boolean }
  | { do: 'hush' }
  | { do: 'music'; on: boolean }
  | { do: 'timer'; name: TimerName; seconds: number }
  | { do: 'stop timer'; name: TimerName }
  | { do: 'send'; message: Answer | { type: 'hangup' } }
  | { do: 'entered'; digits: string; isSecret: boolean }
  | { do: 'ear'; for: Listen | null }
  | { do: 'talk' }
  | { do: 'hold'; on: boolean }
  | { do: 'part' }
  | { do: 'ringback'; on: boolean }
  | { do: 'over' };

export interface Step {
  call: Call;
  effects: Effect[];
}

/** Between two rounds of a loop the customer hears music for so long. */
export const GAP_SECONDS = 12;

export const idle: Call = {
  phase: 'idle',
  contactId: null,
  seq: 0,
  pending: [],
  doing: null,
  speech: 0,
  speeches: 0,
  digits: '',
  answers: [],
  agentName: null,
  talk: 'none',
  reason: null,
};

export function next(call: Call, happening: Happening): Step {
  if (happening.type === 'dialled') return { call: { ...idle, phase: 'ringing' }, effects: [] };
  return call.phase === 'ended' ? stay(call) : during(call, happening);
}

function during(call: Call, happening: Exclude<Happening, { type: 'dialled' }>): Step {
  switch (happening.type) {
    case 'turn':
      return onTurn(call, happening.turn);
    case 'heard':
      return onHeard(call, happening.speech);
    case 'key':
      return onKey(call, happening.key);
    case 'timer':
      return onTimer(call, happening.name);
    case 'hung up':
      return end(call, 'CUSTOMER_DISCONNECT', [{ do: 'send', message: { type: 'hangup' } }]);
    case 'lost':
      return end(call, happening.reason);
    default:
      return onWords(call, happening);
  }
}

// --- turns ------------------------------------------------------------------------------------------

function onTurn(call: Call, turn: Turn): Step {
  if (turn.seq < call.seq) return stay(call);
  if (turn.seq === call.seq) {
    return { call, effects: call.answers.map((message) => ({ do: 'send', message })) };
  }
  const isUrgent = turn.commands.some(({ do: what }) => AT_ONCE.has(what));
  const isPlaying = call.doing?.command.do === 'play';
  const fresh: Call = { ...call, contactId: turn.contactId, seq: turn.seq, answers: [], digits: '' };
  if (call.phase === 'ringing') fresh.phase = 'menu';
  if (hasParted(call, turn)) {
    const parted: Call = { ...fresh, talk: 'none', agentName: null, doing: null, speech: 0, pending: turn.commands };
    return then([...leave(call), { do: 'part' }], advance(parted));
  }
  if (isPlaying && !isUrgent) {
    // What is being said is finished first; what the last turn wanted to know, nobody waits for any more.
    const said = call.pending.filter((command) => command.do === 'play');
    return { call: { ...fresh, pending: [...said, ...turn.commands] }, effects: [] };
  }
  const left = call.doing ? leave(call) : [];
  return then(left, advance({ ...fresh, doing: null, speech: 0, pending: turn.commands }));
}

const AT_ONCE: ReadonlySet<string> = new Set(['hold', 'connect', 'end']);

/** A flow goes on without the agent: it neither puts the talk aside nor takes it up. Or another contact, with another agent. */
function hasParted(call: Call, turn: Turn): boolean {
  const isOver = turn.commands[0]?.do === 'end';
  if (call.talk === 'none' || isOver) return false;
  return turn.contactId !== call.contactId || !turn.commands.some(({ do: what }) => what === 'hold' || what === 'connect');
}

const DEAF: Effect = { do: 'ear', for: null };
const NO_KEY: Effect = { do: 'stop timer', name: 'key' };
const NO_MUSIC: Effect = { do: 'music', on: false };
const STOPPED: Partial<Record<Command['do'], Effect[]>> = {
  collect: [NO_KEY],
  listen: [NO_KEY, DEAF],
  loop: [{ do: 'stop timer', name: 'gap' }, { do: 'stop timer', name: 'interrupt' }, NO_MUSIC],
  wait: [NO_MUSIC],
};

/** What must stop when the page goes on to something else. */
function leave(call: Call): Effect[] {
  const effects: Effect[] = [];
  if (call.speech !== 0) effects.push({ do: 'hush' });
  const what = call.doing?.command.do ?? 'play';
  effects.push(...(STOPPED[what] ?? []));
  if (what === 'line' && call.phase === 'dialling') effects.push({ do: 'ringback', on: false });
  return effects;
}

/** Begins what is pending until something takes time. */
function advance(call: Call): Step {
  const [command, ...pending] = call.pending;
  if (!command) return { call: { ...call, doing: null }, effects: [] };
  const rest = { ...call, pending };
  switch (command.do) {
    case 'play':
      return speakNext({ ...rest, phase: 'menu', doing: begun(command) });
    case 'collect':
    case 'listen':
      return beginKeys(rest, command);
    case 'drain': {
      const answered = answer({ ...rest, doing: null }, { type: 'played', wait: command.wait });
      return then(answered.effects, advance(answered.call));
    }
    case 'loop':
      return beginLoop(rest, command);
    case 'wait':
      return { call: { ...rest, phase: 'waiting', doing: begun(command) }, effects: [{ do: 'music', on: true }] };
    case 'end':
      return end(rest, command.reason);
    default:
      return beginTalk(rest, command);
  }
}

/** Keys and words may come while the prompts are still being said. */
function beginKeys(call: Call, command: Collect | Listen): Step {
  const isHeardAtOnce = command.do === 'listen' && command.canInterrupt;
  return then(isHeardAtOnce ? [{ do: 'ear', for: command }] : [], speakNext({ ...call, phase: 'menu', digits: '', doing: begun(command) }));
}

/** With the agent, or with somebody whom the flow calls. */
function beginTalk(call: Call, command: Extract<Command, { do: 'connect' | 'hold' | 'line' }>): Step {
  if (command.do === 'line') {
    const isRinging = command.state === 'ringing';
    return { call: { ...call, phase: isRinging ? 'dialling' : 'bridged', doing: begun(command) }, effects: isRinging ? [{ do: 'ringback', on: true }] : [] };
  }
  if (command.do === 'hold') {
    // A page that was loaded again meanwhile has no line to the agent yet.
    const opened: Effect[] = call.talk === 'none' ? [{ do: 'talk' }] : [];
    return then([...opened, { do: 'hold', on: true }], advance({ ...call, talk: 'held', phase: 'waiting', doing: null }));
  }
  const effect: Effect = call.talk === 'held' ? { do: 'hold', on: false } : { do: 'talk' };
  return { call: { ...call, talk: 'open', phase: 'talking', doing: begun(command), agentName: command.agentName }, effects: [effect] };
}

function beginLoop(call: Call, command: Loop): Step {
  const effects: Effect[] = [{ do: 'music', on: true }];
  if (command.interruptSeconds !== null) {
    effects.push({ do: 'timer', name: 'interrupt', seconds: command.interruptSeconds });
  }
  return then(effects, speakNext({ ...call, phase: 'waiting', doing: begun(command) }));
}

// --- prompts ----------------------------------------------------------------------------------------

const promptsOf = (command: Command): Prompt[] => ('prompts' in command ? command.prompts : []);

function onHeard(call: Call, speech: number): Step {
  return speech !== 0 && speech === call.speech ? speakNext({ ...call, speech: 0 }) : stay(call);
}

function speakNext(call: Call): Step {
  const doing = call.doing;
  if (!doing) return stay(call);
  const at = doing.at + 1;
  const prompt = promptsOf(doing.command)[at];
  const moved = { ...call, doing: { ...doing, at } };
  if (!prompt) return allHeard(moved);
  const speech = call.speeches + 1;
  return {
    call: { ...moved, speech, speeches: speech },
    effects: [{ do: 'speak', prompt, speech, isRepeat: doing.isRepeat }],
  };
}

function allHeard(call: Call): Step {
  const command = call.doing?.command;
  if (takesKeys(command)) {
    // Only now: a customer cannot choose before having heard the choices.
    const isHeardNow = command.do === 'listen' && !command.canInterrupt;
    return then(isHeardNow ? [{ do: 'ear', for: command }] : [], awaitKey(call, command.timeoutSeconds));
  }
  if (command?.do === 'loop') {
    if (command.prompts.length === 0) return stay(call);
    return { call, effects: [{ do: 'timer', name: 'gap', seconds: GAP_SECONDS }] };
  }
  return advance(call);
}

// --- keys -------------------------------------------------------------------------------------------

function onKey(call: Call, key: string): Step {
  const command = call.doing?.command;
  if (!takesKeys(command)) return stay(call);
  const effects: Effect[] = command.do === 'listen' ? [...hushed(call), DEAF] : hushed(call);
  return then(effects, collectKey(allSaid(call, command), command, key));
}

const takesKeys = (command: Command | undefined): command is Collect | Listen =>
  command?.do === 'collect' || command?.do === 'listen';

const hushed = (call: Call): Effect[] => (call.speech === 0 ? [] : [{ do: 'hush' }]);

const allSaid = (call: Call, command: Collect | Listen): Call => ({
  ...call,
  speech: 0,
  doing: { ...begun(command), at: command.prompts.length },
});

function collectKey(call: Call, command: Keys, key: string): Step {
  if (command.maxDigits === 1) return enter(call, command, key); // a choice, be it a star
  if (key === command.cancelKey) return awaitKey({ ...call, digits: '' }, command.timeoutSeconds);
  const digits = call.digits + key;
  if (command.terminator !== '' && digits.endsWith(command.terminator)) {
    return enter(call, command, digits.slice(0, -command.terminator.length));
  }
  if (digits.length >= command.maxDigits) return enter(call, command, digits);
  return awaitKey({ ...call, digits }, command.interdigitSeconds);
}

const awaitKey = (call: Call, seconds: number): Step => ({ call, effects: [{ do: 'timer', name: 'key', seconds }] });

/** Answers with the keys; one that was typed to its end is not shown, it may be a card number. */
function enter(call: Call, command: Keys, digits: string): Step {
  const entered: Effect = { do: 'entered', digits, isSecret: command.maxDigits > 1 };
  const idleKeys: Effect[] = [{ do: 'stop timer', name: 'key' }, entered];
  return then(idleKeys, answer({ ...call, doing: null, digits: '' }, { type: 'input', wait: command.wait, digits }));
}

function onTimer(call: Call, name: TimerName): Step {
  const command = call.doing?.command;
  if (takesKeys(command) && name === 'key') return onNoKey(call, command);
  if (command?.do !== 'loop') return stay(call);
  if (name === 'interrupt') return answer(call, { type: 'timeout', wait: command.wait });
  return speakNext({ ...call, doing: { ...begun(command), isRepeat: true } });
}

function onNoKey(call: Call, command: Collect | Listen): Step {
  if (call.digits !== '') return enter(call, command, call.digits);
  const deaf: Effect[] = command.do === 'listen' ? [DEAF] : [];
  return then(deaf, answer({ ...call, doing: null }, { type: 'timeout', wait: command.wait }));
}

// --- words ------------------------------------------------------------------------------------------

function onWords(call: Call, happening: Extract<Happening, { type: 'typed' | 'speaking' | 'uttered' | 'unheard' }>): Step {
  if (happening.type === 'unheard') return answer(call, { type: 'timeout', wait: happening.wait }); // as if nothing had been said
  const command = call.doing?.command;
  if (command?.do !== 'listen') return stay(call);
  const effects: Effect[] = [...hushed(call), NO_KEY];
  if (happening.type === 'speaking') return { call: allSaid(call, command), effects };
  const heard: Call = { ...call, doing: null, speech: 0, digits: '' };
  // What was uttered goes to the center as sound, and the center answers the wait by itself.
  if (happening.type === 'uttered') return { call: heard, effects: [...effects, DEAF] };
  return then([...effects, DEAF], answer(heard, { type: 'said', wait: command.wait, text: happening.text }));
}

// --- small helpers ----------------------------------------------------------------------------------

const begun = (command: Command): Doing => ({ command, at: -1, isRepeat: false });

const stay = (call: Call): Step => ({ call, effects: [] });

const then = (effects: Effect[], step: Step): Step => ({ call: step.call, effects: [...effects, ...step.effects] });

function answer(call: Call, message: Answer): Step {
  return { call: { ...call, answers: [...call.answers, message] }, effects: [{ do: 'send', message }] };
}

function end(call: Call, reason: string, before: Effect[] = []): Step {
  return {
    call: { ...call, phase: 'ended', doing: null, pending: [], speech: 0, digits: '', reason },
    effects: [...before, ...leave(call), { do: 'over' }],
  };
}
