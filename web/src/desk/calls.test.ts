import { beforeEach, expect, test, vi } from 'vitest';
import { contact } from '../testing/samples';
import type { AgentCallOptions, CallAudio, Held } from '../voice/index';
import { CallKeeper, microphoneSentence, RAW_CONSTRAINTS } from './calls';

class FakeAudio implements CallAudio {
  state: CallAudio['state'] = 'connected';
  muted = false;
  held: Held = null;
  isClosed = false;
  readonly #listeners = new Set<() => void>();

  mute(on: boolean): void {
    this.muted = on;
    for (const listener of this.#listeners) listener();
  }

  hold(held: Held): void {
    this.held = held;
  }

  levels(): { customer: number; agent: number } {
    return { customer: -100, agent: -100 };
  }

  addEventListener(_: 'change', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: 'change', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

let started: AgentCallOptions[];
let drains: number;
let problems: string[];
let audio: FakeAudio;
let mayStart: boolean;
let isSpoolStuck: boolean;
let failure: Error | null;
let microphone: Promise<void>;

function keeper(constraints?: MediaTrackConstraints): CallKeeper {
  return new CallKeeper({
    start: async (options) => {
      started.push(options);
      await microphone;
      if (failure) throw failure;
      return audio;
    },
    drain: () => {
      drains++;
      return isSpoolStuck ? Promise.reject(new Error('not your contact')) : Promise.resolve(0);
    },
    signal: () => ({ send: () => undefined, subscribe: () => () => undefined }),
    grant: () => Promise.resolve({ url: '', fields: {}, prefix: '' }),
    finish: () => Promise.resolve(),
    iceServers: [],
    constraints,
    mayStart: () => Promise.resolve(mayStart),
    onProblem: (text) => problems.push(text),
  });
}

beforeEach(() => {
  started = [];
  drains = 0;
  isSpoolStuck = false;
  problems = [];
  audio = new FakeAudio();
  mayStart = true;
  failure = null;
  microphone = Promise.resolve();
});

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test('a connected voice contact gets sound, after what an earlier page left was sent', async () => {
  const calls = keeper();

  calls.follow(contact());
  await settled();

  expect(drains).toBe(1);
  expect(started).toMatchObject([{ contactId: 'c-1', recording: { enabled: true } }]);
  expect(calls.view()).toMatchObject({ phase: 'live', contactId: 'c-1' });
});

test('a contact that is still the same does not start twice', async () => {
  const calls = keeper();

  calls.follow(contact());
  calls.follow(contact({ customerName: 'Ana S.' }));
  await settled();

  expect(started).toHaveLength(1);
});

test('a page that may not make sound yet waits for one click', async () => {
  mayStart = false;
  const calls = keeper();
  calls.follow(contact());
  await settled();
  expect(calls.view().phase).toBe('needs-click');
  expect(started).toHaveLength(0);

  calls.resume();
  await settled();

  expect(calls.view().phase).toBe('live');
});

test('a refused microphone says what to do and can be tried again', async () => {
  failure = new DOMException('Permission denied', 'NotAllowedError');
  const calls = keeper();
  calls.follow(contact());
  await settled();
  expect(calls.view()).toMatchObject({ phase: 'failed', problem: 'The browser refused the microphone. Allow it in the address bar, then try again.' });

  failure = null;
  calls.resume();
  await settled();

  expect(calls.view().phase).toBe('live');
});

test('the sound ends with the contact', async () => {
  const calls = keeper();
  calls.follow(contact());
  await settled();

  calls.follow(null);

  expect(audio.isClosed).toBe(true);
  expect(calls.view().phase).toBe('none');
});

test('a contact that ended while its sound was starting leaves no open microphone', async () => {
  let allow = (): void => undefined;
  microphone = new Promise((resolve) => (allow = resolve));
  const calls = keeper();
  calls.follow(contact());
  await settled();

  calls.follow(null);
  allow();
  await settled();

  expect(started).toHaveLength(1);
  expect(audio.isClosed).toBe(true);
  expect(calls.view().phase).toBe('none');
});

test('a recording whose end could not be stored is told, not hidden', async () => {
  const calls = keeper();
  calls.follow(contact());
  await settled();
  audio.close = () => Promise.reject(new Error('no network'));

  calls.close();
  await settled();

  expect(problems).toHaveLength(1);
});

test('mute shows at once', async () => {
  const calls = keeper();
  calls.follow(contact());
  await settled();
  const before = calls.view();

  audio.mute(true);

  expect(calls.view()).not.toBe(before);
  expect(calls.view().audio?.muted).toBe(true);
});

test('what earlier pages left is sent once per page', async () => {
  const calls = keeper();

  await calls.drain();
  calls.follow(contact());
  await settled();

  expect(drains).toBe(1);
});

test('what cannot be sent is told, and the call starts all the same', async () => {
  isSpoolStuck = true;
  const calls = keeper();

  calls.follow(contact());
  await settled();

  expect(problems).toEqual(['A part of an earlier recording is still on this computer. not your contact']);
  expect(calls.view().phase).toBe('live');
});

test('tone tests switch the processing of the microphone off', async () => {
  const calls = keeper(RAW_CONSTRAINTS);

  calls.follow(contact());
  await settled();

  expect(started[0]?.constraints).toEqual({ echoCancellation: false, noiseSuppression: false, autoGainControl: false });
});

test('any other failure keeps its own words', () => {
  expect(microphoneSentence(new Error('no route'))).toBe('no route');
  expect(microphoneSentence(new DOMException('', 'NotFoundError'))).toContain('headset');
});

test('the sound follows who is on hold, also when it begins on hold', async () => {
  const calls = keeper();
  calls.follow(contact({ held: 'CUSTOMER', isJoined: false }));
  await vi.waitFor(() => expect(calls.view().phase).toBe('live'));
  expect(audio.held).toBe('CUSTOMER');
  calls.follow(contact());

  expect(audio.held).toBeNull();
  expect(started).toHaveLength(1);
});
