import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { afterEach, expect, test } from 'vitest';
import type { Group } from '../api/types';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { schedule } from '../testing/reports';
import { Deliveries } from './Deliveries';

afterEach(unrender);

const FINANCE = { name: 'finance', reports: ['daily-queues'], emails: ['fay@acme.example'], prefix: 'deliveries/finance/', by: 'root' };

async function open(groups: Group[], deliveries = [FINANCE], refusal: { status: number; body: unknown } | null = null) {
  const asked: [string, string, unknown][] = [];
  const api = fakeApi((method, path, body) => {
    if (method === 'GET') return { body: { deliveries } };
    asked.push([method, path, body]);
    return refusal ?? { body: {} };
  });
  await render(withServices(<Deliveries schedules={[schedule()]} />, api, groups));
  return { asked, text: () => document.body.textContent };
}

const dialog = () => createWrapper().findAllModals().find((each) => each.isVisible())!.findContent();
const click = (selector: string): Promise<void> => doing(() => document.querySelector<HTMLElement>(selector)!.click());
const save = (): Promise<void> => click('[data-testid="confirm-now"]');

test('finance sees what is brought where, and cannot change it', async () => {
  const { text } = await open(['finance']);

  for (const each of ['finance', schedule().title, 'fay@acme.example', 'deliveries/finance/', 'root']) expect(text()).toContain(each);
  expect(document.querySelector('[data-testid="delivery-new"]')).toBeNull();
});

test('an admin sets one up with reports and addresses', async () => {
  const { asked } = await open(['admin'], []);
  await click('[data-testid="delivery-new"]');
  await doing(() => dialog().findInput()!.setInputValue('audit'));
  expect(document.querySelector<HTMLButtonElement>('[data-testid="confirm-now"]')!.disabled).toBe(true);
  await doing(() => dialog().findMultiselect()!.openDropdown());
  await doing(() => dialog().findMultiselect()!.selectOptionByValue('daily-queues'));
  await doing(() => dialog().findTextarea()!.setTextareaValue('eve@acme.example\nsam@acme.example'));

  await save();

  expect(asked).toEqual([['PUT', '/v1/report-deliveries/audit', { reports: ['daily-queues'], emails: ['eve@acme.example', 'sam@acme.example'] }]]);
});

test('an address that is none is said, and the dialog stays', async () => {
  const { asked, text } = await open(['admin'], [FINANCE], { status: 422, body: { error: 'Rejected', message: "'fay@' is no e-mail address", field: 'emails' } });
  await click('button[aria-label="Change finance"]');
  await doing(() => dialog().findTextarea()!.setTextareaValue('fay@'));

  await save();

  expect(asked).toEqual([['PUT', '/v1/report-deliveries/finance', { reports: ['daily-queues'], emails: ['fay@'] }]]);
  expect(text()).toContain("'fay@' is no e-mail address");
});

test('one is withdrawn only when told to', async () => {
  const { asked } = await open(['admin']);
  await click('button[aria-label="Withdraw finance"]');
  expect(asked).toEqual([]);

  await save();

  expect(asked).toEqual([['DELETE', '/v1/report-deliveries/finance', undefined]]);
});
