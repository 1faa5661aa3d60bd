import { query, type Method } from './rest';
import type { PastContact, Ticket } from './types';

export interface HoldChange {
  isHeld: boolean;
  by: string;
  at: string;
  reason: string;
}

export interface Customer {
  customerId: string;
  version: number;
  /** Empty: known by number only. */
  name: string;
  language: string | null;
  phones: string[];
  emails: string[];
  details: Record<string, string>;
  attributes: Record<string, string>;
  createdAt: string;
  createdBy: string;
  formerNames: string[];
  formerAccounts: string[];
  /** Who was merged into this one. */
  absorbed: string[];
  merged: { into: string; at: string; by: string } | null;
  holds: HoldChange[];
  erasure: { at: string; by: string; doneAt: string | null } | null;
}

/** A customer with everything that lies under it, newest first. */
export interface CustomerFile {
  customer: Customer;
  history: PastContact[];
  openTickets: Ticket[];
  /** Who was asked for, and is this one really. */
  redirectedFrom: string | null;
}

export type MatchedBy = 'id' | 'ticket' | 'phone' | 'email' | 'account' | 'name';

/** Everybody who fits, the surest first. */
export interface Found {
  matches: { customer: Customer; matchedBy: MatchedBy[] }[];
  isAmbiguous: boolean;
  /** false: more names begin like that than are told. */
  isComplete: boolean;
}

export interface Pair {
  customer: Customer;
  other: Customer;
}

/** How far a customer is forgotten; what is held is in none of the counts. */
export interface Erasure {
  customerId: string;
  erasedAt: string | null;
  erasedBy: string | null;
  doneAt: string | null;
  contactsLeft: number;
  ticketsLeft: number;
  heldContacts: { contactId: string; hold: HoldChange }[];
  heldTickets: string[];
}

type Request = <T>(method: Method, path: string, body?: unknown) => Promise<T>;

/** The doors for customers: found, read, made one, forgotten. */
export class Customers {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  /** By number, name, ticket, address, account or id: whatever the text can be read as. */
  search = (text: string): Promise<Found> => this.#request('GET', `/v1/customers${query({ search: text })}`);

  file = (customerId: string): Promise<CustomerFile> => this.#request('GET', at(customerId));

  /** What a merge would make of both; nothing is saved. */
  mergePreview = (customerId: string, otherId: string): Promise<Pair> => this.#request('GET', `${at(customerId)}/merge${query({ customerId: otherId })}`);

  merge = (customerId: string, otherId: string, version: number): Promise<Pair> => this.#request('POST', `${at(customerId)}/merge`, { customerId: otherId, version });

  unmerge = (otherId: string): Promise<Pair> => this.#request('POST', `${at(otherId)}/unmerge`, {});

  erasure = (customerId: string): Promise<Erasure> => this.#request('GET', `${at(customerId)}/erasure`);

  erase = (customerId: string): Promise<Erasure> => this.#request('POST', `${at(customerId)}/erase`, {});
}

function at(customerId: string): string {
  return `/v1/customers/${encodeURIComponent(customerId)}`;
}
