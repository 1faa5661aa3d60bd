import type { Difference, Finding, FlowChange } from './types';

interface ErrorBody {
  error?: string;
  message?: string;
  field?: string | null;
  value?: unknown;
  current?: unknown;
  difference?: Difference;
  findings?: Finding[];
  changes?: FlowChange[];
  problems?: (string | { message: string })[];
}

/** A refusal of the server, or its absence (`status` 0), with what it said. */
export class ApiError extends Error {
  readonly status: number;
  readonly field: string | null;
  readonly current: unknown;
  readonly difference: Difference | null;
  /** Of a flow that was refused. */
  readonly findings: Finding[];
  /** Of a flow that could not even be kept: each with its path. */
  readonly problems: string[];
  /** Between the version somebody started from and the current one. */
  readonly changes: FlowChange[];

  constructor(status: number, body: ErrorBody) {
    super(body.message ?? sentenceFor(status));
    this.name = 'ApiError';
    this.status = status;
    this.field = body.field ?? null;
    this.current = body.current ?? null;
    this.difference = body.difference ?? null;
    this.findings = body.findings ?? [];
    this.changes = body.changes ?? [];
    this.problems = (body.problems ?? []).map((each) => (typeof each === 'string' ? each : each.message));
  }

  get isConflict(): boolean {
    return this.status === 409;
  }
}

/** The server could not be reached at all. */
export function unreachable(): ApiError {
  return new ApiError(0, {});
}

/** What to tell a person about any failure; never a stack, never "[object Object]". */
export function sentence(error: unknown): string {
  if (error instanceof Error && error.message) return error.message;
  return 'Something went wrong. Try again.';
}

/** Reads the body of a refusal, whatever a gateway in between made of it. */
export function parseErrorBody(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return {};
    const { Message, ...rest } = body as ErrorBody & { Message?: string };
    return Message && !rest.message ? { ...rest, message: Message } : rest;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

const SENTENCES: Record<number, string> = {
  0: 'The center cannot be reached. Check your network connection.',
  401: 'Your session has ended. Sign in again.',
  403: 'Your role does not allow this.',
  404: 'This does not exist, or not any more.',
  409: 'Somebody else changed this first.',
  413: 'This is too large to send.',
};

function sentenceFor(status: number): string {
  return SENTENCES[status] ?? (status >= 500 ? 'The center had a problem. Try again in a moment.' : `The center refused this (${status}).`);
}
