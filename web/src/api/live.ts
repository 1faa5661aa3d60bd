import { query, type Method } from './rest';
import type { Agent, AgentStatusChoice, Channel } from './types';

/** A queue on one channel. */
export interface LineNow {
  queueId: string;
  name: string;
  channel: Channel;
  waiting: number;
  ringing: number;
  /** Calls back whose time has not come. */
  scheduled: number;
  /** null: nobody waits. */
  oldestSeconds: number | null;
  limit: number | null;
  staffed: number;
  available: number;
  onContact: number;
  afterContactWork: number;
  missed: number;
  /** null: nobody can tell. */
  estimatedWaitSeconds: number | null;
}

export interface AgentNow extends Agent {
  routingProfile: { id: string; name: string | null };
  isReachable: boolean;
  lastHeardAt: string | null;
  missedInRow: number;
  activity: string;
}

export interface LiveAlert {
  id: string;
  at: string;
  kind: 'AGENT_NOT_REACHABLE' | 'DESK_SILENT' | 'COLLEAGUE_CALLED' | 'TICKET_DUE' | 'TICKET_OVERDUE' | 'FOLLOW_UP_FORGOTTEN' | 'TICKET_ESCALATED' | 'REPORT_LATE' | 'DELIVERY_FAILED' | 'RECORDS_MISSING';
  agentId: string | null;
  queueId: string | null;
  ticketId: string | null;
  text: string;
}

/** The center at one moment. */
export interface LiveNow {
  at: string;
  queues: LineNow[];
  agents: AgentNow[];
  /** That can be chosen for agents. */
  statuses: AgentStatusChoice[];
  alerts: LiveAlert[];
}

/** A contact in a line; position 1 is next. */
export interface Standing {
  contactId: string;
  channel: Channel;
  position: number;
  priority: number;
  since: string;
  waitSeconds: number;
  state: 'WAITING' | 'RINGING';
  customerName: string | null;
  customerEndpoint: string | null;
  agentName: string | null;
}

export interface Destination {
  queueId?: string;
  agentId?: string;
}

export interface Moved {
  contactId: string;
  queueId: string;
  queueName: string;
  since: string;
}

export interface Callback {
  contactId: string;
  number: string;
  customerName: string | null;
  queueId: string;
  queueName: string;
  askedAt: string;
  /** When its place began to count. */
  since: string;
  /** null: not in line. */
  place: number | null;
  state: 'SCHEDULED' | 'WAITING' | 'RINGING' | 'CONNECTED';
  dueAt: string | null;
  attemptsLeft: number;
  lastOutcome: 'NOT_REACHED' | 'NOT_DIALLED' | null;
}

type Request = <T>(method: Method, path: string, body?: unknown) => Promise<T>;

/** The doors for supervisors: the center at this moment, and what they do about it. */
export class Live {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  now = (): Promise<LiveNow> => this.#request('GET', '/v1/live');

  /** The first of a line, and whether there are more. */
  line = (queueId: string, channel: Channel): Promise<{ contacts: Standing[]; nextToken: string | null }> =>
    this.#request('GET', `/v1/queues/${segment(queueId)}/contacts${query({ channel })}`);

  setStatus = (agentId: string, name: string): Promise<Agent> => this.#request('POST', `/v1/agents/${segment(agentId)}/status`, { name });

  move = (contactId: string, to: Destination): Promise<Moved> => this.#request('POST', `/v1/contacts/${segment(contactId)}/move`, to);

  callbacks = async (): Promise<Callback[]> => {
    const { callbacks } = await this.#request<{ callbacks: Callback[] }>('GET', '/v1/callbacks');
    return callbacks;
  };

  cancelCallback = async (contactId: string): Promise<void> => {
    await this.#request('DELETE', `/v1/callbacks/${segment(contactId)}`);
  };
}

const segment = encodeURIComponent;
