/** When somebody begins to speak and when it is over, told from the level alone; pure. */
import { decibels } from '../src/voice/levels';

export interface Patience {
  endSeconds: number;
  longestSeconds: number;
}

const RATE = 48_000;
const SPEECH_RATE = 16_000;
const STEP = RATE / SPEECH_RATE;
const FRAMES_A_SECOND = 50;
/** dB over the noise: to begin (more while the page itself speaks, for that is heard, too) and to go on. */
const BEGIN_DB = 10;
const OVER_PROMPT_DB = 6;
const GO_ON_DB = 6;
/** dB below full scale; nobody speaks more softly than that into a microphone. */
const SOFTEST_DB = -50;
/** Of the last so many frames, so many must be loud. */
const BEGIN_FRAMES = 6;
const BEGIN_LOUD = 5;
/** What is quieter than a fifth of the last 1.5 seconds is noise. */
const NOISE_FRAMES = 75;
const NOISE_SHARE = 0.2;
const LEAST_FRAMES = 10;
/** Kept from before the beginning: soft consonants. */
const BEFORE_FRAMES = 15;

export class Endpointer {
  private readonly levels: number[] = [];
  private before: Float32Array[] = [];
  private spoken: Float32Array[] | null = null;
  private isOver = false;
  private quiet = 0;
  private noise = 0;

  constructor(private readonly patience: Patience) {}

  /** Takes 20 ms; says that speech began, or gives all of it when it is over. */
  take(samples: Float32Array, isOverPrompt: boolean): 'speaking' | Int16Array | null {
    const level = decibels(samples);
    if (this.isOver) return null;
    if (this.spoken) return this.goOn(this.spoken, samples, level);
    this.before = [...this.before, samples].slice(-BEFORE_FRAMES);
    this.levels.push(level);
    if (this.levels.length > NOISE_FRAMES) this.levels.shift();
    if (this.levels.length < LEAST_FRAMES) return null;
    this.noise = [...this.levels].sort((one, other) => one - other)[Math.floor(this.levels.length * NOISE_SHARE)] ?? 0;
    const threshold = Math.max(SOFTEST_DB, this.noise + BEGIN_DB + (isOverPrompt ? OVER_PROMPT_DB : 0));
    const loud = this.levels.slice(-BEGIN_FRAMES).filter((each) => each > threshold);
    if (loud.length < BEGIN_LOUD) return null;
    this.spoken = this.before;
    return 'speaking';
  }

  private goOn(spoken: Float32Array[], samples: Float32Array, level: number): Int16Array | null {
    spoken.push(samples);
    this.quiet = level > Math.max(SOFTEST_DB, this.noise + GO_ON_DB) ? 0 : this.quiet + 1;
    const isQuiet = this.quiet >= this.patience.endSeconds * FRAMES_A_SECOND;
    const isTooLong = spoken.length >= this.patience.longestSeconds * FRAMES_A_SECOND;
    this.isOver = isQuiet || isTooLong;
    return this.isOver ? forSpeech(spoken) : null;
  }
}

/** At 16 kHz in 16 bits, as recognisers want it. */
export function forSpeech(frames: Float32Array[]): Int16Array {
  const all = new Float32Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  const made = new Int16Array(Math.floor(all.length / STEP));
  for (let i = 0; i < made.length; i += 1) made[i] = Math.round(32_767 * Math.max(-1, Math.min(1, smooth(all, i * STEP))));
  return made;
}

/** A low pass before every third sample is taken: what is too high must not fold back. */
const TAPS = [0.02, 0.06, 0.12, 0.18, 0.24, 0.18, 0.12, 0.06, 0.02];

function smooth(samples: Float32Array, at: number): number {
  let sum = 0;
  TAPS.forEach((tap, i) => {
    sum += tap * (samples[at + i - 4] ?? 0);
  });
  return sum;
}

export function base64(samples: Int16Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
