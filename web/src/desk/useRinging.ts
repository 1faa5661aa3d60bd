import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { ring } from './ring';

const KEY = 'trunkline.ring-muted';
const CHANGED = 'trunkline:ring-muted';

/** Whether the agent has switched the ring tone off on this machine. */
export function useRingMuted(): [boolean, (isMuted: boolean) => void] {
  const isMuted = useSyncExternalStore(watchMuted, () => localStorage.getItem(KEY) === 'yes');
  const setMuted = useCallback((muted: boolean) => {
    localStorage.setItem(KEY, muted ? 'yes' : 'no');
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [isMuted, setMuted];
}

/** Rings and flashes the title while an offer is there. */
export function useRinging(offerId: string | null, title: string): void {
  const [isMuted] = useRingMuted();
  useEffect(() => {
    if (!offerId || isMuted) return;
    return ring();
  }, [offerId, isMuted]);
  useEffect(() => {
    if (!offerId) return;
    const before = document.title;
    let isOn = false;
    const flash = (): void => {
      isOn = !isOn;
      document.title = isOn ? `● ${title}` : before;
    };
    flash();
    const timer = setInterval(flash, 900);
    return () => {
      clearInterval(timer);
      document.title = before;
    };
  }, [offerId, title]);
}

function watchMuted(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  return () => window.removeEventListener(CHANGED, changed);
}
