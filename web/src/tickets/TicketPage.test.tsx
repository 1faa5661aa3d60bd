import { afterEach, expect, test } from 'vitest';
import createWrapper from '@cloudscape-design/components/test-utils/dom';
import type { Ticket } from '../api/types';
import { ticket } from '../testing/samples';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { TicketPage } from './TicketPage';

afterEach(unrender);

/** A server with one ticket that refuses a stale version. */
class OneTicket {
  readonly saves: Record<string, unknown>[] = [];

  constructor(public stored: Ticket) {}

  api = fakeApi((method, _, body) => {
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
