/**
 * The agent's mixing desk: a fixed graph in which mute and hold only turn gains, so nothing is ever renegotiated.
 *
 *     microphone ── mic ─┬─ send ─── toCustomer
 *                        └──────────────── right ┐
 *     customer ───────┬─ hear ── speaker         ├─ recording
 *                     └─────────────────── left ─┘
 *
 * The recording is stereo, customer left and agent right. With the customer on hold the agent is still recorded, as
 * Amazon Connect does; an agent on hold is not. What either hears meanwhile is the flows' business.
 */
import { Meter } from './levels';

/** Who is on hold; null: nobody, they talk. */
export type Held = 'CUSTOMER' | 'AGENT' | null;

export class Desk {
  muted = false;
  held: Held = null;
  /** What the customer is to hear. */
  readonly toCustomer: MediaStream;
  readonly recording: MediaStream;
  /** What the agent hears. */
  readonly speaker: GainNode;
  readonly customerMeter: Meter;
  readonly agentMeter: Meter;

  private readonly mic: GainNode;
  private readonly send: GainNode;
  private readonly customer: GainNode;
  private readonly hear: GainNode;
  private source: { node: MediaStreamAudioSourceNode; wake: HTMLAudioElement } | null = null;

  constructor(
    private readonly context: AudioContext,
    microphone: MediaStream,
  ) {
    this.mic = context.createGain();
    this.send = context.createGain();
    this.customer = context.createGain();
    this.hear = context.createGain();
    this.speaker = context.createGain();

    const out = context.createMediaStreamDestination();
    out.channelCount = 1;
    context.createMediaStreamSource(microphone).connect(this.mic);
    this.mic.connect(this.send).connect(out);
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

  hold(held: Held): void {
    this.held = held;
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
    const isTalking = this.held === null;
    fade(this.mic, this.muted || this.held === 'AGENT' ? 0 : 1);
    fade(this.send, isTalking ? 1 : 0);
    fade(this.hear, isTalking ? 1 : 0);
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
