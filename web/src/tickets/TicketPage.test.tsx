import { afterEach, expect, test } from 'vitest';
import createWrapper from '@cloudscape-design/components/test-utils/dom';
import type { Asked, Promises, Sla, Ticket } from '../api/types';
import { ticket } from '../testing/samples';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { TicketPage } from './TicketPage';

afterEach(unrender);

/** A server with one ticket that refuses a stale version. */
class OneTicket {
  readonly saves: Record<string, unknown>[] = [];

  constructor(
    public stored: Ticket,
    private readonly promises: Promises = { policies: [], authorities: [] },
  ) {}

  api = fakeApi((method, path, body) => {
    if (path === '/v1/promises') return { body: this.promises };
    if (method === 'POST') {
      this.saves.push({ path, ...(body as object) });
      return { body: this.stored };
    }
    if (method !== 'PATCH') return { body: this.stored };
    const change = body as Partial<Ticket>;
    this.saves.push(change);
    if (change.version !== this.stored.version) {
      return {
        status: 409,
        body: { error: 'Conflict', message: 'stale', current: this.stored, difference: { subject: { yours: change.subject, theirs: this.stored.subject } } },
      };
    }
    this.stored = { ...this.stored, ...change, version: this.stored.version + 1 };
    return { body: this.stored };
  });
}

async function open(server: OneTicket) {
  const page = await render(withServices(<TicketPage ticketId="T-17" />, server.api));
  const field = (testId: string) => page.find(`[data-testid=${testId}]`)!.getElement();
  return {
    page,
    field,
    rename: (subject: string) => doing(() => page.findInput()!.setInputValue(subject)),
    save: () => doing(() => field('ticket-save').click()),
    dialog: () => createWrapper().findModal()!,
  };
}

test('a change is saved with the version it was read at', async () => {
  const server = new OneTicket(ticket());
  const { rename, save, page } = await open(server);

  await rename('Refunded');
  await save();

  expect(server.saves).toEqual([{ version: 4, subject: 'Refunded' }]);
  expect(page.getElement().textContent).toContain('version 5');
});

test('when somebody saved first both values are shown side by side', async () => {
  const server = new OneTicket(ticket());
  const { rename, save, dialog } = await open(server);
  server.stored = ticket({ version: 5, subject: 'Theirs' });

  await rename('Mine');
  await save();

  expect(dialog().isVisible()).toBe(true);
  expect([...dialog().getElement().querySelectorAll('td')].map((cell) => cell.textContent.trim())).toEqual(['Mine', 'Theirs']);
});

test('mine is saved on top of theirs when it is chosen', async () => {
  const server = new OneTicket(ticket());
  const { rename, save } = await open(server);
  server.stored = ticket({ version: 5, subject: 'Theirs' });
  await rename('Mine');
  await save();

  await doing(() => document.querySelector<HTMLElement>('[data-testid=conflict-save]')!.click());

  expect(server.saves.at(-1)).toEqual({ version: 5, subject: 'Mine' });
  expect(server.stored).toMatchObject({ version: 6, subject: 'Mine' });
});

test('discarding mine leaves theirs and saves nothing', async () => {
  const server = new OneTicket(ticket());
  const { rename, save, dialog, field } = await open(server);
  server.stored = ticket({ version: 5, subject: 'Theirs' });
  await rename('Mine');
  await save();

  await doing(() => dialog().findFooter()!.findAllButtons()[1]!.click());

  expect(server.saves).toHaveLength(1);
  expect((field('ticket-subject') as HTMLInputElement).value).toBe('Theirs');
});

test('a ticket that cannot be loaded says why and can be tried again', async () => {
  const api = fakeApi(() => ({ status: 404, body: { message: "no ticket 'T-17'" } }));

  const page = await render(withServices(<TicketPage ticketId="T-17" />, api));

  expect(page.findAlert()!.getElement().textContent).toContain("no ticket 'T-17'");
});

const CLOCK = { limit: 'first-response' as const, seconds: 3_600, since: '2026-03-09T14:00:00Z', dueAt: '2999-03-09T15:00:00Z', warnAt: null, metAt: null, warnedAt: null, breachedAt: null };
const WAITS: Sla = { hoursId: 'office', clocks: [CLOCK], pauses: [] };

test('what is put in stays when something beside it is saved, and is saved on top of it', async () => {
  const server = new OneTicket(ticket({ kind: 'complaint', sla: WAITS }), PROMISES);
  const { page, field, rename, save } = await open(server);
  await rename('Mine');
  await doing(() => page.findTextarea()!.setTextareaValue('half a note'));

  await doing(() => field('ticket-responded').click());
  expect((field('ticket-note') as HTMLTextAreaElement).value).toBe('half a note');
  await save();

  expect(server.saves.slice(-2)).toEqual([
    { version: 4, responded: true },
    { version: 5, subject: 'Mine', note: 'half a note' },
  ]);
  expect((field('ticket-note') as HTMLTextAreaElement).value).toBe('');
});

test('a step that came second shows what is stored now, asks before it overwrites, and loses no note', async () => {
  const server = new OneTicket(ticket({ kind: 'complaint', sla: WAITS }), PROMISES);
  const { page, field, rename, save, dialog } = await open(server);
  await rename('Mine');
  await doing(() => page.findTextarea()!.setTextareaValue('half a note'));
  server.stored = { ...server.stored, version: 5, subject: 'Theirs' };

  await doing(() => field('ticket-responded').click());
  expect(page.getElement().textContent).toContain('version 5');
  expect((field('ticket-note') as HTMLTextAreaElement).value).toBe('half a note');
  await save();

  expect(dialog().isVisible()).toBe(true);
});

const PROMISES: Promises = {
  policies: [{ kind: 'complaint', hoursId: 'office', limits: { resolution: 14_400 }, warnSeconds: 3_600 }],
  authorities: [
    {
      action: 'refund',
      currency: 'USD',
      steps: [
        { role: 'agent', upTo: '500.00' },
        { role: 'supervisor', upTo: null },
      ],
    },
  ],
};

const ASKED: Asked = { action: 'refund', amount: '600.00', currency: 'USD', role: 'agent', by: 'mia', at: '2026-03-09T14:00:00Z', reason: 'Twice', isGranted: null, decidedBy: '', decidedAt: null };

test('a ticket without promises in a center without them shows none', async () => {
  const { page } = await open(new OneTicket(ticket()));

  expect(page.getElement().textContent).not.toContain('Promised');
  expect(page.getElement().textContent).not.toContain('Decision');
});

test('while the customer is waited for the promise stands still', async () => {
  const clock = { ...CLOCK, limit: 'resolution' as const };
  const server = new OneTicket(ticket({ kind: 'complaint', sla: { ...WAITS, clocks: [clock] } }), PROMISES);
  const { page, field } = await open(server);
  expect(page.getElement().textContent).toContain('Resolution');

  await doing(() => field('ticket-waiting').click());

  expect(server.saves).toEqual([{ version: 4, waitingForCustomer: true }]);
});

test('whoever may not decide asks, with an amount and a reason', async () => {
  const server = new OneTicket(ticket(), PROMISES);
  const { field, dialog } = await open(server);
  await doing(() => field('ticket-ask').click());
  const confirm = () => dialog().find('[data-testid=confirm-now]')!.getElement() as HTMLButtonElement;
  expect(confirm().disabled).toBe(true);

  await doing(() => dialog().findContent().findInput()!.setInputValue('600.00'));
  await doing(() => dialog().findContent().findTextarea()!.setTextareaValue('Charged twice'));
  await doing(() => confirm().click());

  expect(server.saves).toEqual([{ path: '/v1/tickets/T-17/escalate', version: 4, action: 'refund', amount: '600.00', currency: 'USD', reason: 'Charged twice' }]);
});

test('whoever may decide grants or refuses, and says why', async () => {
  const server = new OneTicket(ticket({ asked: ASKED }), PROMISES);
  const { page, field, dialog } = await open(server);
  expect(page.getElement().textContent).toContain('Refund of 600.00 USD: waits for the role agent');

  await doing(() => field('ticket-refuse').click());
  await doing(() => dialog().findContent().findTextarea()!.setTextareaValue('Only once'));
  await doing(() => dialog().find('[data-testid=confirm-now]')!.click());

  expect(server.saves).toEqual([{ path: '/v1/tickets/T-17/decision', version: 4, granted: false, reason: 'Only once' }]);
});

test('whoever closes the ticket chooses how the customer is asked, and nobody else is offered that', async () => {
  const server = new OneTicket(ticket());
  const { page, save } = await open(server);
  const asked = () => page.findRadioGroup();
  expect(asked()).toBeNull();

  const status = page.findSelect('[data-testid=ticket-status]')!;
  await doing(() => status.openDropdown());
  await doing(() => status.selectOptionByValue('closed'));
  await doing(() => asked()!.findInputByValue('mail')!.click());
  await save();

  expect(server.saves).toEqual([{ version: 4, status: 'closed', feedback: 'mail' }]);
});
