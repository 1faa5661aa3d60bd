import { useEffect, useRef } from 'react';
import { isEditing } from './focus';

/** For what comes unasked: keys typed in its first moment belong to what the agent was doing before. */
export const UNASKED_MS = 500;

/** Single letters that act while nobody is writing, once the grace is over; an action that is left out does nothing. */
export function useShortcuts(actions: Readonly<Record<string, (() => void) | undefined>>, graceMs = 0): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const since = performance.now();
    const pressed = (event: KeyboardEvent): void => {
      const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
      if (hasModifier || event.repeat || isEditing(event.target) || performance.now() - since < graceMs) return;
      const action = latest.current[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [graceMs]);
}
