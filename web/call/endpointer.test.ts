import { describe, expect, it } from 'vitest';
import { base64, Endpointer, forSpeech } from './endpointer';

const FRAME = 960;

/** Frames of noise at this level; the same every time. */
function frames(seconds: number, level: number): Float32Array[] {
  let seed = 1;
  const noise = (): number => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647 - 0.5) * 2 * level;
  };
  return Array.from({ length: seconds * 50 }, () => Float32Array.from({ length: FRAME }, noise));
}

function hear(ear: Endpointer, sound: Float32Array[], isOverPrompt = false): ('speaking' | Int16Array)[] {
  return sound.map((frame) => ear.take(frame, isOverPrompt)).filter((heard) => heard !== null);
}

describe('an utterance', () => {
  const ear = (): Endpointer => new Endpointer({ endSeconds: 0.6, longestSeconds: 2 });

  it('begins with sound over the noise and ends with silence, soft beginnings kept', () => {
    const heard = hear(ear(), [...frames(1, 0.002), ...frames(0.8, 0.2), ...frames(1, 0.002)]);

    expect(heard[0]).toBe('speaking');
    const seconds = (heard[1] as Int16Array).length / 16_000;
    expect(seconds).toBeGreaterThan(1.4);
    expect(seconds).toBeLessThan(1.8);
  });

  it('survives a pause for breath', () => {
    const heard = hear(ear(), [...frames(1, 0.002), ...frames(0.3, 0.2), ...frames(0.4, 0.002), ...frames(0.3, 0.2), ...frames(1, 0.002)]);

    expect(heard).toHaveLength(2);
  });

  it('is over when it has lasted too long', () => {
    const heard = hear(ear(), [...frames(1, 0.002), ...frames(3, 0.2)]);

    expect((heard[1] as Int16Array).length / 16_000).toBeCloseTo(2, 1);
  });

  it.each([
    ['silence', frames(3, 0)],
    ['soft noise', frames(3, 0.002)],
    ['a loud hum that was always there', frames(3, 0.2)],
    ['a click', [...frames(1, 0.002), ...frames(0.04, 0.5), ...frames(1, 0.002)]],
  ])('is not %s', (_, sound) => {
    expect(hear(ear(), sound)).toEqual([]);
  });

  it('must be louder than the echo of a prompt', () => {
    const echo = [...frames(1, 0.01), ...frames(1, 0.05)];

    expect(hear(ear(), echo, true)).toEqual([]);
    expect(hear(ear(), echo, false)[0]).toBe('speaking');
  });
});

describe('speech for a recogniser', () => {
  it('is a third of the samples, as loud as before, without what is too high', () => {
    const tone = (hertz: number): Float32Array => Float32Array.from({ length: 4800 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / 48_000));
    const peak = (hertz: number): number => Math.max(...forSpeech([tone(hertz)]).subarray(100, 1500)) / 32_767;

    expect(forSpeech([tone(300)])).toHaveLength(1600);
    expect(peak(300)).toBeCloseTo(0.5, 1);
    expect(peak(12_000)).toBeLessThan(0.05);
  });

  it('travels as base64', () => {
    expect(base64(Int16Array.of(1, -1))).toBe(btoa('\x01\x00\xff\xff'));
  });
});
