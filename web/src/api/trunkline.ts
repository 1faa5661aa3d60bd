import { Customers } from './customers';
import { Flows } from './flows';
import { Live } from './live';
import { Reports } from './reports';
import { query, type Rest } from './rest';
import { WrapUps } from './wrapUps';
import type {
  Colleague,
  Fact,
  FeedbackResults,
  Item,
  Me,
  Promises,
  QuickConnect,
  RecordingLink,
  ScreenPop,
  Settings,
  TeamMember,
  Ticket,
  TicketChange,
  TicketStatus,
  UploadGrant,
  Wish,
} from './types';

export interface TicketFilter {
  status?: TicketStatus | null;
  owner?: string | null;
  customerId?: string | null;
  limit?: number;
}

/** Our REST routes, one method each. */
export class Trunkline {
  readonly customers: Customers;
  readonly flows: Flows;
  readonly live: Live;
  readonly reports: Reports;
  readonly wrapUps: WrapUps;
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
    this.customers = new Customers((...request) => rest.request(...request));
    this.flows = new Flows((...request) => rest.request(...request));
    this.live = new Live((...request) => rest.request(...request));
    this.reports = new Reports((...request) => rest.request(...request));
    this.wrapUps = new WrapUps((...request) => rest.request(...request));
  }

  settings = (): Promise<Settings> => this.#rest.request('GET', '/v1/settings');
  me = (): Promise<Me> => this.#rest.request('GET', '/v1/me');

  explain = (contactId: string): Promise<{ contactId: string; facts: Fact[] }> =>
    this.#rest.request('GET', `${contact(contactId)}/explain`);
  pop = (contactId: string): Promise<ScreenPop> => this.#rest.request('GET', `${contact(contactId)}/pop`);
  transcript = async (contactId: string): Promise<Item[]> => {
    const { items } = await this.#rest.request<{ items: Item[] }>('GET', `${contact(contactId)}/transcript`);
    return items;
  };

  /** Where the agent of this contact may send it. */
  quickConnects = async (contactId: string): Promise<QuickConnect[]> => {
    const { quickConnects } = await this.#rest.request<{ quickConnects: QuickConnect[] }>('GET', `/v1/quick-connects${query({ contactId })}`);
    return quickConnects;
  };

  /** Everybody else at work. */
  colleagues = async (): Promise<Colleague[]> => {
    const { colleagues } = await this.#rest.request<{ colleagues: Colleague[] }>('GET', '/v1/colleagues');
    return colleagues;
  };

  recordingGrant = (contactId: string): Promise<UploadGrant> =>
    this.#rest.request('POST', `${contact(contactId)}/recording-grant`, {});
  finishRecording = async (contactId: string, segment: string, chunks: number, startedAt: string): Promise<void> => {
    await this.#rest.request('POST', `${contact(contactId)}/recordings/${encodeURIComponent(segment)}/finish`, { chunks, startedAt });
  };
  recordingLink = (contactId: string, segment: string): Promise<RecordingLink> =>
    this.#rest.request('GET', `${contact(contactId)}/recordings/${encodeURIComponent(segment)}`);

  /** Who shares the caller's group, the caller among them. */
  team = async (): Promise<TeamMember[]> => {
    const { members } = await this.#rest.request<{ members: TeamMember[] }>('GET', '/v1/team');
    return members;
  };

  tickets = async ({ limit, ...filter }: TicketFilter): Promise<Ticket[]> => {
    const { tickets } = await this.#rest.request<{ tickets: Ticket[] }>('GET', `/v1/tickets${query({ ...filter, limit: limit === undefined ? null : String(limit) })}`);
    return tickets;
  };
  ticket = (ticketId: string): Promise<Ticket> => this.#rest.request('GET', `/v1/tickets/${encodeURIComponent(ticketId)}`);
  changeTicket = (ticketId: string, change: TicketChange): Promise<Ticket> =>
    this.#rest.request('PATCH', `/v1/tickets/${encodeURIComponent(ticketId)}`, change);

  escalate = (ticketId: string, wish: Wish): Promise<Ticket> =>
    this.#rest.request('POST', `/v1/tickets/${encodeURIComponent(ticketId)}/escalate`, wish);
  decide = (ticketId: string, decision: { version: number; granted: boolean; reason: string }): Promise<Ticket> =>
    this.#rest.request('POST', `/v1/tickets/${encodeURIComponent(ticketId)}/decision`, decision);
  promises = (): Promise<Promises> => this.#rest.request('GET', '/v1/promises');

  feedback = (from: string, to: string): Promise<FeedbackResults> => this.#rest.request('GET', `/v1/feedback${query({ from, to })}`);
}

function contact(contactId: string): string {
  return `/v1/contacts/${encodeURIComponent(contactId)}`;
}
