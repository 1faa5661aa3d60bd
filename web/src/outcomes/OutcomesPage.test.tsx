import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { afterEach, expect, test } from 'vitest';
import type { Group } from '../api/types';
import type { WrapUpSetup } from '../api/wrapUps';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { OutcomesPage } from './OutcomesPage';

afterEach(unrender);

const SETUP: WrapUpSetup = {
  dispositions: [
    { id: 'solved', label: 'Solved', queueIds: [], resolves: true },
    { id: 'sale', label: 'Sale', queueIds: ['q-sales'], resolves: false },
  ],
  queues: [
    { id: 'q-sales', name: 'Sales', seconds: 90, closingScript: '' },
    { id: 'q-support', name: 'Support', seconds: 0, closingScript: 'Say goodbye.' },
  ],
};

async function open(groups: Group[] = ['admin'], refusal: { status: number; body: unknown } | null = null) {
  const asked: [string, string, unknown][] = [];
  const api = fakeApi((method, path, body) => {
    if (method === 'GET') return { body: SETUP };
    asked.push([method, path, body]);
    return refusal ?? { body: {} };
  });
  await render(withServices(<OutcomesPage />, api, groups));
  return { asked, text: () => document.body.textContent };
}

const button = (name: string): HTMLElement => document.querySelector<HTMLElement>(`button[aria-label="${name}"]`)!;
const dialog = () => createWrapper().findAllModals().find((each) => each.isVisible())!;
const save = (): Promise<void> => doing(() => document.querySelector<HTMLElement>('[data-testid="confirm-now"]')!.click());

test('what agents choose from is listed with its queues, and each queue with its time and script', async () => {
  const { text } = await open();

  for (const each of ['Solved', 'all queues', 'Sale', 'Sales', '90 s', 'As long as the agent needs', 'Say goodbye.']) expect(text()).toContain(each);
});

test('a new outcome is named once, and gets its id from its label', async () => {
  const { asked, text } = await open();
  await doing(() => document.querySelector<HTMLElement>('[data-testid="outcome-new"]')!.click());
  await doing(() => dialog().findContent().findInput()!.setInputValue('SOLVED'));
  expect(text()).toContain('Another outcome has this label.');

  await doing(() => dialog().findContent().findInput()!.setInputValue('Refund promised'));
  await save();

  expect(asked).toEqual([['PUT', '/v1/dispositions/refund-promised', { label: 'Refund promised', queueIds: [], resolves: false }]]);
});

test('an outcome is withdrawn only when told to, and what is refused stays open with the reason', async () => {
  const message = 'one outcome must be offered in all queues, or contacts could not be completed';
  const { asked, text } = await open(['admin'], { status: 422, body: { error: 'Rejected', message } });
  await doing(() => button('Withdraw Solved').click());
  expect(asked).toEqual([]);

  await save();

  expect(asked).toEqual([['DELETE', '/v1/dispositions/solved', undefined]]);
  expect(text()).toContain(message);
});

test('the time for wrap-up is a number of seconds', async () => {
  const { asked, text } = await open();
  await doing(() => button('Change Sales').click());
  await doing(() => dialog().findContent().findInput()!.setInputValue('1.5'));
  expect(text()).toContain('A whole number from 0 to 86,400.');

  await doing(() => dialog().findContent().findInput()!.setInputValue('120'));
  await doing(() => dialog().findContent().findTextarea()!.setTextareaValue('Danke!'));
  await save();

  expect(asked).toEqual([['PUT', '/v1/wrap-up/queues/q-sales', { seconds: 120, closingScript: 'Danke!' }]]);
});

test('supervisors see it and change nothing', async () => {
  await open(['supervisor']);

  expect(document.querySelector('[data-testid="outcome-new"]')).toBeNull();
  expect(button('Change Sales')).toBeNull();
});
