/** The server's frames of a browser call, read with care: what is not understood is left out, never guessed. */
import type { Command, Prompt, Turn } from './model';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const number = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

/** The turn in a frame's content; null when it holds none. */
export function readTurn(content: unknown): Turn | null {
  if (!isFields(content) || content.type !== 'turn' || typeof content.seq !== 'number') return null;
  const commands = list(content.commands).map(readCommand);
  return { contactId: text(content.contactId, ''), seq: content.seq, commands: interruptible(commands.filter((command) => command !== null)) };
}

/** What is played right before somebody is listened to may be interrupted like the question itself. */
function interruptible(commands: Command[]): Command[] {
  const joined: Command[] = [];
  for (const command of commands) {
    const before = joined.at(-1);
    if (command.do === 'listen' && command.canInterrupt && before?.do === 'play') {
      joined.splice(-1, 1, { ...command, prompts: [...before.prompts, ...command.prompts] });
    } else joined.push(command);
  }
  return joined;
}

const READERS: Readonly<Record<string, (raw: Fields) => Command>> = {
  play: (raw) => ({ do: 'play', prompts: readPrompts(raw.prompts) }),
  collect: readCollect,
  listen: (raw) => ({
    do: 'listen',
    wait: number(raw.wait, 0),
    prompts: readPrompts(raw.prompts),
    maxDigits: number(raw.maxDigits, 1),
    timeoutSeconds: number(raw.startSeconds, 3),
    interdigitSeconds: 3,
    terminator: '#',
    cancelKey: '*',
    endSeconds: number(raw.endSeconds, 0.6),
    longestSeconds: number(raw.longestSeconds, 12),
    canInterrupt: raw.canInterrupt !== false,
  }),
  drain: (raw) => ({ do: 'drain', wait: number(raw.wait, 0) }),
  loop: (raw) => {
    const interruptSeconds = typeof raw.interruptSeconds === 'number' ? raw.interruptSeconds : null;
    return { do: 'loop', wait: number(raw.wait, 0), prompts: readPrompts(raw.prompts), interruptSeconds };
  },
  connect: (raw) => ({ do: 'connect', agentName: textOrNull(raw.agentName) }),
  hold: () => ({ do: 'hold' }),
  line: (raw) => ({ do: 'line', state: raw.state === 'connected' ? 'connected' : 'ringing' }),
  wait: () => ({ do: 'wait' }),
  end: (raw) => ({ do: 'end', reason: text(raw.reason, 'OTHER') }),
};

function readCommand(raw: Fields): Command | null {
  return READERS[text(raw.do, '')]?.(raw) ?? null;
}

function readCollect(raw: Fields): Command {
  return {
    do: 'collect',
    wait: number(raw.wait, 0),
    prompts: readPrompts(raw.prompts),
    maxDigits: number(raw.maxDigits, 1),
    timeoutSeconds: number(raw.timeoutSeconds, 5),
    interdigitSeconds: number(raw.interdigitSeconds, 5),
    terminator: text(raw.terminator, '#'),
    cancelKey: raw.cancelKey === undefined ? '*' : textOrNull(raw.cancelKey),
  };
}

function readPrompts(raw: unknown): Prompt[] {
  return list(raw).map((prompt) => ({
    text: text(prompt.text, ''),
    audioUrl: textOrNull(prompt.audioUrl),
    language: text(prompt.language, 'en-US'),
  }));
}
