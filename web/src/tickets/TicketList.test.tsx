import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ticket, TicketChange } from '../api/types';
import { ticket } from '../testing/samples';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { EVERYTHING_OPEN, SavedFilters } from './filters';
import { TicketList } from './TicketList';

/** The server's side of a list of tickets. */
class Server {
  tickets: Ticket[] = [ticket({ ticketId: 'T-1', subject: 'Charged twice', owner: 'ben' }), ticket({ ticketId: 'T-2', subject: 'Wrong size', owner: 'mia' }), ticket({ ticketId: 'T-3', subject: 'طلب', owner: 'zoe', status: 'follow-up', dueAt: '2020-01-01T00:00:00Z' })];
  refusals: Record<string, { status: number; body: unknown }> = {};
  readonly asked: string[] = [];
  readonly saves: Record<string, TicketChange> = {};

  answer = (method: string, path: string, body: unknown): { status?: number; body: unknown } => {
    this.asked.push(`${method} ${path}`);
    if (path === '/v1/team') return { body: { members: [{ username: 'ben', name: 'Ben Ortiz' }, { username: 'mia', name: 'Mia Fox' }] } };
    if (method === 'PATCH') return this.save(path.split('/').at(-1) ?? '', body as TicketChange);
    const query = new URLSearchParams(path.split('?')[1]);
    const [status, owner] = [query.get('status'), query.get('owner')];
    return { body: { tickets: this.tickets.filter((each) => (!status || each.status === status) && (!owner || each.owner === owner)) } };
  };

  save(ticketId: string, change: TicketChange): { status?: number; body: unknown } {
    this.saves[ticketId] = change;
    const refusal = this.refusals[ticketId];
    if (refusal) return refusal;
    this.tickets = this.tickets.map((each) => (each.ticketId === ticketId ? { ...each, ...change, feedback: each.feedback, version: each.version + 1 } : each));
    return { body: this.tickets.find((each) => each.ticketId === ticketId) };
  }
}

let server: Server;

beforeEach(() => {
  localStorage.clear();
  server = new Server();
});
afterEach(unrender);

const list = (): Promise<unknown> => render(withServices(<TicketList />, fakeApi(server.answer)));
const shown = (): (string | undefined)[] => [...document.querySelectorAll<HTMLElement>('[data-testid="ticket-row"]')].map((row) => row.dataset.ticketId).sort();
const at = (id: string): HTMLElement => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)!;
const click = (id: string): Promise<void> => doing(() => at(id).click());
const table = () => createWrapper().findTable()!;

async function chooses(id: string, option: string): Promise<void> {
  const select = createWrapper().findSelect(`[data-testid="${id}"]`)!;
  await doing(() => select.openDropdown());
  await doing(() => select.selectOptionByValue(option));
}

async function selects(...ticketIds: string[]): Promise<void> {
  for (const ticketId of ticketIds) await doing(() => document.querySelector<HTMLInputElement>(`input[aria-label="Select ${ticketId}"], [aria-label="Select ${ticketId}"] input`)!.click());
}

test('what is unfinished is listed at first', async () => {
  server.tickets.push(ticket({ ticketId: 'T-9', status: 'closed' }));

  await list();

  expect(shown()).toEqual(['T-1', 'T-2', 'T-3']);
});

test.each([
  ['Mine', ['T-1']],
  ["My team's", ['T-1', 'T-2']],
  ['Overdue', ['T-3']],
])('a named filter shows what it says: %s', async (name, ticketIds) => {
  await list();

  await chooses('ticket-filter-named', name);

  expect(shown()).toEqual(ticketIds);
});

test('follow-ups are told with what is left of their time', async () => {
  await list();

  await chooses('ticket-filter-named', 'Follow-ups due');

  expect(shown()).toEqual(['T-3']);
  expect(table().getElement().textContent).toContain('Overdue by');
});

test('a filter is saved under a name', async () => {
  await list();
  await doing(() => createWrapper().findTextFilter()!.findInput().setInputValue('refund'));
  await click('ticket-filter-save');
  await doing(() => createWrapper().findModal()!.findContent().findInput()!.setInputValue('Refunds'));

  await click('ticket-filter-save-now');

  expect(new SavedFilters(localStorage, 'ben').all()).toEqual([{ name: 'Refunds', filter: { ...EVERYTHING_OPEN, text: 'refund' } }]);
});

test('a saved filter is found again, and can be deleted', async () => {
  const saved = new SavedFilters(localStorage, 'ben');
  saved.add('Of Mia', { ...EVERYTHING_OPEN, owner: 'mia' });
  await list();

  await chooses('ticket-filter-named', 'Of Mia');
  expect(shown()).toEqual(['T-2']);
  expect(server.asked).toContain('GET /v1/tickets?status=open&owner=mia&limit=1000');
  await click('ticket-filter-delete');

  expect(saved.all()).toEqual([]);
});

test('text narrows the list without asking the server', async () => {
  await list();
  const before = server.asked.length;

  await doing(() => createWrapper().findTextFilter()!.findInput().setInputValue('طلب'));

  expect(shown()).toEqual(['T-3']);
  expect(server.asked).toHaveLength(before);
});

test('several tickets are moved, and each says what became of it', async () => {
  server.refusals = {
    'T-2': { status: 409, body: { message: 'stale', current: ticket({ ticketId: 'T-2', version: 7 }) } },
    'T-3': { status: 422, body: { message: 'a follow-up that nobody answered cannot be resolved' } },
  };
  await list();
  await selects('T-1', 'T-2', 'T-3');
  await click('ticket-move');

  await click('bulk-now');

  expect(server.saves['T-1']).toEqual({ version: 4, status: 'resolved' });
  const said = at('bulk-outcomes').textContent;
  expect(said).toContain('Moved, version 5');
  expect(said).toContain('you saw version 4, it is at 7 now');
  expect(said).toContain('nobody answered');
  await click('bulk-now');
  expect(shown()).toEqual(['T-2', 'T-3']);
});

test('an owner is given to what is selected', async () => {
  await list();
  await selects('T-2');
  await click('ticket-move');
  const dialog = createWrapper().findModal()!.findContent();
  await doing(() => dialog.findRadioGroup()!.findButtons()[1]!.findNativeInput().click());
  await doing(() => dialog.findAutosuggest()!.setInputValue('ben'));

  await click('bulk-now');

  expect(server.saves['T-2']).toEqual({ version: 4, owner: 'ben' });
});

test('nothing out of sight stays selected', async () => {
  await list();
  await selects('T-1', 'T-2');

  await chooses('ticket-filter-named', 'Mine');

  expect((at('ticket-move') as HTMLButtonElement).disabled).toBe(true);
});

test('a list that cannot be loaded says why', async () => {
  await render(withServices(<TicketList />, fakeApi(() => ({ status: 503, body: { message: 'The tables rest.' } }))));

  expect(document.body.textContent).toContain('The tables rest.');
});
