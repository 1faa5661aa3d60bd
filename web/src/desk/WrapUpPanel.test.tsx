import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ElementWrapper } from '@cloudscape-design/components/test-utils/dom';
import type { DeskContact } from '../api/types';
import { agent, contact, pop } from '../testing/samples';
import { doing, fakeDesk, render, unrender, type FakeDesk } from '../testing/render';
import { WrapUpPanel } from './WrapUpPanel';

let desk: FakeDesk;
let page: ElementWrapper;

async function wrapUp(part: Partial<DeskContact> = {}): Promise<void> {
  const ended = contact({ state: 'ENDED', ...part });
  desk = await fakeDesk(agent([ended]));
  page = await render(desk.around(<WrapUpPanel contact={ended} />));
}

beforeEach(() => sessionStorage.clear());
afterEach(unrender);

const submit = (): Promise<void> => doing(() => page.find('[data-testid=wrap-complete]')!.click());

async function choose(testId: string, value: string): Promise<void> {
  const select = page.findSelect(`[data-testid=${testId}]`)!;
  await doing(() => select.openDropdown());
  await doing(() => select.selectOptionByValue(value));
}

test('the closing script of the queue and the question are shown', async () => {
  await wrapUp();

  expect(page.getElement().textContent).toContain('Say goodbye.');
  expect(page.getElement().textContent).toContain('Customer satisfied, no more questions?');
});

test('only the outcomes of the queue are offered', async () => {
  await wrapUp();
  const select = page.findSelect('[data-testid=wrap-disposition]')!;

  await doing(() => select.openDropdown());

  expect(select.findDropdown().findOptions().map((option) => option.getElement().textContent)).toEqual(['Sale', 'Information given']);
});

test('a ticket is proposed with the status that it has once the talk is over, not when it began', async () => {
  const during = pop().tickets.map((known) => ({ ...known, status: 'open' as const }));
  const after = during.map((known) => ({ ...known, status: 'resolved' as const }));
  const asked: string[] = [];
  const ended = contact({ state: 'ENDED' });
  desk = await fakeDesk(agent([ended]), (_, path) => ({ body: { ...pop(), tickets: asked.push(path) === 1 ? during : after } }));
  page = await render(desk.around(<WrapUpPanel contact={ended} />));

  await choose('wrap-ticket', 'T-17');

  expect(page.findSelect('[data-testid=wrap-ticket-status]')!.findTrigger().getElement().textContent).toContain('Resolved');
});

test('Complete without an outcome says what is missing and sends nothing', async () => {
  await wrapUp();

  await submit();

  expect(page.getElement().textContent).toContain('Choose how the contact ended.');
  expect(desk.commands('complete')).toEqual([]);
});

test('a filled form is handed in as it was filled', async () => {
  await wrapUp();

  await choose('wrap-disposition', 'sale');
  await choose('wrap-ticket-status', 'follow-up');
  await doing(() => page.findTextarea()!.setTextareaValue('مرحبا 😀'));
  await doing(() => page.findInput()!.setInputValue('Wants a quote'));
  await submit();

  expect(desk.commands('complete')).toMatchObject([
    { contactId: 'c-1', disposition: 'sale', note: 'مرحبا 😀', ticket: { ticketId: null, status: 'follow-up', subject: 'Wants a quote' } },
  ]);
});

test('an open ticket of the customer can be chosen and needs no subject', async () => {
  await wrapUp();

  await choose('wrap-disposition', 'sale');
  await choose('wrap-ticket', 'T-17');
  expect(page.find('[data-testid=wrap-subject]')).toBeNull();
  await submit();

  expect(desk.commands('complete')).toMatchObject([{ ticket: { ticketId: 'T-17', status: 'follow-up', subject: '' } }]);
});

test('a satisfied customer proposes a resolved ticket', async () => {
  await wrapUp();

  await doing(() => page.findCheckbox()!.findNativeInput().click());

  expect(page.findSelect('[data-testid=wrap-ticket-status]')!.getElement().textContent).toContain('Resolved');
});

test('the counter counts characters, and the text is drawn in its own direction', async () => {
  await wrapUp();

  await doing(() => page.findTextarea()!.setTextareaValue('😀😀'));

  expect(page.getElement().textContent).toContain('2 of 10,000 characters');
  expect(page.find('[data-testid=wrap-note]')!.getElement().getAttribute('dir')).toBe('auto');
});

test('the time that is left is shown, by the clock of the server', async () => {
  await wrapUp({ acwEndsAt: '2026-03-02T14:00:45.000Z' });

  expect(page.find('[role=timer]')!.getElement().textContent).toBe('0:45 left to complete');
});

test('what was typed is there again after a reload', async () => {
  await wrapUp();
  await doing(() => page.findTextarea()!.setTextareaValue('half a sent'));
  await unrender();

  await wrapUp();

  expect(page.findTextarea()!.getTextareaValue()).toBe('half a sent');
});

test('whoever closes the ticket chooses how the customer is asked', async () => {
  await wrapUp();
  expect(page.findRadioGroup()).toBeNull();

  await choose('wrap-disposition', 'sale');
  await choose('wrap-ticket-status', 'closed');
  await doing(() => page.findRadioGroup()!.findInputByValue('mail')!.click());
  await submit();

  expect(desk.commands('complete')).toMatchObject([{ ticket: { status: 'closed', feedback: 'mail' } }]);
});
