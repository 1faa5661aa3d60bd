import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { sentence } from '../api/errors';
import { parseRoute, type Route } from './routes';

export function useRoute(): Route {
  const hash = useSyncExternalStore(watchHash, () => window.location.hash);
  return parseRoute(hash);
}

/** Draws again every so often; for clocks. */
export function useTick(ms: number): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
}

export interface Loaded<T> {
  data: T | null;
  error: string | null;
  isLoading: boolean;
  reload: () => void;
  /** Puts in what a save has answered, without asking again. */
  set: (data: T) => void;
}

/** Loads once per change of `load` (give it through useCallback); a late answer to an old question is dropped. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: string | null; isLoading: boolean }>(LOADING);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setState((known) => ({ ...known, isLoading: true, error: null }));
    load().then(
      (data) => isCurrent && setState({ data, error: null, isLoading: false }),
      (error: unknown) => isCurrent && setState((known) => ({ data: known.data, error: sentence(error), isLoading: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [load, round]);
  const reload = useCallback(() => setRound((known) => known + 1), []);
  const set = useCallback((data: T) => setState({ data, error: null, isLoading: false }), []);
  return { ...state, reload, set };
}

export interface Watched<T> {
  data: T | null;
  /** Why the last look failed; what was seen before stays. */
  error: string | null;
  /** By this computer's clock; null before the first look. */
  seenAt: number | null;
  reload: () => void;
}

/** Milliseconds between two looks, or what they are after what was seen last; null: it is not looked at again. */
export type Pace<T> = number | ((data: T | null) => number | null);

/** Looks again every so often, one look at a time, while the page is in sight (give `load` and a function `pace` through useCallback). */
export function useWatched<T>(load: () => Promise<T>, pace: Pace<T>): Watched<T> {
  const [state, setState] = useState<{ data: T | null; error: string | null; seenAt: number | null }>({ data: null, error: null, seenAt: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isDue = false;
    let seen: T | null = null;
    const look = (): void => {
      isDue = false;
      load()
        .then(
          (data) => {
            seen = data;
            if (isCurrent) setState({ data, error: null, seenAt: Date.now() });
          },
          (error: unknown) => isCurrent && setState((known) => ({ ...known, error: sentence(error) })),
        )
        .finally(() => {
          const next = typeof pace === 'number' ? pace : pace(seen);
          if (isCurrent && next !== null) timer = setTimeout(lookIfSeen, next);
        });
    };
    const lookIfSeen = (): void => {
      if (document.hidden) isDue = true;
      else look();
    };
    const onSight = (): void => {
      if (isDue && !document.hidden) look();
    };
    document.addEventListener('visibilitychange', onSight);
    look();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onSight);
    };
  }, [load, pace, round]);
  const reload = useCallback(() => setRound((known) => known + 1), []);
  return { ...state, reload };
}

const LOADING = { data: null, error: null, isLoading: true };

function watchHash(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
