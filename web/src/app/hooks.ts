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

const LOADING = { data: null, error: null, isLoading: true };

function watchHash(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
