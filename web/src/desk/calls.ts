/** Keeps the sound of the one voice contact that this desk is connected to. */

import { sentence } from '../api/errors';
import type { DeskContact, UploadGrant } from '../api/types';
import type { AgentCallOptions, CallAudio, Held, SignalChannel } from '../voice/index';

export type CallPhase = 'none' | 'needs-click' | 'starting' | 'live' | 'failed';

export interface CallView {
  contactId: string | null;
  phase: CallPhase;
  audio: CallAudio | null;
  problem: string | null;
  /** Counts changes of the audio (muted, held, connected), so that a watcher sees a new view. */
  changes: number;
}

export interface CallKeeperOptions {
  start: (options: AgentCallOptions) => Promise<CallAudio>;
  /** Sends what pages that were closed in the middle of a call have left on this machine. */
  drain: () => Promise<number>;
  signal: (contactId: string) => SignalChannel;
  grant: (contactId: string) => Promise<UploadGrant>;
  finish: (contactId: string, segment: string, chunks: number, startedAt: string) => Promise<void>;
  iceServers: RTCIceServer[];
  constraints: MediaTrackConstraints | undefined;
  /** Whether the browser lets this page make sound without another click. */
  mayStart: () => Promise<boolean>;
  onProblem: (text: string) => void;
}

const NOTHING: CallView = { contactId: null, phase: 'none', audio: null, problem: null, changes: 0 };

export class CallKeeper {
  readonly #options: CallKeeperOptions;
  readonly #watchers = new Set<() => void>();
  #contact: DeskContact | null = null;
  #view: CallView = NOTHING;
  #draining: Promise<void> | null = null;

  constructor(options: CallKeeperOptions) {
    this.#options = options;
  }

  view = (): CallView => this.#view;

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Follows the desk: starts the sound of a contact that is connected, puts it on hold, ends it when it no longer is. */
  follow(contact: DeskContact | null): void {
    if (contact?.contactId === this.#contact?.contactId) {
      this.#contact = contact;
      this.#hold();
      return;
    }
    this.#end();
    this.#contact = contact;
    if (contact) void this.#begin(contact);
  }

  /** Starts after a click the browser asked for, or again after a failure. */
  resume = (): void => {
    if (this.#contact && (this.#view.phase === 'needs-click' || this.#view.phase === 'failed')) void this.#start(this.#contact);
  };

  /** Sends what earlier pages have left, once per page, and before a call of this page records: its chunks are none of them. */
  drain(): Promise<void> {
    this.#draining ??= this.#options.drain().then(
      () => undefined,
      (error: unknown) => this.#options.onProblem(`A part of an earlier recording is still on this computer. ${sentence(error)}`),
    );
    return this.#draining;
  }

  close(): void {
    this.follow(null);
  }

  async #begin(contact: DeskContact): Promise<void> {
    this.#become({ ...NOTHING, contactId: contact.contactId, phase: 'starting' });
    await this.drain();
    const mayStart = await this.#options.mayStart();
    if (!this.#isStill(contact)) return;
    if (mayStart) await this.#start(contact);
    else this.#become({ ...this.#view, phase: 'needs-click' });
  }

  async #start(contact: DeskContact): Promise<void> {
    this.#become({ ...NOTHING, contactId: contact.contactId, phase: 'starting' });
    try {
      const audio = await this.#options.start(this.#callOptions(contact));
      if (!this.#isStill(contact)) {
        await audio.close();
        return;
      }
      audio.addEventListener('change', this.#changed);
      this.#become({ ...this.#view, phase: 'live', audio });
      this.#hold();
    } catch (error) {
      if (this.#isStill(contact)) this.#become({ ...this.#view, phase: 'failed', problem: microphoneSentence(error) });
    }
  }

  #isStill(contact: DeskContact): boolean {
    return this.#contact?.contactId === contact.contactId;
  }

  /** The server says who is on hold. */
  #hold(): void {
    const { audio } = this.#view;
    const held: Held = this.#contact?.held === 'AGENT' || this.#contact?.held === 'CUSTOMER' ? this.#contact.held : null;
    if (audio && audio.held !== held) audio.hold(held);
  }

  #callOptions(contact: DeskContact): AgentCallOptions {
    const { contactId, isRecorded } = contact;
    const { signal, grant, finish, iceServers, constraints } = this.#options;
    return {
      contactId,
      signal: signal(contactId),
      recording: {
        enabled: isRecorded,
        grant: () => grant(contactId),
        finish: (segment, chunks, startedAt) => finish(contactId, segment, chunks, startedAt),
      },
      iceServers,
      ...(constraints ? { constraints } : {}),
    };
  }

  #end(): void {
    const { audio } = this.#view;
    this.#become(NOTHING);
    if (!audio) return;
    audio.removeEventListener('change', this.#changed);
    audio.close().catch((error: unknown) => {
      this.#options.onProblem(`The end of the recording is not stored yet; it will be sent when you reload this page. ${sentence(error)}`);
    });
  }

  #changed = (): void => this.#become({ ...this.#view, changes: this.#view.changes + 1 });

  #become(view: CallView): void {
    this.#view = view;
    for (const watcher of this.#watchers) watcher();
  }
}

/** What went wrong with the microphone, and what the agent can do about it. */
export function microphoneSentence(error: unknown): string {
  switch ((error as { name?: string } | null)?.name) {
    case 'NotAllowedError':
      return 'The browser refused the microphone. Allow it in the address bar, then try again.';
    case 'NotFoundError':
      return 'No microphone was found. Connect a headset, then try again.';
    case 'NotReadableError':
      return 'Another program uses the microphone. Close it, then try again.';
    default:
      return sentence(error);
  }
}

/** No processing of the microphone: for tests that measure tones. */
export const RAW_CONSTRAINTS: MediaTrackConstraints = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Whether sound may start now: after any click or key on this page, or where the browser allows it anyway. */
export async function maySound(): Promise<boolean> {
  if (navigator.userActivation.hasBeenActive) return true;
  const probe = new AudioContext();
  const isRunning = probe.state === 'running';
  await probe.close();
  return isRunning;
}
