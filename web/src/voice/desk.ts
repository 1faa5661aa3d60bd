/**
 * The agent's mixing desk: a fixed graph in which mute and hold only turn gains, so nothing is ever renegotiated.
 *
 *     microphone ── mic ─┬─ send ─────┬─ toCustomer
 *                        │    hold ───┘
 *                        └────────────── right ┐
 *     customer ───────┬─ hear ── speaker       ├─ recording
 *                     └───────────────── left ─┘
 *
 * The recording is stereo, customer left and agent right; on hold the agent is still recorded, as Amazon Connect does.
 */
import { Meter } from './levels';
import { loop, playMusic } from './music';

export class Desk {
  muted = false;
  held = false;
  /** What the customer is to hear. */
  readonly toCustomer: MediaStream;
  readonly recording: MediaStream;
  /** What the agent hears. */
  readonly speaker: GainNode;
  readonly customerMeter: Meter;
  readonly agentMeter: Meter;

  private readonly mic: GainNode;
  private readonly send: GainNode;
  private readonly holdMusic: GainNode;
  private readonly customer: GainNode;
  private readonly hear: GainNode;
  private source: { node: MediaStreamAudioSourceNode; wake: HTMLAudioElement } | null = null;
  private stopMusic: (() => void) | null = null;

  constructor(
    private readonly context: AudioContext,
    microphone: MediaStream,
    private readonly holdMusicUrl?: string,
  ) {
    this.mic = context.createGain();
    this.send = context.createGain();
    this.holdMusic = context.createGain();
    this.holdMusic.gain.value = 0;
    this.customer = context.createGain();
    this.hear = context.createGain();
    this.speaker = context.createGain();

    const out = context.createMediaStreamDestination();
    out.channelCount = 1;
    context.createMediaStreamSource(microphone).connect(this.mic);
    this.mic.connect(this.send).connect(out);
    this.holdMusic.connect(out);
    this.customer.connect(this.hear).connect(this.speaker).connect(context.destination);
    this.toCustomer = out.stream;
    this.recording = this.record();
    this.customerMeter = new Meter(this.customer);
    this.agentMeter = new Meter(this.mic);
  }

  mute(on: boolean): void {
    this.muted = on;
    this.apply();
  }

  hold(on: boolean): void {
    this.held = on;
    this.apply();
  }

  /** Puts the customer's stream on the desk; a redialled leg brings a new one. */
  attach(stream: MediaStream): void {
    this.detach();
    this.source = remoteSource(this.context, stream);
    this.source.node.connect(this.customer);
  }

  close(): void {
    this.detach();
    this.stopMusic?.();
  }

  private record(): MediaStream {
    const stereo = this.context.createMediaStreamDestination();
    stereo.channelCount = 2;
    stereo.channelCountMode = 'explicit';
    stereo.channelInterpretation = 'discrete';
    const merger = this.context.createChannelMerger(2);
    [this.customer, this.mic].forEach((from, channel) => {
      const side = this.context.createGain();
      side.channelCount = 1; // a stereo microphone must not spill to the other side
      side.channelCountMode = 'explicit';
      from.connect(side).connect(merger, 0, channel);
    });
    merger.connect(stereo);
    return stereo.stream;
  }

  private apply(): void {
    fade(this.mic, this.muted ? 0 : 1);
    fade(this.send, this.held ? 0 : 1);
    fade(this.hear, this.held ? 0 : 1);
    fade(this.holdMusic, this.held ? 0.7 : 0);
    if (this.held && !this.stopMusic) this.startMusic();
  }

  private startMusic(): void {
    this.stopMusic = playMusic(this.holdMusic);
    if (this.holdMusicUrl === undefined) return;
    void this.loadMusic(this.holdMusicUrl).catch(() => {
      console.warn('hold music could not be loaded; the built-in one plays on');
    });
  }

  private async loadMusic(url: string): Promise<void> {
    const reply = await fetch(url);
    if (!reply.ok) throw new Error(`hold music answered ${reply.status}`);
    const buffer = await this.context.decodeAudioData(await reply.arrayBuffer());
    this.stopMusic?.();
    this.stopMusic = loop(this.holdMusic, buffer);
  }

  private detach(): void {
    this.source?.node.disconnect();
    if (this.source) this.source.wake.srcObject = null;
    this.source = null;
  }
}

/** Chromium feeds a remote stream into WebAudio only while a media element consumes it too. */
export function remoteSource(
  context: AudioContext,
  stream: MediaStream,
): { node: MediaStreamAudioSourceNode; wake: HTMLAudioElement } {
  const wake = new Audio();
  wake.muted = true;
  wake.srcObject = stream;
  wake.play().catch(() => undefined); // it need not sound, only pull
  return { node: context.createMediaStreamSource(stream), wake };
}

/** Turns a gain without a click. */
export function fade(node: GainNode, value: number): void {
  const now = node.context.currentTime;
  node.gain.cancelScheduledValues(now);
  node.gain.setTargetAtTime(value, now, 0.015);
}
