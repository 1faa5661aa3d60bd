/** How loud something is: for meters, and at single frequencies for tests that listen to tones. */

const FLOOR = -100;
/** Of a single frequency: a spectrum reaches further down than a meter. */
const SILENCE = -160;

/** Root mean square in dB, -100 to 0. */
export function decibels(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = samples.length === 0 ? FLOOR : 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.round(Math.min(0, Math.max(FLOOR, db)));
}

/** Listens to a node of an audio graph. */
export class Meter {
  private readonly analyser: AnalyserNode;

  constructor(node: AudioNode, fftSize = 2048) {
    this.analyser = node.context.createAnalyser();
    this.analyser.fftSize = fftSize;
    this.analyser.smoothingTimeConstant = 0;
    node.connect(this.analyser);
  }

  level(): number {
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    return decibels(samples);
  }

  /** dB at each of the frequencies; the meter should have a large FFT for this. */
  probe(frequencies: number[]): Record<number, number> {
    const bins = new Float32Array(this.analyser.frequencyBinCount);
    this.analyser.getFloatFrequencyData(bins);
    const width = this.analyser.context.sampleRate / this.analyser.fftSize;
    return Object.fromEntries(
      frequencies.map((hz) => {
        const bin = Math.round(hz / width);
        return [hz, Math.round(Math.max(SILENCE, ...bins.slice(Math.max(0, bin - 2), bin + 3)))];
      }),
    );
  }
}

/** An FFT this long tells tones apart that are 10 Hz from each other. */
export const PROBE_FFT = 16384;
