import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../testing/render';
import { useWatched, type Pace, type Watched } from './hooks';

let root: Root;
let looks: number;
let answer: () => Promise<number>;
let seen: Watched<number>;

const load = (): Promise<number> => {
  looks += 1;
  return answer();
};
const untilThree = (data: number | null): number | null => (data !== null && data < 3 ? 1_000 : null);

function Probe({ pace }: { pace: Pace<number> }): null {
  seen = useWatched(load, pace);
  return null;
}

const passes = (ms: number): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

async function watch(pace: Pace<number>): Promise<void> {
  await act(async () => {
    root.render(<Probe pace={pace} />);
    await vi.advanceTimersByTimeAsync(0);
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  looks = 0;
  answer = () => Promise.resolve(looks);
  root = createRoot(document.createElement('div'));
});

afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
});

test('it is looked at again every so often, and not any more once nobody watches', async () => {
  await watch(1_000);
  await passes(2_000);
  expect(looks).toBe(3);

  act(() => root.render(null));
  await passes(5_000);
  expect(looks).toBe(3);
});

test('what was seen says whether it is looked at again', async () => {
  await watch(untilThree);
  await passes(10_000);

  expect([looks, seen.data]).toEqual([3, 3]);
});

test('what was seen stays when a look fails, and the next look clears the error', async () => {
  await watch(1_000);
  answer = () => Promise.reject(new Error('gone'));
  await passes(1_000);
  expect([seen.data, seen.error]).toEqual([1, 'gone']);

  answer = () => Promise.resolve(9);
  await passes(1_000);
  expect([seen.data, seen.error]).toEqual([9, null]);
});

test('looking at once does not wait for the time', async () => {
  await watch(untilThree);
  await passes(10_000);

  await act(async () => {
    seen.reload();
    await vi.advanceTimersByTimeAsync(0);
  });

  expect(looks).toBe(4);
});
