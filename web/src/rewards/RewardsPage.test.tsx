import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { afterEach, expect, test } from 'vitest';
import type { Rewards } from '../api/reports';
import type { Group } from '../api/types';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { lastMonth } from './model';
import { RewardsPage } from './RewardsPage';

afterEach(unrender);

const MONTH = lastMonth(new Date());
const PAID: Rewards = {
  period: MONTH,
  currency: 'USD',
  total: '75.00',
  madeAt: '2026-04-10T06:00:00.000Z',
  url: 'https://files/rewards.csv',
  lines: [
    { lineId: 'l-1', agentId: 'A01', agentName: 'Mia', earnedIn: MONTH, goalId: 'service_level', figure: '91.20', atLeast: '80', isProRata: false, days: 30, periodDays: 30, amount: '50.00' },
    { lineId: 'l-2', agentId: 'A02', agentName: null, earnedIn: MONTH, goalId: 'all', figure: null, atLeast: null, isProRata: true, days: 15, periodDays: 30, amount: '25.00' },
  ],
};
const NOT_PAID = { status: 404, body: { error: 'NotFound', message: 'not paid yet' } };

async function open(groups: Group[], answers: { get: { status?: number; body: unknown }; post?: { status?: number; body: unknown } }) {
  const asked: string[] = [];
  const api = fakeApi((method, path) => {
    asked.push(`${method} ${path}`);
    return method === 'POST' ? answers.post! : answers.get;
  });
  await render(withServices(<RewardsPage />, api, groups));
  return { asked, text: () => document.body.textContent };
}

const click = (id: string): Promise<void> => doing(() => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)!.click());

test('finance sees who was paid how much for what, and has the file', async () => {
  const { asked, text } = await open(['finance'], { get: { body: PAID } });

  expect(asked).toEqual([`GET /v1/rewards/${MONTH}`]);
  for (const each of ['Paid 75.00 USD', 'Mia', 'Service level', '91.20, of at least 80', 'A02', 'All goals', '15 of 30 days', '25.00']) expect(text()).toContain(each);
  expect(createWrapper().findAllButtons().map((each) => each.getElement().getAttribute('href'))).toContain(PAID.url);
});

test('what is not paid yet is paid when told to, and then stands there', async () => {
  const { asked, text } = await open(['finance'], { get: NOT_PAID, post: { status: 201, body: PAID } });
  expect(text()).toContain('are not paid yet');
  await click('rewards-pay');
  expect(asked).toHaveLength(1);

  await click('confirm-now');

  expect(asked.at(-1)).toBe(`POST /v1/rewards/${MONTH}`);
  expect(text()).toContain('Paid 75.00 USD');
});

test('figures that are not final yet are said to be, and nothing is paid', async () => {
  const message = `the figures of ${MONTH} (monthly-performance) are not final yet`;
  const { text } = await open(['admin'], { get: NOT_PAID, post: { status: 409, body: { error: 'Conflict', message } } });
  await click('rewards-pay');

  await click('confirm-now');

  expect(text()).toContain(message);
  expect(text()).toContain('are not paid yet');
});

test('an agent sees what is theirs, and pays nobody', async () => {
  const { text } = await open(['agent'], { get: { body: { ...PAID, url: null, lines: PAID.lines.slice(0, 1) } } });

  expect(text()).toContain('You were paid');
  expect(text()).not.toContain('Mia');
  expect(text()).not.toContain('Download');
});

test('what cannot be loaded says why', async () => {
  const { text } = await open(['finance'], { get: { status: 503, body: { error: 'Unavailable', message: 'The tables do not answer.' } } });

  expect(text()).toContain('The tables do not answer.');
});
