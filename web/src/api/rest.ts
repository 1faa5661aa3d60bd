import { ApiError, parseErrorBody, unreachable } from './errors';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RestOptions {
  base: string;
  /** A token that is good right now; null for a door that asks nobody. */
  token: () => Promise<string | null>;
  fetch?: typeof fetch;
  /** Called once per refusal with 401, so that the page can ask to sign in again. */
  onUnauthorized?: () => void;
}

/** Speaks JSON with our REST door; every failure is an ApiError. */
export class Rest {
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /** The same door for the holder of this token. */
  as(token: string): Rest {
    return new Rest({ ...this.#options, token: () => Promise.resolve(token) });
  }

  async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const response = await this.#send(method, path, body);
    const text = await response.text();
    if (response.ok) return (text ? JSON.parse(text) : null) as T;
    if (response.status === 401) this.#options.onUnauthorized?.();
    throw new ApiError(response.status, parseErrorBody(text));
  }

  async #send(method: Method, path: string, body: unknown): Promise<Response> {
    const { base, token, fetch: send = globalThis.fetch.bind(globalThis) } = this.#options;
    const bearer = await token();
    const headers: Record<string, string> = {};
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    try {
      return await send(`${base}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch (error) {
      if (error instanceof TypeError) throw unreachable(); // how fetch reports a network failure
      throw error;
    }
  }
}

/** `?a=1&b=2` of those that have a value. */
export function query(values: Record<string, string | null | undefined>): string {
  const entries = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return entries.length ? `?${new URLSearchParams(entries).toString()}` : '';
}
