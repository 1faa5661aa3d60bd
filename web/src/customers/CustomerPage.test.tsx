import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Found } from '../api/customers';
import type { Group } from '../api/types';
import { customer, erasure, file } from '../testing/customers';
import { T0, ticket } from '../testing/samples';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { CustomerPage } from './CustomerPage';
import { CustomersPage } from './CustomersPage';

const ANNA = customer({ customerId: 'C-anna', name: 'Anna', version: 6, phones: ['+12025550188'] });

/** The server's side of customers. */
class Server {
  file = file();
  found: Found = { matches: [{ customer: ANNA, matchedBy: ['name'] }], isAmbiguous: false, isComplete: true };
  erasure = erasure();
  refusal: { status: number; body: unknown } | null = null;
  readonly asked: { method: string; path: string; body: unknown }[] = [];

  answer = (method: string, path: string, body: unknown): { status?: number; body: unknown } => {
    this.asked.push({ method, path, body });
    if (this.refusal && (method !== 'GET' || path.includes('search='))) return this.refusal;
    if (path.includes('search=')) return { body: this.found };
    if (path.startsWith('/v1/tickets')) return { body: { tickets: [ticket(), ticket({ ticketId: 'T-3', subject: 'Old', status: 'closed' })] } };
    if (path.includes('/erasure')) return { body: this.erasure };
    return this.change(method, path);
  };

  change(method: string, path: string): { body: unknown } {
    const kept = { ...this.file.customer, phones: ['+12025550123', '+12025550188'], absorbed: ['C-anna'] };
    if (path.includes('/merge') && method === 'POST') this.file = { ...this.file, customer: kept };
    if (path.endsWith('/unmerge')) this.file = { ...this.file, customer: customer() };
    if (path.endsWith('/erase')) this.erasure = erasure({ erasedAt: T0, erasedBy: 'ada', doneAt: T0, contactsLeft: 0, ticketsLeft: 0 });
    if (path.endsWith('/erase')) return { body: this.erasure };
    if (path.includes('merge')) return { body: { customer: kept, other: ANNA } };
    return { body: this.file };
  }

  done(): unknown[] {
    return this.asked.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => [method, path, body]);
  }
}

let server: Server;

beforeEach(() => (server = new Server()));
afterEach(unrender);

const page = (node: React.ReactNode, ...groups: Group[]): Promise<unknown> => render(withServices(node, fakeApi(server.answer), groups));
const open = (...groups: Group[]): Promise<unknown> => page(<CustomerPage customerId="C-ana" />, ...groups);
const text = (): string => document.body.textContent;
const at = (id: string): HTMLElement => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)!;
const click = (id: string): Promise<void> => doing(() => at(id).click());

async function searches(words: string): Promise<void> {
  await doing(() => createWrapper().findInput()!.setInputValue(words));
  await click('customer-search-now');
}

test('somebody is found by whatever is typed, and it is said by what', async () => {
  await page(<CustomersPage />, 'agent');

  await searches(' +1 202 555 0188 ');

  expect(server.asked[0]!.path).toBe('/v1/customers?search=%2B1+202+555+0188');
  expect(at('customer-match').textContent).toContain('Anna');
  expect(at('customer-match').textContent).toContain('Found by name');
  expect(at('customer-match').querySelector('a')!.getAttribute('href')).toBe('#/customers/C-anna');
});

test('several who fit are shown as several, and none is chosen', async () => {
  server.found = { matches: [{ customer: customer(), matchedBy: ['phone'] }, { customer: ANNA, matchedBy: ['phone'] }], isAmbiguous: true, isComplete: false };
  await page(<CustomersPage />, 'agent');

  await searches('2025550123');

  expect(text()).toContain('2 customers fit');
  expect(text()).toContain('None was chosen');
  expect(text()).toContain('More names begin like this');
});

test('too little is not asked for, and what the server refuses stands at the box', async () => {
  await page(<CustomersPage />, 'agent');
  await searches('a');
  expect(text()).toContain('At least 2 characters.');
  expect(server.asked).toEqual([]);

  server.refusal = { status: 422, body: { message: 'search is odd', field: 'search' } };
  await searches('ab');
  expect(text()).toContain('search is odd');
});

test('nobody who fits is said to be nobody', async () => {
  server.found = { matches: [], isAmbiguous: false, isComplete: true };
  await page(<CustomersPage />, 'agent');

  await searches('رقم');

  expect(text()).toContain('Nobody fits');
});

test('a customer is shown with numbers, tickets, contacts and their recordings', async () => {
  const past = { contactId: 'c-7', channel: 'VOICE' as const, initiatedAt: T0, queueName: 'Sales', agentName: 'Ben Ortiz', disposition: 'Sale', durationSeconds: 65, recordings: [{ segment: 's1', seconds: 60 }] };
  server.file = file({ history: [past] });

  await open('agent');

  expect(at('customer-name').textContent).toBe('Ana Souza');
  expect(text()).toContain('+12025550123');
  expect(at('customer-tickets').textContent).toContain('Old');
  expect(at('customer-history').textContent).toContain('Sales · Ben Ortiz · 1 min 5 s');
  expect(at('play-s1')).not.toBeNull();
});

test('agents neither merge nor erase', async () => {
  await open('agent');

  expect(text()).not.toContain('One person');
  expect(text()).not.toContain('Erasure');
});

test('who was merged leads here, and what is held or forgotten is said first', async () => {
  server.file = file({ redirectedFrom: 'C-old', customer: customer({ holds: [{ isHeld: true, by: 'ada', at: T0, reason: 'Case 7' }], erasure: { at: T0, by: 'ada', doneAt: null } }) });

  await open('agent');

  expect(text()).toContain('C-old was merged into this customer.');
  expect(text()).toContain('by ada: Case 7');
  expect(text()).toContain('Forgotten');
});

test('a merge is shown before it is made, and taken back with one click', async () => {
  await open('supervisor');
  await searches('Anna');
  await click('merge-C-anna');
  expect(at('merge-gained').textContent).toBe('Numbers: +12025550188');
  expect(server.done()).toEqual([]);

  await click('confirm-now');
  expect(text()).toContain('Anna is this customer now.');
  expect(at('apart-C-anna')).not.toBeNull();
  await click('merge-undo');

  expect(server.done()).toEqual([
    ['POST', '/v1/customers/C-ana/merge', { customerId: 'C-anna', version: 6 }],
    ['POST', '/v1/customers/C-anna/unmerge', {}],
  ]);
  expect(text()).toContain('Anna is a customer alone again.');
  expect(at('apart-C-anna')).toBeNull();
});

test('a merge that is refused stays in the dialog with the reason', async () => {
  await open('supervisor');
  await searches('Anna');
  await click('merge-C-anna');
  server.refusal = { status: 409, body: { message: "customer 'C-anna' is at version 7, not 6" } };

  await click('confirm-now');

  expect(createWrapper().findModal()!.getElement().textContent).toContain('is at version 7');
});

test('an admin erases a customer whom only the id names, after being sure', async () => {
  server.erasure = erasure({ heldContacts: [{ contactId: 'c-5', hold: { isHeld: true, by: 'ada', at: T0, reason: 'Case 7' } }], heldTickets: ['T-8'] });
  await open('admin');
  expect(at('erasure-state').textContent).toContain('There are 3 contacts and 1 ticket.');
  expect(at('erasure-held').textContent).toContain('Case 7');
  expect(at('erasure-held').textContent).toContain('Ticket T-8');
  await click('erase');
  expect((at('confirm-now') as HTMLButtonElement).disabled).toBe(true);

  await doing(() => createWrapper().findModal()!.findContent().findCheckbox()!.findNativeInput().click());
  await click('confirm-now');

  expect(server.done()).toEqual([['POST', '/v1/customers/C-ana/erase', {}]]);
  expect(at('erasure-state').textContent).toContain('Erased.');
  expect(server.asked.map(({ path }) => path)).not.toContain('/v1/customers/C-ana');
});

test('who is under legal hold is not erased, and it is said by whom', async () => {
  await open('admin');
  server.refusal = { status: 409, body: { message: "customer 'C-ana' is under legal hold by ada" } };
  await click('erase');
  await doing(() => createWrapper().findModal()!.findContent().findCheckbox()!.findNativeInput().click());

  await click('confirm-now');

  expect(createWrapper().findModal()!.getElement().textContent).toContain('under legal hold by ada');
});
