import type { Method } from './rest';
import type { Named } from './types';

/** How a contact ended, in the words that agents choose from. */
export interface Outcome {
  id: string;
  label: string;
  /** None: it is offered in all of them. */
  queueIds: string[];
  /** The customer need not come back. */
  resolves: boolean;
}

export interface QueueWrapUp extends Named {
  /** 0: until the agent ends the work. */
  seconds: number;
  /** Empty: the usual one. */
  closingScript: string;
}

export interface WrapUpSetup {
  dispositions: Outcome[];
  queues: QueueWrapUp[];
}

type Request = <T>(method: Method, path: string, body?: unknown) => Promise<T>;

/** What is set up for the work after contacts. */
export class WrapUps {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  all = (): Promise<WrapUpSetup> => this.#request('GET', '/v1/wrap-up');

  offer = ({ id, ...wanted }: Outcome): Promise<Outcome> => this.#request('PUT', outcome(id), wanted);

  withdraw = async (id: string): Promise<void> => {
    await this.#request('DELETE', outcome(id));
  };

  setQueue = (queueId: string, wanted: { seconds: number; closingScript: string }): Promise<QueueWrapUp> =>
    this.#request('PUT', `/v1/wrap-up/queues/${encodeURIComponent(queueId)}`, wanted);
}

function outcome(id: string): string {
  return `/v1/dispositions/${encodeURIComponent(id)}`;
}
