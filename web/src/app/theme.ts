import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useCallback, useEffect, useState } from 'react';

const KEY = 'trunkline.mode';

/** Dark or light: what the person chose on this machine, else what the machine prefers. */
export function useDarkMode(): [boolean, () => void] {
  const [isDark, setDark] = useState(initially);
  useEffect(() => applyMode(isDark ? Mode.Dark : Mode.Light), [isDark]);
  const toggle = useCallback(() => {
    setDark((known) => {
      localStorage.setItem(KEY, known ? 'light' : 'dark');
      return !known;
    });
  }, []);
  return [isDark, toggle];
}

function initially(): boolean {
  const chosen = localStorage.getItem(KEY);
  return chosen ? chosen === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
}
