import { createContext, useCallback, useContext } from 'react';
import type { ScreenPop } from '../api/types';
import { useLoaded, type Loaded } from '../app/hooks';
import { useServices } from '../app/services';

/** Pops that were loaded on this page: one for the offer serves the conversation too. */
export class PopCache {
  readonly #pops = new Map<string, Promise<ScreenPop>>();

  get(contactId: string, load: (contactId: string) => Promise<ScreenPop>): Promise<ScreenPop> {
    const known = this.#pops.get(contactId);
    if (known) return known;
    const loading = load(contactId);
    this.#pops.set(contactId, loading);
    // A failure is not remembered, nor an answer without history: the next look asks again.
    loading.then(
      (pop) => pop.historyState === 'unavailable' && this.#pops.delete(contactId),
      () => this.#pops.delete(contactId),
    );
    return loading;
  }

  forget(contactId: string): void {
    this.#pops.delete(contactId);
  }
}

export const PopCacheContext = createContext(new PopCache());

export function usePop(contactId: string): Loaded<ScreenPop> {
  const { api } = useServices();
  const cache = useContext(PopCacheContext);
  const load = useCallback(() => cache.get(contactId, api.pop), [cache, contactId, api]);
  const { reload, ...loaded } = useLoaded(load);
  const renew = useCallback(() => {
    cache.forget(contactId);
    reload();
  }, [cache, contactId, reload]);
  return { ...loaded, reload: renew };
}
