/** Music on hold, made here: no file to license, to load or to miss. */

const BPM = 66;
const BEATS_PER_BAR = 4;
/** Semitones above E flat 3; four bars of broken chords that lead back into themselves. */
const BARS = [
  [0, 7, 12, 16, 19, 16, 12, 7], // E flat
  [-3, 4, 9, 12, 16, 12, 9, 4], // C minor
  [-7, 0, 5, 9, 12, 9, 5, 0], // A flat
  [-5, 2, 7, 11, 14, 11, 7, 2], // B flat
];
const ROOT_HZ = 155.56;
const DECAY_SECONDS = 1.4;

export const barSeconds = (60 / BPM) * BEATS_PER_BAR;

/** One round of the music as samples between -1 and 1; its end runs into its beginning. */
export function renderMusic(sampleRate: number): Float32Array {
  const total = Math.round(BARS.length * barSeconds * sampleRate);
  const samples = new Float32Array(total);
  BARS.forEach((bar, index) => {
    bar.forEach((semitones, note) => {
      const start = Math.round((index + note / bar.length) * barSeconds * sampleRate);
      pluck(samples, start, ROOT_HZ * 2 ** (semitones / 12), sampleRate);
    });
  });
  return samples;
}

/** Adds one soft note; what outlasts the round sounds on at its beginning. */
function pluck(samples: Float32Array, start: number, hz: number, sampleRate: number): void {
  const length = Math.round(DECAY_SECONDS * 2 * sampleRate);
  for (let i = 0; i < length; i += 1) {
    const t = i / sampleRate;
    const envelope = Math.min(1, t / 0.012) * Math.exp(-t / (DECAY_SECONDS / 3)) * (1 - i / length);
    const tone = Math.sin(2 * Math.PI * hz * t) + 0.25 * Math.sin(4 * Math.PI * hz * t);
    const at = (start + i) % samples.length;
    samples[at] = (samples[at] ?? 0) + tone * envelope * 0.16;
  }
}

/** Starts the music at a node; the returned function stops it. */
export function playMusic(target: AudioNode): () => void {
  const { context } = target;
  const rate = 24000; // nothing of it lies above 2 kHz
  const samples = renderMusic(rate);
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.getChannelData(0).set(samples);
  return loop(target, buffer);
}

/** Plays a buffer round and round; the returned function stops it. */
export function loop(target: AudioNode, buffer: AudioBuffer): () => void {
  const source = target.context.createBufferSource();
  source.buffer = buffer;
  source.loop = true;
  source.connect(target);
  source.start();
  return () => {
    source.stop();
    source.disconnect();
  };
}
