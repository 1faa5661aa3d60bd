import { useRef, useState } from 'react';
import { sentence } from '../api/errors';
import type { Found } from '../api/customers';
import { useServices } from '../app/services';

export interface Search {
  found: Found | null;
  /** What was looked for. */
  text: string;
  refusal: string | null;
  isBusy: boolean;
  run: (text: string) => void;
}

/** Looks for customers when told to; an answer to an older question is dropped. */
export function useSearch(): Search {
  const { api } = useServices();
  const [state, setState] = useState<Omit<Search, 'run'>>({ found: null, text: '', refusal: null, isBusy: false });
  const asked = useRef(0);
  const run = (text: string): void => {
    const mine = ++asked.current;
    const answered = (part: Partial<Search>): void => {
      if (mine === asked.current) setState((known) => ({ ...known, ...part, isBusy: false }));
    };
    setState({ found: null, text, refusal: null, isBusy: true });
    api.customers.search(text).then(
      (found) => answered({ found }),
      (error: unknown) => answered({ refusal: sentence(error) }),
    );
  };
  return { ...state, run };
}
