import { afterEach, expect, test } from 'vitest';
import type { FeedbackResult, FeedbackResults } from '../api/types';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { FeedbackPage } from './FeedbackPage';

afterEach(unrender);

const result = (part: Partial<FeedbackResult>): FeedbackResult => ({
  key: 'ben',
  name: 'Ben Ode',
  invited: 3,
  answered: 2,
  partial: 1,
  answerRate: '66.67',
  service: { count: 2, total: 7, average: '3.50' },
  solution: { count: 1, total: 5, average: '5.00' },
  ...part,
});
const RESULTS: FeedbackResults = { all: result({ key: '', name: '' }), agents: [result({})], queues: [result({ key: '', name: '' })], reasons: [] };

async function open(answer: () => { status?: number; body: unknown }) {
  const asked: string[] = [];
  const api = fakeApi((_, path) => {
    asked.push(path);
    return answer();
  });
  const page = await render(withServices(<FeedbackPage />, api, ['supervisor']));
  return { page, asked, text: () => document.body.textContent };
}

test('results are shown by agent with their averages, and by queue when wished for', async () => {
  const { page, text, asked } = await open(() => ({ body: RESULTS }));

  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^\/v1\/feedback\?from=\d{4}-\d{2}-\d{2}&to=\d{4}-\d{2}-\d{2}$/);
  expect(text()).toContain('Ben Ode');
  expect(text()).toContain('3.50 (2)');
  expect(text()).toContain('2 of 3 customers answered (66.67 %)');

  await doing(() => page.findSegmentedControl()!.findSegmentById('queues')!.click());
  expect(text()).toContain('No queue');
});

test('what cannot be loaded says why', async () => {
  const { text } = await open(() => ({ status: 403, body: { error: 'Denied', message: 'not for agent' } }));

  expect(text()).toContain('Feedback could not be loaded');
});
