/** The agent's side of a voice contact: microphone, mixing desk, line to the customer, recording. */
import { Desk, type Held } from './desk';
import { Meter, PROBE_FFT } from './levels';
import { Link } from './link';
import { isRaw, openMicrophone } from './microphone';
import { Recorder } from './recorder';
import type { SignalChannel } from './signal';
import { forgetOld, leftovers, openStore, Uploader, type ChunkStore, type UploadGrant } from './spool';

export type { Held } from './desk';
export type { SignalChannel } from './signal';
export type { UploadGrant } from './spool';

export interface CallAudio {
  readonly state: 'idle' | 'connecting' | 'connected' | 'failed';
  readonly muted: boolean;
  readonly held: Held;
  mute(on: boolean): void;
  hold(held: Held): void;
  /** dB, -100..0 */
  levels(): { customer: number; agent: number };
  addEventListener(type: 'change', fn: () => void): void;
  removeEventListener(type: 'change', fn: () => void): void;
  close(): Promise<void>;
}

export interface AgentCallOptions {
  contactId: string;
  signal: SignalChannel;
  recording: {
    enabled: boolean;
    grant: () => Promise<UploadGrant>;
    finish: (segment: string, chunks: number, startedAt: string) => Promise<void>;
  };
  iceServers: RTCIceServer[];
  constraints?: MediaTrackConstraints | boolean;
}

declare global {
  interface Window {
    /** For tests that listen, where the address has `?raw`: what the agent hears, in dB. */
    trunklineCall?: { probe(hz: number[]): Record<number, number>; readonly state: string };
  }
}

/** Tries per chunk when a call is over or a page cleans up: then the person is waiting. */
const LAST_TRIES = 5;
/** Tries per chunk in the background afterwards, some minutes' worth. */
const LATE_TRIES = 40;
/** How long a browser may take to let a page sound. */
const RESUME_MS = 3000;

/**
 * Asks for the microphone, offers the line, mixes and, once the two are connected, records.
 *
 * Rejects when there is no microphone to be had, or when the browser wants a click before it lets the page sound.
 */
export async function startAgentCall(options: AgentCallOptions): Promise<CallAudio> {
  const microphone = await openMicrophone(options.constraints);
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  // Without a gesture the promise may never settle.
  await Promise.race([context.resume(), new Promise((done) => setTimeout(done, RESUME_MS))]);
  if (context.state !== 'running') {
    for (const track of microphone.getTracks()) track.stop();
    await context.close();
    throw new Error('The browser wants a click on this page before it plays sound.');
  }
  return new AgentCall(options, microphone, context, await openStore());
}

/** Sends chunks that a crashed page left, and says how many. */
export async function drainSpool(contactId: string, grant: () => Promise<UploadGrant>): Promise<number> {
  const store = await openStore();
  await forgetOld(store, Date.now());
  return new Uploader({ contactId, store, grant }).flush(LAST_TRIES);
}

/**
 * Sends what earlier pages left of any contact, and has each such segment stitched again; says how many chunks went.
 *
 * Rejects with the first refusal, when all contacts were tried.
 */
export async function drainAll(
  grant: (contactId: string) => Promise<UploadGrant>,
  finish: (contactId: string, segment: string, chunks: number, startedAt: string) => Promise<void>,
): Promise<number> {
  const store = await openStore();
  await forgetOld(store, Date.now());
  let sent = 0;
  const refusals: unknown[] = [];
  for (const { contactId, segment, chunks, startedAt } of await leftovers(store)) {
    try {
      sent += await new Uploader({ contactId, store, grant: () => grant(contactId) }).flush(LAST_TRIES);
      await finish(contactId, segment, chunks, startedAt);
    } catch (error) {
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
  return sent;
}

class AgentCall extends EventTarget implements CallAudio {
  private readonly desk: Desk;
  private readonly link: Link;
  private readonly uploader: Uploader;
  private recorder: Recorder | null = null;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly options: AgentCallOptions,
    private readonly microphone: MediaStream,
    private readonly context: AudioContext,
    store: ChunkStore,
  ) {
    super();
    const { contactId, signal, iceServers, recording } = options;
    this.desk = new Desk(context, microphone);
    this.uploader = new Uploader({ contactId, store, grant: recording.grant });
    this.link = new Link({ contactId, signal, iceServers, role: 'offerer', stream: this.desk.toCustomer });
    this.link.addEventListener('track', () => {
      if (this.link.remote) this.desk.attach(this.link.remote);
    });
    this.link.addEventListener('state', () => this.onLinkState());
    this.expose();
  }

  get state(): CallAudio['state'] {
    return this.closing ? 'idle' : this.link.state;
  }

  get muted(): boolean {
    return this.desk.muted;
  }

  get held(): Held {
    return this.desk.held;
  }

  mute(on: boolean): void {
    this.desk.mute(on);
    this.changed();
  }

  hold(held: Held): void {
    this.desk.hold(held);
    this.changed();
  }

  levels(): { customer: number; agent: number } {
    return { customer: this.desk.customerMeter.level(), agent: this.desk.agentMeter.level() };
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    this.changed();
    return this.closing;
  }

  private onLinkState(): void {
    if (this.link.state === 'connected' && this.options.recording.enabled && !this.closing) {
      this.recorder ??= new Recorder(this.options.contactId, this.desk.recording, this.uploader, Date.now());
    }
    this.changed();
  }

  private async shutDown(): Promise<void> {
    const recorded = this.recorder?.stop();
    this.link.close();
    await recorded;
    for (const track of this.microphone.getTracks()) track.stop();
    this.desk.close();
    await this.context.close();
    delete window.trunklineCall;
    if (this.recorder) await this.handOver(this.recorder);
  }

  /** Reports the segment as finished; what cannot be sent now goes on being tried after this. */
  private async handOver(recorder: Recorder): Promise<void> {
    const finish = (): Promise<void> =>
      this.options.recording.finish(recorder.segment, recorder.chunks, recorder.startedAt);
    const late = async (): Promise<void> => {
      await this.uploader.flush(LATE_TRIES);
      await finish();
    };
    const inBackground = (): void => {
      late().catch((error: unknown) => console.warn('the end of the recording is still in this browser', error));
    };
    await this.uploader.flush(LAST_TRIES);
    try {
      await finish();
    } catch (error) {
      inBackground();
      throw error;
    }
    if ((await this.uploader.pending()).length > 0) inBackground();
  }

  private expose(): void {
    if (!isRaw()) return;
    const meter = new Meter(this.desk.speaker, PROBE_FFT);
    const state = (): string => this.state;
    window.trunklineCall = {
      probe: (hz) => meter.probe(hz),
      get state() {
        return state();
      },
    };
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
