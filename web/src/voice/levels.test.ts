import { describe, expect, it } from 'vitest';
import { decibels } from './levels';
import { barSeconds, renderMusic } from './music';

describe('levels', () => {
  it('are 0 dB at most and -100 dB for silence', () => {
    expect(decibels(new Float32Array(64))).toBe(-100);
    expect(decibels(new Float32Array())).toBe(-100);
    expect(decibels(new Float32Array(64).fill(1.5))).toBe(0);
  });

  it('of a half-scale square wave are 6 dB down', () => {
    expect(decibels(new Float32Array(64).fill(0.5))).toBe(-6);
  });
});

describe('music on hold', () => {
  const samples = renderMusic(8000);

  it('is four bars long and never clips', () => {
    expect(samples.length).toBe(Math.round(4 * barSeconds * 8000));
    expect(samples.reduce((top, sample) => Math.max(top, Math.abs(sample)), 0)).toBeLessThan(0.95);
  });

  it('is quiet but there in every bar', () => {
    for (let bar = 0; bar < 4; bar += 1) {
      const level = decibels(samples.slice(bar * barSeconds * 8000, (bar + 1) * barSeconds * 8000));
      expect(level).toBeGreaterThan(-30);
      expect(level).toBeLessThan(-8);
    }
  });

  it('runs back into its beginning without a jump', () => {
    const seam = Math.abs((samples[0] ?? 0) - (samples.at(-1) ?? 0));

    expect(seam).toBeLessThan(0.05);
  });
});
