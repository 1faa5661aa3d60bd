/** Customers for tests; each takes what differs. */

import type { Customer, CustomerFile, Erasure } from '../api/customers';
import { T0 } from './samples';

export function customer(part: Partial<Customer> = {}): Customer {
  return {
    customerId: 'C-ana',
    version: 1,
    name: 'Ana Souza',
    language: 'pt-BR',
    phones: ['+12025550123'],
    emails: [],
    details: {},
    attributes: {},
    createdAt: T0,
    createdBy: 'inbound call',
    formerNames: [],
    formerAccounts: [],
    absorbed: [],
    merged: null,
    holds: [],
    erasure: null,
    ...part,
  };
}

export function file(part: Partial<CustomerFile> = {}): CustomerFile {
  return { customer: customer(), history: [], openTickets: [], redirectedFrom: null, ...part };
}

export function erasure(part: Partial<Erasure> = {}): Erasure {
  return { customerId: 'C-ana', erasedAt: null, erasedBy: null, doneAt: null, contactsLeft: 3, ticketsLeft: 1, heldContacts: [], heldTickets: [], ...part };
}
