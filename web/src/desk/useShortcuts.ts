import { useEffect, useRef } from 'react';
import { isEditing } from './focus';

/** Keys typed in the first moment belong to what the agent was doing before. */
const GRACE_MS = 500;

/** Single letters that act while nobody is writing; an action that is left out does nothing. */
export function useShortcuts(actions: Readonly<Record<string, (() => void) | undefined>>): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const since = performance.now();
    const pressed = (event: KeyboardEvent): void => {
      const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
      if (hasModifier || event.repeat || isEditing(event.target) || performance.now() - since < GRACE_MS) return;
      const action = latest.current[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
