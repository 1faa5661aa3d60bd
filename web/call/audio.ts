/** What the customer hears: prompts, music, key tones and the agent, mixed here; and the microphone going out. */
import { fade, remoteSource } from '../src/voice/desk';
import { Meter, PROBE_FFT } from '../src/voice/levels';
import { openMicrophone } from '../src/voice/microphone';
import { loop, playMusic } from '../src/voice/music';
import type { Prompt } from './model';

const LOW_HZ = [697, 770, 852, 941];
const HIGH_HZ = [1209, 1336, 1477];
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const TONE_SECONDS = 0.16;
const MUSIC_LEVEL = 0.3;
const MUSIC_UNDER_SPEECH = 0.05;
const RINGBACK_HZ = [440, 480];
const RINGBACK_SECONDS = { on: 2, off: 4 };

/** The two frequencies of a key (ITU-T Q.23); null for what is no key. */
export function toneOf(key: string): [number, number] | null {
  const index = KEYS.indexOf(key);
  const low = LOW_HZ[Math.floor(index / 3)];
  const high = HIGH_HZ[index % 3];
  return low === undefined || high === undefined ? null : [low, high];
}

/** How long somebody needs to read a text that nobody could speak. */
export const readingSeconds = (text: string): number => Math.max(1.5, text.split(/\s+/).filter(Boolean).length * 0.35);

/** Presigned addresses change with every turn; what they point to does not. */
export const audioKey = (url: string): string => url.split('?')[0] ?? url;

/** An audio worklet that hands on what it hears, 20 ms at a time. */
const TAP = `registerProcessor('tap', class extends AudioWorkletProcessor {
        constructor() { super(); this.kept = new Float32Array(960); this.count = 0; }
        process([[samples]]) {
          for (const sample of samples ?? new Float32Array(128)) {
            this.kept[this.count++] = sample;
            if (this.count === this.kept.length) { this.port.postMessage(this.kept.slice()); this.count = 0; }
          }
          return true;
        }
      });`;

export class CallAudioOut {
  /** What the agent hears; the same stream with or without a microphone. */
  readonly outgoing: MediaStream;

  private readonly context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  private readonly out: GainNode;
  private readonly music: GainNode;
  private readonly speech: GainNode;
  private readonly microphone: GainNode;
  private readonly talk: GainNode;
  private readonly meter: Meter;
  private readonly buffers = new Map<string, Promise<AudioBuffer | null>>();
  private tap: Promise<void> | null = null;
  private stopSpeech: (() => void) | null = null;
  private stopMusic: (() => void) | null = null;
  private stopRingback: (() => void) | null = null;
  private agent: ReturnType<typeof remoteSource> | null = null;
  private stream: MediaStream | null = null;
  private isMusicOn = false;
  private isMuted = false;
  private isHeld = false;

  constructor() {
    const gain = (to: AudioNode, value = 1): GainNode => {
      const node = this.context.createGain();
      node.gain.value = value;
      node.connect(to);
      return node;
    };
    this.out = gain(this.context.destination);
    this.music = gain(this.out, 0);
    this.speech = gain(this.out);
    this.talk = gain(this.out);
    const outgoing = this.context.createMediaStreamDestination();
    outgoing.channelCount = 1;
    this.outgoing = outgoing.stream;
    this.microphone = gain(outgoing);
    this.meter = new Meter(this.out, PROBE_FFT);
  }

  /** Within a click, else browsers keep the page silent. */
  async wake(): Promise<void> {
    await this.context.resume();
  }

  /** Adds the microphone to what goes out; rejects when it is refused, and may be tried again. */
  async addMicrophone(): Promise<void> {
    this.stream = await openMicrophone();
    this.context.createMediaStreamSource(this.stream).connect(this.microphone);
  }

  /** Tells the microphone's samples (48 kHz) as they come, until what is returned is called. */
  listen(heard: (samples: Float32Array) => void): () => void {
    let stop = (): void => {
      stop = () => undefined; // before it began
    };
    let isStopped = false;
    const begin = async (): Promise<void> => {
      this.tap ??= this.context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAP], { type: 'text/javascript' })));
      await this.tap;
      if (isStopped) return;
      const tap = new AudioWorkletNode(this.context, 'tap', { numberOfOutputs: 0 });
      tap.port.onmessage = ({ data }: MessageEvent<Float32Array>) => heard(data);
      this.microphone.connect(tap);
      stop = () => {
        this.microphone.disconnect(tap);
        tap.port.onmessage = null;
      };
    };
    begin().catch((error: unknown) => console.warn('the page cannot listen', error));
    return () => {
      isStopped = true;
      stop();
    };
  }

  mute(on: boolean): void {
    this.isMuted = on;
    this.level();
  }

  /** Neither end hears the other; music and prompts are heard all the same. */
  hold(on: boolean): void {
    this.isHeld = on;
    this.level();
  }

  /** Fetches what is about to be played. */
  load(prompts: Prompt[]): void {
    for (const { audioUrl } of prompts) if (audioUrl !== null) void this.buffer(audioUrl);
  }

  /** Plays one prompt and says when it has been heard; a prompt without audio lasts as long as one reads it. */
  speak(prompt: Prompt, heard: () => void): void {
    this.hush();
    this.duck(true);
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      this.duck(false);
      heard();
    };
    this.stopSpeech = () => {
      isOver = true;
    };
    void this.begin(prompt, over, () => isOver);
  }

  hush(): void {
    this.stopSpeech?.();
    this.stopSpeech = null;
    this.duck(false);
  }

  playMusic(on: boolean): void {
    this.isMusicOn = on;
    fade(this.music, on ? MUSIC_LEVEL : 0);
    if (on) this.stopMusic ??= playMusic(this.music);
    else {
      this.stopMusic?.();
      this.stopMusic = null;
    }
  }

  /** The tone that says that it rings at the other end. */
  ringback(on: boolean): void {
    this.stopRingback?.();
    this.stopRingback = on ? loop(this.out, ringback(this.context)) : null;
  }

  /** The key's two tones, as a telephone makes them. */
  tone(key: string): void {
    const now = this.context.currentTime;
    for (const hz of toneOf(key) ?? []) {
      const tone = this.context.createOscillator();
      const level = this.context.createGain();
      level.gain.setValueAtTime(0.12, now);
      level.gain.setTargetAtTime(0, now + TONE_SECONDS, 0.01);
      tone.frequency.value = hz;
      tone.connect(level).connect(this.out);
      tone.start(now);
      tone.stop(now + TONE_SECONDS + 0.1);
    }
  }

  attach(stream: MediaStream): void {
    this.agent?.node.disconnect();
    this.agent = remoteSource(this.context, stream);
    this.agent.node.connect(this.talk);
  }

  levels(hz: number[]): Record<number, number> {
    return this.meter.probe(hz);
  }

  async close(): Promise<void> {
    this.hush();
    this.playMusic(false);
    this.ringback(false);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    await this.context.close();
  }

  private level(): void {
    fade(this.microphone, this.isMuted || this.isHeld ? 0 : 1);
    fade(this.talk, this.isHeld ? 0 : 1);
  }

  private duck(on: boolean): void {
    if (this.isMusicOn) fade(this.music, on ? MUSIC_UNDER_SPEECH : MUSIC_LEVEL);
  }

  private async begin(prompt: Prompt, over: () => void, isOver: () => boolean): Promise<void> {
    const buffer = prompt.audioUrl === null ? null : await this.buffer(prompt.audioUrl);
    if (isOver()) return;
    if (!buffer) {
      const timer = setTimeout(over, readingSeconds(prompt.text) * 1000);
      this.stopSpeech = () => clearTimeout(timer);
      return;
    }
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.speech);
    source.onended = over;
    source.start();
    this.stopSpeech = () => {
      source.onended = null;
      source.stop();
    };
  }

  private buffer(url: string): Promise<AudioBuffer | null> {
    const key = audioKey(url);
    const known = this.buffers.get(key) ?? this.fetchBuffer(url);
    this.buffers.set(key, known);
    return known;
  }

  /** null when it cannot be had: the text is shown all the same, and a later turn tries again. */
  private async fetchBuffer(url: string): Promise<AudioBuffer | null> {
    try {
      const reply = await fetch(url, { signal: AbortSignal.timeout(8000) });
      if (!reply.ok) throw new Error(`audio answered ${reply.status}`);
      return await this.context.decodeAudioData(await reply.arrayBuffer());
    } catch (error) {
      console.warn('prompt without audio', error instanceof Error ? error.message : error);
      this.buffers.delete(audioKey(url));
      return null;
    }
  }
}

function ringback(context: BaseAudioContext): AudioBuffer {
  const rate = 8000;
  const buffer = context.createBuffer(1, rate * (RINGBACK_SECONDS.on + RINGBACK_SECONDS.off), rate);
  const samples = buffer.getChannelData(0);
  for (let at = 0; at < rate * RINGBACK_SECONDS.on; at += 1) {
    samples[at] = RINGBACK_HZ.reduce((sum, hz) => sum + 0.06 * Math.sin((2 * Math.PI * hz * at) / rate), 0);
  }
  return buffer;
}
